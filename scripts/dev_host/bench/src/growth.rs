//! Fills the tables, as years of publishing would: publications with one version and twelve search rows each.

use crate::courts::INGEST_COURTS;
use anyhow::{Context, Result};
use tokio_postgres::NoTls;

/// The list type of the rows; the ingest measures use others, so that none is in the way.
const LIST_TYPE: &str = "FAMILY_DAILY_CAUSE_LIST";

/// Empties the tables, so that a measure does not depend on those before it.
///
/// # Errors
/// The database's.
pub async fn empty(owner_database: &str) -> Result<()> {
    let (client, connection) = tokio_postgres::connect(owner_database, NoTls).await?;
    let connection = tokio::spawn(connection);
    let emptied = client.batch_execute("truncate publication, audit_log cascade; checkpoint").await;
    drop(client);
    connection.await.context("the connection's task failed")??;
    emptied.context("the tables cannot be emptied")
}

/// Adds publications until there are `rows`; gives how many there are now.
///
/// # Errors
/// The database's.
pub async fn fill(owner_database: &str, rows: u32) -> Result<i64> {
    let (client, connection) = tokio_postgres::connect(owner_database, NoTls).await?;
    let connection = tokio::spawn(connection);
    let count = "select count(*) from publication";
    let present: i64 = client.query_one(count, &[]).await?.try_get(0)?;
    let missing = (i64::from(rows) - present).max(0);
    client.batch_execute(&statements(missing)).await.context("the tables cannot be filled")?;
    // Else the server would do so on its own, while the uploads are measured.
    client.batch_execute("vacuum analyze").await?;
    client.batch_execute("checkpoint").await?;
    let present = client.query_one(count, &[]).await?.try_get(0)?;
    drop(client);
    connection.await.context("the connection's task failed")??;
    Ok(present)
}

/// Lists of the past, one a court a day back from yesterday, all shown for a week, their files made.
fn statements(missing: i64) -> String {
    format!(
        "insert into publication (publication_id, provenance, court_id, location_id, court_level, content_date, \
           language, list_type, artefact_type, sensitivity, display_from, display_to, current_version) \
         select gen_random_uuid(), 'SNL', (2001 + n % {INGEST_COURTS})::text, 1 + n % {INGEST_COURTS}, 'VENUE', \
           current_date - 1 - n / {INGEST_COURTS}, 'ENGLISH', '{LIST_TYPE}', 'LIST', 'PUBLIC', \
           current_date - 1 - n / {INGEST_COURTS}, current_date + 6 - n / {INGEST_COURTS}, 1 \
         from generate_series(0, {missing}::integer - 1) as n; \
         insert into publication_version (publication_id, number, version_id, sha256, size, media_type, \
           is_flat_file, source_artefact_id, published_by, received_at) \
         select publication_id, 1, gen_random_uuid(), sha256(publication_id::text::bytea), 10000, \
           'application/json', false, publication_id::text, 'bench', display_from \
         from publication where list_type = '{LIST_TYPE}'; \
         insert into hearing (publication_id, version, ordinal, case_number, case_name, parties) \
         select publication_id, 1, n, left(md5(publication_id::text || n), 11), \
           'Harrow ' || left(publication_id::text, 8) || ' v Finch', 'Harrow' || chr(10) || 'Finch' \
         from publication, generate_series(0, 11) as n where list_type = '{LIST_TYPE}'; \
         insert into effect (publication_id, version, channel, purpose, status, attempts, done_at) \
         select publication_id, 1, 'file', 'files', 'done', 1, now() \
         from publication where list_type = '{LIST_TYPE}'; \
         insert into audit_log (actor, action, subject, details) \
         select 'bench', 'PUBLICATION_UPLOAD', publication_id::text, jsonb_build_object('version', 1) \
         from publication where list_type = '{LIST_TYPE}';"
    )
}
