//! Starts Azurite, Microsoft's storage emulator, for tests: real wire protocol, nothing kept on disk.

use crate::{Account, ConnectionString};
use std::io::{BufRead, BufReader, Error, ErrorKind, Result};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// Ends the emulator when the process that holds the other end of its stdin is gone, however it went.
const WATCHDOG: &str = "data:text/javascript,process.stdin.resume();process.stdin.on('end',()=>process.exit());process.stdin.unref?.()";

/// A running emulator. It stops when this is dropped or when the process ends.
#[derive(Debug)]
pub struct Azurite {
    process: Child,
    _lifeline: Option<ChildStdin>,
    blob_port: u16,
    queue_port: u16,
}

impl Azurite {
    /// Starts one on free ports of 127.0.0.1 and returns once it listens (about two seconds).
    ///
    /// # Errors
    /// When `node` or the `azurite` package of `scripts/` is not installed, or the emulator ends early.
    pub fn start() -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../scripts/node_modules/azurite/dist/src/azurite.js");
        let mut process = Command::new("node")
            .arg("--import")
            .arg(WATCHDOG)
            .arg(script)
            .args([
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                "0",
                "--queueHost",
                "127.0.0.1",
                "--queuePort",
                "0",
            ])
            .args(["--tableHost", "127.0.0.1", "--tablePort", "0"])
            .args(["--inMemoryPersistence", "--skipApiVersionCheck", "--silent"])
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let lifeline = process.stdin.take();
        match Self::read_ports(&mut process) {
            Ok((blob_port, queue_port)) => Ok(Self { process, _lifeline: lifeline, blob_port, queue_port }),
            Err(error) => {
                let _gone = process.kill();
                let _reaped = process.wait();
                Err(error)
            }
        }
    }

    /// One emulator for all tests of a test executable.
    ///
    /// # Panics
    /// When it cannot be started: without storage such tests are red, never skipped.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Azurite> = OnceLock::new();
        SHARED.get_or_init(|| Self::start().expect("Azurite starts: run `npm ci` in scripts/"))
    }

    /// A connection string for it, as the setting `AzureWebJobsStorage` would hold.
    #[must_use]
    pub fn connection_string(&self) -> String {
        ConnectionString::for_emulator(self.blob_port, self.queue_port)
    }

    /// The account it holds. Each call makes a client of its own, since a client must not outlive its test's runtime.
    ///
    /// # Panics
    /// Never: the connection string is well formed.
    #[must_use]
    pub fn account(&self) -> Account {
        Account::parse(&self.connection_string()).expect("the emulator's connection string is well formed")
    }

    /// Reads the three "listening at" lines, then drains further output so that the pipe never fills.
    fn read_ports(process: &mut Child) -> Result<(u16, u16)> {
        let stdout = process.stdout.take().ok_or_else(|| Error::from(ErrorKind::BrokenPipe))?;
        let mut lines = BufReader::new(stdout).lines();
        let (mut blob, mut queue, mut table) = (None, None, None);
        while blob.is_none() || queue.is_none() || table.is_none() {
            let line = lines.next().ok_or_else(|| Error::other("Azurite ended before it listened"))??;
            let port = line.contains("listen").then(|| port_in(&line)).flatten();
            if line.contains("Blob service is successfully") {
                blob = port;
            } else if line.contains("Queue service is successfully") {
                queue = port;
            } else if line.contains("Table service is successfully") {
                table = port;
            }
        }
        std::thread::spawn(move || lines.for_each(drop));
        Ok((blob.unwrap_or_default(), queue.unwrap_or_default()))
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// The number after the last colon.
fn port_in(line: &str) -> Option<u16> {
    let digits: String = line.rsplit_once(':')?.1.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
