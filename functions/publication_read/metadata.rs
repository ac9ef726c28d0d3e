//! Metadata of publications, as the production services' internal view writes it, and more.

use super::{Seen, seen};
use crate::publication_ingest::receipt::utc;
use adapters::postgres::publications::{self, Publication};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{LocationId, publication};
use runtime::{App, Fault, Operator, Problem, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// The most rows one page of a listing has.
const MOST_ROWS: usize = 100;

/// Which page of a listing.
#[derive(Deserialize)]
pub(super) struct Paging {
    #[serde(default)]
    page: usize,
    #[serde(default = "all_rows")]
    size: usize,
}

fn all_rows() -> usize {
    MOST_ROWS
}

/// One publication.
pub(super) async fn one(State(app): State<App>, reader: Reader, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, Problem> {
    let Seen { publication, .. } = seen(&app, &reader, &id).await?;
    Ok(tagged(&headers, &publication, Json(internal_view(&publication)).into_response()))
}

/// Every version of a publication, oldest first.
pub(super) async fn versions(State(app): State<App>, reader: Reader, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let Seen { publication, .. } = seen(&app, &reader, &id).await?;
    let db = app.db.connect().await?;
    let versions = publications::versions(&db, publication.publication_id).await?;
    Ok(Json(versions.iter().map(version_view).collect()))
}

/// One version of a publication.
pub(super) async fn version(
    State(app): State<App>,
    reader: Reader,
    Path((id, number)): Path<(String, i32)>,
) -> Result<Json<Value>, Problem> {
    let version = find_version(&app, &reader, &id, number).await?;
    Ok(Json(version_view(&version)))
}

/// A version by its number.
pub(super) async fn find_version(app: &App, reader: &Reader, id: &str, number: i32) -> Result<Publication, Problem> {
    let Seen { publication, .. } = seen(app, reader, id).await?;
    let db = app.db.connect().await?;
    let versions = publications::versions(&db, publication.publication_id).await?;
    versions.into_iter().find(|version| version.version == number).ok_or_else(|| Problem::not_found("version"))
}

/// A court's publications, in pages.
pub(super) async fn at_location(
    State(app): State<App>,
    reader: Reader,
    Path(court): Path<i32>,
    Query(paging): Query<Paging>,
) -> Result<Json<Value>, Problem> {
    if !(1..=MOST_ROWS).contains(&paging.size) {
        let fault = Fault::new("size", format!("must be from 1 to {MOST_ROWS}"));
        return Err(Problem::invalid("The page cannot be that long.", vec![fault]));
    }
    let db = app.db.connect().await?;
    let publications = publications::at_location(&db, LocationId(court), &reader.access, app.now()).await?;
    let rows = publications.iter().skip(paging.page.saturating_mul(paging.size)).take(paging.size);
    Ok(Json(rows.map(internal_view).collect()))
}

/// Publications whose court the reference data does not know.
pub(super) async fn no_match(State(app): State<App>, _: Operator) -> Result<Json<Value>, Problem> {
    let waiting = publications::without_court(&app.db.connect().await?).await?;
    Ok(Json(waiting.iter().map(internal_view).collect()))
}

/// The level at which a list type's court ids are matched.
pub(super) async fn location_type(_: Reader, Path(list_type): Path<String>) -> Result<Json<Value>, Problem> {
    let found = lists::registry().get(&list_type).ok_or_else(|| Problem::not_found("list type"))?;
    Ok(Json(json!(found.level)))
}

/// A response with the version's ETag; 304 for a caller who has it.
pub(super) fn tagged(headers: &HeaderMap, publication: &Publication, mut response: Response) -> Response {
    let tag = format!("\"{}\"", publication.version_id);
    let known = headers.get("if-none-match").and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.contains(&tag)) {
        response = StatusCode::NOT_MODIFIED.into_response();
    }
    if let Ok(tag) = tag.parse() {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

fn internal_view(publication: &Publication) -> Value {
    let location = publication.location_id;
    json!({
        "artefactId": publication.publication_id,
        "provenance": publication.provenance,
        "sourceArtefactId": publication.source_artefact_id,
        "type": publication.artefact_type,
        "sensitivity": publication.sensitivity,
        "language": publication.language,
        "displayFrom": utc(publication.display_from),
        "displayTo": publication.display_to.map(utc),
        "listType": publication.list_type,
        "locationId": location.map_or_else(|| publication::no_match(&publication.court_id), |id| id.to_string()),
        "contentDate": format!("{}T00:00:00Z", publication.content_date),
        "isFlatFile": publication.is_flat_file,
        "lastReceivedDate": utc(publication.received_at),
        "version": publication.version,
        "supersededCount": publication.current_version - 1,
        "payloadSize": f64::from(publication.size) / 1024.0,
        "withdrawn": publication.withdrawn,
    })
}

fn version_view(version: &Publication) -> Value {
    json!({
        "artefactId": version.publication_id,
        "version": version.version,
        "sha256": hex::encode(&version.sha256),
        "bytes": version.size,
        "mediaType": version.media_type,
        "sourceArtefactId": version.source_artefact_id,
        "received": utc(version.received_at),
        "published": utc(version.published_at),
        "superseded": version.superseded_at.map(utc),
    })
}
