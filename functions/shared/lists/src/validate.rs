//! Is this payload a list of this type? Everything that is wrong with it, in the order of the document.

use crate::fault::{Fault, MOST_FAULTS, Step, pointer_of};
use crate::registry::{ListType, Shape};
use crate::{guard, json, table};
use chrono::NaiveDate;
use include_dir::{Dir, include_dir};
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

static SCHEMAS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../../schemas/payloads");
const SUFFIX: &str = ".schema.json";

/// The validator gathers every fault before it gives the first; a document of more values than this is
/// reported by its first schema fault alone.
const GATHERED: usize = 40_000;

type Compiled = OnceLock<Result<Validator, SchemaError>>;

static STRATEGIC: LazyLock<HashMap<&'static str, (&'static str, Compiled)>> = LazyLock::new(|| {
    let schemas = SCHEMAS.files().filter_map(|file| {
        let name = file.path().file_name()?.to_str()?.strip_suffix(SUFFIX)?;
        Some((name, (file.contents_utf8()?, OnceLock::new())))
    });
    schemas.collect()
});

/// A schema of ours cannot be used; the tests compile every one.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the schema cannot be used: {0}")]
pub struct SchemaError(String);

/// Reads a payload and checks it against its list type's schema and the guard.
///
/// # Errors
/// Its faults, at most [`MOST_FAULTS`], in the order of the document.
pub fn validate(list_type: &ListType, bytes: &[u8]) -> Result<Value, Vec<Fault>> {
    let value = json::parse_with_repeats(bytes, &list_type.may_repeat).map_err(|fault| vec![fault])?;
    let mut faults = guard::check(&value);
    match validator(list_type) {
        Ok(validator) => faults.extend(schema_faults(validator, &value)),
        Err(fault) => faults.push(fault),
    }
    if faults.is_empty() {
        return Ok(value);
    }
    Err(in_document_order(&value, faults))
}

/// The JSON Schema of a list type's payload, as text; none for a type that is a file only.
pub fn schema_text(list_type: &ListType) -> Option<String> {
    match &list_type.shape {
        Shape::Table(table) => serde_json::to_string_pretty(&table::schema(table)).ok(),
        Shape::Strategic(reader) => STRATEGIC.get(reader.as_str()).map(|(text, _)| (*text).to_owned()),
        Shape::FlatFile => None,
    }
}

/// The list type's validator, compiled on first use and shared from then on.
fn validator(list_type: &ListType) -> Result<&Validator, Fault> {
    let broken = |_: &SchemaError| {
        Fault::of_payload("schema.unusable", "cannot be checked: the schema of this list type is broken")
    };
    let no_schema =
        || Fault::of_payload("schema.none", "is not accepted: this list type has no payload, only a file");
    match &list_type.shape {
        Shape::Table(table) => {
            table.validator.get_or_init(|| compile(&table::schema(table))).as_ref().map_err(broken)
        }
        Shape::Strategic(reader) => {
            let (text, compiled) = STRATEGIC.get(reader.as_str()).ok_or_else(no_schema)?;
            compiled.get_or_init(|| compile_text(text)).as_ref().map_err(broken)
        }
        Shape::FlatFile => Err(no_schema()),
    }
}

fn compile_text(text: &str) -> Result<Validator, SchemaError> {
    compile(&serde_json::from_str(text).map_err(|error| SchemaError(error.to_string()))?)
}

/// Compiles a schema, with the linear regular expression engine and the formats our schemas use.
fn compile(schema: &Value) -> Result<Validator, SchemaError> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true)
        .with_format("uk-date", is_uk_date)
        .build(schema)
        .map_err(|error| SchemaError(error.to_string()))
}

/// `dd/MM/yyyy`, and a day that exists.
fn is_uk_date(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%d/%m/%Y").is_ok()
}

fn schema_faults(validator: &Validator, value: &Value) -> Vec<Fault> {
    if validator.is_valid(value) {
        return Vec::new();
    }
    if values_in(value) > GATHERED {
        return validator.validate(value).err().map(|error| fault_of(&error)).into_iter().collect();
    }
    validator.iter_errors(value).map(|error| fault_of(&error)).collect()
}

fn values_in(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(values_in).sum(),
        Value::Object(members) => members.values().map(values_in).sum(),
        _ => 0,
    }
}

fn fault_of(error: &ValidationError<'_>) -> Fault {
    let mut pointer = bounded(error.instance_path().as_str());
    if let Kind::Required { property: Value::String(name) } = error.kind() {
        pointer += &pointer_of(&[Step::Member(name)]);
    }
    let (rule, message) = rule_of(error.kind());
    Fault { pointer, rule, message }
}

/// The pointer, with absurdly long member names cut.
fn bounded(pointer: &str) -> String {
    const LONGEST: usize = 2_000;
    pointer.chars().take(LONGEST).collect()
}

/// A rule's code and words. The words come from the schema alone, never from the payload.
fn rule_of(kind: &Kind) -> (&'static str, String) {
    match kind {
        Kind::Required { .. } => ("schema.required", "is required".to_owned()),
        Kind::Type { kind } => ("schema.type", format!("must be {}", type_words(kind))),
        Kind::Pattern { pattern } => ("schema.pattern", pattern_words(pattern)),
        Kind::Format { format } => ("schema.format", format_words(format)),
        Kind::Enum { options } => ("schema.enum", format!("must be one of {}", option_words(options))),
        Kind::Constant { .. } => ("schema.const", "must be the one value its schema gives".to_owned()),
        Kind::MinItems { limit } => ("schema.min_items", format!("must have at least {limit} items")),
        Kind::MaxItems { limit } => ("schema.max_items", format!("must have at most {limit} items")),
        Kind::MinLength { limit } => ("schema.min_length", format!("must have at least {limit} characters")),
        Kind::MaxLength { limit } => ("schema.max_length", format!("must have at most {limit} characters")),
        Kind::Minimum { limit } => ("schema.minimum", format!("must be at least {limit}")),
        Kind::Maximum { limit } => ("schema.maximum", format!("must be at most {limit}")),
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => {
            ("schema.additional", "has a member that is not allowed here".to_owned())
        }
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => {
            ("schema.forms", "is in none of the forms allowed here".to_owned())
        }
        other => ("schema.rule", format!("breaks the schema's rule {}", other.keyword())),
    }
}

fn type_words(kind: &TypeKind) -> String {
    let types: Vec<String> = match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect(),
    };
    let with_article = |name: &String| match name.as_str() {
        "null" => "null".to_owned(),
        "array" | "integer" | "object" => format!("an {name}"),
        _ => format!("a {name}"),
    };
    types.iter().map(with_article).collect::<Vec<_>>().join(" or ")
}

fn pattern_words(pattern: &str) -> String {
    let known = [
        ("[ap]m", "must be a time such as 9am or 9:30am"),
        ("[0-9]{2}T[0-9]{2}", "must be a date and time such as 2026-01-05T09:00:00Z"),
        ("^[0-9]{2}:[0-9]{2}", "must be a time such as 09:30"),
    ];
    let words = known.iter().find(|(mark, _)| pattern.contains(mark)).map(|(_, words)| (*words).to_owned());
    words.unwrap_or_else(|| format!("must have the form {pattern}"))
}

fn format_words(format: &str) -> String {
    match format {
        "uk-date" => "must be a date in the form dd/MM/yyyy".to_owned(),
        "date-time" => "must be a date and time such as 2026-01-05T09:00:00Z".to_owned(),
        other => format!("must be in the format {other}"),
    }
}

fn option_words(options: &Value) -> String {
    let options = options.as_array().into_iter().flatten();
    let words = options.map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned));
    words.collect::<Vec<_>>().join(", ")
}

/// The first faults in the order of the document; a missing member stands after those that are there.
fn in_document_order(document: &Value, faults: Vec<Fault>) -> Vec<Fault> {
    let mut placed: Vec<(Vec<usize>, Fault)> =
        faults.into_iter().map(|fault| (place_of(document, &fault.pointer), fault)).collect();
    placed.sort_by(|a, b| {
        (&a.0, &a.1.pointer, a.1.rule, &a.1.message).cmp(&(&b.0, &b.1.pointer, b.1.rule, &b.1.message))
    });
    placed.dedup_by(|a, b| a.1 == b.1);
    placed.into_iter().map(|(_, fault)| fault).take(MOST_FAULTS).collect()
}

/// Where a pointer leads: the position at each level, so that sorting by it is the document's order.
fn place_of(document: &Value, pointer: &str) -> Vec<usize> {
    let mut here = Some(document);
    let mut place = Vec::new();
    for step in pointer.split('/').skip(1) {
        let (position, next) = match here {
            Some(Value::Array(items)) => {
                let index = step.parse().unwrap_or(usize::MAX);
                (index, items.get(index))
            }
            Some(Value::Object(members)) => {
                let name = step.replace("~1", "/").replace("~0", "~");
                let found = members.iter().position(|(member, _)| *member == name);
                (found.unwrap_or(usize::MAX), members.get(&name))
            }
            _ => (usize::MAX, None),
        };
        place.push(position);
        here = next;
    }
    place
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
