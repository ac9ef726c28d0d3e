//! What can keep the host from starting, or stop it.

use std::path::PathBuf;

/// Why the host does not run.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A file the host needs cannot be read.
    #[error("{path} cannot be read: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system or the JSON parser said.
        reason: String,
    },
    /// host.json is present but not acceptable; nothing runs.
    #[error("host configuration error: {0}")]
    Configuration(String),
    /// The host cannot listen, or has no port for the handler.
    #[error("{0}")]
    Network(String),
    /// The program named in host.json cannot be started.
    #[error("the handler cannot be started: {0}")]
    Start(String),
    /// The handler ended with an error too often.
    #[error("the handler ended with an error {0} times; the host stops")]
    CrashLoop(u32),
    /// An invocation waited for a handler that never became ready.
    #[error("initialization of the handler timed out; the host stops")]
    NeverReady,
}
