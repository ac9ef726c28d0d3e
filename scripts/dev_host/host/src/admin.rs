//! The host's own API below `/admin`: manual runs, status, ping, and the list of functions.

use crate::HOST_VERSION;
use crate::blob::{self, BlobFunction};
use crate::body::{Body, json, status};
use crate::envelope::Envelope;
use crate::function_json::{AuthLevel, Function, Trigger};
use crate::host::Shared;
use crate::host_json::{find, text};
use crate::invoke::invoke;
use crate::message::Message;
use crate::{queue, timer};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers everything below `/admin`.
pub(crate) async fn handle(shared: &Arc<Shared>, request: Request<Incoming>) -> Response<Body> {
    if shared.options.auth && !shared.options.keys.admit(&request, AuthLevel::Admin, "") {
        return status(StatusCode::UNAUTHORIZED);
    }
    let path = request.uri().path().trim_matches('/').to_owned();
    let segments: Vec<String> = path.split('/').skip(1).map(str::to_lowercase).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method(), &segments[..]) {
        (&Method::GET, ["host", "status"]) => json(StatusCode::OK, &host_status(shared)),
        (&Method::GET | &Method::POST | &Method::HEAD, ["host", "ping"]) => status(StatusCode::OK),
        (&Method::GET, ["functions"]) => json(
            StatusCode::OK,
            &shared.functions.iter().map(|function| describe(shared, function)).collect(),
        ),
        (&Method::GET, ["functions", name]) => match find_function(shared, name) {
            Some(function) => json(StatusCode::OK, &describe(shared, function)),
            None => status(StatusCode::NOT_FOUND),
        },
        (&Method::POST, ["functions", name]) => match find_function(shared, name) {
            Some(function) => run(shared, &Arc::clone(function), request).await,
            None => status(StatusCode::NOT_FOUND),
        },
        _ => status(StatusCode::NOT_FOUND),
    }
}

fn find_function<'a>(shared: &'a Shared, name: &str) -> Option<&'a Arc<Function>> {
    shared.functions.iter().find(|function| function.name.eq_ignore_ascii_case(name))
}

fn host_status(shared: &Shared) -> Value {
    let errors: Vec<String> =
        shared.function_errors.iter().map(|error| format!("{}: {}", error.name, error.reason)).collect();
    json!({
        "id": shared.host_id,
        "state": if shared.is_running() { "Running" } else { "Default" },
        "version": HOST_VERSION,
        "versionDetails": HOST_VERSION,
        "processUptime": u64::try_from(shared.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "errors": errors,
    })
}

fn describe(shared: &Shared, function: &Function) -> Value {
    let prefix = &shared.config.http.route_prefix;
    let url = match &function.trigger {
        Trigger::Http(trigger) => {
            Value::from(format!("/{}", format!("{prefix}/{}", trigger.route).trim_matches('/')))
        }
        _ => Value::Null,
    };
    json!({
        "name": &*function.name,
        "invoke_url_template": url,
        "isDisabled": function.disabled,
        "language": "custom",
        "config": function.config,
    })
}

/// Starts one run in the background and answers 202.
async fn run(shared: &Arc<Shared>, function: &Arc<Function>, request: Request<Incoming>) -> Response<Body> {
    let Ok(body) = Limited::new(request.into_body(), shared.body_limit).collect().await else {
        return status(StatusCode::BAD_REQUEST);
    };
    let Ok(body @ Value::Object(_)) = serde_json::from_slice(&body.to_bytes()) else {
        return status(StatusCode::BAD_REQUEST);
    };
    let input = find(&body, &["input"]).map(text).unwrap_or_default();
    let (shared, function) = (Arc::clone(shared), Arc::clone(function));
    tokio::spawn(async move { run_with(&shared, &function, &input).await });
    status(StatusCode::ACCEPTED)
}

/// Outcomes are logged where they arise.
async fn run_with(shared: &Arc<Shared>, function: &Arc<Function>, input: &str) {
    match &function.trigger {
        Trigger::Timer { .. } => timer::run_once(shared, function).await,
        Trigger::Queue { .. } => {
            let message = Message::fabricated(input);
            let _logged = queue::run(shared, function, &message, input.as_bytes()).await;
        }
        Trigger::Blob { .. } => {
            let Ok(Some(target)) = BlobFunction::of(function) else { return };
            let blob = input.split_once('/').map_or(input, |(_, blob)| blob);
            let _logged = blob::run(shared, &target, blob, None).await;
        }
        Trigger::Http(_) => {
            let mut envelope = Envelope::new(&function.name);
            let request = json!({"Url": "", "Method": "POST", "Query": {}, "Headers": {}, "Params": {},
                "Identities": [], "Body": input});
            envelope.put_data(&function.trigger_name, request);
            let _logged = invoke(shared, function, envelope).await;
        }
    }
}
