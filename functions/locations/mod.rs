//! Locations: the reference data API. Courts are listed, filtered and read; operators upload the courts file or
//! have the newest one in the container imported again.

pub(crate) mod courts;

use crate::reference_import::{self, Report};
use adapters::postgres::{imports, locations};
use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use courts::Court;
use domain::LocationId;
use runtime::{App, Fault, Function, Operator, Problem, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

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
            .http("/locations/{id}", get(one))
    },
};

/// Which courts.
#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    regions: String,
    #[serde(default)]
    jurisdictions: String,
    #[serde(default)]
    language: String,
    #[serde(rename = "locationName", default)]
    name: String,
}

impl Filter {
    fn is_welsh(&self) -> bool {
        self.language == "cy"
    }
}

/// Every court, without the ids other systems know it by.
async fn all(State(app): State<App>, _: Reader) -> Result<Json<Value>, Problem> {
    Ok(Json(courts::all(&app).await?.iter().map(|court| view(court)).collect()))
}

/// One court, with the ids other systems know it by.
async fn one(State(app): State<App>, _: Reader, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let id = id.parse().map(LocationId).map_err(|_| Problem::not_found("location"))?;
    let court = courts::find(&app, id).await?.ok_or_else(|| Problem::not_found("location"))?;
    let references = locations::references(&app.db.connect().await?, id).await?;
    let reference = |reference: &locations::Reference| {
        json!({
            "provenance": reference.provenance,
            "provenanceLocationId": reference.provenance_location_id,
            "provenanceLocationType": reference.provenance_location_type,
        })
    };
    let mut view = view(&court);
    view["locationReferenceList"] = references.iter().map(reference).collect();
    Ok(Json(view))
}

/// The court of exactly this name.
async fn by_name(State(app): State<App>, _: Reader, Query(filter): Query<Filter>) -> Result<Json<Value>, Problem> {
    let courts = courts::all(&app).await?;
    let named = |court: &&std::sync::Arc<Court>| {
        let location = &court.location;
        if filter.is_welsh() { location.welsh_name == filter.name } else { location.name == filter.name }
    };
    courts.iter().find(named).map(|court| Json(view(court))).ok_or_else(|| Problem::not_found("location"))
}

/// Courts of any of the regions and any of the jurisdictions (or kinds of court), values separated by commas.
async fn filter(State(app): State<App>, _: Reader, Query(filter): Query<Filter>) -> Result<Json<Value>, Problem> {
    let wanted = |text: &str| text.split(',').map(|one| one.trim().to_lowercase()).filter(|one| !one.is_empty()).collect::<Vec<_>>();
    let (regions, jurisdictions) = (wanted(&filter.regions), wanted(&filter.jurisdictions));
    let any = |wanted: &[String], values: &[&Vec<String>]| {
        wanted.is_empty() || values.iter().copied().flatten().any(|value| wanted.contains(&value.to_lowercase()))
    };
    let matches = |court: &&std::sync::Arc<Court>| {
        let location = &court.location;
        let (in_regions, in_jurisdictions, in_types) = if filter.is_welsh() {
            (&location.welsh_regions, &location.welsh_jurisdictions, &location.welsh_jurisdiction_types)
        } else {
            (&location.regions, &location.jurisdictions, &location.jurisdiction_types)
        };
        any(&regions, &[in_regions]) && any(&jurisdictions, &[in_jurisdictions, in_types])
    };
    let mut found: Vec<_> = courts::all(&app).await?.iter().filter(matches).cloned().collect();
    if filter.is_welsh() {
        found.sort_by(|a, b| a.name(domain::civil::Tongue::Cy).cmp(b.name(domain::civil::Tongue::Cy)));
    }
    Ok(Json(found.iter().map(|court| view(court)).collect()))
}

/// Imports a courts file sent as the form part `locationList`, or as the body itself.
async fn upload(State(app): State<App>, operator: Operator, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let limit = app.settings.limits.file;
    let boundary = parts.headers.get("content-type").and_then(|value| value.to_str().ok()).and_then(|text| multer::parse_boundary(text).ok());
    let (name, bytes) = match boundary {
        Some(boundary) => crate::publication_ingest::content::form_part(body, boundary, "locationList", limit).await?,
        None => ("upload.csv".to_owned(), crate::publication_ingest::content::collect(body, limit).await?),
    };
    let report = reference_import::import_courts(&app, &name, &bytes, &operator.client_id).await?;
    Ok(respond(&report))
}

/// Imports the newest courts file and the newest glossary in the container again (LLD 3.5.1.3).
async fn import_again(State(app): State<App>, operator: Operator) -> Result<Response, Problem> {
    let reports = reference_import::import_newest(&app, &operator.client_id).await?;
    if reports.is_empty() {
        return Err(Problem::not_found("reference file"));
    }
    let accepted = reports.iter().all(|report| report.accepted);
    let status = if accepted { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Json(json!({"imports": reports}))).into_response())
}

/// The latest imports and their reports, newest first.
async fn reports(State(app): State<App>, _: Operator) -> Result<Json<Value>, Problem> {
    let latest = imports::latest(&app.db.connect().await?, 50).await?;
    let report = |import: &imports::ImportRecord| {
        json!({
            "importId": import.import_id,
            "file": import.blob_name,
            "kind": import.kind,
            "accepted": import.accepted,
            "report": import.report,
            "importedAt": crate::publication_ingest::receipt::utc(import.imported_at),
        })
    };
    Ok(Json(latest.iter().map(report).collect()))
}

fn respond(report: &Report) -> Response {
    if report.accepted {
        return Json(json!(report)).into_response();
    }
    let fault = |fault: &domain::reference::RowFault| Fault::new(format!("row {}, {}", fault.row, fault.column), fault.message.clone());
    Problem::invalid("The courts file was not imported; nothing has changed.", report.faults.iter().map(fault).collect()).into_response()
}

fn view(court: &Court) -> Value {
    let location = &court.location;
    json!({
        "locationId": location.location_id,
        "name": location.name,
        "welshName": location.welsh_name,
        "region": location.regions,
        "welshRegion": location.welsh_regions,
        "jurisdiction": location.jurisdictions,
        "welshJurisdiction": location.welsh_jurisdictions,
        "jurisdictionType": location.jurisdiction_types,
        "welshJurisdictionType": location.welsh_jurisdiction_types,
        "email": location.email,
        "contactNo": location.contact_no,
    })
}
