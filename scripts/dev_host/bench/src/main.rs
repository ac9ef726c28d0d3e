//! pi-bench: starts the deployable package on real components, measures it beside its floors, and prints each number
//! with its target. Numbers inform; they never fail: the exit code is 0 unless something could not be run.

mod blob;
mod courts;
mod growth;
mod in_process;
mod load;
mod machine;
mod options;
mod payload;
mod proc;
mod report;
mod requests;
mod scenarios;
mod sql;
mod sql_loop;
mod startup;
mod world;

use anyhow::{Result, bail};
use launcher::progress::step;
use launcher::project::Project;
use launcher::watchdog::{self, Watchdog};
use options::{Options, USAGE};
use report::{Report, Target, median};
use requests::Numbers;
use sql::Floor;
use std::process::ExitCode;
use std::sync::OnceLock;
use world::{Components, World};

/// Never dropped: the watchdog acts when the pipe to it closes, and it should not meet this process still leaving.
static WATCHDOG: OnceLock<Watchdog> = OnceLock::new();
/// Idle memory that is aimed at, in bytes.
const IDLE_MEMORY: u64 = 40_000_000;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|argument| argument.to_str()) {
        // The watchdog is this executable again; see `launcher::watchdog`.
        Some(watchdog::COMMAND) => {
            let mark = arguments.get(1).map(|mark| mark.to_string_lossy().into_owned()).unwrap_or_default();
            watchdog::watch_over(&mark, std::io::stdin().lock());
            ExitCode::SUCCESS
        }
        Some("--help" | "-h") => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => match Options::read(&arguments) {
            Ok(options) => execute(options),
            Err(mistake) => {
                eprint!("pi-bench: {mistake}\n\n{USAGE}");
                ExitCode::from(2)
            }
        },
    }
}

fn execute(options: Options) -> ExitCode {
    let run = || -> Result<()> {
        let mark = watchdog::ensure_mark()?;
        let watchdog = Watchdog::start(&std::env::current_exe()?, &mark)?;
        let watchdog = WATCHDOG.get_or_init(|| watchdog);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            tokio::select! {
                done = measure(options, watchdog) => done,
                _ = tokio::signal::ctrl_c() => bail!("interrupted"),
            }
        })
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\npi-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: Options, watchdog: &Watchdog) -> Result<()> {
    let project = Project::find()?;
    if !project.package().join("handler").is_file() {
        bail!("there is no package in target/package: run scripts/stage, or start with scripts/bench");
    }
    let mut report = Report::default();
    let components =
        step("Starting Postgres, Azurite and the issuer", Components::start(&project, watchdog)).await?;
    report.section("Where this was measured");
    for line in machine::describe(&project, &components.programs)? {
        report.note(&line);
    }
    report.section(&format!("In one process, one core (median of {})", options.repetitions));
    in_process::measure(&options, &mut report)?;
    let settings = components.settings(&project)?;
    let package = project.package();
    step("Bringing the database up to date", components.migrate(&package, &settings)).await?;
    let world = World::start(&project, components, settings).await?;
    alone(&project, &world, &options, &mut report).await?;
    under_load(&world, &options, &mut report).await?;
    report.finish();
    world.stop().await;
    Ok(())
}

/// The handler by itself, with the courts in the database.
async fn alone(project: &Project, world: &World, options: &Options, report: &mut Report) -> Result<()> {
    let (package, settings, times) = (project.package(), world.settings.clone(), options.starts);
    let starting = tokio::task::spawn_blocking(move || -> Result<_> {
        let starts = startup::starts(&package, &settings, times)?;
        Ok((starts, startup::idle_memory(&package, &settings)?))
    });
    let (starts, idle) = step("Starting the handler again and again", async { starting.await? }).await?;
    report.section(&format!("The handler alone (median of {times} starts)"));
    let answer = median(starts.iter().map(|start| start.answer).collect());
    let page = median(starts.iter().map(|start| start.page).collect());
    let ms = |number: f64| format!("{number:.1} ms");
    report.line("start to first answer", ms(answer), Some(Target::new("under 50 ms", answer < 50.0)));
    report.line(
        "start to first page from the database",
        ms(page),
        Some(Target::new("within 400 ms", page <= 400.0)),
    );
    let target = Target::new("under 40 MB", idle < IDLE_MEMORY);
    report.line("resident memory, idle", format!("{:.1} MB", idle as f64 / 1e6), Some(target));
    Ok(())
}

async fn under_load(world: &World, options: &Options, report: &mut Report) -> Result<()> {
    let components = &world.components;
    let database = world.settings.get("DATABASE_URL").cloned().unwrap_or_default();
    let floor = Floor::new(components.programs.program("pgbench"), database, components.folder("pgbench")?);
    if let sql::Tool::Loop = floor.tool {
        report
            .note("There is no pgbench beside Postgres: the database's floor is a loop over tokio-postgres.");
    }
    report.section(&format!(
        "Under load: {} connections, median of {} runs of {} s. \"Of it\": the package's rate as a part of that floor's",
        options::CONNECTIONS,
        options.rounds,
        options.run.as_secs()
    ));
    let pages = scenarios::pages(world).await?;
    scenarios::run(&pages, world, &floor, options, report).await?;
    let numbers = Numbers::default();
    scenarios::unread(world, &numbers, options, report).await?;
    scenarios::crowd(world, options, report).await?;
    let ingests = scenarios::ingests(world, &numbers);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for ingest in ingests.chunks(1) {
        growth::empty(&components.owner_database()).await?;
        blob::empty(&components.storage()?).await?;
        before.extend(scenarios::run(ingest, world, &floor, options, report).await?);
    }
    if let Some(rows) = options.table_rows {
        let (owner, heading) =
            (components.owner_database(), format!("Filling the tables to {rows} publications"));
        let present = step(&heading, growth::fill(&owner, rows)).await?;
        report.section(&format!("With {present} publications in the tables"));
        for ingest in ingests.chunks(1) {
            blob::empty(&components.storage()?).await?;
            after.extend(scenarios::run(ingest, world, &floor, options, report).await?);
        }
        scenarios::compare_growth(&ingests, &before, &after, report);
    }
    Ok(())
}
