//! Azurite, Microsoft's storage emulator, with blobs and queues.

use super::Keep;
use super::store::Store;
use crate::process::{Service, last_lines};
use crate::project::{Project, on_path};
use crate::watchdog::{Stop, Watchdog};
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{ChildStdout, Command};

/// How long a start may take; on a busy machine with a cold disk it has taken sixteen seconds.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running emulator.
#[derive(Debug)]
pub struct Azurite {
    service: Service,
    blob: u16,
    queue: u16,
}

impl Azurite {
    /// Starts it; port 0 lets the system choose.
    ///
    /// # Errors
    /// When Node or the package is missing, or it does not listen in time.
    pub async fn start(
        project: &Project,
        store: &Store,
        keep: Keep,
        (blob, queue): (u16, u16),
        watchdog: &Watchdog,
    ) -> Result<Self> {
        let node = on_path("node").context("Node was not found on the PATH; install version 20 or newer")?;
        let mut command = Command::new(node);
        command.arg(project.npm_file("azurite/dist/src/azurite.js")?);
        command.args(["--blobHost", "127.0.0.1", "--blobPort", &blob.to_string()]);
        command.args(["--queueHost", "127.0.0.1", "--queuePort", &queue.to_string()]);
        // Nobody uses tables, but the emulator starts them all the same.
        command.args(["--tableHost", "127.0.0.1", "--tablePort", "0"]);
        command.args(["--skipApiVersionCheck", "--silent"]);
        match keep {
            Keep::Data => command.arg("--location").arg(store.subfolder("azurite", None)?),
            Keep::Nothing => command.arg("--inMemoryPersistence"),
        };
        // Not ours: Node would make it a stream that does not block, and whoever else writes to it would lose lines.
        let log = store.folder().join("azurite.log");
        let errors = File::create(&log).context("Azurite's log cannot be made")?;
        command.current_dir(store.folder()).stdout(Stdio::piped()).stderr(errors);
        let mut service = Service::start("Azurite", &mut command, Stop::Terminate, watchdog)?;
        let output = service.child().stdout.take().context("Azurite has no stdout")?;
        let mut lines = BufReader::new(output).lines();
        let Ok(ports) = tokio::time::timeout(START_LIMIT, listening(&mut lines)).await else {
            bail!("Azurite was not ready after {START_LIMIT:?}.\n{}", last_lines(&log));
        };
        let (blob, queue) = ports.with_context(|| last_lines(&log))?;
        // Read on, so that the pipe never fills.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { service, blob, queue })
    }

    /// A connection string as `AzureWebJobsStorage` takes it.
    #[must_use]
    pub fn connection_string(&self) -> String {
        storage::ConnectionString::for_emulator(self.blob, self.queue)
    }

    /// The running process.
    pub fn service(&mut self) -> &mut Service {
        &mut self.service
    }

    /// Stops it.
    pub async fn stop(self) {
        self.service.stop().await;
    }
}

/// The ports of the blob and queue services, once all three services have said that they listen.
async fn listening(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<(u16, u16)> {
    let (mut blob, mut queue, mut table) = (None, None, None);
    loop {
        let line = lines.next_line().await?.context("Azurite ended before it listened")?;
        let port = port_in(&line);
        if line.contains("Blob service is successfully") {
            blob = port;
        } else if line.contains("Queue service is successfully") {
            queue = port;
        } else if line.contains("Table service is successfully") {
            table = port;
        }
        if let (Some(blob), Some(queue), Some(_)) = (blob, queue, table) {
            return Ok((blob, queue));
        }
    }
}

/// The number after the last colon of `… at http://127.0.0.1:10000`.
fn port_in(line: &str) -> Option<u16> {
    let (_, tail) = line.split_once("http://")?;
    let digits: String = tail.rsplit_once(':')?.1.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_the_last_number_of_the_address() {
        let line = "Azurite Queue service is successfully listening at http://127.0.0.1:41233";
        assert_eq!(port_in(line), Some(41233));
        assert_eq!(port_in("Azurite Blob service is starting at port: 1"), None);
    }
}
