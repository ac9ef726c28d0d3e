//! The court event glossary: always the last good copy.

use super::{Client, DbError};
use deadpool_postgres::Transaction;
use domain::reference::GlossaryEntry;
use futures::future::try_join_all;

/// Every entry, in the order of the file.
///
/// # Errors
/// The database's.
pub async fn all(db: &Client) -> Result<Vec<GlossaryEntry>, DbError> {
    const ALL: &str = "select entry_id, name, description, welsh_name, welsh_description \
        from glossary_entry order by ordinal";
    let statement = db.prepare_cached(ALL).await?;
    let entry = |row: &tokio_postgres::Row| {
        Ok(GlossaryEntry {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            description: row.try_get(2)?,
            welsh_name: row.try_get(3)?,
            welsh_description: row.try_get(4)?,
        })
    };
    db.query(&statement, &[]).await?.iter().map(entry).collect()
}

/// Replaces the glossary, in the transaction of the import.
///
/// # Errors
/// The database's; the copy before stands.
pub async fn replace(tx: &Transaction<'_>, entries: &[GlossaryEntry]) -> Result<(), DbError> {
    const INSERT: &str = "insert into glossary_entry \
        (entry_id, ordinal, name, description, welsh_name, welsh_description) values ($1, $2, $3, $4, $5, $6)";
    tx.batch_execute("delete from glossary_entry").await?;
    let statement = tx.prepare(INSERT).await?;
    let inserts = entries.iter().zip(0i32..).map(|(entry, ordinal)| {
        let statement = &statement;
        async move {
            let GlossaryEntry { id, name, description, welsh_name, welsh_description } = entry;
            tx.execute(statement, &[id, &ordinal, name, description, welsh_name, welsh_description]).await
        }
    });
    try_join_all(inserts).await?;
    Ok(())
}
