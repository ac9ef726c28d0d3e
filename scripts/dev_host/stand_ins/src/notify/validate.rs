//! The schema of a request to send an e-mail, with Notify's own words for what breaks it.

use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::answers::Refusal;
use super::files;

/// The longest reference, in characters.
const LONGEST_REFERENCE: usize = 1_000;

/// The properties a request may have.
const PROPERTIES: [&str; 8] = [
    "email_address",
    "template_id",
    "personalisation",
    "reference",
    "email_reply_to_id",
    "one_click_unsubscribe_url",
    "sanitise_content_for",
    "scheduled_for",
];

/// A request that keeps to the schema.
#[derive(Debug)]
pub(super) struct EmailRequest {
    pub(super) email_address: String,
    pub(super) template_id: Uuid,
    pub(super) personalisation: Map<String, Value>,
    pub(super) reference: Option<String>,
    pub(super) reply_to_id: Option<Uuid>,
    pub(super) unsubscribe_url: Option<String>,
    pub(super) sanitise: Vec<String>,
}

/// Reads a body, or says everything that is wrong with it.
pub(super) fn read(body: &[u8]) -> Result<EmailRequest, Refusal> {
    let invalid_json = || Refusal::bad_request("Invalid JSON supplied in POST data");
    let body: Value = serde_json::from_slice(body).map_err(|_| invalid_json())?;
    let Value::Object(mut body) = body else { return Err(invalid_json()) };
    let mut wrong = Vec::new();
    for name in ["email_address", "template_id"] {
        if !body.contains_key(name) {
            wrong.push(format!("{name} is a required property"));
        }
    }
    let strangers: Vec<&str> =
        body.keys().map(String::as_str).filter(|name| !PROPERTIES.contains(name)).collect();
    if !strangers.is_empty() {
        wrong.push(unexpected(&strangers));
    }
    let request = EmailRequest {
        email_address: address(&body, &mut wrong),
        template_id: uuid(&body, "template_id", &mut wrong).unwrap_or_default(),
        reference: reference(&body, &mut wrong),
        reply_to_id: uuid(&body, "email_reply_to_id", &mut wrong),
        unsubscribe_url: unsubscribe_url(&body, &mut wrong),
        sanitise: sanitise(&body, &mut wrong),
        personalisation: personalisation(body.shift_remove("personalisation"), &mut wrong),
    };
    if wrong.is_empty() { Ok(request) } else { Err(Refusal::validation(wrong)) }
}

/// The schema's message for properties it does not have.
pub(super) fn unexpected(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "was" } else { "were" };
    format!("Additional properties are not allowed ({} {verb} unexpected)", names.join(", "))
}

/// A value as the messages quote it: text bare, all else as JSON.
pub(super) fn quoted(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn not_of_type(name: &str, value: &Value, kind: &str) -> String {
    format!("{name} {} is not of type {kind}", quoted(value))
}

fn address(body: &Map<String, Value>, wrong: &mut Vec<String>) -> String {
    match body.get("email_address") {
        Some(Value::String(address)) if is_address(address) => return address.trim().to_owned(),
        Some(Value::String(_)) => wrong.push("email_address Not a valid email address".to_owned()),
        Some(other) => wrong.push(not_of_type("email_address", other, "string")),
        None => {}
    }
    String::new()
}

/// Notify's rule for addresses, but for the exotic: a local part of usual characters, a host with a dot.
fn is_address(address: &str) -> bool {
    let Some((local, host)) = address.trim().rsplit_once('@') else { return false };
    let usual = |c: char| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~\\-".contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    !local.is_empty()
        && address.trim().len() <= 320
        && local.chars().all(usual)
        && !local.contains("..")
        && !local.starts_with('.')
        && !local.ends_with('.')
        && host.len() <= 253
        && labels.len() > 1
        && labels.iter().all(|part| label(part))
        && labels.last().is_some_and(|last| last.len() > 1 && last.chars().all(char::is_alphabetic))
}

fn uuid(body: &Map<String, Value>, name: &str, wrong: &mut Vec<String>) -> Option<Uuid> {
    let value = body.get(name).filter(|value| !value.is_null() || name == "template_id")?;
    let read = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
    if read.is_none() {
        wrong.push(format!("{name} is not a valid UUID"));
    }
    read
}

fn reference(body: &Map<String, Value>, wrong: &mut Vec<String>) -> Option<String> {
    match body.get("reference")? {
        Value::String(reference) if reference.chars().count() <= LONGEST_REFERENCE => Some(reference.clone()),
        Value::String(reference) => {
            wrong.push(format!("reference {reference} is too long"));
            None
        }
        Value::Null => None,
        other => {
            wrong.push(not_of_type("reference", other, "string"));
            None
        }
    }
}

fn unsubscribe_url(body: &Map<String, Value>, wrong: &mut Vec<String>) -> Option<String> {
    let value = body.get("one_click_unsubscribe_url").filter(|value| !value.is_null())?;
    let url = value.as_str().filter(|text| Url::parse(text).is_ok_and(|url| url.scheme() == "https"));
    if url.is_none() {
        wrong.push("one_click_unsubscribe_url is not a valid https url".to_owned());
    }
    url.map(str::to_owned)
}

fn sanitise(body: &Map<String, Value>, wrong: &mut Vec<String>) -> Vec<String> {
    match body.get("sanitise_content_for") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(keys)) if keys.iter().all(Value::is_string) => {
            keys.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(other) => {
            wrong.push(not_of_type("sanitise_content_for", other, "array"));
            Vec::new()
        }
    }
}

fn personalisation(value: Option<Value>, wrong: &mut Vec<String>) -> Map<String, Value> {
    match value {
        None => Map::new(),
        Some(Value::Object(values)) => {
            values.values().for_each(|value| files::check_shape(value, wrong));
            values
        }
        Some(other) => {
            wrong.push(not_of_type("personalisation", &other, "object"));
            Map::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in ["a@example.com", "first.last+tag@sub.example.co.uk", "o'neil@example.org"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@example.com",
            "a..b@example.com",
            "a b@example.com",
            "a@-x.com",
            "a@example.c0m",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
