//! What the retention timer does to publications: matching, archiving, and knowing which blobs are still needed.

use super::{Client, DbError};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Which of these blobs are of a version whose bytes are kept.
///
/// # Errors
/// The database's.
pub async fn referenced(db: &Client, version_ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    const REFERENCED: &str = "select version_id from publication_version \
        join publication using (publication_id) \
        where version_id = any($1) and removed_at is null and archived_at is null";
    let rows = db.query(REFERENCED, &[&version_ids]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Archives publications whose display ended, or that were withdrawn, before `ended`: the row and its versions' stay
/// as a record, search rows go, and what was still owed is cancelled. Their blobs are then referred to by nobody.
/// Answers how many.
///
/// # Errors
/// The database's; nothing of this batch has changed.
pub async fn archive(
    db: &mut Client,
    actor: &str,
    ended: DateTime<Utc>,
    limit: i64,
) -> Result<usize, DbError> {
    const DUE: &str = "update publication set archived_at = now(), updated_at = now() where publication_id in ( \
        select publication_id from publication \
         where archived_at is null and (display_to <= $1 or withdrawn_at <= $1) \
         order by display_to limit $2 for update skip locked) returning publication_id";
    let tx = db.transaction().await?;
    let rows = tx.query(DUE, &[&ended, &limit]).await?;
    let ids = rows.iter().map(|row| Ok(row.try_get(0)?)).collect::<Result<Vec<Uuid>, DbError>>()?;
    const REMOVE: &str = "update publication_version set removed_at = now() \
        where publication_id = any($1) and removed_at is null";
    tx.execute(REMOVE, &[&ids]).await?;
    tx.execute("delete from hearing where publication_id = any($1)", &[&ids]).await?;
    const CANCEL: &str = "update effect set status = 'cancelled', done_at = now(), error = 'archived' \
        where publication_id = any($1) and status = 'pending'";
    tx.execute(CANCEL, &[&ids]).await?;
    const AUDIT: &str = "insert into audit_log (actor, action, subject) \
        select $1, 'PUBLICATION_ARCHIVED', id::text from unnest($2::uuid[]) id";
    tx.execute(AUDIT, &[&actor, &ids]).await?;
    tx.commit().await?;
    Ok(ids.len())
}

/// Lists that were waiting for their court.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rematched {
    /// Now given it.
    pub matched: i32,
    /// Still waiting, since another publication has the identity they would have.
    pub held: i32,
}

/// Gives lists whose court was unknown when they came the court that is known by now. Safe to repeat.
///
/// # Errors
/// The database's; nothing has changed.
pub async fn rematch(db: &Client) -> Result<Rematched, DbError> {
    let row = db.query_one("select matched, held from rematch_publications()", &[]).await?;
    Ok(Rematched { matched: row.try_get(0)?, held: row.try_get(1)? })
}
