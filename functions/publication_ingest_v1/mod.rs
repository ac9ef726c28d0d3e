//! Publication ingest, second contract: the JSON body of the 2026 rewrite on `POST /v1/publication`. The list-type names
//! of that generation are aliases; underneath it is the same publishing as `POST /publication`.

use crate::api_docs::problems::FieldFault;
use crate::api_docs::words;
use crate::publication_ingest::conditions::{ConditionHeaders, Conditions};
use crate::publication_ingest::content::Content;
use crate::publication_ingest::headers::Headers;
use crate::publication_ingest::publish::{Submission, publish};
use crate::publication_ingest::room::{self, Room};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::publication::{Metadata, parse_content_date, parse_end, parse_instant};
use domain::{ArtefactType, Language, Provenance, PublicationId, Sensitivity};
use lists::ListType;
use runtime::extract::from_json;
use runtime::{App, Fault, Function, Problem, Publisher};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fmt::Display;
use std::str::FromStr;
use utoipa::ToSchema;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "publication_ingest_v1",
    bindings: include_str!("function.json"),
    mount: |routes| routes.http("/v1/publication", post(accept)),
};

/// The body; `hearing_list` is kept to the byte.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicationV1)]
pub(crate) struct Body<'a> {
    /// The producer's id of the court; P&I's own, for MANUAL_UPLOAD.
    #[schema(value_type = String, min_length = 1, max_length = 256, example = "111")]
    court_id: Option<String>,
    /// The system the publication comes from; the client must be entitled to publish for it.
    #[schema(value_type = words::Provenance, example = "SNL")]
    provenance: Option<String>,
    /// The day the list is for.
    #[schema(value_type = words::ContentDate, example = "2026-01-05")]
    content_date: Option<String>,
    /// The list type, by its name of either generation.
    #[schema(value_type = words::ListTypeOrAlias, example = "CIVIL_DAILY_CAUSE_LIST")]
    list_type: Option<String>,
    /// Who may read it.
    #[schema(value_type = words::Sensitivity, example = "PUBLIC")]
    sensitivity: Option<String>,
    /// `ENGLISH`, `WELSH` or `BILINGUAL` (also `BI_LINGUAL`).
    #[schema(value_type = String, pattern = "^(ENGLISH|WELSH|BILINGUAL|BI_LINGUAL)$", example = "ENGLISH")]
    language: Option<String>,
    /// First instant of display.
    #[schema(value_type = words::DateTime, example = "2026-01-05T00:00:00Z")]
    display_from: Option<String>,
    /// First instant after display.
    #[schema(value_type = words::EndOfDisplay, example = "2026-01-06T00:00:00Z")]
    display_to: Option<String>,
    /// The list, in the form of its list type.
    #[serde(borrow)]
    #[schema(value_type = words::ListPayload)]
    hearing_list: Option<&'a RawValue>,
    /// The producer's own name for it.
    #[schema(value_type = String, required = false, max_length = 256)]
    source_artefact_id: Option<String>,
}

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

/// Publishes a list described in the body
///
/// The contract of the 2026 rewrite; underneath it is the same publishing. Role: `api.publisher.user`.
#[utoipa::path(
    post, path = "/v1/publication", tag = "Publishing", operation_id = "publish_v1",
    security(("entra_id" = ["api.publisher.user"])),
    params(ConditionHeaders),
    request_body(content((Body<'_> = "application/json")), description = "Metadata and list, up to 10 MiB."),
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
    // The metadata around the list is small.
    let mut room = Room::of(app, &parts.headers).await?;
    let bytes = room::in_time(room.collect(body, app.settings.limits.json + 64 * 1024)).await?;
    room.shrink(bytes.len());
    let (metadata, list_type, list) = read(&bytes)?;
    let content = Content::Json(bytes.slice_ref(list.as_bytes()));
    let submission =
        Submission { metadata, list_type: Some(list_type), content, conditions, received_at, room };
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

fn read(bytes: &Bytes) -> Result<(Metadata, &'static ListType, &str), Problem> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let unreadable = |fault: Fault| {
        let fault = Fault::new(fault.field.trim_start_matches('/'), fault.message);
        Problem::invalid("The request's body cannot be read.", vec![fault])
    };
    let body: Body<'_> = from_json(&mut text).map_err(unreadable)?;
    text.end().map_err(|_| unreadable(Fault::new("", "goes on after its end")))?;
    let mut faults = Vec::new();
    let court_id = parsed("court_id", body.court_id.as_deref(), plain, &mut faults);
    let source_artefact_id = body.source_artefact_id.as_deref().filter(|id| !id.is_empty());
    let source_artefact_id =
        source_artefact_id.and_then(|id| parsed("source_artefact_id", Some(id), plain, &mut faults));
    let provenance = word::<Provenance>("provenance", body.provenance.as_deref(), &mut faults);
    let sensitivity = word::<Sensitivity>("sensitivity", body.sensitivity.as_deref(), &mut faults);
    let language = body.language.as_deref().map(|word| if word == "BILINGUAL" { "BI_LINGUAL" } else { word });
    let language = word::<Language>("language", language, &mut faults);
    let content_date = parsed("content_date", body.content_date.as_deref(), parse_content_date, &mut faults);
    let display_from = parsed("display_from", body.display_from.as_deref(), parse_instant, &mut faults);
    let display_to = parsed("display_to", body.display_to.as_deref(), parse_end, &mut faults);
    let list_type = parsed("list_type", body.list_type.as_deref(), list_type, &mut faults);
    let list = needed("hearing_list", body.hearing_list, &mut faults);
    if let (Some(from), Some(to)) = (display_from, display_to)
        && to < from
    {
        faults.push(Fault::new("display_to", "must not be before display_from"));
    }
    let complete = (court_id, provenance, sensitivity, language, content_date, display_from, list_type, list);
    match complete {
        (
            Some(court_id),
            Some(provenance),
            Some(sensitivity),
            Some(language),
            Some(content_date),
            Some(display_from),
            Some(list_type),
            Some(list),
        ) if faults.is_empty() => {
            let metadata = Metadata {
                provenance,
                source_artefact_id,
                artefact_type: ArtefactType::List,
                sensitivity,
                language,
                display_from: Some(display_from),
                display_to,
                list_type: Some(list_type.name.clone()),
                court_id,
                content_date,
            };
            Ok((metadata, list_type, list.get()))
        }
        _ => Err(Problem::invalid("The request's body does not describe a publication.", faults)),
    }
}

fn needed<T>(field: &str, value: Option<T>, faults: &mut Vec<Fault>) -> Option<T> {
    if value.is_none() {
        faults.push(Fault::new(field, "is missing"));
    }
    value
}

fn parsed<T, E: Display>(
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, E>,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let text = needed(field, text, faults)?;
    parse(text).map_err(|error| faults.push(Fault::new(field, error.to_string()))).ok()
}

fn word<W: FromStr<Err: Display>>(field: &str, text: Option<&str>, faults: &mut Vec<Fault>) -> Option<W> {
    parsed(field, text, str::parse, faults)
}

/// A name or id of the producer's, as the header of the other contract takes it.
fn plain(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let takes = (1..=256).contains(&text.len()) && !text.chars().any(char::is_control);
    if takes { Ok(text.to_owned()) } else { Err("must be 1 to 256 bytes of text without control characters") }
}

/// A list type by the name of either generation.
fn list_type(name: &str) -> Result<&'static ListType, &'static str> {
    lists::registry()
        .get_alias(name)
        .filter(|list_type| !list_type.deprecated)
        .ok_or("is not a known list type")
}
