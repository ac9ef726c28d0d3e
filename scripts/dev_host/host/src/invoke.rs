//! One invocation by envelope: input bindings, the POST, the reading of the answer, output bindings.

use crate::HOST_VERSION;
use crate::answer::{self, Answer, Reading};
use crate::bindings::resolve;
use crate::body::{self, Body};
use crate::envelope::{self, Envelope};
use crate::function_json::{BindingKind, Function};
use crate::host::Shared;
use crate::invocations::{Outcome, Ticket};
use crate::log::Level;
use crate::outputs;
use crate::storage_access::read_blob;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use std::sync::Arc;
use uuid::Uuid;

/// How many redirects the host's client follows.
const MOST_REDIRECTS: usize = 50;

/// Runs a function once and writes its outputs.
///
/// # Errors
/// A sentence that says why the invocation failed; it has been logged.
pub(crate) async fn invoke(
    shared: &Arc<Shared>,
    function: &Arc<Function>,
    mut envelope: Envelope,
) -> Result<Answer, String> {
    let id = envelope.invocation;
    let mut ticket = shared.invocations.begin(&function.name, id);
    shared.log.about(
        Level::Information,
        &function.name,
        id,
        format!("Executing 'Functions.{}'", function.name),
    );
    let result = run(shared, function, &mut envelope).await;
    conclude(shared, function, &mut ticket, id, result.as_ref().err());
    result
}

async fn run(shared: &Arc<Shared>, function: &Function, envelope: &mut Envelope) -> Result<Answer, String> {
    bind_inputs(shared, function, envelope).await?;
    let process = shared.handler_ready().await.map_err(|error| error.to_string())?;
    let response = tokio::select! {
        response = post(shared, function, envelope) => response?,
        () = shared.handler.over(process) => return Err("the handler ended during the invocation".into()),
    };
    let (status, content_type, body) = response;
    match answer::read(status, content_type.as_deref(), &body) {
        Reading::Answered(answer) => {
            for line in &answer.logs {
                shared.log.user(&function.name, envelope.invocation, line.as_str());
            }
            outputs::write_all(shared, function, envelope, &answer).await?;
            Ok(answer)
        }
        Reading::Failed(reason) => Err(reason),
        Reading::Never => {
            let text = "The handler answered 2xx without content. No result is ever set: the invocation hangs until \
                        functionTimeout and the handler is then killed. Answer {} for success.";
            shared.log.about(Level::Error, &function.name, envelope.invocation, text);
            shared.handler.over(process).await;
            Err("the invocation hung until functionTimeout".into())
        }
    }
}

fn conclude(shared: &Shared, function: &Function, ticket: &mut Ticket, id: Uuid, failure: Option<&String>) {
    let took = ticket.elapsed().as_millis();
    match failure {
        None => {
            ticket.set(Outcome::Succeeded(None));
            let text = format!("Executed 'Functions.{}' (Succeeded, Duration={took}ms)", function.name);
            shared.log.about(Level::Information, &function.name, id, text);
        }
        Some(reason) => {
            ticket.set(Outcome::Failed(reason.clone()));
            let text =
                format!("Executed 'Functions.{}' (Failed, Duration={took}ms): {reason}", function.name);
            shared.log.about(Level::Error, &function.name, id, text);
        }
    }
}

/// Reads the blob inputs; a missing blob is null.
async fn bind_inputs(shared: &Shared, function: &Function, envelope: &mut Envelope) -> Result<(), String> {
    for input in &function.inputs {
        let BindingKind::Blob { path, connection } = &input.kind else {
            return Err(format!("input {} is of a type that can only be written", input.name));
        };
        let account = shared.storage.account(connection)?;
        let path = resolve(path, envelope)?;
        let (container, name) = path.split_once('/').ok_or("the path of an input names no blob")?;
        let bytes = read_blob(&account, container, name).await.map_err(|error| error.to_string())?;
        let encoded = match bytes {
            None => envelope::value(&serde_json::Value::Null),
            Some(bytes) if input.binary => envelope::bytes(&bytes),
            Some(bytes) => envelope::text(&String::from_utf8_lossy(&bytes)),
        };
        envelope.put_data(&input.name, encoded);
    }
    Ok(())
}

type Received = (StatusCode, Option<String>, Bytes);

/// Sends the envelope, and follows redirects as the host's client does.
async fn post(shared: &Shared, function: &Function, envelope: &Envelope) -> Result<Received, String> {
    let json = Bytes::from(envelope.to_json());
    let (mut method, mut target) = (Method::POST, format!("/{}", function.name));
    for _ in 0..=MOST_REDIRECTS {
        let request = request(shared, envelope.invocation, &method, &target, &json);
        let response = shared.client.send(request).await.map_err(|error| error.to_string())?;
        match redirect(shared, &response) {
            Some(next) => {
                if !matches!(response.status().as_u16(), 307 | 308) {
                    method = Method::GET;
                }
                target = next;
            }
            None => {
                let status = response.status();
                let content_type = response
                    .headers()
                    .get(header::CONTENT_TYPE)
                    .and_then(|v| v.to_str().ok())
                    .map(str::to_owned);
                let body = response.into_body().collect().await.map_err(|error| error.to_string())?;
                return Ok((status, content_type, body.to_bytes()));
            }
        }
    }
    Err("the handler redirected too often".into())
}

fn request(shared: &Shared, invocation: Uuid, method: &Method, target: &str, json: &Bytes) -> Request<Body> {
    let content = match *method {
        Method::GET => body::empty(),
        _ if shared.options.content_length => body::full(json.clone()),
        _ => body::chunked(json.clone()),
    };
    let mut request = Request::new(content);
    *request.method_mut() = method.clone();
    *request.uri_mut() = target.parse().unwrap_or_default();
    let headers = request.headers_mut();
    let mut put = |name: &'static str, value: String| {
        headers.insert(name, HeaderValue::try_from(value).expect("host-made values are valid header values"));
    };
    put("host", shared.client.authority());
    put("user-agent", format!("Azure-Functions-Host/{HOST_VERSION}"));
    put("x-azure-functions-hostversion", HOST_VERSION.to_owned());
    put("x-azure-functions-invocationid", invocation.to_string());
    let (trace, span) = (Uuid::new_v4().simple().to_string(), Uuid::new_v4().simple().to_string());
    put("traceparent", format!("00-{trace}-{}-00", &span[..16]));
    if *method == Method::POST {
        put("content-type", "application/json; charset=utf-8".into());
    }
    request
}

/// Where a redirect leads within the handler.
fn redirect<B>(shared: &Shared, response: &Response<B>) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let base = url::Url::parse(&format!("http://{}/", shared.client.authority())).ok()?;
    let target = base.join(location).ok()?;
    (target.authority() == base.authority())
        .then(|| target[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
}
