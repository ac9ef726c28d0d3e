//! A Postgres server of this run's own.

use super::Keep;
use super::account::Account;
use super::postgres_programs::Programs;
use super::store::Store;
use crate::process::Service;
use crate::watchdog::{Stop, Watchdog};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;
use tokio_postgres::NoTls;

/// The database the project uses on a server of its own.
pub const DATABASE: &str = "pi";
/// How long a start may take, recovery after a power cut included.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    service: Service,
    port: u16,
}

/// What a start needs to know.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The server's programs.
    pub programs: &'a Programs,
    /// The user it runs under, when this process is root.
    pub account: Option<Account>,
    /// Where its data go.
    pub store: &'a Store,
    /// Whether they are kept.
    pub keep: Keep,
    /// Where it listens.
    pub port: u16,
}

impl Postgres {
    /// Makes the cluster if there is none yet, starts the server, and makes the project's database.
    ///
    /// # Errors
    /// When any of these fails; the message shows the end of the server's log.
    pub async fn start(plan: Plan<'_>, watchdog: &Watchdog) -> Result<Self> {
        let folder =
            plan.store.subfolder(&format!("postgres-{}", plan.programs.major_version()?), plan.account)?;
        let cluster = folder.join("cluster");
        if !cluster.is_dir() {
            // Under another name until it is complete: a start that was cut off leaves no half cluster.
            let draft = folder.join("draft");
            if draft.is_dir() {
                std::fs::remove_dir_all(&draft).context("an unfinished cluster cannot be removed")?;
            }
            initialise(&plan, &draft).await?;
            std::fs::rename(&draft, &cluster).context("the new cluster cannot be named")?;
        }
        let log = folder.join("server.log");
        let mut service =
            Service::start("Postgres", &mut server(&plan, &cluster, &log)?, Stop::Interrupt, watchdog)?;
        let maintenance = url(plan.port, "postgres");
        service.wait_until(START_LIMIT, &log, || answers(&maintenance)).await?;
        create_database(&maintenance).await?;
        Ok(Self { service, port: plan.port })
    }

    /// The project's database, as its superuser.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.port, DATABASE)
    }

    /// The running process.
    pub fn service(&mut self) -> &mut Service {
        &mut self.service
    }

    /// Stops it, leaving a clean cluster.
    pub async fn stop(self) {
        self.service.stop().await;
    }
}

fn url(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}")
}

fn under(account: Option<Account>, program: PathBuf) -> Command {
    let mut command = Command::new(program);
    if let Some(Account { uid, gid }) = account {
        command.uid(uid).gid(gid);
    }
    // The programs may not enter the folder pi-dev was started from.
    command.current_dir("/").env("LC_MESSAGES", "C");
    command
}

async fn initialise(plan: &Plan<'_>, cluster: &Path) -> Result<()> {
    // Not every machine has the first; the second always exists, but does not know case beyond ASCII.
    for locale in ["C.UTF-8", "C"] {
        let output = under(plan.account, plan.programs.program("initdb"))
            .arg("--pgdata")
            .arg(cluster)
            .args(["--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", locale])
            .args((plan.keep == Keep::Nothing).then_some("--no-sync"))
            .output()
            .await
            .context("initdb cannot be executed")?;
        if output.status.success() {
            return Ok(());
        }
        if locale == "C" {
            bail!("initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    Ok(())
}

fn server(plan: &Plan<'_>, cluster: &Path, log: &Path) -> Result<Command> {
    let log = std::fs::File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
    let mut command = under(plan.account, plan.programs.program("postgres"));
    command.arg("-D").arg(cluster).args(["-p", &plan.port.to_string()]);
    let mut set = |name: &str, value: &str| {
        command.args(["-c", &format!("{name}={value}")]);
    };
    set("listen_addresses", "127.0.0.1");
    set("unix_socket_directories", "");
    set("max_connections", "200");
    set("timezone", "UTC");
    // The default of 128 MB is less than a year's search rows and their indexes; a managed server has a quarter of its memory.
    set("shared_buffers", "512MB");
    if plan.keep == Keep::Nothing {
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            set(setting, "off");
        }
    }
    command.stdout(log.try_clone()?).stderr(log);
    Ok(command)
}

async fn answers(url: &str) -> bool {
    match tokio_postgres::connect(url, NoTls).await {
        Ok((client, connection)) => {
            tokio::spawn(connection);
            client.simple_query("select 1").await.is_ok()
        }
        Err(_) => false,
    }
}

async fn create_database(maintenance: &str) -> Result<()> {
    let (client, connection) = tokio_postgres::connect(maintenance, NoTls).await?;
    let connection = tokio::spawn(connection);
    let present =
        client.query_opt("select from pg_database where datname = $1", &[&DATABASE]).await?.is_some();
    if !present {
        client.batch_execute(&format!("create database {DATABASE}")).await?;
    }
    drop(client);
    connection.await.context("the connection's task failed")?.context("the connection failed")
}
