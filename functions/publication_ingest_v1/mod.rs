//! Publication ingest, second contract: the JSON body of the 2026 rewrite on `POST /v1/publication`, and its form of a
//! page of live case status. The list-type names of that generation are aliases; underneath it is the same publishing as
//! `POST /publication`.

mod body;
mod form;

use crate::api_docs::problems::FieldFault;
use crate::publication_ingest::conditions::{ConditionHeaders, Conditions};
use crate::publication_ingest::content;
use crate::publication_ingest::headers::Headers;
use crate::publication_ingest::publish::{Submission, publish};
use crate::publication_ingest::room::{self, Room};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use body::{Body, Described};
use domain::PublicationId;
use form::LiveStatusForm;
use runtime::{App, Fault, Function, Problem, Publisher};
use serde::Serialize;
use utoipa::ToSchema;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "publication_ingest_v1",
    bindings: include_str!("function.json"),
    mount: |routes| routes.http("/v1/publication", post(accept)),
};

/// What was accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AcceptedV1)]
pub(crate) struct Accepted {
    /// True.
    success: bool,
    /// The publication.
    #[schema(value_type = Uuid)]
    artefact_id: PublicationId,
    /// The reference data does not know its court.
    no_match: bool,
    /// One sentence.
    message: &'static str,
}

/// Why it was not accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedV1)]
pub(crate) struct Refused {
    /// False.
    success: bool,
    /// One sentence.
    message: String,
    /// The faults, at most 50, in a fixed order.
    #[schema(value_type = Vec<FieldFault>)]
    errors: Vec<Fault>,
}

/// Publishes a list described in the body, or a page of live case status sent as a form
///
/// The contract of the 2026 rewrite; underneath it is the same publishing. The fields of the form say of the page what
/// the members of the body say of a list. Role: `api.publisher.user`.
#[utoipa::path(
    post, path = "/v1/publication", tag = "Publishing", operation_id = "publish_v1",
    security(("entra_id" = ["api.publisher.user"])),
    params(ConditionHeaders),
    request_body(content((Body<'_> = "application/json"), (LiveStatusForm = "multipart/form-data")),
        description = "Metadata and list, up to 10 MiB; or a page and what describes it, up to 2 MB."),
    responses(
        (status = 201, description = "It is published.", body = Accepted),
        (status = 400, description = "It cannot be read or contradicts itself.", body = Refused),
        (status = 401, description = "No token, or one that does not hold.", body = Refused),
        (status = 403, description = "The caller lacks the role, or the entitlement to the provenance.", body = Refused),
        (status = 409, description = "Something newer or different is there.", body = Refused),
        (status = 413, description = "It is larger than the limit.", body = Refused),
        (status = 500, description = "The service could not answer.", body = Refused),
        (status = 503, description = "A component is away. Whether a change was made is not known; the same request may be sent again.", body = Refused)
    )
)]
pub(crate) async fn accept(
    State(app): State<App>,
    publisher: Result<Publisher, Problem>,
    request: Request,
) -> Response {
    let accepted = match publisher {
        Ok(publisher) => try_accept(&app, &publisher, request).await,
        Err(problem) => Err(problem),
    };
    accepted.unwrap_or_else(refusal)
}

async fn try_accept(app: &App, publisher: &Publisher, request: Request) -> Result<Response, Problem> {
    let received_at = app.now();
    let (parts, body) = request.into_parts();
    let mut said = Headers::of(&parts.headers);
    let conditions = Some(Conditions::read(&mut said));
    let conditions = said.finish(conditions, "A condition of the request cannot be read.")?;
    let mut room = Room::of(app, &parts.headers).await?;
    let described = match content::boundary(&parts.headers) {
        Some(boundary) => room::in_time(form::receive(app, body, boundary)).await?,
        None => {
            // The metadata around the list is small.
            let most = app.settings.limits.json + 64 * 1024;
            body::read(&room::in_time(room.collect(body, most)).await?)?
        }
    };
    let Described { metadata, list_type, content } = described;
    room.shrink(content.bytes().len());
    let submission = Submission { metadata, list_type, content, conditions, received_at, room };
    let receipt = publish(app, publisher, submission).await.map_err(of_body)?;
    let matched = receipt.acknowledged.location_id.is_some();
    let message = if matched {
        "The publication has been accepted."
    } else {
        "The publication has been accepted; its court is not known yet."
    };
    let artefact_id = receipt.acknowledged.publication_id;
    Ok((StatusCode::CREATED, Json(Accepted { success: true, artefact_id, no_match: !matched, message }))
        .into_response())
}

/// A problem of a list as a problem of the body it is in.
fn of_body(mut problem: Problem) -> Problem {
    let of_list = |fault: &&mut Fault| fault.field.is_empty() || fault.field.starts_with('/');
    for fault in problem.faults.iter_mut().filter(of_list) {
        fault.field.insert_str(0, "/hearing_list");
    }
    problem
}

/// A problem in the shape of this contract, its status unchanged.
fn refusal(problem: Problem) -> Response {
    let body = Refused { success: false, message: problem.detail.into_owned(), errors: problem.faults };
    let mut response = (problem.status, Json(body)).into_response();
    if let Some(seconds) = problem.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
