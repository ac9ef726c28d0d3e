//! Forward mode, the legacy way: the request is rebuilt, re-sent, and the answer read into memory.

use crate::HOST_VERSION;
use crate::body::{self, Body, full, status};
use crate::host::Shared;
use crate::invocations::{Outcome, Ticket};
use crate::log::Level;
use crate::uri::{decode_path, encode_path, escape_data, merged_query};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use uuid::Uuid;

/// Content headers that do not survive the rebuilding.
const LOST: [&str; 9] = [
    "content-encoding",
    "content-language",
    "content-location",
    "content-md5",
    "content-range",
    "content-disposition",
    "expires",
    "last-modified",
    "allow",
];

/// Re-sends one request; whatever goes wrong gives 500 without a body.
pub(crate) async fn handle(
    shared: &Shared,
    request: Request<Incoming>,
    invocation: Uuid,
    mut ticket: Ticket,
) -> Response<Body> {
    match resend(shared, request, invocation).await {
        Ok(response) => {
            ticket.set(Outcome::Succeeded(Some(response.status().as_u16())));
            response
        }
        Err(Failure { code, reason }) => {
            shared.log.write(
                Level::Error,
                "Host.Forward",
                format!("The request was not forwarded: {reason}"),
            );
            ticket.set(Outcome::Failed(reason));
            status(code)
        }
    }
}

struct Failure {
    code: StatusCode,
    reason: String,
}

impl Failure {
    fn internal(reason: impl ToString) -> Self {
        Self { code: StatusCode::INTERNAL_SERVER_ERROR, reason: reason.to_string() }
    }
}

async fn resend(
    shared: &Shared,
    request: Request<Incoming>,
    invocation: Uuid,
) -> Result<Response<Body>, Failure> {
    let (mut head, body) = request.into_parts();
    let length = content_length(&head.headers)?;
    check_media_type(&head.headers)?;
    let content = if length > 0 {
        let read = Limited::new(body, shared.body_limit).collect().await;
        let too_large = |_| Failure { code: StatusCode::PAYLOAD_TOO_LARGE, reason: "too large".into() };
        full(read.map_err(too_large)?.to_bytes())
    } else {
        head.headers.remove(header::CONTENT_TYPE);
        body::empty()
    };
    rewrite_headers(&mut head.headers, invocation)?;
    let mut outgoing = Request::new(content);
    *outgoing.method_mut() = head.method;
    *outgoing.uri_mut() = target(head.uri.path(), head.uri.query()).parse().map_err(Failure::internal)?;
    *outgoing.headers_mut() = head.headers;
    let response = shared.client.send(outgoing).await.map_err(Failure::internal)?;
    let (mut head, reply) = response.into_parts();
    head.headers.remove(header::TRANSFER_ENCODING);
    let bytes = reply.collect().await.map_err(Failure::internal)?.to_bytes();
    Ok(Response::from_parts(head, full(bytes)))
}

/// The announced length; without one a body cannot be rebuilt.
fn content_length(headers: &HeaderMap) -> Result<u64, Failure> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Failure::internal("a chunked body cannot be forwarded"));
    }
    let text = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Failure> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let media_type = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match media_type.split_once('/') {
        Some((kind, subtype)) if !kind.is_empty() && !subtype.is_empty() && !media_type.contains(' ') => {
            Ok(())
        }
        _ => Err(Failure::internal("the content type is malformed")),
    }
}

/// Path and query as they come out of decoding and encoding: `%3F` and `%23` cut the path, equal names are merged.
fn target(path: &str, query: Option<&str>) -> String {
    let decoded = decode_path(path);
    let cut = decoded.find(['?', '#']).map_or(&*decoded, |at| &decoded[..at]);
    let parameters: Vec<String> = merged_query(query.unwrap_or_default())
        .iter()
        .map(|(name, value)| format!("{}={}", escape_data(name), escape_data(value)))
        .collect();
    let question = if parameters.is_empty() { "" } else { "?" };
    format!("{}{question}{}", encode_path(cut), parameters.join("&"))
}

fn rewrite_headers(headers: &mut HeaderMap, invocation: Uuid) -> Result<(), Failure> {
    for name in LOST {
        headers.remove(name);
    }
    headers.remove(header::EXPECT);
    let version = HeaderValue::from_static(HOST_VERSION);
    headers.append(HeaderName::from_static("x-azure-functions-hostversion"), version);
    let invocation = HeaderValue::try_from(invocation.to_string()).map_err(Failure::internal)?;
    headers.append(HeaderName::from_static("x-azure-functions-invocationid"), invocation);
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let agent = format!("{agent} Azure-Functions-Host/{HOST_VERSION}");
    headers.insert(header::USER_AGENT, HeaderValue::try_from(agent.trim()).map_err(Failure::internal)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_rebuilt() {
        assert_eq!(target("/a%20b", Some("q=a&q=b&flag")), "/a%20b?q=a%2Cb&flag=");
        assert_eq!(target("/a%3Fb", None), "/a");
        assert_eq!(target("/%2541", None), "/%41");
    }
}
