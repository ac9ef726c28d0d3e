//! Starting, running and stopping a host.

use crate::assembly::assemble;
use crate::blob::BlobFunction;
use crate::client::Client;
use crate::error::Error;
use crate::function_json::{Function, FunctionError};
use crate::host_json::HostJson;
use crate::invocations::{FunctionRuns, Invocations};
use crate::limits::Gate;
use crate::log::{Level, Log, LogLine};
use crate::options::HostOptions;
use crate::process::Handler;
use crate::routes::RouteTable;
use crate::server;
use crate::settings::Settings;
use crate::storage_access::StorageAccess;
use crate::triggers::{run_triggers, watch_timeouts};
use hyper::header::{HeaderName, HeaderValue};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::AbortHandle;

/// The category of lines about the host's own start.
pub(crate) const STARTUP: &str = "Host.Startup";

/// What all parts of a running host share.
pub(crate) struct Shared {
    pub options: HostOptions,
    pub settings: Settings,
    pub config: HostJson,
    pub functions: Vec<Arc<Function>>,
    pub function_errors: Vec<FunctionError>,
    pub blob_functions: Vec<BlobFunction>,
    pub routes: RouteTable,
    pub custom_headers: Vec<(HeaderName, HeaderValue)>,
    pub body_limit: usize,
    pub gate: Gate,
    pub client: Client,
    pub handler: Handler,
    pub invocations: Arc<Invocations>,
    pub storage: StorageAccess,
    pub log: Log,
    pub host_id: String,
    pub started: Instant,
    pub initialization_timeout: Duration,
    pub running: watch::Sender<bool>,
}

impl Shared {
    /// Whether the host itself (not the handler) has started.
    pub(crate) fn is_running(&self) -> bool {
        *self.running.borrow()
    }

    /// Waits for the host to have started, up to the limit.
    pub(crate) async fn wait_until_running(&self) -> bool {
        if self.is_running() {
            return true;
        }
        let mut running = self.running.subscribe();
        let limit = self.options.timings.host_start_wait;
        matches!(tokio::time::timeout(limit, running.wait_for(|running| *running)).await, Ok(Ok(_)))
    }

    /// Waits for the handler, four times the initialisation timeout at most; then the host stops.
    pub(crate) async fn handler_ready(&self) -> Result<u64, Error> {
        let ready = self.handler.ready(self.initialization_timeout * 4).await;
        if let Err(Error::NeverReady) = ready {
            self.log.write(Level::Error, STARTUP, "Initialization timed out and host is shutting down");
            self.handler.stop();
        }
        ready
    }
}

/// A host that can be started.
pub struct Host;

/// A host at work. Dropping it stops it.
pub struct RunningHost {
    shared: Arc<Shared>,
    address: SocketAddr,
    tasks: Vec<AbortHandle>,
}

impl Host {
    /// Reads host.json and the functions, listens, and starts the handler. Returns before the handler is
    /// ready; requests wait for it.
    ///
    /// # Errors
    /// When host.json is missing a handler or invalid, or the address is in use. A function in error does
    /// not keep the others from running.
    pub async fn start(options: HostOptions) -> Result<RunningHost, Error> {
        let listener = TcpListener::bind(options.address)
            .await
            .map_err(|error| Error::Network(format!("{} cannot be listened on: {error}", options.address)))?;
        let address = listener.local_addr().map_err(|error| Error::Network(error.to_string()))?;
        let shared = Arc::new(assemble(options, address)?);
        let server = tokio::spawn(server::serve(Arc::clone(&shared), listener));
        let triggers = tokio::spawn(run_triggers(Arc::clone(&shared)));
        let watchdog = tokio::spawn(watch_timeouts(Arc::clone(&shared)));
        let tasks = vec![server.abort_handle(), triggers.abort_handle(), watchdog.abort_handle()];
        let (guarded, to_abort) = (Arc::clone(&shared), tasks.clone());
        tokio::spawn(async move {
            guarded.handler.stopped().await;
            to_abort.iter().for_each(AbortHandle::abort);
        });
        Ok(RunningHost { shared, address, tasks })
    }
}

impl RunningHost {
    /// Where the host listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the handler listens, or will.
    #[must_use]
    pub fn handler_address(&self) -> String {
        self.shared.client.authority()
    }

    /// The handler's process id, while there is a process.
    #[must_use]
    pub fn handler_pid(&self) -> Option<u32> {
        self.shared.handler.pid()
    }

    /// Waits until the handler answers and the host looks out for everything that triggers a function.
    ///
    /// # Errors
    /// When the handler does not in four times the initialisation timeout, or the host has stopped. A host that waits for
    /// its storage is ready for requests all the same.
    pub async fn ready(&self) -> Result<(), Error> {
        self.shared.handler_ready().await?;
        self.shared.wait_until_running().await;
        Ok(())
    }

    /// Kills the handler with SIGKILL; the host treats that as a crash and starts it again.
    pub fn kill_handler(&self) {
        self.shared.handler.kill();
    }

    /// The last runs of each function.
    #[must_use]
    pub fn invocations(&self) -> BTreeMap<String, FunctionRuns> {
        self.shared.invocations.report()
    }

    /// Functions that were refused, with the reasons.
    #[must_use]
    pub fn function_errors(&self) -> BTreeMap<String, String> {
        let errors = self.shared.function_errors.iter();
        errors.map(|error| (error.name.clone(), error.reason.clone())).collect()
    }

    /// The names of all loaded functions, in the order in which routes are tried.
    #[must_use]
    pub fn functions(&self) -> Vec<String> {
        self.shared.functions.iter().map(|function| function.name.to_string()).collect()
    }

    /// All log lines from now on.
    #[must_use]
    pub fn logs(&self) -> broadcast::Receiver<LogLine> {
        self.shared.log.subscribe()
    }

    /// Waits until the host stops.
    ///
    /// # Errors
    /// When it stopped because of the handler.
    pub async fn wait(&self) -> Result<(), Error> {
        self.shared.handler.stopped().await.map_or(Ok(()), Err)
    }

    /// Stops listening and kills the handler, at once and without warning, as the platform may.
    pub async fn stop(&self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.shared.handler.stop();
        self.shared.handler.stopped().await;
    }
}

impl Drop for RunningHost {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.shared.handler.stop();
    }
}
