//! A gallery of the shell: serves every sample page in both languages, with assets and security headers.
//!
//! `cargo run -p portal --example gallery -- 4100`, then open `http://127.0.0.1:4100/`.

mod samples;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use portal::{ErrorPage, Locale, PageRequest, SecurityHeaders, SecuritySettings, Site};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).map_or(Ok(4100), |port| port.parse())?;
    let site = Arc::new(Site::new(&samples::PAGES)?);
    let pages = Router::new().route("/", get(index)).route("/{sample}", get(sample)).with_state(site);
    let routes = portal::remember_language(pages, false).merge(portal::assets_router());
    let headers = SecurityHeaders::new(&SecuritySettings::default())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, headers.protect(routes)).await?;
    Ok(())
}

async fn index(State(site): State<Arc<Site>>) -> Html<String> {
    let mut links = String::new();
    for (name, _) in samples::all(&site, Locale::En) {
        links += &format!(
            "<li>{name}: <a href=\"/{name}?lng=en\">English</a>, <a href=\"/{name}?lng=cy\">Cymraeg</a></li>"
        );
    }
    Html(format!("<!DOCTYPE html><html lang=\"en\"><title>Gallery</title><h1>Gallery</h1><ul>{links}</ul>"))
}

async fn sample(State(site): State<Arc<Site>>, request: PageRequest, Path(name): Path<String>) -> Response {
    let found = samples::all(&site, request.locale).into_iter().find(|(sample, _)| *sample == name);
    let Some((_, page)) = found else { return site.error(&request, ErrorPage::NotFound, None) };
    match site.render(&request, page) {
        Ok(page) => page.into_response(),
        Err(error) => format!("{error}: {:#?}", std::error::Error::source(&error)).into_response(),
    }
}
