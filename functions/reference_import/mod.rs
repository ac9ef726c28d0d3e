//! Reference import: a file dropped into the container `reference-data` becomes the courts (CSV) or the court event
//! glossary (JSON). A file with a fault changes nothing; its report, with every fault, is stored beside it.

mod courts_file;
mod glossary_file;

use adapters::postgres::imports::{File, Known};
use adapters::postgres::{DbError, Transaction, audit, glossary, imports, locations};
use axum::body::Bytes;
use domain::reference::RowFault;
use runtime::{App, BlobEvent, Function, Outcome, Problem, TriggerError};
use serde::Serialize;
use serde_json::json;

const NAME: &str = "reference_import";

/// Registered in the list of all functions.
pub const FUNCTION: Function =
    Function { name: NAME, bindings: include_str!("function.json"), mount: |routes| routes.trigger(handle) };

/// The container of reference files.
pub(crate) const CONTAINER: &str = "reference-data";
/// The two kinds of reference file.
const LOCATIONS: &str = "locations";
const GLOSSARY: &str = "glossary";
/// Ending of the reports stored beside the files; a report is no reference file.
const REPORT: &str = ".report.json";

/// What an import did, or every fault that kept it from being done.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// The file.
    pub file: String,
    /// `locations` or `glossary`.
    pub kind: &'static str,
    /// It replaced the data before it.
    pub accepted: bool,
    /// Rows or entries read.
    pub rows: usize,
    /// What changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<locations::Imported>,
    /// Every fault, by row and column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<RowFault>,
}

impl Report {
    fn of(file: &File<'_>, kind: &'static str) -> Self {
        Self {
            file: file.name.to_owned(),
            kind,
            accepted: false,
            rows: 0,
            imported: None,
            faults: Vec::new(),
        }
    }
}

/// Imports the file that appeared, unless the event came twice, or after a newer file had been imported.
async fn handle(app: App, event: BlobEvent) -> Result<Outcome, TriggerError> {
    let Some(kind) = kind_of(&event.name) else { return Ok(Outcome::default().count("ignored", 1)) };
    let file = File { kind, name: &event.name, bytes: &event.bytes, modified: event.modified };
    let imported = import(&app, &file, NAME, Wanted::IfNew).await;
    let report = match imported
        .map_err(|problem| TriggerError::new("the file could not be imported", problem.detail))?
    {
        Ok(report) => report,
        Err(Known::Repeated) => return Ok(Outcome::default().count("repeated", 1)),
        Err(Known::Outdated) => return Ok(Outcome::default().count("outdated", 1)),
    };
    let counts = report.imported.clone().unwrap_or_default();
    Ok(Outcome::default()
        .count("rows", report.rows)
        .count("faults", report.faults.len())
        .count("added", counts.added)
        .count("updated", counts.updated)
        .count("rematched", counts.rematched)
        .count("held", counts.held)
        .count("absent", counts.absent.len()))
}

fn kind_of(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    match name.rsplit_once('.')?.1 {
        "csv" => Some(LOCATIONS),
        "json" if !name.ends_with(REPORT) => Some(GLOSSARY),
        _ => None,
    }
}

/// Whether a file is to be imported again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Somebody asks for it.
    Always,
    /// An event tells of it.
    IfNew,
}

/// Imports a courts file that an operator sends.
pub(crate) async fn import_courts(
    app: &App,
    name: &str,
    bytes: &[u8],
    actor: &str,
) -> Result<Report, Problem> {
    let file = File { kind: LOCATIONS, name, bytes, modified: None };
    import(app, &file, actor, Wanted::Always).await?.map_err(|_| Problem::not_found("file"))
}

/// Imports a file when no other import is under way, and records the outcome where operators look for it: with it in the
/// database and the audit log, then beside the file.
async fn import(
    app: &App,
    file: &File<'_>,
    actor: &str,
    wanted: Wanted,
) -> Result<Result<Report, Known>, Problem> {
    let mut db = app.worker_db.connect().await?;
    let mut tx = db.transaction().await.map_err(DbError::from)?;
    imports::take_turn(&tx).await?;
    let known = if wanted == Wanted::IfNew { imports::known(&tx, file).await? } else { None };
    if let Some(known) = known {
        tracing::info!(kind = file.kind, ?known, "a reference file was left alone");
        return Ok(Err(known));
    }
    let report = match file.kind {
        LOCATIONS => take_courts(&mut tx, file).await?,
        _ => take_glossary(&tx, file).await?,
    };
    let body = json!(report);
    let import = imports::record(&tx, file, report.accepted, &body).await?;
    let (kind, rows, faults) = (report.kind, report.rows, report.faults.len());
    let details = json!({"kind": kind, "accepted": report.accepted, "rows": rows, "faults": faults});
    audit::record(&tx, actor, "REFERENCE_DATA_UPLOAD", &import.to_string(), &details).await?;
    tx.commit().await.map_err(DbError::from)?;
    let text = Bytes::from(format!("{body:#}"));
    let beside = format!("{}{REPORT}", report.file);
    if let Err(error) = app.blobs.put_beside(CONTAINER, &beside, text, "application/json").await {
        tracing::warn!(error = %error, "the report could not be stored beside its file");
    }
    if report.accepted {
        tracing::info!(kind, rows, "a reference file was imported");
    } else {
        tracing::error!(kind, rows, faults, "a reference file was refused; the data before it stays");
    }
    Ok(Ok(report))
}

async fn take_courts(tx: &mut Transaction<'_>, file: &File<'_>) -> Result<Report, DbError> {
    let rows = match courts_file::read(file.bytes) {
        Ok(rows) => rows,
        Err(faults) => return Ok(Report { faults, ..Report::of(file, LOCATIONS) }),
    };
    let report = Report { rows: rows.len(), ..Report::of(file, LOCATIONS) };
    Ok(match locations::import(tx, &rows).await? {
        locations::Import::Done(imported) => Report { accepted: true, imported: Some(imported), ..report },
        locations::Import::NamesTaken(taken) => {
            let fault = |taken: locations::NameTaken| {
                let column = if taken.welsh { courts_file::WELSH_NAME } else { courts_file::NAME };
                let message = format!("is already the name of location {}", taken.by);
                RowFault { row: taken.row, column: column.to_owned(), message }
            };
            Report { faults: taken.into_iter().map(fault).collect(), ..report }
        }
    })
}

async fn take_glossary(tx: &Transaction<'_>, file: &File<'_>) -> Result<Report, DbError> {
    let entries = match glossary_file::read(file.bytes) {
        Ok(entries) => entries,
        Err(faults) => return Ok(Report { faults, ..Report::of(file, GLOSSARY) }),
    };
    glossary::replace(tx, &entries).await?;
    Ok(Report { accepted: true, rows: entries.len(), ..Report::of(file, GLOSSARY) })
}

/// Imports the newest file of each kind again.
pub(crate) async fn import_newest(app: &App, actor: &str) -> Result<Vec<Report>, Problem> {
    let files = app.blobs.list(CONTAINER, "").await?;
    let mut reports = Vec::new();
    for kind in [LOCATIONS, GLOSSARY] {
        let of_kind = files.iter().filter(|file| kind_of(&file.name) == Some(kind));
        let Some(newest) = of_kind.max_by_key(|file| file.last_modified) else { continue };
        let Some(bytes): Option<Bytes> = app.blobs.get(CONTAINER, &newest.name).await? else { continue };
        let file = File { kind, name: &newest.name, bytes: &bytes, modified: Some(newest.last_modified) };
        reports.extend(import(app, &file, actor, Wanted::Always).await?);
    }
    Ok(reports)
}
