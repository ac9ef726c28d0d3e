//! Binding paths: patterns that take blob names apart, and templates that put names together.

use crate::envelope::Envelope;
use regex::Regex;
use uuid::Uuid;

/// The path of a blob trigger, such as `in/{name}.{ext}`.
#[derive(Debug)]
pub(crate) struct BlobPattern {
    pub container: String,
    names: Vec<String>,
    pattern: Regex,
}

impl BlobPattern {
    /// Reads a path; the container must be fixed.
    pub(crate) fn parse(path: &str) -> Result<Self, String> {
        let path = path.trim_start_matches('/');
        let (container, blob) = path.split_once('/').unwrap_or((path, ""));
        if container.is_empty() || container.contains('{') {
            return Err(format!("the blob path {path} has no fixed container"));
        }
        let (mut pattern, mut names, mut rest) = ("(?s)^".to_owned(), Vec::new(), blob);
        while let Some((before, tail)) = rest.split_once('{') {
            let (name, after) =
                tail.split_once('}').ok_or_else(|| format!("the blob path {path} has unbalanced braces"))?;
            pattern.push_str(&regex::escape(before));
            pattern.push_str("(.+)");
            names.push(name.to_owned());
            rest = after;
        }
        pattern.push_str(&regex::escape(rest));
        // A bare container stands for every blob in it.
        pattern.push_str(if blob.is_empty() { ".*$" } else { "$" });
        let pattern = Regex::new(&pattern).map_err(|error| error.to_string())?;
        Ok(Self { container: container.to_owned(), names, pattern })
    }

    /// The captures of a blob's name, or `None` when it does not fit.
    pub(crate) fn captures(&self, blob: &str) -> Option<Vec<(String, String)>> {
        let found = self.pattern.captures(blob)?;
        let named = self.names.iter().enumerate();
        Some(named.map(|(index, name)| (name.clone(), found[index + 1].to_owned())).collect())
    }
}

/// Fills the references of a binding's path from the trigger's data.
pub(crate) fn resolve(template: &str, envelope: &Envelope) -> Result<String, String> {
    let (mut resolved, mut rest) = (String::new(), template);
    while let Some((before, tail)) = rest.split_once('{') {
        let (name, after) =
            tail.split_once('}').ok_or_else(|| format!("{template} has unbalanced braces"))?;
        resolved.push_str(before);
        match name.to_lowercase().as_str() {
            "rand-guid" => resolved.push_str(&Uuid::new_v4().to_string()),
            "datetime" => resolved.push_str(&chrono::Utc::now().format("%Y-%m-%dT%H-%M-%SZ").to_string()),
            _ => resolved.push_str(
                envelope
                    .binding_data(name)
                    .ok_or_else(|| format!("no value for {{{name}}} in {template}"))?,
            ),
        }
        rest = after;
    }
    resolved.push_str(rest);
    Ok(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_spans_slashes_and_may_be_split_at_its_last_dot() {
        let pattern = BlobPattern::parse("in/{name}.{ext}").unwrap();
        let captures = pattern.captures("a/b.c.pdf").unwrap();
        assert_eq!(captures, [("name".into(), "a/b.c".into()), ("ext".into(), "pdf".into())]);
        assert_eq!(pattern.captures("plain"), None);
        assert!(BlobPattern::parse("{container}/x").is_err());
    }

    #[test]
    fn an_unknown_reference_is_an_error() {
        let mut envelope = Envelope::new("job");
        envelope.put_binding_data("name", "a/b");
        assert_eq!(resolve("out/{Name}.txt", &envelope).unwrap(), "out/a/b.txt");
        assert!(resolve("out/{other}", &envelope).is_err());
    }
}
