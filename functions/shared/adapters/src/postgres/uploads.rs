//! Uploads: the acknowledgement of a new version, in one statement and one round trip (`record_publication`).

use super::{Client, DbError};
use chrono::{DateTime, Utc};
use domain::publication::Metadata;
use domain::{LocationId, LocationLevel, Provenance, PublicationId};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// A new upload, ready to be acknowledged: its bytes are already stored under `version_id`.
#[derive(Debug)]
pub struct Upload<'a> {
    /// Checked metadata.
    pub metadata: &'a Metadata,
    /// Id for the publication, should it be new.
    pub publication_id: PublicationId,
    /// Name of the blob that holds the bytes.
    pub version_id: Uuid,
    /// Client id of the caller.
    pub client: &'a str,
    /// When the request arrived.
    pub received_at: DateTime<Utc>,
    /// The level at which the court id is looked up.
    pub level: LocationLevel,
    /// SHA-256 of the bytes.
    pub sha256: &'a [u8],
    /// Number of bytes.
    pub size: usize,
    /// Media type of the bytes.
    pub media_type: &'a str,
    /// A file, not data.
    pub is_flat_file: bool,
    /// File name, where there is one.
    pub file_name: Option<&'a str>,
    /// The producer's own version number.
    pub source_version: Option<i64>,
    /// The request's `Idempotency-Key`.
    pub idempotency_key: Option<&'a str>,
    /// The version the producer believes to be current (`If-Match`).
    pub expected_version: Option<i32>,
    /// Search rows.
    pub hearings: &'a [SearchRow],
}

/// What search knows of one case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchRow {
    /// Case number or reference.
    pub case_number: String,
    /// Unique reference number.
    pub urn: String,
    /// Case name.
    pub case_name: String,
    /// Parties, never representatives, one a line.
    pub parties: String,
}

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// A new publication.
    Created(Acknowledged),
    /// A new version of a publication.
    Superseded(Acknowledged),
    /// The same bytes as the current version, or a repeated request: nothing new was stored.
    Repeated(Acknowledged),
    /// A newer version is already there.
    Outdated,
    /// The `Idempotency-Key` was used for something else.
    KeyReused,
}

/// What the producer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The publication.
    pub publication_id: PublicationId,
    /// Its version now current.
    pub version: i32,
    /// The blob of that version.
    pub version_id: Uuid,
    /// Its court; `None` while the reference data does not know the court id.
    pub location_id: Option<LocationId>,
}

const CONTENTION_RETRIES: usize = 5;

/// Acknowledges an upload in one transaction: version, search rows, owed effects, audit row.
///
/// # Errors
/// [`DbError::Contended`] once five repeats lost to other transactions, or at once when a lock was not to be had in time.
pub async fn record(db: &Client, upload: &Upload<'_>) -> Result<Recorded, DbError> {
    let mut lost = 0;
    loop {
        match try_record(db, upload).await {
            Err(error @ DbError::Contended(_)) if lost < CONTENTION_RETRIES && !error.waited_for_lock() => {
                lost += 1
            }
            Err(error) if error.violated_constraint() == Some("publication_version_idempotency") => {
                return Ok(Recorded::KeyReused);
            }
            other => return other,
        }
        tokio::time::sleep(std::time::Duration::from_millis(7 << lost)).await;
    }
}

async fn try_record(db: &Client, upload: &Upload<'_>) -> Result<Recorded, DbError> {
    const RECORD: &str = "select outcome, publication, version, version_key, court from record_publication(\
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
        $24, $25, $26, $27, $28)";
    let metadata = upload.metadata;
    let column = |of: fn(&SearchRow) -> &str| upload.hearings.iter().map(of).collect::<Vec<_>>();
    let size = i32::try_from(upload.size).unwrap_or(i32::MAX);
    let parameters: [&(dyn ToSql + Sync); 28] = [
        &upload.publication_id.0,
        &upload.version_id,
        &upload.client,
        &upload.received_at,
        &metadata.provenance.as_str(),
        &metadata.court_id,
        &upload.level.as_str(),
        &(metadata.provenance == Provenance::ManualUpload),
        &metadata.content_date,
        &metadata.language.as_str(),
        &metadata.list_type,
        &metadata.artefact_type.as_str(),
        &metadata.sensitivity.as_str(),
        &metadata.display_from,
        &metadata.display_to,
        &upload.sha256,
        &size,
        &upload.media_type,
        &upload.is_flat_file,
        &upload.file_name,
        &metadata.source_artefact_id,
        &upload.source_version,
        &upload.idempotency_key,
        &upload.expected_version,
        &column(|row| &row.case_number),
        &column(|row| &row.urn),
        &column(|row| &row.case_name),
        &column(|row| &row.parties),
    ];
    let statement = db.prepare_cached(RECORD).await?;
    let row = db.query_one(&statement, &parameters).await?;
    let acknowledged = || -> Result<Acknowledged, DbError> {
        Ok(Acknowledged {
            publication_id: PublicationId(row.try_get("publication")?),
            version: row.try_get("version")?,
            version_id: row.try_get("version_key")?,
            location_id: row.try_get::<_, Option<i32>>("court")?.map(LocationId),
        })
    };
    Ok(match row.try_get::<_, &str>("outcome")? {
        "created" => Recorded::Created(acknowledged()?),
        "superseded" => Recorded::Superseded(acknowledged()?),
        "repeated" => Recorded::Repeated(acknowledged()?),
        "key_reused" => Recorded::KeyReused,
        _ => Recorded::Outdated,
    })
}
