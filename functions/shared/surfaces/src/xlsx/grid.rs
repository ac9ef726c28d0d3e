//! One sheet before it is written: the rows of one of the layout's tables, with where they stand in the list.

use domain::civil::Tongue;
use lists::document::SectionKind;

use crate::view::{Card, Charge, Fact, Part, Row, Rows};
use crate::words;

/// One sheet before it is written.
#[derive(Default)]
pub(super) struct Grid<'a> {
    /// What the headings of the parts are, outermost first.
    pub(super) parts: Vec<SectionKind>,
    pub(super) labels: Vec<&'a str>,
    /// Labels of what stands below a hearing on the page.
    pub(super) below: Vec<&'a str>,
    pub(super) rows: Vec<Line<'a>>,
    /// The heading of the first part, a name for the sheet.
    pub(super) heading: &'a str,
}

pub(super) struct Line<'a> {
    /// The headings it stands below, outermost first.
    pub(super) path: Vec<String>,
    pub(super) cells: Vec<&'a str>,
    pub(super) below: Vec<(&'a str, String)>,
}

/// Gathers the rows of one of the layout's tables, in the order they are shown.
pub(super) fn collect<'a>(
    grid: &mut Grid<'a>,
    parts: &'a [Part<'a>],
    table: usize,
    path: &mut Vec<(SectionKind, String)>,
    tongue: Tongue,
) {
    for part in parts {
        let depth = path.len();
        let lines = std::iter::once(&part.heading).chain(&part.lines).map(|words| words.text);
        let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
        if !text.is_empty() {
            path.push((part.kind, text));
        }
        collect(grid, &part.parts, table, path, tongue);
        if part.table == table {
            rows(grid, part, path, tongue);
        }
        path.truncate(depth);
    }
}

fn rows<'a>(grid: &mut Grid<'a>, part: &'a Part<'a>, path: &[(SectionKind, String)], tongue: Tongue) {
    if matches!(part.rows, Rows::Nothing) {
        return;
    }
    if grid.rows.is_empty() {
        grid.heading = part.heading.text;
    }
    grid.parts.extend(path.iter().skip(grid.parts.len()).map(|(kind, _)| *kind));
    let path: Vec<String> = path.iter().map(|(_, text)| text.clone()).collect();
    match &part.rows {
        Rows::Nothing => {}
        Rows::Table { columns, rows, .. } => {
            grid.labels.clone_from(columns);
            for row in rows {
                let cells = row.cells.iter().map(String::as_str).collect();
                let below = row_facts(row, grid, tongue);
                grid.rows.push(Line { path: path.clone(), cells, below });
            }
        }
        Rows::Cards { cards } => {
            for card in cards {
                let below = card_facts(card, grid, tongue);
                grid.rows.push(Line { path: path.clone(), cells: Vec::new(), below });
            }
        }
    }
}

/// What stands below a row. Of an offence some things may not be said, so all that is said of offences stands in one
/// cell, each numbered: in a column for each label nobody could tell which offence a line belongs to.
fn row_facts<'a>(row: &'a Row<'a>, grid: &mut Grid<'a>, tongue: Tongue) -> Vec<(&'a str, String)> {
    let (of_offences, of_hearing): (Vec<_>, Vec<_>) =
        row.below.iter().partition(|fact| fact.offence.is_some());
    let mut facts = gathered(of_hearing, grid);
    let mut last = None;
    let line = |fact: &Fact<'_>| {
        let is_next = std::mem::replace(&mut last, fact.offence) != fact.offence;
        let number = fact.offence.filter(|_| is_next).map(|n| format!("{n}. ")).unwrap_or_default();
        format!("{number}{}: {}", fact.label, fact.text)
    };
    let lines: Vec<String> = of_offences.into_iter().map(line).collect();
    put_offences(&mut facts, lines, grid, tongue);
    facts
}

/// A card leaves out what it does not say, so that its facts are found by label.
fn card_facts<'a>(card: &'a Card<'a>, grid: &mut Grid<'a>, tongue: Tongue) -> Vec<(&'a str, String)> {
    let mut facts = Vec::new();
    for some in [&card.left, &card.right, &card.below] {
        facts.extend(gathered(some.as_slice(), grid));
    }
    put_offences(&mut facts, card.offences.iter().map(charge).collect(), grid, tongue);
    facts
}

fn put_offences<'a>(
    facts: &mut Vec<(&'a str, String)>,
    lines: Vec<String>,
    grid: &mut Grid<'a>,
    tongue: Tongue,
) {
    if lines.is_empty() {
        return;
    }
    let label = words::OFFENCES.in_tongue(tongue);
    remember(&mut grid.below, label);
    facts.push((label, lines.join("\n")));
}

fn charge(charge: &Charge<'_>) -> String {
    let facts = charge.facts.iter().map(|fact| format!("\n{}: {}", fact.label, fact.text));
    std::iter::once(charge.heading.clone()).chain(facts).collect()
}

/// Facts by label; where a label repeats, what is said under it stands on lines of one cell.
fn gathered<'a>(
    facts: impl IntoIterator<Item = &'a Fact<'a>>,
    grid: &mut Grid<'a>,
) -> Vec<(&'a str, String)> {
    let mut found: Vec<(&'a str, String)> = Vec::new();
    for fact in facts {
        remember(&mut grid.below, fact.label);
        match found.iter_mut().find(|(label, _)| *label == fact.label) {
            Some((_, text)) => *text = format!("{text}\n{}", fact.text),
            None => found.push((fact.label, fact.text.clone())),
        }
    }
    found
}

fn remember<'a>(labels: &mut Vec<&'a str>, label: &'a str) {
    if !labels.contains(&label) {
        labels.push(label);
    }
}
