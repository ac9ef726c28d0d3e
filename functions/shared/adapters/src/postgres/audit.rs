//! The append-only audit log (LLD control 021).

use super::DbError;
use deadpool_postgres::GenericClient;
use serde_json::Value;

/// Appends one event, in the transaction of what it reports where there is one.
///
/// `actor` is a client id, user id or function name; `details` are ids and numbers, never content.
///
/// # Errors
/// The database's.
pub async fn record(
    db: &impl GenericClient,
    actor: &str,
    action: &str,
    subject: &str,
    details: &Value,
) -> Result<(), DbError> {
    const APPEND: &str = "insert into audit_log (actor, action, subject, details) values ($1, $2, $3, $4)";
    let statement = db.prepare_cached(APPEND).await?;
    db.execute(&statement, &[&actor, &action, &subject, details]).await?;
    Ok(())
}
