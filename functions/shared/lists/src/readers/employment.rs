//! Employment tribunals: the daily list and the fortnightly press list.

use super::cft::{colon, plain};
use super::document::{address_lines, case, finish, header};
use super::envelope::{CourtHouse, Envelope, Room, some};
use super::parties::{Style, of_case, parties};
use super::{envelope, notices};
use crate::context::Context;
use crate::document::{Bilingual, Hearing, ListDocument, Section, SectionKind, When};
use crate::fault::Fault;
use chrono::NaiveDate;
use domain::civil::{Tongue, london, weekday_date};
use serde_json::Value;
use std::collections::BTreeMap;

/// The daily list: by venue, then by room.
pub fn daily(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let title =
        titled("Employment Tribunals Daily List", "Rhestr Ddyddiol y Tribiwnlysoedd Cyflogaeth", context);
    read(payload, context, title, by_room)
}

/// The fortnightly press list: by venue, then by day, each day in order of time.
pub fn fortnightly(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let title = titled(
        "Employment Tribunals Fortnightly List",
        "Rhestr Bythefnosol y Tribiwnlysoedd Cyflogaeth",
        context,
    );
    read(payload, context, title, by_day)
}

fn read(
    payload: &Value,
    context: &Context<'_>,
    title: Bilingual,
    parts: fn(&CourtHouse<'_>) -> Vec<Section>,
) -> Result<ListDocument, Fault> {
    let envelope: Envelope<'_> = envelope(payload)?;
    let mut head = header(context, title, &envelope.document, &envelope.venue);
    head.notices = notices::employment(envelope.venue.venue_name, &envelope.venue.venue_contact);
    let sections = envelope.court_lists.iter().map(|list| court_house(&list.court_house, parts)).collect();
    Ok(finish(context, head, sections))
}

/// The heading names the tribunal's region or, without one, the tribunal.
fn titled(en: &str, cy: &str, context: &Context<'_>) -> Bilingual {
    let place = if context.region.is_empty() { &context.location_name } else { &context.region };
    colon(en, cy, place)
}

fn court_house(house: &CourtHouse<'_>, parts: fn(&CourtHouse<'_>) -> Vec<Section>) -> Section {
    let name = house.court_house_name.trim();
    Section {
        kind: SectionKind::CourtHouse,
        heading: if name.is_empty() {
            Bilingual::default()
        } else {
            Bilingual::new(format!("Venue: {name}"), format!("Lleoliad: {name}"))
        },
        lines: address_lines(&house.court_house_address),
        table: 0,
        sections: parts(house),
        hearings: Vec::new(),
    }
}

fn by_room(house: &CourtHouse<'_>) -> Vec<Section> {
    let section = |room: &Room<'_>| {
        Section::of_hearings(SectionKind::Room, Bilingual::same(room.court_room_name.trim()), hearings(room))
    };
    house.court_room.iter().map(section).collect()
}

fn by_day(house: &CourtHouse<'_>) -> Vec<Section> {
    let mut days: BTreeMap<Option<NaiveDate>, Vec<Hearing>> = BTreeMap::new();
    for hearing in house.court_room.iter().flat_map(hearings) {
        days.entry(day(&hearing)).or_default().push(hearing);
    }
    let section = |(day, mut hearings): (Option<NaiveDate>, Vec<Hearing>)| {
        hearings.sort_by_key(|hearing| match hearing.start {
            When::At(start) => Some(start),
            _ => None,
        });
        let words = |tongue| day.map(|day| weekday_date(day, tongue)).unwrap_or_default();
        let heading = Bilingual::new(words(Tongue::En), words(Tongue::Cy));
        Section::of_hearings(SectionKind::Day, heading, hearings)
    };
    days.into_iter().map(section).collect()
}

fn day(hearing: &Hearing) -> Option<NaiveDate> {
    match hearing.start {
        When::At(start) => Some(london(start).date()),
        _ => None,
    }
}

fn hearings(room: &Room<'_>) -> Vec<Hearing> {
    let mut hearings = Vec::new();
    for session in &room.session {
        for sitting in &session.sittings {
            let common = plain(room.court_room_name, session, sitting, &sitting.channel);
            for hearing in &sitting.hearing {
                hearings.extend(hearing.case.iter().map(|item| Hearing {
                    kind: some(hearing.hearing_type),
                    cases: vec![case(item)],
                    parties: parties(of_case(&item.party, &hearing.party), Style::Initial),
                    ..common.clone()
                }));
            }
        }
    }
    hearings
}
