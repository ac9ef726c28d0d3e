//! The Crown Court's daily and firm lists.

use super::crown::{self, CitizenName, Court, Defendant, ListHeader, Prosecution, court_lines};
use super::document::{date, finish, time_on};
use super::envelope::some;
use super::shaped;
use crate::context::Context;
use crate::document::{
    Bilingual, Case, Header, Hearing, ListDocument, Section, SectionKind, Value as Fact, When,
};
use crate::fault::Fault;
use chrono::NaiveDate;
use domain::civil::{Tongue, short_time, weekday_date};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the layouts may name beyond the common paths: the time as the list writes it ("Not before 2pm"), a
/// second case number, further URNs.
pub const FIELDS: &[&str] = &["time_marking", "case_number", "urns"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Daily<'a> {
    #[serde(borrow)]
    daily_list: Body<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Firm<'a> {
    #[serde(borrow)]
    firm_list: Body<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Body<'a> {
    #[serde(borrow)]
    list_header: ListHeader<'a>,
    #[serde(borrow)]
    crown_court: Court<'a>,
    #[serde(borrow)]
    court_lists: Vec<CourtList<'a>>,
    #[serde(borrow)]
    reserve_list: Vec<Item<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct CourtList<'a> {
    sitting_date: &'a str,
    #[serde(borrow)]
    court_house: Court<'a>,
    #[serde(borrow)]
    sittings: Vec<Sitting<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Sitting<'a> {
    court_room_number: Option<u64>,
    sitting_at: &'a str,
    #[serde(borrow)]
    judiciary: Judiciary<'a>,
    #[serde(borrow)]
    hearings: Vec<Item<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Judiciary<'a> {
    #[serde(borrow)]
    judge: CitizenName<'a>,
    #[serde(borrow)]
    justice: Vec<CitizenName<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Item<'a> {
    #[serde(borrow)]
    hearing_details: Details<'a>,
    time_marking_note: &'a str,
    case_number: &'a str,
    #[serde(rename = "CaseNumberCaTH")]
    case_number_shown: &'a str,
    #[serde(borrow)]
    prosecution: Prosecution<'a>,
    list_note: &'a str,
    #[serde(borrow)]
    defendants: Vec<Defendant<'a>>,
    #[serde(borrow)]
    respondent: Vec<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Details<'a> {
    hearing_description: &'a str,
    hearing_date: &'a str,
}

/// The daily list: court house, then court room.
pub fn daily(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let body = shaped::<Daily<'_>>(payload)?.daily_list;
    let head = crown::header(context, &body.list_header, &body.crown_court);
    let day = head.list_for;
    let sections = body.court_lists.iter().map(|list| court_house(list, day, daily_room)).collect();
    Ok(finish(context, head, sections))
}

/// The firm list: day, court house, court room; then the reserve list, which may be called in on any day.
pub fn firm(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let body = shaped::<Firm<'_>>(payload)?.firm_list;
    let head = crown::header(context, &body.list_header, &body.crown_court);
    let mut sections = days(&body, &head);
    let reserve = body.reserve_list.iter().map(|item| hearing(item, date(item.hearing_details.hearing_date)));
    let heading = Bilingual::new("Reserve list", "Rhestr wrth gefn");
    sections.push(Section::of_hearings(SectionKind::Group, heading, reserve.collect()));
    Ok(finish(context, head, sections))
}

fn days(body: &Body<'_>, head: &Header) -> Vec<Section> {
    let mut days: BTreeMap<Option<NaiveDate>, Vec<Section>> = BTreeMap::new();
    for list in &body.court_lists {
        let day = date(list.sitting_date);
        days.entry(day).or_default().push(court_house(list, day.or(head.list_for), firm_room));
    }
    let section = |(day, sections): (Option<NaiveDate>, Vec<Section>)| {
        let words = |tongue| day.map(|day| weekday_date(day, tongue)).unwrap_or_default();
        Section {
            kind: SectionKind::Day,
            heading: Bilingual::new(words(Tongue::En), words(Tongue::Cy)),
            lines: Vec::new(),
            table: 0,
            sections,
            hearings: Vec::new(),
        }
    };
    days.into_iter().map(section).collect()
}

fn court_house(list: &CourtList<'_>, day: Option<NaiveDate>, heading: fn(&str) -> Bilingual) -> Section {
    Section {
        kind: SectionKind::CourtHouse,
        heading: Bilingual::same(list.court_house.court_house_name.trim()),
        lines: court_lines(&list.court_house),
        table: 0,
        sections: list.sittings.iter().map(|one| sitting(one, day, heading)).collect(),
        hearings: Vec::new(),
    }
}

fn daily_room(room: &str) -> Bilingual {
    Bilingual::new(format!("COURT {room}"), format!("LLYS {room}"))
}

fn firm_room(room: &str) -> Bilingual {
    Bilingual::new(format!("Courtroom {room}"), format!("Ystafell llys {room}"))
}

fn sitting(sitting: &Sitting<'_>, day: Option<NaiveDate>, room_heading: fn(&str) -> Bilingual) -> Section {
    let room = sitting.court_room_number.map(|number| number.to_string());
    let names = sitting.judiciary.written();
    let mut heading = room_heading(room.as_deref().unwrap_or_default());
    if !names.is_empty() {
        let names = names.join(", ");
        heading = Bilingual::new(format!("{}: {names}", heading.en), format!("{}: {names}", heading.cy));
    }
    let at = day.and_then(|day| time_on(day, sitting.sitting_at));
    let hearings = sitting.hearings.iter().map(|item| Hearing {
        start: day.map_or(When::Unsaid, |day| When::On(day, at)),
        room: room.clone(),
        judges: names.clone(),
        ..hearing(item, day)
    });
    Section {
        lines: at.map(sitting_at).into_iter().collect(),
        ..Section::of_hearings(SectionKind::Room, heading, hearings.collect())
    }
}

fn sitting_at(at: chrono::NaiveTime) -> Bilingual {
    let at = short_time(at);
    Bilingual::new(format!("Sitting at {at}"), format!("Yn eistedd am {at}"))
}

impl Judiciary<'_> {
    /// The judge, then the justices who sit with them.
    fn written(&self) -> Vec<String> {
        let all = [&self.judge].into_iter().chain(&self.justice);
        all.map(CitizenName::written).filter(|name| !name.is_empty()).collect()
    }
}

fn hearing(item: &Item<'_>, day: Option<NaiveDate>) -> Hearing {
    let (number, other) = crown::numbers(item.case_number_shown, item.case_number);
    let urns: Vec<String> = item.defendants.iter().filter_map(|defendant| some(defendant.urn)).collect();
    let mut fields = BTreeMap::new();
    let mut put = |name: &str, fact| fields.insert(name.to_owned(), fact);
    if let Some(note) = some(item.time_marking_note) {
        put("time_marking", Fact::Text(note));
    }
    if let Some(other) = other {
        put("case_number", Fact::Text(other));
    }
    if urns.len() > 1 {
        put("urns", Fact::Lines(urns));
    }
    Hearing {
        start: day.map_or(When::Unsaid, |day| When::On(day, None)),
        kind: some(item.hearing_details.hearing_description),
        cases: vec![Case { number, urn: crown::urn(&item.defendants), ..Case::default() }],
        parties: crown::parties(&item.prosecution, &item.defendants, &item.respondent),
        notes: some(item.list_note).into_iter().collect(),
        fields,
        ..Hearing::default()
    }
}
