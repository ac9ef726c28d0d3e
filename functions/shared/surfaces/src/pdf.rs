//! PDF: a list as tagged, accessible pages (PDF/UA-1), landscape where its tables are wide.
//!
//! The export itself checks the rules a machine can check and fails where one is broken: title, language,
//! headings, outline, every run of text in the structure tree or marked as an artifact. Nothing depends on
//! the clock: one list gives the same bytes every time.

mod cards;
mod flow;
mod font;
mod ink;
mod table;
mod tree;

use domain::civil::Tongue;
use krilla::error::KrillaError;
use krilla::metadata::Metadata;
use krilla::tagging::{Tag, TagKind};
use lists::layout::Body;
use lists::{Layout, ListDocument};
use std::collections::BTreeMap;
use std::num::NonZeroU16;
use thiserror::Error;

use crate::blank::is_blank;
use crate::view::{Lang, Notice, Part, Rows, View};
use crate::words;
use flow::{Block, Flow, Frame};
use font::{FACES, Style, clean};
use table::Columns;

/// A table with this many columns needs a landscape page.
const WIDE: usize = 5;

const BODY: Style = Style::regular(10.0);
const STRONG: Style = Style::bold(10.0);
const SMALL: Style = Style::regular(8.5);

/// What a heading takes at most, in points, if it is short.
const HEADING: f32 = 40.0;

/// Why no PDF came out.
#[derive(Debug, Error)]
pub enum PdfError {
    /// The embedded font files are not fonts; a fault of the build.
    #[error("the embedded font cannot be read")]
    Font,
    /// The page size or the PDF version is refused; a fault of this crate.
    #[error("the PDF settings contradict each other")]
    Settings,
    /// The pages break a rule of PDF/UA-1 or a limit of PDF.
    #[error("the PDF breaks a rule of PDF/UA-1 or a limit of the format")]
    Export(#[source] KrillaError),
}

/// The list as a PDF in one language.
///
/// # Errors
/// Fails only by a fault of this crate or its build; no payload text is refused.
pub fn write(document: &ListDocument, layout: &Layout, tongue: Tongue) -> Result<Vec<u8>, PdfError> {
    let faces = FACES.as_ref().ok_or(PdfError::Font)?;
    let view = View::of(document, layout, tongue, 0..usize::MAX);
    let mut flow = Flow::new(faces, is_wide(layout));
    let title = clean(view.title);
    heading(&mut flow, 1, &title, None);
    head(&mut flow, &view, tongue);
    let columns: BTreeMap<usize, Columns> =
        (0..layout.bodies.len()).map(|table| (table, table::columns(&flow, &view.sections, table))).collect();
    if view.sections.is_empty() {
        flow.space(10.0);
        paragraph(&mut flow, view.no_hearings, BODY);
    }
    sections(&mut flow, &view.sections, &columns);
    flow.space(12.0);
    if !view.source.is_empty() {
        paragraph(&mut flow, &view.source, SMALL);
    }
    flow.foot(&title, |page, pages| words::page_of(page, pages, tongue));
    let metadata = metadata(document, &view, title, tongue);
    ink::export(flow, metadata)
}

fn is_wide(layout: &Layout) -> bool {
    layout.bodies.iter().any(|body| matches!(body, Body::Table { columns } if columns.len() >= WIDE))
}

fn metadata(document: &ListDocument, view: &View<'_>, title: String, tongue: Tongue) -> Metadata {
    let language = match tongue {
        Tongue::En => "en-GB",
        Tongue::Cy => "cy",
    };
    let service = words::SERVICE.in_tongue(tongue).to_owned();
    let metadata = Metadata::new()
        .title(title)
        .language(language.to_owned())
        .authors(vec![service.clone()])
        .creator(service)
        .description(view.list_for.clone());
    match document.header.last_updated.and_then(ink::pdf_date) {
        Some(date) => metadata.creation_date(date),
        None => metadata,
    }
}

/// What stands above the hearings, below the title.
fn head(flow: &mut Flow<'_>, view: &View<'_>, tongue: Tongue) {
    for line in &view.subtitles {
        paragraph(flow, line, Style::bold(12.0));
    }
    flow.space(4.0);
    paragraph(flow, &view.list_for, STRONG);
    paragraph(flow, &view.last_updated, BODY);
    paragraph(flow, &view.version, BODY);
    flow.space(6.0);
    paragraph(flow, &view.venue.join("\n"), BODY);
    if let Some(number) = view.telephone {
        paragraph(flow, &format!("{}: {number}", words::TELEPHONE.in_tongue(tongue)), BODY);
    }
    if let Some(email) = &view.email {
        paragraph(flow, &format!("{}: {}", words::EMAIL.in_tongue(tongue), email.address), BODY);
    }
    if !view.notices.is_empty() {
        heading(flow, 2, words::IMPORTANT.in_tongue(tongue), None);
        view.notices.iter().for_each(|one| notice(flow, one));
    }
}

fn notice(flow: &mut Flow<'_>, notice: &Notice<'_>) {
    if !notice.heading.is_empty() {
        heading(flow, 3, notice.heading, None);
    }
    paragraph_in(flow, notice.text.lang, notice.text.text, BODY);
    if let Some(link) = &notice.link {
        let address = link.href.strip_prefix("mailto:").unwrap_or(link.href);
        let said = address.is_empty() || link.text.contains(address);
        let words = if said { link.text.to_owned() } else { format!("{} ({address})", link.text) };
        paragraph(flow, &words, BODY);
    }
    flow.space(3.0);
}

fn sections(flow: &mut Flow<'_>, parts: &[Part<'_>], columns: &BTreeMap<usize, Columns>) {
    for part in parts {
        flow.keep(beginning(flow, part, columns));
        if !part.heading.text.is_empty() {
            heading(flow, part.level, part.heading.text, part.heading.lang);
        }
        for line in &part.lines {
            paragraph_in(flow, line.lang, line.text, BODY);
        }
        sections(flow, &part.parts, columns);
        match &part.rows {
            Rows::Nothing => {}
            Rows::Table { .. } => {
                flow.space(4.0);
                if let Some(columns) = columns.get(&part.table) {
                    table::write(flow, part, columns);
                }
            }
            Rows::Cards { cards } => {
                cards.iter().for_each(|card| cards::write(flow, card));
                cards::end(flow);
            }
        }
    }
}

/// What a part takes, in points, down to the first row of its first table: they stand on one page.
fn beginning(flow: &Flow<'_>, part: &Part<'_>, columns: &BTreeMap<usize, Columns>) -> f32 {
    let heading = if part.heading.text.is_empty() { 0.0 } else { HEADING };
    let above = heading + part.lines.len() as f32 * BODY.line_height();
    match (part.parts.first(), columns.get(&part.table)) {
        (Some(first), _) => above + beginning(flow, first, columns),
        (None, Some(columns)) => above + table::beginning(flow, part, columns),
        (None, None) => above,
    }
}

/// A heading that shows something, kept with a few lines of what follows it.
fn heading(flow: &mut Flow<'_>, level: usize, text: &str, lang: Lang) {
    let (size, above, below) = match level {
        1 => (18.0, 0.0, 6.0),
        2 => (14.0, 14.0, 3.0),
        3 => (12.0, 10.0, 2.0),
        _ => (10.5, 8.0, 2.0),
    };
    let style = Style::bold(size);
    let text = clean(text).replace('\n', " ");
    let lines = flow.faces.wrap(&text, style, flow.width());
    flow.space(above);
    flow.keep(lines.len() as f32 * style.line_height() + 70.0);
    flow.mark(level, &text);
    let place = flow.tree.add_in(lang, None, heading_tag(level, &text));
    flow.row(vec![Block { x: 0.0, style, lines, place }], Frame { below, ..Frame::default() });
}

/// The tag of a heading: levels count from 1.
fn heading_tag(level: usize, text: &str) -> TagKind {
    let level = u16::try_from(level).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN);
    Tag::Hn(level, Some(clean(text))).into()
}

/// A paragraph over the whole width; nothing, if it says nothing.
fn paragraph(flow: &mut Flow<'_>, text: &str, style: Style) {
    paragraph_in(flow, None, text, style);
}

/// A paragraph in a language that may not be the document's.
fn paragraph_in(flow: &mut Flow<'_>, lang: Lang, text: &str, style: Style) {
    if is_blank(text) {
        return;
    }
    let place = flow.tree.add_in(lang, None, Tag::P);
    let width = flow.width();
    let block = table::block(flow, text, style, 0.0, width, place);
    flow.row(vec![block], Frame { below: 2.0, ..Frame::default() });
}

#[cfg(test)]
#[path = "pdf_tests.rs"]
mod tests;
