//! A court's messages, which its page shows: read, set and removed by operators.

use super::courts;
use crate::answer::{Asked, Known};
use crate::api_docs::problems::{Invalid, Oversized, Refused, Unknown, Unsupported};
use adapters::postgres::location_messages::{self, Messages};
use adapters::postgres::{ANSWERING, Client};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::LocationId;
use runtime::extract::{Json, Path};
use runtime::{App, Fault, Operator, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most characters a message has.
const LONGEST: usize = 1_000;

/// A court's messages: plain text, or empty.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct CourtMessages {
    /// Shown above its lists.
    #[schema(max_length = 1000, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")]
    caution_message: String,
    /// The same in Welsh; empty means the English text is shown.
    #[schema(max_length = 1000, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")]
    welsh_caution_message: String,
    /// Shown while it has no lists.
    #[schema(max_length = 1000, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")]
    no_list_message: String,
    /// The same in Welsh; empty means the English text is shown.
    #[schema(max_length = 1000, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")]
    welsh_no_list_message: String,
}

impl CourtMessages {
    fn of(messages: &Messages) -> Self {
        let Messages { caution, welsh_caution, no_list, welsh_no_list } = messages.clone();
        Self {
            caution_message: caution,
            welsh_caution_message: welsh_caution,
            no_list_message: no_list,
            welsh_no_list_message: welsh_no_list,
        }
    }

    fn read(self) -> Result<Messages, Problem> {
        let faults: Vec<_> = [
            ("/cautionMessage", &self.caution_message),
            ("/welshCautionMessage", &self.welsh_caution_message),
            ("/noListMessage", &self.no_list_message),
            ("/welshNoListMessage", &self.welsh_no_list_message),
        ]
        .into_iter()
        .filter(|(_, text)| text.chars().count() > LONGEST || text.chars().any(char::is_control))
        .map(|(field, _)| {
            Fault::new(field, format!("must be at most {LONGEST} characters, none a control character"))
        })
        .collect();
        if !faults.is_empty() {
            return Err(Problem::invalid("The messages cannot be shown.", faults));
        }
        Ok(Messages {
            caution: self.caution_message,
            welsh_caution: self.welsh_caution_message,
            no_list: self.no_list_message,
            welsh_no_list: self.welsh_no_list_message,
        })
    }
}

/// A court's messages
///
/// Role: `api.request.admin`.
#[utoipa::path(
    get, path = "/locations/{id}/metadata", tag = "Locations", operation_id = "location_metadata",
    security(("entra_id" = ["api.request.admin"])),
    params(("id" = i32, Path, description = "P&I's own id of the court.", example = 9), Known),
    responses(
        (status = 200, description = "Its messages.", body = CourtMessages),
        Invalid, Refused, Unknown
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    _: Operator,
    asked: Asked,
    Path(id): Path<i32>,
) -> Result<Response, Problem> {
    let court = courts::find(&app, LocationId(id)).await?.ok_or_else(|| Problem::not_found("location"))?;
    asked.json(&CourtMessages::of(&court.messages))
}

/// Sets a court's messages
///
/// Its page shows them within seconds. Role: `api.request.admin`.
#[utoipa::path(
    put, path = "/locations/{id}/metadata", tag = "Locations", operation_id = "set_location_metadata",
    security(("entra_id" = ["api.request.admin"])),
    params(("id" = i32, Path, description = "P&I's own id of the court.", example = 9)),
    request_body = CourtMessages,
    responses((status = 204, description = "They are set."), Invalid, Refused, Unknown, Oversized, Unsupported)
)]
pub(crate) async fn set(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<i32>,
    Json(messages): Json<CourtMessages>,
) -> Result<StatusCode, Problem> {
    let messages = messages.read()?;
    let set = async |db: &mut Client| {
        location_messages::set(db, LocationId(id), &messages, &operator.client_id).await
    };
    if app.db.within(ANSWERING, set).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("location"))
    }
}

/// Removes a court's messages
///
/// Role: `api.request.admin`.
#[utoipa::path(
    delete, path = "/locations/{id}/metadata", tag = "Locations", operation_id = "remove_location_metadata",
    security(("entra_id" = ["api.request.admin"])),
    params(("id" = i32, Path, description = "P&I's own id of the court.", example = 9)),
    responses((status = 204, description = "They are removed."), Invalid, Refused, Unknown)
)]
pub(crate) async fn remove(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<i32>,
) -> Result<StatusCode, Problem> {
    let remove =
        async |db: &mut Client| location_messages::remove(db, LocationId(id), &operator.client_id).await;
    if app.db.within(ANSWERING, remove).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("message of this location"))
    }
}
