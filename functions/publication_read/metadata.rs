//! Metadata of publications, as the production services' internal view writes it, and more.

use super::{Seen, record_export, seen};
use crate::api_docs::problems::{Invalid, Refused, Unknown};
use crate::api_docs::words;
use crate::publication_ingest::receipt::utc;
use adapters::postgres::publications::{self, Publication};
use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{
    ArtefactType, Language, LocationId, LocationLevel, Provenance, PublicationId, Sensitivity, publication,
};
use runtime::extract::{Path, Query};
use runtime::{App, Fault, Operator, Problem, Reader};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

/// The most rows one page of a listing has.
const MOST_ROWS: u16 = 100;

/// Which page of a listing.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// The page, from 0.
    #[serde(default)]
    #[param(value_type = i32, required = false, minimum = 0, maximum = 65535, example = 0)]
    page: u16,
    /// How many rows a page has, from 1 to 100.
    #[serde(default = "all_rows")]
    #[param(value_type = i32, required = false, minimum = 1, maximum = 100, example = 100)]
    size: u16,
}

fn all_rows() -> u16 {
    MOST_ROWS
}

/// What the caller has already.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header that `tagged` reads")]
pub(crate) struct Known {
    /// The `ETag` of the version the caller has.
    #[param(rename = "if-none-match", required = false)]
    tag: String,
}

/// One publication
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}", tag = "Publications", operation_id = "publication", security(("entra_id" = [])),
    params(
        ("id" = Uuid, Path, description = "The publication."),
        Known
    ),
    responses(
        (status = 200, description = "The publication at its current version.", body = PublicationView,
            headers(("etag" = String, description = "The version."))),
        (status = 304, description = "It is the version the caller has."),
        Refused,
        Unknown
    )
)]
pub(crate) async fn one(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Seen { publication, .. } = seen(&app, &reader, &id).await?;
    record_export(&app, &reader, &publication, "metadata", 0).await?;
    let body =
        serde_json::to_vec(&PublicationView::of(&publication)).map_err(|error| Problem::defect(&error))?;
    // Sensitivity and window may change without a new version, so the tag is of what is said.
    let tag = hex::encode(&Sha256::digest(&body)[..16]);
    Ok(tagged(&headers, &tag, ([(CONTENT_TYPE, "application/json")], body).into_response()))
}

/// Every version of a publication
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}/versions", tag = "Publications", operation_id = "versions", security(("entra_id" = [])),
    params(("id" = Uuid, Path, description = "The publication.")),
    responses((status = 200, description = "Oldest first.", body = Vec<VersionView>), Refused, Unknown)
)]
pub(crate) async fn versions(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<Vec<VersionView>>, Problem> {
    let Seen { publication, .. } = seen(&app, &reader, &id).await?;
    record_export(&app, &reader, &publication, "versions", 0).await?;
    let db = app.db.connect().await?;
    let versions = publications::versions(&db, publication.publication_id).await?;
    Ok(Json(versions.iter().map(VersionView::of).collect()))
}

/// One version of a publication
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}/versions/{number}", tag = "Publications", operation_id = "version", security(("entra_id" = [])),
    params(
        ("id" = Uuid, Path, description = "The publication."),
        ("number" = i32, Path, description = "The version, from 1.", minimum = 1, example = 1)
    ),
    responses((status = 200, description = "The version.", body = VersionView), Invalid, Refused, Unknown)
)]
pub(crate) async fn version(
    State(app): State<App>,
    reader: Reader,
    Path((id, number)): Path<(String, i32)>,
) -> Result<Json<VersionView>, Problem> {
    let version = find_version(&app, &reader, &id, number).await?;
    Ok(Json(VersionView::of(&version)))
}

/// A version by its number.
pub(super) async fn find_version(
    app: &App,
    reader: &Reader,
    id: &str,
    number: i32,
) -> Result<Publication, Problem> {
    let Seen { publication, .. } = seen(app, reader, id).await?;
    let db = app.db.connect().await?;
    let versions = publications::versions(&db, publication.publication_id).await?;
    versions
        .into_iter()
        .find(|version| version.version == number)
        .ok_or_else(|| Problem::not_found("version"))
}

/// A court's publications, in pages
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/locationId/{location_id}", tag = "Publications", operation_id = "publications_of_location",
    security(("entra_id" = [])),
    params(("location_id" = i32, Path, description = "P&I's own id of the court.", example = 9), Paging),
    responses(
        (status = 200, description = "Those the caller may see now, by list type and date; none, for a court that is not known.",
            body = Vec<PublicationView>),
        Invalid,
        Refused
    )
)]
pub(crate) async fn at_location(
    State(app): State<App>,
    reader: Reader,
    Path(court): Path<i32>,
    Query(paging): Query<Paging>,
) -> Result<Json<Vec<PublicationView>>, Problem> {
    if !(1..=MOST_ROWS).contains(&paging.size) {
        let fault = Fault::new("size", format!("must be from 1 to {MOST_ROWS}"));
        return Err(Problem::invalid("The page cannot be that long.", vec![fault]));
    }
    let db = app.db.connect().await?;
    let publications = publications::at_location(&db, LocationId(court), &reader.access, app.now()).await?;
    let rows = publications
        .iter()
        .skip(usize::from(paging.page) * usize::from(paging.size))
        .take(usize::from(paging.size));
    Ok(Json(rows.map(PublicationView::of).collect()))
}

/// Publications whose court the reference data does not know
///
/// Role: `api.request.admin`.
#[utoipa::path(
    get, path = "/publication/no-match", tag = "Publications", operation_id = "no_match",
    security(("entra_id" = ["api.request.admin"])),
    responses((status = 200, description = "At most 1000, newest first.", body = Vec<PublicationView>), Refused)
)]
pub(crate) async fn no_match(
    State(app): State<App>,
    _: Operator,
) -> Result<Json<Vec<PublicationView>>, Problem> {
    let waiting = publications::without_court(&app.db.connect().await?).await?;
    Ok(Json(waiting.iter().map(PublicationView::of).collect()))
}

/// The level at which a list type's court ids are matched
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/location-type/{list_type}", tag = "Publications", operation_id = "location_type",
    security(("entra_id" = [])),
    params(("list_type" = words::AnyListType, Path, description = "The list type.", example = "CIVIL_DAILY_CAUSE_LIST")),
    responses((status = 200, description = "The level.", body = words::LocationLevel), Refused, Unknown)
)]
pub(crate) async fn location_type(
    _: Reader,
    Path(list_type): Path<String>,
) -> Result<Json<LocationLevel>, Problem> {
    let found = lists::registry().get(&list_type).ok_or_else(|| Problem::not_found("list type"))?;
    Ok(Json(found.level))
}

/// A response with an ETag; 304 for a caller who has it.
pub(super) fn tagged(headers: &HeaderMap, tag: &str, mut response: Response) -> Response {
    let tag = format!("\"{tag}\"");
    let known = headers.get("if-none-match").and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.contains(&tag)) {
        response = StatusCode::NOT_MODIFIED.into_response();
    }
    if let Ok(tag) = tag.parse() {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// A publication at its current version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Publication)]
pub(crate) struct PublicationView {
    /// Its id.
    #[schema(value_type = Uuid)]
    artefact_id: PublicationId,
    /// The system it comes from.
    #[schema(value_type = words::Provenance)]
    provenance: Provenance,
    /// The producer's own name for it.
    source_artefact_id: Option<String>,
    /// What kind of artefact it is.
    #[serde(rename = "type")]
    #[schema(value_type = words::ArtefactType)]
    artefact_type: ArtefactType,
    /// Who may read it.
    #[schema(value_type = words::Sensitivity)]
    sensitivity: Sensitivity,
    /// Its language.
    #[schema(value_type = words::Language)]
    language: Language,
    /// First instant of display.
    #[schema(schema_with = words::instant)]
    display_from: String,
    /// First instant after display; never ends, if null.
    #[schema(format = DateTime)]
    display_to: Option<String>,
    /// Its list type.
    list_type: Option<String>,
    /// P&I's id of its court; `NoMatch` and the producer's id, while the reference data does not know that.
    #[schema(example = "9")]
    location_id: String,
    /// Midnight of the day it is for.
    #[schema(schema_with = words::instant)]
    content_date: String,
    /// It is a file, not data.
    is_flat_file: bool,
    /// When its current version arrived.
    #[schema(schema_with = words::instant)]
    last_received_date: String,
    /// The current version.
    version: i32,
    /// How many versions it had before.
    superseded_count: i32,
    /// In KiB.
    payload_size: f64,
    /// It was taken off every surface.
    withdrawn: bool,
}

impl PublicationView {
    fn of(publication: &Publication) -> Self {
        let location = publication.location_id;
        Self {
            artefact_id: publication.publication_id,
            provenance: publication.provenance,
            source_artefact_id: publication.source_artefact_id.clone(),
            artefact_type: publication.artefact_type,
            sensitivity: publication.sensitivity,
            language: publication.language,
            display_from: utc(publication.display_from),
            display_to: publication.display_to.map(utc),
            list_type: publication.list_type.clone(),
            location_id: location
                .map_or_else(|| publication::no_match(&publication.court_id), |id| id.to_string()),
            content_date: format!("{}T00:00:00Z", publication.content_date),
            is_flat_file: publication.is_flat_file,
            last_received_date: utc(publication.received_at),
            version: publication.version,
            superseded_count: publication.current_version - 1,
            payload_size: f64::from(publication.size) / 1024.0,
            withdrawn: publication.withdrawn || publication.archived,
        }
    }
}

/// One version of a publication.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Version)]
pub(crate) struct VersionView {
    /// The publication.
    #[schema(value_type = Uuid)]
    artefact_id: PublicationId,
    /// Its number, from 1.
    version: i32,
    /// SHA-256 of its bytes, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
    /// How many bytes.
    bytes: i32,
    /// Their media type.
    media_type: String,
    /// The producer's own name for it.
    source_artefact_id: Option<String>,
    /// When it arrived.
    #[schema(schema_with = words::instant)]
    received: String,
    /// When it was published.
    #[schema(schema_with = words::instant)]
    published: String,
    /// When it was superseded; not yet, if null.
    #[schema(format = DateTime)]
    superseded: Option<String>,
}

impl VersionView {
    fn of(version: &Publication) -> Self {
        Self {
            artefact_id: version.publication_id,
            version: version.version,
            sha256: hex::encode(&version.sha256),
            bytes: version.size,
            media_type: version.media_type.clone(),
            source_artefact_id: version.source_artefact_id.clone(),
            received: utc(version.received_at),
            published: utc(version.published_at),
            superseded: version.superseded_at.map(utc),
        }
    }
}
