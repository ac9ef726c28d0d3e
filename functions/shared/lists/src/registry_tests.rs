//! Tests of the registry's data.

use super::*;
use domain::Access;
use domain::Principal;
use domain::UserRole;

const RENAMED: usize = 23;

fn the(name: &str) -> &'static ListType {
    registry().get(name).expect("a list type of the registry")
}

#[test]
fn there_are_one_hundred_and_two_list_types() {
    let count = |shape: fn(&Shape) -> bool, deprecated| {
        registry().all().iter().filter(|t| shape(&t.shape) && t.deprecated == deprecated).count()
    };
    assert_eq!(registry().all().len(), 102);
    assert_eq!(count(|shape| matches!(shape, Shape::Strategic(_)), false), 23);
    assert_eq!(count(|shape| matches!(shape, Shape::Table(_)), false), 65);
    assert_eq!(count(|shape| matches!(shape, Shape::FlatFile), false), 8);
    assert_eq!(count(|shape| matches!(shape, Shape::FlatFile), true), 6);
}

#[test]
fn every_list_type_that_is_accepted_has_a_name_in_both_languages() {
    for list_type in registry().all().iter().filter(|list_type| !list_type.deprecated) {
        let name = &list_type.friendly;
        assert!(!name.en.is_empty() && !name.cy.is_empty(), "{}", list_type.name);
        assert!(!name.en.contains("Ftt"), "{}", list_type.name);
        assert!(!list_type.jurisdiction_types.is_empty(), "{}", list_type.name);
    }
    assert_eq!(the("FTT_TAX_WEEKLY_HEARING_LIST").friendly.en, "FTT Tax Weekly Hearing List");
}

#[test]
fn a_deprecated_name_is_refused_as_a_name_and_understood_as_an_alias() {
    for name in ["CROWN_DAILY_LIST", "CROWN_FIRM_LIST", "CROWN_WARNED_LIST"] {
        assert!(the(name).deprecated);
        let meant = registry().get_alias(name).expect("an alias");
        assert_eq!(meant.name, name.replace("_LIST", "_PDDA_LIST"));
        assert!(!meant.deprecated);
    }
    assert_eq!(registry().all().iter().map(|t| t.aliases.len()).sum::<usize>(), RENAMED);
    let renamed = |alias| registry().get_alias(alias).map(|list_type| list_type.name.as_str());
    assert_eq!(renamed("FTT_RPT_LONDON_WEEKLY_HEARING_LIST"), Some("RPT_LONDON_WEEKLY_HEARING_LIST"));
    assert_eq!(renamed("CIVIL_DAILY_CAUSE_LIST"), Some("CIVIL_DAILY_CAUSE_LIST"));
    assert_eq!(renamed("civil_daily_cause_list"), None);
}

#[test]
fn every_readable_list_type_has_a_path_of_its_own() {
    for list_type in registry().all() {
        assert_eq!(list_type.is_readable(), list_type.path.is_some(), "{}", list_type.name);
        if let Some(path) = &list_type.path {
            assert_eq!(registry().by_path(path).map(|found| &found.name), Some(&list_type.name));
        }
    }
    assert_eq!(the("CIVIL_DAILY_CAUSE_LIST").path.as_deref(), Some("daily-cause-list"));
    assert_eq!(the("CROWN_DAILY_PDDA_LIST").path.as_deref(), Some("crown-daily-list"));
}

#[test]
fn weekly_hidden_and_scheduled_types_are_those_the_courts_named() {
    let named = |is: fn(&ListType) -> bool| {
        registry().all().iter().filter(|t| is(t)).map(|t| t.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(named(|t| t.weekly).len(), 16);
    assert_eq!(named(|t| t.hidden), ["SSCS_DAILY_LIST", "SSCS_DAILY_LIST_ADDITIONAL_HEARINGS"]);
    let scheduled = ["MAGISTRATES_ADULT_COURT_LIST_DAILY", "MAGISTRATES_PUBLIC_ADULT_COURT_LIST_DAILY"];
    assert_eq!(named(|t| t.scheduled), scheduled);
}

#[test]
fn who_may_read_classified_lists_follows_the_list_type() {
    let reads = |principal, name: &str| {
        Access::of(principal, registry().audiences()).may_read(Sensitivity::Classified, Some(name))
    };
    let verified = |provenance| Principal::User { provenance, role: UserRole::Verified };
    assert!(reads(verified(UserProvenance::CftIdam), "FAMILY_DAILY_CAUSE_LIST"));
    assert!(!reads(verified(UserProvenance::PiAad), "FAMILY_DAILY_CAUSE_LIST"));
    assert!(reads(verified(UserProvenance::PiAad), "CROWN_FIRM_PDDA_LIST"));
    assert!(reads(Principal::ThirdParty(ThirdPartyRole::General), "CROWN_FIRM_PDDA_LIST"));
    assert!(!reads(Principal::ThirdParty(ThirdPartyRole::General), "CROWN_DAILY_PDDA_LIST"));
    assert!(reads(Principal::ThirdParty(ThirdPartyRole::CftPress), "SJP_PRESS_LIST"));
    assert!(!reads(Principal::ThirdParty(ThirdPartyRole::Crime), "SJP_PRESS_LIST"));
}

#[test]
fn data_that_contradicts_itself_is_refused() {
    let entry = |name: &str, shape: &str| {
        format!(
            r#"{{"name": "{name}", "friendly": {{"en": "A list"}}, "level": "VENUE",
                "user_provenances": [], "third_party_roles": [], "shape": {shape}}}"#
        )
    };
    let read = |entries: &[String]| Registry::from_json(&format!("[{}]", entries.join(",")), []);
    assert!(read(&[entry("A", r#""flat_file""#)]).is_ok());
    let twice = read(&[entry("A", r#""flat_file""#), entry("A", r#""flat_file""#)]);
    assert!(matches!(twice, Err(RegistryError::Twice(name)) if name == "A"));
    let no_table = read(&[entry("A", r#"{"table": "none"}"#)]);
    assert!(matches!(no_table, Err(RegistryError::NoTable { table, .. }) if table == "none"));
}
