//! pi-dev: starts P&I and everything it needs on a developer's machine, and for tests.

use anyhow::Result;
use launcher::cli::{self, Command};
use launcher::client::publisher_token;
use launcher::endpoints::Endpoints;
use launcher::project::Project;
use launcher::run::{Options, run};
use launcher::screens::CourtScreens;
use launcher::watchdog::{self, Watchdog};
use launcher::with_services::with_services;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let command = match cli::parse(&arguments) {
        Ok(command) => command,
        Err(mistake) => {
            eprint!("pi-dev: {mistake}\n\n{}", cli::USAGE);
            return ExitCode::from(2);
        }
    };
    match execute(command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("\npi-dev: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> Result<u8> {
    match command {
        Command::Help => {
            print!("{}", cli::USAGE);
            Ok(0)
        }
        Command::Watchdog { mark } => {
            watchdog::watch_over(&mark, std::io::stdin().lock());
            Ok(0)
        }
        command => {
            let mark = watchdog::ensure_mark()?;
            let watchdog = Watchdog::start(&std::env::current_exe()?, &mark)?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(serve(command, &watchdog))
        }
    }
}

async fn serve(command: Command, watchdog: &Watchdog) -> Result<u8> {
    let project = Project::find()?;
    match command {
        Command::WithServices { redis, command } => with_services(&project, watchdog, redis, &command).await,
        Command::Run { fresh, core_tools } => run(&project, watchdog, Options { fresh, core_tools }).await,
        Command::Token => {
            println!("{}", publisher_token(&Endpoints::read(&project)?).await?);
            Ok(0)
        }
        Command::Screens => print_screens(&project).await,
        Command::Help | Command::Watchdog { .. } => Ok(0),
    }
}

async fn print_screens(project: &Project) -> Result<u8> {
    let Endpoints { database_url, app, .. } = Endpoints::read(project)?;
    for screen in (CourtScreens { database_url, app }).read().await? {
        println!("{}  {}", screen.url, screen.court);
    }
    Ok(0)
}
