//! The sweep of orphans: blobs of versions that were never committed, or whose publication is archived.

use crate::{publication_files, publication_ingest::publish};
use adapters::blob::Listed;
use adapters::postgres::upkeep;
use chrono::{DateTime, TimeDelta, Utc};
use runtime::{App, TriggerError};
use std::collections::HashSet;
use uuid::Uuid;

/// A blob younger than this may belong to an upload that has not been committed yet.
const GRACE: TimeDelta = TimeDelta::hours(24);

/// Removes orphans; answers how many. Blobs are listed before the versions are asked for, so that a blob whose version
/// is committed in between is never taken for one.
pub(super) async fn orphans(app: &App) -> Result<usize, TriggerError> {
    let mut swept = 0;
    for container in [publish::CONTAINER, publication_files::CONTAINER] {
        let listed = app.blobs.list(container, "").await?;
        let old: Vec<_> = old_enough(&listed, app.now()).collect();
        let ids: Vec<Uuid> = old.iter().map(|(_, id)| *id).collect();
        let referenced = upkeep::referenced(&app.worker_db.connect().await?, &ids).await?;
        let referenced: HashSet<Uuid> = referenced.into_iter().collect();
        for (name, _) in old.iter().filter(|(_, id)| !referenced.contains(id)) {
            app.blobs.delete(container, name).await?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// Blobs past their grace, with the version that each is of. What is named otherwise is nobody's to remove.
fn old_enough(listed: &[Listed], now: DateTime<Utc>) -> impl Iterator<Item = (&str, Uuid)> {
    let version = |name: &str| name.get(..36)?.parse::<Uuid>().ok();
    let old = listed.iter().filter(move |blob| blob.last_modified < now - GRACE);
    old.filter_map(move |blob| Some((blob.name.as_str(), version(&blob.name)?)))
}
