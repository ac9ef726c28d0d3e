//! What operators count: publications by court, and every publication there was, for management information.

use super::publications::{COLUMNS, Publication, of_row};
use super::{Client, DbError};
use chrono::{DateTime, Utc};
use domain::LocationId;

/// How many publications of a court stand, shown or not.
///
/// `None` is for those that wait for their court, and comes last.
///
/// # Errors
/// The database's.
pub async fn count_by_location(db: &Client) -> Result<Vec<(Option<LocationId>, i64)>, DbError> {
    const COUNT: &str = "select location_id, count(*) from publication \
        where withdrawn_at is null and archived_at is null group by location_id order by location_id nulls last";
    let rows = db.query(COUNT, &[]).await?;
    let counted =
        |row: &tokio_postgres::Row| Ok((row.try_get::<_, Option<i32>>(0)?.map(LocationId), row.try_get(1)?));
    rows.iter().map(counted).collect()
}

/// Every publication that first came after `since`, those withdrawn and archived included, oldest first: `limit` of them
/// from `start` on, and how many there are.
///
/// # Errors
/// The database's.
pub async fn since(
    db: &Client,
    since: Option<DateTime<Utc>>,
    start: usize,
    limit: usize,
) -> Result<(Vec<Publication>, usize), DbError> {
    const WANTED: &str = "($1::timestamptz is null or created_at >= $1)";
    let sql = format!(
        "select {COLUMNS} from publication join publication_version version \
         on version.publication_id = publication.publication_id and number = current_version \
         where {WANTED} order by created_at, publication.publication_id offset $2 limit $3"
    );
    let bound = |number| i64::try_from(number).unwrap_or(i64::MAX);
    let rows = db.query(&sql, &[&since, &bound(start), &bound(limit)]).await?;
    let rows = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    let total = format!("select count(*) from publication where {WANTED}");
    let total: i64 = db.query_one(&total, &[&since]).await?.try_get(0)?;
    Ok((rows, usize::try_from(total).unwrap_or_default()))
}
