//! What the shell needs to know of a request: language, address, viewer; and the cookie that keeps the language.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;

use crate::address::with_parameter;
use crate::content::Reader;
use crate::{Locale, Viewer};

/// A request for a page. An extractor: handlers take it as an argument.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// The language asked for with `?lng=`, else the remembered one, else English.
    pub locale: Locale,
    /// Path and query, for the link to the other language and the current item of the navigation.
    pub path_and_query: String,
    /// Who asks. The extractor cannot know; a handler that does sets it.
    pub viewer: Viewer,
    /// What the reader accepts and has already.
    pub(crate) reader: Reader,
}

impl PageRequest {
    /// An anonymous reader's request for an address in a language.
    #[must_use]
    pub fn new(locale: Locale, path_and_query: impl Into<String>) -> Self {
        Self { locale, path_and_query: path_and_query.into(), ..Self::default() }
    }

    /// The request as its head tells it.
    #[must_use]
    pub fn from_parts(parts: &Parts) -> Self {
        let cookies = || text(&parts.headers, header::COOKIE).and_then(Locale::from_cookies);
        let path_and_query = parts.uri.path_and_query().map_or("/", |address| address.as_str());
        Self {
            locale: asked_for(parts.uri.query()).or_else(cookies).unwrap_or_default(),
            path_and_query: path_and_query.to_owned(),
            viewer: Viewer::Anonymous,
            reader: Reader::of(&parts.headers),
        }
    }

    /// The same request, asked by a known reader.
    #[must_use]
    pub fn by(mut self, viewer: Viewer) -> Self {
        self.viewer = viewer;
        self
    }

    /// Has the reader stopped the updates of a live page? The address says so (`refresh=off`), since it must be done
    /// without JavaScript (WCAG 2.2.2).
    pub(crate) fn has_stopped_updates(&self) -> bool {
        let query = self.path_and_query.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|pair| pair == "refresh=off")
    }

    /// The address of the same page with its updates stopped, or going on again.
    pub(crate) fn switch_updates(&self) -> String {
        with_parameter(&self.path_and_query, "refresh", (!self.has_stopped_updates()).then_some("off"))
    }
}

impl<S: Sync> FromRequestParts<S> for PageRequest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::from_parts(parts))
    }
}

/// Remembers a language chosen with `?lng=` in a cookie. `secure` when the service is reached over HTTPS.
///
/// A response that sets the cookie is kept from shared caches, so that nobody is served another's choice.
pub fn remember_language<S: Clone + Send + Sync + 'static>(router: Router<S>, secure: bool) -> Router<S> {
    router.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        let chosen = asked_for(request.uri().query());
        let mut response = next.run(request).await;
        if let Some(locale) = chosen {
            remember(response.headers_mut(), locale, secure);
        }
        Ok::<Response, Infallible>(response)
    }))
}

fn remember(headers: &mut HeaderMap, locale: Locale, secure: bool) {
    if let Ok(cookie) = HeaderValue::from_str(&locale.cookie(secure)) {
        headers.append(header::SET_COOKIE, cookie);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn asked_for(query: Option<&str>) -> Option<Locale> {
    query.and_then(Locale::from_query)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
