//! The body of an upload: JSON or one file, its size bounded while it streams in, a file's type settled by its
//! first bytes and its extension together.

use super::room::Room;
use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use files::FileType;
use http_body_util::{BodyExt, Limited};
use lists::ListType;
use runtime::{App, Fault, Problem};

pub(crate) mod files;

/// No file system takes a longer name.
const LONGEST_NAME: usize = 255;

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
    pub(super) fn bytes(&self) -> &Bytes {
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
    _: Option<&'static ListType>,
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
            let kind = files::kind_of(&name, &bytes).map_err(|message| {
                Problem::invalid("The file cannot be published.", vec![Fault::new("file", message)])
            })?;
            match kind {
                FileType::Json => Ok((Content::Json(bytes), room)),
                kind => Ok((Content::File { bytes, kind, name }, room)),
            }
        }
    }
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

fn boundary(headers: &HeaderMap) -> Option<String> {
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

/// A named part of a form: its file name and bytes.
pub(crate) async fn form_part(
    body: Body,
    boundary: String,
    part: &str,
    limit: usize,
) -> Result<(String, Bytes), Problem> {
    let sizes = multer::SizeLimit::new().for_field(part, limit as u64).whole_stream(limit as u64 + 64 * 1024);
    let constraints = multer::Constraints::new().size_limit(sizes);
    let mut form = multer::Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let refused = |error: multer::Error| match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            Problem::too_large(limit)
        }
        _ => Problem::invalid(
            "The form could not be read.",
            vec![Fault::new(part, "is not a complete form part")],
        ),
    };
    let missing = || Problem::invalid("The form has no file.", vec![Fault::new(part, "is missing")]);
    while let Some(field) = form.next_field().await.map_err(refused)? {
        if field.name() == Some(part) {
            let name: String =
                field.file_name().unwrap_or_default().chars().filter(|letter| !letter.is_control()).collect();
            if name.len() > LONGEST_NAME {
                let fault =
                    Fault::new(part, format!("must have a file name of at most {LONGEST_NAME} bytes"));
                return Err(Problem::invalid("The file's name is too long.", vec![fault]));
            }
            let bytes = field.bytes().await.map_err(refused)?;
            if bytes.is_empty() {
                return Err(Problem::invalid("The file is empty.", vec![Fault::new(part, "is empty")]));
            }
            return Ok((name, bytes));
        }
    }
    Err(missing())
}
