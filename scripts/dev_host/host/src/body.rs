//! Message bodies on both sides of the host.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::Frame;
use hyper::{Response, StatusCode};
use std::convert::Infallible;

/// Any error of a body.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// Any body.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// No bytes.
pub(crate) fn empty() -> Body {
    Empty::new().map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// Bytes whose number is known.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// Bytes whose number is not told, so that they travel in chunks.
pub(crate) fn chunked(bytes: impl Into<Bytes>) -> Body {
    let frame = Ok::<_, BodyError>(Frame::data(bytes.into()));
    StreamBody::new(futures::stream::iter([frame])).boxed_unsync()
}

/// An answer without a body.
pub(crate) fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = status;
    response
}

/// An answer with a text.
pub(crate) fn text(code: StatusCode, media_type: &'static str, text: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = code;
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static(media_type));
    response
}

/// An answer with JSON.
pub(crate) fn json(code: StatusCode, value: &serde_json::Value) -> Response<Body> {
    text(code, "application/json; charset=utf-8", value.to_string())
}
