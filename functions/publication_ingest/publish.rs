//! The one way in: validate, read, store the bytes, commit, acknowledge. Both ingest contracts end here.

use super::conditions::Conditions;
use super::content::Content;
use super::receipt::Receipt;
use super::room::Room;
use adapters::postgres::uploads::{self, Acknowledged, Recorded, SearchRow, Upload};
use adapters::postgres::{ANSWERING, Client};
use axum::body::Bytes;
use chrono::{DateTime, Utc};
use domain::publication::Metadata;
use domain::{LocationLevel, PublicationId};
use lists::document::Bilingual;
use lists::{Context, ListType, ReadError};
use runtime::{App, Fault, Problem, Publisher};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::Duration;

/// The container of payloads and flat files, named by version.
pub(crate) const CONTAINER: &str = "artefact";
/// Lists smaller than this are validated on the spot; larger ones beside the requests.
const SMALL: usize = 64 * 1024;

/// How long an upload waits for others of the same publication.
const PATIENCE: Duration = Duration::from_secs(8);

/// An upload, its metadata checked and its body received.
pub(crate) struct Submission {
    /// Checked metadata.
    pub metadata: Metadata,
    /// The list type, if any.
    pub list_type: Option<&'static ListType>,
    /// The body.
    pub content: Content,
    /// On what conditions.
    pub conditions: Conditions,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The room it takes up until its bytes are stored.
    pub room: Room,
}

/// Publishes, and says what became of it.
pub(crate) async fn publish(
    app: &App,
    publisher: &Publisher,
    submission: Submission,
) -> Result<Receipt, Problem> {
    let Submission { metadata, list_type, content, conditions, received_at, room } = submission;
    if !publisher.provenances.contains(&metadata.provenance) {
        return Err(Problem::forbidden("This client may not publish for this provenance."));
    }
    let prepared = prepare(&metadata, list_type, content, received_at).await?;
    let version_id = app.new_id();
    let name = version_id.to_string();
    let Prepared { bytes, sha256, media_type, file_name, search_rows } = prepared;
    let size = bytes.len();
    app.blobs.put_new(CONTAINER, &name, bytes, media_type, HashMap::new()).await?;
    // Whoever waits for its turn does not keep others from being read.
    drop(room);
    let upload = Upload {
        metadata: &metadata,
        publication_id: PublicationId(app.new_id()),
        version_id,
        client: &publisher.client_id,
        received_at,
        level: list_type.map_or(LocationLevel::Venue, |list_type| list_type.level),
        sha256: &sha256,
        size,
        media_type,
        is_flat_file: file_name.is_some(),
        file_name: file_name.as_deref(),
        source_version: conditions.source_version,
        idempotency_key: conditions.idempotency_key.as_deref(),
        expected: conditions.expected,
        hearings: &search_rows,
    };
    let recorded = record(app, &upload).await?;
    let flat_file = file_name.is_some();
    match &recorded {
        Recorded::Created(_) | Recorded::Superseded(_) => wake_file_maker(app, !flat_file),
        _ => discard(app, name),
    }
    Ok(Receipt { metadata, acknowledged: acknowledged(recorded)?, flat_file, search_rows })
}

/// What the producer is told of an upload that was accepted.
fn acknowledged(recorded: Recorded) -> Result<Acknowledged, Problem> {
    let (kind, detail) = match recorded {
        Recorded::Created(acknowledged)
        | Recorded::Superseded(acknowledged)
        | Recorded::Repeated(acknowledged) => return Ok(acknowledged),
        Recorded::Outdated => (
            "outdated-version",
            "Something newer of this publication is there; this request has changed nothing.",
        ),
        Recorded::Absent => (
            "nothing-to-supersede",
            "Nothing of this publication is there to be superseded; this request has stored nothing.",
        ),
        Recorded::Crowded => (
            "concurrent-uploads",
            "Other uploads of this publication are still being recorded; this request has changed nothing.",
        ),
        Recorded::KeyReused => (
            "idempotency-key-reused",
            "This Idempotency-Key was used for another upload; this request has changed nothing.",
        ),
    };
    Err(Problem::conflict(kind, detail))
}

/// Records an upload when it is its publication's turn: those that wait hold no connection.
async fn record(app: &App, upload: &Upload<'_>) -> Result<Recorded, Problem> {
    let Metadata { court_id, content_date, language, list_type, provenance, .. } = upload.metadata;
    let identity = (court_id, content_date, language, list_type, provenance);
    let Some(_turn) = app.upload_turns.of(identity, PATIENCE).await else {
        return Ok(Recorded::Crowded);
    };
    let record = async |db: &mut Client| uploads::record(db, upload).await;
    Ok(app.upload_db.within(ANSWERING, record).await?)
}

/// An upload that may be stored.
struct Prepared {
    bytes: Bytes,
    sha256: Vec<u8>,
    media_type: &'static str,
    file_name: Option<String>,
    search_rows: Vec<SearchRow>,
}

async fn prepare(
    metadata: &Metadata,
    list_type: Option<&'static ListType>,
    content: Content,
    received_at: DateTime<Utc>,
) -> Result<Prepared, Problem> {
    match content {
        Content::File { bytes, kind, name } => Ok(Prepared {
            sha256: Sha256::digest(&bytes).to_vec(),
            media_type: kind.media_type(),
            file_name: Some(name),
            search_rows: Vec::new(),
            bytes,
        }),
        Content::Json(bytes) => {
            let list_type = list_type.ok_or_else(|| {
                let fault = Fault::new("x-list-type", "is missing: a list as data needs its list type");
                Problem::invalid("The list cannot be read without its list type.", vec![fault])
            })?;
            if bytes.len() <= SMALL {
                return read_list(metadata, list_type, bytes, received_at);
            }
            let metadata = metadata.clone();
            let read = move || read_list(&metadata, list_type, bytes, received_at);
            tokio::task::spawn_blocking(read).await.map_err(|error| Problem::defect(&error))?
        }
    }
}

/// Validates a list and reads it once, for its search rows.
fn read_list(
    metadata: &Metadata,
    list_type: &'static ListType,
    bytes: Bytes,
    received_at: DateTime<Utc>,
) -> Result<Prepared, Problem> {
    let payload = lists::validate::validate(list_type, &bytes).map_err(|faults| {
        let fault = |fault: lists::Fault| Fault::new(fault.pointer, fault.message);
        Problem::invalid("The list does not hold to its schema.", faults.into_iter().map(fault).collect())
    })?;
    let context = Context {
        list_type,
        location_name: Bilingual::same(metadata.court_id.as_str()),
        region: Bilingual::default(),
        content_date: metadata.content_date,
        language: metadata.language,
        provenance: metadata.provenance,
        last_received: received_at,
    };
    let document = lists::read(&payload, &context).map_err(|error| {
        let fault = match error {
            ReadError::Shape { source, .. } => Fault::new(source.pointer, source.message),
            ReadError::NoReader(_) => Fault::new("", error.to_string()),
        };
        Problem::invalid("The list cannot be read.", vec![fault])
    })?;
    let row = |row: lists::search::SearchRow| SearchRow {
        case_number: row.case_number.unwrap_or_default(),
        urn: row.urn.unwrap_or_default(),
        case_name: row.case_name.unwrap_or_default(),
        parties: row.parties.join("\n"),
    };
    Ok(Prepared {
        sha256: Sha256::digest(&bytes).to_vec(),
        media_type: "application/json",
        file_name: None,
        search_rows: lists::search::rows(&document).into_iter().map(row).collect(),
        bytes,
    })
}

/// Tells the file maker that there is work. A wake-up that is lost is made good by the sweep.
fn wake_file_maker(app: &App, is_data: bool) {
    if is_data {
        app.wake_ups.send_soon(crate::publication_files::QUEUE, crate::effect_sweep::WAKE);
    }
}

/// Removes bytes that no version refers to. Should it fail, the sweep removes them later.
fn discard(app: &App, name: String) {
    let blobs = app.blobs.clone();
    tokio::spawn(async move {
        if let Err(error) = blobs.delete(CONTAINER, &name).await {
            tracing::warn!(error = %error, "an unused blob was not removed");
        }
    });
}
