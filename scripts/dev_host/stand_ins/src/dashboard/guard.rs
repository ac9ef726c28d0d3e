//! Keeps other websites' pages from reading or pressing anything: they can reach localhost through the browser.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Dashboard;

/// What the browser may load and do on the dashboard's pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Lets through what this machine's own pages and programs send, and adds the headers every answer has.
pub(super) async fn admit(State(dashboard): State<Dashboard>, request: Request, next: Next) -> Response {
    let port = dashboard.0.port;
    let headers = request.headers();
    let mut response = if !is_for_this_host(headers, port) {
        (StatusCode::MISDIRECTED_REQUEST, "this is a server of localhost").into_response()
    } else if is_state_changing(request.method()) && is_from_elsewhere(headers, port) {
        (StatusCode::FORBIDDEN, "another website's page may not change anything here").into_response()
    } else {
        next.run(request).await
    };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

fn is_state_changing(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the Host header names this machine; a name that was made to point here by its owner does not.
fn is_for_this_host(headers: &HeaderMap, port: u16) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| own_hosts(port).iter().any(|own| own == host))
}

/// Whether a browser says that a page of another origin sent this; programs say nothing.
fn is_from_elsewhere(headers: &HeaderMap, port: u16) -> bool {
    if let Some(origin) = headers.get(header::ORIGIN) {
        return !own_hosts(port).iter().any(|own| origin == format!("http://{own}").as_str());
    }
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

fn own_hosts(port: u16) -> [String; 3] {
    [format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")]
}
