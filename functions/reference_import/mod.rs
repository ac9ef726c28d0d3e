//! Reference import: a file dropped into the container `reference-data` becomes the courts (CSV) or the court event
//! glossary (JSON). A file with a fault changes nothing; its report, with every fault, is stored beside it.

mod courts_file;
mod glossary_file;

use adapters::postgres::{audit, glossary, imports, locations};
use axum::body::Bytes;
use domain::reference::RowFault;
use runtime::{App, BlobEvent, Function, Outcome, Problem, TriggerError};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

const NAME: &str = "reference_import";

/// Registered in the list of all functions.
pub const FUNCTION: Function =
    Function { name: NAME, bindings: include_str!("function.json"), mount: |routes| routes.trigger(handle) };

/// The container of reference files.
pub(crate) const CONTAINER: &str = "reference-data";
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

/// Imports the file that appeared. The same bytes again, as when an event is delivered twice, are left alone.
async fn handle(app: App, event: BlobEvent) -> Result<Outcome, TriggerError> {
    let Some(kind) = kind_of(&event.name) else { return Ok(Outcome::default().count("ignored", 1)) };
    let known =
        imports::is_latest(&app.worker_db.connect().await?, kind, &Sha256::digest(&event.bytes)).await?;
    if known {
        return Ok(Outcome::default().count("repeated", 1));
    }
    let imported = import(&app, kind, &event.name, &event.bytes, NAME).await;
    let report =
        imported.map_err(|problem| TriggerError::new("the file could not be imported", problem.detail))?;
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
        "csv" => Some("locations"),
        "json" if !name.ends_with(REPORT) => Some("glossary"),
        _ => None,
    }
}

async fn import(app: &App, kind: &str, name: &str, bytes: &[u8], actor: &str) -> Result<Report, Problem> {
    if kind == "locations" {
        import_courts(app, name, bytes, actor).await
    } else {
        import_glossary(app, name, bytes, actor).await
    }
}

/// Imports a courts file.
pub(crate) async fn import_courts(
    app: &App,
    name: &str,
    bytes: &[u8],
    actor: &str,
) -> Result<Report, Problem> {
    let mut report = Report {
        file: name.to_owned(),
        kind: "locations",
        accepted: false,
        rows: 0,
        imported: None,
        faults: Vec::new(),
    };
    match courts_file::read(bytes) {
        Err(faults) => report.faults = faults,
        Ok(rows) => {
            report.rows = rows.len();
            let mut db = app.worker_db.connect().await?;
            match locations::import(&mut db, &rows).await? {
                locations::Import::Done(imported) => {
                    report.accepted = true;
                    report.imported = Some(imported);
                }
                locations::Import::NamesTaken(taken) => {
                    let fault = |taken: locations::NameTaken| {
                        let message = format!("is already the name of location {}", taken.by);
                        RowFault { row: taken.row, column: courts_file::NAME.to_owned(), message }
                    };
                    report.faults = taken.into_iter().map(fault).collect();
                }
            }
        }
    }
    conclude(app, report, bytes, actor).await
}

async fn import_glossary(app: &App, name: &str, bytes: &[u8], actor: &str) -> Result<Report, Problem> {
    let mut report = Report {
        file: name.to_owned(),
        kind: "glossary",
        accepted: false,
        rows: 0,
        imported: None,
        faults: Vec::new(),
    };
    match glossary_file::read(bytes) {
        Err(faults) => report.faults = faults,
        Ok(entries) => {
            report.rows = entries.len();
            glossary::replace(&mut app.worker_db.connect().await?, &entries).await?;
            report.accepted = true;
        }
    }
    conclude(app, report, bytes, actor).await
}

/// Imports the newest file of each kind again.
pub(crate) async fn import_newest(app: &App, actor: &str) -> Result<Vec<Report>, Problem> {
    let files = app.blobs.list(CONTAINER, "").await?;
    let mut reports = Vec::new();
    for kind in ["locations", "glossary"] {
        let of_kind = files.iter().filter(|file| kind_of(&file.name) == Some(kind));
        let Some(newest) = of_kind.max_by_key(|file| file.last_modified) else { continue };
        let Some(bytes): Option<Bytes> = app.blobs.get(CONTAINER, &newest.name).await? else { continue };
        reports.push(import(app, kind, &newest.name, &bytes, actor).await?);
    }
    Ok(reports)
}

/// Records the outcome where operators look for it: the database, the audit log, and beside the file.
async fn conclude(app: &App, report: Report, bytes: &[u8], actor: &str) -> Result<Report, Problem> {
    let db = app.worker_db.connect().await?;
    let body = json!(report);
    let import =
        imports::record(&db, &report.file, &Sha256::digest(bytes), report.kind, report.accepted, &body)
            .await?;
    let details = json!({"kind": report.kind, "accepted": report.accepted, "rows": report.rows, "faults": report.faults.len()});
    audit::record(&db, actor, "REFERENCE_DATA_UPLOAD", &import.to_string(), &details).await?;
    let text = Bytes::from(format!("{body:#}"));
    if let Err(error) =
        app.blobs.put_beside(CONTAINER, &format!("{}{REPORT}", report.file), text, "application/json").await
    {
        tracing::warn!(error = %error, "the report could not be stored beside its file");
    }
    let (kind, rows, faults) = (report.kind, report.rows, report.faults.len());
    if report.accepted {
        tracing::info!(kind, rows, "a reference file was imported");
    } else {
        tracing::error!(kind, rows, faults, "a reference file was refused; the data before it stays");
    }
    Ok(report)
}
