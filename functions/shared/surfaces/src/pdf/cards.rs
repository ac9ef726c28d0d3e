//! Cards in a PDF: a titled pair of fact columns a hearing, then its offences.

use krilla::tagging::{ListNumbering, Tag};

use super::flow::{Block, Flow, Frame, Shade, height};
use super::font::Style;
use super::heading_tag;
use super::table::block;
use super::tree::Place;
use crate::view::{Card, Charge, Fact};

const TITLE: Style = Style::bold(10.0);
const LABEL: Style = Style::bold(9.0);
const WORDS: Style = Style::regular(9.0);
const CHARGE: Style = Style::bold(9.0);

const TITLE_FRAME: Frame = Frame { above: 5.0, below: 4.0, rule: None, background: true };
const FACT_FRAME: Frame = Frame { above: 2.5, below: 0.0, rule: None, background: false };
const CHARGE_FRAME: Frame = Frame { above: 5.0, below: 0.0, rule: None, background: false };
/// Between the two columns of facts, and around the edges, in points.
const GAP: f32 = 16.0;
const INSET: f32 = 6.0;
const INDENT: f32 = 14.0;

/// Writes one card.
pub(super) fn write(flow: &mut Flow<'_>, card: &Card<'_>) {
    let width = flow.width() - 2.0 * INSET;
    let title = flow.tree.add_in(card.lang, None, heading_tag(card.level, &card.title));
    let title = vec![block(flow, &card.title, TITLE, INSET, width, title)];
    let half = (width - GAP) / 2.0;
    let left = facts(flow, &card.left, INSET, half);
    let right = facts(flow, &card.right, INSET + half + GAP, half);
    let rows = side_by_side(left, right);
    let whole: f32 = rows.iter().map(|row| height(row, FACT_FRAME)).sum();
    flow.space(10.0);
    flow.keep(height(&title, TITLE_FRAME) + whole);
    flow.row(title, TITLE_FRAME);
    for row in rows {
        flow.row(row, FACT_FRAME);
    }
    for fact in facts(flow, &card.below, INSET, width) {
        flow.row(fact, FACT_FRAME);
    }
    for charge in &card.offences {
        write_charge(flow, charge, width);
    }
    flow.space(4.0);
}

fn write_charge(flow: &mut Flow<'_>, charge: &Charge<'_>, width: f32) {
    let place = flow.tree.add_in(charge.lang, None, Tag::P);
    let heading = vec![block(flow, &charge.heading, CHARGE, INSET, width, place)];
    let facts = facts(flow, &charge.facts, INSET + INDENT, width - INDENT);
    let first = facts.first().map_or(0.0, |fact| height(fact, FACT_FRAME));
    flow.keep(height(&heading, CHARGE_FRAME) + first);
    flow.row(heading, CHARGE_FRAME);
    for fact in facts {
        flow.row(fact, FACT_FRAME);
    }
}

/// A list of labels and facts, each a row of two blocks.
fn facts(flow: &mut Flow<'_>, facts: &[Fact<'_>], x: f32, width: f32) -> Vec<Vec<Block>> {
    if facts.is_empty() {
        return Vec::new();
    }
    let list = flow.tree.add(None, Tag::L(ListNumbering::None));
    let widest = facts.iter().map(|fact| flow.faces.extent(fact.label, LABEL).0 + 0.5).fold(0.0, f32::max);
    let label_width = widest.min(width * 0.4);
    let rest = width - label_width - INSET;
    let mut row = |fact: &Fact<'_>| {
        let item = flow.tree.add(Some(list), Tag::LI);
        let label: Place = flow.tree.add(Some(item), Tag::Lbl);
        let words: Place = flow.tree.add_in(fact.lang, Some(item), Tag::LBody);
        vec![
            block(flow, fact.label, LABEL, x, label_width, label),
            block(flow, &fact.text, WORDS, x + label_width + INSET, rest, words),
        ]
    };
    facts.iter().map(&mut row).collect()
}

fn side_by_side(left: Vec<Vec<Block>>, right: Vec<Vec<Block>>) -> Vec<Vec<Block>> {
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let mut rows = Vec::new();
    loop {
        let row: Vec<Block> = left.next().into_iter().chain(right.next()).flatten().collect();
        if row.is_empty() {
            return rows;
        }
        rows.push(row);
    }
}

/// The rule that ends a run of cards.
pub(super) fn end(flow: &mut Flow<'_>) {
    let frame = Frame { above: 0.0, below: 4.0, rule: Some((0.5, Shade::Border)), background: false };
    flow.row(Vec::new(), frame);
}
