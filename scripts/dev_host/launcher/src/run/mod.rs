//! `pi-dev run`: brings everything up, loads the demonstration, stays until it is told to stop, and takes it all down.

mod engine;
mod functions;
mod host_log;
mod place;
mod servers;
mod standing_in;
mod storage_room;
mod summary;
mod up;

pub use summary::summary;

use crate::progress::note;
use crate::project::Project;
use crate::watchdog::Watchdog;
use anyhow::Result;
use tokio::signal::unix::{SignalKind, signal};
use up::Up;

/// What the command line chooses.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Begin with empty data.
    pub fresh: bool,
    /// Use Azure Functions Core Tools in place of the local host.
    pub core_tools: bool,
}

/// Runs until a signal ends it.
///
/// # Errors
/// When something cannot be started, or ends by itself.
pub async fn run(project: &Project, watchdog: &Watchdog, options: Options) -> Result<u8> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut up = Up::default();
    let outcome = tokio::select! {
        outcome = up.bring_up_and_stay(project, watchdog, options) => outcome,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        _ = hang_up.recv() => Ok(()),
    };
    note("Stopping …");
    up.take_down().await;
    outcome.map(|()| 0)
}
