//! Everything that makes functions run other than HTTP, and the watch over their time.

use crate::blob;
use crate::function_json::Trigger;
use crate::host::{STARTUP, Shared};
use crate::log::Level;
use crate::storage_access::{HOST_CONTAINER, HOST_STORAGE, create_container};
use crate::watcher::Watcher;
use crate::{polling, queue, timer};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Prepares storage, declares the host running, and listens to everything that is not HTTP.
pub(crate) async fn run_triggers(shared: Arc<Shared>) {
    let active: Vec<_> = shared.functions.iter().filter(|function| !function.disabled).cloned().collect();
    if active.iter().any(|function| !matches!(function.trigger, Trigger::Http(_))) {
        prepare_storage(&shared).await;
    }
    let mut watchers = Watcher::for_functions(&shared.blob_functions);
    for watcher in &mut watchers {
        watcher.begin(&shared).await;
    }
    shared.running.send_replace(true);
    let mut listeners = JoinSet::new();
    for function in &active {
        if let Trigger::Timer { .. } = function.trigger {
            let (shared, function) = (Arc::clone(&shared), Arc::clone(function));
            listeners.spawn(async move {
                noting(&shared, &function.name, timer::run(shared.clone(), function.clone())).await
            });
        }
        match queue::listener(&shared, function) {
            Ok(Some(pump)) => drop(listeners.spawn(pump.run())),
            Ok(None) => {}
            Err(reason) => note(&shared, &function.name, &reason),
        }
    }
    start_blobs(&shared, watchers, &mut listeners);
    while listeners.join_next().await.is_some() {}
}

/// Starts what blob triggers need: a consumer per account, watchers for Event Grid, polling for the others.
fn start_blobs(shared: &Arc<Shared>, watchers: Vec<Watcher>, listeners: &mut JoinSet<()>) {
    let targets = &shared.blob_functions;
    let connections: BTreeSet<&str> = targets.iter().map(|target| target.connection.as_str()).collect();
    for connection in connections {
        let own = targets.iter().filter(|target| target.connection == connection).cloned().collect();
        match blob::consumer(shared, connection, own) {
            Ok(pump) => drop(listeners.spawn(pump.run())),
            Err(reason) => note(shared, connection, &reason),
        }
    }
    for watcher in watchers {
        let shared = Arc::clone(shared);
        let container = watcher.container.clone();
        listeners.spawn(async move { noting(&shared, &container, watcher.run(shared.clone())).await });
    }
    for target in targets.iter().filter(|target| !target.event_grid) {
        let (shared, target) = (Arc::clone(shared), target.clone());
        listeners.spawn(async move {
            noting(&shared, &target.function.name, polling::run(shared.clone(), target.clone())).await;
        });
    }
}

/// Runs a listener; if it ends with an error, that is logged and the others go on.
async fn noting(shared: &Shared, what: &str, listener: impl Future<Output = Result<(), String>>) {
    if let Err(reason) = listener.await {
        note(shared, what, &reason);
    }
}

fn note(shared: &Shared, what: &str, reason: &str) {
    let text = format!("The listener for '{what}' was unable to start or has ended: {reason}");
    shared.log.write(Level::Error, STARTUP, text);
}

/// Waits until the host's own container is there.
async fn prepare_storage(shared: &Shared) {
    let mut told = false;
    loop {
        let reason = match shared.storage.account(HOST_STORAGE) {
            Ok(account) => match create_container(&account, HOST_CONTAINER).await {
                Ok(()) => return,
                Err(error) => error.to_string(),
            },
            Err(reason) => reason,
        };
        if !told {
            let text = format!("The host's storage is not available, the host waits for it: {reason}");
            shared.log.write(Level::Error, STARTUP, text);
            told = true;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Kills the handler when an invocation exceeds `functionTimeout`; all others in flight go with it.
pub(crate) async fn watch_timeouts(shared: Arc<Shared>) {
    let Some(limit) = shared.config.function_timeout else { return };
    let mut ticks =
        tokio::time::interval((limit / 20).clamp(Duration::from_millis(10), Duration::from_secs(5)));
    loop {
        ticks.tick().await;
        let overdue = shared.invocations.overdue(limit);
        for function in &overdue {
            let text = format!(
                "Timeout value of {limit:?} exceeded by function 'Functions.{function}'; the handler is killed"
            );
            shared.log.write(Level::Error, "Host.Timeout", text);
        }
        if !overdue.is_empty() {
            shared.handler.restart();
        }
    }
}
