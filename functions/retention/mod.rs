//! Retention: hourly, removes the blobs that no version refers to, once they are a day old.

use crate::publication_ingest::publish::CONTAINER;
use adapters::postgres::publications;
use chrono::TimeDelta;
use runtime::{App, Function, Outcome, TimerTick, TriggerError};
use std::collections::HashSet;
use uuid::Uuid;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "retention",
    bindings: include_str!("function.json"),
    mount: |routes| routes.trigger(handle),
};

/// A blob younger than this may belong to an upload that has not committed yet.
const GRACE: TimeDelta = TimeDelta::hours(24);

/// Sweeps orphans. Which blobs are listed is settled before the versions are asked for, so that a blob whose version
/// is committed in between is never an orphan.
async fn handle(app: App, _: TimerTick) -> Result<Outcome, TriggerError> {
    let oldest = app.now() - GRACE;
    let listed = app.blobs.list(CONTAINER, "").await?;
    let candidates: Vec<_> = listed
        .iter()
        .filter(|blob| blob.last_modified < oldest)
        .filter_map(|blob| Some((blob.name.as_str(), blob.name.parse::<Uuid>().ok()?)))
        .collect();
    let ids: Vec<Uuid> = candidates.iter().map(|(_, id)| *id).collect();
    let referenced = publications::referenced(&app.worker_db.connect().await?, &ids).await?;
    let referenced: HashSet<Uuid> = referenced.into_iter().collect();
    let mut swept = 0;
    for (name, id) in candidates {
        if !referenced.contains(&id) {
            app.blobs.delete(CONTAINER, name).await?;
            swept += 1;
        }
    }
    Ok(Outcome::default().count("listed", listed.len()).count("swept", swept))
}
