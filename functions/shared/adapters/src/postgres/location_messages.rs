//! What courts want readers of their pages to know.

use super::{Client, DbError};
use domain::LocationId;
use serde_json::json;
use std::collections::HashMap;

/// A court's messages, each plain text or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Messages {
    /// Shown above its lists.
    pub caution: String,
    /// The same in Welsh; empty means the English text is shown.
    pub welsh_caution: String,
    /// Shown while it has no lists.
    pub no_list: String,
    /// The same in Welsh; empty means the English text is shown.
    pub welsh_no_list: String,
}

/// The messages of every court that has some.
///
/// # Errors
/// The database's.
pub async fn all(db: &Client) -> Result<HashMap<LocationId, Messages>, DbError> {
    const ALL: &str =
        "select location_id, caution, welsh_caution, no_list, welsh_no_list from location_message";
    let statement = db.prepare_cached(ALL).await?;
    let mut messages = HashMap::new();
    for row in db.query(&statement, &[]).await? {
        let of_court = Messages {
            caution: row.try_get(1)?,
            welsh_caution: row.try_get(2)?,
            no_list: row.try_get(3)?,
            welsh_no_list: row.try_get(4)?,
        };
        messages.insert(LocationId(row.try_get(0)?), of_court);
    }
    Ok(messages)
}

/// Sets a court's messages, and records who did; `false` if there is no such court.
///
/// # Errors
/// The database's; nothing has changed.
pub async fn set(
    db: &mut Client,
    court: LocationId,
    messages: &Messages,
    actor: &str,
) -> Result<bool, DbError> {
    const SET: &str = "insert into location_message (location_id, caution, welsh_caution, no_list, welsh_no_list) \
        select location_id, $2, $3, $4, $5 from location where location_id = $1 \
        on conflict (location_id) do update set caution = excluded.caution, \
            welsh_caution = excluded.welsh_caution, no_list = excluded.no_list, \
            welsh_no_list = excluded.welsh_no_list, updated_at = now()";
    let Messages { caution, welsh_caution, no_list, welsh_no_list } = messages;
    let tx = db.transaction().await?;
    let set = tx.execute(SET, &[&court.0, caution, welsh_caution, no_list, welsh_no_list]).await? == 1;
    if set {
        super::audit::record(&tx, actor, "LOCATION_METADATA_CHANGED", &court.to_string(), &json!({})).await?;
    }
    tx.commit().await?;
    Ok(set)
}

/// Removes a court's messages, and records who did; `false` if it had none.
///
/// # Errors
/// The database's; nothing has changed.
pub async fn remove(db: &mut Client, court: LocationId, actor: &str) -> Result<bool, DbError> {
    let tx = db.transaction().await?;
    let removed = tx.execute("delete from location_message where location_id = $1", &[&court.0]).await? == 1;
    if removed {
        super::audit::record(&tx, actor, "LOCATION_METADATA_DELETED", &court.to_string(), &json!({})).await?;
    }
    tx.commit().await?;
    Ok(removed)
}
