//! Metadata of publications, as the production services' internal view writes it, and more.

use super::forms::{self, Wanted};
use super::views::PublicationView;
use super::{Export, document, negotiate, record_export, record_exports, seen};
use crate::answer::{Asked, Known, MOST_ROWS, Paging};
use crate::api_docs::problems::{Invalid, Oversized, Refused, Removed, Unacceptable, Unknown};
use crate::api_docs::words;
use crate::publication_files::Format;
use adapters::postgres::publications::{self, Publication};
use adapters::postgres::{ANSWERING, Client};
use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{LocationId, LocationLevel};
use runtime::extract::{Path, Query};
use runtime::{App, Operator, Problem, Reader};

/// The media types of the forms that have none of their own.
const DOCUMENT: &str = "application/vnd.hmcts.pi.document+json";
const PAYLOAD: &str = "application/vnd.hmcts.pi.payload+json";

/// One publication
///
/// `Accept` chooses the form, weights being honoured: `application/json` (also if nothing is said) is what is told
/// here; `application/vnd.hmcts.pi.payload+json` the list as received, `application/vnd.hmcts.pi.document+json` the
/// list as read, PDF and the workbook what is made of it; of a file, its own media type the file as received, unless
/// that is `text/html` or JSON. Each form also has an address of its own. Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}", tag = "Publications", operation_id = "publication", security(("entra_id" = [])),
    params(
        ("id" = Uuid, Path, description = "The publication."),
        Wanted,
        Known
    ),
    responses(
        (status = 200, description = "The publication at its current version.",
            headers(
                ("etag" = String, description = "What is said of it now, for If-Match of an upload."),
                ("vary" = String, description = "`Accept`.")
            ),
            content(
                (PublicationView = "application/json"),
                (words::ListPayload = "application/vnd.hmcts.pi.payload+json"),
                (words::ListDocument = "application/vnd.hmcts.pi.document+json"),
                (String = "application/pdf"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (String = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                (String = "application/msword"),
                (String = "application/rtf"),
                (String = "text/csv"),
                (String = "text/plain")
            )),
        Invalid,
        Refused,
        Unknown,
        Unacceptable,
        Removed,
        Oversized
    )
)]
pub(crate) async fn one(
    State(app): State<App>,
    reader: Reader,
    asked: Asked,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let seen = seen(&app, &reader, &id).await?;
    let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>();
    let offers = offers(&seen.publication);
    let types: Vec<_> = offers.iter().map(|(media_type, _)| *media_type).collect();
    let chosen = negotiate::choose(&accept.join(","), &types)
        .and_then(|chosen| offers.iter().find(|(media_type, _)| *media_type == chosen));
    let mut response = match chosen {
        None => {
            let detail = format!("This publication can be had as {}.", types.join(", "));
            Problem::not_acceptable(detail).into_response()
        }
        Some((_, None)) => {
            let publication = &seen.publication;
            record_export(&app, &reader, publication, publication.sensitivity, "metadata", 0).await?;
            let view = Json(PublicationView::of(&app, publication)).into_response();
            asked.tagged(&publication.revision.to_string(), view)
        }
        Some((media_type, Some(form))) => {
            let mut response = forms::give(&app, &reader, &asked, &seen, form, &wanted).await?;
            if let Ok(media_type) = HeaderValue::from_str(media_type)
                && response.status() == StatusCode::OK
            {
                response.headers_mut().insert(CONTENT_TYPE, media_type);
            }
            response
        }
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// What a publication can be had as, and the form each media type means; none is what is told of it.
fn offers(publication: &Publication) -> Vec<(&str, Option<&'static str>)> {
    let mut offers = vec![("application/json", None)];
    if publication.is_flat_file {
        let media_type = publication.media_type.as_str();
        // A page of somebody else's is downloaded on purpose or not at all, and JSON is what is told of a file.
        if !["text/html", "application/json"].contains(&negotiate::essence(media_type)) {
            offers.push((media_type, Some("file")));
        }
        return offers;
    }
    offers.push((PAYLOAD, Some("payload")));
    if document::list_type(publication).is_some() {
        let made =
            [(DOCUMENT, "document"), (Format::Pdf.media_type(), "pdf"), (Format::Xlsx.media_type(), "xlsx")];
        offers.extend(made.map(|(media_type, form)| (media_type, Some(form))));
    }
    offers
}

/// A court's publications, in pages
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/locationId/{location_id}", tag = "Publications", operation_id = "publications_of_location",
    security(("entra_id" = [])),
    params(("location_id" = i32, Path, description = "P&I's own id of the court.", example = 9), Paging, Known),
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
    asked: Asked,
    Path(court): Path<i32>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.or(MOST_ROWS)?;
    let read = async |db: &mut Client| {
        let found = publications::at_location(db, LocationId(court), &reader.access, app.now()).await?;
        let exports = page.of(&found).iter().map(|row| Export::of(row, "listing"));
        record_exports(db, &reader.client_id, exports).await?;
        Ok(found)
    };
    let publications = app.db.within(ANSWERING, read).await?;
    let views: Vec<_> = page.of(&publications).iter().map(|row| PublicationView::of(&app, row)).collect();
    asked.page(page, &views, publications.len())
}

/// Publications whose court the reference data does not know, in pages
///
/// Role: `api.request.admin`.
#[utoipa::path(
    get, path = "/publication/no-match", tag = "Publications", operation_id = "no_match",
    security(("entra_id" = ["api.request.admin"])),
    params(Paging, Known),
    responses(
        (status = 200, description = "Those that wait, newest first.", body = Vec<PublicationView>),
        Invalid,
        Refused
    )
)]
pub(crate) async fn no_match(
    State(app): State<App>,
    operator: Operator,
    asked: Asked,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.or(MOST_ROWS)?;
    let read = async |db: &mut Client| {
        let found = publications::without_court(db, page.start(), page.size).await?;
        let exports = found.0.iter().map(|row| Export::of(row, "listing"));
        record_exports(db, &operator.client_id, exports).await?;
        Ok(found)
    };
    let (rows, total) = app.db.within(ANSWERING, read).await?;
    let views: Vec<_> = rows.iter().map(|row| PublicationView::of(&app, row)).collect();
    asked.page(page, &views, total)
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
    let found = lists::registry().find(&list_type).ok_or_else(|| Problem::not_found("list type"))?;
    Ok(Json(found.level))
}
