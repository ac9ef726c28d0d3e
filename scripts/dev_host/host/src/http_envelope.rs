//! HTTP functions in invocation mode: the request as an object, the answer from the output `res` or `$return`.

use crate::answer::Answer;
use crate::body::{Body, full, status};
use crate::envelope::{self, Envelope};
use crate::function_json::{BindingKind, Function};
use crate::host::Shared;
use crate::host_json::{find, text};
use crate::invoke::invoke;
use crate::limits::is_too_large;
use crate::message::fill_properties;
use crate::outputs::{Content, guess};
use crate::template::RouteValues;
use crate::uri::merged_query;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Runs the function for one request.
pub(crate) async fn handle(
    shared: &Arc<Shared>,
    function: &Arc<Function>,
    request: Request<Incoming>,
    values: RouteValues,
    invocation: Uuid,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let bytes = match Limited::new(body, shared.body_limit).collect().await {
        Ok(read) => read.to_bytes(),
        Err(error) if is_too_large(error.as_ref()) => return status(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => return status(StatusCode::BAD_REQUEST),
    };
    let mut envelope = Envelope::new(&function.name);
    envelope.invocation = invocation;
    fill(&mut envelope, &function.trigger_name, &head, &values, &bytes);
    match invoke(shared, function, envelope).await {
        Ok(answer) => {
            answer_to_http(function, &answer).unwrap_or_else(|| status(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn fill(
    envelope: &mut Envelope,
    binding: &str,
    head: &hyper::http::request::Parts,
    values: &RouteValues,
    bytes: &Bytes,
) {
    let query = merged_query(head.uri.query().unwrap_or_default());
    let pairs = |pairs: &[(String, String)]| -> Map<String, Value> {
        pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
    };
    let host = head.headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut request = json!({
        "Url": format!("http://{host}{}", head.uri),
        "Method": head.method.as_str(),
        "Query": pairs(&query),
        "Headers": headers_object(&head.headers),
        "Params": pairs(values),
        "Identities": [],
    });
    if !bytes.is_empty() {
        request["Body"] = body_value(&head.headers, bytes);
        fill_properties(envelope, serde_json::from_slice(bytes).unwrap_or_default());
    }
    envelope.put_metadata("Query", Value::Object(pairs(&query)));
    envelope.put_metadata("Headers", headers_object(&head.headers));
    for (name, value) in query.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("code")).chain(values) {
        envelope.put_metadata(name, envelope::text(value));
        envelope.put_binding_data(name, value.as_str());
    }
    envelope.put_data(binding, request);
}

fn headers_object(headers: &HeaderMap) -> Value {
    let mut object = Map::new();
    for name in headers.keys() {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        object.insert(name.to_string(), json!(values));
    }
    Value::Object(object)
}

/// Text as a plain string; base64 for octets and multipart.
fn body_value(headers: &HeaderMap, bytes: &Bytes) -> Value {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.to_lowercase();
    if media_type.starts_with("application/octet-stream") || media_type.starts_with("multipart/") {
        envelope::bytes(bytes)
    } else {
        Value::String(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// The HTTP answer; `None` when it cannot be made of what the handler gave.
fn answer_to_http(function: &Function, answer: &Answer) -> Option<Response<Body>> {
    let binding = function.outputs.iter().find(|binding| binding.kind == BindingKind::Http);
    let Some(binding) = binding else { return Some(status(StatusCode::OK)) };
    match answer.output(&binding.name) {
        None if answer.outputs.is_some() => {
            Some(response(StatusCode::OK, &Value::Object(Map::new()), binding.binary))
        }
        None => Some(status(StatusCode::OK)),
        Some(value) if binding.name == "$return" && !value.is_object() => {
            Some(response(StatusCode::OK, value, binding.binary))
        }
        Some(value) => object_to_http(value, binding.binary),
    }
}

fn object_to_http(value: &Value, binary: bool) -> Option<Response<Body>> {
    let object = value.is_object().then_some(value)?;
    let code = match find(object, &["statusCode"]).or_else(|| find(object, &["status"])) {
        Some(code) => StatusCode::from_u16(text(code).parse().ok()?).ok()?,
        None => StatusCode::OK,
    };
    let mut response = match find(object, &["body"]) {
        Some(content) => response(code, content, binary),
        None => status(code),
    };
    for (name, value) in find(object, &["headers"]).and_then(Value::as_object).into_iter().flatten() {
        // Only single strings: an array of cookies fails the invocation.
        let name: HeaderName = name.parse().ok()?;
        response.headers_mut().insert(name, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    Some(response)
}

/// Objects and arrays become indented JSON without a content type.
fn response(code: StatusCode, content: &Value, binary: bool) -> Response<Body> {
    let bytes: Bytes = match content {
        Value::String(text) => match guess(text, binary) {
            Content::Text(text) => text.into(),
            Content::Bytes(bytes) => bytes.into(),
        },
        Value::Object(_) | Value::Array(_) => {
            serde_json::to_string_pretty(content).unwrap_or_default().into()
        }
        Value::Null => Bytes::new(),
        scalar => scalar.to_string().into(),
    };
    let mut response = Response::new(full(bytes));
    *response.status_mut() = code;
    response
}
