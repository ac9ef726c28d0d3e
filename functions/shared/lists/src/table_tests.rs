//! Tests of table-shaped list types: their data, and the reader it drives.

use crate::document::{Bilingual, ListDocument, Name, Role, Value, When};
use crate::layout::{Body, Kind};
use crate::registry::{ListType, Registry, Shape, registry};
use crate::{Context, table, validate};
use chrono::{NaiveDate, NaiveTime};
use domain::civil::Tongue;
use domain::{Language, Provenance};
use serde_json::{Value as Json, json};

fn context(list_type: &ListType) -> Context<'_> {
    Context {
        list_type,
        location_name: Bilingual::same("Field House"),
        region: Bilingual::default(),
        content_date: day(2026, 1, 5),
        language: Language::English,
        provenance: Provenance::ManualUpload,
        last_received: "2026-01-04T16:00:00Z".parse().expect("a fixed instant"),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a real date")
}

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a real time")
}

fn the(name: &str) -> &'static ListType {
    registry().get(name).expect("a list type of the registry")
}

fn read(list_type: &ListType, payload: &Json) -> ListDocument {
    let bytes = payload.to_string();
    let payload = validate::validate(list_type, bytes.as_bytes()).expect("a valid payload");
    table::read(list_type.table().expect("a table"), &payload, &context(list_type))
}

fn tax_row() -> Json {
    json!({
        "date": "06/01/2026", "hearingTime": "9.30am ", "caseName": "Rees v HMRC",
        "caseReferenceNumber": "TC/2026/1", "judges": "Judge A", "members": "Member B",
        "venue/platform": "Taylor House"
    })
}

#[test]
fn a_row_is_a_hearing_with_its_facts_in_their_places() {
    let document = read(the("FTT_TAX_WEEKLY_HEARING_LIST"), &json!([tax_row(), tax_row()]));
    let hearings: Vec<_> = document.hearings().collect();
    let first = hearings[0];
    assert_eq!(first.start, When::On(day(2026, 1, 6), Some(at(9, 30))));
    assert_eq!(first.cases[0].number.as_deref(), Some("TC/2026/1"));
    assert_eq!(first.cases[0].name.as_deref(), Some("Rees v HMRC"));
    assert_eq!(first.judges, ["Judge A"]);
    assert_eq!(first.room.as_deref(), Some("Taylor House"));
    assert_eq!(first.fields["hearingTime"], Value::Text("9:30am".to_owned()));
    assert_eq!(first.fields["date"], Value::Date(day(2026, 1, 6)));
    assert_eq!(first.fields["members"], Value::Text("Member B".to_owned()));
    assert_eq!([&hearings[0].key, &hearings[1].key], ["TC/2026/1", "TC/2026/1#2"]);
}

#[test]
fn the_heading_dates_and_source_stand_above_the_table() {
    let document = read(the("FTT_TAX_WEEKLY_HEARING_LIST"), &json!([]));
    let header = &document.header;
    assert_eq!(header.title.en, "First-tier Tribunal (Tax Chamber) Weekly Hearing List");
    assert_eq!(header.title.cy, the("FTT_TAX_WEEKLY_HEARING_LIST").friendly.cy);
    assert!(header.weekly && header.list_for == Some(day(2026, 1, 5)));
    assert_eq!(header.source, "Manual Upload");
    assert!(header.notices.iter().any(|notice| notice.text.en.contains("taxappeals@justice.gov.uk")));
}

#[test]
fn parties_line_breaks_and_court_rooms_are_read() {
    let row = json!({
        "venue": "Cardiff", "appealReferenceNumber": "SC1", "hearingType": "Directions",
        "appellant": "A Person", "courtroom": "2", "hearingTime": "12pm",
        "tribunal": "Judge A\r\nDr B\n", "fta/respondent": "DWP", "additionalInformation": ""
    });
    let document = read(the("SSCS_LONDON_DAILY_HEARING_LIST"), &json!([row]));
    let hearing = document.hearings().next().expect("one hearing");
    assert_eq!(hearing.room.as_deref(), Some("2"));
    assert_eq!(hearing.judges, ["Judge A", "Dr B"]);
    assert_eq!(hearing.start, When::Time(at(12, 0)));
    let roles: Vec<_> = hearing.parties.iter().map(|party| (party.role, party.name.clone())).collect();
    let shown = |name: &str| Name::Shown(name.to_owned());
    assert_eq!(roles, [(Role::Applicant, shown("A Person")), (Role::Respondent, shown("DWP"))]);
    assert!(hearing.notes.is_empty());
    let email = |name| read(the(name), &json!([])).header.notices[0].text.en.clone();
    assert!(email("SSCS_LONDON_DAILY_HEARING_LIST").contains("sscsa-sutton@justice.gov.uk"));
    assert!(email("SSCS_SCOTLAND_DAILY_HEARING_LIST").contains("sscsa-glasgow@justice.gov.uk"));
}

#[test]
fn a_time_no_clock_shows_is_kept_as_it_is_written() {
    let mut row = tax_row();
    row["hearingTime"] = json!("13.70pm");
    let document = read(the("FTT_TAX_WEEKLY_HEARING_LIST"), &json!([row]));
    let hearing = document.hearings().next().expect("one hearing");
    assert_eq!(hearing.start, When::On(day(2026, 1, 6), None));
    assert_eq!(hearing.fields["hearingTime"], Value::Text("13:70pm".to_owned()));
}

#[test]
fn the_named_judge_of_interim_applications_stands_in_the_notice() {
    let list_type = the("INTERIM_APPLICATIONS_CHD_DAILY_CAUSE_LIST");
    let named = json!([
        {"nameToBeDisplayed": "Judge Evans", "email": "evans@example.com"},
        {"nameToBeDisplayed": "Nobody", "email": " "}
    ]);
    let notices = |details: Json| {
        let payload = json!({"hearingList": [], "openJusticeStatementDetails": details});
        read(list_type, &payload).header.notices
    };
    let said = notices(named);
    assert!(said[0].text.en.contains("Judge Evans at evans@example.com"), "{said:?}");
    assert_eq!(said.len(), 2);
    assert_eq!(notices(json!([])).len(), 1);
    assert_eq!(list_type.table().expect("a table").layout().bodies.len(), 1);
}

#[test]
fn the_second_table_of_the_court_of_appeal_has_a_heading_and_a_date() {
    let row = json!({
        "date": "01/06/2026", "venue": "Court 1", "judge": "A", "time": "10am", "caseNumber": "1",
        "caseDetails": "R v S", "hearingType": "Appeal", "additionalInformation": ""
    });
    let list_type = the("COURT_OF_APPEAL_CIVIL_DAILY_CAUSE_LIST");
    let document = read(list_type, &json!({"hearingList": [row], "futureJudgments": [row]}));
    let headings: Vec<_> = document.sections.iter().map(|s| (s.table, s.heading.en.as_str())).collect();
    assert_eq!(headings, [(0, ""), (1, "Notice for future judgments")]);
    let layout = list_type.table().expect("a table").layout();
    let Body::Table { columns } = &layout.bodies[1] else { panic!("a table") };
    assert_eq!((columns[0].field.as_str(), columns[0].kind), ("date", Kind::Date));
    assert_eq!(columns[0].label.in_tongue(Tongue::Cy), "Dyddiad");
}

#[test]
fn every_table_says_everything_in_both_languages() {
    for list_type in registry().all() {
        let Shape::Table(table) = &list_type.shape else { continue };
        let document = table::read(table, &json!([]), &context(list_type));
        let columns = table.parts.iter().flat_map(|part| &part.columns).map(|column| &column.label);
        let notices = document.header.notices.iter().map(|notice| &notice.text);
        let texts: Vec<_> = columns.chain(notices).chain([&document.header.title]).collect();
        for text in texts {
            assert!(!text.en.is_empty() && !text.cy.is_empty(), "{}: {}", list_type.name, text.en);
            assert!(!text.en.contains(['{', '[']), "{}: {}", list_type.name, text.en);
        }
        assert!(!document.header.notices.is_empty(), "{}", list_type.name);
        assert!(!table.layout().summary.is_empty(), "{}", list_type.name);
        assert!(table.types.keys().all(|name| registry().get(name).is_some()), "{}", table.name);
    }
}

/// A list type nobody has heard of, as data alone.
const NEW_TYPE: &str = r#"[{
    "name": "COMMONS_DAILY_HEARING_LIST", "friendly": {"en": "Commons List", "cy": "Rhestr Comin"},
    "path": "commons-daily-hearing-list", "level": "NATIONAL", "user_provenances": ["CFT_IDAM"],
    "third_party_roles": [], "shape": {"table": "commons"}
}]"#;

const NEW_TABLE: &str = r#"{
    "tables": [{"columns": [
        {"field": "day", "label": {"en": "Day", "cy": "Diwrnod"}, "kind": "date", "means": "date"},
        {"field": "common", "label": {"en": "Common", "cy": "Comin"}, "means": "case_name"}
    ]}],
    "summary": ["day", "common"]
}"#;

#[test]
fn a_new_table_shaped_list_type_is_data_alone() {
    let registry = Registry::from_json(NEW_TYPE, [("commons", NEW_TABLE)]).expect("good data");
    let list_type = registry.by_path("commons-daily-hearing-list").expect("its page");
    let document = read(list_type, &json!([{"day": "07/01/2026", "common": "Wanstead Flats"}]));
    let hearing = document.hearings().next().expect("one hearing");
    assert_eq!(hearing.start, When::On(day(2026, 1, 7), None));
    assert_eq!(document.header.title.cy, "Rhestr Comin");
    let faults = validate::validate(list_type, br#"[{"day": "31/02/2026"}]"#).expect_err("two faults");
    let found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.rule)).collect();
    assert_eq!(found, [("/0/day", "schema.format"), ("/0/common", "schema.required")]);
}
