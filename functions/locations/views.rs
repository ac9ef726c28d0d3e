//! What the reference data API answers.

use super::courts::Court;
use crate::reference_import::Report;
use adapters::postgres::locations::Reference;
use domain::LocationId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A court or tribunal.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Location)]
pub(crate) struct LocationView {
    /// P&I's own id.
    #[schema(value_type = i32, example = 9)]
    pub(super) location_id: LocationId,
    /// English name.
    #[schema(example = "Oxford Combined Court Centre")]
    pub(super) name: String,
    /// Welsh name; empty means the English one is shown.
    pub(super) welsh_name: String,
    /// Regions.
    pub(super) region: Vec<String>,
    /// Regions in Welsh.
    pub(super) welsh_region: Vec<String>,
    /// Jurisdictions.
    pub(super) jurisdiction: Vec<String>,
    /// Jurisdictions in Welsh.
    pub(super) welsh_jurisdiction: Vec<String>,
    /// Kinds of court within the jurisdictions.
    pub(super) jurisdiction_type: Vec<String>,
    /// Kinds of court in Welsh.
    pub(super) welsh_jurisdiction_type: Vec<String>,
    /// Contact e-mail address, or empty.
    pub(super) email: String,
    /// Contact telephone number, or empty.
    pub(super) contact_no: String,
    /// The ids other systems know it by, where one court is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<ReferenceView>, required = false)]
    pub(super) location_reference_list: Option<Vec<ReferenceView>>,
}

impl LocationView {
    pub(super) fn of(court: &Court) -> Self {
        let location = court.location.clone();
        Self {
            location_id: location.location_id,
            name: location.name,
            welsh_name: location.welsh_name,
            region: location.regions,
            welsh_region: location.welsh_regions,
            jurisdiction: location.jurisdictions,
            welsh_jurisdiction: location.welsh_jurisdictions,
            jurisdiction_type: location.jurisdiction_types,
            welsh_jurisdiction_type: location.welsh_jurisdiction_types,
            email: location.email,
            contact_no: location.contact_no,
            location_reference_list: None,
        }
    }
}

/// The id by which another system knows a court.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LocationReference)]
pub(crate) struct ReferenceView {
    /// The system.
    provenance: String,
    /// Its id of the court.
    provenance_location_id: String,
    /// The level of that id.
    provenance_location_type: String,
}

impl ReferenceView {
    pub(super) fn of(reference: Reference) -> Self {
        Self {
            provenance: reference.provenance,
            provenance_location_id: reference.provenance_location_id,
            provenance_location_type: reference.provenance_location_type,
        }
    }
}

/// What an import did.
#[derive(ToSchema)]
#[schema(as = ImportReport, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what reference_import::Report writes")]
pub(crate) struct ReportView {
    /// The file.
    file: String,
    /// `locations` or `glossary`.
    kind: String,
    /// It replaced the data before it.
    accepted: bool,
    /// Rows or entries read.
    rows: usize,
    /// What changed.
    #[schema(required = false)]
    imported: ChangedCourts,
    /// Every fault, by row and column.
    #[schema(required = false)]
    faults: Vec<CellFault>,
}

/// What an import changed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what adapters::postgres::locations::Imported writes")]
pub(crate) struct ChangedCourts {
    /// Courts added.
    added: i32,
    /// Courts changed.
    updated: i32,
    /// Ids of other systems mapped.
    mapped: i32,
    /// Publications given the court that was unknown before.
    rematched: i32,
    /// Publications whose court is known but whose identity another has: they go on waiting.
    held: i32,
    /// Courts that the file does not mention. They stay; no import removes a court.
    absent: Vec<i32>,
}

/// A fault of a reference file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what domain::reference::RowFault writes")]
pub(crate) struct CellFault {
    /// Row of the file, the header being row 1.
    row: usize,
    /// The column's heading.
    column: String,
    /// What is wrong and what is right.
    message: String,
}

/// The imports that were made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Imports {
    /// One a file.
    #[schema(value_type = Vec<ReportView>)]
    pub(super) imports: Vec<Report>,
}

/// An import and its report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PastImport {
    /// Its id.
    pub(super) import_id: Uuid,
    /// The file.
    pub(super) file: String,
    /// `locations` or `glossary`.
    pub(super) kind: String,
    /// It replaced the data before it.
    pub(super) accepted: bool,
    /// What it did, or every fault.
    #[schema(value_type = ReportView)]
    pub(super) report: serde_json::Value,
    /// When.
    #[schema(schema_with = crate::api_docs::words::instant)]
    pub(super) imported_at: String,
}

/// A courts file, as a form.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a form that is read part by part")]
pub(crate) struct CourtsForm {
    /// The file, CSV.
    #[schema(value_type = String, format = Binary)]
    location_list: Vec<u8>,
}
