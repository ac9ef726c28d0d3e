//! The document model: what a list says, as facts. Layout is elsewhere, as data ([`crate::layout`]).
//!
//! A reader turns one payload into one [`ListDocument`]; every surface is written from it. What must never
//! be shown (a masked name, its representative) is withheld here already, so no surface can show it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::civil::Tongue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One version of one list, read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListDocument {
    /// The list type's canonical name, e.g. `CIVIL_DAILY_CAUSE_LIST`.
    pub list_type: String,
    /// What stands above the hearings.
    pub header: Header,
    /// Court houses, days, rooms or tables, in the order they are shown.
    pub sections: Vec<Section>,
}

/// What stands above the hearings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The heading, e.g. "Civil Daily Cause List for Oxford Combined Court Centre".
    pub title: Bilingual,
    /// Further heading lines, e.g. the Court of Protection's region and lead judge.
    pub subtitles: Vec<Bilingual>,
    /// The day, or first day, the list is for.
    pub list_for: Option<NaiveDate>,
    /// The last day, where the list is for a range.
    pub list_to: Option<NaiveDate>,
    /// The list is for the week commencing `list_for`.
    pub weekly: bool,
    /// When the producer last updated the list.
    pub last_updated: Option<DateTime<Utc>>,
    /// The producer's version, where it is shown.
    pub version: Option<String>,
    /// The venue's name and address.
    pub venue: Vec<String>,
    /// The venue's telephone.
    pub telephone: Option<String>,
    /// The venue's e-mail address.
    pub email: Option<String>,
    /// "Important information": paragraphs to be shown with the list.
    pub notices: Vec<Notice>,
    /// Where the data comes from, e.g. "ListAssist".
    pub source: String,
    /// The language of the producer's own words; none where the publication is in both. Pages and files mark those
    /// words with it; whoever reads the document has it in the publication's metadata.
    #[serde(skip)]
    pub written_in: Option<Tongue>,
}

/// A paragraph of important information.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// A heading above the paragraph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<Bilingual>,
    /// The paragraph, plain text.
    pub text: Bilingual,
    /// A link that follows the paragraph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

/// A link in a notice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The words of the link.
    pub text: Bilingual,
    /// An `https:` or `mailto:` address.
    pub href: String,
}

/// What a section stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// A court house.
    CourtHouse,
    /// A day.
    Day,
    /// A court room, or a session in it.
    Room,
    /// Any other group, or the whole table of a table-shaped list.
    Group,
}

/// A headed part of a list: either further sections or hearings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// What it stands for.
    pub kind: SectionKind,
    /// The heading; empty where the list has no headings at this level.
    pub heading: Bilingual,
    /// Lines below the heading: an address, "Sitting at 10am".
    pub lines: Vec<Bilingual>,
    /// Which of the layout's tables lays out these hearings (0 unless the list has several tables).
    #[serde(default)]
    pub table: usize,
    /// Parts within this part, shown before its own hearings.
    pub sections: Vec<Section>,
    /// The hearings, one per row or card.
    pub hearings: Vec<Hearing>,
}

/// One row or card of a list: one case (or application) at one hearing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    /// Stable across versions of the list: the case's number (or name), with a counter where it repeats.
    pub key: String,
    /// When it starts.
    pub start: When,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<DateTime<Utc>>,
    /// The court room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// The judges, presiding first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<String>,
    /// How it is held: "In person", "Teams".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<String>,
    /// The type of hearing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The case, and any linked ones; the first is the one listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
    /// The parties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Party>,
    /// Reporting restrictions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<Bilingual>,
    /// The offences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offences: Vec<Offence>,
    /// Listing notes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Whatever else the list type's layout names, by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
}

/// When a hearing starts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The list does not say.
    #[default]
    Unsaid,
    /// An exact instant.
    At(DateTime<Utc>),
    /// A London civil date and, where said, time.
    On(NaiveDate, Option<NaiveTime>),
    /// A civil time on the day the list is for.
    Time(NaiveTime),
    /// Whatever the producer wrote, e.g. "10am", "Not before 2pm".
    AsWritten(String),
}

/// A case as listed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Case number or reference, application reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Unique reference number of a criminal case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urn: Option<String>,
    /// Case name or title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Type of case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// "2 of 3".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
}

/// What a party is in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Applicant, petitioner, claimant or appellant.
    Applicant,
    /// Respondent.
    Respondent,
    /// Defendant or accused.
    Defendant,
    /// Prosecuting authority, prosecutor or informant.
    Prosecutor,
    /// Subject of an application.
    Subject,
    /// Anyone else.
    Other,
    /// The producer does not say. No list shows them and no search finds them.
    Unsaid,
}

/// A party to a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// What the party is.
    pub role: Role,
    /// Its name as this list type writes names, or that it is withheld.
    pub name: Name,
    /// Who represents it, in words, be it that the name is withheld; absent where the party's own name is withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub representative: Option<Bilingual>,
    /// In custody.
    #[serde(default)]
    pub in_custody: bool,
    /// Date of birth, age, address, postcode and so on, by field name, where the list type shows them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
}

/// A party's name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// The name, or the name the court gave in its place.
    Shown(String),
    /// The court withholds it: nothing of the real name is kept.
    Withheld,
}

/// An offence as listed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Offence {
    /// Its title.
    pub title: Bilingual,
    /// Wording, code, legislation, plea and so on, by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
}

/// A value a layout can show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Text, shown as it is.
    Text(String),
    /// Text in both languages.
    Both(Bilingual),
    /// Several lines or items.
    Lines(Vec<String>),
    /// A civil date.
    Date(NaiveDate),
    /// A civil time.
    Time(NaiveTime),
    /// An instant.
    Instant(DateTime<Utc>),
    /// A length in minutes.
    Minutes(u32),
    /// Yes or no.
    Flag(bool),
}

/// A text in English and Welsh; an empty Welsh text means the English one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Welsh.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cy: String,
}

impl Bilingual {
    /// A text that is the same in both languages: names, addresses, payload text.
    pub fn same(text: impl Into<String>) -> Self {
        Self { en: text.into(), cy: String::new() }
    }

    /// A text in both languages.
    pub fn new(en: impl Into<String>, cy: impl Into<String>) -> Self {
        Self { en: en.into(), cy: cy.into() }
    }

    /// The text in `tongue`.
    pub fn in_tongue(&self, tongue: Tongue) -> &str {
        tongue.pick(&self.en, &self.cy)
    }

    /// Neither language says anything.
    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.cy.is_empty()
    }
}

impl Section {
    /// A section of hearings.
    pub fn of_hearings(kind: SectionKind, heading: Bilingual, hearings: Vec<Hearing>) -> Self {
        Self { kind, heading, lines: Vec::new(), table: 0, sections: Vec::new(), hearings }
    }

    /// Every hearing of this section and the sections in it, in the order they are shown.
    pub fn all_hearings(&self) -> Box<dyn Iterator<Item = &Hearing> + '_> {
        Box::new(self.sections.iter().flat_map(Section::all_hearings).chain(&self.hearings))
    }
}

impl ListDocument {
    /// Every hearing, in the order they are shown.
    pub fn hearings(&self) -> impl Iterator<Item = &Hearing> {
        self.sections.iter().flat_map(Section::all_hearings)
    }
}
