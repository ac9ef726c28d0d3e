//! The JSON envelope of an invocation, with the host's peculiar encodings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Text arrives as a JSON string that holds JSON text.
pub(crate) fn text(text: &str) -> Value {
    Value::String(Value::from(text).to_string())
}

/// Bytes arrive as base64.
pub(crate) fn bytes(bytes: &[u8]) -> Value {
    Value::String(STANDARD.encode(bytes))
}

/// Dates arrive as plain strings without fractions of a second.
pub(crate) fn date(at: DateTime<Utc>) -> Value {
    Value::String(at.to_rfc3339_opts(SecondsFormat::Secs, false))
}

/// Objects arrive as they are, anything else as a string that holds its JSON text.
pub(crate) fn value(value: &Value) -> Value {
    if value.is_object() { value.clone() } else { Value::String(value.to_string()) }
}

/// One invocation before it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub invocation: Uuid,
    data: Map<String, Value>,
    metadata: Map<String, Value>,
    /// What binding paths may refer to, as text.
    binding_data: Vec<(String, String)>,
}

impl Envelope {
    /// An envelope with its system metadata.
    pub(crate) fn new(function: &str) -> Self {
        let sys = json!({
            "MethodName": function,
            "UtcNow": Utc::now().to_rfc3339_opts(SecondsFormat::AutoSi, true),
            "RandGuid": Uuid::new_v4().to_string(),
        });
        let metadata = Map::from_iter([("sys".to_owned(), sys)]);
        Self { invocation: Uuid::new_v4(), data: Map::new(), metadata, binding_data: Vec::new() }
    }

    /// The value of an input binding, encoded.
    pub(crate) fn put_data(&mut self, binding: &str, encoded: Value) {
        self.data.insert(binding.to_owned(), encoded);
    }

    /// An encoded metadata item. Names match without case and the first spelling stays;
    /// names that end in "trigger" never travel.
    pub(crate) fn put_metadata(&mut self, name: &str, encoded: Value) {
        if name.to_lowercase().ends_with("trigger") {
            return;
        }
        let key = self.metadata.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
        self.metadata.insert(key.unwrap_or_else(|| name.to_owned()), encoded);
    }

    /// A text that binding paths may name, such as a capture of a blob path.
    pub(crate) fn put_binding_data(&mut self, name: &str, text: impl Into<String>) {
        self.binding_data.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.binding_data.push((name.to_owned(), text.into()));
    }

    /// The text of that name.
    pub(crate) fn binding_data(&self, name: &str) -> Option<&str> {
        self.binding_data
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, text)| text.as_str())
    }

    /// The body of the request.
    pub(crate) fn to_json(&self) -> String {
        json!({"Data": self.data, "Metadata": self.metadata}).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_objects_bytes_and_dates_is_encoded_twice() {
        assert_eq!(text(r#"{"id":7}"#), json!(r#""{\"id\":7}""#));
        assert_eq!(value(&json!(1)), json!("1"));
        assert_eq!(value(&json!(true)), json!("true"));
        assert_eq!(value(&json!(null)), json!("null"));
        assert_eq!(value(&json!({"a": 1})), json!({"a": 1}));
        assert_eq!(bytes(b"%PDF-"), json!("JVBERi0="));
    }

    #[test]
    fn a_name_keeps_its_first_spelling() {
        let mut envelope = Envelope::new("job");
        envelope.put_metadata("Id", text("a"));
        envelope.put_metadata("id", text("7"));
        envelope.put_metadata("BlobTrigger", text("x"));
        assert_eq!(envelope.metadata.keys().collect::<Vec<_>>(), ["sys", "Id"]);
        assert_eq!(envelope.metadata["Id"], json!("\"7\""));
    }
}
