//! A workbook as court staff upload it, turned into the payload of its table-shaped list type.
//!
//! The archive is inflated once against limits before anything reads it. Sheets are then read cell by cell,
//! so a workbook that claims a far corner costs nothing.

mod archive;
mod cells;

use crate::fault::Fault;
use crate::registry::ListType;
use crate::table::{Part, Table};
use crate::validate::validate;
use calamine::{Reader, SheetType, SheetVisible, Xlsx, open_workbook_from_rs};
use cells::{Grid, letters};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::Cursor;

/// The most faults one answer names.
const MOST_FAULTS: usize = 50;
/// The most columns of a sheet.
const MOST_COLUMNS: usize = 200;
const UNREADABLE: &str = "is not a workbook in the .xlsx format";

/// One fault of a workbook. It names the cell and never repeats what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("sheet {sheet:?}, row {row}, column {column}: {message}")]
pub struct SheetFault {
    /// The sheet's name; empty for the workbook as a whole.
    pub sheet: String,
    /// The row, from 1; 0 for the sheet as a whole.
    pub row: u32,
    /// The column's letters; empty for the row as a whole.
    pub column: String,
    /// What is wrong, in words.
    pub message: String,
}

impl SheetFault {
    fn of_workbook(message: impl Into<String>) -> Self {
        Self::of_sheet("", message)
    }

    fn of_sheet(sheet: &str, message: impl Into<String>) -> Self {
        Self { sheet: sheet.to_owned(), row: 0, column: String::new(), message: message.into() }
    }
}

/// Turns a workbook into the JSON payload of `list_type`, and validates it.
///
/// # Errors
/// Everything found wrong with the workbook, at most fifty faults: not a workbook, macros or limits
/// exceeded; sheets or columns missing, unknown or twice; formulas and error cells. Where nothing of that is found, what
/// [`crate::validate::validate`] finds wrong with the payload, by the cell it came from.
pub fn read_workbook(list_type: &ListType, bytes: &[u8]) -> Result<Vec<u8>, Vec<SheetFault>> {
    let one = |fault| vec![fault];
    let table = list_type
        .table()
        .ok_or_else(|| one(SheetFault::of_workbook("this list type is not published from a spreadsheet")))?;
    archive::check(bytes).map_err(|fault| one(SheetFault::of_workbook(fault.to_string())))?;
    let sheets = sheets_or_unreadable(bytes).map_err(one)?;
    let (payload, places) = payload(table, &sheets)?;
    let json = serde_json::to_vec(&payload)
        .map_err(|_| one(SheetFault::of_workbook("cannot be written as JSON")))?;
    match validate(list_type, &json) {
        Ok(_) => Ok(json),
        Err(faults) => Err(faults.into_iter().map(|fault| in_its_cell(fault, &places)).collect()),
    }
}

/// Where the rows of a part stand in the workbook.
struct Place {
    member: String,
    sheet: String,
    /// The row of each item, from 1.
    rows: Vec<u32>,
    columns: Columns,
}

/// A fault of the payload as a fault of the cell that its pointer leads to, or of the workbook as a whole.
fn in_its_cell(fault: Fault, places: &[Place]) -> SheetFault {
    let path = fault.pointer.trim_start_matches('/').replace("~1", "/").replace("~0", "~");
    let cell = places.iter().find_map(|place| {
        let path = path.strip_prefix(&place.member)?.trim_start_matches('/');
        let (index, field) = path.split_once('/').unwrap_or((path, ""));
        let row = *place.rows.get(index.parse::<usize>().ok()?)?;
        let column = place.columns.iter().find(|(_, (known, _))| known == field);
        let column = column.map(|(column, _)| letters(*column)).unwrap_or_default();
        Some(SheetFault { sheet: place.sheet.clone(), row, column, message: fault.message.clone() })
    });
    cell.unwrap_or_else(|| SheetFault::of_workbook(fault.message))
}

type Sheets = Vec<(String, Grid)>;

/// The workbook reader panics over some malformed numbers; to the uploader that is an unreadable workbook.
fn sheets_or_unreadable(bytes: &[u8]) -> Result<Sheets, SheetFault> {
    std::panic::catch_unwind(|| sheets(bytes)).unwrap_or_else(|_| Err(SheetFault::of_workbook(UNREADABLE)))
}

/// Every visible sheet that has cells.
fn sheets(bytes: &[u8]) -> Result<Sheets, SheetFault> {
    let unreadable = |_| SheetFault::of_workbook(UNREADABLE);
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut sheets = Vec::new();
    for name in names {
        let grid =
            Grid::read(&mut workbook, &name).map_err(|message| SheetFault::of_sheet(&name, message))?;
        if !grid.is_empty() {
            sheets.push((name, grid));
        }
    }
    Ok(sheets)
}

/// One array for a table of one part, else an object with an array for each part.
fn payload(table: &Table, sheets: &Sheets) -> Result<(Value, Vec<Place>), Vec<SheetFault>> {
    let mut faults = Vec::new();
    let mut places = Vec::new();
    let mut members = Map::new();
    let single = table.parts.len() == 1;
    let known = |name: &str| table.parts.iter().any(|part| canonical(&part.member) == canonical(name));
    let unknown = sheets.iter().filter(|(name, _)| !single && !known(name));
    faults.extend(unknown.map(|(name, _)| SheetFault::of_sheet(name, "is not a sheet of this list type")));
    for part in &table.parts {
        let mut found =
            sheets.iter().filter(|(name, _)| single || canonical(name) == canonical(&part.member));
        match (found.next(), found.next()) {
            (Some((name, grid)), None) => match rows(part, name, grid) {
                Ok((rows, place)) => {
                    members.insert(part.member.clone(), Value::Array(rows));
                    places.push(place);
                }
                Err(more) => faults.extend(more),
            },
            (None, _) if single => faults.push(SheetFault::of_workbook("has no sheet with cells")),
            (None, _) => {
                faults.push(SheetFault::of_workbook(format!("lacks the sheet {}", words_of(&part.member))))
            }
            (Some(_), Some((name, _))) => {
                faults.push(SheetFault::of_sheet(name, "is one sheet more than this list type has"))
            }
        }
    }
    if !faults.is_empty() {
        faults.truncate(MOST_FAULTS);
        return Err(faults);
    }
    let payload = match members.remove("") {
        Some(rows) => rows,
        None => Value::Object(members),
    };
    Ok((payload, places))
}

/// The rows of a sheet until the first that is blank below every label, as objects by field name. A lone cell after that
/// row is a footnote; a row that says more is a hearing that would be lost.
fn rows(part: &Part, sheet: &str, grid: &Grid) -> Result<(Vec<Value>, Place), Vec<SheetFault>> {
    let mut lines = grid.rows().skip_while(|(_, cells)| cells.values().all(cells::Cell::is_blank));
    let (first, labels) = lines.next().ok_or_else(|| vec![SheetFault::of_sheet(sheet, "is empty")])?;
    let columns = header(part, sheet, first, labels)?;
    let mut rows = Vec::new();
    let mut numbers = Vec::new();
    let mut faults = Vec::new();
    let said = |cells: &BTreeMap<u32, cells::Cell>| {
        cells.iter().filter(|(column, cell)| columns.contains_key(column) && !cell.is_blank()).count()
    };
    for (row, cells) in lines.by_ref().take_while(|(_, cells)| said(cells) > 0) {
        rows.push(object(sheet, row, cells, &columns, &mut faults));
        numbers.push(row + 1);
        if faults.len() >= MOST_FAULTS {
            break;
        }
    }
    let lost = if faults.is_empty() { lines.find(|(_, cells)| said(cells) > 1) } else { None };
    if let Some((row, _)) = lost {
        let message = "comes after a blank row, where reading ends: remove the blank row".to_owned();
        faults.push(SheetFault { sheet: sheet.to_owned(), row: row + 1, column: String::new(), message });
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let (member, sheet) = (part.member.clone(), sheet.to_owned());
    Ok((rows, Place { member, sheet, rows: numbers, columns }))
}

/// One row as an object by field name; what cannot be read is left out and noted.
fn object(
    sheet: &str,
    row: u32,
    cells: &BTreeMap<u32, cells::Cell>,
    columns: &Columns,
    faults: &mut Vec<SheetFault>,
) -> Value {
    let mut object = Map::new();
    for (&column, (field, kind)) in columns {
        match cells.get(&column).map_or(Ok(String::new()), |cell| cell.text(*kind)) {
            Ok(text) => {
                object.insert(field.clone(), Value::String(text));
            }
            Err(message) => faults.push(SheetFault {
                sheet: sheet.to_owned(),
                row: row + 1,
                column: letters(column),
                message: message.to_owned(),
            }),
        }
    }
    Value::Object(object)
}

type Columns = BTreeMap<u32, (String, Option<crate::table::CellKind>)>;

/// Which column of the sheet is which field. A column the list type does not know is carried along under its
/// own name; it is not shown.
fn header(
    part: &Part,
    sheet: &str,
    row: u32,
    labels: &BTreeMap<u32, cells::Cell>,
) -> Result<Columns, Vec<SheetFault>> {
    if labels.len() > MOST_COLUMNS {
        let message = format!("has more than {MOST_COLUMNS} columns");
        return Err(vec![SheetFault::of_sheet(sheet, message)]);
    }
    let mut columns = Columns::new();
    let mut faults = Vec::new();
    let mut fault = |column: String, message: String| {
        faults.push(SheetFault { sheet: sheet.to_owned(), row: row + 1, column, message });
    };
    for (&column, label) in labels.iter().filter(|(_, label)| !label.is_blank()) {
        let Ok(label) = label.text(None) else {
            fault(letters(column), "must be a label".to_owned());
            continue;
        };
        let known = part.columns.iter().find(|known| {
            [&known.field, &known.label.en, &known.label.cy]
                .iter()
                .any(|spelling| canonical(spelling) == canonical(&label))
        });
        let field = known.map_or_else(|| camel_case(&label), |known| known.field.clone());
        if columns.values().any(|(taken, _)| *taken == field) {
            fault(letters(column), "is a column that is there twice".to_owned());
        }
        columns.insert(column, (field, known.map(|known| known.kind)));
    }
    for missing in &part.columns {
        if !columns.values().any(|(field, _)| *field == missing.field) {
            fault(String::new(), format!("lacks the column {}", missing.label.en));
        }
    }
    if faults.is_empty() { Ok(columns) } else { Err(faults) }
}

/// Labels alike but for case, spaces, hyphens, underscores and brackets are the same.
fn canonical(label: &str) -> String {
    let ignored = |letter: &char| {
        letter.is_whitespace() || matches!(letter, '_' | '-' | '(' | ')' | '[' | ']' | '{' | '}')
    };
    label.chars().filter(|letter| !ignored(letter)).flat_map(char::to_lowercase).collect()
}

/// `Case Name` as `caseName`.
fn camel_case(label: &str) -> String {
    let bare: String = label.chars().filter(|letter| !matches!(letter, '(' | ')' | '[' | ']')).collect();
    let mut name = String::new();
    for word in bare.split(|letter: char| letter.is_whitespace() || letter == '_') {
        let mut letters = word.chars().flat_map(char::to_lowercase);
        match letters.next() {
            Some(first) if !name.is_empty() => name.extend(first.to_uppercase()),
            first => name.extend(first),
        }
        name.extend(letters);
    }
    name
}

/// `hearingList` as `Hearing list`.
fn words_of(member: &str) -> String {
    let mut words = String::new();
    for letter in member.chars() {
        if letter.is_uppercase() {
            words.push(' ');
        }
        match words.is_empty() {
            true => words.extend(letter.to_uppercase()),
            false => words.extend(letter.to_lowercase()),
        }
    }
    words
}

#[cfg(test)]
#[path = "spreadsheet_tests.rs"]
mod tests;
