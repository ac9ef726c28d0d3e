//! The Crown Court's warned list: cases that may be called in the week, fixed or still to be allocated.

use super::crown::{self, Court, Defendant, ListHeader, Prosecution, court_lines};
use super::document::{date, finish};
use super::envelope::{filled, some};
use super::{notices, shaped};
use crate::context::Context;
use crate::document::{
    Bilingual, Case, Hearing, ListDocument, Party, Section, SectionKind, Value as Fact, When,
};
use crate::fault::Fault;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Warned<'a> {
    #[serde(borrow)]
    warned_list: Body<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Body<'a> {
    #[serde(borrow)]
    list_header: ListHeader<'a>,
    #[serde(borrow)]
    crown_court: Court<'a>,
    #[serde(borrow)]
    listing_instruction: Vec<&'a str>,
    #[serde(borrow)]
    court_lists: Vec<CourtList<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct CourtList<'a> {
    #[serde(borrow)]
    court_house: Court<'a>,
    #[serde(borrow)]
    with_fixed_date: Vec<Group<'a>>,
    #[serde(borrow)]
    without_fixed_date: Vec<Group<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Group<'a> {
    #[serde(borrow)]
    fixture: Vec<Fixture<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Fixture<'a> {
    fixed_date: &'a str,
    #[serde(borrow)]
    cases: Vec<Item<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Item<'a> {
    case_number: &'a str,
    #[serde(rename = "CaseNumberCaTH")]
    case_number_shown: &'a str,
    #[serde(borrow)]
    hearing: Vec<Details<'a>>,
    #[serde(borrow)]
    defendants: Vec<Defendant<'a>>,
    #[serde(borrow)]
    prosecution: Prosecution<'a>,
    #[serde(borrow)]
    linked_cases: Vec<Linked<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Details<'a> {
    hearing_description: &'a str,
    list_note: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Linked<'a> {
    case_number: &'a str,
}

/// The warned list: court house, then what the cases are fixed for, each in order of date, then the cases to
/// be allocated.
pub fn warned(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let body = shaped::<Warned<'_>>(payload)?.warned_list;
    let mut head = crown::header(context, &body.list_header, &body.crown_court);
    head.notices.extend(notices::warned(context.content_date));
    head.notices.extend(filled(body.listing_instruction.iter().copied()).map(notices::instruction));
    let sections = body.court_lists.iter().map(court_house).collect();
    Ok(finish(context, head, sections))
}

fn court_house(list: &CourtList<'_>) -> Section {
    let mut sections = by_description(hearings(&list.with_fixed_date));
    let rest = hearings(&list.without_fixed_date);
    let heading = Bilingual::new("To be allocated", "I’w ddyrannu");
    sections.push(Section::of_hearings(SectionKind::Group, heading, rest));
    Section {
        kind: SectionKind::CourtHouse,
        heading: Bilingual::same(list.court_house.court_house_name.trim()),
        lines: court_lines(&list.court_house),
        table: 0,
        sections,
        hearings: Vec::new(),
    }
}

/// Groups in the order in which their descriptions first appear; within a group, the earliest date first.
fn by_description(hearings: Vec<Hearing>) -> Vec<Section> {
    let mut groups: Vec<Section> = Vec::new();
    for hearing in hearings {
        let description = hearing.kind.clone().unwrap_or_default();
        match groups.iter_mut().find(|group| group.heading.en == description) {
            Some(group) => group.hearings.push(hearing),
            None => {
                let heading = Bilingual::same(description);
                groups.push(Section::of_hearings(SectionKind::Group, heading, vec![hearing]));
            }
        }
    }
    for group in &mut groups {
        group.hearings.sort_by_key(fixed_for);
    }
    groups
}

/// The fixed date; hearings without one come last.
fn fixed_for(hearing: &Hearing) -> NaiveDate {
    match hearing.start {
        When::On(day, _) => day,
        _ => NaiveDate::MAX,
    }
}

fn hearings(groups: &[Group<'_>]) -> Vec<Hearing> {
    let fixtures = groups.iter().flat_map(|group| &group.fixture);
    fixtures.flat_map(|fixture| fixture.cases.iter().flat_map(move |case| rows(fixture, case))).collect()
}

/// One row for each hearing of a case, or one for the case where it names none.
fn rows(fixture: &Fixture<'_>, item: &Item<'_>) -> Vec<Hearing> {
    let none = [Details::default()];
    let details = if item.hearing.is_empty() { &none[..] } else { &item.hearing };
    let parties = parties(item);
    details.iter().map(|details| row(fixture, item, details, parties.clone())).collect()
}

fn row(fixture: &Fixture<'_>, item: &Item<'_>, details: &Details<'_>, parties: Vec<Party>) -> Hearing {
    let (number, other) = crown::numbers(item.case_number_shown, item.case_number);
    let listed = Case { number, urn: crown::urn(&item.defendants), ..Case::default() };
    let linked = filled(item.linked_cases.iter().map(|case| case.case_number));
    let linked = linked.map(|number| Case { number: Some(number.to_owned()), ..Case::default() });
    let urns: Vec<String> = item.defendants.iter().filter_map(|defendant| some(defendant.urn)).collect();
    let mut hearing = Hearing {
        start: date(fixture.fixed_date).map_or(When::Unsaid, |day| When::On(day, None)),
        kind: some(details.hearing_description),
        cases: [listed].into_iter().chain(linked).collect(),
        parties,
        notes: some(details.list_note).into_iter().collect(),
        ..Hearing::default()
    };
    if let Some(other) = other {
        hearing.fields.insert("case_number".to_owned(), Fact::Text(other));
    }
    if urns.len() > 1 {
        hearing.fields.insert("urns".to_owned(), Fact::Lines(urns));
    }
    hearing
}

/// As on the other lists, and this one says who is in custody.
fn parties(item: &Item<'_>) -> Vec<Party> {
    let mut parties: Vec<Party> = item.prosecution.party().into_iter().collect();
    parties.extend(item.defendants.iter().filter_map(|defendant| {
        let in_custody = defendant.custody_status.trim().eq_ignore_ascii_case("in custody");
        Some(Party { in_custody, ..defendant.party()? })
    }));
    parties
}
