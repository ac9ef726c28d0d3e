//! The one router: every enabled function's routes, readiness, problems as pages, panics caught; and its serving.

use crate::problem::Problem;
use crate::register::{Function, Routes, is_proxied};
use crate::{App, drain, telemetry};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use portal::{ErrorPage, PageRequest, SecurityHeaders};
use std::any::Any;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

/// Puts the enabled functions into one router.
pub fn router(app: App, functions: &[Function], headers: SecurityHeaders) -> Router {
    let enabled = |function: &&Function| !app.settings.disabled.iter().any(|name| name == function.name);
    let mut router = Router::new();
    for function in functions.iter().filter(enabled) {
        router = router.merge(Routes::of(function).finish().0);
    }
    // Of the routes there are by now.
    router = router.method_not_allowed_fallback(|headers: HeaderMap| async move {
        telemetry::named(&headers, Problem::method_not_allowed().into_response())
    });
    let unknown = Router::new()
        .fallback(nothing_here)
        .layer(from_fn(|request, next| telemetry::observe("unknown_page", request, next)))
        .with_state(app.clone());
    let router = router
        .fallback_service(unknown)
        .layer(catch_panics())
        .layer(map_response_with_state(app.clone(), show_problems))
        .layer(from_fn_with_state(app.clone(), keep_screens_trying));
    let router = portal::remember_language(router, app.settings.is_https())
        .layer(from_fn(readiness))
        .layer(from_fn(drain::drain));
    headers.protect(router.with_state(app))
}

/// Listens on the loopback address only, at once; serves until the process is stopped.
///
/// # Errors
/// When the port cannot be bound.
pub async fn serve(port: u16, router: Router) -> std::io::Result<()> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |tcp| {
            let _ = tcp.set_nodelay(true);
        }),
        router,
    )
    .await
}

/// The host's `GET /` carries none of the marks of a request or invocation; it is answered at once, from nothing.
async fn readiness(request: Request, next: Next) -> Response {
    let marked = |headers: &HeaderMap| {
        is_proxied(headers) || headers.keys().any(|name| name.as_str().starts_with("x-azure-functions-"))
    };
    if request.uri().path() == "/" && !marked(request.headers()) {
        return (StatusCode::OK, "ready\n").into_response();
    }
    next.run(request).await
}

/// What no function answers: a GOV.UK page for a reader, a problem for anyone else.
async fn nothing_here(State(app): State<App>, request: Request) -> Response {
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    let unknown_page_on = !app.settings.disabled.iter().any(|name| name == "unknown_page");
    let (parts, _) = request.into_parts();
    if reads && unknown_page_on {
        return app.site.error(&PageRequest::from_parts(&parts), ErrorPage::NotFound, None);
    }
    Problem::not_found("resource").into_response()
}

/// Marks the problems of a page's route as being for a reader, so that [`show_problems`] shows them as pages.
pub(crate) fn as_pages(methods: MethodRouter<App>) -> MethodRouter<App> {
    methods.layer(catch_panics()).layer(from_fn(|request: Request, next: Next| async move {
        let (parts, body) = request.into_parts();
        let page = PageRequest::from_parts(&parts);
        let mut response = next.run(Request::from_parts(parts, body)).await;
        if response.extensions().get::<Problem>().is_some() {
            response.extensions_mut().insert(page);
        }
        response
    }))
}

/// Shows a problem to a reader as a GOV.UK page, with the correlation id for the help line to look up.
async fn show_problems(State(app): State<App>, response: Response) -> Response {
    let extensions = response.extensions();
    let (Some(problem), Some(page)) = (extensions.get::<Problem>(), extensions.get::<PageRequest>()) else {
        return response;
    };
    let correlation = response.headers().get(telemetry::CORRELATION).cloned();
    let reference = correlation.as_ref().and_then(|id| id.to_str().ok());
    let mut shown = app.site.error(page, ErrorPage::for_status(problem.status), reference);
    if let Some(id) = correlation {
        shown.headers_mut().insert(telemetry::CORRELATION, id);
    }
    shown
}

/// Where the screens outside courtrooms are.
const SCREENS: &str = "/in-court/";

/// Nobody stands by to reload a screen: whatever went wrong, it asks again by itself, with JavaScript and without.
async fn keep_screens_trying(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_screen = request.uri().path().starts_with(SCREENS);
    let mut response = next.run(request).await;
    let status = response.status();
    if is_screen && (status.is_client_error() || status.is_server_error()) {
        let seconds = HeaderValue::from(app.settings.screen.refresh.as_secs());
        response.headers_mut().insert(header::REFRESH, seconds);
    }
    response
}

/// A panic in what is within becomes an answer; [`telemetry::start`] has it logged.
pub(crate) fn catch_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| Problem::panicked().into_response())
}
