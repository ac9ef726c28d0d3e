//! The JSON Schema of a table's payload.

use super::{CellKind, Part, Table};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of the payload: every column is required in every row, and a text may be
/// empty. Markup and control characters are refused beside it, in every string of every payload
/// ([`crate::guard`]).
pub fn schema(table: &Table) -> Value {
    let mut root = match table.parts.as_slice() {
        [part] if part.member.is_empty() => rows(part),
        parts => members(parts.iter().map(|part| (part.member.clone(), rows(part))).collect()),
    };
    if let Some(root) = root.as_object_mut() {
        root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("title".to_owned(), json!(table.name));
    }
    root
}

fn rows(part: &Part) -> Value {
    let columns = part.columns.iter().map(|column| (column.field.clone(), cell(column.kind))).collect();
    json!({ "type": "array", "items": members(columns) })
}

/// An object with these members, all required.
fn members(properties: Map<String, Value>) -> Value {
    let required: Vec<String> = properties.keys().cloned().collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn cell(kind: CellKind) -> Value {
    match kind {
        CellKind::Text | CellKind::Multiline => json!({ "type": "string" }),
        CellKind::Date => json!({ "type": "string", "format": "uk-date", "description": "dd/MM/yyyy" }),
        CellKind::Time => json!({
            "type": "string",
            "pattern": "^[0-9]{1,2}([:.][0-9]{2})?[ap]m ?$",
            "description": "a time such as 9am or 9:30am"
        }),
    }
}
