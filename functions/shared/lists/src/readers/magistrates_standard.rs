//! The magistrates' standard list: a card for each defendant of a case and each subject of an application.

use super::document::{date, finish, header, title_for};
use super::envelope::{
    CourtHouse, HearingItem, Individual, OffenceItem, PartyItem, Room, Session, Sitting, some,
};
use super::magistrates::{
    application_parties, case_parties, common, each_main, listed_application, listed_case, restrictions,
    rooms,
};
use super::{envelope, notices};
use crate::context::Context;
use crate::document::{
    Bilingual, Hearing, ListDocument, Offence, Party, Section, SectionKind, Value as Fact, When,
};
use crate::fault::Fault;
use domain::civil::{london, short_time};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the layout may name beyond the common paths.
pub const FIELDS: &[&str] = &[
    "panel",
    "application_particulars",
    "main.date_of_birth",
    "main.age",
    "main.address",
    "main.asn",
    "main.pnc_id",
    "main.gender",
    "offence.code",
    "offence.wording",
    "offence.legislation",
    "offence.max_penalty",
    "offence.plea",
    "offence.plea_date",
    "offence.conviction_date",
    "offence.adjourned_date",
    "offence.restrictions",
];

/// The standard list: court house and local justice area, room and judges, sitting time, cards.
pub fn standard(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    let envelope = envelope(payload)?;
    let title =
        title_for("Magistrates Standard List", "Rhestr Safonol y Llys Ynadon", &context.location_name);
    let mut head = header(context, title, &envelope.document, &envelope.venue);
    head.notices = vec![notices::restrictions()];
    let sections = envelope.court_lists.iter().map(|list| court_house(&list.court_house)).collect();
    Ok(finish(context, head, sections))
}

fn court_house(house: &CourtHouse<'_>) -> Section {
    let rooms = rooms(house).into_iter().map(|(heading, sessions)| Section {
        kind: SectionKind::Room,
        heading,
        lines: Vec::new(),
        table: 0,
        sections: by_time(sessions.iter().flat_map(|(room, session)| cards_of(room, session)).collect()),
        hearings: Vec::new(),
    });
    Section {
        kind: SectionKind::CourtHouse,
        heading: Bilingual::same(house.court_house_name.trim()),
        lines: some(house.lja).map(Bilingual::same).into_iter().collect(),
        table: 0,
        sections: rooms.collect(),
        hearings: Vec::new(),
    }
}

/// Cards below equal headings "Sitting at 1:30pm [2 of 3]", in the order in which those first appear.
fn by_time(cards: Vec<Hearing>) -> Vec<Section> {
    let mut groups: Vec<Section> = Vec::new();
    for card in cards {
        let heading = sitting_at(&card);
        match groups.iter_mut().find(|group| group.heading == heading) {
            Some(group) => group.hearings.push(card),
            None => groups.push(Section::of_hearings(SectionKind::Group, heading, vec![card])),
        }
    }
    groups
}

fn sitting_at(card: &Hearing) -> Bilingual {
    let at = match &card.start {
        When::At(start) => short_time(london(*start).time()),
        When::AsWritten(words) => words.clone(),
        _ => String::new(),
    };
    let sequence = card.cases.first().and_then(|case| case.sequence.as_deref());
    let sequence = sequence.map(|sequence| format!(" [{sequence}]")).unwrap_or_default();
    Bilingual::new(format!("Sitting at {at}{sequence}"), format!("Yn eistedd am {at}{sequence}"))
}

fn cards_of(room: &Room<'_>, session: &Session<'_>) -> Vec<Hearing> {
    let each = |sitting: &Sitting<'_>| {
        let cards = sitting.hearing.iter().flat_map(|item| hearing_cards(room, session, sitting, item));
        cards.collect::<Vec<_>>()
    };
    session.sittings.iter().flat_map(each).collect()
}

fn hearing_cards(
    room: &Room<'_>,
    session: &Session<'_>,
    sitting: &Sitting<'_>,
    item: &HearingItem<'_>,
) -> Vec<Hearing> {
    let mut base = common(room, session, sitting, item);
    put(&mut base.fields, "panel", item.panel);
    let mut cards = Vec::new();
    for case in &item.case {
        let card = Hearing {
            cases: vec![listed_case(case)],
            restrictions: restrictions(case.reporting_restriction, &case.reporting_restriction_details),
            ..base.clone()
        };
        cards.extend(each_main(&card, &case_parties(&case.party), detailed, offence));
    }
    for application in &item.application {
        let mut card = Hearing {
            cases: vec![listed_application(application)],
            restrictions: restrictions(
                application.reporting_restriction,
                &application.reporting_restriction_details,
            ),
            ..base.clone()
        };
        put(&mut card.fields, "application_particulars", application.application_particulars);
        cards.extend(each_main(&card, &application_parties(&application.party), detailed, offence));
    }
    cards
}

fn detailed(mut party: Party, item: &PartyItem<'_>) -> Party {
    if let Some(person) = &item.individual_details {
        party.in_custody = person.in_custody;
        personal(&mut party.fields, person);
    } else if let Some(organisation) = &item.organisation_details {
        party.fields.insert("address".to_owned(), Fact::Lines(organisation.organisation_address.full()));
    }
    party
}

fn personal(fields: &mut BTreeMap<String, Fact>, person: &Individual<'_>) {
    if let Some(written) = some(person.date_of_birth) {
        let born = date(&written).map_or(Fact::Text(written), Fact::Date);
        fields.insert("date_of_birth".to_owned(), born);
    }
    if let Some(age) = person.age {
        fields.insert("age".to_owned(), Fact::Text(age.to_string()));
    }
    let address = person.address.full();
    if !address.is_empty() {
        fields.insert("address".to_owned(), Fact::Lines(address));
    }
    put(fields, "gender", person.gender);
    put(fields, "asn", person.asn);
    put(fields, "pnc_id", person.pnc_id);
}

/// An offence without a title is left out.
fn offence(item: &OffenceItem<'_>) -> Option<Offence> {
    let title = Bilingual::same(some(item.offence_title)?);
    let mut fields = BTreeMap::new();
    put(&mut fields, "code", item.offence_code);
    put(&mut fields, "wording", item.offence_wording);
    put(&mut fields, "legislation", item.offence_legislation);
    put(&mut fields, "max_penalty", item.offence_max_pen);
    if let Some(plea) = some(item.plea) {
        fields.insert("plea".to_owned(), Fact::Both(plea_words(&plea)));
    }
    put_date(&mut fields, "plea_date", item.plea_date);
    put_date(&mut fields, "conviction_date", item.conviction_date);
    put_adjourned(&mut fields, item.adjourned_date);
    let restricted =
        restrictions(item.reporting_restriction == Some(true), &item.reporting_restriction_details);
    if !restricted.is_empty() {
        let joined =
            |pick: fn(&Bilingual) -> &str| restricted.iter().map(pick).collect::<Vec<_>>().join(", ");
        let both = Bilingual::new(
            joined(|one| one.in_tongue(domain::civil::Tongue::En)),
            joined(|one| one.in_tongue(domain::civil::Tongue::Cy)),
        );
        fields.insert("restrictions".to_owned(), Fact::Both(both));
    }
    Some(Offence { title, fields })
}

fn plea_words(plea: &str) -> Bilingual {
    match plea {
        "GUILTY" => Bilingual::new("Guilty", "Euog"),
        "NOT_GUILTY" => Bilingual::new("Not guilty", "Dieuog"),
        "NONE" => Bilingual::new("None", "Dim"),
        other => Bilingual::same(other),
    }
}

fn put_adjourned(fields: &mut BTreeMap<String, Fact>, text: &str) {
    if let Some(written) = some(text) {
        let day = date(&written).map_or(written, |day| day.format("%d/%m/%Y").to_string());
        let both = Bilingual::new(format!("{day} - For the trial"), format!("{day} - Ar gyfer y treial"));
        fields.insert("adjourned_date".to_owned(), Fact::Both(both));
    }
}

fn put_date(fields: &mut BTreeMap<String, Fact>, name: &str, text: &str) {
    if let Some(written) = some(text) {
        fields.insert(name.to_owned(), date(&written).map_or(Fact::Text(written), Fact::Date));
    }
}

fn put(fields: &mut BTreeMap<String, Fact>, name: &str, text: &str) {
    if let Some(text) = some(text) {
        fields.insert(name.to_owned(), Fact::Text(text));
    }
}
