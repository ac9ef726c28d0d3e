//! What the executable does besides serving: one command, and it ends.

use adapters::postgres::ledger::{self, Verdict};
use adapters::postgres::{Db, live_status, locations, migrate};
use anyhow::bail;
use domain::UserProvenance;
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

/// Prints the registry of list types, tab-separated, a line each under one of headings. A reader that closes the pipe
/// early ends it quietly.
fn print_list_types() -> std::io::Result<()> {
    const HEADINGS: [&str; 15] = [
        "name",
        "shape",
        "english name",
        "welsh name",
        "level",
        "user provenances",
        "third-party roles",
        "offered to",
        "sensitivity",
        "jurisdiction types",
        "weekly",
        "hidden",
        "deprecated",
        "aliases",
        "path",
    ];
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", HEADINGS.join("\t"))?;
    for list_type in lists::registry().all() {
        writeln!(out, "{}", facts_of(list_type).join("\t"))?;
    }
    Ok(())
}

/// What the headings of [`print_list_types`] ask of a list type; several values are separated by a comma.
fn facts_of(list_type: &lists::ListType) -> [String; 15] {
    let shape = match (list_type.reader(), list_type.table()) {
        (Some(_), _) => "strategic",
        (_, Some(_)) => "table",
        _ => "flat file",
    };
    let flag = |is_so: bool, word: &str| if is_so { word.to_owned() } else { String::new() };
    let names = |provenances: &[UserProvenance]| {
        provenances.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
    };
    let roles: Vec<&str> = list_type.third_party_roles.iter().map(|role| role.as_str()).collect();
    [
        list_type.name.clone(),
        shape.to_owned(),
        list_type.friendly.en.clone(),
        list_type.friendly.cy.clone(),
        list_type.level.as_str().to_owned(),
        names(&list_type.user_provenances),
        roles.join(", "),
        names(&list_type.offered_to),
        list_type.default_sensitivity.as_str().to_owned(),
        list_type.jurisdiction_types.join(", "),
        flag(list_type.weekly, "weekly"),
        flag(list_type.hidden, "hidden"),
        flag(list_type.deprecated, "deprecated"),
        list_type.aliases.join(", "),
        list_type.path.clone().unwrap_or_default(),
    ]
}
