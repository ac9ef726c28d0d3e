//! Starts Azurite, Microsoft's storage emulator, for tests: real wire protocol, nothing kept on disk.

use crate::connection_string::{EMULATOR_ACCOUNT, EMULATOR_KEY};
use crate::{Account, ConnectionString};
use std::io::{BufRead, BufReader, Error, ErrorKind, Result};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Ends the emulator when the process that holds the other end of its stdin is gone, however it went.
const WATCHDOG: &str = "data:text/javascript,process.stdin.resume();process.stdin.on('end',()=>process.exit());process.stdin.unref?.()";

/// How many accounts an emulator has beside its usual one.
const ACCOUNTS: usize = 100;

/// A running emulator. It stops when this is dropped or when the process ends.
#[derive(Debug)]
pub struct Azurite {
    process: Child,
    _lifeline: Option<ChildStdin>,
    blob_port: u16,
    queue_port: u16,
    given: AtomicUsize,
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
            .env("AZURITE_ACCOUNTS", accounts())
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let lifeline = process.stdin.take();
        match Self::read_ports(&mut process) {
            Ok((blob_port, queue_port)) => {
                Ok(Self { process, _lifeline: lifeline, blob_port, queue_port, given: AtomicUsize::new(0) })
            }
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

    /// The same for an account that nobody else uses: whole containers, and queues that no other host reads.
    ///
    /// # Panics
    /// When a hundred have been given away.
    #[must_use]
    pub fn own_account(&self) -> String {
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        assert!(number < ACCOUNTS, "the emulator has no more accounts");
        ConnectionString::for_emulated_account(&account_name(number), self.blob_port, self.queue_port)
    }

    /// The usual account. Each call makes a client of its own, since a client must not outlive its test's runtime.
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

fn account_name(number: usize) -> String {
    format!("own{number:03}")
}

/// The accounts, as the emulator reads them.
fn accounts() -> String {
    let own = (0..ACCOUNTS).map(account_name);
    let all: Vec<_> = std::iter::once(EMULATOR_ACCOUNT.to_owned())
        .chain(own)
        .map(|account| format!("{account}:{EMULATOR_KEY}"))
        .collect();
    all.join(";")
}

/// The number after the last colon.
fn port_in(line: &str) -> Option<u16> {
    let digits: String = line.rsplit_once(':')?.1.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
