//! Locations: the reference data API. Courts are listed, filtered and read; operators upload the courts file or
//! have the newest one in the container imported again.

pub(crate) mod courts;
pub(crate) mod keeping;
pub(crate) mod metadata;

mod views;

use crate::answer::{Asked, Known, Paging};
use crate::api_docs::problems::{Invalid, Oversized, Refused, Unknown};
use crate::api_docs::words::{self, Spoken};
use crate::artefact::utc;
use crate::reference_import::{self, Report};
use adapters::postgres::{ANSWERING, Client, imports, locations};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use courts::Court;
use domain::LocationId;
use domain::civil::Tongue;
use runtime::extract::{Path, Query};
use runtime::{App, Fault, Function, Operator, Problem, Reader};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use views::{Imports, LocationView, PastImport, ReferenceView, ReportView};

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "locations",
    bindings: include_str!("function.json"),
    mount: |routes| {
        routes
            .http("/locations", get(all))
            .http("/locations/name", get(by_name))
            .http("/locations/filter", get(filter))
            .http("/locations/upload", post(upload))
            .http("/locations/import", post(import_again))
            .http("/locations/imports", get(reports))
            .http("/locations/download/csv", get(keeping::download))
            .http("/locations/{id}", get(one).merge(delete(keeping::remove)))
            .http(
                "/locations/{id}/metadata",
                get(metadata::read).merge(put(metadata::set)).merge(delete(metadata::remove)),
            )
    },
};

/// The court of this name.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Named {
    /// The name, exactly.
    #[serde(rename = "locationName", default)]
    #[param(required = true, min_length = 1, example = "Oxford Combined Court Centre")]
    name: String,
    /// The language of the name: `en`, or `cy`.
    #[serde(default)]
    #[param(schema_with = words::spoken, required = false)]
    language: Spoken,
}

/// Which courts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Regions, separated by commas.
    #[serde(default)]
    #[param(example = "South East")]
    regions: String,
    /// Jurisdictions or kinds of court, separated by commas.
    #[serde(default)]
    #[param(example = "Civil,Family")]
    jurisdictions: String,
    /// The language of these words, and of the order: `en`, or `cy`.
    #[serde(default)]
    #[param(schema_with = words::spoken, required = false)]
    language: Spoken,
}

impl Filter {
    fn is_welsh(&self) -> bool {
        self.language == Spoken::Welsh
    }
}

/// Every court, without the ids other systems know it by
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/locations", tag = "Locations", operation_id = "locations", security(("entra_id" = [])),
    params(Paging, Known),
    responses((status = 200, description = "By English name.", body = Vec<LocationView>), Invalid, Refused)
)]
pub(crate) async fn all(
    State(app): State<App>,
    _: Reader,
    asked: Asked,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    listed(&asked, paging, &courts::all(&app).await?)
}

fn listed(asked: &Asked, paging: Paging, courts: &[Arc<Court>]) -> Result<Response, Problem> {
    let page = paging.or(courts.len())?;
    let rows: Vec<_> = page.of(courts).iter().map(|court| LocationView::of(court)).collect();
    asked.page(page, &rows, courts.len())
}

/// One court, with the ids other systems know it by
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/locations/{id}", tag = "Locations", operation_id = "location", security(("entra_id" = [])),
    params(("id" = i32, Path, description = "P&I's own id of the court.", example = 9), Known),
    responses((status = 200, description = "The court.", body = LocationView), Refused, Unknown)
)]
pub(crate) async fn one(
    State(app): State<App>,
    _: Reader,
    asked: Asked,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id.parse().map(LocationId).map_err(|_| Problem::not_found("location"))?;
    let court = courts::find(&app, id).await?.ok_or_else(|| Problem::not_found("location"))?;
    let read = async |db: &mut Client| locations::references(db, id).await;
    let references = app.db.within(ANSWERING, read).await?;
    let references = references.into_iter().map(ReferenceView::of).collect();
    asked.json(&LocationView { location_reference_list: Some(references), ..LocationView::of(&court) })
}

/// The court of exactly this name
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/locations/name", tag = "Locations", operation_id = "location_by_name", security(("entra_id" = [])),
    params(Named, Known),
    responses((status = 200, description = "The court.", body = LocationView), Invalid, Refused, Unknown)
)]
pub(crate) async fn by_name(
    State(app): State<App>,
    _: Reader,
    asked: Asked,
    Query(wanted): Query<Named>,
) -> Result<Response, Problem> {
    if wanted.name.is_empty() {
        let fault = Fault::new("locationName", "is missing");
        return Err(Problem::invalid("A court is asked for by its name.", vec![fault]));
    }
    let courts = courts::all(&app).await?;
    let named = |court: &&Arc<Court>| {
        let location = &court.location;
        wanted.name == *if wanted.language == Spoken::Welsh { &location.welsh_name } else { &location.name }
    };
    let court = courts.iter().find(named).ok_or_else(|| Problem::not_found("location"))?;
    asked.json(&LocationView::of(court))
}

/// Courts of any of the regions and any of the jurisdictions
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/locations/filter", tag = "Locations", operation_id = "filter_locations", security(("entra_id" = [])),
    params(Filter, Paging, Known),
    responses((status = 200, description = "Those that match, by name.", body = Vec<LocationView>), Invalid, Refused)
)]
pub(crate) async fn filter(
    State(app): State<App>,
    _: Reader,
    asked: Asked,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let (regions, jurisdictions) = (filter.regions.to_lowercase(), filter.jurisdictions.to_lowercase());
    let matches = |court: &&Arc<Court>| {
        let location = &court.location;
        let (in_regions, in_jurisdictions, in_types) = if filter.is_welsh() {
            (&location.welsh_regions, &location.welsh_jurisdictions, &location.welsh_jurisdiction_types)
        } else {
            (&location.regions, &location.jurisdictions, &location.jurisdiction_types)
        };
        any(&regions, in_regions) && (any(&jurisdictions, in_jurisdictions) || any(&jurisdictions, in_types))
    };
    let mut found: Vec<_> = courts::all(&app).await?.iter().filter(matches).cloned().collect();
    if filter.is_welsh() {
        // In the order of the portal's A to Z.
        found.sort_by_cached_key(|court| court.name(Tongue::Cy).to_lowercase());
    }
    listed(&asked, paging, &found)
}

/// Whether one of the words between the commas is one of these values, case aside; no words, and every court will do.
/// A value may have commas of its own.
fn any(words: &str, values: &[String]) -> bool {
    let words: Vec<&str> = words.split(',').map(str::trim).collect();
    let is_among = |value: &String| {
        let value = value.to_lowercase();
        let parts: Vec<&str> = value.split(',').map(str::trim).collect();
        words.windows(parts.len()).any(|run| run == parts)
    };
    words.iter().all(|word| word.is_empty()) || values.iter().any(is_among)
}

/// Imports a courts file
///
/// Sent as the form part `locationList`, or as the body itself. A file with a fault changes nothing.
/// Role: `api.request.admin`.
#[utoipa::path(
    post, path = "/locations/upload", tag = "Locations", operation_id = "upload_locations",
    security(("entra_id" = ["api.request.admin"])),
    request_body(content((views::CourtsForm = "multipart/form-data"), (String = "text/csv")), description = "The courts file, CSV."),
    responses((status = 200, description = "It is imported.", body = ReportView), Invalid, Refused, Oversized)
)]
pub(crate) async fn upload(
    State(app): State<App>,
    operator: Operator,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let limit = app.settings.limits.file;
    let boundary = parts
        .headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| multer::parse_boundary(text).ok());
    let (name, bytes) = match boundary {
        Some(boundary) => {
            crate::publication_ingest::content::form_part(body, boundary, "locationList", limit).await?
        }
        None => ("upload.csv".to_owned(), crate::publication_ingest::content::collect(body, limit).await?),
    };
    let report = reference_import::import_courts(&app, &name, &bytes, &operator.client_id).await?;
    Ok(respond(&report))
}

/// Imports the newest courts file and the newest glossary again
///
/// For when an import did not start by itself: the files are taken from the container of reference data.
/// Role: `api.request.admin`.
#[utoipa::path(
    post, path = "/locations/import", tag = "Locations", operation_id = "import_again",
    security(("entra_id" = ["api.request.admin"])),
    responses(
        (status = 200, description = "Each is imported.", body = Imports),
        (status = 422, description = "One has a fault, and changed nothing.", body = Imports),
        Refused,
        Unknown
    )
)]
pub(crate) async fn import_again(
    State(app): State<App>,
    operator: Operator,
) -> Result<(StatusCode, Json<Imports>), Problem> {
    let reports = reference_import::import_newest(&app, &operator.client_id).await?;
    if reports.is_empty() {
        return Err(Problem::not_found("reference file"));
    }
    let accepted = reports.iter().all(|report| report.accepted);
    let status = if accepted { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Json(Imports { imports: reports })))
}

/// The latest imports and their reports
///
/// Role: `api.request.admin`.
#[utoipa::path(
    get, path = "/locations/imports", tag = "Locations", operation_id = "imports",
    security(("entra_id" = ["api.request.admin"])),
    params(Paging, Known),
    responses((status = 200, description = "At most 50, newest first.", body = Vec<PastImport>), Invalid, Refused)
)]
pub(crate) async fn reports(
    State(app): State<App>,
    _: Operator,
    asked: Asked,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let latest = app.db.within(ANSWERING, async |db| imports::latest(db, 50).await).await?;
    let past = |import: imports::ImportRecord| PastImport {
        import_id: import.import_id,
        file: import.blob_name,
        kind: import.kind,
        accepted: import.accepted,
        report: import.report,
        imported_at: utc(import.imported_at),
    };
    let past: Vec<_> = latest.into_iter().map(past).collect();
    let page = paging.or(past.len())?;
    asked.page(page, page.of(&past), past.len())
}

fn respond(report: &Report) -> Response {
    if report.accepted {
        return Json(report).into_response();
    }
    let fault = |fault: &domain::reference::RowFault| {
        Fault::new(format!("row {}, {}", fault.row, fault.column), fault.message.clone())
    };
    Problem::invalid(
        "The courts file was not imported; nothing has changed.",
        report.faults.iter().map(fault).collect(),
    )
    .into_response()
}
