//! What stands below a hearing across the whole width.

use super::{cell, offence_cell};
use crate::document::{Hearing, ListDocument};
use crate::layout::{Column, Layout};
use domain::civil::Tongue;

/// A row across the whole width below a hearing.
#[derive(Debug, Clone, PartialEq)]
pub struct FullWidthRow<'a> {
    /// What it says.
    pub column: &'a Column,
    /// Which of the hearing's offences it is said of, counted from 1; none for the hearing as a whole.
    pub offence: Option<usize>,
    /// It in words.
    pub text: String,
}

/// The rows across the whole width below a hearing, without the empty ones. Columns of offences are repeated
/// together for each offence.
pub fn full_width_rows<'a>(
    document: &ListDocument,
    hearing: &Hearing,
    layout: &'a Layout,
    tongue: Tongue,
) -> Vec<FullWidthRow<'a>> {
    let (each, once): (Vec<&Column>, Vec<&Column>) =
        layout.full_width.iter().partition(|column| column.field.starts_with("offence."));
    let of_hearing = once.iter().map(|column| FullWidthRow {
        column,
        offence: None,
        text: cell(document, hearing, column, tongue),
    });
    let of_offences = hearing.offences.iter().zip(1..).flat_map(|(offence, n)| {
        each.iter().map(move |column| FullWidthRow {
            column,
            offence: Some(n),
            text: offence_cell(hearing, offence, column, tongue),
        })
    });
    of_offences.chain(of_hearing).filter(|row| !row.text.is_empty()).collect()
}
