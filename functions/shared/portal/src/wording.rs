//! The words of a page in both languages, checked to be the same set with the same placeholders.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;
use serde_json::Value as Json;

use crate::Locale;

/// The words of one page, or of the shell.
#[derive(Debug, Clone)]
pub struct Wording {
    en: Texts,
    cy: Texts,
}

/// The words of one page in one language.
#[derive(Debug, Clone)]
pub struct Texts {
    /// By key; keys of nested groups are joined with dots.
    texts: BTreeMap<String, String>,
    /// The same as a template sees it, groups nested; made once and shared by all renderings.
    value: Value,
}

/// What can be wrong with two wording files.
#[derive(Debug, thiserror::Error)]
pub enum WordingError {
    /// The file is not JSON.
    #[error("the {locale} wording is not JSON")]
    Json {
        /// The language of the file.
        locale: Locale,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// A value is neither a string nor an object of strings, or is empty.
    #[error("the {locale} wording of \"{key}\" is not a text")]
    NotText {
        /// The language of the file.
        locale: Locale,
        /// Where in the file.
        key: String,
    },
    /// A key stands in one language only.
    #[error("\"{key}\" has no {locale} wording")]
    Missing {
        /// The language that lacks it.
        locale: Locale,
        /// The key.
        key: String,
    },
    /// The languages fill different gaps.
    #[error("\"{key}\" has other placeholders in English than in Welsh")]
    Placeholders {
        /// The key.
        key: String,
    },
}

impl Wording {
    /// Reads the two files (flat objects of texts, or groups of them) and compares them.
    ///
    /// # Errors
    /// When a file cannot be read, or the two differ in keys or in `{placeholders}`.
    pub fn parse(en: &str, cy: &str) -> Result<Self, WordingError> {
        let wording = Self { en: Texts::parse(Locale::En, en)?, cy: Texts::parse(Locale::Cy, cy)? };
        for (locale, from, to) in
            [(Locale::Cy, &wording.en, &wording.cy), (Locale::En, &wording.cy, &wording.en)]
        {
            if let Some(key) = from.keys().find(|key| to.get(key).is_none()) {
                return Err(WordingError::Missing { locale, key: key.to_owned() });
            }
        }
        let gaps = |locale, key| wording.in_language(locale).get(key).map(placeholders);
        let mut keys = wording.en.keys();
        if let Some(key) = keys.find(|key| gaps(Locale::En, key) != gaps(Locale::Cy, key)) {
            return Err(WordingError::Placeholders { key: key.to_owned() });
        }
        drop(keys);
        Ok(wording)
    }

    /// The words in one language.
    #[must_use]
    pub fn in_language(&self, locale: Locale) -> &Texts {
        match locale {
            Locale::En => &self.en,
            Locale::Cy => &self.cy,
        }
    }
}

impl Texts {
    fn parse(locale: Locale, source: &str) -> Result<Self, WordingError> {
        let json: Json =
            serde_json::from_str(source).map_err(|source| WordingError::Json { locale, source })?;
        let mut texts = BTreeMap::new();
        collect(&mut texts, "", &json).map_err(|key| WordingError::NotText { locale, key })?;
        Ok(Self { texts, value: Value::from(minijinja::value::Serde(json)) })
    }

    /// The text at `key`, where a text in a group is `group.key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// Is `key` a text or a group of texts?
    pub(crate) fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key) || self.texts.keys().any(|text| within(text, key))
    }

    /// The texts as templates see them.
    pub(crate) fn value(&self) -> Value {
        self.value.clone()
    }
}

/// Does the text `key` stand in the group `group`?
pub(crate) fn within(key: &str, group: &str) -> bool {
    key.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'))
}

/// Flattens groups; the error is the key of what is not a text.
fn collect(texts: &mut BTreeMap<String, String>, key: &str, json: &Json) -> Result<(), String> {
    match json {
        Json::String(text) if !text.is_empty() && !key.is_empty() => {
            texts.insert(key.to_owned(), text.clone());
            Ok(())
        }
        Json::Object(group) => group.iter().try_for_each(|(name, json)| {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            collect(texts, &key, json)
        }),
        _ => Err(key.to_owned()),
    }
}

/// The names in braces: `Hearings at {court}` has `court`.
pub(crate) fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_reached_by_dotted_keys() {
        let wording = Wording::parse(r#"{"a": {"b": "x {n}"}}"#, r#"{"a": {"b": "{n} y"}}"#);
        let wording = wording.expect("the two files agree");
        assert_eq!(wording.in_language(Locale::Cy).get("a.b"), Some("{n} y"));
        assert!(wording.in_language(Locale::En).has("a"));
        assert!(!wording.in_language(Locale::En).has("a.c"));
    }

    #[test]
    fn languages_that_differ_are_refused() {
        let message = |en, cy| Wording::parse(en, cy).map(drop).expect_err("the files differ").to_string();
        assert_eq!(message(r#"{"a": "x"}"#, "{}"), "\"a\" has no cy wording");
        assert_eq!(message("{}", r#"{"a": "x"}"#), "\"a\" has no en wording");
        assert_eq!(
            message(r#"{"a": "{n}"}"#, r#"{"a": "{m}"}"#),
            "\"a\" has other placeholders in English than in Welsh"
        );
        assert_eq!(message(r#"{"a": 1}"#, "{}"), "the en wording of \"a\" is not a text");
        assert_eq!(message(r#"{"a": ""}"#, "{}"), "the en wording of \"a\" is not a text");
        assert_eq!(message("{}", "x"), "the cy wording is not JSON");
    }
}
