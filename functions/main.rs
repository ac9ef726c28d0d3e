//! The one executable. As the host's custom handler it reads its settings, puts its parts together, listens, and only
//! then meets its database. With a command it does one thing and ends: `migrate`, `screens`, `list-types`, `verify-ledger`.

mod commands;

use anyhow::Context;
use portal::{SecurityHeaders, SecuritySettings, Site};
use runtime::app::Clock;
use runtime::settings::Settings;
use runtime::{App, server, telemetry};
use std::process::ExitCode;

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::new(error)),
    };
    let done = match command.as_deref() {
        None => runtime.block_on(serve()),
        Some(command) => {
            return runtime
                .block_on(commands::run(command))
                .map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS);
        }
    };
    // A handler that ends is an error, whatever the reason: the host restarts it only if it says so.
    match done {
        Ok(()) => fail(&anyhow::anyhow!("the handler stopped serving")),
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

async fn serve() -> anyhow::Result<()> {
    let settings = Settings::from_environment()?;
    telemetry::start(&settings.log_level);
    let port = settings.port;
    let site = Site::new(functions::PAGES).context("the pages")?;
    let security = SecuritySettings { https: settings.is_https(), ..SecuritySettings::default() };
    let headers = SecurityHeaders::new(&security)?;
    let app = App::new(settings, site, Clock::System, functions::HOST_JSON)?;
    tokio::spawn(ensure_stores(app.clone()));
    server::serve(port, server::router(app, functions::ALL, headers)).await.context("the port")
}

/// Makes the containers and queues, should they not be there; tries again until the store answers.
async fn ensure_stores(app: App) {
    loop {
        let containers = app.blobs.ensure_containers(&functions::CONTAINERS).await;
        let queues = app.wake_ups.ensure_queues(&functions::QUEUES).await;
        match (containers, queues) {
            (Ok(()), Ok(())) => return,
            _ => tracing::warn!("the storage account is not there yet"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    }
}
