//! Everything that runs, in the order it was started; taken down in the opposite order.

use super::engine::Engine;
use super::functions::HostFunctions;
use super::place::Place;
use super::servers::{Addresses, Servers};
use super::standing_in::{self, Company};
use super::storage_room::StorageRoom;
use super::{Options, summary};
use crate::client::{AppClient, publisher_token};
use crate::demo::Loader;
use crate::endpoints::Endpoints;
use crate::progress::step;
use crate::project::Project;
use crate::screens::CourtScreens;
use crate::watchdog::Watchdog;
use anyhow::{Context, Result, bail};
use chrono::Utc;
use stand_ins::StandIns;
use std::future::pending;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// How long the app may take until it is ready to serve.
const READY_LIMIT: Duration = Duration::from_secs(60);

/// What runs.
#[derive(Default)]
pub struct Up {
    servers: Option<Servers>,
    stand_ins: Option<StandIns>,
    engine: Option<Engine>,
    /// The files that say that it runs.
    saying: Vec<PathBuf>,
}

impl Up {
    /// Starts everything, loads the demonstration, and returns only when something ends by itself.
    ///
    /// # Errors
    /// What could not be started, or what ended.
    pub async fn bring_up_and_stay(
        &mut self,
        project: &Project,
        watchdog: &Watchdog,
        options: Options,
    ) -> Result<()> {
        let place = Place::claim(options)?;
        Endpoints::clear(project)?;
        self.saying = Endpoints::files(project).into();
        self.saying.iter().for_each(|file| watchdog.withdraw_at_end(file));
        let servers = Servers::start(project, watchdog, place, options.fresh);
        let servers = self.servers.insert(step("Starting Postgres and Azurite", servers).await?);
        let addresses = servers.addresses()?;
        step("Bringing the database up to date", migrate(project, &addresses)).await?;
        let room = StorageRoom(storage::Account::parse(&addresses.storage)?);
        room.prepare().await?;
        let endpoints = self.start_app(project, watchdog, options, place, &addresses, &room).await?;
        endpoints.write(project)?;
        step("Loading the demonstration", self.load(project, &endpoints, room)).await?;
        Endpoints::mark_ready(project)?;
        let screens = CourtScreens { database_url: addresses.owner_database, app: endpoints.app.clone() };
        // A reader who has gone away must not stop what runs.
        let _ignored = std::io::stdout().write_all(summary(&endpoints, &screens.read().await?).as_bytes());
        bail!("{}", self.ended().await)
    }

    /// The stand-ins first, since the handler may ask them for secrets when it starts.
    async fn start_app(
        &mut self,
        project: &Project,
        watchdog: &Watchdog,
        options: Options,
        place: Place,
        addresses: &Addresses,
        room: &StorageRoom,
    ) -> Result<Endpoints> {
        let app = format!("http://localhost:{}", place.app);
        let functions = Arc::new(HostFunctions::read(project, &app)?);
        let company = Company {
            port: place.stand_ins,
            app: app.clone(),
            mails: self.servers.as_ref().context("the servers run")?.folder("mails")?,
            addresses: addresses.clone(),
            room: room.clone(),
            functions: Arc::clone(&functions),
        };
        let stand_ins = step("Starting the stand-ins", standing_in::start(company)).await?;
        let stand_ins = &*self.stand_ins.insert(stand_ins);
        let settings = standing_in::app_settings(project, stand_ins, addresses, &app)?;
        let engine = Engine::start(project, watchdog, options, place.app, settings, &functions).await?;
        let engine = self.engine.insert(engine);
        let ready = async {
            tokio::select! {
                ready = ready(&app) => ready,
                reason = engine.died() => bail!("{reason}; target/run/host.log tells more"),
            }
        };
        step("Starting the Functions host and the handler", ready).await?;
        standing_in::endpoints(stand_ins, addresses, &app)
    }

    async fn load(&self, project: &Project, endpoints: &Endpoints, room: StorageRoom) -> Result<()> {
        let (Some(servers), Some(stand_ins)) = (&self.servers, &self.stand_ins) else {
            bail!("nothing runs yet");
        };
        let loader = Loader {
            project,
            account: room.0,
            database_url: &endpoints.database_url,
            publisher: AppClient::new(&endpoints.app, publisher_token(endpoints).await?)?,
            administrator: standing_in::administrator(stand_ins, &endpoints.app).await?,
            note: servers.folder("demo")?.join("loaded.json"),
        };
        loader.load(Utc::now()).await
    }

    /// Waits until something ends by itself; says what.
    async fn ended(&mut self) -> String {
        let servers = async {
            match &mut self.servers {
                Some(servers) => servers.ended().await,
                None => pending().await,
            }
        };
        let engine = async {
            match &mut self.engine {
                Some(engine) => engine.ended().await,
                None => pending().await,
            }
        };
        tokio::select! { text = servers => text, text = engine => text }
    }

    /// Stops everything.
    pub async fn take_down(self) {
        for file in self.saying {
            // The watchdog tries again when this process ends.
            let _ignored = std::fs::remove_file(file);
        }
        if let Some(engine) = self.engine {
            engine.stop().await;
        }
        drop(self.stand_ins);
        if let Some(servers) = self.servers {
            servers.stop().await;
        }
    }
}

/// Runs the staged handler's migrations as the schema's owner.
async fn migrate(project: &Project, addresses: &Addresses) -> Result<()> {
    let handler = project.package().join("handler");
    if !handler.is_file() {
        bail!("there is no package yet: run scripts/stage, or start with scripts/run");
    }
    let output = Command::new(handler)
        .arg("migrate")
        .env("MIGRATOR_DATABASE_URL", &addresses.owner_database)
        .env("DATABASE_URL", &addresses.app_database)
        .output()
        .await
        .context("the handler cannot be executed")?;
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        bail!("the migrations failed:\n{}", String::from_utf8_lossy(&text));
    }
    Ok(())
}

/// Polls the app's readiness until it says yes.
async fn ready(app: &str) -> Result<()> {
    let http = storage::http_client()?;
    let deadline = Instant::now() + READY_LIMIT;
    loop {
        let answer = http.get(format!("{app}/health/readiness")).timeout(Duration::from_secs(5)).send().await;
        let last = match answer {
            Ok(response) if response.status().is_success() => return Ok(()),
            Ok(response) => format!("it answers {}", response.status()),
            Err(error) => error.to_string(),
        };
        if Instant::now() > deadline {
            bail!("the app was not ready after {READY_LIMIT:?}: {last}; target/run/host.log tells more");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
