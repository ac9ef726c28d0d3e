//! What every reader does: headers, times, and finishing a document.

use super::envelope::{Address, Document, Venue, some};
use crate::context::Context;
use crate::document::{Bilingual, Case, Header, ListDocument, Section, When};
use crate::keys::Keys;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use domain::civil::{Tongue, instant_of, london};

/// The header of a list in the shared envelope; title and notices are the reader's.
pub fn header(context: &Context<'_>, title: Bilingual, document: &Document<'_>, venue: &Venue<'_>) -> Header {
    Header {
        title,
        list_for: Some(context.content_date),
        last_updated: instant(document.publication_date),
        venue: venue.venue_address.short(),
        telephone: some(venue.venue_contact.venue_telephone),
        email: some(venue.venue_contact.venue_email),
        source: context.provenance.display_name().to_owned(),
        ..Header::default()
    }
}

/// A heading that names the court: `Civil Daily Cause List for Oxford Combined Court Centre`; a court that the
/// reference data does not know is left out.
pub fn title_for(en: &str, cy: &str, place: &Bilingual) -> Bilingual {
    if place.is_empty() {
        return Bilingual::new(en, cy);
    }
    let name = |tongue| place.in_tongue(tongue);
    Bilingual::new(format!("{en} for {}", name(Tongue::En)), format!("{cy} ar gyfer {}", name(Tongue::Cy)))
}

/// A producer's instant: an offset is honoured, its absence means London civil time.
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.with_timezone(&Utc));
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(instant_of)
}

/// The London date of an instant, or a plain date in either order.
pub fn date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    ["%Y-%m-%d", "%d/%m/%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        .or_else(|| instant(text).map(|instant| london(instant).date()))
}

/// A civil time, with or without seconds.
pub fn time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok())
}

/// The London time of a civil time or of a time with an offset, which on that day says which it is.
pub fn time_on(day: NaiveDate, text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    time(text).or_else(|| {
        let instant = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z"]
            .iter()
            .find_map(|form| DateTime::parse_from_str(&format!("{day}T{text}"), form).ok())?;
        Some(london(instant.with_timezone(&Utc)).time())
    })
}

/// When a sitting starts: its instant, or what the producer wrote where that is none.
pub fn start(text: &str) -> When {
    match instant(text) {
        Some(instant) => When::At(instant),
        None => some(text).map_or(When::Unsaid, When::AsWritten),
    }
}

/// A case in the shared envelope, by number.
pub fn case(item: &super::envelope::CaseItem<'_>) -> Case {
    Case {
        number: some(item.case_number),
        urn: some(item.case_urn),
        name: some(item.case_name),
        kind: some(item.case_type),
        sequence: some(item.case_sequence_indicator),
    }
}

/// The lines of an address below a heading.
pub fn address_lines(address: &Address<'_>) -> Vec<Bilingual> {
    address.full().into_iter().map(Bilingual::same).collect()
}

/// The document: parts that hold no hearing are left out, and every hearing gets its key.
pub fn finish(context: &Context<'_>, header: Header, mut sections: Vec<Section>) -> ListDocument {
    prune(&mut sections);
    let mut keys = Keys::default();
    for section in &mut sections {
        give_keys(section, &mut keys);
    }
    ListDocument { list_type: context.list_type.name.clone(), header, sections }
}

fn prune(sections: &mut Vec<Section>) {
    for section in sections.iter_mut() {
        prune(&mut section.sections);
    }
    sections.retain(|section| !section.hearings.is_empty() || !section.sections.is_empty());
}

fn give_keys(section: &mut Section, keys: &mut Keys) {
    for inner in &mut section.sections {
        give_keys(inner, keys);
    }
    for hearing in &mut section.hearings {
        hearing.key = keys.of(hearing);
    }
}
