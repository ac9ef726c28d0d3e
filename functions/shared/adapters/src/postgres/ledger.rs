//! The ledger: every version in one chain of hashes, and its verification.

use super::{Client, DbError};
use chrono::{DateTime, TimeZone, Utc};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use tokio_postgres::Row;
use uuid::Uuid;

/// Appends every version that has no entry yet; answers how many.
///
/// # Errors
/// The database's.
pub async fn extend(db: &Client) -> Result<i32, DbError> {
    Ok(db.query_one("select extend_ledger()", &[]).await?.try_get(0)?)
}

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The chain is whole and agrees with the versions; its length.
    Whole(i64),
    /// The first entry that does not follow from those before it, or whose version says otherwise.
    BrokenAt(i64),
    /// So many versions have no entry, though the timer that appends them has had its time: entries were cut off the
    /// chain's end, or the timer does not run.
    Unrecorded(i64),
}

/// The timer appends within an hour; what is younger than this may have no entry yet.
const UNRECORDED: &str = "select count(*) from publication_version made \
    where published_at < now() - interval '2 hours' and not exists (select from ledger \
        where ledger.publication_id = made.publication_id and ledger.version = made.number)";

/// Recomputes the chain from its beginning, compares each entry with the version it records, and asks for versions that
/// none records.
///
/// # Errors
/// The database's.
pub async fn verify(db: &Client) -> Result<Verdict, DbError> {
    const ENTRIES: &str = "select entry, ledger.publication_id, ledger.version, ledger.sha256, ledger.received_at, \
        ledger.published_at, hash, made.sha256 = ledger.sha256 and made.received_at = ledger.received_at \
            and made.published_at = ledger.published_at as agrees \
        from ledger left join publication_version made \
          on made.publication_id = ledger.publication_id and made.number = ledger.version order by entry";
    let rows = db.query_raw(ENTRIES, std::iter::empty::<i32>()).await?;
    let mut rows = std::pin::pin!(rows);
    let (mut chained, mut length) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let entry: i64 = row.try_get("entry")?;
        let hash: Vec<u8> = row.try_get("hash")?;
        let agrees: Option<bool> = row.try_get("agrees")?;
        chained = follow(&chained, &row)?;
        if entry != length + 1 || chained != hash || agrees != Some(true) {
            return Ok(Verdict::BrokenAt(entry));
        }
        length = entry;
    }
    match db.query_one(UNRECORDED, &[]).await?.try_get(0)? {
        0 => Ok(Verdict::Whole(length)),
        unrecorded => Ok(Verdict::Unrecorded(unrecorded)),
    }
}

/// The hash of an entry: of the hash before it and of its columns in Postgres's binary form.
fn follow(before: &[u8], row: &Row) -> Result<Vec<u8>, DbError> {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(row.try_get::<_, Uuid>("publication_id")?.as_bytes());
    hash.update(row.try_get::<_, i32>("version")?.to_be_bytes());
    hash.update(row.try_get::<_, &[u8]>("sha256")?);
    hash.update(since_2000(row.try_get("received_at")?).to_be_bytes());
    hash.update(since_2000(row.try_get("published_at")?).to_be_bytes());
    Ok(hash.finalize().to_vec())
}

/// Postgres counts microseconds from the beginning of 2000.
fn since_2000(instant: DateTime<Utc>) -> i64 {
    let epoch = Utc.with_ymd_and_hms(2000, 1, 1, 0, 0, 0).single().unwrap_or(DateTime::UNIX_EPOCH);
    instant.timestamp_micros() - epoch.timestamp_micros()
}
