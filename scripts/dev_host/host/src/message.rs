//! A queue message, decoded, and how it fills an envelope.

use crate::envelope::{self, Envelope};
use azure_core::time::OffsetDateTime;
use azure_storage_queue::models::ReceivedMessage;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// A fetched message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub id: String,
    pub pop_receipt: String,
    pub dequeue_count: u32,
    /// As it lies in the queue.
    pub raw: String,
    inserted: DateTime<Utc>,
    expires: DateTime<Utc>,
    next_visible: DateTime<Utc>,
}

impl Message {
    /// Takes over what the queue service sent; `None` if it is incomplete.
    pub(crate) fn received(message: ReceivedMessage) -> Option<Self> {
        Some(Self {
            id: message.message_id?,
            pop_receipt: message.pop_receipt?,
            dequeue_count: u32::try_from(message.dequeue_count?).ok()?,
            raw: message.message_text.unwrap_or_default(),
            inserted: instant(message.insertion_time),
            expires: instant(message.expiration_time),
            next_visible: instant(message.time_next_visible),
        })
    }

    /// A message that never was in a queue, for the admin API.
    pub(crate) fn fabricated(text: &str) -> Self {
        let now = Utc::now();
        Self {
            id: Uuid::new_v4().to_string(),
            pop_receipt: "AgAAAAMAAAA=".into(),
            dequeue_count: 1,
            raw: text.to_owned(),
            inserted: now,
            expires: now + chrono::Duration::days(7),
            next_visible: now + chrono::Duration::minutes(10),
        }
    }

    /// The content, or `None` if it should be base64 and is not.
    pub(crate) fn content(&self, base64: bool) -> Option<Vec<u8>> {
        if base64 { STANDARD.decode(self.raw.trim()).ok() } else { Some(self.raw.clone().into_bytes()) }
    }

    /// Puts the message into an envelope: as text with its properties, or as bytes without them.
    pub(crate) fn fill(&self, envelope: &mut Envelope, binding: &str, content: &[u8], binary: bool) {
        envelope.put_metadata("Id", envelope::text(&self.id));
        envelope.put_metadata("PopReceipt", envelope::text(&self.pop_receipt));
        envelope.put_metadata("DequeueCount", envelope::value(&self.dequeue_count.into()));
        envelope.put_metadata("InsertionTime", envelope::date(self.inserted));
        envelope.put_metadata("ExpirationTime", envelope::date(self.expires));
        envelope.put_metadata("NextVisibleTime", envelope::date(self.next_visible));
        envelope.put_binding_data("Id", &self.id);
        envelope.put_binding_data("DequeueCount", self.dequeue_count.to_string());
        let text = String::from_utf8_lossy(content);
        envelope.put_binding_data("queueTrigger", text.as_ref());
        if binary {
            envelope.put_data(binding, envelope::bytes(content));
            return;
        }
        envelope.put_data(binding, envelope::text(&text));
        fill_properties(envelope, serde_json::from_str(&text).unwrap_or_default());
    }
}

/// The top-level properties of a JSON object become metadata and binding data; arrays and nulls do not.
pub(crate) fn fill_properties(envelope: &mut Envelope, parsed: Value) {
    let Value::Object(properties) = parsed else { return };
    for (name, property) in properties {
        match property {
            Value::Null | Value::Array(_) => {}
            Value::Object(_) => envelope.put_metadata(&name, property),
            scalar => {
                let text = scalar_text(&scalar);
                envelope.put_metadata(&name, envelope::text(&text));
                envelope.put_binding_data(&name, text);
            }
        }
    }
}

/// A scalar as the runtime's invariant culture writes it: `True`, `7`, `03/01/2026 05:00:00`.
fn scalar_text(scalar: &Value) -> String {
    match scalar {
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => instant.with_timezone(&Utc).format("%m/%d/%Y %H:%M:%S").to_string(),
            Err(_) => text.clone(),
        },
        other => other.to_string(),
    }
}

fn instant(time: Option<OffsetDateTime>) -> DateTime<Utc> {
    time.and_then(|time| DateTime::from_timestamp(time.unix_timestamp(), 0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn properties_become_metadata_in_text_form_only() {
        let text =
            r#"{"id":7,"due":"2026-03-01T05:00:00Z","ok":true,"list":[1],"none":null,"inner":{"a":1}}"#;
        let message = Message::fabricated(text);
        let mut envelope = Envelope::new("job");
        message.fill(&mut envelope, "msg", text.as_bytes(), false);
        let sent: Value = serde_json::from_str(&envelope.to_json()).unwrap_or_default();
        let metadata = &sent["Metadata"];
        assert_eq!(metadata["Id"], json!("\"7\""));
        assert_eq!(metadata["due"], json!("\"03/01/2026 05:00:00\""));
        assert_eq!(metadata["ok"], json!("\"True\""));
        assert_eq!(metadata["inner"], json!({"a": 1}));
        assert!(metadata.get("list").is_none() && metadata.get("none").is_none());
        assert_eq!(metadata["DequeueCount"], json!("1"));

        let mut envelope = Envelope::new("job");
        message.fill(&mut envelope, "msg", text.as_bytes(), true);
        let sent: Value = serde_json::from_str(&envelope.to_json()).unwrap_or_default();
        assert!(sent["Metadata"].get("due").is_none());
    }
}
