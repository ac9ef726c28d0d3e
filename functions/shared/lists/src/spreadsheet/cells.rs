//! The cells of one sheet, and what each says in the payload.

use crate::table::CellKind;
use calamine::{DataRef, ExcelDateTime, Xlsx};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use domain::civil::full_time;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

/// The most rows of a sheet, its header among them.
const MOST_ROWS: usize = 50_001;

/// The most text of a sheet, in bytes: many cells may share one long text of the file.
const MOST_TEXT: usize = 20 * 1024 * 1024;

/// The cells that are there, by row and column from 0.
#[derive(Debug, Default)]
pub(super) struct Grid(BTreeMap<u32, BTreeMap<u32, Cell>>);

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Blank,
    Text(String),
    Number(f64),
    Flag(bool),
    Serial(ExcelDateTime),
    At(NaiveDateTime),
    Formula,
    Error,
}

impl Grid {
    /// Reads a sheet cell by cell; a cell that is not there costs nothing.
    pub(super) fn read<R: Read + Seek>(workbook: &mut Xlsx<R>, sheet: &str) -> Result<Self, String> {
        let unreadable = |_| "cannot be read".to_owned();
        let mut reader = workbook.worksheet_cells_reader(sheet).map_err(unreadable)?;
        let mut grid = Self::default();
        let mut text = 0;
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(unreadable)? {
            let (row, column) = cell.pos;
            let value = if cell.formula.is_some() { Cell::Formula } else { Cell::of(cell.value) };
            text += value.length();
            if text > MOST_TEXT {
                return Err("has more text than a list has".to_owned());
            }
            grid.0.entry(row).or_default().insert(column, value);
            if grid.0.len() > MOST_ROWS {
                return Err(format!("has more than {} rows", MOST_ROWS - 1));
            }
        }
        Ok(grid)
    }

    /// No cell says anything.
    pub(super) fn is_empty(&self) -> bool {
        self.0.values().flat_map(BTreeMap::values).all(Cell::is_blank)
    }

    /// The rows that are there, from the top; rows that are missing from the file are passed over.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u32, &BTreeMap<u32, Cell>)> {
        self.0.iter().map(|(row, cells)| (*row, cells))
    }
}

impl Cell {
    fn of(value: DataRef<'_>) -> Self {
        match value {
            DataRef::Empty => Self::Blank,
            DataRef::Int(number) => Self::Text(number.to_string()),
            DataRef::Float(number) => Self::Number(number),
            DataRef::String(text) => Self::Text(text),
            DataRef::SharedString(text) => Self::Text(text.to_owned()),
            DataRef::Bool(flag) => Self::Flag(flag),
            DataRef::DateTime(serial) => Self::Serial(serial),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                iso(&text).map_or(Self::Text(text), Self::At)
            }
            DataRef::Error(_) => Self::Error,
        }
    }

    fn length(&self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
    }

    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// What the cell says in a column of this kind (none for a column that is not known), or why it cannot.
    pub(super) fn text(&self, kind: Option<CellKind>) -> Result<String, &'static str> {
        match self {
            Self::Blank => Ok(String::new()),
            Self::Text(text) => Ok(text.clone()),
            Self::Number(number) => Ok(number.to_string()),
            Self::Flag(flag) => Ok(flag.to_string()),
            Self::Serial(serial) => of_serial(*serial, kind).ok_or("is a date that does not exist"),
            Self::At(at) => Ok(of_moment(*at, kind == Some(CellKind::Time))),
            Self::Formula => Err("is a formula; paste its value in its place"),
            Self::Error => Err("is an error"),
        }
    }
}

/// A serial number formatted as a date or a time: below one it is a time of day, as in a column of times.
fn of_serial(serial: ExcelDateTime, kind: Option<CellKind>) -> Option<String> {
    let days = serial.as_f64();
    if days < 1.0 && kind != Some(CellKind::Date) || kind == Some(CellKind::Time) {
        return time_of(days.fract()).map(full_time);
    }
    let (year, month, day, ..) = serial.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))?;
    Some(of_moment(date.and_time(NaiveTime::MIN), false))
}

/// The time of day to the nearest minute; the last half minute of a day belongs to it still.
fn time_of(part_of_day: f64) -> Option<NaiveTime> {
    if !(0.0..1.0).contains(&part_of_day) {
        return None;
    }
    let minutes = ((part_of_day * 1440.0).round() as u32).min(1439);
    NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0)
}

fn of_moment(at: NaiveDateTime, as_time: bool) -> String {
    if as_time { full_time(at.time()) } else { at.format("%d/%m/%Y").to_string() }
}

fn iso(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim_end_matches('Z');
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN));
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").or_else(|_| date()).ok()
}

/// A column's letters: `A`, `Z`, `AA`.
pub(super) fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        letters.push(char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}
