//! The record of reference imports.

use super::{Client, DbError};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// The outcome of one import of one reference file.
#[derive(Debug, Clone)]
pub struct ImportRecord {
    /// Its id.
    pub import_id: Uuid,
    /// The file.
    pub blob_name: String,
    /// `locations` or `glossary`.
    pub kind: String,
    /// It replaced the data before it.
    pub accepted: bool,
    /// Numbers, or every fault.
    pub report: Value,
    /// When.
    pub imported_at: DateTime<Utc>,
}

/// Records an import.
///
/// # Errors
/// The database's.
pub async fn record(
    db: &Client,
    blob_name: &str,
    sha256: &[u8],
    kind: &str,
    accepted: bool,
    report: &Value,
) -> Result<Uuid, DbError> {
    const RECORD: &str = "insert into reference_import (blob_name, sha256, kind, accepted, report) \
        values ($1, $2, $3, $4, $5) returning import_id";
    Ok(db.query_one(RECORD, &[&blob_name, &sha256, &kind, &accepted, report]).await?.try_get(0)?)
}

/// Whether the last import of this kind was of these bytes: an event that fires twice imports once.
///
/// # Errors
/// The database's.
pub async fn is_latest(db: &Client, kind: &str, sha256: &[u8]) -> Result<bool, DbError> {
    const LATEST: &str =
        "select sha256 = $2 from reference_import where kind = $1 order by imported_at desc limit 1";
    Ok(db.query_opt(LATEST, &[&kind, &sha256]).await?.is_some_and(|row| row.get(0)))
}

/// Whether the last file of any kind was refused, so that the data before it still stands.
///
/// # Errors
/// The database's.
pub async fn any_refused(db: &Client) -> Result<bool, DbError> {
    const REFUSED: &str = "select coalesce(bool_or(not accepted), false) from ( \
        select distinct on (kind) accepted from reference_import order by kind, imported_at desc) latest";
    let statement = db.prepare_cached(REFUSED).await?;
    Ok(db.query_one(&statement, &[]).await?.try_get(0)?)
}

/// The latest imports, newest first.
///
/// # Errors
/// The database's.
pub async fn latest(db: &Client, limit: i64) -> Result<Vec<ImportRecord>, DbError> {
    const LATEST: &str = "select import_id, blob_name, kind, accepted, report, imported_at \
        from reference_import order by imported_at desc limit $1";
    let record = |row: &tokio_postgres::Row| {
        Ok(ImportRecord {
            import_id: row.try_get(0)?,
            blob_name: row.try_get(1)?,
            kind: row.try_get(2)?,
            accepted: row.try_get(3)?,
            report: row.try_get(4)?,
            imported_at: row.try_get(5)?,
        })
    };
    db.query(LATEST, &[&limit]).await?.iter().map(record).collect()
}
