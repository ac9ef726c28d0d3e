//! What the package runs on: a throw-away Postgres and Azurite, a token issuer, and two local Functions hosts, one
//! with the package and one with the floor.

use crate::courts;
use crate::load;
use anyhow::{Context, Result, bail};
use dev_host::{Host, HostOptions, RunningHost};
use hyper::{Method, Request, StatusCode};
use launcher::ports;
use launcher::progress::step;
use launcher::project::Project;
use launcher::services::Keep;
use launcher::services::account::Account;
use launcher::services::azurite::Azurite;
use launcher::services::postgres::{Plan, Postgres};
use launcher::services::postgres_programs::Programs;
use launcher::services::store::Store;
use launcher::settings::{self, Settings, app_database_url};
use launcher::watchdog::Watchdog;
use stand_ins::issuer::{TENANT, Version};
use stand_ins::{Options, StandIns};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use tokio::process::Command;

/// The client that publishes; the sample settings let it publish for SNL.
pub const PUBLISHER: &str = "hmi";
/// Functions that would do their work on the same two cores beside what is measured. In Azure they are a separate app.
const SWITCHED_OFF: [&str; 6] = [
    "effect_send",
    "effect_sweep",
    "publication_files",
    "reference_import",
    "retention",
    "subscription_dispatch",
];

/// The components.
pub struct Components {
    store: Store,
    /// Postgres's programs, pgbench among them where it is installed.
    pub programs: Programs,
    postgres: Postgres,
    azurite: Azurite,
    stand_ins: StandIns,
}

/// What is measured, running.
pub struct World {
    /// The components.
    pub components: Components,
    /// The app settings.
    pub settings: Settings,
    /// The package's host.
    pub app: RunningHost,
    /// The floor's host.
    pub hello: RunningHost,
    /// A publisher's token.
    pub token: String,
}

impl Components {
    /// Starts them, Postgres with its usual durability: a commit waits for the disk.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn start(project: &Project, watchdog: &Watchdog) -> Result<Self> {
        let store = Store::thrown_away(watchdog)?;
        let account = Account::for_postgres()?;
        let programs = Programs::find(project, account)?;
        let plan =
            Plan { programs: &programs, account, store: &store, keep: Keep::Data, port: ports::free()? };
        let (postgres, azurite) = tokio::join!(
            Postgres::start(plan, watchdog),
            Azurite::start(project, &store, Keep::Nothing, (0, 0), watchdog),
        );
        let stand_ins = StandIns::start(Options::default()).await?;
        Ok(Self { postgres: postgres?, azurite: azurite?, store, programs, stand_ins })
    }

    /// The database, as the owner of its schema.
    #[must_use]
    pub fn owner_database(&self) -> String {
        self.postgres.url()
    }

    /// The storage account.
    ///
    /// # Errors
    /// When the emulator's own connection string cannot be read.
    pub fn storage(&self) -> Result<storage::Account> {
        Ok(storage::Account::parse(&self.azurite.connection_string())?)
    }

    /// A folder that vanishes with the run.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self, name: &str) -> Result<std::path::PathBuf> {
        self.store.subfolder(name, None)
    }

    /// A token of a client with one role, valid for an hour.
    #[must_use]
    pub fn token(&self, settings: &Settings, client: &str, role: &str) -> String {
        let issuer = &self.stand_ins.issuer;
        let audience = settings.get("ENTRA_AUDIENCES").map_or("", String::as_str);
        issuer.token(&issuer.claims(Version::V2, client, audience, &[role]))
    }

    /// The package's settings: the sample's, with the addresses of what was started here.
    ///
    /// # Errors
    /// When the sample cannot be read.
    pub fn settings(&self, project: &Project) -> Result<Settings> {
        let mut settings = settings::sample(project)?;
        let (storage, issuer) = (self.azurite.connection_string(), &self.stand_ins.issuer);
        for (name, value) in [
            ("AzureWebJobsStorage", storage.clone()),
            ("PiStorage", storage),
            ("DATABASE_URL", app_database_url(&self.owner_database())?),
            ("REDIS_URL", String::new()),
            ("ENTRA_TENANT_ID", TENANT.to_owned()),
            ("ENTRA_ISSUER_V2", issuer.v2_issuer()),
            ("ENTRA_JWKS_URL", issuer.jwks_url()),
            ("NOTIFY_BASE_URL", self.stand_ins.notify.url()),
        ] {
            settings.insert(name.to_owned(), value);
        }
        for function in SWITCHED_OFF {
            settings.insert(format!("AzureWebJobs.{function}.Disabled"), "true".to_owned());
        }
        Ok(settings)
    }

    /// Brings the schema up to date, as a deployment does.
    ///
    /// # Errors
    /// When the migrations fail; the message shows what they printed.
    pub async fn migrate(&self, package: &Path, settings: &Settings) -> Result<()> {
        let output = Command::new(package.join("handler"))
            .arg("migrate")
            .env("MIGRATOR_DATABASE_URL", self.owner_database())
            .envs(settings.get("DATABASE_URL").map(|url| ("DATABASE_URL", url)))
            .output()
            .await
            .context("target/package/handler cannot be executed")?;
        if !output.status.success() {
            bail!("the migrations failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    /// Stops them and removes their files.
    pub async fn stop(self) {
        tokio::join!(self.postgres.stop(), self.azurite.stop());
        self.store.remove();
    }
}

impl World {
    /// Starts both hosts and brings in the courts through the API.
    ///
    /// # Errors
    /// When a handler does not get ready, or the courts are refused.
    pub async fn start(project: &Project, components: Components, settings: Settings) -> Result<Self> {
        let floor = components.folder("hello")?;
        lay_out_hello(&floor, &project.package())?;
        let app = step("Starting the package behind the host", host(&project.package(), &settings)).await?;
        let hello = step("Starting the floor behind the host", host(&floor, &settings)).await?;
        let operator = components.token(&settings, "bench-operator", "api.request.admin");
        step("Bringing in the courts", upload_courts(app.address(), &operator)).await?;
        let token = components.token(&settings, PUBLISHER, "api.publisher.user");
        Ok(Self { components, settings, app, hello, token })
    }

    /// Stops everything.
    pub async fn stop(self) {
        tokio::join!(self.app.stop(), self.hello.stop());
        self.components.stop().await;
    }
}

async fn host(script_root: &Path, settings: &Settings) -> Result<RunningHost> {
    let mut options = HostOptions::new(script_root);
    options.address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    options.settings = settings.clone();
    options.inherit_environment = false;
    let host = Host::start(options).await?;
    host.ready()
        .await
        .with_context(|| format!("the handler in {} does not get ready", script_root.display()))?;
    Ok(host)
}

/// A script root for the floor: the package's own host.json, one function that takes everything, its executable.
fn lay_out_hello(root: &Path, package: &Path) -> Result<()> {
    const CATCH_ALL: &str = r#"{"bindings": [
        {"type": "httpTrigger", "direction": "in", "name": "request", "authLevel": "anonymous", "route": "{*path}",
         "methods": ["get", "post"]},
        {"type": "http", "direction": "out", "name": "response"}
    ]}"#;
    let hello = std::env::current_exe()?.with_file_name("bench_hello");
    let copy = |from: &Path, to: &Path| {
        fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display())).map(drop)
    };
    copy(&package.join("host.json"), &root.join("host.json"))?;
    copy(&hello, &root.join("handler"))?;
    let function = root.join("hello");
    fs::create_dir_all(&function)?;
    fs::write(function.join("function.json"), CATCH_ALL)
        .context("the floor's function.json cannot be written")
}

async fn upload_courts(app: SocketAddr, token: &str) -> Result<()> {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/locations/upload")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/csv")
        .body(courts::file().into())?;
    match load::once(app, request).await? {
        (StatusCode::OK, _) => Ok(()),
        (status, body) => bail!("the courts were answered with {status}: {}", String::from_utf8_lossy(&body)),
    }
}
