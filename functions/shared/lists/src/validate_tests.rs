//! Tests of validation: our examples, the order and secrecy of faults, and the linear engine.

use super::*;
use crate::context::Context;
use crate::document::Bilingual;
use crate::registry::registry;
use domain::{Language, Provenance};
use serde::Deserialize;
use serde_json::json;

static EXAMPLES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../../schemas/examples");

/// What is wrong with an invalid example.
#[derive(Deserialize)]
struct Expected {
    pointer: String,
    rule: String,
}

fn example(name: &str) -> &'static [u8] {
    let file = EXAMPLES.get_file(format!("{name}.json"));
    file.unwrap_or_else(|| panic!("{name} has an example")).contents()
}

fn table_shaped() -> impl Iterator<Item = &'static ListType> {
    registry().all().iter().filter(|list_type| list_type.table().is_some())
}

fn the(name: &str) -> &'static ListType {
    registry().get(name).expect("a list type of the registry")
}

fn faults(list_type: &str, payload: &Value) -> Vec<Fault> {
    validate(the(list_type), payload.to_string().as_bytes()).expect_err("it is not valid")
}

#[test]
fn every_valid_example_is_valid_and_is_read_without_loss() {
    for list_type in table_shaped() {
        let payload = validate(list_type, example(&list_type.name))
            .unwrap_or_else(|faults| panic!("{}: {faults:?}", list_type.name));
        let context = Context {
            list_type,
            location_name: Bilingual::default(),
            region: Bilingual::default(),
            content_date: NaiveDate::default(),
            language: Language::English,
            provenance: Provenance::ManualUpload,
            last_received: chrono::DateTime::UNIX_EPOCH,
        };
        let table = list_type.table().expect("table-shaped");
        let document = table::read(table, &payload, &context);
        for (part, section) in table.shown().zip(&document.sections) {
            let rows = if part.member.is_empty() { &payload } else { &payload[&part.member] };
            let rows = rows.as_array().expect("rows");
            assert_eq!(rows.len(), section.hearings.len(), "{}", list_type.name);
            for (row, hearing) in rows.iter().zip(&section.hearings) {
                let fields: Vec<&String> = row.as_object().expect("a row").keys().collect();
                assert!(fields.iter().all(|field| hearing.fields.contains_key(*field)), "{fields:?}");
                assert!(!hearing.key.is_empty() && !hearing.cases.is_empty(), "{}", list_type.name);
            }
        }
    }
}

#[test]
fn every_invalid_example_is_refused_at_its_one_fault() {
    let index = EXAMPLES.get_file("faults.json").expect("an index of faults").contents();
    let expected: HashMap<String, Expected> = serde_json::from_slice(index).expect("a map of faults");
    for list_type in table_shaped() {
        let name = &list_type.name;
        let faults = validate(list_type, example(&format!("{name}.invalid"))).expect_err("it is invalid");
        let expected = &expected[name];
        let found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.rule)).collect();
        assert_eq!(found, [(expected.pointer.as_str(), expected.rule.as_str())], "{name}");
    }
}

#[test]
fn every_schema_compiles_on_the_linear_engine() {
    for list_type in registry().all().iter().filter(|list_type| list_type.is_readable()) {
        let known = list_type.table().is_some() || STRATEGIC.contains_key(list_type.reader().unwrap_or(""));
        if known {
            assert!(validator(list_type).is_ok(), "{}", list_type.name);
            assert!(schema_text(list_type).is_some());
        }
    }
}

#[test]
fn faults_come_in_the_order_of_the_document_and_never_repeat_its_values() {
    let secret = "Jane <b>Doe</b>";
    let row = json!({"additionalInformation": secret, "caseName": 7, "date": secret, "venue": null});
    let faults = faults("CST_WEEKLY_HEARING_LIST", &json!([row]));
    let found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.rule)).collect();
    assert_eq!(
        found,
        [
            ("/0/additionalInformation", "text.html"),
            ("/0/caseName", "schema.type"),
            ("/0/date", "schema.format"),
            ("/0/date", "text.html"),
            ("/0/venue", "schema.type"),
            ("/0/hearingLength", "schema.required"),
            ("/0/hearingType", "schema.required"),
        ]
    );
    assert!(faults.iter().all(|fault| !fault.to_string().contains("Jane")), "{faults:?}");
}

#[test]
fn no_answer_names_more_than_fifty_faults_however_large_the_payload() {
    let rows = |count: usize| json!(vec![json!({}); count]);
    assert_eq!(faults("CST_WEEKLY_HEARING_LIST", &rows(1_000)).len(), MOST_FAULTS);
    assert_eq!(faults("CST_WEEKLY_HEARING_LIST", &rows(45_000)).len(), 1);
}

#[test]
fn a_hostile_text_takes_no_longer_than_a_friendly_one() {
    let time = "1".repeat(60_000);
    let rows: Vec<Value> = (0..16).map(|_| json!({"time": time})).collect();
    let started = std::time::Instant::now();
    let faults = faults("SEND_DAILY_HEARING_LIST", &json!(rows));
    assert_eq!(faults.len(), MOST_FAULTS);
    assert!(started.elapsed().as_millis() < 2_000, "{:?}", started.elapsed());
}

#[test]
fn a_list_type_that_is_a_file_only_takes_no_payload() {
    assert_eq!(faults("PCOL_DAILY_CAUSE_LIST", &json!([]))[0].rule, "schema.none");
}

#[test]
fn a_date_is_a_day_that_exists() {
    assert!(is_uk_date("29/02/2028"));
    for wrong in ["29/02/2026", "1/2/2026", "2026-02-01", "01/02/26", "01-02-2026", "", "+1/02/20266"] {
        assert!(!is_uk_date(wrong), "{wrong}");
    }
}
