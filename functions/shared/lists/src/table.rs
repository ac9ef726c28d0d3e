//! Table-shaped list types: the rows of a spreadsheet, described by data alone.
//!
//! A [`Table`] is read from `schemas/tables/<name>.json` and serves every list type with those columns. The
//! payload's JSON Schema, the matching of spreadsheet headers, the reader and the layout all come from it.

mod read;
mod schema;

pub use read::read;
pub use schema::schema;

use crate::document::Bilingual;
use crate::layout::{Body, Column, Kind, Layout};
use crate::validate::SchemaError;
use jsonschema::Validator;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a table-shaped list type's rows are and how its page speaks of them.
#[derive(Debug)]
pub struct Table {
    /// Its name, which is its file's.
    pub name: String,
    /// The arrays of rows in the payload.
    pub parts: Vec<Part>,
    pub(crate) defaults: Wording,
    pub(crate) types: BTreeMap<String, Wording>,
    pub(crate) layout: Layout,
    pub(crate) validator: OnceLock<Result<Validator, SchemaError>>,
}

/// One array of rows; most tables have one, which is the whole payload.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The member of the payload that holds the rows; empty where the payload is the array itself.
    #[serde(default)]
    pub member: String,
    /// The heading above its table.
    #[serde(default)]
    pub heading: Bilingual,
    /// Its rows fill the notices and are not shown as a table.
    #[serde(default)]
    pub notices_only: bool,
    /// The columns, left to right.
    pub columns: Vec<TableColumn>,
}

/// One column of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// The member of a row, e.g. `caseReferenceNumber`.
    pub field: String,
    /// Its label on pages and, in English, at the head of the spreadsheet's column.
    pub label: Bilingual,
    /// How its cells are written.
    #[serde(default)]
    pub kind: CellKind,
    /// What it says of the hearing, beyond being shown.
    #[serde(default)]
    pub means: Option<Meaning>,
}

/// How the cells of a column are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// Any text, or none.
    #[default]
    Text,
    /// `dd/MM/yyyy`.
    Date,
    /// `9am`, `9.30am` or `9:30am`.
    Time,
    /// Text whose line breaks are kept.
    Multiline,
}

/// What a column says of a hearing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// The day it starts.
    Date,
    /// The time it starts.
    Time,
    /// The case's number or reference.
    CaseNumber,
    /// The case's name or title.
    CaseName,
    /// The type of case.
    CaseType,
    /// The type of hearing.
    HearingType,
    /// The judge or judges, or the tribunal's panel; one a line.
    Judges,
    /// Where it is: the court room or, where the list has none, the venue.
    Room,
    /// How it is held.
    Channel,
    /// The appellant, applicant or claimant.
    Applicant,
    /// Who represents the applicant.
    Representative,
    /// The respondent.
    Respondent,
    /// A note.
    Note,
}

/// What a page says around its table, as a table's default or as one list type's own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wording {
    /// The page's heading; the list type's friendly name, if absent.
    pub heading: Option<Bilingual>,
    /// The lines of the venue's name and address.
    pub venue: Option<Vec<String>>,
    /// The paragraphs of important information.
    pub notices: Option<Vec<TableNotice>>,
    /// What stands for each `{name}` in the notices, such as the office's e-mail address.
    pub values: BTreeMap<String, String>,
}

/// A paragraph of important information. It is left out where it has a `{name}` for which there is no value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableNotice {
    /// A heading above it.
    pub heading: Option<Bilingual>,
    /// The paragraph.
    pub text: Bilingual,
    /// A link that follows it.
    pub link: Option<crate::document::Link>,
    /// Said once for each row of this member of the payload, whose cells are values as well.
    pub for_each: Option<String>,
}

/// A table as its data file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tables: Vec<Part>,
    #[serde(default)]
    venue: Option<Vec<String>>,
    #[serde(default)]
    notices: Option<Vec<TableNotice>>,
    /// The fields a mail's summary says of each row.
    summary: Vec<String>,
    #[serde(default)]
    types: BTreeMap<String, Wording>,
}

impl Table {
    /// Reads a table from its data.
    ///
    /// # Errors
    /// The data is not in its form.
    pub fn from_json(name: &str, text: &str) -> Result<Self, serde_json::Error> {
        let file: File = serde_json::from_str(text)?;
        let layout = layout_of(&file.tables, &file.summary);
        Ok(Self {
            name: name.to_owned(),
            parts: file.tables,
            defaults: Wording { venue: file.venue, notices: file.notices, ..Wording::default() },
            types: file.types,
            layout,
            validator: OnceLock::new(),
        })
    }

    /// How its list types are laid out: a table a shown part.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Its parts that are shown as tables, in order; their position is [`crate::document::Section::table`].
    pub fn shown(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.notices_only)
    }
}

fn layout_of(parts: &[Part], summary: &[String]) -> Layout {
    let shown: Vec<&Part> = parts.iter().filter(|part| !part.notices_only).collect();
    let columns = || shown.iter().flat_map(|part| &part.columns);
    Layout {
        bodies: shown
            .iter()
            .map(|part| Body::Table { columns: part.columns.iter().map(TableColumn::laid_out).collect() })
            .collect(),
        full_width: Vec::new(),
        sortable: false,
        search: true,
        accordion: false,
        summary: summary
            .iter()
            .filter_map(|field| columns().find(|column| column.field == *field))
            .map(TableColumn::laid_out)
            .collect(),
    }
}

impl TableColumn {
    fn laid_out(&self) -> Column {
        let kind = match self.kind {
            CellKind::Text => Kind::Text,
            CellKind::Date => Kind::Date,
            CellKind::Time => Kind::Time,
            CellKind::Multiline => Kind::Multiline,
        };
        Column { field: self.field.clone(), label: self.label.clone(), kind }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
