//! The versions of a publication, each shown under a sensitivity of its own, and their bytes.

use super::views::VersionView;
use super::{Seen, document, forms, record_export, seen};
use crate::answer::{Asked, Known, Paging};
use crate::api_docs::problems::{Invalid, Refused, Removed, Unknown};
use crate::api_docs::words;
use adapters::postgres::publications::{self, Publication};
use adapters::postgres::{ANSWERING, Client};
use axum::extract::State;
use axum::response::Response;
use domain::Sensitivity;
use runtime::extract::{Path, Query};
use runtime::{App, Operator, Problem, Reader};

/// Every version of a publication
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}/versions", tag = "Publications", operation_id = "versions", security(("entra_id" = [])),
    params(("id" = Uuid, Path, description = "The publication."), Paging, Known),
    responses((status = 200, description = "Oldest first.", body = Vec<VersionView>), Invalid, Refused, Unknown)
)]
pub(crate) async fn versions(
    State(app): State<App>,
    reader: Reader,
    asked: Asked,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let Seen { publication, .. } = seen(&app, &reader, &id).await?;
    let versions = readable_versions(&app, &reader, &publication).await?;
    record_export(&app, &reader, &publication, strictest(&versions), "versions", 0).await?;
    let page = paging.or(versions.len())?;
    let rows: Vec<_> = page.of(&versions).iter().map(VersionView::of).collect();
    asked.page(page, &rows, versions.len())
}

/// One version of a publication
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}/versions/{number}", tag = "Publications", operation_id = "version", security(("entra_id" = [])),
    params(
        ("id" = Uuid, Path, description = "The publication."),
        ("number" = i32, Path, description = "The version, from 1.", minimum = 1, example = 1),
        Known
    ),
    responses((status = 200, description = "The version.", body = VersionView), Invalid, Refused, Unknown)
)]
pub(crate) async fn version(
    State(app): State<App>,
    reader: Reader,
    asked: Asked,
    Path((id, number)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    let Seen { publication, .. } = seen(&app, &reader, &id).await?;
    let version = find_version(&readable_versions(&app, &reader, &publication).await?, number)?.clone();
    record_export(&app, &reader, &version, version.version_sensitivity, "version", 0).await?;
    asked.json(&VersionView::of(&version))
}

/// The bytes of one version, as received
///
/// Of a list as data, or of a file, while that has not been archived. An earlier version may name whom a later one masks,
/// so this is for operators alone. Role: `api.request.admin`.
#[utoipa::path(
    get, path = "/publication/{id}/versions/{number}/payload", tag = "Publications", operation_id = "version_payload",
    security(("entra_id" = ["api.request.admin"])),
    params(
        ("id" = Uuid, Path, description = "The publication."),
        ("number" = i32, Path, description = "The version, from 1.", minimum = 1, example = 1),
        Known
    ),
    responses(
        (status = 200, description = "The bytes, in the media type they were received in.",
            content(
                (words::ListPayload = "application/json"),
                (String = "application/pdf"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (String = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                (String = "application/msword"),
                (String = "application/rtf"),
                (String = "text/csv"),
                (String = "text/html"),
                (String = "text/plain")
            )),
        Invalid,
        Refused,
        Unknown,
        Removed
    )
)]
pub(crate) async fn payload(
    State(app): State<App>,
    _: Operator,
    reader: Reader,
    asked: Asked,
    Path((id, number)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    let Seen { publication, .. } = seen(&app, &reader, &id).await?;
    let version = find_version(&readable_versions(&app, &reader, &publication).await?, number)?.clone();
    let bytes = document::payload(&app, &version).await?;
    record_export(&app, &reader, &version, version.version_sensitivity, "payload", bytes.len()).await?;
    let response = forms::download(bytes, &version.media_type, version.file_name.as_deref());
    Ok(asked.tagged(&format!("payload-{}", version.version_id), response))
}

/// The versions of a publication that this reader may read, oldest first. Each was shown under a sensitivity of its own:
/// behind one that the reader may not read there is nothing more for it.
pub(super) async fn readable_versions(
    app: &App,
    reader: &Reader,
    seen: &Publication,
) -> Result<Vec<Publication>, Problem> {
    let read = async |db: &mut Client| publications::versions(db, seen.publication_id).await;
    let mut versions = app.db.within(ANSWERING, read).await?;
    let hidden = versions.iter().rposition(|version| {
        !reader.access.may_read(version.version_sensitivity, version.list_type.as_deref())
    });
    versions.drain(..hidden.map_or(0, |last| last + 1));
    Ok(versions)
}

/// A version by its number.
pub(super) fn find_version(versions: &[Publication], number: i32) -> Result<&Publication, Problem> {
    versions.iter().find(|version| version.version == number).ok_or_else(|| Problem::not_found("version"))
}

/// The strictest sensitivity that any of these versions was shown under.
pub(super) fn strictest<'a>(versions: impl IntoIterator<Item = &'a Publication>) -> Sensitivity {
    let sensitivities = versions.into_iter().map(|version| version.version_sensitivity);
    sensitivities.max().unwrap_or(Sensitivity::Public)
}
