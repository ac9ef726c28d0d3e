//! Publication ingest: producers send lists, files and live case status to `POST /publication`, and workbooks to
//! `POST /publication/non-strategic`. A 201 means one committed transaction holds everything.

pub(crate) mod conditions;
pub(crate) mod content;
pub(crate) mod headers;
pub(crate) mod live;
pub(crate) mod metadata;
pub(crate) mod publish;
pub(crate) mod receipt;
pub(crate) mod room;

use crate::api_docs::problems::{Conflicting, Invalid, Oversized, Refused, Unsupported};
use crate::api_docs::words::ListPayload;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use conditions::{ConditionHeaders, Conditions};
use content::Content;
use domain::ArtefactType;
use headers::Headers;
use publish::Submission;
use room::Room;
use runtime::{App, Fault, Function, Problem, Publisher};
use utoipa::ToSchema;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "publication_ingest",
    bindings: include_str!("function.json"),
    mount: |routes| {
        routes.http("/publication", post(accept)).http("/publication/non-strategic", post(accept_workbook))
    },
};

/// A file, as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form that is read part by part")]
pub(crate) struct FileForm {
    /// The file: PDF, DOC, DOCX, CSV, TXT, RTF, HTM, HTML, XLSX or JSON, by its name and by what it holds.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A workbook, as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form that is read part by part")]
pub(crate) struct WorkbookForm {
    /// The workbook, XLSX.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// What was accepted.
#[derive(ToSchema)]
#[schema(as = Accepted)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the two answers of one operation")]
pub(crate) enum Accepted {
    /// A publication.
    Artefact(receipt::Published),
    /// A live case status.
    LiveStatus(live::LiveStatus),
}

/// Publishes a list, a file or a live case status
///
/// The x-headers describe it. New and superseding uploads alike are answered 201; the same content again has the same
/// answer. Role: `api.publisher.user`.
#[utoipa::path(
    post, path = "/publication", tag = "Publishing", operation_id = "publish",
    security(("entra_id" = ["api.publisher.user"])),
    params(metadata::XHeaders, ConditionHeaders),
    request_body(content((ListPayload = "application/json"), (FileForm = "multipart/form-data")),
        description = "JSON of the list type, up to 10 MiB; or one file, up to 2 MB."),
    responses(
        (status = 201, description = "It is published.", body = Accepted,
            headers(("etag" = String, description = "The version, for If-Match."), ("location" = String, description = "The publication's address."))),
        Invalid, Refused, Conflicting, Oversized
    )
)]
pub(crate) async fn accept(
    State(app): State<App>,
    publisher: Publisher,
    request: Request,
) -> Result<Response, Problem> {
    let submission = submission(&app, request, content::receive).await?;
    if let Some(update) = live::update_of(&submission)? {
        return live::record(&app, &publisher, update).await;
    }
    let receipt = publish::publish(&app, &publisher, submission).await?;
    Ok(receipt.into_artefact(&app))
}

/// Publishes a workbook
///
/// Of a list type that is a table: it is read to JSON, and the JSON published. Faults name sheet, row and column.
/// Role: `api.publisher.user`.
#[utoipa::path(
    post, path = "/publication/non-strategic", tag = "Publishing", operation_id = "publish_workbook",
    security(("entra_id" = ["api.publisher.user"])),
    params(metadata::XHeaders, ConditionHeaders),
    request_body(content((WorkbookForm = "multipart/form-data")), description = "A workbook, up to 2 MB."),
    responses(
        (status = 201, description = "It is published.", body = receipt::Published,
            headers(("etag" = String, description = "The version, for If-Match."), ("location" = String, description = "The publication's address."))),
        Invalid, Refused, Conflicting, Oversized, Unsupported
    )
)]
pub(crate) async fn accept_workbook(
    State(app): State<App>,
    publisher: Publisher,
    request: Request,
) -> Result<Response, Problem> {
    let submission = submission(&app, request, content::receive_workbook).await?;
    if submission.metadata.artefact_type == ArtefactType::Lcsu {
        let fault = Fault::new("x-type", "must not be LCSU: a live case status is no workbook");
        return Err(Problem::invalid("This list type has no workbook form.", vec![fault]));
    }
    let receipt = publish::publish(&app, &publisher, submission).await?;
    Ok(receipt.into_artefact(&app))
}

async fn submission<F>(
    app: &App,
    request: Request,
    receive: impl FnOnce(App, HeaderMap, axum::body::Body, Option<&'static lists::ListType>, Room) -> F,
) -> Result<Submission, Problem>
where
    F: Future<Output = Result<(Content, Room), Problem>>,
{
    let received_at = app.now();
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let mut said = Headers::of(&headers);
    let described = metadata::read(&mut said);
    let conditions = Conditions::read(&mut said);
    let (metadata, list_type) =
        said.finish(described, "The request's headers do not describe a publication.")?;
    let room = Room::of(app, &headers).await?;
    let (content, mut room) = room::in_time(receive(app.clone(), headers, body, list_type, room)).await?;
    room.shrink(content.bytes().len());
    Ok(Submission { metadata, list_type, content, conditions, received_at, room })
}
