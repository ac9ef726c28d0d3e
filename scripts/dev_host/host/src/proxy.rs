//! Proxy mode: the request is streamed to the handler and the answer back, with the reverse proxy's header rules.

use crate::HOST_VERSION;
use crate::body::{Body, BodyError, empty, status};
use crate::client::{Connection, Lost, Reply};
use crate::host::Shared;
use crate::invocations::{Outcome, Ticket};
use crate::limits::{Pass, is_too_large, limited};
use crate::log::Level;
use crate::uri::{decode_path, encode_path};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use uuid::Uuid;

/// Never passed on, in either direction.
const HOP_BY_HOP: [&str; 19] = [
    "connection",
    "transfer-encoding",
    "keep-alive",
    "upgrade",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-features",
    "proxy-instruction",
    "security-scheme",
    "alpn",
    "close",
    "te",
    "trailer",
    "alt-svc",
    "upgrade-insecure-requests",
    "http2-settings",
    "expect",
];

/// Passes one request on. The ticket is closed when the answer has been passed back entirely.
pub(crate) async fn handle(
    shared: &Shared,
    request: Request<Incoming>,
    peer: IpAddr,
    invocation: Uuid,
    mut ticket: Ticket,
    pass: Pass,
) -> Response<Body> {
    let outgoing = outgoing(shared, request, peer, invocation);
    match tokio::time::timeout(shared.options.timings.proxy_idle, send(shared, outgoing)).await {
        Ok(Ok(response)) => {
            let (mut head, reply) = response.into_parts();
            strip_hop_by_hop(&mut head.headers);
            ticket.set(Outcome::Succeeded(Some(head.status.as_u16())));
            let body = Tracked { reply, _ticket: ticket, _pass: pass };
            Response::from_parts(head, body.map_err(BodyError::from).boxed_unsync())
        }
        Ok(Err(failure)) => {
            shared.log.write(Level::Error, "Host.Proxy", format!("The request was not proxied: {failure}"));
            ticket.set(Outcome::Failed(failure.to_string()));
            status(failure.status())
        }
        Err(_) => {
            ticket.set(Outcome::Failed("the handler was silent for too long".into()));
            status(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the handler does not accept connections: {0}")]
    Connect(std::io::Error),
    #[error("the connection to the handler broke: {0}")]
    Lost(hyper::Error),
    #[error("the request's body is too large")]
    TooLarge,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            // The proxy's own 502 is replaced by the host's error page.
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

async fn send(shared: &Shared, mut request: Request<Body>) -> Result<Response<Reply>, Failure> {
    loop {
        let connection = connect(shared).await.map_err(Failure::Connect)?;
        match connection.send(request).await {
            Ok(response) => return Ok(response),
            Err(Lost { request: Some(unsent), .. }) => request = unsent,
            Err(Lost { error, .. }) if is_too_large(&error) => return Err(Failure::TooLarge),
            Err(Lost { error, .. }) => return Err(Failure::Lost(error)),
        }
    }
}

/// Only connecting is tried again; a request that reached the handler never is.
async fn connect(shared: &Shared) -> std::io::Result<Connection> {
    let mut pauses = shared.options.timings.connect_pauses.iter();
    loop {
        match (shared.client.connect().await, pauses.next()) {
            (Ok(connection), _) => return Ok(connection),
            (Err(_), Some(pause)) => tokio::time::sleep(*pause).await,
            (Err(error), None) => return Err(error),
        }
    }
}

/// The request as the handler is to see it.
fn outgoing(shared: &Shared, request: Request<Incoming>, peer: IpAddr, invocation: Uuid) -> Request<Body> {
    let (mut head, body) = request.into_parts();
    let decoded = decode_path(head.uri.path());
    let path = encode_path(&decoded);
    let target = match head.uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.into_owned(),
    };
    head.uri = target.parse().unwrap_or_else(|_| head.uri.clone());
    rewrite_headers(&mut head.headers, shared, peer, invocation);
    let body = if body.is_end_stream() { empty() } else { limited(body, shared.body_limit) };
    let mut outgoing = Request::new(body);
    *outgoing.method_mut() = head.method;
    *outgoing.uri_mut() = head.uri;
    *outgoing.headers_mut() = head.headers;
    outgoing
}

fn rewrite_headers(headers: &mut HeaderMap, shared: &Shared, peer: IpAddr, invocation: Uuid) {
    let host = headers.remove(header::HOST);
    strip_hop_by_hop(headers);
    headers.remove(header::FORWARDED);
    headers.remove("x-forwarded-prefix");
    let mut put = |name: &'static str, value: Option<HeaderValue>| match value {
        Some(value) => drop(headers.insert(HeaderName::from_static(name), value)),
        None => drop(headers.remove(name)),
    };
    put("host", HeaderValue::try_from(shared.client.authority()).ok());
    put("x-forwarded-host", host);
    put("x-forwarded-proto", Some(HeaderValue::from_static("http")));
    put("x-forwarded-for", HeaderValue::try_from(peer.to_string()).ok());
    put("x-azure-functions-hostversion", Some(HeaderValue::from_static(HOST_VERSION)));
    let invocation = HeaderValue::try_from(invocation.to_string()).ok();
    put("x-azure-functions-invocationid", invocation.clone());
    put("x-ms-invocation-id", invocation);
}

fn strip_hop_by_hop(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

/// An answer on its way; holds what must last until its end.
struct Tracked {
    reply: Reply,
    _ticket: Ticket,
    _pass: Pass,
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut self.reply).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.reply.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.reply.size_hint()
    }
}
