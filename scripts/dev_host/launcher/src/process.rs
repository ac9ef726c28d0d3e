//! A process this project started, in a group of its own, which it also ends.

use crate::watchdog::{Stop, Watchdog};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};
use std::future::Future;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// How long a service may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// A running service. Dropping it asks it to end; [`Service::stop`] also waits.
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    child: Child,
    group: u32,
    stop: Stop,
    watchdog: Watchdog,
}

impl Service {
    /// Starts a command in a process group of its own.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(name: &'static str, command: &mut Command, stop: Stop, watchdog: &Watchdog) -> Result<Self> {
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("{name} cannot be started"))?;
        let group = child.id().with_context(|| format!("{name} ended at once"))?;
        watchdog.watch(group, stop);
        Ok(Self { name, child, group, stop, watchdog: watchdog.clone() })
    }

    /// The process, for its output.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until `ready` says yes, the service ends, or the time is over.
    ///
    /// # Errors
    /// When it ended or did not answer in time; the message shows the end of its log.
    pub async fn wait_until<F: Future<Output = bool>>(
        &mut self,
        limit: Duration,
        log: &Path,
        ready: impl Fn() -> F,
    ) -> Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended ({status}) before it was ready.\n{}", self.name, last_lines(log));
            }
            if ready().await {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("{} was not ready after {limit:?}.\n{}", self.name, last_lines(log));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until it ends by itself, which for a service is an accident.
    pub async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => format!("{} ended unexpectedly ({status})", self.name),
            Err(error) => format!("{} cannot be watched: {error}", self.name),
        }
    }

    /// Asks it to end, waits, and kills it when it does not.
    pub async fn stop(mut self) {
        self.signal(self.stop.signal());
        if tokio::time::timeout(GRACE, self.child.wait()).await.is_err() {
            self.signal(Signal::KILL);
            // A killed process ends; waiting only collects it.
            let _ignored = self.child.wait().await;
        }
        self.watchdog.forget(self.group);
    }

    fn signal(&self, signal: Signal) {
        // `id` is None once the process has been waited for: its number may then be somebody else's.
        let alive = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(group) = alive {
            // The last process of the group may just have ended.
            let _ignored = rustix::process::kill_process_group(group, signal);
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.signal(self.stop.signal());
    }
}

/// The end of a log file, to be shown with an error.
pub fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let shown = &lines[lines.len().saturating_sub(15)..];
    format!("The end of {}:\n{}", log.display(), shown.join("\n"))
}
