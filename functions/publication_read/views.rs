//! What is told of a publication and of each of its versions, as the production services' internal view writes it.

use crate::api_docs::words;
use crate::artefact::{self, Artefact, midnight, utc};
use adapters::postgres::publications::Publication;
use domain::PublicationId;
use runtime::App;
use serde::Serialize;
use utoipa::ToSchema;

/// A publication at its current version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Publication)]
pub(crate) struct PublicationView {
    #[serde(flatten)]
    artefact: Artefact,
    /// When its current version arrived.
    #[schema(schema_with = words::instant)]
    last_received_date: String,
    /// The current version.
    version: i32,
    /// In KiB.
    payload_size: f64,
    /// It was taken off every surface.
    withdrawn: bool,
}

impl PublicationView {
    pub(super) fn of(app: &App, publication: &Publication) -> Self {
        let (id, is_flat_file) = (publication.publication_id, publication.is_flat_file);
        Self {
            artefact: Artefact {
                artefact_id: id,
                provenance: publication.provenance,
                source_artefact_id: publication.source_artefact_id.clone(),
                artefact_type: publication.artefact_type,
                sensitivity: publication.sensitivity,
                language: publication.language,
                display_from: utc(publication.display_from),
                display_to: publication.display_to.map(utc),
                list_type: publication.list_type.clone(),
                location_id: artefact::location_id(publication.location_id, &publication.court_id),
                content_date: midnight(publication.content_date),
                is_flat_file,
                superseded_count: publication.current_version - 1,
                payload: artefact::payload(app, id, is_flat_file),
            },
            last_received_date: utc(publication.received_at),
            version: publication.version,
            payload_size: f64::from(publication.size) / 1024.0,
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
