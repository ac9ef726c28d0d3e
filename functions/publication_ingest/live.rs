//! Live case status (`x-type: LCSU`): what a court's rooms are doing now, for its screens. An HTML page of that type
//! is a flat file like any other.

use super::content::Content;
use super::content::files::FileType;
use super::publish::Submission;
use crate::api_docs::words;
use crate::artefact::utc;
use adapters::postgres::{ANSWERING, Client, live_status};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::live::RoomUpdate;
use domain::publication::{Metadata, parse_instant};
use domain::{ArtefactType, Provenance};
use lists::guard;
use runtime::extract::from_json;
use runtime::{App, Fault, Problem, Publisher};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A court has no more rooms than this.
const MOST_ROOMS: usize = 500;
/// How far ahead of ours a producer's clock may be.
const CLOCKS_DIFFER_BY: TimeDelta = TimeDelta::minutes(5);

/// A live case status, read.
pub(super) struct Update {
    metadata: Metadata,
    rooms: Vec<RoomUpdate>,
    last_updated: DateTime<Utc>,
}

/// One court's status as producers send it: alone, or in a list of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default)]
    last_updated: Option<String>,
    location_updates: Vec<RoomUpdate>,
}

/// An accepted live case status.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LiveStatus {
    /// `LCSU`.
    #[serde(rename = "type")]
    #[schema(value_type = words::ArtefactType)]
    artefact_type: ArtefactType,
    /// The system it comes from.
    #[schema(value_type = words::Provenance)]
    provenance: Provenance,
    /// P&I's id of the court.
    #[schema(example = "9")]
    location_id: String,
    /// When the court last updated it.
    #[schema(schema_with = words::instant)]
    last_updated: String,
    /// How many rooms it has.
    rooms: usize,
}

/// The live case status an upload holds; `None` for any other upload.
pub(super) fn update_of(submission: &Submission) -> Result<Option<Update>, Problem> {
    if submission.metadata.artefact_type != ArtefactType::Lcsu {
        return Ok(None);
    }
    let bytes = match &submission.content {
        Content::Json(bytes) => bytes,
        Content::File { kind: FileType::Html, .. } => return Ok(None),
        Content::File { .. } => {
            let fault = Fault::new("file", "must be a page, .htm or .html");
            return Err(Problem::invalid("This is not a live case status.", vec![fault]));
        }
    };
    let invalid = |pointer: &str, message: String| {
        Problem::invalid("This is not a live case status.", vec![Fault::new(pointer, message)])
    };
    let payload =
        lists::json::parse(bytes).map_err(|fault| invalid(&fault.pointer, fault.message.clone()))?;
    if let Some(fault) = guard::check(&payload).into_iter().next() {
        return Err(invalid(&fault.pointer, fault.message));
    }
    let (status, place) = match payload {
        Value::Array(mut statuses) if statuses.len() == 1 => (statuses.remove(0), "/0"),
        Value::Array(_) => {
            return Err(invalid("", "must hold the status of exactly one court".to_owned()));
        }
        other => (other, ""),
    };
    let invalid = |pointer: &str, message: String| invalid(&format!("{place}{pointer}"), message);
    let status: Status = from_json(status).map_err(|fault| invalid(&fault.field, fault.message))?;
    if status.location_updates.len() > MOST_ROOMS {
        return Err(invalid("/locationUpdates", format!("must hold at most {MOST_ROOMS} rooms")));
    }
    let last_updated = match status.last_updated.as_deref().map(parse_instant) {
        None => submission.received_at,
        // A newer status never gives way to an older one: one from the future would hold its place until then.
        Some(Ok(instant)) if instant > submission.received_at + CLOCKS_DIFFER_BY => {
            return Err(invalid("/lastUpdated", "must not be in the future".to_owned()));
        }
        Some(Ok(instant)) => instant,
        Some(Err(error)) => return Err(invalid("/lastUpdated", error.to_string())),
    };
    Ok(Some(Update { metadata: submission.metadata.clone(), rooms: status.location_updates, last_updated }))
}

/// Records a live case status; 409 if a newer one is there.
pub(super) async fn record(app: &App, publisher: &Publisher, update: Update) -> Result<Response, Problem> {
    let Update { metadata, rooms, last_updated } = update;
    if !publisher.provenances.contains(&metadata.provenance) {
        return Err(Problem::forbidden("This client may not publish for this provenance."));
    }
    let store = async |db: &mut Client| {
        let court = live_status::court_of(db, metadata.provenance, &metadata.court_id).await?;
        let Some(court) = court else { return Ok(None) };
        let stored = live_status::record(db, &publisher.client_id, court, &rooms, last_updated).await?;
        Ok(Some((court, stored)))
    };
    let Some((court, stored)) = app.db.within(ANSWERING, store).await? else {
        let fault = Fault::new("x-court-id", "is not known to the reference data");
        return Err(Problem::invalid("A live case status needs a known court.", vec![fault]));
    };
    if !stored {
        let detail = "A newer live case status of this court is already there.";
        return Err(Problem::conflict("outdated-version", detail));
    }
    let body = LiveStatus {
        artefact_type: metadata.artefact_type,
        provenance: metadata.provenance,
        location_id: court.to_string(),
        last_updated: utc(last_updated),
        rooms: rooms.len(),
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}
