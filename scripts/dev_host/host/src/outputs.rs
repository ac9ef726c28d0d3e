//! Output bindings: what the handler's answer writes to queues and blobs, mangling included.

use crate::answer::Answer;
use crate::bindings::resolve;
use crate::envelope::Envelope;
use crate::function_json::{Binding, BindingKind, Function};
use crate::host::Shared;
use crate::storage_access::{enqueue, write_blob};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

/// Text or bytes, after guessing.
#[derive(Debug, PartialEq)]
pub(crate) enum Content {
    Text(String),
    Bytes(Vec<u8>),
}

/// A string that happens to be base64 is taken for bytes, unless the binding says `dataType: binary`.
pub(crate) fn guess(text: &str, binary: bool) -> Content {
    match STANDARD.decode(text) {
        Ok(bytes) if !binary => Content::Bytes(bytes),
        _ => Content::Text(text.to_owned()),
    }
}

/// Writes every declared output the answer has a value for; others are ignored.
pub(crate) async fn write_all(
    shared: &Shared,
    function: &Function,
    envelope: &Envelope,
    answer: &Answer,
) -> Result<(), String> {
    for binding in &function.outputs {
        let Some(value) = answer.output(&binding.name).filter(|value| !value.is_null()) else { continue };
        write(shared, binding, envelope, value)
            .await
            .map_err(|error| format!("output {}: {error}", binding.name))?;
    }
    Ok(())
}

async fn write(shared: &Shared, binding: &Binding, envelope: &Envelope, value: &Value) -> Result<(), String> {
    match &binding.kind {
        BindingKind::Http => Ok(()),
        BindingKind::Queue { queue, connection } => {
            let account = shared.storage.account(connection)?;
            let queue = resolve(queue, envelope)?;
            for message in messages(value, binding.binary) {
                let text = match message {
                    Content::Text(text) if shared.config.queues.base64 => STANDARD.encode(text),
                    Content::Text(text) => text,
                    Content::Bytes(bytes) if shared.config.queues.base64 => STANDARD.encode(bytes),
                    Content::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                };
                enqueue(&account, &queue, &text).await.map_err(|error| error.to_string())?;
            }
            Ok(())
        }
        BindingKind::Blob { path, connection } => {
            let account = shared.storage.account(connection)?;
            let path = resolve(path, envelope)?;
            let (container, name) = path.split_once('/').ok_or("the path names no blob")?;
            let bytes = blob_bytes(value, binding.binary);
            write_blob(&account, container, name, bytes).await.map_err(|error| error.to_string())
        }
    }
}

/// One message per element of an array, else one.
fn messages(value: &Value, binary: bool) -> Vec<Content> {
    match value {
        Value::Array(elements) => elements.iter().map(|element| message(element, binary)).collect(),
        other => vec![message(other, binary)],
    }
}

fn message(value: &Value, binary: bool) -> Content {
    let Value::String(text) = value else { return Content::Text(value.to_string()) };
    match guess(text, binary) {
        // Text that looks like JSON is parsed and written anew, indented.
        Content::Text(text) if text.trim_start().starts_with(['{', '[']) => {
            let parsed: Result<Value, _> = serde_json::from_str(&text);
            Content::Text(parsed.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or(text))
        }
        other => other,
    }
}

/// Text as UTF-8, objects and arrays as compact JSON, bare numbers and booleans as machine bytes.
fn blob_bytes(value: &Value, binary: bool) -> Bytes {
    match value {
        Value::String(text) => match guess(text, binary) {
            Content::Text(text) => text.into(),
            Content::Bytes(bytes) => bytes.into(),
        },
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Bytes::copy_from_slice(&integer.to_le_bytes()),
            None => Bytes::copy_from_slice(&number.as_f64().unwrap_or_default().to_le_bytes()),
        },
        Value::Bool(truth) => Bytes::copy_from_slice(&i32::from(*truth).to_le_bytes()),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn base64_is_guessed_unless_forbidden() {
        assert_eq!(guess("test", false), Content::Bytes(vec![0xb5, 0xeb, 0x2d]));
        assert_eq!(guess("test", true), Content::Text("test".into()));
        assert_eq!(guess("not base64!", false), Content::Text("not base64!".into()));
        assert_eq!(guess("", false), Content::Bytes(Vec::new()));
    }

    #[test]
    fn an_array_gives_several_messages_and_json_text_is_indented() {
        assert_eq!(messages(&json!(["a b", {"x": 1}]), false).len(), 2);
        assert_eq!(message(&json!("{\"x\":1}"), false), Content::Text("{\n  \"x\": 1\n}".into()));
    }

    #[test]
    fn a_bare_number_becomes_machine_bytes() {
        assert_eq!(blob_bytes(&json!(1), false), Bytes::from_static(&[1, 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!(blob_bytes(&json!({"a": 1}), false), Bytes::from_static(b"{\"a\":1}"));
    }
}
