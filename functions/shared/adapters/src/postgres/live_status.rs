//! Live case status: what is happening now in each court's rooms.

use super::{Client, DbError};
use chrono::{DateTime, Utc};
use domain::live::RoomUpdate;
use domain::{LocationId, Provenance};
use tokio_postgres::types::Json;

/// A court's live case status.
#[derive(Debug, Clone)]
pub struct LiveStatus {
    /// One a court room.
    pub updates: Vec<RoomUpdate>,
    /// When the court last updated it.
    pub last_updated: DateTime<Utc>,
}

/// A court's live case status, if it ever sent one.
///
/// # Errors
/// The database's.
pub async fn find(db: &Client, court: LocationId) -> Result<Option<LiveStatus>, DbError> {
    const FIND: &str = "select updates, last_updated from live_case_status where location_id = $1";
    let statement = db.prepare_cached(FIND).await?;
    let Some(row) = db.query_opt(&statement, &[&court.0]).await? else { return Ok(None) };
    let Json(updates) = row.try_get(0)?;
    Ok(Some(LiveStatus { updates, last_updated: row.try_get(1)? }))
}

/// Records a court's live case status; an older one than is there changes nothing and answers `false`.
///
/// # Errors
/// The database's.
pub async fn record(
    db: &mut Client,
    actor: &str,
    court: LocationId,
    updates: &[RoomUpdate],
    last_updated: DateTime<Utc>,
) -> Result<bool, DbError> {
    const RECORD: &str = "insert into live_case_status (location_id, updates, last_updated) values ($1, $2, $3) \
        on conflict (location_id) do update \
        set updates = excluded.updates, last_updated = excluded.last_updated, received_at = now() \
        where live_case_status.last_updated <= excluded.last_updated";
    let tx = db.transaction().await?;
    let recorded = tx.execute(RECORD, &[&court.0, &Json(updates), &last_updated]).await? == 1;
    if recorded {
        super::audit::record(&tx, actor, "LIVE_STATUS_UPLOAD", &court.to_string(), &serde_json::json!({}))
            .await?;
    }
    tx.commit().await?;
    Ok(recorded)
}

/// Courts that have sent a live case status, by id.
///
/// # Errors
/// The database's.
pub async fn courts(db: &Client) -> Result<Vec<LocationId>, DbError> {
    let rows = db.query("select location_id from live_case_status order by location_id", &[]).await?;
    rows.iter().map(|row| Ok(LocationId(row.try_get(0)?))).collect()
}

/// The court a producer's id stands for, at any level; the court itself, where it comes by hand.
///
/// # Errors
/// The database's.
pub async fn court_of(
    db: &Client,
    provenance: Provenance,
    court_id: &str,
) -> Result<Option<LocationId>, DbError> {
    const OWN: &str = "select location_id from location where location_id::text = $1";
    const REFERRED: &str = "select location_id from location_reference \
        where provenance_location_id = $1 and provenance = $2 order by provenance_location_type desc limit 1";
    let row = match provenance {
        Provenance::ManualUpload => db.query_opt(OWN, &[&court_id]).await?,
        provenance => db.query_opt(REFERRED, &[&court_id, &provenance.as_str()]).await?,
    };
    Ok(row.map(|row| LocationId(row.get(0))))
}
