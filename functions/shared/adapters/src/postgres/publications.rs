//! Publications and their versions.

use super::{Client, DbError};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{Access, Classified, Language, LocationId, Provenance, PublicationId, Sensitivity};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// A publication with one of its versions (the current one, unless asked otherwise).
#[derive(Debug, Clone)]
pub struct Publication {
    /// Its id.
    pub publication_id: PublicationId,
    /// The system it comes from.
    pub provenance: Provenance,
    /// The producer's id of its court.
    pub court_id: String,
    /// Its court, if known.
    pub location_id: Option<LocationId>,
    /// The London date it is for.
    pub content_date: NaiveDate,
    /// Its language.
    pub language: Language,
    /// Its list type.
    pub list_type: Option<String>,
    /// What kind of artefact it is.
    pub artefact_type: domain::ArtefactType,
    /// Who may read it.
    pub sensitivity: Sensitivity,
    /// First instant of display.
    pub display_from: DateTime<Utc>,
    /// First instant after display.
    pub display_to: Option<DateTime<Utc>>,
    /// It was withdrawn.
    pub withdrawn: bool,
    /// Its time is over: of it, only the record is kept.
    pub archived: bool,
    /// The current version's number.
    pub current_version: i32,
    /// Raised by every change of the publication; its ETag.
    pub revision: i32,
    /// The version this row describes.
    pub version: i32,
    /// Name of that version's blob.
    pub version_id: Uuid,
    /// SHA-256 of that version's bytes.
    pub sha256: Vec<u8>,
    /// Their number.
    pub size: i32,
    /// Their media type.
    pub media_type: String,
    /// A file, not data.
    pub is_flat_file: bool,
    /// File name, where there is one.
    pub file_name: Option<String>,
    /// The producer's own name for it.
    pub source_artefact_id: Option<String>,
    /// The sensitivity that version was last shown under.
    pub version_sensitivity: Sensitivity,
    /// When that version arrived.
    pub received_at: DateTime<Utc>,
    /// When that version was committed.
    pub published_at: DateTime<Utc>,
    /// When that version was superseded.
    pub superseded_at: Option<DateTime<Utc>>,
    /// That version's bytes were given up when the publication was archived.
    pub removed: bool,
}

impl Publication {
    /// What decides who sees it.
    pub fn displayed(&self) -> domain::Displayed<'_> {
        domain::Displayed {
            sensitivity: self.sensitivity,
            list_type: self.list_type.as_deref(),
            from: self.display_from,
            to: self.display_to,
            court_known: self.location_id.is_some(),
            withdrawn: self.withdrawn || self.archived,
        }
    }
}

pub(super) const COLUMNS: &str = "publication.publication_id, provenance, court_id, location_id, content_date, language, \
    list_type, artefact_type, sensitivity, display_from, display_to, withdrawn_at is not null as withdrawn, \
    archived_at is not null as archived, removed_at is not null or archived_at is not null as removed, \
    current_version, revision, number, version_id, sha256, size, media_type, is_flat_file, file_name, \
    source_artefact_id, version_sensitivity, received_at, published_at, superseded_at";

/// The rule of [`domain::Access::may_see`], spelled in SQL over parameters `$1` to `$5`.
const VISIBLE: &str = "location_id is not null and withdrawn_at is null and archived_at is null \
    and display_from <= $1 \
    and (display_to is null or display_to > $1) \
    and (sensitivity = 'PUBLIC' or (sensitivity = 'PRIVATE' and $2) or (sensitivity = 'INTERNAL' and $3) \
         or (sensitivity = 'CLASSIFIED' and ($4 or list_type = any($5))))";

/// The parameters of [`VISIBLE`].
struct Visible<'a> {
    now: DateTime<Utc>,
    private: bool,
    internal: bool,
    all_classified: bool,
    list_types: &'a [String],
}

impl<'a> Visible<'a> {
    fn to(access: &'a Access, now: DateTime<Utc>) -> Self {
        let (all_classified, list_types): (bool, &[String]) = match &access.classified {
            Classified::None => (false, &[]),
            Classified::All => (true, &[]),
            Classified::OfListTypes(names) => (false, names),
        };
        Self { now, private: access.private, internal: access.internal, all_classified, list_types }
    }

    fn parameters(&self) -> [&(dyn ToSql + Sync); 5] {
        [&self.now, &self.private, &self.internal, &self.all_classified, &self.list_types]
    }
}

/// A publication's current version, whoever may see it.
///
/// # Errors
/// The database's.
pub async fn find(db: &Client, id: PublicationId) -> Result<Option<Publication>, DbError> {
    let sql = format!(
        "select {COLUMNS} from publication join publication_version version \
         on version.publication_id = publication.publication_id and number = current_version \
         where publication.publication_id = $1"
    );
    let statement = db.prepare_cached(&sql).await?;
    db.query_opt(&statement, &[&id.0]).await?.as_ref().map(of_row).transpose()
}

/// Every version of a publication, oldest first.
///
/// # Errors
/// The database's.
pub async fn versions(db: &Client, id: PublicationId) -> Result<Vec<Publication>, DbError> {
    let sql = format!(
        "select {COLUMNS} from publication join publication_version version \
         on version.publication_id = publication.publication_id \
         where publication.publication_id = $1 order by number"
    );
    let statement = db.prepare_cached(&sql).await?;
    db.query(&statement, &[&id.0]).await?.iter().map(of_row).collect()
}

/// What of a court's publications `access` may see at `now`, in the order of the court's page: list type as
/// stored, newest content date first, language.
///
/// # Errors
/// The database's.
pub async fn at_location(
    db: &Client,
    court: LocationId,
    access: &Access,
    now: DateTime<Utc>,
) -> Result<Vec<Publication>, DbError> {
    let sql = format!(
        "select {COLUMNS} from publication join publication_version version \
         on version.publication_id = publication.publication_id and number = current_version \
         where location_id = $6 and {VISIBLE} order by list_type, content_date desc, language, published_at desc"
    );
    let visible = Visible::to(access, now);
    let mut parameters = visible.parameters().to_vec();
    parameters.push(&court.0);
    let statement = db.prepare_cached(&sql).await?;
    db.query(&statement, &parameters).await?.iter().map(of_row).collect()
}

/// Ids of what `access` may see at `now`: the SQL side of the visibility rule, for holding against the other.
///
/// # Errors
/// The database's.
pub async fn visible_ids(
    db: &Client,
    access: &Access,
    now: DateTime<Utc>,
) -> Result<Vec<PublicationId>, DbError> {
    let sql = format!("select publication_id from publication where current_version > 0 and {VISIBLE}");
    let rows = db.query(&sql, &Visible::to(access, now).parameters()).await?;
    rows.iter().map(|row| Ok(PublicationId(row.try_get(0)?))).collect()
}

/// A case found by search, with the publication that lists it.
#[derive(Debug, Clone)]
pub struct FoundCase {
    /// The publication.
    pub publication_id: PublicationId,
    /// Case number.
    pub case_number: String,
    /// Unique reference number.
    pub urn: String,
    /// Case name.
    pub case_name: String,
    /// The version that lists it, the current one.
    pub version: i32,
    /// Who may read that publication.
    pub sensitivity: Sensitivity,
}

/// How cases are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseSearch {
    /// The number, exactly.
    Number,
    /// The URN, exactly.
    Urn,
    /// The case's name or a party's contains it.
    Name,
}

/// Cases on lists that `access` may see at `now`, at most `limit`.
///
/// # Errors
/// The database's.
pub async fn search_cases(
    db: &Client,
    search: CaseSearch,
    term: &str,
    access: &Access,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<FoundCase>, DbError> {
    let condition = match search {
        // Said as the indexes say it, or they are not used.
        CaseSearch::Number => "case_number <> '' and lower(case_number) = lower($6)",
        CaseSearch::Urn => "urn <> '' and lower(urn) = lower($6)",
        CaseSearch::Name => "lower(case_name || chr(10) || parties) like '%' || lower($6) || '%'",
    };
    let term = if search == CaseSearch::Name { literally(term) } else { term.to_owned() };
    let sql = format!(
        "select distinct hearing.publication_id, case_number, urn, case_name, version, sensitivity from hearing \
         join publication on publication.publication_id = hearing.publication_id and version = current_version \
         where {condition} and {VISIBLE} order by case_name, case_number limit $7"
    );
    let visible = Visible::to(access, now);
    let mut parameters = visible.parameters().to_vec();
    parameters.extend([&term as &(dyn ToSql + Sync), &limit]);
    let statement = db.prepare_cached(&sql).await?;
    let found = |row: &Row| {
        Ok(FoundCase {
            publication_id: PublicationId(row.try_get(0)?),
            case_number: row.try_get(1)?,
            urn: row.try_get(2)?,
            case_name: row.try_get(3)?,
            version: row.try_get(4)?,
            sensitivity: word(row, "sensitivity")?,
        })
    };
    db.query(&statement, &parameters).await?.iter().map(found).collect()
}

/// A text as a pattern of `like` that matches nothing but itself.
fn literally(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

/// Publications that wait for their court, newest first: `limit` of them from `start` on, and how many there are.
///
/// # Errors
/// The database's.
pub async fn without_court(
    db: &Client,
    start: usize,
    limit: usize,
) -> Result<(Vec<Publication>, usize), DbError> {
    const WAITING: &str = "location_id is null and withdrawn_at is null and archived_at is null";
    let sql = format!(
        "select {COLUMNS} from publication join publication_version version \
         on version.publication_id = publication.publication_id and number = current_version \
         where {WAITING} order by created_at desc, publication.publication_id offset $1 limit $2"
    );
    let bound = |number| i64::try_from(number).unwrap_or(i64::MAX);
    let rows = db.query(&sql, &[&bound(start), &bound(limit)]).await?;
    let waiting = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    let total: i64 =
        db.query_one(&format!("select count(*) from publication where {WAITING}"), &[]).await?.try_get(0)?;
    Ok((waiting, usize::try_from(total).unwrap_or_default()))
}

/// Takes a publication off every surface; its versions stay on record. `false` if it was not standing.
///
/// # Errors
/// The database's.
pub async fn withdraw(db: &mut Client, id: PublicationId, actor: &str) -> Result<bool, DbError> {
    let withdrawn = take_off(db, "publication_id = $1", &id.0, actor).await?;
    Ok(withdrawn == 1)
}

/// Takes everything of a court that has not been archived off every surface; answers how many publications.
///
/// # Errors
/// The database's; nothing has changed.
pub async fn withdraw_at(db: &mut Client, court: LocationId, actor: &str) -> Result<usize, DbError> {
    take_off(db, "location_id = $1 and archived_at is null", &court.0, actor).await
}

/// Withdraws, records it, and cancels the mails still owed, together.
async fn take_off(
    db: &mut Client,
    which: &str,
    parameter: &(dyn ToSql + Sync),
    actor: &str,
) -> Result<usize, DbError> {
    const CANCEL: &str = "update effect set status = 'cancelled', done_at = now() \
        where publication_id = any($1) and status in ('pending', 'claimed') and channel = 'email'";
    let withdraw = format!(
        "update publication set withdrawn_at = now(), updated_at = now() \
         where {which} and withdrawn_at is null returning publication_id"
    );
    let tx = db.transaction().await?;
    let rows = tx.query(&withdraw, &[parameter]).await?;
    let ids = rows.iter().map(|row| Ok(row.try_get(0)?)).collect::<Result<Vec<Uuid>, DbError>>()?;
    let events: Vec<_> = ids.iter().map(|id| (id.to_string(), serde_json::json!({}))).collect();
    super::audit::record_all(&tx, actor, "PUBLICATION_WITHDRAWN", &events).await?;
    tx.execute(CANCEL, &[&ids]).await?;
    tx.commit().await?;
    Ok(ids.len())
}

pub(super) fn of_row(row: &Row) -> Result<Publication, DbError> {
    Ok(Publication {
        publication_id: PublicationId(row.try_get("publication_id")?),
        provenance: word(row, "provenance")?,
        court_id: row.try_get("court_id")?,
        location_id: row.try_get::<_, Option<i32>>("location_id")?.map(LocationId),
        content_date: row.try_get("content_date")?,
        language: word(row, "language")?,
        list_type: row.try_get("list_type")?,
        artefact_type: word(row, "artefact_type")?,
        sensitivity: word(row, "sensitivity")?,
        display_from: row.try_get("display_from")?,
        display_to: row.try_get("display_to")?,
        withdrawn: row.try_get("withdrawn")?,
        archived: row.try_get("archived")?,
        current_version: row.try_get("current_version")?,
        revision: row.try_get("revision")?,
        version: row.try_get("number")?,
        version_id: row.try_get("version_id")?,
        sha256: row.try_get("sha256")?,
        size: row.try_get("size")?,
        media_type: row.try_get("media_type")?,
        is_flat_file: row.try_get("is_flat_file")?,
        file_name: row.try_get("file_name")?,
        source_artefact_id: row.try_get("source_artefact_id")?,
        version_sensitivity: word(row, "version_sensitivity")?,
        received_at: row.try_get("received_at")?,
        published_at: row.try_get("published_at")?,
        superseded_at: row.try_get("superseded_at")?,
        removed: row.try_get("removed")?,
    })
}

/// A column that holds a word of a fixed vocabulary.
pub(super) fn word<W: std::str::FromStr>(row: &Row, column: &str) -> Result<W, DbError> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| {
        let unknown = std::io::Error::other(format!("{column} holds a word outside its vocabulary"));
        DbError::Unavailable(Box::new(unknown))
    })
}

#[cfg(test)]
mod tests {
    use super::literally;

    #[test]
    fn what_is_searched_for_is_no_pattern() {
        assert_eq!(literally(r"50%_\"), r"50\%\_\\");
    }
}
