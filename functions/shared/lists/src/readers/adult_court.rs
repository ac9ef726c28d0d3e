//! Adult court lists as Libra writes them: the standard list and the public one, daily and future alike.

use super::document::{date, finish, time};
use super::envelope::{filled, some};
use super::parties::party;
use super::{notices, shaped};
use crate::context::Context;
use crate::document::{
    Bilingual, Case, Header, Hearing, ListDocument, Offence, Role, Section, SectionKind, Value as Fact, When,
};
use crate::fault::Fault;
use chrono::{DateTime, NaiveTime, Utc};
use domain::civil::{instant_of, short_time};
use serde::Deserialize;
use serde_json::Value;

/// What the standard list's layout may name beyond the common paths.
pub const FIELDS: &[&str] =
    &["defendant.date_of_birth", "defendant.age", "defendant.address", "offence.code", "offence.summary"];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payload<'a> {
    #[serde(borrow)]
    document: Document<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    info: Info<'a>,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Info<'a> {
    start_time: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Data<'a> {
    #[serde(borrow)]
    job: Job<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Job<'a> {
    printdate: &'a str,
    #[serde(borrow)]
    sessions: Sessions<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Sessions<'a> {
    #[serde(borrow)]
    session: Vec<Session<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Session<'a> {
    lja: &'a str,
    court: &'a str,
    room: Option<u64>,
    sstart: &'a str,
    #[serde(borrow)]
    blocks: Blocks<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Blocks<'a> {
    #[serde(borrow)]
    block: Vec<Block<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Block<'a> {
    bstart: &'a str,
    #[serde(borrow)]
    cases: Cases<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Cases<'a> {
    #[serde(borrow)]
    case: Vec<Item<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item<'a> {
    caseno: &'a str,
    def_name: &'a str,
    def_dob: &'a str,
    def_age: Option<u32>,
    #[serde(borrow)]
    def_addr: Address<'a>,
    inf: &'a str,
    #[serde(borrow)]
    offences: Offences<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Address<'a> {
    line1: &'a str,
    line2: &'a str,
    line3: &'a str,
    line4: &'a str,
    line5: &'a str,
    pcode: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Offences<'a> {
    #[serde(borrow)]
    offence: Vec<OffenceItem<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OffenceItem<'a> {
    code: &'a str,
    title: &'a str,
    cy_title: &'a str,
    sum: &'a str,
    cy_sum: &'a str,
}

/// The standard list.
pub fn standard(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    read(payload, context, &Bilingual::new("Magistrates Standard List", "Rhestr Safonol y Llys Ynadon"), full)
}

/// The public list: time, defendant and case number, whatever else the payload holds.
pub fn public(payload: &Value, context: &Context<'_>) -> Result<ListDocument, Fault> {
    read(
        payload,
        context,
        &Bilingual::new("Magistrates Public List", "Rhestr Gyhoeddus y Llys Ynadon"),
        plain,
    )
}

fn read(
    payload: &Value,
    context: &Context<'_>,
    title: &Bilingual,
    build: fn(&Item<'_>) -> Hearing,
) -> Result<ListDocument, Fault> {
    let document = shaped::<Payload<'_>>(payload)?.document;
    let head = Header {
        title: super::document::title_for(&title.en, &title.cy, &context.location_name),
        list_for: Some(context.content_date),
        last_updated: printed(&document),
        notices: vec![notices::restrictions()],
        source: context.provenance.display_name().to_owned(),
        ..Header::default()
    };
    let mut courts: Vec<Section> = Vec::new();
    for item in &document.data.job.sessions.session {
        let room = session(item, context, build);
        match courts.iter_mut().find(|court| court.heading.en == item.court.trim()) {
            Some(court) => court.sections.push(room),
            None => courts.push(court(item, room)),
        }
    }
    Ok(finish(context, head, courts))
}

/// When Libra printed the list.
fn printed(document: &Document<'_>) -> Option<DateTime<Utc>> {
    let day = date(document.data.job.printdate)?;
    Some(instant_of(day.and_time(time(document.info.start_time).unwrap_or(NaiveTime::MIN))))
}

fn court(session: &Session<'_>, room: Section) -> Section {
    Section {
        kind: SectionKind::CourtHouse,
        heading: Bilingual::same(session.court.trim()),
        lines: Vec::new(),
        table: 0,
        sections: vec![room],
        hearings: Vec::new(),
    }
}

fn session(session: &Session<'_>, context: &Context<'_>, build: fn(&Item<'_>) -> Hearing) -> Section {
    let room = session.room.map(|room| room.to_string());
    let mut lines = Vec::new();
    if let Some(lja) = some(session.lja) {
        lines.push(Bilingual::new(format!("LJA: {lja}"), format!("Ardal Cyfiawnder Lleol: {lja}")));
    }
    if let Some(at) = time(session.sstart).map(short_time) {
        lines.push(Bilingual::new(format!("Session start: {at}"), format!("Dechrau’r sesiwn: {at}")));
    }
    let heading = room.as_ref().map(|room| {
        Bilingual::new(format!("Sitting at Courtroom {room}"), format!("Yn eistedd yn Ystafell Llys {room}"))
    });
    let blocks = session.blocks.block.iter();
    let hearings = blocks.flat_map(|block| {
        let start = time(block.bstart).map_or(When::Unsaid, |at| When::On(context.content_date, Some(at)));
        let room = room.clone();
        block.cases.case.iter().map(move |item| Hearing {
            start: start.clone(),
            room: room.clone(),
            ..build(item)
        })
    });
    Section {
        lines,
        ..Section::of_hearings(SectionKind::Room, heading.unwrap_or_default(), hearings.collect())
    }
}

fn plain(item: &Item<'_>) -> Hearing {
    let defendant = some(item.def_name).map(|name| party(Role::Defendant, name));
    Hearing {
        cases: vec![Case { number: some(item.caseno), ..Case::default() }],
        parties: defendant.into_iter().collect(),
        ..Hearing::default()
    }
}

fn full(item: &Item<'_>) -> Hearing {
    let mut hearing = plain(item);
    if let Some(defendant) = hearing.parties.first_mut() {
        let mut put = |name: &str, fact| defendant.fields.insert(name.to_owned(), fact);
        if let Some(written) = some(item.def_dob) {
            put("date_of_birth", date(&written).map_or(Fact::Text(written), Fact::Date));
        }
        if let Some(age) = item.def_age {
            put("age", Fact::Text(age.to_string()));
        }
        let address = item.def_addr.lines();
        if !address.is_empty() {
            put("address", Fact::Lines(address));
        }
    }
    hearing.parties.extend(some(item.inf).map(|informant| party(Role::Prosecutor, informant)));
    hearing.offences = item.offences.offence.iter().map(offence).collect();
    hearing
}

impl Address<'_> {
    fn lines(&self) -> Vec<String> {
        let all = [self.line1, self.line2, self.line3, self.line4, self.line5, self.pcode];
        filled(all).map(str::to_owned).collect()
    }
}

fn offence(item: &OffenceItem<'_>) -> Offence {
    let mut offence =
        Offence { title: Bilingual::new(item.title.trim(), item.cy_title.trim()), ..Offence::default() };
    if let Some(code) = some(item.code) {
        offence.fields.insert("code".to_owned(), Fact::Text(code));
    }
    if let Some(summary) = some(item.sum) {
        let both = Bilingual::new(summary, item.cy_sum.trim());
        offence.fields.insert("summary".to_owned(), Fact::Both(both));
    }
    offence
}
