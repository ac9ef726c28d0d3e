//! What the executable does besides serving: one command, and it ends.

use adapters::postgres::ledger::{self, Verdict};
use adapters::postgres::{Db, live_status, locations, migrate};
use anyhow::bail;
use domain::screen::token_of;
use runtime::settings::{optional, required};
use secrecy::SecretString;
use std::io::Write;

/// Runs a command by its name.
///
/// # Errors
/// An unknown command, a setting that is missing, or what the command met.
pub async fn run(command: &str) -> anyhow::Result<()> {
    adapters::http::install_tls_provider();
    match command {
        "migrate" => run_migrations().await,
        "screens" => print_screens().await,
        "verify-ledger" => verify_ledger().await,
        "list-types" => match print_list_types() {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        },
        _ => bail!("there is no command {command:?}; there are: migrate, screens, list-types, verify-ledger"),
    }
}

/// Brings the schema up to date, as the role that owns it (`MIGRATOR_DATABASE_URL`), and admits the app's login.
async fn run_migrations() -> anyhow::Result<()> {
    let migrator = SecretString::from(required("MIGRATOR_DATABASE_URL")?);
    let app = optional("DATABASE_URL")?.map(SecretString::from);
    let applied = migrate::migrate(&migrator, app.as_ref()).await?;
    for migration in &applied {
        println!("applied {migration}");
    }
    println!("{} migrations applied; the schema is up to date", applied.len());
    Ok(())
}

/// Prints the screen address of every court that sends a live case status, or of all with `--all`.
async fn print_screens() -> anyhow::Result<()> {
    let url = SecretString::from(required("DATABASE_URL")?);
    let base = required("PUBLIC_BASE_URL")?;
    let db = Db::configure(&url, "screens", 1)?.connect().await?;
    let live = live_status::courts(&db).await?;
    let all = std::env::args().any(|argument| argument == "--all");
    for court in locations::all(&db).await? {
        if all || live.contains(&court.location_id) {
            let token = token_of(court.location_id);
            println!(
                "{}\t{}\t{}/in-court/{token}",
                court.location_id,
                court.name,
                base.trim_end_matches('/')
            );
        }
    }
    Ok(())
}

/// Recomputes the chain of hashes over everything ever published.
async fn verify_ledger() -> anyhow::Result<()> {
    let url = SecretString::from(required("DATABASE_URL")?);
    let db = Db::configure(&url, "ledger", 1)?.connect().await?;
    match ledger::verify(&db).await? {
        Verdict::Whole(length) => println!("the ledger is whole: {length} entries"),
        Verdict::BrokenAt(entry) => bail!("the ledger is broken at entry {entry}"),
        Verdict::Unrecorded(versions) => bail!("{versions} versions have no entry in the ledger"),
    }
    Ok(())
}

/// Prints the registry of list types as a table. A reader that closes the pipe early ends it quietly.
fn print_list_types() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<60} {:<10} {:<24} {:<11} {:<7} path",
        "name", "shape", "level", "sensitivity", "weekly"
    )?;
    for list_type in lists::registry().all() {
        let shape = match (list_type.reader(), list_type.table()) {
            _ if list_type.deprecated => "deprecated",
            (Some(_), _) => "strategic",
            (_, Some(_)) => "table",
            _ => "flat file",
        };
        writeln!(
            out,
            "{:<60} {shape:<10} {:<24} {:<11} {:<7} {}",
            list_type.name,
            list_type.level.as_str(),
            list_type.default_sensitivity.as_str(),
            if list_type.weekly { "yes" } else { "" },
            list_type.path.as_deref().unwrap_or_default(),
        )?;
    }
    Ok(())
}
