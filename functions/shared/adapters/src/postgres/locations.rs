//! Courts and tribunals, and the import of the reference file.

use super::{Client, DbError};
use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use domain::LocationId;
use domain::reference::CourtRow;
use std::collections::HashMap;
use tokio_postgres::Row;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

/// A court or tribunal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Location {
    /// P&I's own id.
    pub location_id: LocationId,
    /// English name.
    pub name: String,
    /// Welsh name; empty means the English one is shown.
    pub welsh_name: String,
    /// Regions.
    pub regions: Vec<String>,
    /// Regions in Welsh.
    pub welsh_regions: Vec<String>,
    /// Jurisdictions.
    pub jurisdictions: Vec<String>,
    /// Jurisdictions in Welsh.
    pub welsh_jurisdictions: Vec<String>,
    /// Kinds of court within the jurisdictions.
    pub jurisdiction_types: Vec<String>,
    /// Kinds of court in Welsh.
    pub welsh_jurisdiction_types: Vec<String>,
    /// Contact e-mail address, or empty.
    pub email: String,
    /// Contact telephone number, or empty.
    pub contact_no: String,
    /// When reference data last changed it.
    pub date_updated: DateTime<Utc>,
}

/// The id by which another system knows a court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The system.
    pub provenance: String,
    /// Its id of the court.
    pub provenance_location_id: String,
    /// The level of that id.
    pub provenance_location_type: String,
}

const COLUMNS: &str = "location_id, name, welsh_name, regions, welsh_regions, jurisdictions, welsh_jurisdictions, \
    jurisdiction_types, welsh_jurisdiction_types, email, contact_no, date_updated";

/// Every court, by English name.
///
/// # Errors
/// The database's.
pub async fn all(db: &Client) -> Result<Vec<Location>, DbError> {
    let statement = db.prepare_cached(&format!("select {COLUMNS} from location order by name")).await?;
    db.query(&statement, &[]).await?.iter().map(of_row).collect()
}

/// One court.
///
/// # Errors
/// The database's.
pub async fn find(db: &Client, id: LocationId) -> Result<Option<Location>, DbError> {
    let statement =
        db.prepare_cached(&format!("select {COLUMNS} from location where location_id = $1")).await?;
    db.query_opt(&statement, &[&id.0]).await?.as_ref().map(of_row).transpose()
}

/// The ids by which other systems know a court.
///
/// # Errors
/// The database's.
pub async fn references(db: &Client, id: LocationId) -> Result<Vec<Reference>, DbError> {
    const REFERENCES: &str = "select provenance, provenance_location_id, provenance_location_type \
        from location_reference where location_id = $1 order by 1, 3, 2";
    let statement = db.prepare_cached(REFERENCES).await?;
    db.query(&statement, &[&id.0]).await?.iter().map(reference).collect()
}

/// The ids by which other systems know each court.
///
/// # Errors
/// The database's.
pub async fn all_references(db: &Client) -> Result<HashMap<LocationId, Vec<Reference>>, DbError> {
    const REFERENCES: &str = "select provenance, provenance_location_id, provenance_location_type, location_id \
        from location_reference order by 1, 3, 2";
    let mut references: HashMap<_, Vec<Reference>> = HashMap::new();
    for row in db.query(REFERENCES, &[]).await? {
        references.entry(LocationId(row.try_get(3)?)).or_default().push(reference(&row)?);
    }
    Ok(references)
}

fn reference(row: &Row) -> Result<Reference, DbError> {
    Ok(Reference {
        provenance: row.try_get(0)?,
        provenance_location_id: row.try_get(1)?,
        provenance_location_type: row.try_get(2)?,
    })
}

/// What became of a court that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Done,
    /// There is none.
    Unknown,
    /// So many publications of it stand.
    Publications(i64),
    /// So many subscriptions follow it.
    Subscriptions(i64),
    /// So many publications that stand no longer name it on record.
    Record(i64),
}

/// Removes a court, with the ids other systems know it by, unless something depends on it.
///
/// # Errors
/// The database's; nothing has changed.
pub async fn remove(
    db: &mut Client,
    id: LocationId,
    now: DateTime<Utc>,
    actor: &str,
) -> Result<Removal, DbError> {
    const DEPENDENT: &str = "select \
        (select count(*) from publication where location_id = $1 and withdrawn_at is null and archived_at is null \
            and (display_to is null or display_to > $2)), \
        (select count(*) from subscription where search_type = 'LOCATION_ID' and search_value = $1::text), \
        (select count(*) from publication where location_id = $1) \
        from location where location_id = $1 for update";
    let tx = db.transaction().await?;
    let Some(row) = tx.query_opt(DEPENDENT, &[&id.0, &now]).await? else { return Ok(Removal::Unknown) };
    let (standing, followed, recorded): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if standing > 0 {
        return Ok(Removal::Publications(standing));
    } else if followed > 0 {
        return Ok(Removal::Subscriptions(followed));
    } else if recorded > 0 {
        return Ok(Removal::Record(recorded));
    }
    tx.execute("delete from location where location_id = $1", &[&id.0]).await?;
    super::audit::record(&tx, actor, "LOCATION_DELETED", &id.to_string(), &serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(Removal::Done)
}

/// A stamp that changes whenever any court changes: what was computed from the courts is fresh while it stands.
///
/// # Errors
/// The database's.
pub async fn stamp(db: &Client) -> Result<String, DbError> {
    const STAMP: &str =
        "select coalesce(extract(epoch from max(date_updated))::text, '') || '-' || count(*) from location";
    let statement = db.prepare_cached(STAMP).await?;
    Ok(db.query_one(&statement, &[]).await?.try_get(0)?)
}

/// What an import did, in courts and ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Courts added.
    pub added: i32,
    /// Courts changed.
    pub updated: i32,
    /// Ids of other systems mapped.
    pub mapped: i32,
    /// Publications given the court that was unknown before.
    pub rematched: i32,
    /// Publications whose court is known but whose identity another has: they go on waiting.
    pub held: i32,
    /// Courts that the file does not mention. They stay; no import removes a court.
    pub absent: Vec<i32>,
}

/// Where a name in the file already belongs to another court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTaken {
    /// Row of the file, the header being row 1.
    pub row: usize,
    /// The other court.
    pub by: LocationId,
    /// It is the Welsh name.
    pub welsh: bool,
}

/// The outcome of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Import {
    /// The file's courts are now the courts.
    Done(Imported),
    /// Names that belong to courts the file does not mention; nothing has changed.
    NamesTaken(Vec<NameTaken>),
}

/// Stages the rows by COPY and takes them over by `import_locations()`, in the transaction of the import; readers see
/// the old courts until it is committed.
///
/// # Errors
/// The database's; nothing has changed.
pub async fn import(tx: &mut Transaction<'_>, rows: &[CourtRow]) -> Result<Import, DbError> {
    const TAKEN: &str = "select staged.row_number, location.location_id, location.name <> staged.name \
        from location_staging staged \
        join location on (location.name = staged.name \
          or (staged.welsh_name <> '' and location.welsh_name = staged.welsh_name)) \
         and staged.location_id is not null and location.location_id <> staged.location_id \
         and not exists (select from location_staging other where other.location_id = location.location_id) \
        order by staged.row_number";
    // What a refused file has staged goes with it.
    let tx = tx.transaction().await?;
    stage(&tx, rows).await?;
    let taken = tx.query(TAKEN, &[]).await?;
    if !taken.is_empty() {
        let name_taken = |row: &Row| {
            let line: i32 = row.try_get(0)?;
            Ok(NameTaken {
                row: usize::try_from(line).unwrap_or_default(),
                by: LocationId(row.try_get(1)?),
                welsh: row.try_get(2)?,
            })
        };
        return Ok(Import::NamesTaken(taken.iter().map(name_taken).collect::<Result<_, DbError>>()?));
    }
    const TAKE_OVER: &str = "select added, updated, mapped, rematched, held, absent from import_locations()";
    let row = tx.query_one(TAKE_OVER, &[]).await?;
    let imported = Imported {
        added: row.try_get(0)?,
        updated: row.try_get(1)?,
        mapped: row.try_get(2)?,
        rematched: row.try_get(3)?,
        held: row.try_get(4)?,
        absent: row.try_get(5)?,
    };
    tx.commit().await?;
    Ok(Import::Done(imported))
}

async fn stage(tx: &Transaction<'_>, rows: &[CourtRow]) -> Result<(), DbError> {
    const STAGE: &str = "copy location_staging (row_number, location_id, name, welsh_name, regions, welsh_regions, \
        jurisdictions, welsh_jurisdictions, jurisdiction_types, welsh_jurisdiction_types, email, contact_no, \
        provenance, provenance_location_id, provenance_location_type) from stdin (format binary)";
    const TYPES: [Type; 15] = [
        Type::INT4,
        Type::INT4,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT_ARRAY,
        Type::TEXT_ARRAY,
        Type::TEXT_ARRAY,
        Type::TEXT_ARRAY,
        Type::TEXT_ARRAY,
        Type::TEXT_ARRAY,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
    ];
    let mut writer = std::pin::pin!(BinaryCopyInWriter::new(tx.copy_in(STAGE).await?, &TYPES));
    for row in rows {
        let line = i32::try_from(row.row).unwrap_or(i32::MAX);
        writer
            .as_mut()
            .write(&[
                &line,
                &row.location_id,
                &row.name,
                &row.welsh_name,
                &row.regions,
                &row.welsh_regions,
                &row.jurisdictions,
                &row.welsh_jurisdictions,
                &row.jurisdiction_types,
                &row.welsh_jurisdiction_types,
                &row.email,
                &row.contact_no,
                &row.provenance,
                &row.provenance_location_id,
                &row.provenance_location_type,
            ])
            .await?;
    }
    writer.as_mut().finish().await?;
    Ok(())
}

fn of_row(row: &Row) -> Result<Location, DbError> {
    Ok(Location {
        location_id: LocationId(row.try_get("location_id")?),
        name: row.try_get("name")?,
        welsh_name: row.try_get("welsh_name")?,
        regions: row.try_get("regions")?,
        welsh_regions: row.try_get("welsh_regions")?,
        jurisdictions: row.try_get("jurisdictions")?,
        welsh_jurisdictions: row.try_get("welsh_jurisdictions")?,
        jurisdiction_types: row.try_get("jurisdiction_types")?,
        welsh_jurisdiction_types: row.try_get("welsh_jurisdiction_types")?,
        email: row.try_get("email")?,
        contact_no: row.try_get("contact_no")?,
        date_updated: row.try_get("date_updated")?,
    })
}
