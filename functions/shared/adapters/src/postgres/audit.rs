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

/// Appends one event a subject, in one statement.
///
/// # Errors
/// The database's; none is appended.
pub async fn record_all(
    db: &impl GenericClient,
    actor: &str,
    action: &str,
    subjects: &[(String, Value)],
) -> Result<(), DbError> {
    const APPEND: &str = "insert into audit_log (actor, action, subject, details) \
        select $1, $2, subject, details from unnest($3::text[], $4::jsonb[]) as event (subject, details)";
    let (subjects, details): (Vec<&str>, Vec<&Value>) =
        subjects.iter().map(|(subject, details)| (subject.as_str(), details)).unzip();
    let statement = db.prepare_cached(APPEND).await?;
    db.execute(&statement, &[&actor, &action, &subjects, &details]).await?;
    Ok(())
}
