//! On what conditions a producer wants an upload accepted: `Idempotency-Key`, `If-Match` and `x-source-version`.

use super::headers::Headers;
use adapters::postgres::uploads::Expected;
use utoipa::IntoParams;

/// The longest `Idempotency-Key`, in bytes.
const LONGEST_KEY: usize = 128;

/// The conditions.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    /// Names the upload.
    pub idempotency_key: Option<String>,
    /// What must be there.
    pub expected: Option<Expected>,
    /// The producer's own version number.
    pub source_version: Option<i64>,
}

/// The conditions, for the API's description.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the headers that Conditions reads")]
pub(crate) struct ConditionHeaders {
    /// Names this upload: sent again under the same key it has the same answer, and nothing new is stored. A key is
    /// known for as long as its publication; with anything else in the request it is refused.
    #[param(rename = "idempotency-key", min_length = 1, max_length = 128, required = false)]
    idempotency_key: String,
    /// The `ETag` of what is to be superseded, or `*` for whatever is there; if something else is there, or nothing, the
    /// upload is refused.
    #[param(rename = "if-match", pattern = "^(\\*|(W/)?\"?[0-9]{1,9}\"?)$", required = false)]
    expected: String,
    /// The producer's own version number; one older than was ever sent for this publication is refused, an equal one is
    /// not.
    #[param(rename = "x-source-version", value_type = i64, required = false)]
    source_version: i64,
}

impl Conditions {
    /// Reads the conditions; what is wrong with them is among the headers' faults.
    pub(crate) fn read(from: &mut Headers<'_>) -> Self {
        let key = from.stated("idempotency-key");
        let tag = from.stated("if-match");
        let number = from.stated("x-source-version");
        Self {
            idempotency_key: from.read("idempotency-key", key, key_of),
            expected: from.read("if-match", tag, expected),
            source_version: from.read("x-source-version", number, |number| {
                number.parse().map_err(|_| "must be a whole number")
            }),
        }
    }
}

fn key_of(text: &str) -> Result<String, &'static str> {
    let fits = (1..=LONGEST_KEY).contains(&text.len());
    if fits { Ok(text.to_owned()) } else { Err("must be 1 to 128 bytes") }
}

/// A tag as we give it; as a proxy that compresses makes it weak; or as clients strip it of its quotes.
fn expected(tag: &str) -> Result<Expected, &'static str> {
    let unquoted = |tag: &str| tag.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    let strong = tag.strip_prefix("W/").unwrap_or(tag);
    let number = unquoted(strong).unwrap_or_else(|| strong.to_owned());
    let revision = number.bytes().all(|digit| digit.is_ascii_digit()).then(|| number.parse().ok()).flatten();
    match revision {
        _ if tag == "*" => Ok(Expected::Any),
        Some(revision @ 1..) => Ok(Expected::Revision(revision)),
        _ => Err("must be * or one ETag of the publication itself, such as \"3\""),
    }
}
