//! A publication as the API tells of it, to producers and readers alike: the production services' view of an artefact.

use crate::api_docs::words;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use domain::{ArtefactType, Language, LocationId, Provenance, PublicationId, Sensitivity, publication};
use runtime::App;
use serde::Serialize;
use utoipa::ToSchema;

/// What every answer about a publication says of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Artefact {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub artefact_id: PublicationId,
    /// The system it comes from.
    #[schema(value_type = words::Provenance)]
    pub provenance: Provenance,
    /// The producer's own name for it.
    pub source_artefact_id: Option<String>,
    /// What kind of artefact it is.
    #[serde(rename = "type")]
    #[schema(value_type = words::ArtefactType)]
    pub artefact_type: ArtefactType,
    /// Who may read it.
    #[schema(value_type = words::Sensitivity)]
    pub sensitivity: Sensitivity,
    /// Its language.
    #[schema(value_type = words::Language)]
    pub language: Language,
    /// First instant of display.
    #[schema(schema_with = words::instant)]
    pub display_from: String,
    /// First instant after display; never ends, if null.
    #[schema(format = DateTime)]
    pub display_to: Option<String>,
    /// Its list type.
    pub list_type: Option<String>,
    /// P&I's id of its court; `NoMatch` and the producer's id, while the reference data does not know that.
    #[schema(example = "9")]
    pub location_id: String,
    /// Midnight of the day it is for.
    #[schema(schema_with = words::instant)]
    pub content_date: String,
    /// It is a file, not data.
    pub is_flat_file: bool,
    /// How many versions it had before.
    pub superseded_count: i32,
    /// Where its bytes can be read.
    pub payload: String,
}

/// Where a publication is found by the API.
pub(crate) fn address(app: &App, id: PublicationId) -> String {
    app.settings.public_base_url.join(&format!("publication/{id}")).map(String::from).unwrap_or_default()
}

/// Where the bytes of a publication, which are a file or data, are found.
pub(crate) fn payload(app: &App, id: PublicationId, is_flat_file: bool) -> String {
    format!("{}/{}", address(app, id), if is_flat_file { "file" } else { "payload" })
}

/// The court's id, or `NoMatch` and the producer's own (LLD 3.5.1.5).
pub(crate) fn location_id(court: Option<LocationId>, court_id: &str) -> String {
    court.map_or_else(|| publication::no_match(court_id), |court| court.to_string())
}

/// Midnight of a day, as the API writes it.
pub(crate) fn midnight(day: NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}

/// An instant as the API writes it.
pub(crate) fn utc(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}
