//! The body of an upload: JSON or one file, its size bounded while it streams in, a file's type settled by its
//! first bytes and its extension together.

use super::room::Room;
use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use files::FileType;
pub(crate) use form::{described_file, form_part};
use http_body_util::{BodyExt, Limited};
use lists::ListType;
use runtime::{App, Fault, Problem};

pub(crate) mod files;
mod form;

/// What was uploaded.
pub(crate) enum Content {
    /// A list as data, or a live case status.
    Json(Bytes),
    /// A file, shown as it is.
    File {
        /// Its bytes.
        bytes: Bytes,
        /// Its type.
        kind: FileType,
        /// Its name as sent.
        name: String,
    },
}

impl Content {
    /// Its bytes.
    pub(crate) fn bytes(&self) -> &Bytes {
        match self {
            Self::Json(bytes) | Self::File { bytes, .. } => bytes,
        }
    }
}

/// Receives a JSON body, or the part `file` of a form.
pub(super) async fn receive(
    app: App,
    headers: HeaderMap,
    body: Body,
    list_type: Option<&'static ListType>,
    mut room: Room,
) -> Result<(Content, Room), Problem> {
    match boundary(&headers) {
        None => {
            let bytes = room.collect(body, app.settings.limits.json).await?;
            if bytes.is_empty() {
                return Err(Problem::invalid("The request has no body.", vec![Fault::new("", "is empty")]));
            }
            Ok((Content::Json(bytes), room))
        }
        Some(boundary) => {
            let (name, bytes) = file_part(body, boundary, app.settings.limits.file).await?;
            match file(name, bytes).await? {
                Content::File { bytes, kind: FileType::Json, .. } if is_data(list_type) => {
                    Ok((Content::Json(bytes), room))
                }
                Content::File { bytes, kind: FileType::Json, .. } if !files::is_json(&bytes) => {
                    Err(unpublishable("does not hold what its extension says"))
                }
                content => Ok((content, room)),
            }
        }
    }
}

/// Whether JSON of a list type is read: not where the type has no form as data, whose files are kept as they are.
fn is_data(list_type: Option<&ListType>) -> bool {
    list_type.is_none_or(ListType::is_readable)
}

/// A file, if it may be published: looked through beside the requests, since it may have to be unpacked.
pub(crate) async fn file(name: String, bytes: Bytes) -> Result<Content, Problem> {
    let check = move || files::kind_of(&name, &bytes).map(|kind| Content::File { bytes, kind, name });
    let checked = tokio::task::spawn_blocking(check).await.map_err(|error| Problem::defect(&error))?;
    checked.map_err(unpublishable)
}

fn unpublishable(message: &'static str) -> Problem {
    Problem::invalid("The file cannot be published.", vec![Fault::new("file", message)])
}

/// Receives a workbook and reads it to the JSON of its list type.
pub(super) async fn receive_workbook(
    app: App,
    headers: HeaderMap,
    body: Body,
    list_type: Option<&'static ListType>,
    room: Room,
) -> Result<(Content, Room), Problem> {
    let Some(boundary) = boundary(&headers) else {
        return Err(Problem::unsupported_media_type(
            "A workbook is sent as multipart/form-data, part `file`.",
        ));
    };
    let Some(list_type) = list_type.filter(|list_type| list_type.table().is_some()) else {
        let fault = Fault::new("x-list-type", "must be a list type that is published as a workbook");
        return Err(Problem::invalid("This list type has no workbook form.", vec![fault]));
    };
    let (_, bytes) = file_part(body, boundary, app.settings.limits.file).await?;
    let read = tokio::task::spawn_blocking(move || lists::spreadsheet::read_workbook(list_type, &bytes));
    let json = read.await.map_err(|error| Problem::defect(&error))?.map_err(|faults| {
        let fault = |fault: lists::spreadsheet::SheetFault| {
            Fault::new(
                format!("sheet {}, row {}, column {}", fault.sheet, fault.row, fault.column),
                fault.message,
            )
        };
        Problem::invalid(
            "The workbook does not hold this list type.",
            faults.into_iter().map(fault).collect(),
        )
    })?;
    Ok((Content::Json(json.into()), room))
}

/// What the parts of a form are divided by; `None` for a body that is no form.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    multer::parse_boundary(headers.get(CONTENT_TYPE)?.to_str().ok()?).ok()
}

/// A whole body within a limit, kept as it streams in; one byte more and the rest is not read.
pub(crate) async fn collect(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Problem::too_large(limit)),
        Err(_) => Err(Problem::invalid("The request's body ended before it was complete.", Vec::new())),
    }
}

async fn file_part(body: Body, boundary: String, limit: usize) -> Result<(String, Bytes), Problem> {
    form_part(body, boundary, "file", limit).await
}
