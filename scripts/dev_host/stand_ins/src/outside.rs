//! What the dashboard shows and does but the stand-ins do not own: functions, containers, court screens.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use thiserror::Error;

/// A function and how its last run went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionStatus {
    /// Its name, which is also its folder's.
    pub name: String,
    /// What starts it, in words or as its schedule.
    pub trigger: String,
    /// Whether the dashboard can start it; an HTTP function is started by calling it.
    pub can_be_fired: bool,
    /// Its last run, if it has run.
    pub last_run: Option<Run>,
}

/// One run of a function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub milliseconds: u64,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// What it reported, in a line.
    pub detail: String,
}

/// A court screen that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CourtScreen {
    /// The court's name.
    pub court: String,
    /// The screen's address.
    pub url: String,
}

/// Why something outside could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OutsideError {
    /// There is no function or container of that name.
    #[error("there is no {0}")]
    Unknown(String),
    /// It was tried and failed; the text says how.
    #[error("{0}")]
    Failed(String),
}

/// The functions of the local host.
#[async_trait]
pub trait Functions: Send + Sync {
    /// Every function, in the order to show them.
    async fn list(&self) -> Vec<FunctionStatus>;

    /// Runs a function now, as its trigger would; what it reported.
    async fn fire(&self, name: &str) -> Result<String, OutsideError>;
}

/// The containers of the local blob storage.
#[async_trait]
pub trait Containers: Send + Sync {
    /// The names of the containers that files may be dropped into.
    async fn list(&self) -> Vec<String>;

    /// Stores a file, as its producer would.
    async fn drop_file(&self, container: &str, name: &str, bytes: Bytes) -> Result<(), OutsideError>;
}

/// The court screens.
#[async_trait]
pub trait Screens: Send + Sync {
    /// Every screen, in the order to show them.
    async fn list(&self) -> Vec<CourtScreen>;
}

/// Nothing outside: for stand-ins that run alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

#[async_trait]
impl Functions for Nothing {
    async fn list(&self) -> Vec<FunctionStatus> {
        Vec::new()
    }

    async fn fire(&self, name: &str) -> Result<String, OutsideError> {
        Err(OutsideError::Unknown(format!("function called {name}")))
    }
}

#[async_trait]
impl Containers for Nothing {
    async fn list(&self) -> Vec<String> {
        Vec::new()
    }

    async fn drop_file(&self, container: &str, _: &str, _: Bytes) -> Result<(), OutsideError> {
        Err(OutsideError::Unknown(format!("container called {container}")))
    }
}

#[async_trait]
impl Screens for Nothing {
    async fn list(&self) -> Vec<CourtScreen> {
        Vec::new()
    }
}
