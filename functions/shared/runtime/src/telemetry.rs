//! One JSON line per event on stdout, with invocation id, function, outcome and duration. Ids and numbers only:
//! no names, addresses, tokens, query strings or list contents.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

/// Libraries whose lines repeat what ours say, and may quote addresses.
const QUIET: &str = "azure_core=warn,typespec_client_core=warn,hyper=warn,h2=warn,reqwest=warn";

/// The header that names a request across systems.
pub const CORRELATION: &str = "x-correlation-id";

/// Starts logging. `filter` is the `LOG_LEVEL` setting: a level, or directives by module.
pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(format!("{QUIET},{filter}")).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines =
        tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).with_span_list(false);
    // A second start (in tests) keeps the first.
    let _ = lines.with_target(false).with_env_filter(filter).with_writer(std::io::stdout).try_init();
    // A panic's own words may quote what was being worked on, so its place has to do.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
}

/// Observes one request of a function: a span with its ids, one line when it ends, its correlation id echoed.
pub async fn observe(function: &'static str, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let correlation = correlation_id(request.headers());
    let invocation =
        header(request.headers(), "x-azure-functions-invocationid").unwrap_or_default().to_owned();
    let trace = header(request.headers(), "traceparent").filter(is_trace).unwrap_or_default().to_owned();
    let span = tracing::info_span!("invocation", function, invocation, correlation, traceparent = trace);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    let _entered = span.enter();
    if status.is_server_error() {
        tracing::error!(%method, status = status.as_u16(), milliseconds, "request failed");
    } else {
        tracing::info!(%method, status = status.as_u16(), milliseconds, "request answered");
    }
    name(&mut response, &correlation);
    response
}

/// Gives an answer that no function made its correlation id.
pub fn named(request: &HeaderMap, mut response: Response) -> Response {
    name(&mut response, &correlation_id(request));
    response
}

fn name(response: &mut Response, correlation: &str) {
    if let Ok(value) = HeaderValue::from_str(correlation) {
        response.headers_mut().insert(CORRELATION, value);
    }
}

/// The caller's correlation id if it is a plain one, else the invocation's id, else a new one.
fn correlation_id(headers: &HeaderMap) -> String {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let given = header(headers, CORRELATION).filter(plain);
    let invocation = || header(headers, "x-azure-functions-invocationid").filter(plain);
    given.or_else(invocation).map_or_else(new_id, str::to_owned)
}

/// Whether it has the form of W3C Trace Context: version, trace, parent and flags, in hexadecimal digits.
fn is_trace(text: &&str) -> bool {
    let hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('-').map(str::len).eq([2, 32, 16, 2]) && text.split('-').all(hexadecimal)
}

#[expect(clippy::disallowed_methods, reason = "an id for the log alone; no behaviour depends on it")]
fn new_id() -> String {
    Uuid::new_v4().to_string()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::is_trace;

    #[test]
    fn a_trace_has_the_standards_form_or_is_none() {
        assert!(is_trace(&"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        for other in ["", "amira@example.com", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x"] {
            assert!(!is_trace(&other), "{other}");
        }
        assert!(!is_trace(&"00-amirasaysthatherlistisnotathersss-00f067aa0ba902b7-01"));
    }
}
