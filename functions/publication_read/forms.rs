//! The forms a publication can be had in: its payload as received, its file, our document, PDF, workbook, summary.

use super::document;
use super::{Seen, record_export, seen};
use crate::answer::{Asked, Known};
use crate::api_docs::problems::{Invalid, Oversized, Refused, Removed, Unknown};
use crate::api_docs::words::{self, Spoken};
use crate::publication_files::{self, Format};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::civil::Tongue;
use runtime::extract::{Path, Query};
use runtime::{App, Problem, Reader};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// In which language, and how large at most.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The language of what is made: `en`, or `cy`.
    #[serde(default)]
    #[param(schema_with = words::spoken, required = false)]
    language: Spoken,
    /// Refuse with 413 what has more bytes.
    #[serde(rename = "maxFileSize")]
    #[param(value_type = i64, required = false, minimum = 0, maximum = 4_294_967_295_i64, example = 2_000_000)]
    max_file_size: Option<u32>,
}

/// One form of a publication
///
/// `payload`: the list as received, with the names that its producer masked. `file`: the file as received. `document`:
/// the list as read, those names withheld. `pdf` (also `PDF`), `xlsx` (also `EXCEL`): made from it. `summary`: as in
/// mails. Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}/{form}", tag = "Publications", operation_id = "form", security(("entra_id" = [])),
    params(
        ("id" = Uuid, Path, description = "The publication."),
        ("form" = String, Path, description = "The form.", pattern = "^(payload|file|document|pdf|PDF|xlsx|EXCEL|summary)$", example = "pdf"),
        Wanted,
        Known
    ),
    responses(
        (status = 200, description = "The form, to the byte as it was received or made.", headers(("etag" = String, description = "The version.")),
            content(
                (words::JsonForm = "application/json"),
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
        Removed,
        Oversized
    )
)]
pub(crate) async fn one(
    State(app): State<App>,
    reader: Reader,
    asked: Asked,
    Path((id, form)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let seen = seen(&app, &reader, &id).await?;
    give(&app, &reader, &asked, &seen, &form, &wanted).await
}

/// Gives a form of a publication to a reader who may see it.
///
/// # Errors
/// 404 for a form it does not have, 410 once its bytes were given up, 413 when it is larger than wanted.
pub(super) async fn give(
    app: &App,
    reader: &Reader,
    asked: &Asked,
    seen: &Seen,
    form: &str,
    wanted: &Wanted,
) -> Result<Response, Problem> {
    let (bytes, media_type, name) = made_or_received(app, seen, form, wanted.language.tongue()).await?;
    let most = wanted.max_file_size.and_then(|most| usize::try_from(most).ok());
    if let Some(most) = most.filter(|most| bytes.len() > *most) {
        return Err(Problem::too_large(most));
    }
    record_export(app, reader, &seen.publication, seen.publication.sensitivity, form, bytes.len()).await?;
    let response = download(bytes, media_type, name.as_deref());
    // What is made also says the court's names, which may change, in one language; what was sent never does.
    let tag = match form {
        "payload" | "file" => seen.publication.version_id.to_string(),
        _ => {
            let made_from = document::key(&seen.publication, seen.court.as_deref());
            format!("{made_from}-{}", wanted.language.tongue().tag())
        }
    };
    Ok(asked.tagged(&format!("{form}-{tag}"), response))
}

/// Bytes in their media type, to be kept under a name where they have one.
pub(super) fn download(bytes: Bytes, media_type: &str, name: Option<&str>) -> Response {
    let mut response = bytes.into_response();
    let attachment = name.map(attachment);
    for (header, text) in [(CONTENT_TYPE, Some(media_type)), (CONTENT_DISPOSITION, attachment.as_deref())] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
            response.headers_mut().insert(header, value);
        }
    }
    response
}

async fn made_or_received<'a>(
    app: &App,
    seen: &'a Seen,
    form: &str,
    tongue: Tongue,
) -> Result<Form<'a>, Problem> {
    let publication = &seen.publication;
    document::is_kept(publication)?;
    match form {
        "payload" if !publication.is_flat_file => {
            Ok((document::payload(app, publication).await?, "application/json", None))
        }
        "file" if publication.is_flat_file => {
            let bytes = document::payload(app, publication).await?;
            Ok((bytes, publication.media_type.as_str(), publication.file_name.clone()))
        }
        "document" => Ok((document_json(app, seen).await?, "application/json", None)),
        "summary" => Ok((summary(app, seen, tongue).await?, "text/plain; charset=utf-8", None)),
        "pdf" | "PDF" => made(app, seen, Format::Pdf, tongue).await,
        "xlsx" | "EXCEL" => made(app, seen, Format::Xlsx, tongue).await,
        _ => Err(Problem::not_found("form of this publication")),
    }
}

type Form<'a> = (Bytes, &'a str, Option<String>);

async fn made<'a>(app: &App, seen: &'a Seen, format: Format, tongue: Tongue) -> Result<Form<'a>, Problem> {
    let bytes =
        publication_files::file(app, &seen.publication, seen.court.as_deref(), format, tongue).await?;
    let name = publication_files::file_name(&seen.publication, format, tongue);
    Ok((bytes, format.media_type(), Some(name)))
}

async fn document_json(app: &App, seen: &Seen) -> Result<Bytes, Problem> {
    let document = document::of(app, &seen.publication, seen.court.as_deref()).await?;
    serde_json::to_vec(&*document).map(Bytes::from).map_err(|error| Problem::defect(&error))
}

async fn summary(app: &App, seen: &Seen, tongue: Tongue) -> Result<Bytes, Problem> {
    let document = document::of(app, &seen.publication, seen.court.as_deref()).await?;
    let list_type = document::list_type(&seen.publication).ok_or_else(|| Problem::not_found("list"))?;
    Ok(surfaces::text::summary(&document, lists::layout(list_type), tongue).unwrap_or_default().into())
}

/// Whether made files exist for a publication
///
/// They do for every list published as data. Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}/exists", tag = "Publications", operation_id = "exists", security(("entra_id" = [])),
    params(("id" = Uuid, Path, description = "The publication.")),
    responses((status = 200, description = "Whether they do.", body = bool, content_type = "application/json"), Refused, Unknown)
)]
pub(crate) async fn exists(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<bool>, Problem> {
    let seen = seen(&app, &reader, &id).await?;
    record_export(&app, &reader, &seen.publication, seen.publication.sensitivity, "exists", 0).await?;
    Ok(Json(document::list_type(&seen.publication).is_some()))
}

/// Sizes of the made files, in bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sizes {
    /// The PDF in English.
    primary_pdf: usize,
    /// The PDF in Welsh.
    additional_pdf: usize,
    /// The workbook.
    excel: usize,
}

/// Sizes of the made files
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}/sizes", tag = "Publications", operation_id = "sizes", security(("entra_id" = [])),
    params(("id" = Uuid, Path, description = "The publication.")),
    responses((status = 200, description = "In bytes.", body = Sizes), Refused, Unknown, Removed)
)]
pub(crate) async fn sizes(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<Sizes>, Problem> {
    let seen = seen(&app, &reader, &id).await?;
    document::is_kept(&seen.publication)?;
    record_export(&app, &reader, &seen.publication, seen.publication.sensitivity, "sizes", 0).await?;
    let size = async |format, tongue| {
        let court = seen.court.as_deref();
        publication_files::file(&app, &seen.publication, court, format, tongue).await.map(|bytes| bytes.len())
    };
    Ok(Json(Sizes {
        primary_pdf: size(Format::Pdf, Tongue::En).await?,
        additional_pdf: size(Format::Pdf, Tongue::Cy).await?,
        excel: size(Format::Xlsx, Tongue::En).await?,
    }))
}

/// `Content-Disposition` of a download (RFC 6266, RFC 8187): a plain name, and the full one percent-encoded.
pub(crate) fn attachment(name: &str) -> String {
    let plain: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || " ._-()".contains(*c)).take(150).collect();
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let shown = name.chars().filter(|c| {
        !c.is_control()
            && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    let full: String = shown.take(150).collect();
    let encoded: String = full
        .bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}
