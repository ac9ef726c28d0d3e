//! What GOV.UK Notify answers when it refuses, word for word where its clients look.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal: a status and one or more errors of one type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: &'static str,
    messages: Vec<String>,
}

impl Refusal {
    /// 400, the request makes no sense for this service.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequestError", message)
    }

    /// 400, the body breaks the schema; each message names its field.
    pub(crate) fn validation(messages: Vec<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: "ValidationError", messages }
    }

    /// 401, no usable `Authorization` header.
    pub(crate) fn unauthorised(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "AuthError", message)
    }

    /// 403, the token was read and refused.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AuthError", message)
    }

    /// 404 for something asked for by id.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoResultFound", "No result found")
    }

    /// 429, too many requests in the last minute for this type of key.
    pub(crate) fn rate_limited(key_type: &str, per_minute: u32) -> Self {
        let message =
            format!("Exceeded rate limit for key type {key_type} of {per_minute} requests per 60 seconds");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RateLimitError", message)
    }

    /// 429, no more messages today.
    pub(crate) fn daily_limit(limit: u32) -> Self {
        let message = format!("Exceeded send limits (email: {limit}) for today");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsError", message)
    }

    /// 500.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Exception", "Internal server error")
    }

    /// 504, the request took longer than Notify serves one.
    pub(crate) fn timed_out() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "EventletTimeout", "Timeout serving request")
    }

    fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self { status, error, messages: vec![message.into()] }
    }

    /// The JSON body.
    pub(crate) fn body(&self) -> Value {
        let errors: Vec<Value> =
            self.messages.iter().map(|message| json!({ "error": self.error, "message": message })).collect();
        json!({ "status_code": self.status.as_u16(), "errors": errors })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}

/// 502 with the HTML page of the edge in front of Notify.
pub(crate) fn bad_gateway() -> Response {
    let page =
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// 404 for an address that does not exist, in the older shape Notify uses there.
pub(crate) fn no_such_route() -> Response {
    let message = "The requested URL was not found on the server. \
                   If you entered the URL manually please check your spelling and try again.";
    (StatusCode::NOT_FOUND, Json(json!({ "result": "error", "message": message }))).into_response()
}
