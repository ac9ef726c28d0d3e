//! The reader of every table-shaped list: one hearing a row, in the order of the rows.

use super::{CellKind, Meaning, Part, Table, TableColumn, TableNotice, Wording};
use crate::context::Context;
use crate::document::{
    Bilingual, Case, Header, Hearing, ListDocument, Name, Notice, Party, Role, Section, SectionKind, Value,
    When,
};
use crate::keys::Keys;
use chrono::{NaiveDate, NaiveTime};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Reads a table's payload. What a cell says of the hearing is put in its place there, and every cell is
/// kept under its column's name as well, so that nothing is lost.
pub fn read(table: &Table, payload: &Json, context: &Context<'_>) -> ListDocument {
    let mut keys = Keys::default();
    let sections = table.shown().enumerate().map(|(index, part)| Section {
        table: index,
        ..Section::of_hearings(
            SectionKind::Group,
            part.heading.clone(),
            rows(payload, &part.member).map(|row| hearing(part, row, &mut keys)).collect(),
        )
    });
    ListDocument {
        list_type: context.list_type.name.clone(),
        sections: sections.collect(),
        header: header(table, payload, context),
    }
}

fn rows<'a>(payload: &'a Json, member: &str) -> impl Iterator<Item = &'a Json> {
    let array = if member.is_empty() { Some(payload) } else { payload.get(member) };
    array.and_then(Json::as_array).into_iter().flatten()
}

fn header(table: &Table, payload: &Json, context: &Context<'_>) -> Header {
    let none = Wording::default();
    let own = table.types.get(&context.list_type.name).unwrap_or(&none);
    let notices = own.notices.as_ref().or(table.defaults.notices.as_ref());
    Header {
        title: own.heading.clone().unwrap_or_else(|| context.list_type.friendly.clone()),
        list_for: Some(context.content_date),
        weekly: context.list_type.weekly,
        last_updated: Some(context.last_received),
        venue: own.venue.clone().or_else(|| table.defaults.venue.clone()).unwrap_or_default(),
        notices: notices.into_iter().flatten().flat_map(|notice| said(notice, own, payload)).collect(),
        source: context.provenance.display_name().to_owned(),
        ..Header::default()
    }
}

/// A notice as this list says it: once, once for each row it speaks of, or not at all.
fn said(notice: &TableNotice, own: &Wording, payload: &Json) -> Vec<Notice> {
    let Some(member) = &notice.for_each else {
        return filled(notice, &own.values).into_iter().collect();
    };
    let of_row = |row: &Json| {
        let cells = row.as_object().into_iter().flatten();
        let values = cells.map(|(name, cell)| (name.clone(), words(cell).trim().to_owned()));
        let values: BTreeMap<String, String> = own.values.clone().into_iter().chain(values).collect();
        filled(notice, &values)
    };
    rows(payload, member).filter_map(of_row).collect()
}

fn filled(notice: &TableNotice, values: &BTreeMap<String, String>) -> Option<Notice> {
    let text = Bilingual { en: fill(&notice.text.en, values)?, cy: fill(&notice.text.cy, values)? };
    Some(Notice { heading: notice.heading.clone(), text, link: notice.link.clone() })
}

/// The text with each `{name}` replaced by its value; none where a value is absent or empty.
fn fill(text: &str, values: &BTreeMap<String, String>) -> Option<String> {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        filled += values.get(name).filter(|value| !value.is_empty())?;
        filled += rest;
    }
    Some(filled)
}

/// What a cell says, whatever its JSON type.
fn words(cell: &Json) -> String {
    match cell {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

fn hearing(part: &Part, row: &Json, keys: &mut Keys) -> Hearing {
    let mut facts = Facts::default();
    for column in &part.columns {
        let cell = row.get(&column.field).map(words).unwrap_or_default();
        facts.learn(column, &cell);
        facts.hearing.fields.insert(column.field.clone(), value(column.kind, &cell));
    }
    facts.hearing(keys)
}

/// A cell as it is kept: times with a colon, dates as dates.
fn value(kind: CellKind, cell: &str) -> Value {
    match kind {
        CellKind::Text => Value::Text(cell.to_owned()),
        CellKind::Multiline => Value::Lines(cell.lines().map(str::to_owned).collect()),
        CellKind::Time => Value::Text(with_colon(cell)),
        CellKind::Date => date(cell).map_or_else(|| Value::Text(cell.to_owned()), Value::Date),
    }
}

/// The facts of a row as its cells are read.
#[derive(Default)]
struct Facts {
    hearing: Hearing,
    case: Case,
    day: Option<NaiveDate>,
    time: Option<String>,
    applicant: Option<String>,
    representative: Option<String>,
    respondent: Option<String>,
}

impl Facts {
    fn learn(&mut self, column: &TableColumn, cell: &str) {
        let text = cell.trim();
        let (Some(meaning), false) = (column.means, text.is_empty()) else { return };
        let said = Some(text.to_owned());
        match meaning {
            Meaning::Date => self.day = date(text),
            Meaning::Time => self.time = said,
            Meaning::CaseNumber => self.case.number = said,
            Meaning::CaseName => self.case.name = said,
            Meaning::CaseType => self.case.kind = said,
            Meaning::HearingType => self.hearing.kind = said,
            Meaning::Judges => self.hearing.judges.extend(lines(text)),
            Meaning::Room => self.hearing.room = said,
            Meaning::Channel => self.hearing.channel.extend(said),
            Meaning::Applicant => self.applicant = said,
            Meaning::Representative => self.representative = said,
            Meaning::Respondent => self.respondent = said,
            Meaning::Note => self.hearing.notes.extend(said),
        }
    }

    fn hearing(self, keys: &mut Keys) -> Hearing {
        let Self { mut hearing, case, day, time, applicant, representative, respondent } = self;
        hearing.start = start(day, time.as_deref());
        if case != Case::default() {
            hearing.cases.push(case);
        }
        let of = |role| move |(name, representative)| party(role, name, representative);
        let applicant = applicant.map(|name| (name, representative)).map(of(Role::Applicant));
        let respondent = respondent.map(|name| (name, None)).map(of(Role::Respondent));
        hearing.parties.extend(applicant.into_iter().chain(respondent));
        hearing.key = keys.of(&hearing);
        hearing
    }
}

fn party(role: Role, name: String, representative: Option<String>) -> Party {
    let representative = representative.map(Bilingual::same);
    Party { role, name: Name::Shown(name), representative, in_custody: false, fields: BTreeMap::new() }
}

fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
}

fn start(day: Option<NaiveDate>, time: Option<&str>) -> When {
    let clock = time.map(|text| (clock(text), text));
    match (day, clock) {
        (Some(day), Some((Some(time), _))) => When::On(day, Some(time)),
        (Some(day), _) => When::On(day, None),
        (None, Some((Some(time), _))) => When::Time(time),
        (None, Some((None, text))) => When::AsWritten(with_colon(text)),
        (None, None) => When::Unsaid,
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%d/%m/%Y").ok()
}

fn with_colon(time: &str) -> String {
    time.trim().replace('.', ":")
}

/// The time of day of `9am`, `9.30am` or `10:30pm`; none for a time no clock shows, such as `13pm`.
fn clock(text: &str) -> Option<NaiveTime> {
    let text = with_colon(text);
    let (digits, afternoon) = match text.strip_suffix("pm") {
        Some(digits) => (digits, true),
        None => (text.strip_suffix("am")?, false),
    };
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let hour: u32 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    NaiveTime::from_hms_opt(hour % 12 + if afternoon { 12 } else { 0 }, minute.parse().ok()?, 0)
}
