//! No hearing is lost: as many stand in the document as the payload has cases, applications and defendants. Of our own
//! examples, and of any folder of samples that `LIST_SAMPLES` names.

use super::no_loss::lost;
use super::{context, example};
use crate::registry::{ListType, registry};
use crate::validate::validate;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Every item of every array of this name, rooms that are excluded apart.
fn items<'v>(value: &'v Value, member: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(all) => all.iter().for_each(|item| items(item, member, found)),
        Value::Object(members) if members.get("exclude") != Some(&Value::Bool(true)) => {
            for (name, inner) in members {
                if name == member {
                    found.extend(inner.as_array().into_iter().flatten());
                }
                items(inner, member, found);
            }
        }
        _ => {}
    }
}

fn all<'v>(payload: &'v Value, member: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    items(payload, member, &mut found);
    found
}

/// How many rows a case has on a magistrates' list: one for each defendant or, of an application, each subject.
fn mains(item: &Value) -> usize {
    let mut parties = Vec::new();
    // The published schema has arrays within the array; ours reads both.
    items(item, "party", &mut parties);
    let is_subject = |party: &&&Value| party["subject"] == true;
    let is_defendant = |party: &&&Value| party["partyRole"] == "DEFENDANT";
    let subjects = parties.iter().filter(is_subject).count();
    let is_case = item.get("caseUrn").is_some();
    let count = if is_case || subjects == 0 { parties.iter().filter(is_defendant).count() } else { subjects };
    count.max(1)
}

/// How many hearings a list of this type must show.
fn expected(list_type: &ListType, payload: &Value) -> usize {
    let count = |member: &str| all(payload, member).len();
    if let Some(table) = list_type.table() {
        let rows = |member: &str| if member.is_empty() { Some(payload) } else { payload.get(member) };
        return table.shown().filter_map(|part| Some(rows(&part.member)?.as_array()?.len())).sum();
    }
    match list_type.reader().unwrap_or_default() {
        "magistrates_public_list" | "magistrates_standard_list" => {
            let (cases, applications) = (all(payload, "case"), all(payload, "application"));
            cases.into_iter().chain(applications).map(mains).sum()
        }
        "single_justice_procedure_press" | "single_justice_procedure_public" => count("hearing"),
        "crown_warned_pdda_list" => {
            let hearings = |case: &Value| case["Hearing"].as_array().map_or(1, |all| all.len().max(1));
            all(payload, "Cases").into_iter().map(hearings).sum()
        }
        "crown_daily_pdda_list" | "crown_firm_pdda_list" => count("Hearings") + count("ReserveList"),
        _ => count("case"),
    }
}

/// As many as expected; the public single justice list may leave out a case that lacks what it shows.
fn loses_none(list_type: &ListType, payload: &Value) {
    let document = crate::read(payload, &context(&list_type.name)).expect("a valid payload is read");
    let (shown, expected) = (document.hearings().count(), expected(list_type, payload));
    let may_lack = list_type.reader() == Some("single_justice_procedure_public");
    assert!(shown == expected || may_lack && shown < expected, "{}: {shown} of {expected}", list_type.name);
}

#[test]
fn every_example_shows_each_of_its_hearings() {
    for list_type in registry().all().iter().filter(|list_type| list_type.is_readable()) {
        loses_none(list_type, &example(&list_type.name));
    }
}

/// Of our own examples, or of the folder that `LIST_SAMPLES` names: its JSON in folders, those in `invalid` being invalid.
#[test]
fn every_sample_of_a_folder_is_read_without_loss_and_every_invalid_one_refused() {
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../schemas/examples");
    let folder = std::env::var("LIST_SAMPLES").unwrap_or_else(|_| ours.to_owned());
    let mut samples = Vec::new();
    gather(Path::new(&folder), &mut samples);
    assert!(samples.len() > 4, "{folder} has no samples");
    for path in samples {
        let bytes = std::fs::read(&path).expect("a sample is read");
        let (admitting, path) = (admitting(&bytes), path.to_string_lossy());
        // An example of ours is wrong for the list type it is named after; another may take it.
        let named = path.rsplit('/').next().and_then(|name| name.strip_suffix(".invalid.json"));
        if path.contains("/invalid/") || named.is_some() {
            let takes = |list_type: &&&ListType| named.is_none_or(|name| list_type.name == name);
            assert!(!admitting.iter().any(|list_type| takes(&list_type)), "{path} is not refused");
            continue;
        }
        assert!(!admitting.is_empty(), "{path} is no valid list of any type");
        let payload: Value = serde_json::from_slice(&bytes).expect("a valid list is JSON");
        for list_type in admitting {
            loses_none(list_type, &payload);
            let lost = lost(&list_type.name, &payload);
            let may_lack = list_type.reader() == Some("single_justice_procedure_public");
            assert!(lost.is_empty() || may_lack, "{path} as {}: {lost:?}", list_type.name);
        }
    }
}

fn gather(folder: &Path, samples: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of samples") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, samples);
        } else if path.extension().is_some_and(|extension| extension == "json")
            && !path.ends_with("faults.json")
        {
            samples.push(path);
        }
    }
}

/// The list types whose schema admits a payload.
fn admitting(bytes: &[u8]) -> Vec<&'static ListType> {
    let readable = registry().all().iter().filter(|list_type| list_type.is_readable());
    readable.filter(|list_type| validate(list_type, bytes).is_ok()).collect()
}
