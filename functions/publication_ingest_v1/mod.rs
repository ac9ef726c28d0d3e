//! Publication ingest, second contract: the JSON body of the 2026 rewrite on `POST /v1/publication`. The list-type names
//! of that generation are aliases; underneath it is the same publishing as `POST /publication`.

use crate::publication_ingest::content::{Content, collect};
use crate::publication_ingest::publish::{Conditions, Submission, publish};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::publication::{Metadata, parse_content_date, parse_instant};
use domain::{ArtefactType, Language, Provenance, Sensitivity};
use lists::ListType;
use runtime::{App, Fault, Function, Problem, Publisher};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::fmt::Display;
use std::str::FromStr;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "publication_ingest_v1",
    bindings: include_str!("function.json"),
    mount: |routes| routes.http("/v1/publication", post(accept)),
};

/// The body; `hearing_list` is kept to the byte.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'a> {
    court_id: Option<String>,
    provenance: Option<String>,
    content_date: Option<String>,
    list_type: Option<String>,
    sensitivity: Option<String>,
    language: Option<String>,
    display_from: Option<String>,
    display_to: Option<String>,
    #[serde(borrow)]
    hearing_list: Option<&'a RawValue>,
    source_artefact_id: Option<String>,
}

/// Accepts a list; successes and problems have the shape of this contract.
async fn accept(State(app): State<App>, publisher: Publisher, request: Request) -> Response {
    match try_accept(&app, &publisher, request).await {
        Ok(response) => response,
        Err(problem) => refusal(problem),
    }
}

async fn try_accept(app: &App, publisher: &Publisher, request: Request) -> Result<Response, Problem> {
    let received_at = app.now();
    let (parts, body) = request.into_parts();
    let conditions = Conditions::read(&parts.headers)?;
    // The metadata around the list is small.
    let bytes = collect(body, app.settings.limits.json + 64 * 1024).await?;
    let (metadata, list_type, list) = read(&bytes)?;
    let content = Content::Json(bytes.slice_ref(list.as_bytes()));
    let submission = Submission { metadata, list_type: Some(list_type), content, conditions, received_at };
    let receipt = publish(app, publisher, submission).await?;
    let matched = receipt.acknowledged.location_id.is_some();
    let message = if matched { "The publication has been accepted." } else { "The publication has been accepted; its court is not known yet." };
    let body = json!({
        "success": true,
        "artefact_id": receipt.acknowledged.publication_id,
        "no_match": !matched,
        "message": message,
    });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// A problem in the shape of this contract, its status unchanged.
fn refusal(problem: Problem) -> Response {
    let errors: Vec<_> = problem.faults.iter().map(|fault| json!({"field": fault.field, "message": fault.message})).collect();
    let body = json!({"success": false, "message": problem.detail, "errors": errors});
    let mut response = (problem.status, Json(body)).into_response();
    if let Some(seconds) = problem.retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

fn read(bytes: &Bytes) -> Result<(Metadata, &'static ListType, &str), Problem> {
    let unreadable = |error: serde_json::Error| {
        // The parser's own words name a field and a place, never a value of ours.
        let message = format!("is not the JSON this operation takes, at line {} column {}", error.line(), error.column());
        Problem::invalid("The request's body cannot be read.", vec![Fault::new("", message)])
    };
    let body: Body<'_> = serde_json::from_slice(bytes).map_err(unreadable)?;
    let mut faults = Vec::new();
    let court_id = needed("court_id", body.court_id.filter(|id| !id.is_empty() && id.len() <= 256), &mut faults);
    let provenance = word::<Provenance>("provenance", body.provenance.as_deref(), &mut faults);
    let sensitivity = word::<Sensitivity>("sensitivity", body.sensitivity.as_deref(), &mut faults);
    let language = body.language.as_deref().map(|word| if word == "BILINGUAL" { "BI_LINGUAL" } else { word });
    let language = word::<Language>("language", language, &mut faults);
    let content_date = parsed("content_date", body.content_date.as_deref(), parse_content_date, &mut faults);
    let display_from = parsed("display_from", body.display_from.as_deref(), parse_instant, &mut faults);
    let display_to = parsed("display_to", body.display_to.as_deref(), parse_instant, &mut faults);
    let list_type = parsed("list_type", body.list_type.as_deref(), list_type, &mut faults);
    let list = needed("hearing_list", body.hearing_list, &mut faults);
    if let (Some(from), Some(to)) = (display_from, display_to)
        && to < from
    {
        faults.push(Fault::new("display_to", "must not be before display_from"));
    }
    let complete = (court_id, provenance, sensitivity, language, content_date, display_from, list_type, list);
    match complete {
        (Some(court_id), Some(provenance), Some(sensitivity), Some(language), Some(content_date), Some(display_from), Some(list_type), Some(list))
            if faults.is_empty() =>
        {
            let metadata = Metadata {
                provenance,
                source_artefact_id: body.source_artefact_id.filter(|id| id.len() <= 256),
                artefact_type: ArtefactType::List,
                sensitivity,
                language,
                display_from,
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

fn parsed<T, E: Display>(field: &str, text: Option<&str>, parse: impl Fn(&str) -> Result<T, E>, faults: &mut Vec<Fault>) -> Option<T> {
    let text = needed(field, text, faults)?;
    parse(text).map_err(|error| faults.push(Fault::new(field, error.to_string()))).ok()
}

fn word<W: FromStr<Err: Display>>(field: &str, text: Option<&str>, faults: &mut Vec<Fault>) -> Option<W> {
    parsed(field, text, str::parse, faults)
}

/// A list type by the name of either generation.
fn list_type(name: &str) -> Result<&'static ListType, &'static str> {
    let found = lists::registry().get_alias(name).or_else(|| lists::registry().get(name));
    found.filter(|list_type| !list_type.deprecated).ok_or("is not a known list type")
}
