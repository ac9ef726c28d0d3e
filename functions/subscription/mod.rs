//! Subscription: operators enter and end subscriptions of verified users. (The portal's own journeys join later.)

use crate::api_docs::problems::{Invalid, Oversized, Refused, Unknown, Unsupported};
use crate::api_docs::words;
use adapters::postgres::subscribers::{self, Follow};
use adapters::postgres::{ANSWERING, Client};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, put};
use domain::{Language, UserProvenance};
use lists::ListType;
use runtime::extract::{self, Path};
use runtime::{App, Fault, Function, Operator, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "subscription",
    bindings: include_str!("function.json"),
    mount: |routes| routes.http("/subscription", put(follow)).http("/subscription/{id}", delete(unfollow)),
};

/// What is entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = Subscription)]
pub(crate) struct Entry {
    /// Where mail goes.
    #[schema(format = Email, max_length = 254, example = "amira@example.com")]
    email: String,
    /// Where the account lives; press accounts, if it is not said.
    #[serde(default = "press")]
    #[schema(value_type = words::UserProvenance, required = false)]
    user_provenance: UserProvenance,
    /// `LOCATION_ID`, `CASE_NUMBER`, `CASE_URN` or `CASE_NAME`.
    #[schema(pattern = "^(LOCATION_ID|CASE_NUMBER|CASE_URN|CASE_NAME)$", example = "LOCATION_ID")]
    search_type: String,
    /// The court's id, or the case's number, URN or name.
    #[schema(min_length = 1, max_length = 256, example = "9")]
    search_value: String,
    /// Only these list types; all of them, if none is named.
    #[schema(value_type = Option<Vec<words::AnyListType>>)]
    list_types: Option<Vec<String>>,
    /// Only these languages; all of them, if none is named.
    #[schema(value_type = Option<Vec<words::Language>>)]
    list_languages: Option<Vec<Language>>,
    /// The language of the mails: `en`, or `cy`.
    #[serde(default)]
    #[schema(pattern = "^(en|cy)?$", example = "en")]
    language: String,
}

/// What was entered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entered {
    /// The subscriber.
    user_id: Uuid,
    /// The subscription.
    subscription_id: Uuid,
}

fn press() -> UserProvenance {
    UserProvenance::PiAad
}

const SEARCH_TYPES: [&str; 4] = ["LOCATION_ID", "CASE_NUMBER", "CASE_URN", "CASE_NAME"];

impl Entry {
    /// What is followed, or everything that is wrong with the entry.
    fn follow(&self) -> Result<Follow, Vec<Fault>> {
        let mut faults = self.faults();
        let named = self.list_types.iter().flatten().map(|name| self.list_type(name));
        let list_types = named.collect::<Result<Vec<_>, _>>().map_err(|fault| faults.push(fault));
        let languages = self.list_languages.as_ref().map(|all| all.iter().map(ToString::to_string).collect());
        let list_types = list_types.ok().filter(|_| faults.is_empty()).ok_or(faults)?;
        let value = self.search_value.trim();
        Ok(Follow {
            search_type: self.search_type.clone(),
            // A court's id as courts are known by it: without a sign or leading noughts.
            search_value: self.court().map_or_else(|| value.to_owned(), |court| court.to_string()),
            list_types: Some(list_types).filter(|types| !types.is_empty()),
            languages,
        })
    }

    /// The court that is followed, if one is.
    fn court(&self) -> Option<i32> {
        (self.search_type == "LOCATION_ID").then(|| self.search_value.trim().parse().ok()).flatten()
    }

    /// The canonical name of a list type that these users are offered, by any of its names.
    fn list_type(&self, name: &str) -> Result<String, Fault> {
        let offered = |list_type: &&ListType| {
            !list_type.deprecated
                && !list_type.hidden
                && (list_type.offered_to.is_empty() || list_type.offered_to.contains(&self.user_provenance))
        };
        let found = lists::registry().find(name).filter(offered);
        let refused = || Fault::new("listTypes", "must be names of list types that these users are offered");
        found.map(|list_type| list_type.name.clone()).ok_or_else(refused)
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut check = |holds: bool, field: &str, message: &str| {
            if !holds {
                faults.push(Fault::new(field, message));
            }
        };
        let plausible =
            self.email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'));
        let clean = !self.email.contains(|c: char| c.is_whitespace() || c.is_control());
        check(plausible && clean && self.email.len() <= 254, "email", "must be an e-mail address");
        check(
            SEARCH_TYPES.contains(&self.search_type.as_str()),
            "searchType",
            "must be one of LOCATION_ID, CASE_NUMBER, CASE_URN, CASE_NAME",
        );
        check((1..=256).contains(&self.search_value.trim().len()), "searchValue", "must be 1 to 256 bytes");
        check(!self.search_value.contains('\0'), "searchValue", "must be text");
        let is_court = self.search_type != "LOCATION_ID" || self.court().is_some();
        check(is_court, "searchValue", "must be the id of a court");
        check(matches!(self.language.as_str(), "" | "en" | "cy"), "language", "must be en or cy");
        faults
    }
}

/// Enters a subscription; entering the same again replaces it
///
/// Role: `api.request.admin`.
#[utoipa::path(
    put, path = "/subscription", tag = "Subscriptions", operation_id = "follow",
    security(("entra_id" = ["api.request.admin"])),
    request_body = Entry,
    responses((status = 201, description = "It is entered.", body = Entered), Invalid, Refused, Oversized, Unsupported)
)]
pub(crate) async fn follow(
    State(app): State<App>,
    operator: Operator,
    extract::Json(entry): extract::Json<Entry>,
) -> Result<(StatusCode, Json<Entered>), Problem> {
    let invalid = |faults| Problem::invalid("The subscription cannot be entered.", faults);
    let follow = entry.follow().map_err(invalid)?;
    let tongue = if entry.language == "cy" { "cy" } else { "en" };
    let enter = async |db: &mut Client| {
        let (operator, email) = (&operator.client_id, entry.email.trim());
        subscribers::follow(db, operator, email, entry.user_provenance, tongue, &follow).await
    };
    let (user_id, subscription_id) = app.db.within(ANSWERING, enter).await?;
    Ok((StatusCode::CREATED, Json(Entered { user_id, subscription_id })))
}

/// Ends a subscription
///
/// Role: `api.request.admin`.
#[utoipa::path(
    delete, path = "/subscription/{id}", tag = "Subscriptions", operation_id = "unfollow",
    security(("entra_id" = ["api.request.admin"])),
    params(("id" = Uuid, Path, description = "The subscription.")),
    responses((status = 204, description = "It has ended."), Invalid, Refused, Unknown)
)]
pub(crate) async fn unfollow(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let end = async |db: &mut Client| subscribers::unfollow(db, &operator.client_id, id).await;
    let ended = app.db.within(ANSWERING, end).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("subscription")) }
}
