//! A token issuer in Rust alone, shaped like Entra ID, for tests that want valid and broken tokens without Node.

mod keys;
mod tokens;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

pub(crate) use keys::SigningKey;
pub use tokens::{Claims, Flaw, Version};

use crate::clock::Clock;
use crate::faults::{Board, Fault, Switch, kinds};
use crate::held;

/// The one tenant of this issuer.
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";

kinds! {
    /// How the issuer's published keys can fail.
    IssuerFault {
        /// The keys are answered with a 503.
        JwksDown,
        /// The keys come after a delay.
        Slow,
        /// The keys are published under their ids, but with other values.
        WrongKey,
        /// The answer is not JSON.
        Garbage,
    }
}

/// The issuer; clones share the same keys and counters.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    base: String,
    clock: Clock,
    ring: Mutex<Ring>,
    fetches: AtomicUsize,
    switch: Switch<IssuerFault>,
}

/// The keys that are published, the newest first; the first one signs.
struct Ring {
    published: Vec<SigningKey>,
    made: usize,
}

impl Issuer {
    /// An issuer whose addresses begin with `base`, such as `http://localhost:7072/issuer`.
    #[must_use]
    pub fn new(base: impl Into<String>, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            base: base.into(),
            clock,
            ring: Mutex::new(Ring { published: vec![SigningKey::numbered(1)], made: 1 }),
            fetches: AtomicUsize::new(0),
            switch: Switch::default(),
        }))
    }

    /// The `iss` of version 1 tokens.
    #[must_use]
    pub fn v1_issuer(&self) -> String {
        format!("{}/sts/{TENANT}/", self.0.base)
    }

    /// The `iss` of version 2 tokens.
    #[must_use]
    pub fn v2_issuer(&self) -> String {
        format!("{}/{TENANT}/v2.0", self.0.base)
    }

    /// Where the public keys are published.
    #[must_use]
    pub fn jwks_url(&self) -> String {
        format!("{}/{TENANT}/discovery/v2.0/keys", self.0.base)
    }

    /// Where the metadata of version 2 is published.
    #[must_use]
    pub fn discovery_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.v2_issuer())
    }

    /// The claims of a good application token, valid for an hour from now.
    #[must_use]
    pub fn claims(&self, version: Version, client: &str, audience: &str, roles: &[&str]) -> Claims {
        let issuer = match version {
            Version::V1 => self.v1_issuer(),
            Version::V2 => self.v2_issuer(),
        };
        Claims::of(version, &issuer, TENANT, client, audience, roles, self.0.clock.now().timestamp())
    }

    /// A token with exactly these claims, signed with the current key.
    #[must_use]
    pub fn token(&self, claims: &Claims) -> String {
        self.signing_key().sign(claims.as_value())
    }

    /// A token that a careful reader refuses, for the reason given.
    #[must_use]
    pub fn broken(&self, claims: &Claims, flaw: Flaw) -> String {
        tokens::broken(&self.signing_key(), claims, flaw)
    }

    /// Signs with a new key from now on; tokens of earlier keys stay valid until `withdraw_old_keys`.
    pub fn rotate(&self) {
        let mut ring = held(&self.0.ring);
        ring.made += 1;
        let key = SigningKey::numbered(ring.made);
        ring.published.insert(0, key);
    }

    /// Stops publishing every key but the one that signs.
    pub fn withdraw_old_keys(&self) {
        held(&self.0.ring).published.truncate(1);
    }

    /// The id of the key that signs now.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.signing_key().id().to_owned()
    }

    /// How often the public keys were fetched over HTTP.
    #[must_use]
    pub fn jwks_fetches(&self) -> usize {
        self.0.fetches.load(Ordering::SeqCst)
    }

    /// Switches a fault on.
    pub fn fault(&self, fault: Fault<IssuerFault>) {
        self.0.switch.add(fault);
    }

    /// Switches every fault off.
    pub fn heal(&self) {
        self.0.switch.clear();
    }

    pub(crate) fn board(&self) -> &dyn Board {
        &self.0.switch
    }

    fn signing_key(&self) -> SigningKey {
        held(&self.0.ring).published[0].clone()
    }

    /// The published keys as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let ring = held(&self.0.ring);
        json!({ "keys": ring.published.iter().map(SigningKey::jwk).collect::<Vec<_>>() })
    }

    /// The routes below `/issuer`.
    pub(crate) fn routes(&self) -> Router {
        Router::new()
            .route("/{tenant}/discovery/v2.0/keys", get(publish_keys))
            .route("/{tenant}/discovery/keys", get(publish_keys))
            .route("/{tenant}/v2.0/.well-known/openid-configuration", get(describe_v2))
            .route("/{tenant}/.well-known/openid-configuration", get(describe_v1))
            .with_state(self.clone())
    }
}

async fn publish_keys(State(issuer): State<Issuer>) -> Response {
    issuer.0.fetches.fetch_add(1, Ordering::SeqCst);
    let mut keys = issuer.jwks();
    if let Some(fault) = issuer.0.switch.draw(|_| true) {
        match fault.kind {
            IssuerFault::JwksDown => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            IssuerFault::Garbage => {
                return "<html>Our services aren't available right now</html>".into_response();
            }
            IssuerFault::Slow => tokio::time::sleep(fault.delay()).await,
            IssuerFault::WrongKey => {
                let stranger = SigningKey::stranger().jwk();
                for key in keys["keys"].as_array_mut().into_iter().flatten() {
                    key["n"] = stranger["n"].clone();
                }
            }
        }
    }
    Json(keys).into_response()
}

async fn describe_v2(State(issuer): State<Issuer>) -> Json<Value> {
    Json(json!({ "issuer": issuer.v2_issuer(), "jwks_uri": issuer.jwks_url() }))
}

async fn describe_v1(State(issuer): State<Issuer>) -> Json<Value> {
    Json(json!({ "issuer": issuer.v1_issuer(), "jwks_uri": issuer.jwks_url() }))
}
