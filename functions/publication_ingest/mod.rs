//! Publication ingest: producers send lists, files and live case status to `POST /publication`, and workbooks to
//! `POST /publication/non-strategic`. A 201 means one committed transaction holds everything.

pub(crate) mod content;
mod live;
mod metadata;
pub(crate) mod publish;
pub(crate) mod receipt;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use content::Content;
use publish::{Conditions, Submission};
use runtime::{App, Function, Problem, Publisher};

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "publication_ingest",
    bindings: include_str!("function.json"),
    mount: |routes| {
        routes.http("/publication", post(accept)).http("/publication/non-strategic", post(accept_workbook))
    },
};

/// Accepts a JSON list, a flat file or a live case status, described by the x-headers.
async fn accept(State(app): State<App>, publisher: Publisher, request: Request) -> Result<Response, Problem> {
    let submission = submission(&app, request, content::receive).await?;
    if let Some(update) = live::update_of(&submission)? {
        return live::record(&app, &publisher, update).await;
    }
    let receipt = publish::publish(&app, &publisher, submission).await?;
    Ok(receipt.into_artefact(&app))
}

/// Accepts a workbook of a table-shaped list type: it is read to JSON, and the JSON published.
async fn accept_workbook(
    State(app): State<App>,
    publisher: Publisher,
    request: Request,
) -> Result<Response, Problem> {
    let submission = submission(&app, request, content::receive_workbook).await?;
    let receipt = publish::publish(&app, &publisher, submission).await?;
    Ok(receipt.into_artefact(&app))
}

async fn submission<F>(
    app: &App,
    request: Request,
    receive: impl FnOnce(App, HeaderMap, axum::body::Body, Option<&'static lists::ListType>) -> F,
) -> Result<Submission, Problem>
where
    F: Future<Output = Result<Content, Problem>>,
{
    let received_at = app.now();
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let (metadata, list_type) = metadata::read(&headers, received_at)?;
    let conditions = Conditions::read(&headers)?;
    let content = receive(app.clone(), headers, body, list_type).await?;
    Ok(Submission { metadata, list_type, content, conditions, received_at })
}
