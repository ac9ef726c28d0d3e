//! `pi-dev with-services -- COMMAND`: runs a command beside real servers that are thrown away afterwards.

use crate::ports;
use crate::progress::{note, step};
use crate::project::Project;
use crate::services::account::Account;
use crate::services::azurite::Azurite;
use crate::services::postgres::{Plan, Postgres};
use crate::services::postgres_programs::Programs;
use crate::services::redis::Redis;
use crate::services::store::Store;
use crate::services::{Keep, given};
use crate::watchdog::Watchdog;
use anyhow::{Context, Result};
use rustix::process::{Pid, Signal};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

/// How often another free port is tried when somebody was quicker.
const ATTEMPTS: usize = 3;

/// Whether the command insists on Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisWish {
    /// Started where the machine has one.
    IfPresent,
    /// Fetched where it has none, and an error where that fails.
    Needed,
}

/// Runs the command with `DATABASE_URL`, `AzureWebJobsStorage` and `REDIS_URL` set, and gives its exit code.
/// A server whose variable is already set is used as it is.
///
/// # Errors
/// When a server or the command cannot be started.
pub async fn with_services(
    project: &Project,
    watchdog: &Watchdog,
    redis: RedisWish,
    command: &[OsString],
) -> Result<u8> {
    let store = Store::in_memory(watchdog)?;
    let servers = Servers::start(project, watchdog, &store, redis).await;
    let code = match &servers {
        Ok(servers) => run(command, servers.environment()).await,
        Err(_) => Ok(1),
    };
    if let Ok(servers) = servers {
        servers.stop().await;
        store.remove();
        code
    } else {
        store.remove();
        servers.map(|_| 1)
    }
}

/// The servers started for the command; those whose variable was set are absent.
struct Servers {
    postgres: Option<Postgres>,
    azurite: Option<Azurite>,
    redis: Option<Redis>,
}

impl Servers {
    async fn start(project: &Project, watchdog: &Watchdog, store: &Store, redis: RedisWish) -> Result<Self> {
        step("Starting Postgres, Azurite and Redis", async {
            // Together, so that the slowest alone decides how long it takes.
            let (postgres, azurite, redis) = tokio::join!(
                start_postgres(project, watchdog, store),
                start_azurite(project, watchdog, store),
                start_redis(project, watchdog, store, redis),
            );
            Ok(Self { postgres: postgres?, azurite: azurite?, redis: redis? })
        })
        .await
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let database = self.postgres.as_ref().map(|server| ("DATABASE_URL", server.url()));
        let storage = self.azurite.as_ref().map(|server| ("AzureWebJobsStorage", server.connection_string()));
        let redis = self.redis.as_ref().map(|server| ("REDIS_URL", server.url()));
        [database, storage, redis].into_iter().flatten().collect()
    }

    async fn stop(self) {
        let postgres = async {
            if let Some(server) = self.postgres {
                server.stop().await
            }
        };
        let azurite = async {
            if let Some(server) = self.azurite {
                server.stop().await
            }
        };
        let redis = async {
            if let Some(server) = self.redis {
                server.stop().await
            }
        };
        tokio::join!(postgres, azurite, redis);
    }
}

async fn start_postgres(project: &Project, watchdog: &Watchdog, store: &Store) -> Result<Option<Postgres>> {
    if given("DATABASE_URL").is_some() {
        return Ok(None);
    }
    let account = Account::for_postgres()?;
    let programs = Programs::find(project, account)?;
    let start = async |port| {
        let plan = Plan { programs: &programs, account, store, keep: Keep::Nothing, port };
        Postgres::start(plan, watchdog).await
    };
    on_a_free_port(start).await.map(Some)
}

async fn start_azurite(project: &Project, watchdog: &Watchdog, store: &Store) -> Result<Option<Azurite>> {
    if given("AzureWebJobsStorage").is_some() {
        return Ok(None);
    }
    Azurite::start(project, store, Keep::Nothing, (0, 0), watchdog).await.map(Some)
}

async fn start_redis(
    project: &Project,
    watchdog: &Watchdog,
    store: &Store,
    wish: RedisWish,
) -> Result<Option<Redis>> {
    if given("REDIS_URL").is_some() {
        return Ok(None);
    }
    let program = match (Redis::program(project), wish) {
        (Some(program), _) => program,
        (None, RedisWish::Needed) => Redis::fetch(project).await?,
        (None, RedisWish::IfPresent) => {
            note("There is no redis-server on this machine: the tests that need one will say so.");
            return Ok(None);
        }
    };
    on_a_free_port(async |port| Redis::start(&program, port, store, watchdog).await).await.map(Some)
}

async fn on_a_free_port<T>(start: impl AsyncFn(u16) -> Result<T>) -> Result<T> {
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match start(ports::free()?).await {
            Ok(server) => return Ok(server),
            Err(error) => last = Some(error),
        }
    }
    Err(last.context("no attempt was made")?)
}

/// Runs the command in this terminal and hands on the signals that only this process receives.
async fn run(command: &[OsString], environment: Vec<(&'static str, String)>) -> Result<u8> {
    let (program, arguments) = command.split_first().context("no command was given")?;
    let mut child = Command::new(program)
        .args(arguments)
        .envs(environment)
        .spawn()
        .with_context(|| format!("{} cannot be started", program.to_string_lossy()))?;
    // Ctrl-C reaches the command from the terminal; here it must only not end us before the command.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(exit_code(status?)),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {
                if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
                    // It may just have ended.
                    let _ignored = rustix::process::kill_process(pid, Signal::TERM);
                }
            }
        }
    }
}

/// The code a shell would report: 128 and the signal's number when a signal ended it.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_of_a_shell() {
        assert_eq!(exit_code(ExitStatus::from_raw(0)), 0);
        assert_eq!(exit_code(ExitStatus::from_raw(7 << 8)), 7);
        assert_eq!(exit_code(ExitStatus::from_raw(9)), 137);
    }
}
