//! The pages a reader sees when something is not there, not theirs, gone, broken or away.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::{Page, PageRequest, PageSource, Site};

/// An error a reader can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorPage {
    /// 404: the address is wrong, or what it names is not for this reader to know of.
    NotFound,
    /// 403: signed in, but not allowed.
    Forbidden,
    /// 410: a list whose time has passed.
    Gone,
    /// 500: our fault.
    Failed,
    /// 503: away for a while; the response says when to come again.
    Unavailable,
}

/// Seconds after which a reader, or a machine, should try again.
const RETRY_AFTER: &str = "60";

macro_rules! page {
    ($name:literal) => {
        PageSource {
            name: concat!("portal_error_", $name),
            template: include_str!(concat!("../pages/", $name, "/page.html")),
            en: include_str!(concat!("../pages/", $name, "/en.json")),
            cy: include_str!(concat!("../pages/", $name, "/cy.json")),
        }
    };
}

pub(crate) const PAGES: [PageSource; 5] =
    [page!("not_found"), page!("forbidden"), page!("gone"), page!("failed"), page!("unavailable")];

impl ErrorPage {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::NotFound, Self::Forbidden, Self::Gone, Self::Failed, Self::Unavailable];

    /// The page for a status: itself, or the nearest in meaning.
    #[must_use]
    pub fn for_status(status: StatusCode) -> Self {
        match status {
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Self::Forbidden,
            StatusCode::GONE => Self::Gone,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Self::Unavailable,
            status if status.is_server_error() => Self::Failed,
            _ => Self::NotFound,
        }
    }

    /// The status the page is sent with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Gone => StatusCode::GONE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The name the page is registered by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotFound => "portal_error_not_found",
            Self::Forbidden => "portal_error_forbidden",
            Self::Gone => "portal_error_gone",
            Self::Failed => "portal_error_failed",
            Self::Unavailable => "portal_error_unavailable",
        }
    }
}

#[derive(Serialize)]
struct Context<'a> {
    reference: Option<&'a str>,
}

/// Renders the page; should that fail too, says so in plain text rather than not at all.
pub(crate) fn respond(
    site: &Site,
    request: &PageRequest,
    error: ErrorPage,
    reference: Option<&str>,
) -> Response {
    let page = Page::new(error.name()).status(error.status()).context(&Context { reference });
    let mut response = match site.render(request, page) {
        Ok(rendered) => rendered.into_response(),
        Err(failure) => {
            tracing::error!(
                page = error.name(),
                error = &failure as &dyn std::error::Error,
                "an error page failed"
            );
            (error.status(), "Sorry, there is a problem with the service. Call 0300 303 0656.")
                .into_response()
        }
    };
    if error == ErrorPage::Unavailable {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_page() {
        for error in ErrorPage::ALL {
            assert_eq!(ErrorPage::for_status(error.status()), error);
            assert!(PAGES.iter().any(|page| page.name == error.name()));
        }
        assert_eq!(ErrorPage::for_status(StatusCode::BAD_GATEWAY), ErrorPage::Failed);
        assert_eq!(ErrorPage::for_status(StatusCode::BAD_REQUEST), ErrorPage::NotFound);
    }
}
