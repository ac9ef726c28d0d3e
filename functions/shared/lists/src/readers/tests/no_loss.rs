//! Nothing of a payload that identifies a case is lost on the way into the document.

use super::{context, example, read};
use crate::document::ListDocument;
use crate::format;
use crate::registry::registry;
use domain::civil::Tongue;
use serde_json::Value;

/// Members that hold what must be found again, wherever they stand.
const KEPT: &[&str] = &[
    "caseNumber",
    "caseUrn",
    "applicationReference",
    "caseName",
    "caseno",
    "def_name",
    "CaseNumber",
    "CaseNumberCaTH",
    "URN",
    "individualSurname",
    "organisationName",
    "OrganisationName",
    "CitizenNameSurname",
    "CitizenNameRequestedName",
    "MaskedName",
];

/// Members that hold a time of hearing.
const TIMES: &[&str] = &["sittingStart", "SittingAt", "bstart"];

#[test]
fn no_example_loses_a_case_a_name_or_a_time() {
    for list_type in registry().all().iter().filter(|list_type| list_type.reader().is_some()) {
        let lost = lost(&list_type.name, &example(&list_type.name));
        assert!(lost.is_empty(), "{}: {lost:?}", list_type.name);
    }
}

#[test]
fn every_reference_of_our_examples_is_shown_in_a_cell() {
    for list_type in registry().all().iter().filter(|list_type| list_type.reader().is_some()) {
        let document = read(&list_type.name, &example(&list_type.name));
        let cells = cells(&document);
        for case in document.hearings().flat_map(|hearing| &hearing.cases) {
            let reference = case.number.as_ref().or(case.urn.as_ref());
            assert!(reference.is_none_or(|one| cells.contains(one.as_str())), "{}", list_type.name);
        }
    }
}

/// What the payload says that neither the document nor its cells say.
pub(super) fn lost(list_type: &str, payload: &Value) -> Vec<String> {
    let document = read(list_type, payload);
    let json = serde_json::to_string(&document).expect("documents are JSON");
    let mut wanted = Vec::new();
    gather(payload, &mut wanted);
    let cells = cells(&document);
    let found = |text: &String| {
        let quoted = serde_json::to_string(text).expect("text is JSON");
        json.contains(&quoted[1..quoted.len() - 1]) || cells.contains(text.as_str())
    };
    wanted.into_iter().filter(|text| !found(text)).collect()
}

fn gather(value: &Value, wanted: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, wanted)),
        Value::Object(members) if members.get("exclude") != Some(&Value::Bool(true)) => {
            for (name, member) in members.iter().filter(|(name, _)| !is_withheld(name, members)) {
                match member {
                    Value::String(text) if text.trim().is_empty() => {}
                    Value::String(text) if KEPT.contains(&name.as_str()) => {
                        wanted.push(text.trim().to_owned())
                    }
                    Value::String(text) if TIMES.contains(&name.as_str()) => wanted.push(time(text)),
                    Value::Object(_) | Value::Array(_) => gather(member, wanted),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

type Members = serde_json::Map<String, Value>;

/// What a list does not say: a masked person's own name and representatives, a mask that is not worn, a
/// surname beside the name asked for, an organisation beside the prosecuting authority.
fn is_withheld(name: &str, members: &Members) -> bool {
    let says = |member: &str| {
        members.get(member).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty())
    };
    match name {
        "Name" => is_masked(members),
        "MaskedName" => !is_masked(members),
        "Counsel" => members.get("PersonalDetails").and_then(Value::as_object).is_some_and(is_masked),
        "CitizenNameSurname" => says("CitizenNameRequestedName"),
        "ProsecutingOrganisation" => says("ProsecutingAuthority"),
        _ => false,
    }
}

fn is_masked(members: &Members) -> bool {
    members.get("IsMasked").and_then(Value::as_str).is_some_and(|flag| flag.eq_ignore_ascii_case("yes"))
}

/// A time as the document's JSON writes it.
fn time(text: &str) -> String {
    match super::super::document::instant(text) {
        Some(instant) => {
            serde_json::to_value(instant).expect("an instant").as_str().unwrap_or_default().to_owned()
        }
        None if text.len() == 5 => format!("{text}:00"),
        None => text.to_owned(),
    }
}

/// Every cell of a document, in English.
fn cells(document: &ListDocument) -> String {
    let layout = crate::layout(context(&document.list_type).list_type);
    let mut text = String::new();
    for hearing in document.hearings() {
        for column in super::every_column(layout) {
            text += &format::cell(document, hearing, column, Tongue::En);
            text.push('\u{1}');
        }
    }
    text
}
