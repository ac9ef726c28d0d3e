//! Daily jobs: one row a job a London date.

use super::{Client, DbError};
use chrono::NaiveDate;
use serde_json::Value;

/// How long a run may take before another may take it over, being cut.
const TAKEOVER: &str = "10 minutes";

/// Begins a date's run. `false` if it has been done, or another instance is at it.
///
/// # Errors
/// The database's.
pub async fn begin(db: &Client, job: &str, date: NaiveDate) -> Result<bool, DbError> {
    let sql = format!(
        "insert into job_run (job, local_date) values ($1, $2) \
         on conflict (job, local_date) do update set started_at = now() \
         where job_run.finished_at is null and job_run.started_at < now() - interval '{TAKEOVER}'"
    );
    Ok(db.execute(&sql, &[&job, &date]).await? == 1)
}

/// Records that a date's run is done, and what it did.
///
/// # Errors
/// The database's.
pub async fn finish(db: &Client, job: &str, date: NaiveDate, outcome: &Value) -> Result<(), DbError> {
    const FINISH: &str =
        "update job_run set finished_at = now(), outcome = $3 where job = $1 and local_date = $2";
    db.execute(FINISH, &[&job, &date, outcome]).await?;
    Ok(())
}
