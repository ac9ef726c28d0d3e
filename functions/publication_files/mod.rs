//! Publication files: the PDF and the workbook of each version, made once, soon after publication, and at once when
//! somebody asks earlier.

use crate::locations::courts::{self, Court};
use crate::publication_read::document;
use adapters::postgres::effects::{self, Claimed, Outcome as Effect};
use adapters::postgres::publications::{self, Publication};
use axum::body::Bytes;
use domain::civil::Tongue;
use runtime::{App, Function, Outcome, Problem, QueueMessage, TriggerError};
use std::collections::HashMap;
use std::time::Duration;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "publication_files",
    bindings: include_str!("function.json"),
    mount: |routes| routes.trigger(handle),
};

/// The queue that wakes this function.
pub(crate) const QUEUE: &str = "publication-files";
/// The effects it works on.
pub(crate) const CHANNEL: &str = "file";
/// The container of made files.
pub(crate) const CONTAINER: &str = "publications";
const BATCH: i64 = 4;
const MOST_ATTEMPTS: i32 = 5;

/// A made file's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Tagged PDF.
    Pdf,
    /// Excel workbook.
    Xlsx,
}

impl Format {
    /// The media type it is served with.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
        }
    }
}

/// Makes the files of every version that has none, until there is no more to do.
async fn handle(app: App, _: QueueMessage) -> Result<Outcome, TriggerError> {
    let (mut made, mut failed) = (0, 0);
    loop {
        // No connection is held while files are made: making them needs one too, and workers together could hold them all.
        let lease = app.settings.effects.lease;
        let batch = effects::claim(&app.worker_db.connect().await?, CHANNEL, BATCH, lease).await?;
        if batch.is_empty() {
            return Ok(Outcome::default().count("made", made).count("failed", failed));
        }
        for effect in batch {
            let outcome = make(&app, &effect).await;
            if matches!(outcome, Effect::Done(_) | Effect::Cancelled(_)) {
                made += 1
            } else {
                failed += 1
            }
            effects::record(&app.worker_db.connect().await?, &effect, &outcome).await?;
        }
    }
}

async fn make(app: &App, effect: &Claimed) -> Effect {
    match try_make(app, effect).await {
        Ok(true) => Effect::Done(None),
        Ok(false) => Effect::Cancelled("superseded"),
        Err(problem) if effect.attempts >= MOST_ATTEMPTS => Effect::Failed(problem.kind.to_owned()),
        Err(problem) => {
            Effect::Later(Duration::from_secs(5 << effect.attempts.clamp(0, 8)), problem.kind.to_owned())
        }
    }
}

async fn try_make(app: &App, effect: &Claimed) -> Result<bool, Problem> {
    let db = app.worker_db.connect().await?;
    let found = publications::find(&db, effect.publication_id).await?;
    drop(db);
    let Some(publication) = found.filter(|found| found.version == effect.version) else { return Ok(false) };
    let court = match publication.location_id {
        Some(court) => courts::find(app, court).await?,
        None => None,
    };
    for tongue in [Tongue::En, Tongue::Cy] {
        file(app, &publication, court.as_deref(), Format::Pdf, tongue).await?;
    }
    file(app, &publication, court.as_deref(), Format::Xlsx, Tongue::En).await?;
    Ok(true)
}

/// The file of a version: as made before, or made now and kept.
///
/// # Errors
/// 404 for what is no list published as data; 503 when a store is away.
pub(crate) async fn file(
    app: &App,
    publication: &Publication,
    court: Option<&Court>,
    format: Format,
    tongue: Tongue,
) -> Result<Bytes, Problem> {
    let list_type = document::list_type(publication).ok_or_else(|| Problem::not_found("file"))?;
    let blob = format!("{}/list.{}.{}", document::key(publication, court), tongue.tag(), format.extension());
    if let Some(bytes) = app.blobs.get(CONTAINER, &blob).await? {
        return Ok(bytes);
    }
    let document = document::of(app, publication, court).await?;
    let layout = lists::layout(list_type);
    let write = move || match format {
        Format::Pdf => {
            surfaces::pdf::write(&document, layout, tongue).map_err(|error| Problem::defect(&error))
        }
        Format::Xlsx => {
            surfaces::xlsx::write(&document, layout, tongue).map_err(|error| Problem::defect(&error))
        }
    };
    let written = tokio::task::spawn_blocking(write).await.map_err(|error| Problem::defect(&error))?;
    let bytes = Bytes::from(written?);
    match app.blobs.put_new(CONTAINER, &blob, bytes.clone(), format.media_type(), HashMap::new()).await {
        Ok(()) | Err(adapters::blob::BlobError::Exists(_)) => Ok(bytes),
        Err(error) => Err(error.into()),
    }
}

/// The name a made file is saved under.
pub(crate) fn file_name(publication: &Publication, format: Format, tongue: Tongue) -> String {
    let list_type = publication.list_type.as_deref().unwrap_or("list").to_lowercase().replace('_', "-");
    format!("{list_type}-{}-{}.{}", publication.content_date, tongue.tag(), format.extension())
}
