//! Social security and child support, and immigration and asylum daily lists.

use super::cft::{plain, room_heading};
use super::document::{case, finish, header};
use super::envelope::{CaseItem, CourtList, HearingItem, PartyItem, Room, judges, some};
use super::parties::{Code, Style, code, name, of_case, organisation_name, parties, parties_named};
use super::{envelope, notices};
use crate::context::Context;
use crate::document::{Bilingual, Hearing, ListDocument, Party, Role, Section, SectionKind, Value as Fact};
use crate::fault::Fault;
use chrono::NaiveDate;
use domain::civil::{Tongue, long_date};
use serde_json::Value;

/// The social security and child support daily list, and its additional hearings.
pub fn sscs(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let envelope = envelope(payload)?;
    let place = &context.location_name;
    let title = sscs_title(place, context.content_date);
    let mut head = header(context, title, &envelope.document, &envelope.venue);
    head.notices = vec![notices::two_sscs_lists()];
    head.notices.extend(notices::open_justice(place, &envelope.venue.venue_contact));
    let sections = envelope.court_lists.iter().map(sscs_house).collect();
    Ok(finish(context, head, sections))
}

fn sscs_title(place: &Bilingual, date: NaiveDate) -> Bilingual {
    let title = |tongue, [before, after, bare]: [&str; 3]| {
        let (name, day) = (place.in_tongue(tongue), long_date(date, tongue, true));
        if name.is_empty() { format!("{bare} {day}") } else { format!("{before}{name}{after} {day}") }
    };
    Bilingual::new(
        title(Tongue::En, ["", " hearings for", "Hearings for"]),
        title(Tongue::Cy, ["Gwrandawiadau ", " ar gyfer", "Gwrandawiadau ar gyfer"]),
    )
}

fn sscs_house(list: &CourtList<'_>) -> Section {
    Section {
        kind: SectionKind::CourtHouse,
        heading: Bilingual::same(list.court_house.court_house_name.trim()),
        lines: Vec::new(),
        table: 0,
        sections: list.court_house.court_room.iter().map(sscs_room).collect(),
        hearings: Vec::new(),
    }
}

fn sscs_room(room: &Room<'_>) -> Section {
    let hearings = each_case(room, |plain, hearing, item| Hearing {
        parties: sscs_parties(of_case(&item.party, &hearing.party)),
        ..of_case_at(plain, hearing, item)
    });
    Section::of_hearings(SectionKind::Room, Bilingual::same(room.court_room_name.trim()), hearings)
}

/// The respondents shown are organisations whose role is exactly RESPONDENT, whoever is named beside them; any other
/// stays in the facts.
fn sscs_parties(items: &[PartyItem<'_>]) -> Vec<Party> {
    let organisation = |item: &PartyItem<'_>| match item.party_role {
        "RESPONDENT" => organisation_name(item),
        _ => None,
    };
    let shown = |item: &&PartyItem<'_>| {
        code(item.party_role) != Code::Party(Role::Respondent) || organisation(item).is_some()
    };
    let (shown, other): (Vec<_>, Vec<_>) = items.iter().partition(shown);
    let mut all = parties_named(shown, |item| organisation(item).unwrap_or_else(|| name(item, Style::Full)));
    all.extend(parties(other, Style::Full).into_iter().map(|party| Party { role: Role::Other, ..party }));
    all
}

/// The immigration and asylum chamber's daily list, and its additional cases.
pub fn iac(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let envelope = envelope(payload)?;
    let title = Bilingual::new(
        "First-tier Tribunal: Immigration and Asylum Chamber",
        "Tribiwnlys Haen Gyntaf: Siambr Mewnfudo a Lloches",
    );
    let mut head = header(context, title, &envelope.document, &envelope.venue);
    if let Some(venue) = some(envelope.venue.venue_name) {
        head.subtitles
            .push(Bilingual::new(format!("{venue} Daily List"), format!("Rhestr Ddyddiol {venue}")));
    }
    head.notices = notices::immigration();
    let sections = envelope.court_lists.iter().map(iac_list).collect();
    Ok(finish(context, head, sections))
}

fn iac_list(list: &CourtList<'_>) -> Section {
    let bail = list.court_list_name.trim().eq_ignore_ascii_case("bail list");
    Section {
        kind: SectionKind::Group,
        heading: Bilingual::same(list.court_list_name.trim()),
        lines: Vec::new(),
        table: 0,
        sections: list.court_house.court_room.iter().flat_map(|room| iac_room(room, bail)).collect(),
        hearings: Vec::new(),
    }
}

/// One section a room; on the bail list, where headings name the judges, one a session.
fn iac_room(room: &Room<'_>, bail: bool) -> Vec<Section> {
    if !bail {
        let name = room.court_room_name.trim();
        let heading = Bilingual::new(format!("Hearing Room: {name}"), format!("Ystafell Wrandawiad: {name}"));
        return vec![Section::of_hearings(SectionKind::Room, heading, each_case(room, iac_case))];
    }
    let sections = room.session.iter().map(|session| {
        let names = judges(&session.judiciary);
        let heading = room_heading(room.court_room_name, &names, ", Before ", ", Gerbron ");
        Section::of_hearings(SectionKind::Room, heading, each_case_of(room, session, iac_case))
    });
    sections.collect()
}

fn iac_case(plain: &Hearing, hearing: &HearingItem<'_>, item: &CaseItem<'_>) -> Hearing {
    let mut listed = of_case_at(plain, hearing, item);
    listed.parties = parties(of_case(&item.party, &hearing.party), Style::Full);
    for party in &mut listed.parties {
        if party.role == Role::Prosecutor {
            party.role = Role::Respondent;
        }
    }
    if let Some(language) = some(item.language) {
        listed.fields.insert("language".to_owned(), Fact::Text(language));
    }
    listed
}

fn of_case_at(plain: &Hearing, hearing: &HearingItem<'_>, item: &CaseItem<'_>) -> Hearing {
    Hearing { kind: some(hearing.hearing_type), cases: vec![case(item)], ..plain.clone() }
}

type Build = fn(&Hearing, &HearingItem<'_>, &CaseItem<'_>) -> Hearing;

fn each_case(room: &Room<'_>, build: Build) -> Vec<Hearing> {
    room.session.iter().flat_map(|session| each_case_of(room, session, build)).collect()
}

fn each_case_of(room: &Room<'_>, session: &super::envelope::Session<'_>, build: Build) -> Vec<Hearing> {
    let mut hearings = Vec::new();
    for sitting in &session.sittings {
        let common = plain(room.court_room_name, session, sitting, &sitting.channel);
        for hearing in &sitting.hearing {
            hearings.extend(hearing.case.iter().map(|case| build(&common, hearing, case)));
        }
    }
    hearings
}
