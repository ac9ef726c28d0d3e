//! A page to be rendered, and a page that has been.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use crate::content::{Content, Reader};

/// A page of the site: what its folder holds. Collected in a list for [`crate::Site::new`].
#[derive(Debug, Clone, Copy)]
pub struct PageSource {
    /// The name the handler renders it by; for a journey of one page, the function's name.
    pub name: &'static str,
    /// The template, which extends `portal/layout.html` or `portal/screen.html`.
    pub template: &'static str,
    /// The English wording, JSON.
    pub en: &'static str,
    /// The Welsh wording, JSON.
    pub cy: &'static str,
}

/// How long a page may be kept, and by whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cache {
    /// Kept by nobody: signed-in pages, forms, errors, anything not public.
    #[default]
    Never,
    /// Kept by anybody for so many seconds, then asked for again with its `ETag`.
    Public {
        /// For how long.
        seconds: u32,
    },
}

impl Cache {
    /// The `Cache-Control` header.
    #[must_use]
    pub fn header(self) -> String {
        match self {
            Self::Never => "no-store".to_owned(),
            Self::Public { seconds } => format!("public, max-age={seconds}"),
        }
    }
}

/// A page that a handler has decided to show.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    pub(crate) name: &'a str,
    pub(crate) title: Option<Cow<'a, str>>,
    pub(crate) back: Option<Cow<'a, str>>,
    pub(crate) error: bool,
    pub(crate) cache: Cache,
    pub(crate) status: StatusCode,
    pub(crate) context: Value,
}

impl<'a> Page<'a> {
    /// The page registered as `name`, titled with its wording `title`, without context, not to be cached.
    #[must_use]
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            title: None,
            back: None,
            error: false,
            cache: Cache::Never,
            status: StatusCode::OK,
            context: Value::from(()),
        }
    }

    /// Titles the page otherwise. The service's name and GOV.UK are added to it.
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'a, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What the template sees beside `t` and `shared`. The fields become variables; read once, here.
    #[must_use]
    pub fn context(mut self, context: &impl Serialize) -> Self {
        self.context = Value::from(Serde(context));
        self
    }

    /// Like [`Page::context`], for a value that is one of minijinja's already.
    #[must_use]
    pub fn value(mut self, context: Value) -> Self {
        self.context = context;
        self
    }

    /// Shows a back link to a path of this service.
    #[must_use]
    pub fn back_link(mut self, href: impl Into<Cow<'a, str>>) -> Self {
        self.back = Some(href.into());
        self
    }

    /// Marks the page as a form with errors: the title begins with "Error: ". The status is said apart.
    #[must_use]
    pub fn with_errors(mut self, errors: bool) -> Self {
        self.error = errors;
        self
    }

    /// Lets the page be cached; what a signed-in reader sees never is.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
    }

    /// Sends the page with a status other than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

/// A page as HTML. As a response it is compressed for a reader who accepts that, and is 304 to one who has it. A page that
/// may not be kept is neither: what is one reader's own must not show through its compressed length.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The whole document, UTF-8, with the entity tag made of it.
    pub(crate) content: Arc<Content>,
    /// How long it may be kept.
    pub cache: Cache,
    /// The status to send it with.
    pub status: StatusCode,
    /// The language it is in.
    pub locale: crate::Locale,
    /// Whom it is for.
    pub(crate) reader: Reader,
}

impl Rendered {
    /// The whole document, UTF-8.
    #[must_use]
    pub fn html(&self) -> &Bytes {
        &self.content.bytes
    }

    /// The same page for another reader of the same address and language.
    #[must_use]
    pub fn for_reader(&self, request: &crate::PageRequest) -> Self {
        Self { reader: request.reader.clone(), ..self.clone() }
    }

    /// What it takes in memory, in bytes, roughly.
    #[must_use]
    pub fn weight(&self) -> u32 {
        u32::try_from(self.content.weight()).unwrap_or(u32::MAX)
    }
}

impl IntoResponse for Rendered {
    fn into_response(self) -> Response {
        let public = self.cache != Cache::Never;
        let mut response = match public {
            true => self.content.respond(&self.reader),
            false => self.content.bytes.clone().into_response(),
        };
        let not_modified = response.status() == StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        let mut set = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(header::CACHE_CONTROL, &self.cache.header());
        if public {
            // The language is remembered in a cookie.
            set(header::VARY, "Accept-Encoding, Cookie");
        }
        if !not_modified {
            set(header::CONTENT_TYPE, "text/html; charset=utf-8");
            set(header::CONTENT_LANGUAGE, self.locale.lang());
            *response.status_mut() = self.status;
        }
        response
    }
}
