//! A flat file: PDF and plain text are shown by the browser; everything else, HTML above all, is downloaded, and should
//! a browser show it all the same, a sandbox without scripts or this service's origin is what it gets.

use crate::portal_list::{cache_of, seen};
use crate::publication_read::document;
use crate::publication_read::forms::attachment;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use runtime::extract::Query;
use runtime::{Anyone, App, Function, Problem};
use serde::Deserialize;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_file",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page("/file-publication", get(download)),
};

/// Nothing a file brings along may run, load or submit anything.
const SANDBOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

#[derive(Deserialize)]
struct Which {
    #[serde(rename = "artefactId", default)]
    artefact_id: String,
}

async fn download(
    State(app): State<App>,
    _: Anyone,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let publication = seen(&app, &which.artefact_id).await?.value;
    if !publication.is_flat_file {
        return Err(Problem::not_found("file"));
    }
    let bytes = document::payload(&app, &publication).await?;
    let name = publication.file_name.clone().unwrap_or_else(|| publication.publication_id.to_string());
    // A PDF viewer needs scripts of the browser's own, which a sandbox would keep from it.
    let inline = publication.media_type == "application/pdf";
    let mut disposition = attachment(&name);
    if inline {
        disposition = disposition.replacen("attachment", "inline", 1);
    }
    let mut response = bytes.into_response();
    let mut set = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    };
    set(CONTENT_TYPE, &publication.media_type);
    set(CONTENT_DISPOSITION, &disposition);
    set(CACHE_CONTROL, &cache_of([&*publication], app.now()).header());
    if !inline {
        set(CONTENT_SECURITY_POLICY, SANDBOX);
    }
    Ok(response)
}
