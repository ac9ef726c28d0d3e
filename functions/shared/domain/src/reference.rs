//! Reference data: what a row of the courts file and an entry of the glossary say, once checked.

use serde::{Deserialize, Serialize};

/// One row of the courts file: a court, and at most one id by which another system knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CourtRow {
    /// Row of the file, the header being row 1.
    pub row: usize,
    /// P&I's id, where the file gives one.
    pub location_id: Option<i32>,
    /// English name.
    pub name: String,
    /// Welsh name.
    pub welsh_name: String,
    /// Regions.
    pub regions: Vec<String>,
    /// Regions in Welsh.
    pub welsh_regions: Vec<String>,
    /// Jurisdictions.
    pub jurisdictions: Vec<String>,
    /// Jurisdictions in Welsh.
    pub welsh_jurisdictions: Vec<String>,
    /// Kinds of court.
    pub jurisdiction_types: Vec<String>,
    /// Kinds of court in Welsh.
    pub welsh_jurisdiction_types: Vec<String>,
    /// Contact e-mail address.
    pub email: String,
    /// Contact telephone number.
    pub contact_no: String,
    /// The other system.
    pub provenance: String,
    /// Its id of the court.
    pub provenance_location_id: String,
    /// The level of that id.
    pub provenance_location_type: String,
}

/// What is wrong with one cell of the courts file, or with a whole row or file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// Row of the file, the header being row 1.
    pub row: usize,
    /// The column's heading.
    pub column: String,
    /// What is wrong and what is right.
    pub message: String,
}

/// One court event and what it means (LLD 3.5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlossaryEntry {
    /// Its id, the anchor of its row; made from its position where the file has none.
    pub id: String,
    /// Name; two entries may share one.
    pub name: String,
    /// Meaning.
    pub description: String,
    /// Name in Welsh, or empty.
    #[serde(default)]
    pub welsh_name: String,
    /// Meaning in Welsh, or empty.
    #[serde(default)]
    pub welsh_description: String,
}
