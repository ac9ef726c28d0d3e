//! The record of reference imports.

use super::{Client, DbError};
use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_postgres::types::ToSql;
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

/// A reference file.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// `locations` or `glossary`.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// When it was stored; now, where that is not known.
    pub modified: Option<DateTime<Utc>>,
}

/// Why an event about a file asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The file was imported or refused before: the event came twice.
    Repeated,
    /// A file that was stored later has been imported: the event came late.
    Outdated,
}

/// Waits until no other import is under way: what follows in the transaction is the only one.
///
/// # Errors
/// The database's, such as a turn that does not come within half a minute.
pub async fn take_turn(tx: &Transaction<'_>) -> Result<(), DbError> {
    const TURN: &str = "set local lock_timeout = '30s'; set local statement_timeout = '60s'; \
        select pg_advisory_xact_lock(hashtext('import_locations'))";
    Ok(tx.batch_execute(TURN).await?)
}

/// What is known of a file already, by its name, its bytes and when it was stored.
///
/// # Errors
/// The database's.
pub async fn known(tx: &Transaction<'_>, file: &File<'_>) -> Result<Option<Known>, DbError> {
    const KNOWN: &str = "select \
            coalesce(bool_or(blob_name = $2 and sha256 = $3 and file_modified = $4), false), \
            coalesce(bool_or(accepted and file_modified > $4), false) \
        from reference_import where kind = $1";
    let sha256 = Sha256::digest(file.bytes);
    let row = tx.query_one(KNOWN, &[&file.kind, &file.name, &sha256.as_slice(), &file.modified]).await?;
    Ok(match (row.try_get(0)?, row.try_get(1)?) {
        (true, _) => Some(Known::Repeated),
        (false, true) => Some(Known::Outdated),
        (false, false) => None,
    })
}

/// Records an import.
///
/// # Errors
/// The database's.
pub async fn record(
    tx: &Transaction<'_>,
    file: &File<'_>,
    accepted: bool,
    report: &Value,
) -> Result<Uuid, DbError> {
    const RECORD: &str = "insert into reference_import (blob_name, sha256, kind, accepted, report, file_modified) \
        values ($1, $2, $3, $4, $5, coalesce($6, now())) returning import_id";
    let sha256 = Sha256::digest(file.bytes);
    let parameters: [&(dyn ToSql + Sync); 6] =
        [&file.name, &sha256.as_slice(), &file.kind, &accepted, report, &file.modified];
    Ok(tx.query_one(RECORD, &parameters).await?.try_get(0)?)
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
