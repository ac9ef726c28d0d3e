//! The formatter's golden examples.

use super::*;
use crate::Layout;
use crate::document::Section;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a fixed instant")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a fixed date")
}

fn column(field: &str, kind: Kind) -> Column {
    Column { field: field.to_owned(), label: Bilingual::same(field), kind }
}

fn document(hearing: Hearing) -> ListDocument {
    ListDocument {
        list_type: "CIVIL_DAILY_CAUSE_LIST".to_owned(),
        header: Header { list_for: Some(day("2026-01-05")), ..Header::default() },
        sections: vec![Section::of_hearings(
            crate::document::SectionKind::Room,
            Bilingual::default(),
            vec![hearing],
        )],
    }
}

fn says_in(hearing: &Hearing, field: &str, kind: Kind, tongue: Tongue) -> String {
    cell(&document(hearing.clone()), hearing, &column(field, kind), tongue)
}

fn says(hearing: &Hearing, field: &str) -> String {
    says_in(hearing, field, Kind::Text, Tongue::En)
}

fn lasting(from: &str, to: &str) -> Hearing {
    Hearing { start: When::At(at(from)), end: Some(at(to)), ..Hearing::default() }
}

fn named(role: Role, words: &str, representative: Option<&str>) -> Party {
    Party {
        role,
        name: Name::Shown(words.to_owned()),
        representative: representative.map(Bilingual::same),
        in_custody: false,
        fields: [("address".to_owned(), Value::Lines(vec!["1 High Street".into(), "Oxford".into()]))].into(),
    }
}

#[test]
fn a_late_summer_evening_is_the_next_day_in_london() {
    let header = Header { last_updated: Some(at("2020-09-13T23:30:52.123Z")), ..Header::default() };
    assert_eq!(last_updated(&header, Tongue::En), "Last updated 14 September 2020 at 12:30am");
    assert_eq!(last_updated(&header, Tongue::Cy), "Diweddarwyd ddiwethaf 14 Medi 2020 am 12:30am");
}

#[test]
fn times_are_london_times_in_twelve_hours() {
    let start = |text: &str, kind| {
        let hearing = Hearing { start: When::At(at(text)), ..Hearing::default() };
        says_in(&hearing, "start", kind, Tongue::En)
    };
    assert_eq!(start("2026-01-05T14:00:00Z", Kind::Text), "2pm");
    assert_eq!(start("2026-01-05T14:30:00Z", Kind::Time), "2:30pm");
    assert_eq!(start("2026-07-06T09:40:00Z", Kind::Time), "10:40am");
    assert_eq!(start("2026-01-05T09:00:00Z", Kind::FullTime), "9:00am");
    assert_eq!(start("2026-07-06T23:40:00Z", Kind::NumericDate), "07/07/2026");
}

#[test]
fn durations_are_words_and_a_missing_end_is_blank() {
    let long = |to: &str| says(&lasting("2026-01-05T10:00:00Z", to), "duration");
    assert_eq!(long("2026-01-05T11:05:00Z"), "1 hour 5 mins");
    assert_eq!(long("2026-01-05T11:30:00Z"), "1 hour 30 mins");
    assert_eq!(long("2026-01-05T11:00:00Z"), "1 hour");
    assert_eq!(long("2026-01-05T10:30:00Z"), "30 mins");
    assert_eq!(long("2026-01-06T12:00:00Z"), "26 hours");
    assert_eq!(long("2026-01-05T09:00:00Z"), "", "an end before the start says nothing");
    let open = Hearing { start: When::At(at("2026-01-05T10:00:00Z")), ..Hearing::default() };
    assert_eq!(says(&open, "duration"), "");
    let welsh = lasting("2026-01-05T10:00:00Z", "2026-01-05T11:05:00Z");
    assert_eq!(says_in(&welsh, "duration", Kind::Text, Tongue::Cy), "1 awr 5 munud");
}

#[test]
fn a_sequence_follows_in_square_brackets() {
    let case = Case {
        number: Some("K1".into()),
        name: Some("Smith v Jones".into()),
        sequence: Some("2 of 3".into()),
        ..Case::default()
    };
    let hearing = Hearing { cases: vec![case], ..lasting("2026-01-05T10:00:00Z", "2026-01-05T12:00:00Z") };
    assert_eq!(says(&hearing, "case.name_and_sequence"), "Smith v Jones [2 of 3]");
    assert_eq!(says(&hearing, "case.number_and_sequence"), "K1 [2 of 3]");
    assert_eq!(says(&hearing, "duration_and_sequence"), "2 hours [2 of 3]");
    assert_eq!(says(&hearing, "case.name"), "Smith v Jones");
}

#[test]
fn linked_cases_are_the_ones_after_the_listed_case() {
    let case = |number: &str| Case { number: Some(number.into()), ..Case::default() };
    let hearing =
        Hearing { cases: vec![case("000"), case("123"), case("456"), case("789")], ..Hearing::default() };
    assert_eq!(says(&hearing, "cases.linked"), "123, 456, 789");
}

#[test]
fn parties_of_one_role_stand_together_with_their_representatives() {
    let parties = vec![
        named(Role::Applicant, "A Byrd", None),
        named(Role::Applicant, "B Cole", Some("Finch LLP")),
        named(Role::Respondent, "C Dunn", None),
    ];
    let hearing = Hearing { parties, ..Hearing::default() };
    assert_eq!(says(&hearing, "parties.applicant"), "A Byrd, B Cole");
    assert_eq!(says(&hearing, "parties.applicant_with_rep"), "A Byrd, B Cole, Legal Advisor: Finch LLP");
    assert_eq!(says(&hearing, "parties.applicant_with_rep_line"), "A Byrd, B Cole\nRep: Finch LLP");
    assert_eq!(says(&hearing, "parties.applicant_rep"), "Finch LLP");
    assert_eq!(says(&hearing, "parties.respondent_with_rep"), "C Dunn");
    assert_eq!(says(&hearing, "parties.respondent_with_rep_line"), "C Dunn\nRep: No Representative");
    assert_eq!(says(&hearing, "parties.defendant_with_rep_line"), "");
}

#[test]
fn a_withheld_name_is_said_to_be_withheld_and_nothing_more() {
    let mut party = named(Role::Defendant, "", None);
    party.name = Name::Withheld;
    let hearing = Hearing { parties: vec![party], ..Hearing::default() };
    assert_eq!(says(&hearing, "parties.defendant"), "Name withheld");
    assert_eq!(says(&hearing, "parties.defendant_with_rep_line"), "Name withheld");
    assert_ne!(says_in(&hearing, "parties.defendant", Kind::Text, Tongue::Cy), "Name withheld");
}

#[test]
fn an_asterisk_follows_who_is_in_custody() {
    let mut party = named(Role::Defendant, "Ash, Tom", None);
    party.in_custody = true;
    let hearing = Hearing { parties: vec![party], ..Hearing::default() };
    assert_eq!(says(&hearing, "parties.defendant"), "Ash, Tom*");
}

#[test]
fn addresses_are_lines_on_cards_and_joined_in_tables() {
    let hearing = Hearing { parties: vec![named(Role::Defendant, "A", None)], ..Hearing::default() };
    let address = |kind| says_in(&hearing, "defendant.address", kind, Tongue::En);
    assert_eq!(address(Kind::Multiline), "1 High Street\nOxford");
    assert_eq!(address(Kind::Text), "1 High Street, Oxford");
}

#[test]
fn spreadsheet_dates_and_times_are_put_in_words() {
    let words = |text: &str, kind, tongue| value(&Value::Text(text.into()), kind, tongue);
    assert_eq!(words("9.30am", Kind::Time, Tongue::En), "9:30am");
    assert_eq!(words("10am ", Kind::Time, Tongue::En), "10am");
    assert_eq!(words("not before 2.30 or so", Kind::Time, Tongue::En), "not before 2.30 or so");
    assert_eq!(words("02/01/2025", Kind::Date, Tongue::En), "2 January 2025");
    assert_eq!(words("02/01/2025", Kind::Date, Tongue::Cy), "2 Ionawr 2025");
    assert_eq!(words("one\ntwo", Kind::Text, Tongue::En), "one two");
    assert_eq!(words("one\r\ntwo", Kind::Multiline, Tongue::En), "one\ntwo");
}

#[test]
fn the_list_date_is_a_day_a_week_or_a_range() {
    let mut header = Header { list_for: Some(day("2026-01-05")), ..Header::default() };
    assert_eq!(list_for(&header, Tongue::En), "List for 05 January 2026");
    assert_eq!(list_for(&header, Tongue::Cy), "Rhestr ar gyfer 05 Ionawr 2026");
    header.list_to = Some(day("2026-01-09"));
    assert_eq!(list_for(&header, Tongue::En), "List for 05 January 2026 to 09 January 2026");
    header.weekly = true;
    assert_eq!(list_for(&header, Tongue::En), "List for week commencing 05 January 2026");
    assert_eq!(list_for(&Header::default(), Tongue::En), "");
}

#[test]
fn full_width_rows_leave_out_what_is_empty_and_repeat_for_each_offence() {
    let offence = |title: &str| Offence { title: Bilingual::same(title), ..Offence::default() };
    let hearing = Hearing { offences: vec![offence("Theft"), offence("Fraud")], ..Hearing::default() };
    let full_width =
        ["offence.title", "restrictions", "notes"].map(|field| column(field, Kind::Text)).to_vec();
    let bodies = vec![crate::layout::Body::Table { columns: Vec::new() }];
    let layout =
        Layout { bodies, full_width, sortable: false, search: false, accordion: false, summary: Vec::new() };
    let rows = full_width_rows(&document(hearing.clone()), &hearing, &layout, Tongue::En);
    let said = rows.iter().map(|row| (row.column.field.as_str(), row.offence, row.text.as_str()));
    let expected = [("offence.title", Some(1), "Theft"), ("offence.title", Some(2), "Fraud")];
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

#[test]
fn a_path_is_known_or_refused() {
    for known in ["start", "case.number", "parties.applicant_with_rep_line", "parties.other", "offence.title"]
    {
        assert!(resolves(known, &[]), "{known}");
    }
    for unknown in ["case.colour", "parties.applicant_with", "parties.judge", "colour", "defendant.address"] {
        assert!(!resolves(unknown, &[]), "{unknown}");
    }
    assert!(resolves("defendant.address", &["defendant.address"]));
}
