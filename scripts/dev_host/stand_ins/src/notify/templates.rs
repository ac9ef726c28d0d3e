//! Templates with `((placeholders))`, and what becomes of a mail when they are filled in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A template of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The id senders name.
    pub id: Uuid,
    /// What its editors call it.
    #[serde(default)]
    pub name: String,
    /// Rises with each edit, from 1.
    #[serde(default = "first_version")]
    pub version: u32,
    /// The channel it is for.
    #[serde(default)]
    pub kind: TemplateKind,
    /// The subject line, which may have placeholders too.
    #[serde(default)]
    pub subject: String,
    /// The text: `((name))`, or `((name??text))` for text that is shown when the value is "yes".
    #[serde(default)]
    pub body: String,
    /// Deleted templates are refused.
    #[serde(default)]
    pub deleted: bool,
}

fn first_version() -> u32 {
    1
}

/// The channel of a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TemplateKind {
    /// E-mail.
    #[default]
    Email,
    /// Text message, which this stand-in cannot send.
    Sms,
    /// Letter, which this stand-in cannot send.
    Letter,
}

impl TemplateKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Letter => "letter",
        }
    }
}

/// Personalisation, found by name as Notify does: letter case, spaces, dashes and underscores make no difference.
pub(super) struct Values(BTreeMap<String, Value>);

impl Values {
    pub(super) fn new(personalisation: &Map<String, Value>) -> Self {
        Self(personalisation.iter().map(|(name, value)| (folded(name), value.clone())).collect())
    }

    /// The value, unless it is absent or null.
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(&folded(name)).filter(|value| !value.is_null())
    }
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

impl Template {
    /// The names of the placeholders that have no value, in the order they appear, each once.
    pub(super) fn missing(&self, values: &Values) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        for text in [&self.subject, &self.body] {
            for piece in pieces(text) {
                if let Piece::Placeholder { name, .. } = piece
                    && values.get(name).is_none()
                    && !missing.iter().any(|known| folded(known) == folded(name))
                {
                    missing.push(name.to_owned());
                }
            }
        }
        missing
    }

    /// The subject and the text with the values filled in.
    pub(super) fn render(&self, values: &Values) -> (String, String) {
        (filled(&self.subject, values), filled(&self.body, values))
    }
}

/// A stretch of a template.
enum Piece<'a> {
    Text(&'a str),
    Placeholder { name: &'a str, shown_if_yes: Option<&'a str> },
}

/// Splits a template at its placeholders.
fn pieces(mut text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some((before, rest)) = text.split_once("((") {
        let Some((inside, after)) = rest.split_once("))") else { break };
        pieces.push(Piece::Text(before));
        pieces.push(match inside.split_once("??") {
            Some((name, shown)) => Piece::Placeholder { name: name.trim(), shown_if_yes: Some(shown) },
            None => Piece::Placeholder { name: inside.trim(), shown_if_yes: None },
        });
        text = after;
    }
    pieces.push(Piece::Text(text));
    pieces
}

fn filled(text: &str, values: &Values) -> String {
    let mut filled = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Placeholder { name, shown_if_yes: None } => {
                filled.push_str(&values.get(name).map(written).unwrap_or_default());
            }
            Piece::Placeholder { name, shown_if_yes: Some(shown) } => {
                if values.get(name).is_some_and(means_yes) {
                    filled.push_str(shown);
                }
            }
        }
    }
    filled
}

/// A value as it appears in a mail; lists become bullets.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        Value::Array(items) => items.iter().map(|item| format!("\n\n* {}", written(item))).collect(),
        other => other.to_string(),
    }
}

/// What counts as "yes" for optional text.
fn means_yes(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => matches!(
            text.trim().to_lowercase().as_str(),
            "yes" | "y" | "true" | "t" | "1" | "include" | "show"
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_whatever_their_case_and_separators() {
        let template = Template {
            subject: "((list type)) for ((Court_Name))".into(),
            body: "((show??Secret)) ((hide??Other)) ((cases))((gone)) ((GONE))".into(),
            ..Template::default()
        };
        let personalisation = json!({ "listType": "Daily list", "court-name": "Oxford", "show": true, "hide": "no", "cases": ["A", "B"] });
        let values = Values::new(personalisation.as_object().expect("an object"));
        assert_eq!(template.missing(&values), ["gone"]);
        let (subject, body) = template.render(&values);
        assert_eq!(subject, "Daily list for Oxford");
        assert_eq!(body, "Secret  \n\n* A\n\n* B ");
    }
}
