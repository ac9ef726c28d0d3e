//! The Node process: started with its settings on standard input, ready when it names its port, gone with us.

use std::collections::VecDeque;
use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use thiserror::Error;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, Command};
use uuid::Uuid;

use super::Settings;
use crate::held;

/// How long the process may take until it is ready; a loaded machine needs several seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long its last words are waited for.
const FAREWELL: Duration = Duration::from_secs(2);

/// How many of its last words are kept for an error.
const LAST_WORDS: usize = 20;

/// Why the provider could not be started.
#[derive(Debug, Error)]
pub enum StartError {
    /// Node itself could not be started or spoken to.
    #[error("the identity provider's Node process cannot be started")]
    Node(#[from] io::Error),
    /// The process ended, or stayed silent.
    #[error("the identity provider was not ready in time; its last words: {last_words}")]
    NotReady {
        /// What it wrote to standard error.
        last_words: String,
    },
}

/// The running process.
pub(super) struct Process {
    pub(super) port: u16,
    /// Proves to the process that a control request comes from us.
    pub(super) control_key: String,
    /// Killed when dropped.
    _child: Child,
    /// The process ends when this closes, even if we are killed ourselves.
    _lifeline: ChildStdin,
}

#[derive(Deserialize)]
struct Ready {
    port: u16,
}

impl Process {
    pub(super) async fn start(base: &str, settings: &Settings) -> Result<Self, StartError> {
        let mut child = Command::new(&settings.node)
            .arg(&settings.script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(mut stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(StartError::Node(io::ErrorKind::BrokenPipe.into()));
        };
        let last_words = Arc::new(Mutex::new(VecDeque::new()));
        let listener = tokio::spawn(listen(stderr, Arc::clone(&last_words)));
        let control_key = Uuid::new_v4().to_string();
        let orders = json!({ "base": base, "controlKey": control_key, "tenants": settings.tenants });
        stdin.write_all(format!("{orders}\n").as_bytes()).await?;
        let mut lines = BufReader::new(stdout).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let ready =
            line.ok().and_then(Result::ok).flatten().and_then(|line| serde_json::from_str(&line).ok());
        let Some(Ready { port }) = ready else {
            // Its standard error ends with the process, and only then has it all been heard.
            child.start_kill()?;
            let _ended_or_not = tokio::time::timeout(FAREWELL, listener).await;
            let words: Vec<String> = held(&last_words).iter().cloned().collect();
            return Err(StartError::NotReady { last_words: words.join("\n") });
        };
        Ok(Self { port, control_key, _child: child, _lifeline: stdin })
    }

    /// The address of the process itself, which only we use.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

/// Logs what the process writes to standard error, and remembers the last of it.
async fn listen(stderr: ChildStderr, last_words: Arc<Mutex<VecDeque<String>>>) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::debug!(line, "identity provider");
        let mut words = held(&last_words);
        if words.len() == LAST_WORDS {
            words.pop_front();
        }
        words.push_back(line);
    }
}
