//! App settings: the values of local.settings.json below the environment of the process.

use crate::error::Error;
use regex::{Captures, Regex};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

/// Reads `Values` of a local.settings.json.
///
/// # Errors
/// When the file cannot be read, is not JSON, or is encrypted.
pub fn read_local_settings(path: &Path) -> Result<BTreeMap<String, String>, Error> {
    let failed = |reason: String| Error::File { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let file: Value = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    if file["IsEncrypted"] == Value::Bool(true) {
        return Err(failed("encrypted settings are not supported".into()));
    }
    let values = file["Values"].as_object().ok_or_else(|| failed("it has no Values".into()))?;
    Ok(values
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect())
}

/// The effective settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Merges `values` under this process's environment, if that is wanted.
    pub(crate) fn merge(values: &BTreeMap<String, String>, inherit_environment: bool) -> Self {
        let mut merged = values.clone();
        if inherit_environment {
            merged.extend(
                std::env::vars_os()
                    .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
            );
        }
        Self(merged)
    }

    /// A setting; the exact spelling first, then without regard to case.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let exact = self.0.get(name);
        let found = exact.or_else(|| {
            self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        });
        found.map(String::as_str)
    }

    /// Whether a setting is `true` or `1`.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// The connection string of a binding: the named setting, with or without the runtime's prefix.
    pub(crate) fn connection(&self, name: &str) -> Option<&str> {
        self.get(&format!("AzureWebJobs{name}")).or_else(|| self.get(name))
    }

    /// Replaces each `%NAME%`; an unset name leaves nothing.
    pub(crate) fn expand(&self, text: &str) -> String {
        static REFERENCE: LazyLock<Regex> =
            LazyLock::new(|| Regex::new("%([^%]+)%").expect("the pattern is valid"));
        REFERENCE
            .replace_all(text, |found: &Captures| self.get(&found[1]).unwrap_or("").to_owned())
            .into_owned()
    }

    /// All settings, for the handler's environment.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_and_names_match_without_case() {
        let values = BTreeMap::from([
            ("PATH".to_owned(), "mine".to_owned()),
            ("Court".to_owned(), "Oxford".to_owned()),
        ]);
        let settings = Settings::merge(&values, true);
        assert_ne!(settings.get("PATH"), Some("mine"));
        assert_eq!(settings.get("COURT"), Some("Oxford"));
        assert_eq!(Settings::merge(&values, false).get("PATH"), Some("mine"));
    }

    #[test]
    fn references_are_expanded_and_unset_ones_vanish() {
        let settings = Settings(BTreeMap::from([("A".to_owned(), "1".to_owned())]));
        assert_eq!(settings.expand("x%A%y%B%z"), "x1yz");
    }

    #[test]
    fn a_connection_may_carry_the_runtimes_prefix() {
        let settings = Settings(BTreeMap::from([("AzureWebJobsImport".to_owned(), "c".to_owned())]));
        assert_eq!(settings.connection("Import"), Some("c"));
        assert_eq!(settings.connection("AzureWebJobsImport"), Some("c"));
    }

    #[test]
    fn values_of_local_settings_are_read_as_text() {
        let path = std::env::temp_dir().join(format!("{}.json", uuid::Uuid::new_v4()));
        std::fs::write(&path, r#"{"IsEncrypted": false, "Values": {"A": "x", "N": 5}}"#).unwrap();
        let values = read_local_settings(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(
            values,
            BTreeMap::from([("A".to_owned(), "x".to_owned()), ("N".to_owned(), "5".to_owned())])
        );
        assert!(matches!(read_local_settings(&path), Err(Error::File { .. })));
    }
}
