//! The glossary file: a JSON list of court events, in the low level design's shape or with ids and Welsh.

use domain::reference::{GlossaryEntry, RowFault};
use serde::Deserialize;
use std::collections::HashSet;

const MOST_ENTRIES: usize = 1_000;
const LONGEST: usize = 4_000;

/// An entry as the file has it: an id is a number, a text or absent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    welsh_name: String,
    #[serde(default)]
    welsh_description: String,
}

/// Reads the file.
///
/// # Errors
/// Every fault; the row is the entry's position, from 1.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<GlossaryEntry>, Vec<RowFault>> {
    let fault = |row, column: &str, message: &str| RowFault {
        row,
        column: column.to_owned(),
        message: message.to_owned(),
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let entries: Vec<Entry> = serde_json::from_slice(bytes)
        .map_err(|_| vec![fault(1, "", "must be a JSON list of objects with name and description")])?;
    if entries.is_empty() || entries.len() > MOST_ENTRIES {
        return Err(vec![fault(1, "", "must have from 1 to 1000 entries")]);
    }
    let mut faults = Vec::new();
    let mut ids = HashSet::new();
    let mut read = Vec::with_capacity(entries.len());
    for (entry, row) in entries.into_iter().zip(1..) {
        let id = match &entry.id {
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::String(text) if !text.is_empty() => text.clone(),
            _ => row.to_string(),
        };
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            || id.len() > 64
        {
            faults.push(fault(row, "id", "must be letters, digits, hyphens and underscores"));
        } else if !ids.insert(id.clone()) {
            faults.push(fault(row, "id", "is the id of an earlier entry"));
        }
        for (column, text, needed) in [
            ("name", &entry.name, true),
            ("description", &entry.description, true),
            ("welshName", &entry.welsh_name, false),
            ("welshDescription", &entry.welsh_description, false),
        ] {
            if (needed && text.trim().is_empty()) || text.len() > LONGEST || !is_text(text) {
                faults.push(fault(row, column, "must be 1 to 4000 bytes of text"));
            }
        }
        let Entry { name, description, welsh_name, welsh_description, .. } = entry;
        read.push(GlossaryEntry { id, name, description, welsh_name, welsh_description });
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// Whether there are no control characters in it but line breaks and tabs.
fn is_text(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_design_documents_shape_is_read_and_two_entries_may_share_a_name() {
        let text = r#"[{"name": "Adjourned", "description": "Put off."}, {"id": 7, "name": "Hearing Finished", "description": "Over."},
            {"id": "8", "name": "Hearing Finished", "description": "Over, for today."}]"#;
        let entries = read(text.as_bytes()).expect("entries");
        assert_eq!(entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["1", "7", "8"]);
    }

    #[test]
    fn too_many_entries_an_id_twice_and_what_is_no_text_are_refused() {
        let many = |count: usize| {
            let entries = (0..count).map(|_| r#"{"name": "a", "description": "b"}"#).collect::<Vec<_>>();
            read(format!("[{}]", entries.join(",")).as_bytes())
        };
        assert_eq!(many(MOST_ENTRIES).expect("entries").len(), MOST_ENTRIES);
        assert_eq!(many(MOST_ENTRIES + 1).expect_err("too many").len(), 1);
        let twice =
            r#"[{"id": 1, "name": "a", "description": "b"}, {"id": "1", "name": "c", "description": "d"}]"#;
        assert_eq!(read(twice.as_bytes()).expect_err("twice")[0].column, "id");
        let nul = r#"[{"name": "a", "description": "b\nc", "welshDescription": "\u0000"}]"#;
        assert_eq!(read(nul.as_bytes()).expect_err("no text")[0].column, "welshDescription");
    }

    #[test]
    fn a_file_with_a_fault_is_refused_with_all_of_them() {
        assert!(read(b"{\"name\": \"cut off").is_err());
        assert!(read(b"[]").is_err());
        let faults =
            read(br#"[{"id": "a b", "name": "", "description": "x"}, {"name": "y"}]"#).expect_err("faults");
        assert_eq!(faults.len(), 3);
    }
}
