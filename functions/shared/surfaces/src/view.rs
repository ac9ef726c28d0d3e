//! One view of a list, in words: what the page, the PDF and the spreadsheet all show, cell by cell.

mod builder;

use domain::civil::Tongue;
use lists::document::SectionKind;
use lists::{Layout, ListDocument, format};
use serde::Serialize;
use std::ops::Range;

use crate::blank::{is_blank, visible};
use crate::words;
use builder::Builder;

/// The language a text is marked with: none where it is the language of the page, or is in both.
pub(crate) type Lang = Option<&'static str>;

/// A list in words.
#[derive(Debug, Serialize)]
pub(crate) struct View<'a> {
    pub title: &'a str,
    pub subtitles: Vec<&'a str>,
    pub list_for: String,
    pub last_updated: String,
    pub version: String,
    pub venue: &'a [String],
    pub telephone: Option<&'a str>,
    pub email: Option<Email<'a>>,
    pub notices: Vec<Notice<'a>>,
    pub source: String,
    pub sections: Vec<Part<'a>>,
    pub no_hearings: &'static str,
}

/// A text that may be the producer's own. One that is empty shows nothing and is not written.
#[derive(Debug, Serialize)]
pub(crate) struct Words<'a> {
    pub text: &'a str,
    pub lang: Lang,
}

/// An e-mail address, and whether it is one that may be linked.
#[derive(Debug, Serialize)]
pub(crate) struct Email<'a> {
    pub address: &'a str,
    pub linked: bool,
}

/// A paragraph of important information.
#[derive(Debug, Serialize)]
pub(crate) struct Notice<'a> {
    pub heading: &'a str,
    pub text: Words<'a>,
    pub link: Option<Link<'a>>,
}

/// A link in a notice; its address is empty where the scheme is not one we link to.
#[derive(Debug, Serialize)]
pub(crate) struct Link<'a> {
    pub text: &'a str,
    pub href: &'a str,
}

/// A section in words. Parts come before the part's own rows.
#[derive(Debug, Serialize)]
pub(crate) struct Part<'a> {
    /// Unique in the view, and stable for one document and window.
    pub id: usize,
    /// The heading's level: 2 for the outermost.
    pub level: usize,
    #[serde(skip)]
    pub kind: SectionKind,
    /// Which of the layout's bodies lays it out.
    #[serde(skip)]
    pub table: usize,
    pub heading: Words<'a>,
    pub lines: Vec<Words<'a>>,
    /// A name no other part of this view has.
    pub name: String,
    /// A headed part of hearings only, in a list whose layout asks for parts that open and close.
    pub accordion: bool,
    pub parts: Vec<Part<'a>>,
    pub rows: Rows<'a>,
}

/// The hearings of a part.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Rows<'a> {
    /// None of its own.
    Nothing,
    /// A row a hearing.
    Table { columns: Vec<&'a str>, rows: Vec<Row<'a>>, sortable: bool },
    /// A card a hearing.
    Cards { cards: Vec<Card<'a>> },
}

/// A row of a table, with the facts below it across the whole width.
#[derive(Debug, Serialize)]
pub(crate) struct Row<'a> {
    /// A text a column: lines are separated by `\n`.
    pub cells: Vec<String>,
    /// What each cell sorts by, where that is not its text; empty where no cell of the row has such a key.
    pub sorts: Vec<Option<String>>,
    /// The language of each cell; empty where all are in the page's.
    pub langs: Vec<Lang>,
    /// Some cell has several lines.
    pub has_lines: bool,
    /// It is the first, or the last, of its group: a row with facts below is a group of its own.
    pub opens: bool,
    pub closes: bool,
    pub below: Vec<Fact<'a>>,
}

/// A label and what is said under it.
#[derive(Debug, Serialize)]
pub(crate) struct Fact<'a> {
    pub label: &'a str,
    pub text: String,
    pub lang: Lang,
    /// Which of the hearing's offences it is said of, counted from 1; none elsewhere than below a row.
    #[serde(skip)]
    pub offence: Option<usize>,
}

/// A hearing as a card; facts with nothing to say are left out.
#[derive(Debug, Serialize)]
pub(crate) struct Card<'a> {
    pub id: usize,
    pub level: usize,
    pub title: String,
    pub lang: Lang,
    pub left: Vec<Fact<'a>>,
    pub right: Vec<Fact<'a>>,
    pub below: Vec<Fact<'a>>,
    pub offences: Vec<Charge<'a>>,
}

/// An offence on a card.
#[derive(Debug, Serialize)]
pub(crate) struct Charge<'a> {
    pub heading: String,
    pub lang: Lang,
    pub facts: Vec<Fact<'a>>,
}

impl<'a> View<'a> {
    /// The list, or those of its hearings whose positions are in `window`; parts left empty are left out.
    pub(crate) fn of(
        document: &'a ListDocument,
        layout: &'a Layout,
        tongue: Tongue,
        window: Range<usize>,
    ) -> Self {
        let header = &document.header;
        let mut builder = Builder::new(document, layout, tongue, window);
        let title = visible(format::title(header, tongue));
        Self {
            title: if title.is_empty() { words::HEARINGS.in_tongue(tongue) } else { title },
            subtitles: shown(header.subtitles.iter().map(|line| line.in_tongue(tongue))),
            list_for: format::list_for(header, tongue),
            last_updated: format::last_updated(header, tongue),
            version: format::version(header, tongue),
            venue: &header.venue,
            telephone: header.telephone.as_deref().filter(|text| !is_blank(text)),
            email: header.email.as_deref().filter(|text| !is_blank(text)).map(Email::of),
            notices: header.notices.iter().map(|notice| builder.notice(notice)).collect(),
            source: if is_blank(&header.source) {
                String::new()
            } else {
                format::data_source(header, tongue)
            },
            sections: builder.sections(),
            no_hearings: format::no_hearings(tongue),
        }
    }
}

impl<'a> Email<'a> {
    fn of(address: &'a str) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '\'' | '@');
        let linked = address.chars().all(plain) && address.matches('@').count() == 1;
        Self { address, linked }
    }
}

impl Part<'_> {
    /// Whether neither it nor its parts have a hearing.
    fn is_bare(&self) -> bool {
        matches!(self.rows, Rows::Nothing) && self.parts.iter().all(Part::is_bare)
    }
}

/// Only addresses that cannot run a script become links.
fn is_linkable(href: &str) -> bool {
    ["https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme))
}

fn shown<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    lines.filter(|line| !is_blank(line)).collect()
}
