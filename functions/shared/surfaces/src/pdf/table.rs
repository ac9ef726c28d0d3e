//! Tables in a PDF: column widths, the head, rows, and the facts below a row across the whole width.

use krilla::tagging::{TableHeaderScope, Tag};
use std::num::NonZeroU32;

use super::flow::{Block, Flow, Frame, Shade, height};
use super::font::{Style, clean};
use super::tree::Place;
use crate::blank::is_blank;
use crate::view::{Fact, Part, Row, Rows};

const CELL: Style = Style::regular(9.0);
const HEAD: Style = Style::bold(9.0);
/// Between two columns, in points.
const GUTTER: f32 = 10.0;
/// No word makes a column wider than this; longer ones are broken.
const WIDEST_WORD: f32 = 120.0;

/// The most of the width that a label below a row takes.
const WIDEST_LABEL: f32 = 0.3;

const HEAD_FRAME: Frame =
    Frame { above: 5.0, below: 4.0, rule: Some((1.2, Shade::Black)), background: false };
const ROW_FRAME: Frame =
    Frame { above: 4.0, below: 3.5, rule: Some((0.5, Shade::Border)), background: false };
const OPEN_FRAME: Frame = Frame { above: 4.0, below: 0.0, rule: None, background: false };
const BELOW_FRAME: Frame = Frame { above: 2.0, below: 0.0, rule: None, background: false };

/// Where the columns of one of the layout's tables begin, and how wide they are, in points.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns(Vec<(f32, f32)>);

/// What a column would like: its widest word, its widest line.
#[derive(Debug, Clone, Copy, Default)]
struct Wish {
    word: f32,
    line: f32,
}

/// The columns of table `table`, fit to every row of it in the list, so that its parts line up.
pub(super) fn columns(flow: &Flow<'_>, parts: &[Part<'_>], table: usize) -> Columns {
    let mut wishes = Vec::new();
    wish(flow, parts, table, &mut wishes);
    let available = flow.width() - GUTTER * wishes.len().saturating_sub(1) as f32;
    let mut x = 0.0;
    let place = |width: f32| {
        let at = x;
        x += width + GUTTER;
        (at, width)
    };
    Columns(share(&wishes, available).into_iter().map(place).collect())
}

fn wish(flow: &Flow<'_>, parts: &[Part<'_>], table: usize, wishes: &mut Vec<Wish>) {
    for part in parts {
        wish(flow, &part.parts, table, wishes);
        let Rows::Table { columns, rows, .. } = &part.rows else { continue };
        if part.table != table {
            continue;
        }
        if wishes.is_empty() {
            wishes.extend(columns.iter().map(|label| want(flow, label, HEAD, Wish::default())));
        }
        for row in rows {
            for (cell, seen) in row.cells.iter().zip(wishes.iter_mut()) {
                *seen = want(flow, cell, CELL, *seen);
            }
        }
    }
}

fn want(flow: &Flow<'_>, text: &str, style: Style, seen: Wish) -> Wish {
    let (line, word) = flow.faces.extent(text, style);
    let word = word.min(WIDEST_WORD);
    Wish { word: seen.word.max(word), line: seen.line.max(line) }
}

/// Shares `available` points: first to every column its widest word, then evenly to those that would like
/// more, none more than it would like, and what then remains to all of them.
fn share(wishes: &[Wish], available: f32) -> Vec<f32> {
    // A hair more than measured, so that sums of fractions do not break a word that fits.
    let mut widths: Vec<f32> = wishes.iter().map(|wish| wish.word + 0.5).collect();
    let needed: f32 = widths.iter().sum();
    if needed > available {
        return widths.iter().map(|word| word * available / needed).collect();
    }
    let mut spare = available - needed;
    let more = |at: usize| (wishes[at].line - wishes[at].word).max(0.0);
    let mut modest_first: Vec<usize> = (0..wishes.len()).collect();
    modest_first.sort_by(|a, b| more(*a).total_cmp(&more(*b)));
    for (at, waiting) in modest_first.into_iter().zip((1..=wishes.len()).rev()) {
        let given = more(at).min(spare / waiting as f32);
        widths[at] += given;
        spare -= given;
    }
    let even = spare / wishes.len().max(1) as f32;
    widths.iter().map(|width| width + even).collect()
}

/// Writes the table of one part.
pub(super) fn write(flow: &mut Flow<'_>, part: &Part<'_>, columns: &Columns) {
    let Rows::Table { columns: labels, rows, .. } = &part.rows else { return };
    let table = flow.tree.add(None, Tag::Table.with_summary(Some(clean(&part.name))));
    let head = flow.tree.add(Some(table), Tag::THead);
    let head_row = flow.tree.add(Some(head), Tag::TR);
    let head: Vec<Block> = labels
        .iter()
        .zip(&columns.0)
        .map(|(label, (x, width))| {
            let place = flow.tree.add(Some(head_row), Tag::TH(TableHeaderScope::Column));
            block(flow, label, HEAD, *x, *width, place)
        })
        .collect();
    flow.keep(beginning(flow, part, columns));
    flow.begin_table(head, HEAD_FRAME);
    let body = flow.tree.add(Some(table), Tag::TBody);
    for row in rows {
        write_row(flow, row, columns, body);
    }
    flow.end_table();
}

/// What the head and the first row of a part's table take at most, in points: a head never stands alone.
pub(super) fn beginning(flow: &Flow<'_>, part: &Part<'_>, columns: &Columns) -> f32 {
    let Rows::Table { columns: labels, rows, .. } = &part.rows else { return 0.0 };
    let Some(row) = rows.first() else { return 0.0 };
    let lines = |text: &str, style, width| flow.faces.wrap(&clean(text), style, width).len();
    let widths = || columns.0.iter().map(|(_, width)| *width);
    let head = labels.iter().zip(widths()).map(|(label, width)| lines(label, HEAD, width)).max();
    let cells = row.cells.iter().zip(widths()).map(|(cell, width)| lines(cell, CELL, width)).max();
    // Beside the widest label there may be.
    let rest = flow.width() * (1.0 - WIDEST_LABEL) - GUTTER;
    let below: usize = row.below.iter().map(|fact| lines(&fact.text, CELL, rest)).sum();
    let lines = head.unwrap_or_default() + cells.unwrap_or_default() + below;
    let frames = HEAD_FRAME.around() + ROW_FRAME.around() * (1 + row.below.len()) as f32;
    lines as f32 * CELL.line_height().max(HEAD.line_height()) + frames
}

fn write_row(flow: &mut Flow<'_>, row: &Row<'_>, columns: &Columns, body: Place) {
    let place = flow.tree.add(Some(body), Tag::TR);
    let mut blocks = Vec::with_capacity(row.cells.len());
    let langs = row.langs.iter().copied().chain(std::iter::repeat(None));
    for ((cell, (x, width)), lang) in row.cells.iter().zip(&columns.0).zip(langs) {
        let place = flow.tree.add_in(lang, Some(place), Tag::TD);
        blocks.push(block(flow, cell, CELL, *x, *width, place));
    }
    let facts: Vec<Vec<Block>> =
        row.below.iter().map(|fact| below(flow, fact, columns.0.len(), body)).collect();
    let together = facts.iter().map(|fact| height(fact, BELOW_FRAME)).sum::<f32>();
    flow.keep(height(&blocks, ROW_FRAME) + together);
    let last = facts.len();
    flow.row(blocks, if last == 0 { ROW_FRAME } else { OPEN_FRAME });
    for (fact, n) in facts.into_iter().zip(1..) {
        let end = Frame { above: BELOW_FRAME.above, ..ROW_FRAME };
        flow.row(fact, if n == last { end } else { BELOW_FRAME });
    }
}

/// A label in bold, a row's header, and beside it the fact, over the other columns.
fn below(flow: &mut Flow<'_>, fact: &Fact<'_>, columns: usize, body: Place) -> Vec<Block> {
    let row = flow.tree.add(Some(body), Tag::TR);
    let label = clean(fact.label);
    let wide = (flow.faces.extent(&label, HEAD).0 + 0.5).min(flow.width() * WIDEST_LABEL);
    let header = flow.tree.add(Some(row), Tag::TH(TableHeaderScope::Row));
    let others = u32::try_from(columns.saturating_sub(1)).ok().and_then(NonZeroU32::new);
    let cell = flow.tree.add_in(fact.lang, Some(row), Tag::TD.with_col_span(others));
    let rest = flow.width() - wide - GUTTER;
    vec![
        block(flow, &label, HEAD, 0.0, wide, header),
        block(flow, &fact.text, CELL, wide + GUTTER, rest, cell),
    ]
}

/// Text wrapped to a width. An empty cell holds a space, so that it stays a cell.
pub(super) fn block(flow: &Flow<'_>, text: &str, style: Style, x: f32, width: f32, place: Place) -> Block {
    let text = if is_blank(text) { " ".to_owned() } else { clean(text) };
    Block { x, style, lines: flow.faces.wrap(&text, style, width), place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_gets_its_widest_word_and_the_sum_fits() {
        let wish = |word, line| Wish { word, line };
        let widths = share(&[wish(20.0, 20.0), wish(60.0, 600.0), wish(40.0, 90.0)], 300.0);
        assert!((widths.iter().sum::<f32>() - 300.0).abs() < 0.1, "{widths:?}");
        assert!(widths[0] >= 20.0 && widths[1] > widths[2] && widths[2] >= 40.0, "{widths:?}");
        let crowded = share(&[wish(100.0, 100.0), wish(100.0, 100.0)], 150.0);
        assert!(crowded.iter().sum::<f32>() <= 150.1, "{crowded:?}");
        let roomy = share(&[wish(10.0, 10.0), wish(10.0, 30.0)], 200.0);
        assert!((roomy.iter().sum::<f32>() - 200.0).abs() < 0.1, "{roomy:?}");
    }
}
