//! What goes over the wire: caching, language cookie, assets, security headers, error pages.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use http_body_util::BodyExt;
use portal::{
    Cache, ErrorPage, Page, PageRequest, PageSource, SecurityHeaders, SecuritySettings, Site, Viewer,
};
use tower::ServiceExt;

const PAGE: PageSource = PageSource {
    name: "home",
    template: r#"{% extends "portal/layout.html" %}{% block content %}<h1>{{ t.title }}</h1>{% endblock %}"#,
    en: r#"{"title": "Home"}"#,
    cy: r#"{"title": "Hafan"}"#,
};

async fn home(State(site): State<Arc<Site>>, request: PageRequest) -> impl IntoResponse {
    site.render(&request, Page::new("home").cache(Cache::Public { seconds: 60 })).unwrap()
}

async fn account(State(site): State<Arc<Site>>, request: PageRequest) -> impl IntoResponse {
    let page = Page::new("home").cache(Cache::Public { seconds: 60 });
    site.render(&request.by(Viewer::Verified), page).unwrap()
}

async fn missing(State(site): State<Arc<Site>>, request: PageRequest) -> impl IntoResponse {
    site.error(&request, ErrorPage::NotFound, None)
}

async fn away(State(site): State<Arc<Site>>, request: PageRequest) -> impl IntoResponse {
    site.error(&request, ErrorPage::Unavailable, Some("ref-<1>"))
}

fn service() -> Router {
    let site = Arc::new(Site::new(&[PAGE]).unwrap());
    let pages = Router::new()
        .route("/", get(home))
        .route("/account", get(account))
        .route("/away", get(away))
        .fallback(missing)
        .with_state(site);
    let routes = portal::remember_language(pages, true).merge(portal::assets_router());
    let settings = SecuritySettings { https: true, ..SecuritySettings::default() };
    SecurityHeaders::new(&settings).unwrap().protect(routes)
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let request =
        headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    service().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn value<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn body(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

fn unpacked(gzip: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(gzip), &mut bytes).unwrap();
    bytes
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(body(response).await).unwrap()
}

#[tokio::test]
async fn a_reader_who_has_the_page_is_told_so() {
    let first = ask("/", &[]).await;
    assert_eq!(value(&first, "cache-control"), "public, max-age=60");
    assert_eq!(value(&first, "content-type"), "text/html; charset=utf-8");
    assert_eq!(value(&first, "vary"), "Accept-Encoding, Cookie");
    let etag = value(&first, "etag").to_owned();
    let second = ask("/", &[("if-none-match", &etag)]).await;
    assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(value(&second, "etag"), etag);
    assert!(body(second).await.is_empty());
    let welsh = ask("/", &[("if-none-match", &etag), ("cookie", "locale=cy")]).await;
    assert_eq!(welsh.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_page_is_compressed_for_those_who_accept_it() {
    let gzip = ("accept-encoding", "gzip, deflate, br");
    let compressed = ask("/", &[gzip]).await;
    assert_eq!(value(&compressed, "content-encoding"), "gzip");
    assert_eq!(value(&compressed, "content-type"), "text/html; charset=utf-8");
    let etag = value(&compressed, "etag").to_owned();
    assert_eq!(unpacked(&body(compressed).await), body(ask("/", &[]).await).await);
    assert_eq!(ask("/", &[gzip, ("if-none-match", &etag)]).await.status(), StatusCode::NOT_MODIFIED);
    let whole = ask("/", &[("if-none-match", &etag)]).await;
    assert_eq!(whole.status(), StatusCode::OK, "the tag of another representation is not this one's");
}

#[tokio::test]
async fn a_signed_in_page_is_never_kept_and_its_length_tells_nothing() {
    let response = ask("/account", &[("accept-encoding", "gzip")]).await;
    assert_eq!(value(&response, "cache-control"), "no-store");
    assert_eq!(value(&response, "etag"), "");
    assert_eq!(value(&response, "content-encoding"), "");
}

#[tokio::test]
async fn a_language_once_chosen_is_remembered() {
    let chosen = ask("/?lng=cy", &[("cookie", "locale=en")]).await;
    let cookie = value(&chosen, "set-cookie").to_owned();
    assert_eq!(cookie, "locale=cy; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure");
    assert_eq!(value(&chosen, "cache-control"), "no-store");
    assert_eq!(value(&chosen, "content-language"), "cy");
    assert!(text(chosen).await.contains("<h1>Hafan</h1>"));
    let later = ask("/", &[("cookie", "a=b; locale=cy")]).await;
    assert_eq!(value(&later, "set-cookie"), "");
    assert!(text(later).await.contains("<html lang=\"cy\""));
    let unknown = ask("/?lng=fr", &[]).await;
    assert_eq!(value(&unknown, "set-cookie"), "");
    assert_eq!(value(&unknown, "content-language"), "en");
}

#[tokio::test]
async fn errors_are_pages_in_the_readers_language() {
    let missing = ask("/nowhere", &[("cookie", "locale=cy")]).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(value(&missing, "cache-control"), "no-store");
    assert!(text(missing).await.contains("Heb ddod o hyd i"));
    let away = ask("/away", &[]).await;
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(value(&away, "retry-after"), "60");
    let html = text(away).await;
    assert!(html.contains("0300 303 0656"));
    assert!(html.contains("ref-&lt;1&gt;"));
}

#[tokio::test]
async fn every_address_on_a_page_below_assets_is_served() {
    let html = text(ask("/", &[]).await).await;
    let parts = html.split(['"', '\'']).filter(|part| part.starts_with("/assets/"));
    let addresses: std::collections::BTreeSet<&str> = parts.collect();
    assert!(addresses.len() >= 7, "{addresses:?}");
    for address in addresses {
        assert_eq!(ask(address, &[]).await.status(), StatusCode::OK, "{address}");
    }
}

#[tokio::test]
async fn hashed_assets_are_kept_for_ever_and_plain_ones_for_a_while() {
    let hashed = portal::asset_url("app.css").unwrap();
    assert_ne!(hashed, "/assets/app.css");
    let response = ask(&hashed, &[]).await;
    assert_eq!(value(&response, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(value(&response, "content-type"), "text/css; charset=utf-8");
    let plain = ask("/assets/app.css", &[]).await;
    assert_eq!(value(&plain, "cache-control"), "public, max-age=3600");
    let etag = value(&plain, "etag").to_owned();
    let again = ask("/assets/app.css", &[("if-none-match", &etag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let font = ask("/assets/fonts/bold-b542beb274-v2.woff2", &[]).await;
    assert_eq!(value(&font, "content-type"), "font/woff2");
    assert_eq!(value(&font, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(ask("/assets/../Cargo.toml", &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn text_assets_are_compressed_for_those_who_accept_it() {
    let address = portal::asset_url("govuk-frontend.min.css").unwrap();
    let compressed = ask(&address, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(value(&compressed, "content-encoding"), "gzip");
    assert_eq!(value(&compressed, "vary"), "Accept-Encoding");
    let plain = ask(&address, &[]).await;
    assert_ne!(value(&plain, header::ETAG.as_str()), value(&compressed, header::ETAG.as_str()));
    let (plain, compressed) = (body(plain).await, body(compressed).await);
    assert!(compressed.len() * 6 < plain.len());
    assert_eq!(unpacked(&compressed), plain);
    let font = ask("/assets/fonts/bold-b542beb274-v2.woff2", &[("accept-encoding", "gzip")]).await;
    assert_eq!(value(&font, "content-encoding"), "");
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let policy = "default-src 'none'; script-src 'self' 'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='; \
                  style-src 'self'; img-src 'self'; font-src 'self'; manifest-src 'self'; connect-src 'self'; \
                  form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
                  upgrade-insecure-requests";
    for path in ["/", "/account", "/nowhere", "/away", "/assets/app.js", "/assets/nothing", "/?lng=cy"] {
        let response = ask(path, &[]).await;
        assert_eq!(value(&response, "content-security-policy"), policy, "{path}");
        assert_eq!(
            value(&response, "strict-transport-security"),
            "max-age=31536000; includeSubDomains; preload"
        );
        assert_eq!(value(&response, "x-content-type-options"), "nosniff");
        assert_eq!(value(&response, "referrer-policy"), "no-referrer");
        assert_eq!(value(&response, "cross-origin-opener-policy"), "same-origin");
        assert_eq!(value(&response, "cross-origin-resource-policy"), "same-origin");
        assert_eq!(value(&response, "x-robots-tag"), "noindex");
        assert!(value(&response, "permissions-policy").contains("geolocation=()"));
        assert!(!value(&response, "cache-control").is_empty(), "{path}");
        assert!(response.headers().get("server").is_none());
    }
}
