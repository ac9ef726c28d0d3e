//! Style sheets, scripts, fonts and images, served from memory at `/assets/…`.
//!
//! Style sheets and scripts have a second name that holds a hash of their content, which a browser may keep for ever;
//! pages use that name. The plain names, and images, are asked for again after a while.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;

use crate::content::{Content, Reader};
use crate::site::hash;

/// For names that change with the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// For names that stay: an hour, then asked for again with the entity tag.
const FOR_A_WHILE: &str = "public, max-age=3600";

const GOVUK_SCRIPT: &str = "govuk-frontend.min.js";
const APP_STYLE: &str = include_str!("../assets/app.css");
const APP_SCRIPT: &str = include_str!("../assets/app.js");

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::collect);

struct Assets {
    /// By name below `/assets/`, hashed names included.
    by_name: HashMap<String, (Arc<File>, &'static str)>,
    /// The hashed name of each plain one that has it.
    hashed: HashMap<String, String>,
}

struct File {
    content: Content,
    content_type: &'static str,
}

/// The routes of the assets, `GET` and `HEAD`.
pub fn assets_router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{*path}", get(serve))
}

/// The address of an asset for use in a page, under its hashed name if it has one. `None` when there is no such asset.
#[must_use]
pub fn asset_url(name: &str) -> Option<String> {
    let name = match ASSETS.hashed.get(name) {
        Some(hashed) => hashed,
        None => ASSETS.by_name.get_key_value(name)?.0,
    };
    Some(format!("/assets/{name}"))
}

async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some((file, cache)) = ASSETS.by_name.get(&path) else {
        let no_store = [(header::CACHE_CONTROL, "no-store")];
        return (StatusCode::NOT_FOUND, no_store, "There is no such file.").into_response();
    };
    file.respond(cache, &headers)
}

impl Assets {
    fn collect() -> Self {
        let mut assets = Self { by_name: HashMap::new(), hashed: HashMap::new() };
        for asset in govuk::assets() {
            let file = File::new(Cow::Borrowed(asset.bytes), asset.content_type, asset.hash);
            assets.add(asset.path, asset.hash, file);
        }
        let script = assets.hashed.get(GOVUK_SCRIPT).map_or(GOVUK_SCRIPT, String::as_str);
        let script = APP_SCRIPT.replace(GOVUK_SCRIPT, script);
        assets.add_own("app.css", APP_STYLE.into(), "text/css; charset=utf-8");
        assets.add_own("app.js", script.into(), "text/javascript; charset=utf-8");
        assets
    }

    fn add_own(&mut self, name: &str, text: Cow<'static, str>, content_type: &'static str) {
        let bytes = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        let hash = hash(&bytes)[..16].to_owned();
        let file = File::new(bytes, content_type, &hash);
        self.add(name, &hash, file);
    }

    fn add(&mut self, name: &str, hash: &str, file: File) {
        let file = Arc::new(file);
        if let Some((stem, extension @ ("css" | "js"))) = name.rsplit_once('.') {
            let hashed = format!("{stem}-{hash}.{extension}");
            self.by_name.insert(hashed.clone(), (Arc::clone(&file), FOR_EVER));
            self.hashed.insert(name.to_owned(), hashed);
        }
        // GOV.UK Frontend names its fonts by content.
        let cache = if name.starts_with("fonts/") { FOR_EVER } else { FOR_A_WHILE };
        self.by_name.insert(name.to_owned(), (file, cache));
    }
}

impl File {
    fn new(bytes: Cow<'static, [u8]>, content_type: &'static str, hash: &str) -> Self {
        let bytes = match bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        let text = ["text/", "image/svg", "application/manifest"];
        let compressible = text.iter().any(|kind| content_type.starts_with(kind));
        let content = if compressible { Content::new } else { Content::compressed_already };
        Self { content: content(bytes, hash), content_type }
    }

    fn respond(&self, cache: &'static str, request: &HeaderMap) -> Response {
        let mut response = self.content.respond(&Reader::of(request));
        let known = response.status() == StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if !known {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_imports_the_hashed_name() {
        let hashed = asset_url(GOVUK_SCRIPT).expect("the script is embedded");
        let (file, _) = &ASSETS.by_name["app.js"];
        let script = std::str::from_utf8(&file.content.bytes).expect("scripts are UTF-8");
        assert!(script.contains(hashed.trim_start_matches("/assets/")));
        assert_eq!(asset_url("nothing.css"), None);
    }
}
