//! Files sent by e-mail: their shape in the request, their size and what they may be.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answers::Refusal;
use super::validate::{quoted, unexpected};

/// The largest file in bytes after decoding: two binary megabytes and one kilobyte.
pub const LARGEST_FILE: usize = 2 * 1024 * 1024 + 1024;

/// The longest file name, in characters.
const LONGEST_NAME: usize = 100;

/// How long a file can be downloaded unless the sender says otherwise, in weeks.
const USUAL_RETENTION_WEEKS: u32 = 26;

/// What document download takes, by extension.
const TYPES: [(&str, &str); 12] = [
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("rtf", "text/rtf"),
    ("txt", "text/plain"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];

/// A file that was sent with a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The personalisation key it came under.
    pub field: String,
    /// The name it is downloaded by.
    pub name: String,
    /// What it was found to be.
    pub content_type: String,
    /// Its content.
    #[serde(with = "as_base64")]
    pub bytes: Bytes,
    /// For how many weeks it can be downloaded.
    pub retention_weeks: u32,
    /// Whether the recipient must type their address first.
    pub confirm_before_download: bool,
}

/// Whether a personalisation value is a file; anything else with braces is printed into the mail as it is.
pub(super) fn is_file(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.contains_key("file"))
}

/// Adds what is wrong with the shape of a file object.
pub(super) fn check_shape(value: &Value, wrong: &mut Vec<String>) {
    let Some(object) = value.as_object().filter(|_| is_file(value)) else { return };
    let known = ["file", "filename", "is_csv", "confirm_email_before_download", "retention_period"];
    let strangers: Vec<&str> =
        object.keys().map(String::as_str).filter(|name| !known.contains(name)).collect();
    if !strangers.is_empty() {
        wrong.push(unexpected(&strangers));
    }
    if object.contains_key("is_csv") && object.contains_key("filename") {
        wrong.push("Do not set a value for `is_csv` if `filename` is set.".to_owned());
    }
    for name in ["is_csv", "confirm_email_before_download"] {
        if let Some(value) = object.get(name).filter(|value| !value.is_boolean() && !value.is_null()) {
            let message = format!(
                "Unsupported value for {name}: {}. Use a boolean true or false value.",
                quoted(value)
            );
            wrong.push(format!("{name} {message}"));
        }
    }
    if let Some(value) = object.get("retention_period").filter(|value| !value.is_null())
        && weeks(value).is_none()
    {
        let rule = "Supported periods are from 1 to 78 weeks.";
        let message = format!("Unsupported value for retention_period: {}. {rule}", quoted(value));
        wrong.push(format!("retention_period {message}"));
    }
    if let Some(value) = object.get("filename").filter(|value| !value.is_null()) {
        let name = value.as_str().unwrap_or_default();
        if !name.contains('.') {
            let message = "`filename` must end with a file extension. For example, filename.csv";
            wrong.push(format!("filename {message}"));
        } else if name.chars().count() > LONGEST_NAME {
            wrong.push("filename `filename` cannot be longer than 100 characters".to_owned());
        }
    }
}

/// "1 week" to "78 weeks".
fn weeks(value: &Value) -> Option<u32> {
    let text = value.as_str()?.trim().to_lowercase();
    let (number, unit) = text.split_once(' ')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let weeks = number.parse().ok().filter(|weeks| digits && (1..=78).contains(weeks))?;
    matches!(unit, "week" | "weeks").then_some(weeks)
}

/// Takes the files out of the personalisation; each leaves the link in its place that `link` gives.
pub(super) fn upload(
    personalisation: &mut Map<String, Value>,
    link: impl Fn(usize) -> String,
) -> Result<Vec<File>, Refusal> {
    let mut files = Vec::new();
    for (field, value) in personalisation.iter_mut().filter(|(_, value)| is_file(value)) {
        files.push(accept(field, value)?);
        *value = Value::String(link(files.len() - 1));
    }
    Ok(files)
}

/// Decodes one file and checks what document download checks.
fn accept(field: &str, value: &Value) -> Result<File, Refusal> {
    let not_base64 = || Refusal::bad_request("Document is not base64 encoded");
    let encoded = value["file"].as_str().ok_or_else(not_base64)?;
    let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| not_base64())?;
    if bytes.is_empty() {
        return Err(Refusal::bad_request("Document must not be empty"));
    }
    if bytes.len() > LARGEST_FILE {
        return Err(Refusal::bad_request("Uploaded file exceeds file size limit"));
    }
    let found = sniff(&bytes, value["is_csv"] == true);
    let (name, content_type) = match value["filename"].as_str() {
        Some(name) => (name.to_owned(), type_of_name(name, found)?),
        None => (format!("{field}.{}", extension_of(found)?), found),
    };
    Ok(File {
        field: field.to_owned(),
        name,
        content_type: content_type.to_owned(),
        bytes: Bytes::from(bytes),
        retention_weeks: weeks(&value["retention_period"]).unwrap_or(USUAL_RETENTION_WEEKS),
        confirm_before_download: value["confirm_email_before_download"].as_bool().unwrap_or(true),
    })
}

fn unsupported(found: &str) -> Refusal {
    let all: Vec<String> = TYPES.iter().map(|(extension, _)| format!("'.{extension}'")).collect();
    Refusal::bad_request(format!("Unsupported file type '{found}'. Supported types are: {}", all.join(", ")))
}

/// The extension for a media type that is allowed.
fn extension_of(found: &str) -> Result<&'static str, Refusal> {
    TYPES
        .iter()
        .find(|(_, allowed)| *allowed == found)
        .map(|(extension, _)| *extension)
        .ok_or_else(|| unsupported(found))
}

/// A named file must have an allowed extension and an allowed content; of plain text the name says which kind.
fn type_of_name(name: &str, found: &'static str) -> Result<&'static str, Refusal> {
    let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let (_, named) = TYPES
        .iter()
        .find(|(allowed, _)| *allowed == extension)
        .ok_or_else(|| unsupported(&format!(".{extension}")))?;
    extension_of(found)?;
    Ok(if found == "text/plain" { named } else { found })
}

/// What the content looks like.
fn sniff(bytes: &[u8], said_to_be_csv: bool) -> &'static str {
    const SIGNATURES: [(&[u8], &str); 5] = [
        (b"%PDF", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"{\\rtf", "text/rtf"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/msword"),
    ];
    if let Some((_, found)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return found;
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return sniff_archive(bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => sniff_text(text, said_to_be_csv),
        _ => "application/octet-stream",
    }
}

/// Office documents are ZIP archives; their parts' names stand in clear.
fn sniff_archive(bytes: &[u8]) -> &'static str {
    let contains = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    let parts: [(&[u8], &str); 3] = [
        (b"xl/workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"word/document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    ];
    parts.iter().find(|(name, _)| contains(name)).map_or("application/zip", |(_, found)| found)
}

fn sniff_text(text: &str, said_to_be_csv: bool) -> &'static str {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let opening = start.get(..15).unwrap_or(start).to_ascii_lowercase();
    if opening.starts_with("<!doctype html") || opening.starts_with("<html") {
        "text/html"
    } else if said_to_be_csv {
        "text/csv"
    } else if start.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(start).is_ok() {
        "application/json"
    } else {
        "text/plain"
    }
}

/// Bytes as base64 text, for the outbox on disk.
mod as_base64 {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
    }
}
