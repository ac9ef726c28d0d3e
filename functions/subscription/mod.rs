//! Subscription: operators enter and end subscriptions of verified users. (The portal's own journeys join later.)

use adapters::postgres::subscribers::{self, Follow};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, put};
use domain::{Language, UserProvenance};
use runtime::{App, Fault, Function, Operator, Problem};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "subscription",
    bindings: include_str!("function.json"),
    mount: |routes| routes.http("/subscription", put(follow)).http("/subscription/{id}", delete(unfollow)),
};

/// What is entered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry {
    email: String,
    #[serde(default = "press")]
    user_provenance: UserProvenance,
    search_type: String,
    search_value: String,
    list_types: Option<Vec<String>>,
    list_languages: Option<Vec<Language>>,
    #[serde(default)]
    language: String,
}

fn press() -> UserProvenance {
    UserProvenance::PiAad
}

const SEARCH_TYPES: [&str; 4] = ["LOCATION_ID", "CASE_NUMBER", "CASE_URN", "CASE_NAME"];

impl Entry {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut check = |holds: bool, field: &str, message: &str| {
            if !holds {
                faults.push(Fault::new(field, message));
            }
        };
        let plausible = self.email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'));
        let clean = !self.email.contains(|c: char| c.is_whitespace() || c.is_control());
        check(plausible && clean && self.email.len() <= 254, "email", "must be an e-mail address");
        check(SEARCH_TYPES.contains(&self.search_type.as_str()), "searchType", "must be one of LOCATION_ID, CASE_NUMBER, CASE_URN, CASE_NAME");
        check((1..=256).contains(&self.search_value.trim().len()), "searchValue", "must be 1 to 256 bytes");
        check(!self.search_value.contains('\0'), "searchValue", "must be text");
        let is_court = self.search_type != "LOCATION_ID" || self.search_value.parse::<i32>().is_ok();
        check(is_court, "searchValue", "must be the id of a court");
        let known = |name: &String| lists::registry().get(name).is_some();
        check(self.list_types.iter().flatten().all(known), "listTypes", "must be names of list types");
        check(matches!(self.language.as_str(), "" | "en" | "cy"), "language", "must be en or cy");
        faults
    }
}

/// Enters a subscription; entering the same again replaces it.
async fn follow(State(app): State<App>, operator: Operator, entry: Result<Json<Entry>, axum::extract::rejection::JsonRejection>) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(entry) = entry.map_err(|_| Problem::invalid("The body is not a subscription.", vec![Fault::new("", "must be the JSON of a subscription")]))?;
    let faults = entry.faults();
    if !faults.is_empty() {
        return Err(Problem::invalid("The subscription cannot be entered.", faults));
    }
    let languages = entry.list_languages.map(|all| all.iter().map(ToString::to_string).collect());
    let follow = Follow {
        search_type: entry.search_type,
        search_value: entry.search_value.trim().to_owned(),
        list_types: entry.list_types.filter(|types| !types.is_empty()),
        languages,
    };
    let tongue = if entry.language == "cy" { "cy" } else { "en" };
    let mut db = app.db.connect().await?;
    let entered = subscribers::follow(&mut db, &operator.client_id, entry.email.trim(), entry.user_provenance, tongue, &follow);
    let (subscriber, subscription) = entered.await?;
    Ok((StatusCode::CREATED, Json(json!({"userId": subscriber, "subscriptionId": subscription}))))
}

/// Ends a subscription.
async fn unfollow(State(app): State<App>, operator: Operator, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let ended = subscribers::unfollow(&mut app.db.connect().await?, &operator.client_id, id).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("subscription")) }
}
