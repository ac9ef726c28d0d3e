//! Uploads: the acknowledgement of a new version, in one statement and one round trip (`record_upload`).

use super::publications::word;
use super::{Client, DbError};
use chrono::{DateTime, Utc};
use domain::publication::Metadata;
use domain::{ArtefactType, LocationId, LocationLevel, Provenance, PublicationId, Sensitivity};
use std::time::Duration;
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
    /// The revision the producer believes to be there (`If-Match`).
    pub expected: Option<Expected>,
    /// Search rows.
    pub hearings: &'a [SearchRow],
}

/// What a producer expects to be there before its upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The publication, whatever was last said of it.
    Any,
    /// The publication at this revision.
    Revision(i32),
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
    /// The same bytes as the current version, or a repeated request: there is no new version.
    Repeated(Acknowledged),
    /// Something newer is already there.
    Outdated,
    /// Others of the same publication were in the way for too long.
    Crowded,
    /// Nothing is there yet of what was to be superseded.
    Absent,
    /// The `Idempotency-Key` was used for something else.
    KeyReused,
}

/// What the producer is told: what is stored, whatever the request said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The publication.
    pub publication_id: PublicationId,
    /// The version that the upload became, or repeated.
    pub version: i32,
    /// The publication's revision after that upload.
    pub revision: i32,
    /// Its court; `None` while the reference data does not know the court id.
    pub location_id: Option<LocationId>,
    /// What kind of artefact it is.
    pub artefact_type: ArtefactType,
    /// Who may read it.
    pub sensitivity: Sensitivity,
    /// First instant of display.
    pub display_from: DateTime<Utc>,
    /// First instant after display; never ends, if absent.
    pub display_to: Option<DateTime<Utc>>,
}

const CONTENTION_RETRIES: u32 = 5;

/// Acknowledges an upload in one transaction: version, search rows, owed effects, audit row.
///
/// # Errors
/// [`DbError::Contended`] once five repeats lost to other transactions.
pub async fn record(db: &Client, upload: &Upload<'_>) -> Result<Recorded, DbError> {
    let mut lost = 0;
    loop {
        match try_record(db, upload).await {
            Err(error) if error.waited_for_lock() => return Ok(Recorded::Crowded),
            Err(DbError::Contended(_)) if lost < CONTENTION_RETRIES => lost += 1,
            Err(error) if error.violated_constraint() == Some("upload_key_pkey") => {
                return Ok(Recorded::KeyReused);
            }
            other => return other,
        }
        tokio::time::sleep(pause(upload.version_id, lost)).await;
    }
}

/// How long to wait before the next attempt: 7 ms, doubled with each that was lost, and up to as much again by the bits of
/// an id that is random, so that two who were in each other's way do not meet again.
fn pause(id: Uuid, lost: u32) -> Duration {
    let least = 7_000_u64 << lost;
    let [.., a, b] = id.as_u128().rotate_right(16 * lost).to_be_bytes();
    Duration::from_micros(least + least * u64::from(u16::from_be_bytes([a, b])) / 65_536)
}

async fn try_record(db: &Client, upload: &Upload<'_>) -> Result<Recorded, DbError> {
    const RECORD: &str = "select outcome, publication, version, revision, court, stored_type, stored_sensitivity, \
        stored_from, stored_to from record_upload(\
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
        $24, $25, $26, $27, $28)";
    let metadata = upload.metadata;
    let column = |of: fn(&SearchRow) -> &str| upload.hearings.iter().map(of).collect::<Vec<_>>();
    let size = i32::try_from(upload.size).unwrap_or(i32::MAX);
    let expected = upload.expected.map(|expected| match expected {
        Expected::Any => 0,
        Expected::Revision(revision) => revision,
    });
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
        &expected,
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
            revision: row.try_get("revision")?,
            location_id: row.try_get::<_, Option<i32>>("court")?.map(LocationId),
            artefact_type: word(&row, "stored_type")?,
            sensitivity: word(&row, "stored_sensitivity")?,
            display_from: row.try_get("stored_from")?,
            display_to: row.try_get("stored_to")?,
        })
    };
    Ok(match row.try_get::<_, &str>("outcome")? {
        "created" => Recorded::Created(acknowledged()?),
        "superseded" => Recorded::Superseded(acknowledged()?),
        "repeated" => Recorded::Repeated(acknowledged()?),
        "key_reused" => Recorded::KeyReused,
        "absent" => Recorded::Absent,
        _ => Recorded::Outdated,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_those_of_two_uploads_differ() {
        let (one, other) = (Uuid::from_u128(0x1234_5678_9abc_def0), Uuid::from_u128(0x0fed_cba9_8765_4321));
        for lost in 0..=CONTENTION_RETRIES {
            let least = Duration::from_millis(7 << lost);
            for id in [one, other, Uuid::nil(), Uuid::max()] {
                assert!((least..least * 2).contains(&pause(id, lost)), "{lost} {id}");
            }
            assert_ne!(pause(one, lost.min(3)), pause(other, lost.min(3)));
        }
    }
}
