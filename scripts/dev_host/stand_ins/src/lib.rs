//! Stand-ins for what cannot run on a developer's machine, behind one address: GOV.UK Notify at `/notify`, Entra ID at
//! `/identity`, Key Vault at `/keyvault`, an issuer for tests at `/issuer`, and a dashboard over them at `/`.
//!
//! Each speaks the real protocol and can be told to misbehave. There is no global state: a test starts its own on a
//! free port, and everything stops when it is dropped.

pub mod clock;
mod dashboard;
pub mod faults;
mod http;
pub mod identity;
pub mod issuer;
pub mod key_vault;
pub mod notify;
pub mod outside;
mod server;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::dashboard::{Dashboard, Parts};
use crate::identity::Identity;
use crate::issuer::Issuer;
use crate::key_vault::KeyVault;
use crate::notify::Notify;
use crate::outside::{Containers, Functions, Nothing, Screens};

/// The port of a developer's machine.
pub const USUAL_PORT: u16 = 7072;

/// The largest request, in bytes: two files at Notify's limit as base64, and room for more that is refused by it.
const LARGEST_REQUEST: usize = 64 * 1024 * 1024;

/// What the stand-ins are started with; the default is a free port, nothing on disk and no Node process.
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where mails are kept between starts; without it they are forgotten.
    pub data_directory: Option<PathBuf>,
    /// The time.
    pub clock: Clock,
    /// GOV.UK Notify's service, keys, templates and limits.
    pub notify: notify::Settings,
    /// Where delivery receipts go; can be set later too.
    pub callback: Option<notify::Callback>,
    /// The identity provider, if its Node process is to be started.
    pub identity: Option<identity::Settings>,
    /// The secrets in Key Vault, by name.
    pub secrets: BTreeMap<String, String>,
    /// The address of the API that the dashboard's examples call.
    pub api_url: String,
    /// The functions the dashboard lists and fires.
    pub functions: Arc<dyn Functions>,
    /// The containers the dashboard drops files into.
    pub containers: Arc<dyn Containers>,
    /// The court screens the dashboard links to.
    pub screens: Arc<dyn Screens>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            data_directory: None,
            clock: Clock::system(),
            notify: notify::Settings::default(),
            callback: None,
            identity: None,
            secrets: BTreeMap::new(),
            api_url: "http://localhost:7071".to_owned(),
            functions: Arc::new(Nothing),
            containers: Arc::new(Nothing),
            screens: Arc::new(Nothing),
        }
    }
}

/// Why the stand-ins could not be started.
#[derive(Debug, Error)]
pub enum StartError {
    /// The port is taken.
    #[error("port {port} cannot be used")]
    Port {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The data directory cannot be used.
    #[error("the mails kept on disk cannot be read")]
    Data(#[source] io::Error),
    /// The identity provider did not start.
    #[error("the identity provider could not be started")]
    Identity(#[from] identity::StartError),
}

/// The running stand-ins; dropping it closes the server and kills the identity provider.
pub struct StandIns {
    /// GOV.UK Notify.
    pub notify: Notify,
    /// Key Vault.
    pub key_vault: KeyVault,
    /// The issuer for tests.
    pub issuer: Issuer,
    /// Entra ID, if it was started.
    pub identity: Option<Identity>,
    address: SocketAddr,
    base: String,
    server: JoinHandle<()>,
}

impl StandIns {
    /// Starts them all; they answer when this returns.
    ///
    /// # Errors
    /// When the port or the data directory cannot be used, or the identity provider does not start.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port;
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = bound.map_err(|source| StartError::Port { port, source })?;
        let address = listener.local_addr().map_err(|source| StartError::Port { port, source })?;
        let base = format!("http://localhost:{}", address.port());
        let clock = options.clock;
        let data = options.data_directory.as_deref();
        let notify = Notify::new(&base, clock.clone(), options.notify, options.callback, data)
            .map_err(StartError::Data)?;
        let key_vault = KeyVault::new(&base, clock.clone(), &options.secrets);
        let issuer = Issuer::new(format!("{base}/issuer"), clock);
        let identity = match options.identity {
            Some(settings) => Some(Identity::start(&base, settings).await?),
            None => None,
        };
        let dashboard = Dashboard(Arc::new(Parts {
            port: address.port(),
            api_url: options.api_url,
            notify: notify.clone(),
            key_vault: key_vault.clone(),
            issuer: issuer.clone(),
            identity: identity.clone(),
            functions: options.functions,
            containers: options.containers,
            screens: options.screens,
            templates: dashboard::templates(),
            notice: Mutex::default(),
        }));
        let server = tokio::spawn(server::serve(listener, routes(dashboard)));
        Ok(Self { notify, key_vault, issuer, identity, address, base, server })
    }

    /// The address they listen on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that all others begin with, such as `http://localhost:7072`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.base
    }
}

impl Drop for StandIns {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Everything behind the one address.
fn routes(dashboard: Dashboard) -> Router {
    let parts = Arc::clone(&dashboard.0);
    let identity = match &parts.identity {
        Some(identity) => identity.routes(),
        None => Router::new().route("/identity/{*rest}", axum::routing::any(no_identity)),
    };
    Router::new()
        .nest("/notify", parts.notify.routes())
        .nest("/keyvault", parts.key_vault.routes())
        .nest("/issuer", parts.issuer.routes())
        .merge(identity)
        .merge(dashboard.routes())
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
}

async fn no_identity() -> impl IntoResponse {
    (StatusCode::SERVICE_UNAVAILABLE, "the identity provider was not started")
}

/// Locks a mutex; what a panicking test left behind is still the best there is.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
