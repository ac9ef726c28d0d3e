//! Keeping the reference data: the courts as a file that can be edited and imported again, and removing a court that
//! nothing depends on.

use super::courts;
use crate::api_docs::problems::{Conflicting, Refused, Unknown};
use adapters::postgres::locations::{self, Location, Reference, Removal};
use adapters::postgres::{ANSWERING, Client};
use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::{LocationId, LocationLevel};
use runtime::extract::Path;
use runtime::{App, Operator, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// The courts file's headings, in the production services' words.
const HEADINGS: [&str; 14] = [
    "P&I ID",
    "Court Desc",
    "Region",
    "Jurisdiction",
    "Jurisdiction Type",
    "Provenance",
    "Provenance Location ID",
    "Provenance Location Type",
    "Welsh Court Desc",
    "Welsh Region",
    "Welsh Jurisdiction",
    "Welsh Jurisdiction Type",
    "Email",
    "Contact No",
];

/// The courts as a file
///
/// One row for each id another system knows a court by, one for a court without any: the file that `/locations/upload`
/// takes. Role: `api.request.admin`.
#[utoipa::path(
    get, path = "/locations/download/csv", tag = "Locations", operation_id = "download_locations",
    security(("entra_id" = ["api.request.admin"])),
    responses((status = 200, description = "The courts file.", body = String, content_type = "text/csv"), Refused)
)]
pub(crate) async fn download(State(app): State<App>, _: Operator) -> Result<Response, Problem> {
    let courts = courts::all(&app).await?;
    let read = async |db: &mut Client| locations::all_references(db).await;
    let mut references = app.db.within(ANSWERING, read).await?;
    let mut file = csv::Writer::from_writer(Vec::new());
    let mut write = |record: &[String]| file.write_record(record).map_err(|error| Problem::defect(&error));
    write(&HEADINGS.map(str::to_owned))?;
    for court in courts.iter() {
        let known_as = references.remove(&court.location.location_id).unwrap_or_default();
        for reference in &known_as {
            write(&record(&court.location, Some(reference)))?;
        }
        if known_as.is_empty() {
            write(&record(&court.location, None))?;
        }
    }
    let bytes = file.into_inner().map_err(|error| Problem::defect(error.error()))?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"courts.csv\""),
    ];
    Ok((headers, bytes).into_response())
}

fn record(court: &Location, reference: Option<&Reference>) -> [String; 14] {
    let list = |values: &[String]| values.join(";");
    let (provenance, id, level) = reference.map_or(("", "", LocationLevel::Venue.as_str()), |reference| {
        let Reference { provenance, provenance_location_id, provenance_location_type } = reference;
        (provenance, provenance_location_id, provenance_location_type)
    });
    [
        court.location_id.to_string(),
        court.name.clone(),
        list(&court.regions),
        list(&court.jurisdictions),
        list(&court.jurisdiction_types),
        provenance.to_owned(),
        id.to_owned(),
        level.to_owned(),
        court.welsh_name.clone(),
        list(&court.welsh_regions),
        list(&court.welsh_jurisdictions),
        list(&court.welsh_jurisdiction_types),
        court.email.clone(),
        court.contact_no.clone(),
    ]
}

/// A court that was removed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Removed {
    /// The court.
    #[schema(value_type = i32)]
    location_id: LocationId,
    /// It is gone.
    removed: bool,
}

/// Removes a court that nothing depends on
///
/// Refused, in this order, while a publication of it stands, while anybody follows it, and where the record of what it
/// once published names it. Role: `api.request.admin`.
#[utoipa::path(
    delete, path = "/locations/{id}", tag = "Locations", operation_id = "remove_location",
    security(("entra_id" = ["api.request.admin"])),
    params(("id" = i32, Path, description = "P&I's own id of the court.", example = 9)),
    responses((status = 200, description = "It is removed.", body = Removed), Refused, Unknown, Conflicting)
)]
pub(crate) async fn remove(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Json<Removed>, Problem> {
    let not_found = || Problem::not_found("location");
    let location_id = id.parse().map(LocationId).map_err(|_| not_found())?;
    let remove =
        async |db: &mut Client| locations::remove(db, location_id, app.now(), &operator.client_id).await;
    let in_the_way = match app.db.within(ANSWERING, remove).await? {
        Removal::Done => return Ok(Json(Removed { location_id, removed: true })),
        Removal::Unknown => return Err(not_found()),
        Removal::Publications(count) => {
            ("location-has-publications", format!("{count} publications of it stand."))
        }
        Removal::Subscriptions(count) => {
            ("location-is-followed", format!("{count} subscriptions follow it."))
        }
        Removal::Record(count) => {
            ("location-is-on-record", format!("The record of {count} publications names it."))
        }
    };
    Err(Problem::conflict(in_the_way.0, in_the_way.1))
}
