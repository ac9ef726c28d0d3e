//! What is told of a publication and of each of its versions, as the production services' internal view writes it.

use crate::api_docs::words;
use crate::publication_ingest::receipt::utc;
use adapters::postgres::publications::Publication;
use domain::{ArtefactType, Language, Provenance, PublicationId, Sensitivity, publication};
use runtime::App;
use serde::Serialize;
use utoipa::ToSchema;

/// A publication at its current version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Publication)]
pub(crate) struct PublicationView {
    /// Its id.
    #[schema(value_type = Uuid)]
    artefact_id: PublicationId,
    /// The system it comes from.
    #[schema(value_type = words::Provenance)]
    provenance: Provenance,
    /// The producer's own name for it.
    source_artefact_id: Option<String>,
    /// What kind of artefact it is.
    #[serde(rename = "type")]
    #[schema(value_type = words::ArtefactType)]
    artefact_type: ArtefactType,
    /// Who may read it.
    #[schema(value_type = words::Sensitivity)]
    sensitivity: Sensitivity,
    /// Its language.
    #[schema(value_type = words::Language)]
    language: Language,
    /// First instant of display.
    #[schema(schema_with = words::instant)]
    display_from: String,
    /// First instant after display; never ends, if null.
    #[schema(format = DateTime)]
    display_to: Option<String>,
    /// Its list type.
    list_type: Option<String>,
    /// P&I's id of its court; `NoMatch` and the producer's id, while the reference data does not know that.
    #[schema(example = "9")]
    location_id: String,
    /// Midnight of the day it is for.
    #[schema(schema_with = words::instant)]
    content_date: String,
    /// It is a file, not data.
    is_flat_file: bool,
    /// When its current version arrived.
    #[schema(schema_with = words::instant)]
    last_received_date: String,
    /// The current version.
    version: i32,
    /// How many versions it had before.
    superseded_count: i32,
    /// In KiB.
    payload_size: f64,
    /// Where its bytes can be read.
    payload: String,
    /// It was taken off every surface.
    withdrawn: bool,
}

impl PublicationView {
    pub(super) fn of(app: &App, publication: &Publication) -> Self {
        let form = if publication.is_flat_file { "file" } else { "payload" };
        let address = format!("publication/{}/{form}", publication.publication_id);
        let location = publication.location_id;
        Self {
            artefact_id: publication.publication_id,
            provenance: publication.provenance,
            source_artefact_id: publication.source_artefact_id.clone(),
            artefact_type: publication.artefact_type,
            sensitivity: publication.sensitivity,
            language: publication.language,
            display_from: utc(publication.display_from),
            display_to: publication.display_to.map(utc),
            list_type: publication.list_type.clone(),
            location_id: location
                .map_or_else(|| publication::no_match(&publication.court_id), |id| id.to_string()),
            content_date: format!("{}T00:00:00Z", publication.content_date),
            is_flat_file: publication.is_flat_file,
            last_received_date: utc(publication.received_at),
            version: publication.version,
            superseded_count: publication.current_version - 1,
            payload_size: f64::from(publication.size) / 1024.0,
            payload: app.settings.public_base_url.join(&address).map(String::from).unwrap_or_default(),
            withdrawn: publication.withdrawn || publication.archived,
        }
    }
}

/// One version of a publication.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Version)]
pub(crate) struct VersionView {
    /// The publication.
    #[schema(value_type = Uuid)]
    artefact_id: PublicationId,
    /// Its number, from 1.
    version: i32,
    /// SHA-256 of its bytes, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
    /// How many bytes.
    bytes: i32,
    /// Their media type.
    media_type: String,
    /// The producer's own name for it.
    source_artefact_id: Option<String>,
    /// When it arrived.
    #[schema(schema_with = words::instant)]
    received: String,
    /// When it was published.
    #[schema(schema_with = words::instant)]
    published: String,
    /// When it was superseded; not yet, if null.
    #[schema(format = DateTime)]
    superseded: Option<String>,
}

impl VersionView {
    pub(super) fn of(version: &Publication) -> Self {
        Self {
            artefact_id: version.publication_id,
            version: version.version,
            sha256: hex::encode(&version.sha256),
            bytes: version.size,
            media_type: version.media_type.clone(),
            source_artefact_id: version.source_artefact_id.clone(),
            received: utc(version.received_at),
            published: utc(version.published_at),
            superseded: version.superseded_at.map(utc),
        }
    }
}
