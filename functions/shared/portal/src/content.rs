//! Bytes as they are sent: compressed to a reader who accepts that, and not again to one who has them.

use std::io::Write as _;
use std::sync::OnceLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Shorter bodies fit in a packet as they are.
const WORTH_COMPRESSING: usize = 1_000;

/// A body that never changes, with its entity tag. It is compressed once, for the first reader who accepts that.
#[derive(Debug)]
pub(crate) struct Content {
    /// The body.
    pub(crate) bytes: Bytes,
    /// Made of the content, without quotes.
    tag: String,
    gzip: OnceLock<Option<Bytes>>,
}

/// What a reader accepts and has, as the request's head tells it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    gzip: bool,
    known: Option<String>,
}

impl Reader {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            gzip: text(header::ACCEPT_ENCODING).is_some_and(accepts_gzip),
            known: text(header::IF_NONE_MATCH).map(str::to_owned),
        }
    }
}

impl Content {
    /// The body whose content hashes to `tag`.
    pub(crate) fn new(bytes: Bytes, tag: impl Into<String>) -> Self {
        Self { bytes, tag: tag.into(), gzip: OnceLock::new() }
    }

    /// The same, for bytes that are compressed already, such as a picture's.
    pub(crate) fn compressed_already(bytes: Bytes, tag: impl Into<String>) -> Self {
        Self { bytes, tag: tag.into(), gzip: OnceLock::from(None) }
    }

    /// Answers a reader with the body or, if the reader has it, with 304. Sets `ETag`; the caller sets the rest,
    /// `Vary: Accept-Encoding` among it.
    pub(crate) fn respond(&self, reader: &Reader) -> Response {
        let gzip = if reader.gzip { self.gzip.get_or_init(|| gzip(&self.bytes)).as_ref() } else { None };
        // A compressed body is another representation, so it has another tag.
        let etag = format!("\"{}{}\"", self.tag, if gzip.is_some() { "-gzip" } else { "" });
        let known = reader.known.as_deref().is_some_and(|known| known.contains(&etag));
        let mut response = match (known, gzip) {
            (true, _) => StatusCode::NOT_MODIFIED.into_response(),
            (false, Some(gzip)) => ([(header::CONTENT_ENCODING, "gzip")], gzip.clone()).into_response(),
            (false, None) => self.bytes.clone().into_response(),
        };
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }

    /// What it may take in memory, compressed and not.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.len() + self.bytes.len() / 4
    }
}

fn gzip(bytes: &[u8]) -> Option<Bytes> {
    if bytes.len() < WORTH_COMPRESSING {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    Some(Bytes::from(encoder.finish().ok()?))
}

/// Does the `Accept-Encoding` header allow gzip? `gzip;q=0` does not.
fn accepts_gzip(header: &str) -> bool {
    header.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let refused = parts.any(|part| {
            part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0)
        });
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_only_when_accepted() {
        assert!(accepts_gzip("deflate, gzip;q=0.8, br"));
        assert!(accepts_gzip("*"));
        assert!(!accepts_gzip("gzip;q=0, br"));
        assert!(!accepts_gzip("xgzip"));
        assert!(!accepts_gzip(""));
    }
}
