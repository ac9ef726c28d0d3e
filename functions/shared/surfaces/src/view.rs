//! One view of a list, in words: what the page, the PDF and the spreadsheet all show, cell by cell.

use domain::civil::Tongue;
use lists::document::{Hearing, ListDocument, Offence, Section, SectionKind};
use lists::format;
use lists::layout::{Body, Column};
use lists::{Layout, document};
use serde::Serialize;
use std::collections::HashMap;
use std::ops::Range;

use crate::sort::sort_key;
use crate::words;

/// The deepest heading HTML and PDF have.
const DEEPEST: usize = 6;

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
    pub text: &'a str,
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
    pub heading: &'a str,
    pub lines: Vec<&'a str>,
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
}

/// A hearing as a card; facts with nothing to say are left out.
#[derive(Debug, Serialize)]
pub(crate) struct Card<'a> {
    pub id: usize,
    pub level: usize,
    pub title: String,
    pub left: Vec<Fact<'a>>,
    pub right: Vec<Fact<'a>>,
    pub below: Vec<Fact<'a>>,
    pub offences: Vec<Charge<'a>>,
}

/// An offence on a card.
#[derive(Debug, Serialize)]
pub(crate) struct Charge<'a> {
    pub heading: String,
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
        let mut builder =
            Builder { document, layout, tongue, window, seen: 0, ids: 0, names: HashMap::new() };
        Self {
            title: format::title(header, tongue),
            subtitles: shown(header.subtitles.iter().map(|line| line.in_tongue(tongue))),
            list_for: format::list_for(header, tongue),
            last_updated: format::last_updated(header, tongue),
            version: format::version(header, tongue),
            venue: &header.venue,
            telephone: header.telephone.as_deref().filter(|text| !text.trim().is_empty()),
            email: header.email.as_deref().filter(|text| !text.trim().is_empty()).map(Email::of),
            notices: header.notices.iter().map(|notice| Notice::of(notice, tongue)).collect(),
            source: if header.source.is_empty() {
                String::new()
            } else {
                format::data_source(header, tongue)
            },
            sections: builder.parts(&document.sections, 2, &[]),
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

impl<'a> Notice<'a> {
    fn of(notice: &'a document::Notice, tongue: Tongue) -> Self {
        Self {
            heading: notice.heading.as_ref().map(|text| text.in_tongue(tongue)).unwrap_or_default(),
            text: format::notice(notice, tongue),
            link: notice.link.as_ref().map(|link| Link {
                text: link.text.in_tongue(tongue),
                href: if is_linkable(&link.href) { &link.href } else { "" },
            }),
        }
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
    lines.filter(|line| !line.trim().is_empty()).collect()
}

/// Walks the sections once, counting hearings and giving out ids.
struct Builder<'a> {
    document: &'a ListDocument,
    layout: &'a Layout,
    tongue: Tongue,
    window: Range<usize>,
    seen: usize,
    ids: usize,
    names: HashMap<String, usize>,
}

impl<'a> Builder<'a> {
    fn parts(&mut self, sections: &'a [Section], level: usize, above: &[&'a str]) -> Vec<Part<'a>> {
        let mut parts: Vec<Part<'a>> = sections.iter().map(|one| self.part(one, level, above)).collect();
        parts.retain(|part| !part.is_bare());
        parts
    }

    fn part(&mut self, section: &'a Section, level: usize, above: &[&'a str]) -> Part<'a> {
        let heading = format::heading(section, self.tongue).trim();
        let mut path = above.to_vec();
        let below = if heading.is_empty() { level } else { (level + 1).min(DEEPEST) };
        if !heading.is_empty() {
            path.push(heading);
        }
        let id = self.next_id();
        let parts = self.parts(&section.sections, below, &path);
        let rows = self.rows(section, below);
        let name = if matches!(rows, Rows::Nothing) { String::new() } else { self.name(&path) };
        Part {
            id,
            level,
            kind: section.kind,
            table: section.table,
            heading,
            lines: shown(section.lines.iter().map(|line| line.in_tongue(self.tongue))),
            name,
            accordion: self.layout.accordion && !heading.is_empty() && parts.is_empty(),
            parts,
            rows,
        }
    }

    fn rows(&mut self, section: &'a Section, level: usize) -> Rows<'a> {
        let first = self.seen;
        self.seen += section.hearings.len();
        let from = self.window.start.clamp(first, self.seen) - first;
        let to = self.window.end.clamp(first, self.seen) - first;
        let Some(body) = self.layout.bodies.get(section.table) else { return Rows::Nothing };
        let hearings = &section.hearings[from..to.max(from)];
        if hearings.is_empty() {
            return Rows::Nothing;
        }
        match body {
            Body::Table { columns } => Rows::Table {
                columns: columns.iter().map(|column| column.label.in_tongue(self.tongue)).collect(),
                rows: grouped(hearings.iter().map(|hearing| self.row(hearing, columns)).collect()),
                sortable: self.layout.sortable,
            },
            Body::Cards { left, right, per_offence } => Rows::Cards {
                cards: hearings
                    .iter()
                    .zip(first + from + 1..)
                    .map(|(hearing, at)| self.card(hearing, at, level, [left, right, per_offence]))
                    .collect(),
            },
        }
    }

    fn row(&self, hearing: &'a Hearing, columns: &'a [Column]) -> Row<'a> {
        let cell = |column| format::cell(self.document, hearing, column, self.tongue);
        let cells: Vec<String> = columns.iter().map(cell).collect();
        let sortable: &[Column] = if self.layout.sortable { columns } else { &[] };
        let mut sorts: Vec<Option<String>> =
            sortable.iter().map(|column| sort_key(hearing, column)).collect();
        if sorts.iter().all(Option::is_none) {
            sorts.clear();
        }
        let has_lines = cells.iter().any(|cell| cell.contains('\n'));
        Row { cells, sorts, has_lines, opens: true, closes: true, below: self.below(hearing) }
    }

    fn below(&self, hearing: &'a Hearing) -> Vec<Fact<'a>> {
        let rows = format::full_width_rows(self.document, hearing, self.layout, self.tongue);
        rows.into_iter().map(|(label, text)| Fact { label, text }).collect()
    }

    fn card(
        &mut self,
        hearing: &'a Hearing,
        at: usize,
        level: usize,
        columns: [&'a [Column]; 3],
    ) -> Card<'a> {
        let facts = |columns: &'a [Column]| -> Vec<Fact<'a>> {
            let said = |column| format::cell(self.document, hearing, column, self.tongue);
            facts(columns.iter(), self.tongue, said)
        };
        let (left, right) = (facts(columns[0]), facts(columns[1]));
        let title = left
            .iter()
            .chain(&right)
            .find_map(|fact| fact.text.lines().next())
            .map_or_else(|| format!("{} {at}", words::HEARING.in_tongue(self.tongue)), ToOwned::to_owned);
        let charges = hearing.offences.iter().zip(1..);
        let offences = charges.map(|(one, n)| self.charge(hearing, one, n, columns[2])).collect();
        let below = self.below(hearing);
        Card { id: self.next_id(), level, title, left, right, below, offences }
    }

    /// `1. CJ88116 - Assault by beating`, then whatever else is said of it.
    fn charge(
        &self,
        hearing: &'a Hearing,
        offence: &'a Offence,
        n: usize,
        columns: &'a [Column],
    ) -> Charge<'a> {
        let title = offence.title.in_tongue(self.tongue).trim();
        let title = if title.is_empty() { words::OFFENCE.in_tongue(self.tongue) } else { title };
        let code = columns.iter().find(|column| column.field == "offence.code");
        let code = code.map(|column| format::offence_cell(hearing, offence, column, self.tongue));
        let said = |column| format::offence_cell(hearing, offence, column, self.tongue);
        let in_heading = |column: &&Column| matches!(column.field.as_str(), "offence.title" | "offence.code");
        let facts = facts(columns.iter().filter(|column| !in_heading(column)), self.tongue, said);
        let heading = match code.filter(|code| !code.is_empty()) {
            Some(code) => format!("{n}. {code} - {title}"),
            None => format!("{n}. {title}"),
        };
        Charge { heading, facts }
    }

    fn next_id(&mut self) -> usize {
        self.ids += 1;
        self.ids
    }

    /// "Hearings: Oxford Crown Court, Court 1", numbered where two parts have the same headings.
    fn name(&mut self, path: &[&str]) -> String {
        let mut name = words::HEARINGS.in_tongue(self.tongue).to_owned();
        if !path.is_empty() {
            name = format!("{name}: {}", path.join(", "));
        }
        let count = self.names.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 { format!("{name} ({count})") } else { name }
    }
}

/// Joins neighbouring rows that have nothing below them into one group.
fn grouped(mut rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    for at in 1..rows.len() {
        let joined = rows[at - 1].below.is_empty() && rows[at].below.is_empty();
        rows[at - 1].closes = !joined;
        rows[at].opens = !joined;
    }
    rows
}

/// The facts of some columns, without those that have nothing to say.
fn facts<'a>(
    columns: impl Iterator<Item = &'a Column>,
    tongue: Tongue,
    said: impl Fn(&'a Column) -> String,
) -> Vec<Fact<'a>> {
    let facts = columns.map(|column| Fact { label: column.label.in_tongue(tongue), text: said(column) });
    facts.filter(|fact| !fact.text.is_empty()).collect()
}
