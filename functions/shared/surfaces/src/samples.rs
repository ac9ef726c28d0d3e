//! Hand-made lists for tests and timings: every construct a list can have, and the strings that break things.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::civil::Tongue;
use lists::document::{
    Bilingual, Case, Header, Hearing, Link, ListDocument, Name, Notice, Offence, Party, Role, Section,
    SectionKind, Value, When,
};
use lists::layout::{Body, Column, Kind, Layout};

/// Text that would be markup, a template, a formula or Markdown if anything took it for more than text.
pub const HOSTILE: [&str; 6] = [
    "\"><svg/onload=1>",
    "{{7*7}}{% raw %}",
    "=cmd()|' /C calc'!A0",
    "((name)) [click](https://evil.example)",
    "# Heading\n* item\n^ inset\n---",
    "漢字 \u{0}\u{1}\u{202E}\u{FFFF} العربية w\u{302}",
];

/// Text that shows nothing: zero-width, soft hyphen, byte order mark, direction and variation marks.
pub const INVISIBLE: [&str; 4] =
    ["\u{200B}", "\u{AD}\u{FEFF}", " \u{200E}\u{2060}\n\u{202C} ", "\u{FE0F}\u{0}\u{3164}"];

pub fn column(field: &str, en: &str, cy: &str) -> Column {
    Column { field: field.to_owned(), label: Bilingual::new(en, cy), kind: Kind::Text }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a fixed instant")
}

fn party(role: Role, name: &str) -> Party {
    Party {
        role,
        name: Name::Shown(name.to_owned()),
        representative: None,
        in_custody: false,
        fields: Default::default(),
    }
}

fn header(title: &str, cy: &str) -> Header {
    Header {
        title: Bilingual::new(title, cy),
        list_for: NaiveDate::from_ymd_opt(2026, 1, 5),
        last_updated: Some(at("2026-01-04T16:30:00Z")),
        version: Some("1.2".to_owned()),
        venue: vec!["St Aldate's".to_owned(), "Oxford".to_owned(), "OX1 1TL".to_owned()],
        telephone: Some("01865 264 200".to_owned()),
        email: Some("oxford@example.gov.uk".to_owned()),
        notices: vec![Notice {
            heading: Some(Bilingual::new("Open justice", "Cyfiawnder agored")),
            text: Bilingual::new(
                "Hearings are open to the public unless the judge decides otherwise. To observe a hearing, ask the \
                 court at least a day before, and say which case you wish to observe.",
                "Mae gwrandawiadau yn agored i’r cyhoedd oni bai fod y barnwr yn penderfynu fel arall.",
            ),
            link: Some(Link {
                text: Bilingual::new("Observe a court hearing", "Arsylwi gwrandawiad llys"),
                href: "https://www.gov.uk/guidance/observe-a-court-or-tribunal-hearing".to_owned(),
            }),
        }],
        source: "ListAssist".to_owned(),
        ..Header::default()
    }
}

/// A case in court `n` rows down the list.
fn civil_hearing(n: usize) -> Hearing {
    let start = at("2026-01-05T09:00:00Z") + TimeDelta::minutes(15 * (n % 24) as i64);
    let names = [
        "Smith v Jones",
        "Llŷr ap Gwŷn v Dŵr Cymru Cyfyngedig",
        "The Mayor and Burgesses of the London Borough of Example v Persons Unknown",
    ];
    Hearing {
        key: format!("K{n}"),
        start: When::At(start),
        end: Some(start + TimeDelta::minutes(65)),
        channel: vec!["In person".to_owned(), "Teams".to_owned()],
        kind: Some(
            ["Case management conference", "Hearing", "Application to set aside judgment"][n % 3].to_owned(),
        ),
        cases: vec![Case {
            number: Some(format!("K01OX{n:05}")),
            name: Some(names[n % 3].to_owned()),
            kind: Some("Small Claims".to_owned()),
            sequence: Some("2 of 3".to_owned()),
            ..Case::default()
        }],
        parties: vec![party(Role::Applicant, "A Smith"), party(Role::Respondent, "B Jones")],
        restrictions: if n.is_multiple_of(9) {
            vec![Bilingual::same(
                "No details that may identify any child in these proceedings may be published.",
            )]
        } else {
            Vec::new()
        },
        ..Hearing::default()
    }
}

/// `cases` cases in rooms of two court houses, as a civil list has them.
pub fn civil(cases: usize) -> (ListDocument, Layout) {
    let hearings: Vec<Hearing> = (0..cases).map(civil_hearing).collect();
    let room = |(n, hearings): (usize, &[Hearing])| Section {
        lines: vec![Bilingual::new("Sitting at 10am", "Yn eistedd am 10am")],
        ..Section::of_hearings(
            SectionKind::Room,
            Bilingual::same(format!("Courtroom {}: District Judge Ŵyn", n % 6 + 1)),
            hearings.to_vec(),
        )
    };
    let rooms: Vec<Section> = hearings.chunks(12).enumerate().map(room).collect();
    let half = rooms.len().div_ceil(2);
    let house = |name: &str, rooms: &[Section]| Section {
        lines: vec![Bilingual::same("St Aldate's, Oxford OX1 1TL")],
        sections: rooms.to_vec(),
        ..Section::of_hearings(SectionKind::CourtHouse, Bilingual::same(name), Vec::new())
    };
    let sections = vec![
        house("Oxford Combined Court Centre", &rooms[..half]),
        house("Reading County Court", &rooms[half..]),
    ];
    let document = ListDocument {
        list_type: "CIVIL_DAILY_CAUSE_LIST".to_owned(),
        header: header(
            "Civil Daily Cause List for Oxford Combined Court Centre",
            "Rhestr Achosion Dyddiol y Llys Sifil ar gyfer Oxford Combined Court Centre",
        ),
        sections,
    };
    (document, civil_layout())
}

pub fn civil_layout() -> Layout {
    Layout {
        bodies: vec![Body::Table {
            columns: vec![
                column("start", "Time", "Amser"),
                column("case.number", "Case ID", "Rhif yr achos"),
                column("case.name_and_sequence", "Case name", "Enw’r achos"),
                column("case.kind", "Case type", "Math o achos"),
                column("kind", "Hearing type", "Math o wrandawiad"),
                column("channel", "Location", "Lleoliad"),
                column("duration", "Duration", "Hyd"),
            ],
        }],
        full_width: vec![column("restrictions", "Reporting restriction", "Cyfyngiad adrodd")],
        sortable: true,
        search: true,
        accordion: true,
        summary: vec![
            column("case.number", "Case reference", "Cyfeirnod yr achos"),
            column("case.name", "Case name", "Enw’r achos"),
            column("kind", "Hearing type", "Math o wrandawiad"),
        ],
    }
}

fn defendant(n: usize) -> Party {
    let mut defendant = party(Role::Defendant, &format!("Surname{n}, Forename Middle (male)"));
    defendant.in_custody = n.is_multiple_of(2);
    if n.is_multiple_of(4) {
        defendant.name = Name::Withheld;
    }
    let address = vec!["1 High Street".to_owned(), "Oxford".to_owned(), "OX1 1AA".to_owned()];
    defendant.fields.insert("address".to_owned(), Value::Lines(address));
    defendant.fields.insert("age".to_owned(), Value::Text("38".to_owned()));
    defendant
}

/// Criminal cases on cards, each with `offences` offences.
pub fn cards(cases: usize, offences: usize) -> (ListDocument, Layout) {
    let offence = |n: usize| Offence {
        title: Bilingual::new("Assault by beating", "Ymosod drwy guro"),
        fields: [
            ("code".to_owned(), Value::Text(format!("CJ8811{n}"))),
            (
                "wording".to_owned(),
                Value::Text("On 1 March 2025 at Oxford assaulted a person by beating. ".repeat(3)),
            ),
            ("plea".to_owned(), Value::Text("NOT_GUILTY".to_owned())),
        ]
        .into(),
    };
    let hearing = |n: usize| Hearing {
        key: format!("C{n}"),
        start: When::At(at("2026-01-05T10:00:00Z")),
        kind: Some("First hearing".to_owned()),
        cases: vec![Case { urn: Some(format!("43AB12{n:05}")), ..Case::default() }],
        parties: vec![defendant(n), party(Role::Prosecutor, "Crown Prosecution Service")],
        offences: (1..=offences).map(offence).collect(),
        ..Hearing::default()
    };
    let session = Section {
        lines: vec![Bilingual::new("Local justice area: Oxfordshire", "Ardal cyfiawnder lleol: Oxfordshire")],
        ..Section::of_hearings(
            SectionKind::Room,
            Bilingual::same("Courtroom 1: Judge One, Judge Two"),
            (0..cases).map(hearing).collect(),
        )
    };
    let document = ListDocument {
        list_type: "MAGISTRATES_STANDARD_LIST".to_owned(),
        header: header(
            "Magistrates Standard List for Oxford",
            "Rhestr Safonol y Llys Ynadon ar gyfer Oxford",
        ),
        sections: vec![Section {
            sections: vec![session],
            ..Section::of_hearings(
                SectionKind::CourtHouse,
                Bilingual::same("Oxford Magistrates' Court"),
                Vec::new(),
            )
        }],
    };
    (document, cards_layout())
}

fn cards_layout() -> Layout {
    Layout {
        bodies: vec![Body::Cards {
            left: vec![
                column("parties.defendant", "Name", "Enw"),
                column("defendant.age", "Age", "Oedran"),
                Column { kind: Kind::Multiline, ..column("defendant.address", "Address", "Cyfeiriad") },
                column("parties.prosecutor", "Prosecuting authority", "Awdurdod erlyn"),
            ],
            right: vec![
                column("case.urn", "Reference", "Cyfeirnod"),
                column("kind", "Hearing type", "Math o wrandawiad"),
                column("panel", "Panel", "Panel"),
            ],
            per_offence: vec![
                column("offence.code", "Code", "Cod"),
                column("offence.title", "Title", "Teitl"),
                column("offence.wording", "Wording", "Geiriad"),
                column("offence.plea", "Plea", "Ple"),
            ],
        }],
        full_width: Vec::new(),
        sortable: false,
        search: false,
        accordion: false,
        summary: vec![column("parties.defendant", "Name", "Enw")],
    }
}

/// Two tables of different columns, each cell saying one of `texts` in turn.
pub fn two_tables(texts: &[&str]) -> (ListDocument, Layout) {
    let hearing = |n: usize| Hearing {
        key: format!("T{n}"),
        fields: ["venue", "judge", "details", "date"]
            .iter()
            .zip(n..)
            .map(|(field, n)| ((*field).to_owned(), Value::Text(texts[n % texts.len()].to_owned())))
            .collect(),
        ..Hearing::default()
    };
    let group = |table: usize, heading: &str, rows: std::ops::Range<usize>| Section {
        table,
        ..Section::of_hearings(SectionKind::Group, Bilingual::same(heading), rows.map(hearing).collect())
    };
    let multi = |field: &str, en: &str| Column { kind: Kind::Multiline, ..column(field, en, "") };
    let layout = Layout {
        bodies: vec![
            Body::Table {
                columns: vec![
                    multi("venue", "Venue"),
                    multi("judge", "Judge"),
                    multi("details", "Case details"),
                ],
            },
            Body::Table { columns: vec![multi("date", "Date"), multi("details", "Case details")] },
        ],
        full_width: vec![multi("judge", "Before")],
        sortable: false,
        search: true,
        accordion: false,
        summary: vec![multi("details", "Case details")],
    };
    let document = ListDocument {
        list_type: "LONDON_ADMINISTRATIVE_COURT_DAILY_CAUSE_LIST".to_owned(),
        header: header("London Administrative Court Daily Cause List", ""),
        sections: vec![group(0, "", 0..6), group(1, "Planning Court: 1/2 [a]", 6..9)],
    };
    (document, layout)
}

/// Hostile text in every place a payload can put text.
pub fn hostile() -> (ListDocument, Layout) {
    everywhere(&HOSTILE)
}

/// Each of `texts` in a cell, and all of them in every other place a payload can put text.
pub fn everywhere(texts: &[&str]) -> (ListDocument, Layout) {
    let (mut document, layout) = two_tables(texts);
    let text = texts.join(" ");
    let header = &mut document.header;
    header.title = Bilingual::same(text.clone());
    header.subtitles = vec![Bilingual::same(text.clone())];
    header.version = Some(text.clone());
    header.venue = vec![text.clone()];
    header.telephone = Some(text.clone());
    header.email = Some(format!("a@b.example?{text}"));
    header.source = text.clone();
    header.notices = vec![Notice {
        heading: Some(Bilingual::same(text.clone())),
        text: Bilingual::same(text.clone()),
        link: Some(Link { text: Bilingual::same(text.clone()), href: "javascript:alert(1)".to_owned() }),
    }];
    for section in &mut document.sections {
        section.heading = Bilingual::same(text.clone());
        section.lines = vec![Bilingual::same(text.clone())];
    }
    (document, layout)
}

/// Cards whose every heading, name and offence is one text.
pub fn cards_saying(text: &str) -> (ListDocument, Layout) {
    let (mut document, layout) = cards(2, 2);
    let house = &mut document.sections[0];
    house.heading = Bilingual::same(text);
    let room = &mut house.sections[0];
    (room.heading, room.lines) = (Bilingual::same(text), vec![Bilingual::same(text)]);
    for hearing in &mut room.hearings {
        hearing.kind = Some(text.to_owned());
        hearing.cases[0].urn = Some(text.to_owned());
        for party in &mut hearing.parties {
            party.name = Name::Shown(text.to_owned());
            party.fields.clear();
        }
        for offence in &mut hearing.offences {
            offence.title = Bilingual::same(text);
            offence.fields.values_mut().for_each(|fact| *fact = Value::Text(text.to_owned()));
        }
    }
    (document, layout)
}

/// A list of one hearing, the producer's words being in this language.
pub fn written_in(language: Tongue) -> (ListDocument, Layout) {
    let (mut document, layout) = civil(1);
    document.header.written_in = Some(language);
    (document, layout)
}

/// A list without hearings.
pub fn empty() -> (ListDocument, Layout) {
    let (document, layout) = civil(0);
    (document, layout)
}
