//! Entra ID, played by a certified OpenID provider in a Node process of its own behind `/identity`.

mod process;
mod proxy;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::any;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use process::StartError;
pub use proxy::ProxyError;

use crate::faults::{Board, Fault, Switch, kinds};
use crate::issuer::{TENANT, Version};

kinds! {
    /// How the identity provider can fail.
    IdentityFault {
        /// The public keys are answered with a 503.
        JwksDown,
        /// The public keys come after a delay.
        JwksSlow,
        /// Tokens are signed with a key that is not published, under the id of one that is.
        WrongKey,
        /// The token endpoint answers 503.
        TokenDown,
        /// The token endpoint refuses every client.
        TokenRefused,
        /// The token comes after a delay.
        TokenSlow,
        /// The token endpoint does not answer.
        TokenHang,
    }
}

/// What the identity provider is started with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The tenants, each with issuers and clients of its own.
    pub tenants: Vec<Tenant>,
    /// The Node executable, version 20 or later.
    #[serde(skip)]
    pub node: PathBuf,
    /// The provider's program; the packages it needs are found in the folders above it.
    #[serde(skip)]
    pub script: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tenants: vec![Tenant::demo()],
            node: PathBuf::from("node"),
            script: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/identity.mjs")),
        }
    }
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// The tenant's id, a UUID, which is part of every address.
    pub id: String,
    /// The applications that may ask for tokens.
    pub clients: Vec<Client>,
}

/// An application that calls an API in its own name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The client's id.
    pub id: String,
    /// The client's secret.
    pub secret: String,
    /// The application roles it was given.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The shape of token the called API wants.
    #[serde(default)]
    pub version: Version,
    /// The API: tokens are asked for with the scope `<audience>/.default` and have it as `aud`.
    pub audience: String,
}

impl Tenant {
    /// The API of the demo clients.
    pub const DEMO_AUDIENCE: &'static str = "api://publishing-information";

    /// The tenant of a developer's machine: HMI, an administrator's tool and a third party, each with a known secret.
    #[must_use]
    pub fn demo() -> Self {
        let client = |id: &str, roles: &[&str]| Client {
            id: id.to_owned(),
            secret: format!("{id}-demo-secret"),
            roles: roles.iter().map(ToString::to_string).collect(),
            version: Version::V2,
            audience: Self::DEMO_AUDIENCE.to_owned(),
        };
        Self {
            id: TENANT.to_owned(),
            clients: vec![
                client("hmi", &["api.publisher.user"]),
                client("admin", &["api.request.admin", "api.publisher.user"]),
                client("third-party", &["api.request.third_party"]),
            ],
        }
    }
}

/// Why a token could not be had.
#[derive(Debug, Error)]
pub enum TokenError {
    /// No tenant has such a client.
    #[error("there is no client called {0}")]
    NoSuchClient(String),
    /// The provider could not be reached.
    #[error("the identity provider cannot be reached")]
    Unreachable(#[source] ProxyError),
    /// The provider answered without a token.
    #[error("the identity provider refused: {0}")]
    Refused(String),
}

/// The running provider; the process is killed when the last clone is dropped.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    base: String,
    settings: Settings,
    process: process::Process,
    client: crate::http::Plain,
    switch: Switch<IdentityFault>,
    fetches: AtomicUsize,
}

impl Identity {
    /// Starts the provider and waits until it answers; its addresses begin with `<base>/identity`.
    ///
    /// # Errors
    /// When Node or the provider's packages are missing, or it is not ready within half a minute.
    pub async fn start(base: &str, settings: Settings) -> Result<Self, StartError> {
        let process = process::Process::start(base, &settings).await?;
        Ok(Self(Arc::new(Inner {
            base: base.to_owned(),
            settings,
            process,
            client: crate::http::client(),
            switch: Switch::default(),
            fetches: AtomicUsize::new(0),
        })))
    }

    /// The tenants and their clients.
    #[must_use]
    pub fn tenants(&self) -> &[Tenant] {
        &self.0.settings.tenants
    }

    /// The `iss` of a tenant's version 1 tokens.
    #[must_use]
    pub fn v1_issuer(&self, tenant: &str) -> String {
        format!("{}/identity/sts/{tenant}/", self.0.base)
    }

    /// The `iss` of a tenant's version 2 tokens.
    #[must_use]
    pub fn v2_issuer(&self, tenant: &str) -> String {
        format!("{}/identity/{tenant}/v2.0", self.0.base)
    }

    /// Where a tenant's clients ask for tokens.
    #[must_use]
    pub fn token_url(&self, tenant: &str) -> String {
        format!("{}/identity/{tenant}/oauth2/v2.0/token", self.0.base)
    }

    /// Where a tenant's public keys are.
    #[must_use]
    pub fn jwks_url(&self, tenant: &str) -> String {
        format!("{}/identity/{tenant}/discovery/v2.0/keys", self.0.base)
    }

    /// Where a tenant's metadata of version 2 is.
    #[must_use]
    pub fn discovery_url(&self, tenant: &str) -> String {
        format!("{}/.well-known/openid-configuration", self.v2_issuer(tenant))
    }

    /// The client of this id and its tenant.
    #[must_use]
    pub fn client(&self, id: &str) -> Option<(&Tenant, &Client)> {
        self.tenants().iter().find_map(|tenant| {
            tenant.clients.iter().find(|client| client.id == id).map(|client| (tenant, client))
        })
    }

    /// A token for one of the clients, asked for as that client would.
    ///
    /// # Errors
    /// When there is no such client or the provider does not give one.
    pub async fn token(&self, client: &str) -> Result<String, TokenError> {
        let (tenant, client) =
            self.client(client).ok_or_else(|| TokenError::NoSuchClient(client.to_owned()))?;
        proxy::ask_for_token(&self.0.client, &self.0.process, tenant, client).await
    }

    /// Signs with a new key from now on; the earlier keys stay published.
    ///
    /// # Errors
    /// When the provider cannot be reached.
    pub async fn rotate(&self) -> Result<(), TokenError> {
        self.control("rotate").await
    }

    /// Stops publishing every key but the one that signs.
    ///
    /// # Errors
    /// When the provider cannot be reached.
    pub async fn withdraw_old_keys(&self) -> Result<(), TokenError> {
        self.control("withdraw").await
    }

    async fn control(&self, what: &str) -> Result<(), TokenError> {
        proxy::control(&self.0.client, &self.0.process, what).await.map_err(TokenError::Unreachable)
    }

    /// How often public keys were fetched.
    #[must_use]
    pub fn jwks_fetches(&self) -> usize {
        self.0.fetches.load(Ordering::SeqCst)
    }

    /// Switches a fault on.
    pub fn fault(&self, fault: Fault<IdentityFault>) {
        self.0.switch.add(fault);
    }

    /// Switches every fault off.
    pub fn heal(&self) {
        self.0.switch.clear();
    }

    pub(crate) fn board(&self) -> &dyn Board {
        &self.0.switch
    }

    /// The routes at `/identity`, which keep their full path.
    pub(crate) fn routes(&self) -> Router {
        Router::new().route("/identity/{*rest}", any(proxy::forward)).with_state(self.clone())
    }
}
