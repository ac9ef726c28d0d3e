//! The host's HTTP server: which request is whose.

use crate::body::{Body, status, text};
use crate::function_json::AuthLevel;
use crate::host::Shared;
use crate::host_json::HttpMode;
use crate::limits::refuse_announced;
use crate::uri::decode_path;
use crate::{admin, forward, http_envelope, proxy, webhook};
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use uuid::Uuid;

const HOME_PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>Functions host</title></head>\
    <body><h1>Your Functions host is up and running</h1></body></html>";

/// Accepts connections for ever; they end with this future.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // An error concerns one client (it went away) or all descriptors are in use; both pass.
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            continue;
        };
        connections.spawn(converse(Arc::clone(&shared), stream, peer.ip()));
    }
}

async fn converse(shared: Arc<Shared>, stream: TcpStream, peer: IpAddr) {
    // Without this the answers merely come a little later.
    let _best_effort = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(&shared, request, peer).await) }
    });
    // A client that breaks off is its own affair.
    let _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(shared: &Arc<Shared>, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
    let path = decode_path(request.uri().path()).into_owned();
    let mut response = if is_below(&path, "admin") {
        admin::handle(shared, request).await
    } else if is_below(&path, "runtime") {
        webhook::handle(shared, request).await
    } else if !shared.wait_until_running().await {
        text(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "Function host is not running.")
    } else {
        call_function(shared, request, &path, peer).await
    };
    response.headers_mut().entry(header::SERVER).or_insert(HeaderValue::from_static("Kestrel"));
    response
}

/// Whether the path is `/name` or below it.
fn is_below(path: &str, name: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    first.eq_ignore_ascii_case(name)
}

async fn call_function(
    shared: &Arc<Shared>,
    request: Request<Incoming>,
    path: &str,
    peer: IpAddr,
) -> Response<Body> {
    let Some((route, values)) = shared.routes.find(request.method(), path) else {
        return nothing_matched(shared, request.method(), path);
    };
    let level = if shared.options.auth { route.trigger().level } else { AuthLevel::Anonymous };
    let mut response = if !shared.options.keys.admit(&request, level, &route.function.name) {
        status(StatusCode::UNAUTHORIZED)
    } else if let Some(refusal) = refuse_announced(&request, shared.body_limit) {
        refusal
    } else if let Some(pass) = shared.gate.enter().await {
        if shared.handler_ready().await.is_err() {
            return status(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let invocation = Uuid::new_v4();
        let begin = || shared.invocations.begin(&route.function.name, invocation);
        match route.mode {
            HttpMode::Proxy => proxy::handle(shared, request, peer, invocation, begin(), pass).await,
            HttpMode::Forward => forward::handle(shared, request, invocation, begin()).await,
            HttpMode::Envelope => {
                http_envelope::handle(shared, &route.function, request, values, invocation).await
            }
        }
    } else {
        status(StatusCode::TOO_MANY_REQUESTS)
    };
    for (name, value) in &shared.custom_headers {
        response.headers_mut().entry(name.clone()).or_insert_with(|| value.clone());
    }
    response
}

/// The home page for the root, else 404: also for a method no function lists.
fn nothing_matched(shared: &Shared, method: &Method, path: &str) -> Response<Body> {
    match (method, path) {
        (&Method::GET, "/") if shared.settings.is_true("AzureWebJobsDisableHomepage") => {
            status(StatusCode::NO_CONTENT)
        }
        (&Method::GET, "/") => text(StatusCode::OK, "text/html", HOME_PAGE),
        _ => status(StatusCode::NOT_FOUND),
    }
}

/// `customHeaders` of host.json, in the form they are sent in.
pub(crate) fn parse_headers(headers: &[(String, String)]) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    headers
        .iter()
        .map(|(name, value)| match (name.parse(), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => Ok((name, value)),
            _ => Err(format!("the custom header {name} is not valid")),
        })
        .collect()
}
