//! Civil, family, civil and family, and Court of Protection daily cause lists.

use super::document::{address_lines, case, finish, header, instant, start, title_for};
use super::envelope::{CaseItem, CourtHouse, Envelope, HearingItem, Session, Sitting, filled, judges, some};
use super::parties::{Style, channels, of_case, parties};
use super::{envelope, notices};
use crate::context::Context;
use crate::document::{Bilingual, Hearing, ListDocument, Section, SectionKind};
use crate::fault::Fault;
use domain::civil::Tongue;
use serde_json::Value;

/// What stands between room and judges in the heading of a session.
#[derive(Clone, Copy)]
struct Before {
    en: &'static str,
    cy: &'static str,
}

const COLON: Before = Before { en: ": ", cy: ": " };
const BEFORE_COLON: Before = Before { en: ", Before: ", cy: ", Gerbron: " };
const BEFORE: Before = Before { en: ", Before ", cy: ", Gerbron " };

/// The civil daily cause list.
pub fn civil(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let title =
        title_for("Civil Daily Cause List", "Rhestr Achosion Dyddiol y Llys Sifil", &context.location_name);
    daily(payload, context, title, COLON)
}

/// The family daily cause list.
pub fn family(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let title =
        title_for("Family Daily Cause List", "Rhestr Achosion Dyddiol y Llys Teulu", &context.location_name);
    daily(payload, context, title, BEFORE_COLON)
}

/// The civil and family daily cause list.
pub fn civil_and_family(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let title = title_for(
        "Civil and Family Daily Cause List",
        "Rhestr Achosion Dyddiol y Llys Sifil a Theulu",
        &context.location_name,
    );
    daily(payload, context, title, BEFORE_COLON)
}

/// The Court of Protection's daily cause list.
pub fn court_of_protection(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let envelope = envelope(payload)?;
    let region = match some(envelope.location_details.region.name) {
        Some(name) => Bilingual::same(name),
        None => context.region.clone(),
    };
    let title = colon("In the Court of Protection", "Yn y Llys Gwarchod", &region);
    let mut head = header(context, title, &envelope.document, &envelope.venue);
    let lead = judges(&envelope.location_details.region.lead_judges).join(", ");
    if !lead.is_empty() {
        let line =
            Bilingual::new(format!("Regional Lead Judge {lead}"), format!("Prif Farnwr Rhanbarthol {lead}"));
        head.subtitles.push(line);
    }
    let place = &context.location_name;
    if !place.is_empty() {
        let (en, cy) = (place.in_tongue(Tongue::En), place.in_tongue(Tongue::Cy));
        head.subtitles.push(Bilingual::new(format!("Sitting at {en}"), format!("Yn eistedd yn {cy}")));
    }
    head.notices = notices::open_justice(&context.location_name, &envelope.venue.venue_contact);
    Ok(finish(context, head, court_houses(&envelope, BEFORE)))
}

/// `Heading: place`, or the heading alone where there is no place.
pub(super) fn colon(en: &str, cy: &str, place: &Bilingual) -> Bilingual {
    if place.is_empty() {
        return Bilingual::new(en, cy);
    }
    let name = |tongue| place.in_tongue(tongue);
    Bilingual::new(format!("{en}: {}", name(Tongue::En)), format!("{cy}: {}", name(Tongue::Cy)))
}

fn daily(
    payload: &Value,
    context: &Context<'_>,
    title: Bilingual,
    before: Before,
) -> Result<ListDocument, Fault> {
    let envelope = envelope(payload)?;
    let mut head = header(context, title, &envelope.document, &envelope.venue);
    head.notices = notices::open_justice(&context.location_name, &envelope.venue.venue_contact);
    Ok(finish(context, head, court_houses(&envelope, before)))
}

fn court_houses(envelope: &Envelope<'_>, before: Before) -> Vec<Section> {
    envelope.court_lists.iter().map(|list| court_house(&list.court_house, before)).collect()
}

fn court_house(house: &CourtHouse<'_>, before: Before) -> Section {
    let sessions = house
        .court_room
        .iter()
        .flat_map(|room| room.session.iter().map(move |session| (room.court_room_name, session)));
    Section {
        kind: SectionKind::CourtHouse,
        heading: Bilingual::same(house.court_house_name.trim()),
        lines: address_lines(&house.court_house_address),
        table: 0,
        sections: sessions.map(|(room, one)| session(room, one, before)).collect(),
        hearings: Vec::new(),
    }
}

fn session(room: &str, session: &Session<'_>, before: Before) -> Section {
    let names = judges(&session.judiciary);
    let heading = room_heading(room, &names, before.en, before.cy);
    let sittings = session.sittings.iter();
    let hearings = sittings.flat_map(|one| sitting(room, session, one)).collect();
    Section::of_hearings(SectionKind::Room, heading, hearings)
}

/// `Court 1: Judge Byrd`, and the like.
pub(super) fn room_heading(room: &str, judges: &[String], en: &str, cy: &str) -> Bilingual {
    let (room, names) = (room.trim(), judges.join(", "));
    match (room.is_empty(), names.is_empty()) {
        (_, true) => Bilingual::same(room),
        (true, false) => Bilingual::same(names),
        (false, false) => Bilingual::new(format!("{room}{en}{names}"), format!("{room}{cy}{names}")),
    }
}

fn sitting(room: &str, session: &Session<'_>, sitting: &Sitting<'_>) -> Vec<Hearing> {
    let plain = plain(room, session, sitting, &sitting.channel);
    let cases =
        sitting.hearing.iter().flat_map(|hearing| hearing.case.iter().map(move |case| (hearing, case)));
    cases.map(|(hearing, case)| of_case_at(&plain, hearing, case)).collect()
}

/// What every hearing of a sitting has in common.
pub(super) fn plain(room: &str, session: &Session<'_>, sitting: &Sitting<'_>, channel: &[&str]) -> Hearing {
    let own = judges(&sitting.judiciary);
    Hearing {
        start: start(sitting.sitting_start),
        end: instant(sitting.sitting_end),
        room: some(room),
        judges: if own.is_empty() { judges(&session.judiciary) } else { own },
        channel: channels(channel, &session.session_channel),
        ..Hearing::default()
    }
}

fn of_case_at(plain: &Hearing, hearing: &HearingItem<'_>, item: &CaseItem<'_>) -> Hearing {
    let details = item.reporting_restriction_detail.iter().copied().chain([item.reporting_restrictions]);
    Hearing {
        kind: some(hearing.hearing_type),
        cases: vec![case(item)],
        parties: parties(of_case(&item.party, &hearing.party), Style::Full),
        restrictions: filled(details).map(Bilingual::same).collect(),
        ..plain.clone()
    }
}
