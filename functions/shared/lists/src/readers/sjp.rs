//! Single justice procedure: public and press lists, full and new cases alike.

use super::document::{date, finish, header};
use super::envelope::{Address, Envelope, HearingItem, OffenceItem, PartyItem, joined, some};
use super::parties::{Code, Style, code, name, party};
use super::{envelope, notices};
use crate::context::Context;
use crate::document::{
    Bilingual, Case, Header, Hearing, ListDocument, Offence, Party, Role, Section, SectionKind, Value as Fact,
};
use crate::fault::Fault;
use domain::civil::{Tongue, long_date};
use serde_json::Value;

/// What the public list's layout may name beyond the common paths.
pub const PUBLIC_FIELDS: &[&str] = &["defendant.postcode"];

/// What the press list's layout may name beyond the common paths.
pub const PRESS_FIELDS: &[&str] = &[
    "defendant.postcode",
    "defendant.address",
    "defendant.date_of_birth",
    "defendant.date_of_birth_and_age",
    "offence.wording",
    "offence.reporting_restriction",
];

/// The public list. Who is accused is an initial and a surname, where they live is the letters of an area:
/// the schema asks it of the producer, and the reader keeps no more whatever it is given. A case that lacks
/// name, postcode, offence or prosecutor is not shown to the public.
pub fn public(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    read(payload, context, Vec::new(), public_hearing)
}

/// The press list: everything the producer sends.
pub fn press(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    read(payload, context, vec![notices::media_protocol()], |hearing| Some(press_hearing(hearing)))
}

fn read(
    payload: &Value,
    context: &Context<'_>,
    notices: Vec<crate::document::Notice>,
    build: fn(&HearingItem<'_>) -> Option<Hearing>,
) -> Result<ListDocument, Fault> {
    let envelope = envelope(payload)?;
    let hearings: Vec<Hearing> = each(&envelope).filter_map(build).collect();
    let title = context.list_type.friendly.clone();
    let mut head = header(context, title, &envelope.document, &envelope.venue);
    head.notices = notices;
    let (subtitles, sections) = counted(hearings);
    head.subtitles = subtitles;
    Ok(finish(context, head, sections))
}

/// A single justice list with only the hearings that are wanted; the count above them is theirs.
pub fn only(list: &ListDocument, wanted: impl Fn(&Hearing) -> bool) -> ListDocument {
    let hearings = list.hearings().filter(|hearing| wanted(hearing)).cloned().collect();
    let (subtitles, sections) = counted(hearings);
    ListDocument {
        list_type: list.list_type.clone(),
        header: Header { subtitles, ..list.header.clone() },
        sections,
    }
}

/// How many cases there are, and the cases.
fn counted(hearings: Vec<Hearing>) -> (Vec<Bilingual>, Vec<Section>) {
    let subtitles = vec![count(hearings.len())];
    (subtitles, vec![Section::of_hearings(SectionKind::Group, Bilingual::default(), hearings)])
}

fn each<'e>(envelope: &'e Envelope<'_>) -> impl Iterator<Item = &'e HearingItem<'e>> {
    let rooms = envelope.court_lists.iter().flat_map(|list| &list.court_house.court_room);
    let sessions = rooms.flat_map(|room| &room.session);
    sessions.flat_map(|session| &session.sittings).flat_map(|sitting| &sitting.hearing)
}

fn count(cases: usize) -> Bilingual {
    let plural = if cases == 1 { "" } else { "s" };
    Bilingual::new(format!("{cases} case{plural}"), format!("{cases} achos"))
}

fn with_code<'e, 'a>(hearing: &'e HearingItem<'a>, role: Role) -> impl Iterator<Item = &'e PartyItem<'a>> {
    hearing.party.iter().filter(move |party| code(party.party_role) == Code::Party(role))
}

fn prosecutors(hearing: &HearingItem<'_>) -> Vec<Party> {
    let named = with_code(hearing, Role::Prosecutor).map(|item| name(item, Style::Full));
    named.filter(|words| !words.is_empty()).map(|words| party(Role::Prosecutor, words)).collect()
}

fn public_hearing(hearing: &HearingItem<'_>) -> Option<Hearing> {
    let mut parties: Vec<Party> = with_code(hearing, Role::Defendant).filter_map(public_accused).collect();
    let prosecutors = prosecutors(hearing);
    let offences: Vec<Offence> = hearing.offence.iter().filter_map(public_offence).collect();
    if parties.is_empty() || prosecutors.is_empty() || offences.is_empty() {
        return None;
    }
    parties.extend(prosecutors);
    Some(Hearing { parties, offences, ..Hearing::default() })
}

fn public_accused(item: &PartyItem<'_>) -> Option<Party> {
    let words = match &item.individual_details {
        Some(person) => {
            let initial: String = person.individual_forenames.trim().chars().take(1).collect();
            joined([initial.as_str(), person.individual_surname], " ")
        }
        None => name(item, Style::Full),
    };
    let postcode: String = address(item)?.post_code.trim().chars().take(2).collect();
    if words.is_empty() || postcode.is_empty() {
        return None;
    }
    let mut accused = party(Role::Defendant, words);
    accused.fields.insert("postcode".to_owned(), Fact::Text(postcode));
    Some(accused)
}

fn public_offence(item: &OffenceItem<'_>) -> Option<Offence> {
    some(item.offence_title).map(|title| Offence { title: Bilingual::same(title), ..Offence::default() })
}

fn press_hearing(hearing: &HearingItem<'_>) -> Hearing {
    let cases = hearing.case.iter().filter_map(|case| some(case.case_urn));
    let mut parties: Vec<Party> = with_code(hearing, Role::Defendant).map(press_accused).collect();
    parties.extend(prosecutors(hearing));
    Hearing {
        cases: cases.map(|urn| Case { urn: Some(urn), ..Case::default() }).collect(),
        parties,
        offences: hearing.offence.iter().map(press_offence).collect(),
        ..Hearing::default()
    }
}

fn press_accused(item: &PartyItem<'_>) -> Party {
    let mut accused = party(Role::Defendant, name(item, Style::Full));
    let mut put = |field: &str, fact| accused.fields.insert(field.to_owned(), fact);
    if let Some(address) = address(item) {
        put("address", Fact::Lines(address.full()));
        put("postcode", Fact::Text(address.post_code.trim().to_owned()));
    }
    if let Some(person) = &item.individual_details
        && let Some(written) = some(person.date_of_birth)
    {
        let day = date(&written);
        let words = |tongue| {
            let birth = day.map_or(written.clone(), |day| long_date(day, tongue, false));
            person.age.map_or(birth.clone(), |age| format!("{birth} ({age})"))
        };
        let both = Bilingual::new(words(Tongue::En), words(Tongue::Cy));
        put("date_of_birth_and_age", Fact::Both(both));
        put("date_of_birth", day.map_or(Fact::Text(written.clone()), Fact::Date));
    }
    accused
}

fn press_offence(item: &OffenceItem<'_>) -> Offence {
    let mut offence = Offence { title: Bilingual::same(item.offence_title.trim()), ..Offence::default() };
    if let Some(wording) = some(item.offence_wording) {
        offence.fields.insert("wording".to_owned(), Fact::Text(wording));
    }
    if let Some(restricted) = item.reporting_restriction {
        offence.fields.insert("reporting_restriction".to_owned(), Fact::Flag(restricted));
    }
    offence
}

fn address<'e, 'a>(item: &'e PartyItem<'a>) -> Option<&'e Address<'a>> {
    match (&item.individual_details, &item.organisation_details) {
        (Some(person), _) => Some(&person.address),
        (None, Some(organisation)) => Some(&organisation.organisation_address),
        (None, None) => None,
    }
}
