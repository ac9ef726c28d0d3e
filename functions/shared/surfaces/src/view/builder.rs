//! Walks the sections of a list once, counting hearings and giving out ids, and asks the formatter for every word.

use domain::civil::Tongue;
use lists::document::{Bilingual, Hearing, ListDocument, Offence, Section};
use lists::format::{self, FullWidthRow};
use lists::layout::{Body, Column};
use lists::{Layout, document};
use std::collections::HashMap;
use std::ops::Range;

use super::{Card, Charge, Fact, Lang, Link, Notice, Part, Row, Rows, Words, is_linkable};
use crate::blank::{is_blank, visible};
use crate::sort::sort_key;
use crate::words;

/// The deepest heading HTML and PDF have.
const DEEPEST: usize = 6;

pub(super) struct Builder<'a> {
    document: &'a ListDocument,
    layout: &'a Layout,
    tongue: Tongue,
    /// The language of the producer's words, where it is not the page's.
    foreign: Option<Tongue>,
    window: Range<usize>,
    seen: usize,
    ids: usize,
    names: HashMap<String, usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        document: &'a ListDocument,
        layout: &'a Layout,
        tongue: Tongue,
        window: Range<usize>,
    ) -> Self {
        let foreign = document.header.written_in.filter(|written_in| *written_in != tongue);
        Self { document, layout, tongue, foreign, window, seen: 0, ids: 0, names: HashMap::new() }
    }

    pub(super) fn sections(&mut self) -> Vec<Part<'a>> {
        self.parts(&self.document.sections, 2, &[])
    }

    pub(super) fn notice(&self, notice: &'a document::Notice) -> Notice<'a> {
        Notice {
            heading: notice.heading.as_ref().map(|text| self.words(text).text).unwrap_or_default(),
            text: self.words(&notice.text),
            link: notice.link.as_ref().and_then(|link| self.link(link)),
        }
    }

    /// A link without words is known by its address.
    fn link(&self, link: &'a document::Link) -> Option<Link<'a>> {
        let href = if is_linkable(&link.href) { link.href.as_str() } else { "" };
        let text = self.words(&link.text).text;
        let text = if text.is_empty() { href } else { text };
        (!text.is_empty()).then_some(Link { text, href })
    }

    fn words(&self, text: &'a Bilingual) -> Words<'a> {
        let said = |tongue| visible(text.in_tongue(tongue)).trim();
        let words = said(self.tongue);
        Words { text: words, lang: self.lang(words, said) }
    }

    /// The language of a text: what is said alike in both is the producer's own, the rest is in the page's.
    fn lang<T: AsRef<str>>(&self, text: &str, said: impl FnOnce(Tongue) -> T) -> Lang {
        let foreign = self.foreign?;
        (!is_blank(text) && said(foreign).as_ref() == text).then(|| foreign.tag())
    }

    fn parts(&mut self, sections: &'a [Section], level: usize, above: &[&'a str]) -> Vec<Part<'a>> {
        let mut parts: Vec<Part<'a>> = sections.iter().map(|one| self.part(one, level, above)).collect();
        parts.retain(|part| !part.is_bare());
        parts
    }

    fn part(&mut self, section: &'a Section, level: usize, above: &[&'a str]) -> Part<'a> {
        let heading = self.words(&section.heading);
        let mut path = above.to_vec();
        let is_headed = !heading.text.is_empty();
        let below = if is_headed { (level + 1).min(DEEPEST) } else { level };
        if is_headed {
            path.push(heading.text);
        }
        let id = self.next_id();
        let parts = self.parts(&section.sections, below, &path);
        let rows = self.rows(section, below);
        let name = if matches!(rows, Rows::Nothing) { String::new() } else { self.name(&path) };
        let lines = section.lines.iter().map(|line| self.words(line));
        Part {
            id,
            level,
            kind: section.kind,
            table: section.table,
            heading,
            lines: lines.filter(|line| !line.text.is_empty()).collect(),
            name,
            accordion: self.layout.accordion && is_headed && parts.is_empty(),
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
        let cell = |column, tongue| format::cell(self.document, hearing, column, tongue);
        let cells: Vec<String> = columns.iter().map(|column| cell(column, self.tongue)).collect();
        let sortable: &[Column] = if self.layout.sortable { columns } else { &[] };
        let mut sorts: Vec<Option<String>> =
            sortable.iter().map(|column| sort_key(hearing, column)).collect();
        if sorts.iter().all(Option::is_none) {
            sorts.clear();
        }
        let texts = cells.iter().zip(columns);
        let mut langs: Vec<Lang> =
            texts.map(|(text, column)| self.lang(text, |tongue| cell(column, tongue))).collect();
        if langs.iter().all(Option::is_none) {
            langs.clear();
        }
        let has_lines = cells.iter().any(|cell| cell.contains('\n'));
        Row { cells, sorts, langs, has_lines, opens: true, closes: true, below: self.below(hearing) }
    }

    fn below(&self, hearing: &'a Hearing) -> Vec<Fact<'a>> {
        let rows = format::full_width_rows(self.document, hearing, self.layout, self.tongue);
        let fact = |FullWidthRow { column, offence, text }| {
            let said = |tongue| match offence.and_then(|n| hearing.offences.get(n - 1)) {
                Some(offence) => format::offence_cell(hearing, offence, column, tongue),
                None => format::cell(self.document, hearing, column, tongue),
            };
            let lang = self.lang(&text, said);
            Fact { label: column.label.in_tongue(self.tongue), text, lang, offence }
        };
        rows.into_iter().filter(|row| !is_blank(&row.text)).map(fact).collect()
    }

    fn card(
        &mut self,
        hearing: &'a Hearing,
        at: usize,
        level: usize,
        columns: [&'a [Column]; 3],
    ) -> Card<'a> {
        let facts = |columns: &'a [Column]| {
            let said = |column: &Column, tongue| format::cell(self.document, hearing, column, tongue);
            self.facts(columns.iter(), said)
        };
        let (left, right) = (facts(columns[0]), facts(columns[1]));
        let words = |fact: &Fact<'_>| {
            let line = fact.text.lines().find(|line| !is_blank(line))?;
            Some((line.to_owned(), fact.lang))
        };
        let (title, lang) = left
            .iter()
            .chain(&right)
            .find_map(words)
            .unwrap_or_else(|| (format!("{} {at}", words::HEARING.in_tongue(self.tongue)), None));
        let charges = hearing.offences.iter().zip(1..);
        let offences = charges.map(|(one, n)| self.charge(hearing, one, n, columns[2])).collect();
        let below = self.below(hearing);
        Card { id: self.next_id(), level, title, lang, left, right, below, offences }
    }

    /// `1. CJ88116 - Assault by beating`, then whatever else is said of it.
    fn charge(
        &self,
        hearing: &'a Hearing,
        offence: &'a Offence,
        n: usize,
        columns: &'a [Column],
    ) -> Charge<'a> {
        let Words { text: title, lang } = self.words(&offence.title);
        let title = if title.is_empty() { words::OFFENCE.in_tongue(self.tongue) } else { title };
        let said = |column: &Column, tongue| format::offence_cell(hearing, offence, column, tongue);
        let code = columns.iter().find(|column| column.field == "offence.code");
        let code = code.map(|column| said(column, self.tongue));
        let in_heading = |column: &&Column| matches!(column.field.as_str(), "offence.title" | "offence.code");
        let facts = self.facts(columns.iter().filter(|column| !in_heading(column)), said);
        let heading = match code.filter(|code| !is_blank(code)) {
            Some(code) => format!("{n}. {code} - {title}"),
            None => format!("{n}. {title}"),
        };
        Charge { heading, lang, facts }
    }

    /// The facts of some columns, without those that have nothing to say.
    fn facts(
        &self,
        columns: impl Iterator<Item = &'a Column>,
        said: impl Fn(&'a Column, Tongue) -> String,
    ) -> Vec<Fact<'a>> {
        let facts = columns.map(|column| {
            let text = said(column, self.tongue);
            let lang = self.lang(&text, |tongue| said(column, tongue));
            Fact { label: column.label.in_tongue(self.tongue), text, lang, offence: None }
        });
        facts.filter(|fact| !is_blank(&fact.text)).collect()
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
