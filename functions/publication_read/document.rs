//! A published list, read: the document every surface is written from. A version never changes, so what has been read
//! once is kept.

use crate::locations::courts::Court;
use crate::publication_ingest::publish::CONTAINER;
use adapters::postgres::publications::Publication;
use axum::body::Bytes;
use domain::publication::no_match;
use lists::document::Bilingual;
use lists::{Context, ListDocument, ListType};
use runtime::{App, Problem};
use std::sync::Arc;

/// That a version's bytes are kept.
///
/// # Errors
/// 410 once they were given up on purpose, its publication having been archived.
pub(crate) fn is_kept(publication: &Publication) -> Result<(), Problem> {
    if publication.removed { Err(Problem::gone("list")) } else { Ok(()) }
}

/// The bytes of a version as received.
///
/// # Errors
/// 410 when they were given up; 503 when the store is away, and when it does not hold what the database says it must.
pub(crate) async fn payload(app: &App, publication: &Publication) -> Result<Bytes, Problem> {
    is_kept(publication)?;
    let name = publication.version_id.to_string();
    app.blobs.get(CONTAINER, &name).await?.ok_or_else(|| {
        let missing = std::io::Error::other(format!("the blob of version {name} is missing"));
        Problem::unavailable(&missing)
    })
}

/// The list type of a list published as data; `None` for files and for what is no list.
pub(crate) fn list_type(publication: &Publication) -> Option<&'static ListType> {
    let name = publication.list_type.as_deref().filter(|_| !publication.is_flat_file)?;
    lists::registry().get(name).filter(|list_type| list_type.is_readable())
}

/// The list that a version holds.
///
/// # Errors
/// 404 for what is not a list published as data; 410 when its bytes were given up; 503 when they cannot be had.
pub(crate) async fn of(
    app: &App,
    publication: &Publication,
    court: Option<&Court>,
) -> Result<Arc<ListDocument>, Problem> {
    let list_type = list_type(publication).ok_or_else(|| Problem::not_found("list"))?;
    is_kept(publication)?;
    let key = key(publication, court);
    if let Some(document) = app.documents.get(&key) {
        return Ok(document);
    }
    let bytes = payload(app, publication).await?;
    let context = Context {
        list_type,
        location_name: court
            .map_or_else(|| Bilingual::same(no_match(&publication.court_id)), Court::bilingual_name),
        region: court.map(Court::bilingual_region).unwrap_or_default(),
        content_date: publication.content_date,
        language: publication.language,
        provenance: publication.provenance,
        last_received: publication.received_at,
    };
    let payload = serde_json::from_slice(&bytes).map_err(|error| Problem::defect(&error))?;
    let document = lists::read(&payload, &context).map_err(|error| Problem::defect(&error))?;
    let document = Arc::new(document);
    app.documents.insert(key, Arc::clone(&document));
    Ok(document)
}

/// What a document is made from: the version, and the court's names.
pub(crate) fn key(publication: &Publication, court: Option<&Court>) -> String {
    let updated = court.map_or(0, |court| court.location.date_updated.timestamp_micros());
    format!("{}-{updated}", publication.version_id)
}
