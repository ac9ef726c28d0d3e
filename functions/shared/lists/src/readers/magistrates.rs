//! The magistrates' public list, and what it shares with the standard list.

use super::document::{address_lines, finish, header, start, title_for};
use super::envelope::{
    Application, CaseItem, CourtHouse, HearingItem, OffenceItem, PartyItem, Room, Session, Sitting, filled,
    judges, some,
};
use super::parties::{Code, Style, channels, code, name, party};
use super::{envelope, notices};
use crate::context::Context;
use crate::document::{Bilingual, Case, Hearing, ListDocument, Offence, Party, Role, Section, SectionKind};
use crate::fault::Fault;
use serde_json::Value;

/// The public list: one row for each defendant of a case and each subject of an application, so that nobody stands
/// beside another's offences.
pub fn public(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let envelope = envelope(payload)?;
    let title =
        title_for("Magistrates Public List", "Rhestr Gyhoeddus y Llys Ynadon", &context.location_name);
    let mut head = header(context, title, &envelope.document, &envelope.venue);
    head.notices = vec![notices::restrictions()];
    let sections = envelope.court_lists.iter().map(|list| court_house(&list.court_house)).collect();
    Ok(finish(context, head, sections))
}

fn court_house(house: &CourtHouse<'_>) -> Section {
    let rooms = rooms(house).into_iter().map(|(heading, sessions)| {
        let hearings = sessions.iter().flat_map(|(room, session)| public_session(room, session)).collect();
        Section::of_hearings(SectionKind::Room, heading, hearings)
    });
    Section {
        kind: SectionKind::CourtHouse,
        heading: Bilingual::same(house.court_house_name.trim()),
        lines: address_lines(&house.court_house_address),
        table: 0,
        sections: rooms.collect(),
        hearings: Vec::new(),
    }
}

/// A room's heading and the sessions below it.
pub(super) type Sessions<'e, 'a> = Vec<(&'e Room<'a>, &'e Session<'a>)>;

/// Sessions by room and judges, in the order in which those first appear, each with all its sittings.
pub(super) fn rooms<'e, 'a>(house: &'e CourtHouse<'a>) -> Vec<(Bilingual, Sessions<'e, 'a>)> {
    let mut rooms: Vec<(Bilingual, Sessions<'e, 'a>)> = Vec::new();
    for room in house.court_room.iter().filter(|room| !room.exclude) {
        for session in &room.session {
            let names = judges(&session.judiciary);
            let heading = super::cft::room_heading(room.court_room_name, &names, ": ", ": ");
            match rooms.iter_mut().find(|(known, _)| *known == heading) {
                Some((_, sessions)) => sessions.push((room, session)),
                None => rooms.push((heading, vec![(room, session)])),
            }
        }
    }
    rooms
}

fn public_session(room: &Room<'_>, session: &Session<'_>) -> Vec<Hearing> {
    let mut hearings = Vec::new();
    for sitting in &session.sittings {
        for item in &sitting.hearing {
            let common = common(room, session, sitting, item);
            hearings.extend(item.case.iter().flat_map(|case| public_case(&common, case)));
            hearings.extend(item.application.iter().flat_map(|one| public_application(&common, one)));
        }
    }
    hearings
}

/// What every row or card of a hearing has in common; the type of an application's hearing is the hearing's.
pub(super) fn common(
    room: &Room<'_>,
    session: &Session<'_>,
    sitting: &Sitting<'_>,
    item: &HearingItem<'_>,
) -> Hearing {
    let sitting_channels = channels(&sitting.channel, &session.session_channel);
    let own: Vec<String> = filled(item.channel.iter().copied()).map(str::to_owned).collect();
    Hearing {
        start: start(sitting.sitting_start),
        room: some(room.court_room_name),
        judges: judges(&session.judiciary),
        channel: if own.is_empty() { sitting_channels } else { own },
        kind: some(item.hearing_type),
        ..Hearing::default()
    }
}

fn public_case(common: &Hearing, item: &CaseItem<'_>) -> Vec<Hearing> {
    let row = Hearing {
        cases: vec![listed_case(item)],
        restrictions: restrictions(item.reporting_restriction, &[]),
        ..common.clone()
    };
    each_main(&row, &case_parties(&item.party), |party, _| party, title)
}

fn public_application(common: &Hearing, item: &Application<'_>) -> Vec<Hearing> {
    let row = Hearing {
        cases: vec![listed_application(item)],
        restrictions: restrictions(item.reporting_restriction, &[]),
        ..common.clone()
    };
    each_main(&row, &application_parties(&item.party), |party, _| party, title)
}

fn title(item: &OffenceItem<'_>) -> Option<Offence> {
    some(item.offence_title).map(|title| Offence { title: Bilingual::same(title), ..Offence::default() })
}

/// Parties of a case or an application, each with its role in the document.
pub(super) type Parties<'e, 'a> = Vec<(Role, &'e PartyItem<'a>)>;

/// One row or card for each defendant or subject, with their own offences and the parties who are neither; one
/// without them where the producer names none, so that no case is lost.
pub(super) fn each_main(
    row: &Hearing,
    parties: &Parties<'_, '_>,
    detailed: fn(Party, &PartyItem<'_>) -> Party,
    offence: fn(&OffenceItem<'_>) -> Option<Offence>,
) -> Vec<Hearing> {
    let (mains, others): (Vec<_>, Vec<_>) = parties.iter().partition(|(role, _)| is_main(*role));
    let others: Vec<Party> = others.iter().filter_map(|(role, item)| named(item, *role)).collect();
    if mains.is_empty() {
        return vec![Hearing { parties: others, ..row.clone() }];
    }
    let each = mains.into_iter().map(|(role, item)| {
        let main = named(item, role).map(|party| detailed(party, item));
        Hearing {
            parties: main.into_iter().chain(others.clone()).collect(),
            offences: item.offence.iter().filter_map(offence).collect(),
            ..row.clone()
        }
    });
    each.collect()
}

/// The case, by its URN.
pub(super) fn listed_case(item: &CaseItem<'_>) -> Case {
    Case {
        number: some(item.case_number),
        urn: some(item.case_urn),
        name: some(item.case_name),
        sequence: some(item.case_sequence_indicator),
        ..Case::default()
    }
}

/// The application, by its reference.
pub(super) fn listed_application(item: &Application<'_>) -> Case {
    Case { number: some(item.application_reference), kind: some(item.application_type), ..Case::default() }
}

/// The role a party has in the document; none for representatives, whom magistrates' lists do not name.
fn role(item: &PartyItem<'_>) -> Option<Role> {
    match code(item.party_role) {
        Code::Party(role) => Some(role),
        Code::Representative(_) => None,
    }
}

/// A case's parties with their roles.
pub(super) fn case_parties<'e, 'a>(items: &'e [PartyItem<'a>]) -> Parties<'e, 'a> {
    items.iter().filter_map(|item| Some((role(item)?, item))).collect()
}

/// An application's parties with their roles: its subject, whatever else that party is; where the producer
/// marks none, its defendants. Beside a subject, a defendant is another party.
pub(super) fn application_parties<'e, 'a>(items: &'e [PartyItem<'a>]) -> Parties<'e, 'a> {
    let has_subject = items.iter().any(|item| item.subject);
    let of = |item: &PartyItem<'a>| match role(item) {
        _ if item.subject => Some(Role::Subject),
        Some(Role::Defendant) if has_subject => Some(Role::Other),
        role => role,
    };
    items.iter().filter_map(|item| Some((of(item)?, item))).collect()
}

/// Whether the list names parties of this role in its Name column.
fn is_main(role: Role) -> bool {
    matches!(role, Role::Defendant | Role::Subject)
}

/// The party under its name as the criminal courts write it; none without a name.
fn named(item: &PartyItem<'_>, role: Role) -> Option<Party> {
    let words = name(item, Style::SurnameFirst);
    (!words.is_empty()).then(|| party(role, words))
}

/// The restrictions in the producer's words or, where it only says that there is one, in ours.
pub(super) fn restrictions(applies: bool, details: &[&str]) -> Vec<Bilingual> {
    let details: Vec<Bilingual> = filled(details.iter().copied()).map(Bilingual::same).collect();
    match (details.is_empty(), applies) {
        (true, true) => vec![notices::restriction()],
        _ => details,
    }
}
