//! Tests of the readers: every example without loss, every layout resolvable, every defect designed out.

mod cft;
mod counting;
mod crime;
mod crown;
mod no_loss;
mod shapes;

use crate::context::Context;
use crate::document::{Bilingual, Hearing, ListDocument};
use crate::format;
use crate::layout::{Body, Column, Layout};
use crate::registry::registry;
use domain::civil::Tongue;
use domain::{Language, Provenance};
use serde_json::Value;

/// The facts beside the payload that the tests use.
fn context(list_type: &str) -> Context<'static> {
    Context {
        list_type: registry().get(list_type).expect("a list type of the registry"),
        location_name: Bilingual::new("Oxford Combined Court Centre", "Canolfan Llysoedd Cyfun Rhydychen"),
        region: Bilingual::new("South East", "De-ddwyrain"),
        content_date: "2026-01-07".parse().expect("a fixed date"),
        language: Language::English,
        provenance: Provenance::Snl,
        last_received: "2026-01-04T17:00:00Z".parse().expect("a fixed instant"),
    }
}

/// Our own example of a list type.
fn example(list_type: &str) -> Value {
    let path = format!("{}/../../../schemas/examples/{list_type}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("every structured list type has an example");
    serde_json::from_str(&text).expect("examples are JSON")
}

fn read(list_type: &str, payload: &Value) -> ListDocument {
    crate::read(payload, &context(list_type)).expect("the payload has the list type's shape")
}

fn read_example(list_type: &str) -> ListDocument {
    read(list_type, &example(list_type))
}

/// Changes one place of a payload.
fn with(mut payload: Value, pointer: &str, value: Value) -> Value {
    *payload.pointer_mut(pointer).expect("the place is there") = value;
    payload
}

/// What a hearing says, cell by cell, as its list's layout has it.
fn row(document: &ListDocument, hearing: &Hearing) -> Vec<String> {
    let layout = super::layout(context(&document.list_type).list_type.reader().unwrap_or_default());
    columns(layout.expect("a layout"))
        .map(|column| format::cell(document, hearing, column, Tongue::En))
        .collect()
}

/// What stands below a hearing across the whole width, as label and text.
fn below(document: &ListDocument, hearing: &Hearing, tongue: Tongue) -> Vec<(&'static str, String)> {
    let layout = crate::layout(context(&document.list_type).list_type);
    let rows = format::full_width_rows(document, hearing, layout, tongue);
    rows.into_iter().map(|row| (row.column.label.in_tongue(tongue), row.text)).collect()
}

fn rows(document: &ListDocument) -> Vec<Vec<String>> {
    document.hearings().map(|hearing| row(document, hearing)).collect()
}

/// Every heading of a document, outermost first.
fn headings(document: &ListDocument) -> Vec<String> {
    fn walk(sections: &[crate::document::Section], out: &mut Vec<String>) {
        for section in sections {
            out.push(section.heading.en.clone());
            walk(&section.sections, out);
        }
    }
    let mut out = Vec::new();
    walk(&document.sections, &mut out);
    out
}

/// The columns of a body, those of offences apart.
fn columns(layout: &Layout) -> impl Iterator<Item = &Column> {
    layout.bodies.iter().flat_map(|body| match body {
        Body::Table { columns } => columns.iter().collect::<Vec<_>>(),
        Body::Cards { left, right, .. } => left.iter().chain(right).collect(),
    })
}

fn every_column(layout: &Layout) -> impl Iterator<Item = &Column> {
    let of_offences = layout.bodies.iter().flat_map(|body| match body {
        Body::Table { .. } => [].iter(),
        Body::Cards { per_offence, .. } => per_offence.iter(),
    });
    columns(layout).chain(of_offences).chain(&layout.full_width).chain(&layout.summary)
}

#[test]
fn every_structured_list_type_has_a_reader_and_every_reader_a_list_type() {
    let named: Vec<&str> = registry().all().iter().filter_map(|list_type| list_type.reader()).collect();
    for reader in &named {
        assert!(super::layout(reader).is_some(), "{reader}");
    }
    for reader in super::names() {
        assert!(named.contains(&reader), "{reader}");
    }
}

#[test]
fn every_layout_names_only_what_the_formatter_or_its_reader_knows() {
    for reader in super::READERS {
        let layout = super::layout(reader.name).expect("every layout is read");
        assert!(columns(layout).count() > 0, "{}", reader.name);
        let is_single_justice = reader.name.starts_with("single_justice_procedure");
        assert_eq!(
            layout.summary.is_empty(),
            is_single_justice,
            "{}: mails summarise the others",
            reader.name
        );
        for column in every_column(layout) {
            assert!(format::resolves(&column.field, reader.fields), "{}: {}", reader.name, column.field);
            assert!(
                !column.label.en.is_empty() && !column.label.cy.is_empty(),
                "{}: {}",
                reader.name,
                column.field
            );
        }
    }
}

#[test]
fn every_column_of_every_layout_says_something_in_our_examples() {
    for reader in super::READERS {
        let layout = super::layout(reader.name).expect("every layout is read");
        let types = registry().all().iter().filter(|list_type| list_type.reader() == Some(reader.name));
        let documents: Vec<ListDocument> = types.map(|list_type| read_example(&list_type.name)).collect();
        for column in every_column(layout) {
            let says = |document: &ListDocument| {
                document.hearings().any(|hearing| {
                    !format::cell(document, hearing, column, Tongue::En).is_empty()
                        || hearing.offences.iter().any(|offence| {
                            !format::offence_cell(hearing, offence, column, Tongue::En).is_empty()
                        })
                })
            };
            assert!(documents.iter().any(says), "{}: {}", reader.name, column.field);
        }
    }
}

#[test]
fn a_list_without_hearings_is_a_document_without_hearings() {
    let payload = with(example("CIVIL_DAILY_CAUSE_LIST"), "/courtLists", serde_json::json!([]));
    let document = read("CIVIL_DAILY_CAUSE_LIST", &payload);
    assert_eq!(document.hearings().count(), 0);
    assert!(document.sections.is_empty());
    assert_eq!(document.header.title.en, "Civil Daily Cause List for Oxford Combined Court Centre");
}

#[test]
fn a_payload_of_another_shape_is_an_error_and_a_file_has_no_reader() {
    let payload = serde_json::json!({ "courtLists": "none" });
    let refusal = crate::read(&payload, &context("CIVIL_DAILY_CAUSE_LIST")).expect_err("not an array");
    assert_eq!(refusal.to_string(), "the payload is not a civil_daily_cause_list");
    let refusal = crate::read(&payload, &context("SJP_PRESS_REGISTER")).expect_err("a file only");
    assert!(matches!(refusal, super::ReadError::NoReader(_)));
}

#[test]
fn keys_are_unique_stable_and_carry_no_names() {
    for list_type in registry().all().iter().filter(|list_type| list_type.is_readable()) {
        let document = read_example(&list_type.name);
        let mut keys: Vec<&str> = document.hearings().map(|hearing| hearing.key.as_str()).collect();
        assert!(keys.iter().all(|key| !key.is_empty()), "{}", list_type.name);
        let names =
            document.hearings().flat_map(|hearing| &hearing.parties).filter_map(|party| match &party.name {
                crate::document::Name::Shown(name) => Some(name.as_str()),
                crate::document::Name::Withheld => None,
            });
        let cases =
            document.hearings().flat_map(|hearing| &hearing.cases).filter_map(|case| case.name.as_deref());
        for name in names.chain(cases).filter(|name| !name.is_empty()) {
            assert!(keys.iter().all(|key| !key.contains(name)), "{}: {name}", list_type.name);
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count, "{}", list_type.name);
    }
}

#[test]
fn every_example_is_valid_and_every_invalid_one_is_refused_at_its_one_fault() {
    let faults = example("faults");
    for list_type in registry().all().iter().filter(|list_type| list_type.reader().is_some()) {
        let name = &list_type.name;
        let bytes = |name: &str| example(name).to_string().into_bytes();
        crate::validate::validate(list_type, &bytes(name))
            .unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        let refusal = crate::validate::validate(list_type, &bytes(&format!("{name}.invalid")));
        let refusal = refusal.expect_err("the invalid example is refused");
        let found: Vec<(&str, &str)> =
            refusal.iter().map(|fault| (fault.pointer.as_str(), fault.rule)).collect();
        let expected = ["pointer", "rule"].map(|part| faults[name][part].as_str().unwrap_or_default());
        assert_eq!(found, [(expected[0], expected[1])], "{name}");
    }
}

#[test]
fn every_notice_is_in_both_languages_and_links_are_safe() {
    for list_type in registry().all().iter().filter(|list_type| list_type.reader().is_some()) {
        for notice in read_example(&list_type.name).header.notices {
            let by_the_court = notice.heading.as_ref().is_some_and(|words| words.en == "Listing instruction");
            assert!(by_the_court || !notice.text.cy.is_empty(), "{}: {}", list_type.name, notice.text.en);
            assert!(notice.link.is_none_or(|link| link.href.starts_with("https://")), "{}", list_type.name);
        }
    }
}

#[test]
fn a_court_that_nobody_knows_leaves_no_gap_in_the_heading() {
    for list_type in registry().all().iter().filter(|list_type| list_type.reader().is_some()) {
        let nowhere = Context {
            location_name: Bilingual::default(),
            region: Bilingual::default(),
            ..context(&list_type.name)
        };
        let document = crate::read(&example(&list_type.name), &nowhere).expect("the payload has its shape");
        let title = &document.header.title;
        for words in [&title.en, &title.cy] {
            assert!(!words.is_empty() && words.trim() == words && !words.ends_with(':'), "{words}");
            assert!(!words.ends_with(" for") && !words.contains("  "), "{words}");
        }
    }
}

#[test]
fn no_change_to_a_payload_makes_a_reader_panic() {
    for list_type in registry().all().iter().filter(|list_type| list_type.reader().is_some()) {
        let payload = example(&list_type.name);
        let mut places = Vec::new();
        pointers(&payload, String::new(), &mut places);
        for place in places {
            for value in [Value::Null, Value::from("£x\n"), Value::from(-1), serde_json::json!([{}])] {
                let changed = with(payload.clone(), &place, value);
                if let Ok(document) = crate::read(&changed, &context(&list_type.name)) {
                    let _ = (rows(&document), crate::search::rows(&document));
                }
            }
        }
    }
}

fn pointers(value: &Value, here: String, out: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pointers(item, format!("{here}/{index}"), out));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| pointers(member, format!("{here}/{name}"), out));
        }
        _ => {}
    }
    out.push(here);
}

#[test]
fn a_document_knows_the_language_of_its_producers_words() {
    for list_type in ["CIVIL_DAILY_CAUSE_LIST", "SJP_PRESS_LIST", "CST_WEEKLY_HEARING_LIST"] {
        for (language, expected) in [
            (Language::English, Some(Tongue::En)),
            (Language::Welsh, Some(Tongue::Cy)),
            (Language::BiLingual, None),
        ] {
            let context = Context { language, ..context(list_type) };
            let document = crate::read(&example(list_type), &context).expect("examples are read");
            assert_eq!(document.header.written_in, expected, "{list_type}");
        }
    }
}
