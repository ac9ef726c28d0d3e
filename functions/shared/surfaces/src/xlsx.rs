//! XLSX: a list as a workbook, a sheet for each of its tables, every cell text.

mod grid;

use chrono::{DateTime, Utc};
use domain::civil::Tongue;
use lists::document::SectionKind;
use lists::{Layout, ListDocument};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet};
use std::collections::HashSet;
use thiserror::Error;

use crate::blank::{is_blank, is_invisible};
use crate::view::View;
use crate::words;
use grid::{Grid, collect};

/// The longest text a cell of Excel holds, in UTF-16 units.
const LONGEST: usize = 32_767;
/// The longest name a sheet may have, in characters.
const LONGEST_NAME: usize = 31;
/// Column widths, in characters.
const NARROWEST: usize = 10;
const WIDEST: usize = 60;

/// Why no workbook came out.
#[derive(Debug, Error)]
pub enum XlsxError {
    /// The list has more rows or columns than a sheet holds, or a fault of this crate.
    #[error("the spreadsheet cannot be written")]
    Write(#[from] rust_xlsxwriter::XlsxError),
}

/// The list as a workbook in one language.
///
/// # Errors
/// Fails where the list has more rows or columns than a sheet holds.
pub fn write(document: &ListDocument, layout: &Layout, tongue: Tongue) -> Result<Vec<u8>, XlsxError> {
    let view = View::of(document, layout, tongue, 0..usize::MAX);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&view, document.header.last_updated, tongue));
    let mut names = Names::default();
    let mut any = false;
    for table in 0..layout.bodies.len() {
        let mut grid = Grid::default();
        collect(&mut grid, &view.sections, table, &mut Vec::new(), tongue);
        if grid.rows.is_empty() {
            continue;
        }
        let wish = if table == 0 { words::HEARINGS.in_tongue(tongue) } else { grid.heading };
        let sheet = workbook.add_worksheet();
        sheet.set_name(names.give(wish, tongue))?;
        write_grid(sheet, &view, &grid, tongue)?;
        any = true;
    }
    if !any {
        let sheet = workbook.add_worksheet();
        sheet.set_name(names.give(words::HEARINGS.in_tongue(tongue), tongue))?;
        let row = write_head(sheet, &view)?;
        put(sheet, row, 0, view.no_hearings, &Format::new())?;
    }
    let information = information(&view, tongue);
    if !information.is_empty() {
        let sheet = workbook.add_worksheet();
        sheet.set_name(names.give(words::INFORMATION.in_tongue(tongue), tongue))?;
        sheet.set_column_width(0, 100)?;
        for (line, row) in information.iter().zip(0..) {
            put(sheet, row, 0, line, &wrapped())?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

fn properties(view: &View<'_>, updated: Option<DateTime<Utc>>, tongue: Tongue) -> DocProperties {
    let service = words::SERVICE.in_tongue(tongue);
    let properties = DocProperties::new()
        .set_title(plain(view.title))
        .set_subject(plain(&view.list_for))
        .set_author(service)
        .set_company(service);
    // Always set, so that one list gives the same bytes whenever it is written.
    let seconds = updated.map_or(0, |at| at.timestamp());
    match ExcelDateTime::from_timestamp(seconds) {
        Ok(created) => properties.set_creation_datetime(&created),
        Err(_) => properties,
    }
}

/// The venue and the important information, a line a row.
fn information(view: &View<'_>, tongue: Tongue) -> Vec<String> {
    let mut lines: Vec<String> = view.venue.to_vec();
    lines.extend(view.telephone.map(|number| format!("{}: {number}", words::TELEPHONE.in_tongue(tongue))));
    lines.extend(
        view.email.as_ref().map(|one| format!("{}: {}", words::EMAIL.in_tongue(tongue), one.address)),
    );
    for notice in &view.notices {
        lines.push(notice.heading.to_owned());
        lines.push(notice.text.text.to_owned());
        lines.extend(notice.link.as_ref().map(|link| format!("{} {}", link.text, link.href)));
    }
    lines.retain(|line| !is_blank(line));
    lines
}

/// Title, dates and source; returns the first row below them.
fn write_head(sheet: &mut Worksheet, view: &View<'_>) -> Result<u32, XlsxError> {
    put(sheet, 0, 0, view.title, &Format::new().set_bold().set_font_size(14))?;
    let mut row = 1;
    let lines = view.subtitles.iter().copied();
    for line in lines.chain([&*view.list_for, &*view.last_updated, &*view.version, &*view.source]) {
        if !line.is_empty() {
            put(sheet, row, 0, line, &Format::new())?;
            row += 1;
        }
    }
    Ok(row + 1)
}

fn write_grid(
    sheet: &mut Worksheet,
    view: &View<'_>,
    grid: &Grid<'_>,
    tongue: Tongue,
) -> Result<(), XlsxError> {
    let head = write_head(sheet, view)?;
    let labels: Vec<&str> = grid
        .parts
        .iter()
        .map(|kind| part_label(*kind, tongue))
        .chain(grid.labels.iter().copied())
        .chain(grid.below.iter().copied())
        .collect();
    let mut widths: Vec<usize> = labels.iter().map(|label| label.chars().count()).collect();
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    for (label, column) in labels.iter().zip(0..) {
        put(sheet, head, column, label, &bold)?;
    }
    let format = wrapped();
    for (line, row) in grid.rows.iter().zip(head + 1..) {
        let below =
            |label: &&str| line.below.iter().find(|(found, _)| found == label).map(|(_, text)| text.as_str());
        let parts = (0..grid.parts.len()).map(|depth| line.path.get(depth).map_or("", String::as_str));
        let cells = (0..grid.labels.len()).map(|at| line.cells.get(at).copied().unwrap_or_default());
        let below = grid.below.iter().map(|label| below(label).unwrap_or_default());
        for ((text, column), width) in parts.chain(cells).chain(below).zip(0..).zip(&mut widths) {
            let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            *width = longest.max(*width);
            if !text.is_empty() {
                put(sheet, row, column, text, &format)?;
            }
        }
    }
    for (width, column) in widths.iter().zip(0..) {
        let width = u32::try_from((*width).clamp(NARROWEST, WIDEST) + 2).unwrap_or(10);
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(head + 1, 0)?.set_repeat_rows(head, head)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

fn part_label(kind: SectionKind, tongue: Tongue) -> &'static str {
    match kind {
        SectionKind::CourtHouse => words::COURT_HOUSE.in_tongue(tongue),
        SectionKind::Day => words::DAY.in_tongue(tongue),
        SectionKind::Room => words::ROOM.in_tongue(tongue),
        SectionKind::Group => words::GROUP.in_tongue(tongue),
    }
}

/// Writes one cell as text, never as a formula.
fn put(sheet: &mut Worksheet, row: u32, column: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, column, neutral(text), format)?;
    Ok(())
}

/// Text that no spreadsheet program takes for a formula, now or after it was saved as CSV: an apostrophe goes
/// before a first character that could start one (OWASP ASVS 5.0, 1.2.10). Control characters other than line
/// breaks are dropped and what no cell holds is cut off.
fn neutral(text: &str) -> String {
    let starts_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\0', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = plain(text);
    let again = text.trim_start().starts_with(['=', '+', '-', '@']);
    let text = if starts_formula || again { format!("'{text}") } else { text };
    if text.encode_utf16().count() <= LONGEST {
        return text;
    }
    let mut units = 1;
    let fits = |character: &char| {
        units += character.len_utf16();
        units <= LONGEST
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Text without control characters other than line breaks.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

/// The names of the sheets, each given once.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// A name Excel accepts, as near to the wish as can be.
    fn give(&mut self, wish: &str, tongue: Tongue) -> String {
        let allowed = |c: &char| {
            !c.is_control() && !is_invisible(*c) && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\')
        };
        let name: String = plain(wish).chars().filter(allowed).take(LONGEST_NAME).collect();
        let name = name.trim().trim_matches('\'').trim();
        let reserved = name.is_empty() || name.eq_ignore_ascii_case("history");
        let name = if reserved { words::HEARINGS.in_tongue(tongue) } else { name };
        let numbered = (2..).map(|n| {
            let number = format!(" {n}");
            let stem: String = name.chars().take(LONGEST_NAME - number.len()).collect();
            stem + &number
        });
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(|name| self.0.insert(name.to_lowercase())).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "xlsx_tests.rs"]
mod tests;
