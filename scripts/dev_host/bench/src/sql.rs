//! The floor for the database: the statements of a request alone, with parameters of the same shape, by pgbench.

use crate::courts::{INGEST_COURTS, SHOWN, snl_id};
use crate::load::Measured;
use crate::options::CONNECTIONS;
use crate::payload::Template;
use anyhow::{Context, Result, bail};
use lists::search::SearchRow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::process::Command;
use uuid::Uuid;

/// Columns of a publication with its version, as pages read them.
const COLUMNS: &str = "publication.publication_id, provenance, court_id, location_id, content_date, language, \
    list_type, artefact_type, sensitivity, display_from, display_to, withdrawn_at is not null, current_version, \
    number, version_id, sha256, size, media_type, is_flat_file, file_name, source_artefact_id, received_at, \
    published_at, superseded_at from publication join publication_version version \
    on version.publication_id = publication.publication_id and number = current_version";
/// Courts a client of the floor publishes for; all clients together stay within those of the ingest measures.
const COURTS_A_CLIENT: u32 = INGEST_COURTS / CONNECTIONS as u32;
/// Days between the dates of two runs, so that they never publish for the same court and date.
const DAYS_A_RUN: u32 = 10_000;

/// The statements of one kind of request; each `:name` is a parameter, sent as text.
#[derive(Debug, Clone)]
pub struct Script {
    statements: Vec<String>,
    values: BTreeMap<&'static str, String>,
}

impl Script {
    /// Recording a list, every time another one.
    ///
    /// # Panics
    /// When the template is not a valid list; a test validates each.
    #[must_use]
    pub fn record(template: &Template) -> Self {
        let rows = crate::in_process::search_rows(template);
        let join = |of: fn(&SearchRow) -> String| rows.iter().map(of).collect::<Vec<_>>().join("|");
        let array = |name: &str| {
            // The number in the template's text is replaced, so that no two lists share a case number.
            format!(
                "string_to_array(replace(:{name}::text, '00000000', :court::text || '-' || :day::text), '|')"
            )
        };
        let statement = format!(
            "select outcome, publication, version, revision, court from record_upload(\
             gen_random_uuid(), gen_random_uuid(), 'bench', now(), 'SNL', :court::text, 'VENUE', false, \
             date '2020-01-01' + :day::text::integer, 'ENGLISH', 'BENCH_' || :cases::text, 'LIST', 'PUBLIC', now(), \
             now() + interval '7 days', :sha::text::bytea, :size::text::integer, 'application/json', false, null, \
             'bench', null, null, null, {}, {}, {}, {})",
            array("numbers"),
            array("urns"),
            array("names"),
            array("parties"),
        );
        let values = BTreeMap::from([
            ("cases", template.cases.to_string()),
            ("sha", format!("\\x{}", "5a".repeat(32))),
            ("size", template.size().to_string()),
            ("numbers", join(|row| row.case_number.clone().unwrap_or_default())),
            ("urns", join(|row| row.urn.clone().unwrap_or_default())),
            ("names", join(|row| row.case_name.clone().unwrap_or_default())),
            ("parties", join(|row| row.parties.join("\n"))),
        ]);
        Self { statements: vec![statement], values }
    }

    /// Finding one publication.
    #[must_use]
    pub fn find(publication: Uuid) -> Self {
        let statement = format!("select {COLUMNS} where publication.publication_id = :id::text::uuid");
        Self { statements: vec![statement], values: BTreeMap::from([("id", publication.to_string())]) }
    }

    /// Finding what one court has published, and whether it has a live status.
    #[must_use]
    pub fn court() -> Self {
        let published = format!(
            "select {COLUMNS} where location_id = :id::text::integer and withdrawn_at is null \
             and display_from <= now() and (display_to is null or display_to > now()) and sensitivity = 'PUBLIC' \
             order by list_type, content_date desc, language, published_at desc"
        );
        let live =
            "select updates, last_updated from live_case_status where location_id = :id::text::integer";
        Self {
            statements: vec![published, live.to_owned()],
            values: BTreeMap::from([("id", SHOWN.to_string())]),
        }
    }
}

/// What runs the statements.
#[derive(Debug)]
pub enum Tool {
    /// pgbench, beside the server's programs.
    Pgbench(PathBuf),
    /// A loop over tokio-postgres: this installation has no pgbench.
    Loop,
}

/// A way to run the statements alone.
#[derive(Debug)]
pub struct Floor {
    /// What runs them.
    pub tool: Tool,
    /// The database, under the app's own login.
    pub database: String,
    /// Where the tool may write.
    pub folder: PathBuf,
    runs: AtomicU32,
}

impl Floor {
    /// With pgbench if that program is there.
    #[must_use]
    pub fn new(pgbench: PathBuf, database: String, folder: PathBuf) -> Self {
        let tool = if pgbench.is_file() { Tool::Pgbench(pgbench) } else { Tool::Loop };
        Self { tool, database, folder, runs: AtomicU32::new(0) }
    }

    /// What it is called in the report.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.tool {
            Tool::Pgbench(_) => "its SQL by pgbench",
            Tool::Loop => "its SQL by tokio-postgres",
        }
    }

    /// Runs the statements for so long, over as many connections as the load generator has.
    ///
    /// # Errors
    /// When the tool fails; the message shows what it printed.
    pub async fn run(&self, script: &Script, duration: Duration) -> Result<Measured> {
        let first_day = DAYS_A_RUN * self.runs.fetch_add(1, Ordering::Relaxed);
        match &self.tool {
            Tool::Pgbench(program) => self.pgbench(program, script, first_day, duration).await,
            Tool::Loop => crate::sql_loop::run(&self.database, script, first_day, duration).await,
        }
    }

    async fn pgbench(
        &self,
        program: &Path,
        script: &Script,
        first_day: u32,
        duration: Duration,
    ) -> Result<Measured> {
        let folder = self.folder.join(first_day.to_string());
        fs::create_dir_all(&folder)?;
        let file = folder.join("script.sql");
        fs::write(&file, pgbench_script(script, first_day))?;
        let mut command = Command::new(program);
        command.args(["--no-vacuum", "--protocol=prepared", "--log", "--jobs=2"]);
        command.arg(format!("--client={CONNECTIONS}"));
        command.arg(format!("--time={}", duration.as_secs().max(1)));
        command.arg(format!("--file={}", file.display())).arg("--define=n=0");
        for (name, value) in &script.values {
            command.arg(format!("--define={name}={value}"));
        }
        let output = command.arg(&self.database).current_dir(&folder).output().await?;
        if !output.status.success() {
            bail!("pgbench failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        let latencies = logged(&folder)?;
        fs::remove_dir_all(&folder)?;
        if latencies.is_empty() {
            bail!("pgbench did nothing:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(Measured::of(latencies, 0, duration.max(Duration::from_secs(1))))
    }
}

/// Court and day of a client's nth list.
#[must_use]
pub fn court_and_day(client: u32, n: u32, first_day: u32) -> (u32, u32) {
    (snl_id(1) + client * COURTS_A_CLIENT + n % COURTS_A_CLIENT, first_day + n / COURTS_A_CLIENT)
}

fn pgbench_script(script: &Script, first_day: u32) -> String {
    let first = snl_id(1);
    let mut text = format!(
        "\\set n :n + 1\n\\set court {first} + :client_id * {COURTS_A_CLIENT} + :n % {COURTS_A_CLIENT}\n\
         \\set day {first_day} + :n / {COURTS_A_CLIENT}\n"
    );
    for statement in &script.statements {
        text.push_str(statement);
        text.push_str(";\n");
    }
    text
}

/// The latencies pgbench has written down: the third field of each line, in microseconds.
fn logged(folder: &Path) -> Result<Vec<u32>> {
    let mut latencies = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("pgbench_log.") {
            let text = fs::read_to_string(entry.path()).context("pgbench's log cannot be read")?;
            let micros = |line: &str| line.split_whitespace().nth(2)?.parse::<u32>().ok();
            latencies.extend(text.lines().filter_map(micros));
        }
    }
    Ok(latencies)
}

impl Script {
    /// The statements with numbered parameters, and the name of each parameter in order.
    #[must_use]
    pub fn numbered(&self) -> Vec<(String, Vec<&'static str>)> {
        let names = || self.values.keys().copied().chain(["court", "day"]);
        let numbered = |statement: &String| {
            let mut used: Vec<&'static str> = Vec::new();
            let mut text = statement.clone();
            for name in names() {
                let place = format!(":{name}::");
                if text.contains(&place) {
                    used.push(name);
                    text = text.replace(&place, &format!("${}::", used.len()));
                }
            }
            (text, used)
        };
        self.statements.iter().map(numbered).collect()
    }

    /// The value of a parameter; court and day are those of the list to be recorded.
    #[must_use]
    pub fn value(&self, name: &str, court: u32, day: u32) -> String {
        match name {
            "court" => court.to_string(),
            "day" => day.to_string(),
            name => self.values.get(name).cloned().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_by_statement() {
        let court = Script::court().numbered();
        assert_eq!(court.len(), 2);
        assert!(court.iter().all(|(text, used)| text.contains("$1::text") && used == &["id"]));
        let (text, used) = Script::record(&Template::daily()).numbered().remove(0);
        assert_eq!(used.len(), 9);
        assert!(!text.contains(" :") && text.contains("$9::text"), "{text}");
    }

    #[test]
    fn clients_share_no_court() {
        let (last, _) = court_and_day(0, COURTS_A_CLIENT - 1, 0);
        let (next, _) = court_and_day(1, 0, 0);
        assert_eq!((next, court_and_day(1, COURTS_A_CLIENT, 5).1), (last + 1, 6));
    }
}
