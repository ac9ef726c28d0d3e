//! Layout as data: how a list type lays its facts out, the same in every surface.

use crate::document::Bilingual;
use serde::{Deserialize, Serialize};

/// How a list type is laid out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// One table or set of cards for each value of [`crate::document::Section::table`]; usually one.
    pub bodies: Vec<Body>,
    /// Rows across the whole width below a hearing, left out where the value is empty.
    #[serde(default)]
    pub full_width: Vec<Column>,
    /// Readers may sort the table by its columns.
    #[serde(default)]
    pub sortable: bool,
    /// Readers may search within the list.
    #[serde(default)]
    pub search: bool,
    /// Sections at this depth are shown as accordion sections; none, if absent.
    #[serde(default)]
    pub accordion: bool,
    /// What a mail's plain-text summary says of each hearing.
    #[serde(default)]
    pub summary: Vec<Column>,
}

/// The hearings of a section, as rows or as cards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A row a hearing.
    Table {
        /// The columns, left to right.
        columns: Vec<Column>,
    },
    /// A card a hearing.
    Cards {
        /// The left-hand facts.
        left: Vec<Column>,
        /// The right-hand facts.
        right: Vec<Column>,
        /// What is said of each offence.
        per_offence: Vec<Column>,
    },
}

/// A labelled field. The field is a path the formatter knows (`start`, `case.number`, `parties.defendant`,
/// `offence.title`) or the name of an extra field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What is shown.
    pub field: String,
    /// Its label.
    pub label: Bilingual,
    /// How the value is written.
    #[serde(default)]
    pub kind: Kind,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// As text; dates and times in the list pages' usual form.
    #[default]
    Text,
    /// A date in full.
    Date,
    /// A date as `dd/MM/yyyy`.
    NumericDate,
    /// A time, `9am` or `10:30am`.
    Time,
    /// A time with minutes always, `9:00am`.
    FullTime,
    /// Text whose line breaks are kept.
    Multiline,
}
