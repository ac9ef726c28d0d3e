//! The handler's answer to an envelope: what counts as success, failure, or silence.

use crate::child::scrub;
use crate::host_json::find;
use hyper::StatusCode;
use serde_json::{Map, Value};

/// A usable answer.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// `None` when the key is absent or null.
    pub outputs: Option<Map<String, Value>>,
    pub logs: Vec<String>,
    pub return_value: Value,
}

/// What an answer amounts to.
#[derive(Debug, PartialEq)]
pub(crate) enum Reading {
    Answered(Answer),
    /// 2xx without content: the host never sets a result, and the invocation hangs until the timeout.
    Never,
    Failed(String),
}

/// Reads a final (not redirecting) answer.
pub(crate) fn read(status: StatusCode, content_type: Option<&str>, body: &[u8]) -> Reading {
    if !status.is_success() {
        return Reading::Failed(format!(
            "Response status code does not indicate success: {}",
            status.as_u16()
        ));
    }
    if body.is_empty() {
        return Reading::Never;
    }
    if !content_type.is_some_and(is_json) {
        return Reading::Failed(format!("the answer is not JSON by its content type: {}", excerpt(body)));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Null) => Reading::Never,
        Ok(object @ Value::Object(_)) => Reading::Answered(Answer::from_value(&object)),
        Ok(_) => Reading::Failed(format!("the answer is not a JSON object: {}", excerpt(body))),
        Err(error) => Reading::Failed(format!("the answer is not valid JSON ({error}): {}", excerpt(body))),
    }
}

impl Answer {
    fn from_value(object: &Value) -> Self {
        let lines = find(object, &["Logs"]).and_then(Value::as_array);
        Self {
            outputs: find(object, &["Outputs"]).and_then(Value::as_object).cloned(),
            logs: lines.into_iter().flatten().map(crate::host_json::text).collect(),
            return_value: find(object, &["ReturnValue"]).cloned().unwrap_or_default(),
        }
    }

    /// What the answer holds for an output binding.
    pub(crate) fn output(&self, binding: &str) -> Option<&Value> {
        if binding == "$return" {
            return Some(&self.return_value).filter(|value| !value.is_null());
        }
        let outputs = self.outputs.as_ref()?;
        outputs.iter().find(|(name, _)| name.eq_ignore_ascii_case(binding)).map(|(_, value)| value)
    }
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
    media_type == "application/json" || media_type == "text/json"
}

fn excerpt(body: &[u8]) -> String {
    scrub(&String::from_utf8_lossy(&body[..body.len().min(500)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_five_kinds_of_answer_are_told_apart() {
        let json_type = Some("application/json; charset=utf-8");
        assert_eq!(read(StatusCode::OK, json_type, b"{}"), Reading::Answered(Answer::default()));
        assert_eq!(read(StatusCode::OK, None, b""), Reading::Never);
        assert_eq!(read(StatusCode::OK, json_type, b"null"), Reading::Never);
        for (status, content_type, body) in [
            (StatusCode::OK, Some("text/plain"), b"{}".as_slice()),
            (StatusCode::OK, json_type, b"{"),
            (StatusCode::OK, json_type, b"[]"),
            (StatusCode::INTERNAL_SERVER_ERROR, json_type, b"{}"),
        ] {
            assert!(matches!(read(status, content_type, body), Reading::Failed(_)));
        }
    }

    #[test]
    fn keys_match_without_case() {
        let body = br#"{"outputs":{"Q":1},"LOGS":["a"],"returnValue":2}"#;
        let Reading::Answered(answer) = read(StatusCode::OK, Some("text/json"), body) else {
            panic!("it is a usable answer");
        };
        assert_eq!(answer.output("q"), Some(&json!(1)));
        assert_eq!(answer.output("$return"), Some(&json!(2)));
        assert_eq!(answer.logs, ["a"]);
    }
}
