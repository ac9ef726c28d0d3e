//! A member of another kind than the list type has there is either no matter, or refused with its place and without its value.

use super::{context, example, with};
use crate::readers::ReadError;
use crate::registry::registry;
use crate::validate::validate;
use serde_json::{Value, json};

/// Every place of a payload, as a JSON pointer; of an array, those of its first item.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let mut enter = |step: String, value| {
        let pointer = format!("{pointer}/{step}");
        places(value, &pointer, found);
        found.push(pointer);
    };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| enter(name.replace('~', "~0").replace('/', "~1"), value));
        }
        Value::Array(items) => items.iter().take(1).for_each(|value| enter("0".to_owned(), value)),
        _ => {}
    }
}

/// The faults of a payload, by its schema or else by its reader: pointer and message.
fn faults(list_type: &str, payload: &Value) -> Vec<(String, String)> {
    let context = context(list_type);
    let fault = |fault: crate::Fault| (fault.pointer, fault.message);
    match validate(context.list_type, payload.to_string().as_bytes()) {
        Err(faults) => faults.into_iter().map(fault).collect(),
        Ok(payload) => match crate::read(&payload, &context) {
            Ok(_) => Vec::new(),
            Err(ReadError::Shape { source, .. }) => vec![fault(source)],
            Err(error) => panic!("{list_type}: {error}"),
        },
    }
}

#[test]
fn a_member_of_another_kind_is_refused_by_its_place_and_its_value_is_not_repeated() {
    const SECRET: &str = "Petronella, expected a Quill";
    for reader in crate::readers::names() {
        let mut readable = registry().all().iter().filter(|list_type| list_type.is_readable());
        let list_type =
            readable.find(|list_type| list_type.reader() == Some(reader)).expect("a list type of it");
        let whole = example(&list_type.name);
        let mut all = Vec::new();
        places(&whole, "", &mut all);
        for place in all {
            for wrong in [json!({ "unexpected": SECRET }), json!([[SECRET]]), json!(SECRET)] {
                for (pointer, message) in faults(&list_type.name, &with(whole.clone(), &place, wrong)) {
                    // A rule of a whole, such as one of two members being needed, is told at the whole.
                    let is_there = place.starts_with(&pointer) || pointer.starts_with(&place);
                    assert!(is_there, "{}: {place} is wrong, {pointer} {message}", list_type.name);
                    assert!(!pointer.is_empty(), "{}: {place} is wrong: {message}", list_type.name);
                    assert!(!message.contains("Petronella"), "{}: {message}", list_type.name);
                }
            }
        }
    }
}

#[test]
fn a_member_that_only_the_reader_knows_is_refused_by_its_place() {
    let payload = json!({ "courtLists": [{ "courtHouse": 7 }] });
    let refusal = crate::read(&payload, &context("CIVIL_DAILY_CAUSE_LIST")).expect_err("not an object");
    let ReadError::Shape { source, .. } = refusal else { panic!("{refusal}") };
    assert_eq!(source.pointer, "/courtLists/0/courtHouse");
    assert!(source.message.starts_with("must be "), "{}", source.message);
}
