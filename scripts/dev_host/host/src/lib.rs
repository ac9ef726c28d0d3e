//! A local Azure Functions host for custom handlers: starts the handler as Azure would, and drives it with
//! HTTP requests, timers, queue messages and blobs by the same rules.
//!
//! [`Host::start`] takes [`HostOptions`] and gives a [`RunningHost`]. README.md lists what is imitated and what is not.

mod admin;
mod answer;
mod assembly;
mod auth;
mod bindings;
mod blob;
mod body;
mod child;
mod client;
mod envelope;
mod error;
mod forward;
mod function_json;
mod host;
mod host_json;
mod http_envelope;
mod invocations;
mod invoke;
mod limits;
mod log;
mod message;
mod options;
mod outputs;
mod polling;
mod ports;
mod process;
mod proxy;
mod queue;
mod retry;
mod routes;
mod schedule;
mod server;
mod settings;
mod storage_access;
mod template;
mod timer;
mod triggers;
mod uri;
mod watcher;
mod webhook;

pub use auth::Keys;
pub use error::Error;
pub use host::{Host, RunningHost};
pub use invocations::{FunctionRuns, Outcome, Run};
pub use log::{Level, LogCallback, LogLine};
pub use options::{HostOptions, Timings};
pub use ports::free_port;
pub use settings::read_local_settings;

/// The version this host claims in `X-Azure-Functions-HostVersion` and its user agent.
pub const HOST_VERSION: &str = "4.1052.200.0";
