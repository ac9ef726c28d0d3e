//! What a caller may choose about a host.

use crate::auth::Keys;
use crate::log::LogCallback;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// How a host is to run. Start from [`HostOptions::new`].
#[derive(Clone)]
pub struct HostOptions {
    /// The folder with host.json and one folder per function.
    pub script_root: PathBuf,
    /// Where to listen; port 0 takes any free one.
    pub address: SocketAddr,
    /// App settings, as in `Values` of local.settings.json.
    pub settings: BTreeMap<String, String>,
    /// Whether this process's environment is handed on. Its variables win over `settings`.
    pub inherit_environment: bool,
    /// Whether function keys are demanded; off, every level passes, as with the vendor's local tools.
    pub auth: bool,
    /// The keys, when `auth` is on.
    pub keys: Keys,
    /// `Some(true)` forward mode, `Some(false)` proxy mode, whatever host.json says; `None` leaves it to host.json.
    pub forward_mode: Option<bool>,
    /// Whether envelopes carry a Content-Length; otherwise they are chunked, as in Azure.
    pub content_length: bool,
    /// Overrides `customHandler.initializationTimeout` of host.json.
    pub initialization_timeout: Option<Duration>,
    /// The crash (within the window of [`Timings::crash_window`]) that stops the host; three in Azure.
    pub crash_limit: u32,
    /// Called for each log line.
    pub on_log: Option<LogCallback>,
    /// Intervals, mostly of interest to tests.
    pub timings: Timings,
}

impl HostOptions {
    /// The options Azure's behaviour corresponds to, on port 7071 of this machine.
    #[must_use]
    pub fn new(script_root: impl Into<PathBuf>) -> Self {
        Self {
            script_root: script_root.into(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 7071)),
            settings: BTreeMap::new(),
            inherit_environment: true,
            auth: false,
            keys: Keys::generate(),
            forward_mode: None,
            content_length: false,
            initialization_timeout: None,
            crash_limit: 3,
            on_log: None,
            timings: Timings::default(),
        }
    }
}

/// The host's intervals. The defaults are those of Azure, except where a developer's machine differs.
#[derive(Clone, Debug)]
pub struct Timings {
    /// Between two readiness probes.
    pub readiness_poll: Duration,
    /// Between two status pings of a ready handler.
    pub status_ping: Duration,
    /// How long a request waits for the host itself before 503.
    pub host_start_wait: Duration,
    /// Crashes further apart than this do not add up.
    pub crash_window: Duration,
    /// Pauses before the further attempts to connect in proxy mode.
    pub connect_pauses: Vec<Duration>,
    /// How long the handler may stay silent in proxy mode.
    pub proxy_idle: Duration,
    /// The shortest pause between two looks into an empty queue.
    pub queue_poll_floor: Duration,
    /// The longest such pause, if host.json allows as much.
    pub queue_poll_ceiling: Duration,
    /// How long a fetched message stays hidden; it is renewed at half this time.
    pub queue_visibility: Duration,
    /// Between two looks at a container on behalf of Event Grid.
    pub event_grid_scan: Duration,
    /// Between two looks of a polling blob trigger.
    pub blob_poll: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        let pauses = [50, 100, 200, 250, 250, 250, 250, 250, 250];
        Self {
            readiness_poll: Duration::from_millis(25),
            status_ping: Duration::from_secs(10),
            host_start_wait: Duration::from_secs(30),
            crash_window: Duration::from_secs(30 * 60),
            connect_pauses: pauses.into_iter().map(Duration::from_millis).collect(),
            proxy_idle: Duration::from_secs(240),
            queue_poll_floor: Duration::from_millis(100),
            queue_poll_ceiling: Duration::from_secs(2),
            queue_visibility: Duration::from_secs(600),
            event_grid_scan: Duration::from_secs(1),
            blob_poll: Duration::from_secs(10),
        }
    }
}
