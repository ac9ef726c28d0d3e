//! Swagger UI at `/api-docs`: our page and start script, and the package's own files. Nothing comes from elsewhere.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use runtime::{App, Problem};
use swagger_ui::{FILES, File, VERSION};

const PAGE: &str = include_str!("page.html");
const START: &str = include_str!("start.js");

/// As the portal's, but for what Swagger UI cannot do without: styles it sets on its elements, icons inside its style
/// sheet, and calls to this very service.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

/// The page, with and without a slash at its end, and its files.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/api-docs", get(page))
        .route("/api-docs/", get(page))
        .route("/api-docs/start.js", get(start))
        .route("/api-docs/{file}", get(file))
}

async fn page() -> impl IntoResponse {
    (
        [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, POLICY),
            (CACHE_CONTROL, "no-cache"),
        ],
        PAGE,
    )
}

async fn start() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")], START)
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let file = FILES.iter().find(|file| file.name == name).ok_or_else(|| Problem::not_found("file"))?;
    let says = |name, what: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains(what))
    };
    let gzip = says(ACCEPT_ENCODING, "gzip") && !says(ACCEPT_ENCODING, "gzip;q=0");
    let tag = if gzip { format!("\"{VERSION}-gzip\"") } else { format!("\"{VERSION}\"") };
    let mut response =
        if says(IF_NONE_MATCH, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { body(file, gzip)? };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(ETAG, HeaderValue::try_from(tag).map_err(|error| Problem::defect(&error))?);
    Ok(response)
}

fn body(file: &File, gzip: bool) -> Result<Response, Problem> {
    let media_type = [(CONTENT_TYPE, file.media_type)];
    if gzip {
        return Ok((media_type, [(CONTENT_ENCODING, "gzip")], file.gzip).into_response());
    }
    let plain = file.plain().map_err(|error| Problem::defect(&error))?;
    Ok((media_type, plain).into_response())
}
