//! What a reader is told beside the payload: the publication's own facts.

use crate::document::Bilingual;
use crate::registry::ListType;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{Language, Provenance};

/// The publication a payload belongs to, as far as its list shows it.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The list type, as the registry has it.
    pub list_type: &'a ListType,
    /// The court's or tribunal's name, from the reference data.
    pub location_name: Bilingual,
    /// The court's region; empty if it has none.
    pub region: Bilingual,
    /// The London date the list is for.
    pub content_date: NaiveDate,
    /// The language of the publication.
    pub language: Language,
    /// The system it comes from.
    pub provenance: Provenance,
    /// When this version was received.
    pub last_received: DateTime<Utc>,
}
