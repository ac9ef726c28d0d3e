//! The JSON envelope in which the Functions host hands over timer, queue and blob invocations.
//!
//! Values arrive in several encodings: objects raw, everything else as a string that may hold the JSON text of
//! the value once more, bytes as base64. Reading is tolerant in exactly those ways and no others.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

/// An invocation that is not an envelope, or not the one this trigger expects.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EnvelopeError {
    /// The body is not the envelope's JSON.
    #[error("the invocation's body is not an envelope")]
    NotAnEnvelope,
    /// The trigger's own binding is missing.
    #[error("the envelope has no binding named {0}")]
    NoBinding(String),
    /// The binding's value is not in the form its trigger has.
    #[error("the binding {0} does not hold {1}")]
    WrongForm(String, &'static str),
}

/// The envelope as the host sends it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Envelope {
    data: Map<String, Value>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

impl Envelope {
    /// Reads the body of an invocation.
    ///
    /// # Errors
    /// [`EnvelopeError::NotAnEnvelope`].
    pub fn read(body: &[u8]) -> Result<Self, EnvelopeError> {
        serde_json::from_slice(body).map_err(|_| EnvelopeError::NotAnEnvelope)
    }

    fn binding(&self, name: &str) -> Result<&Value, EnvelopeError> {
        self.data.get(name).ok_or_else(|| EnvelopeError::NoBinding(name.to_owned()))
    }

    /// How often the host has delivered the message, this time included; 1 for what is not a queue's.
    fn dequeue_count(&self) -> u32 {
        self.text("DequeueCount").and_then(|count| count.parse().ok()).unwrap_or(1)
    }

    /// The host will not deliver the message again: should this attempt fail, it goes to the poison queue.
    pub fn is_last_attempt(&self) -> bool {
        self.dequeue_count() >= MAX_DEQUEUE_COUNT
    }

    /// A metadata item as text: `"a"`, `"\"a\""` and `1` all read as what they mean.
    fn text(&self, key: &str) -> Option<String> {
        match self.metadata(key)? {
            Value::String(text) => Some(text),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    fn metadata(&self, key: &str) -> Option<Value> {
        let found = self.metadata.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?.1;
        Some(unwrapped(found))
    }
}

/// A string that holds JSON text is that JSON; anything else is itself.
fn unwrapped(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

/// What a trigger's handler receives.
pub trait Trigger: Sized + Send + 'static {
    /// Reads this trigger's input from the envelope; `binding` is its name in function.json.
    ///
    /// # Errors
    /// When the envelope is not of this trigger.
    fn read(envelope: &Envelope, binding: &str) -> Result<Self, EnvelopeError>;
}

/// A timer's firing. Nothing in it decides what is due: the database does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerTick {
    /// The host fired late.
    pub past_due: bool,
    /// The regular firing before this one, if the host knows one.
    pub last: Option<DateTime<Utc>>,
}

impl Trigger for TimerTick {
    fn read(envelope: &Envelope, binding: &str) -> Result<Self, EnvelopeError> {
        let Value::Object(timer) = unwrapped(envelope.binding(binding)?) else {
            return Err(EnvelopeError::WrongForm(binding.to_owned(), "a timer's state"));
        };
        let past_due = match timer.get("IsPastDue") {
            Some(Value::Bool(past_due)) => *past_due,
            _ => return Err(EnvelopeError::WrongForm(binding.to_owned(), "IsPastDue")),
        };
        let last = timer.get("ScheduleStatus").and_then(|status| status.get("Last")).and_then(Value::as_str);
        let last = last.and_then(|text| text.parse::<DateTime<Utc>>().ok());
        Ok(Self { past_due, last: last.filter(|last| last.timestamp() > 0) })
    }
}

/// A queue message, its text as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    /// The text.
    pub text: String,
    /// How often the host has delivered it, this time included.
    pub dequeue_count: u32,
}

/// After so many failed deliveries the host moves a message to the poison queue.
pub const MAX_DEQUEUE_COUNT: u32 = 5;

impl Trigger for QueueMessage {
    /// The bindings here have `dataType: binary`, so the message is base64 of its bytes.
    fn read(envelope: &Envelope, binding: &str) -> Result<Self, EnvelopeError> {
        let wrong = || EnvelopeError::WrongForm(binding.to_owned(), "base64 of a UTF-8 message");
        let Value::String(encoded) = envelope.binding(binding)? else { return Err(wrong()) };
        let bytes = STANDARD.decode(encoded).map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        Ok(Self { text, dequeue_count: envelope.dequeue_count() })
    }
}

/// A blob that appeared or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobEvent {
    /// Its name within the container, slashes included.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it was last stored, by the clock of the storage, if the host says.
    pub modified: Option<DateTime<Utc>>,
}

impl Trigger for BlobEvent {
    fn read(envelope: &Envelope, binding: &str) -> Result<Self, EnvelopeError> {
        let wrong = |what| EnvelopeError::WrongForm(binding.to_owned(), what);
        let Value::String(encoded) = envelope.binding(binding)? else { return Err(wrong("base64")) };
        let bytes = STANDARD.decode(encoded).map_err(|_| wrong("base64"))?;
        let name = envelope.text("name").ok_or_else(|| wrong("a blob with a name"))?;
        let properties = envelope.metadata("Properties");
        let modified = properties.as_ref().and_then(|properties| properties["LastModified"].as_str());
        let modified = modified.and_then(|text| text.parse::<DateTime<Utc>>().ok());
        Ok(Self { name, bytes, modified })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn envelope(value: &Value) -> Envelope {
        Envelope::read(value.to_string().as_bytes()).expect("an envelope")
    }

    #[test]
    fn item_17_a_timer_without_status_or_with_a_first_run_in_the_year_one_is_read() {
        let first = json!({"Data": {"tick": {"Schedule": {"AdjustForDST": true}, "ScheduleStatus":
            {"Last": "0001-01-01T00:00:00+00:00", "Next": "2026-03-01T05:00:00+00:00"}, "IsPastDue": false}},
            "Metadata": {"sys": {}}});
        let tick = TimerTick::read(&envelope(&first), "tick").expect("a tick");
        assert_eq!(tick, TimerTick { past_due: false, last: None });
        let unmonitored = json!({"Data": {"tick": {"ScheduleStatus": null, "IsPastDue": true}}});
        assert!(TimerTick::read(&envelope(&unmonitored), "tick").expect("a tick").past_due);
    }

    #[test]
    fn items_18_and_19_a_binary_queue_message_is_decoded_whatever_its_metadata_says() {
        let message = json!({"Data": {"msg": STANDARD.encode("wake")},
            "Metadata": {"DequeueCount": "5", "Id": "\"7\"", "id": {"a": 1}}});
        let read = QueueMessage::read(&envelope(&message), "msg").expect("a message");
        assert_eq!((read.text.as_str(), read.dequeue_count), ("wake", 5));
        assert!(envelope(&message).is_last_attempt());
    }

    #[test]
    fn item_18_other_forms_are_refused_clearly() {
        for wrong in
            [json!("\"quoted text\""), json!({"raw": 1}), json!(null), json!(STANDARD.encode([0xff, 0xfe]))]
        {
            let message = json!({"Data": {"msg": wrong}, "Metadata": {}});
            let refusal = QueueMessage::read(&envelope(&message), "msg").expect_err("not a binary message");
            assert!(matches!(refusal, EnvelopeError::WrongForm(..)), "{refusal}");
        }
    }

    #[test]
    fn item_20_a_blob_is_base64_and_its_name_comes_from_the_path() {
        let blob = json!({"Data": {"file": STANDARD.encode("a,b")},
            "Metadata": {"Uri": "\"https://a/reference-data/x/y.csv\"", "name": "\"x/y.csv\"",
                "Properties": {"LastModified": "2026-03-01T05:00:00+00:00"}}});
        let event = BlobEvent::read(&envelope(&blob), "file").expect("a blob");
        assert_eq!((event.name.as_str(), event.bytes.as_slice()), ("x/y.csv", b"a,b".as_slice()));
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        for body in ["", "null", "[]", "{}", "{\"Data\": 1}", "{"] {
            assert_eq!(Envelope::read(body.as_bytes()).err(), Some(EnvelopeError::NotAnEnvelope), "{body}");
        }
        let other = envelope(&json!({"Data": {}, "Metadata": {}}));
        assert_eq!(TimerTick::read(&other, "tick"), Err(EnvelopeError::NoBinding("tick".into())));
    }
}
