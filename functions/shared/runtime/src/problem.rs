//! `Problem`: everything that can be wrong with a request, in two voices. The caller reads a stable type, a
//! sentence and the faults; the operator's log gets the cause. A 5xx tells the caller nothing but a reference.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;
use std::error::Error;

/// The most faults one answer lists.
pub const MOST_FAULTS: usize = 50;

/// One fault of the request: where and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Header, query parameter, JSON pointer, or sheet, row and column.
    pub field: String,
    /// What is wrong and what would be right; never the value itself.
    pub message: String,
}

impl Fault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Why a request is not answered as asked (RFC 9457).
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable name of the kind of problem, the last part of its `type`.
    pub kind: &'static str,
    /// One sentence for the caller.
    pub detail: Cow<'static, str>,
    /// The faults, in a fixed order.
    pub faults: Vec<Fault>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u32>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, kind, detail: detail.into(), faults: Vec::new(), retry_after: None }
    }

    /// 400 with the faults found.
    pub fn invalid(detail: impl Into<Cow<'static, str>>, mut faults: Vec<Fault>) -> Self {
        faults.truncate(MOST_FAULTS);
        Self { faults, ..Self::new(StatusCode::BAD_REQUEST, "invalid-request", detail) }
    }

    /// 401: no token, or one that does not hold.
    pub fn unauthenticated(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// 403: known, but not allowed.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: not there, or not for this caller to know.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("There is no such {what}."))
    }

    /// 410: it was there, and its display has ended.
    pub fn gone(what: &str) -> Self {
        Self::new(StatusCode::GONE, "gone", format!("This {what} is no longer displayed."))
    }

    /// 405: the path is right, the method is not.
    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This method is not allowed here.")
    }

    /// 409: something newer or different is there.
    pub fn conflict(kind: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, kind, detail)
    }

    /// 413: more bytes than the limit.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("The content is larger than the limit of {limit} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "content-too-large", detail)
    }

    /// 406: none of the accepted forms exists.
    pub fn not_acceptable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "not-acceptable", detail)
    }

    /// 415: a form this operation does not take.
    pub fn unsupported_media_type(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail)
    }

    /// 503: a component is away; the cause goes to the log. It may have gone away after a change was made.
    pub fn unavailable(cause: &(dyn Error + 'static)) -> Self {
        tracing::error!(error = %chain(cause), "a component is unavailable");
        let detail = "The service is not available at the moment. Whether a change was made is not known; \
            the same request may be sent again.";
        Self { retry_after: Some(2), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail) }
    }

    /// 500: a defect of ours; the cause goes to the log.
    pub fn defect(cause: &(dyn Error + 'static)) -> Self {
        tracing::error!(error = %chain(cause), "a request failed by a defect");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "defect", "The service could not answer this request.")
    }

    /// 500 for a panic that was caught.
    pub fn panicked() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "defect", "The service could not answer this request.")
    }
}

/// An error and its causes, for the log.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl From<adapters::postgres::DbError> for Problem {
    fn from(error: adapters::postgres::DbError) -> Self {
        match error {
            adapters::postgres::DbError::Failed(_) => Self::defect(&error),
            _ => Self::unavailable(&error),
        }
    }
}

impl From<adapters::blob::BlobError> for Problem {
    fn from(error: adapters::blob::BlobError) -> Self {
        Self::unavailable(&error)
    }
}

impl From<portal::RenderError> for Problem {
    fn from(error: portal::RenderError) -> Self {
        Self::defect(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:hmcts:pi:problem:{}", self.kind),
            "title": self.status.canonical_reason().unwrap_or("Problem"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if !self.faults.is_empty() {
            body["errors"] = json!(self.faults);
        }
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
