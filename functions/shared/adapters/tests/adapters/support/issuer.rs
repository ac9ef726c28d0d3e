//! An identity provider: keys made for this run, a key endpoint that counts and can misbehave, and its tokens.

use super::{Server, client};
use adapters::identity::{Issuer, IssuerSettings, KeyPacing, TokenVerifier, TokenVersion};
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub const AUDIENCE: &str = "api://publishing-information";

/// A signing key and its public half.
pub struct RsaKey {
    pub signing: EncodingKey,
    jwk: Value,
}

impl RsaKey {
    pub fn jwk(&self, kid: &str) -> Value {
        let mut jwk = self.jwk.clone();
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        jwk
    }
}

/// Two keys, made anew by Node (which Azurite needs anyway) so that no private key lies about in the repository.
static KEYS: LazyLock<[RsaKey; 2]> = LazyLock::new(|| [made_key(), made_key()]);

pub fn key(index: usize) -> &'static RsaKey {
    &KEYS[index]
}

fn made_key() -> RsaKey {
    const SCRIPT: &str = "const { privateKey, publicKey } = require('node:crypto').generateKeyPairSync('rsa', { modulusLength: 2048 });
        console.log(JSON.stringify({ der: privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
            jwk: publicKey.export({ format: 'jwk' }) }));";
    let made = Command::new("node").args(["-e", SCRIPT]).output().expect("node is on PATH");
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let der = STANDARD.decode(made["der"].as_str().unwrap()).unwrap();
    RsaKey { signing: EncodingKey::from_rsa_der(&der), jwk: made["jwk"].clone() }
}

/// How the key endpoint behaves at the moment.
#[derive(Clone)]
pub enum Endpoint {
    Keys(Value),
    Status(u16),
    Text(String),
    Slow(Duration, Value),
}

pub struct TestIssuer {
    pub server: Server,
    behaviour: Arc<Mutex<Endpoint>>,
    fetches: Arc<AtomicUsize>,
}

impl TestIssuer {
    /// Publishes key 0 as `one`.
    pub async fn start() -> Self {
        let behaviour = Arc::new(Mutex::new(Endpoint::Keys(json!({ "keys": [key(0).jwk("one")] }))));
        let fetches = Arc::new(AtomicUsize::new(0));
        let (seen, counter) = (behaviour.clone(), fetches.clone());
        let router = Router::new().route(
            "/keys",
            get(move || {
                counter.fetch_add(1, Ordering::SeqCst);
                let behaviour = seen.lock().unwrap().clone();
                async move {
                    match behaviour {
                        Endpoint::Keys(keys) => keys.to_string().into_response(),
                        Endpoint::Text(text) => text.into_response(),
                        Endpoint::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
                        Endpoint::Slow(time, keys) => {
                            tokio::time::sleep(time).await;
                            keys.to_string().into_response()
                        }
                    }
                }
            }),
        );
        Self { server: Server::start(router).await, behaviour, fetches }
    }

    pub fn becomes(&self, endpoint: Endpoint) {
        *self.behaviour.lock().unwrap() = endpoint;
    }

    pub fn publishes(&self, keys: &[Value]) {
        self.becomes(Endpoint::Keys(json!({ "keys": keys })));
    }

    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    pub fn issuer(&self, version: TokenVersion) -> Issuer {
        let suffix = if version == TokenVersion::V1 { "/" } else { "/v2.0" };
        Issuer {
            issuer: format!("https://issuer.test/{TENANT}{suffix}"),
            version,
            tenant: TENANT.to_owned(),
            jwks_url: self.server.url.join("keys").unwrap(),
        }
    }

    /// A verifier that trusts version 2 tokens of this issuer.
    pub fn verifier(&self, pacing: KeyPacing) -> TokenVerifier {
        let audiences = vec![AUDIENCE.to_owned()];
        let issuers = vec![self.issuer(TokenVersion::V2)];
        TokenVerifier::new(IssuerSettings { issuers, audiences, pacing }, &client())
    }
}

pub fn now() -> DateTime<Utc> {
    "2026-01-05T07:00:00Z".parse().unwrap()
}

/// The claims of a good version 2 token, with changes; a change to null removes the claim.
pub fn claims(changes: Value) -> Value {
    let seconds = now().timestamp();
    let mut claims = json!({
        "iss": format!("https://issuer.test/{TENANT}/v2.0"), "aud": AUDIENCE, "tid": TENANT, "ver": "2.0",
        "iat": seconds - 10, "nbf": seconds - 10, "exp": seconds + 3600,
        "azp": "list-assist", "azpacr": "1", "sub": "principal", "oid": "principal",
        "roles": ["api.publisher.user"], "uti": "token-1",
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

/// A token with this header, signed with RS256 whatever the header says.
pub fn token_with(header: &Value, claims: &Value, key: &RsaKey) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = crypto::sign(message.as_bytes(), &key.signing, Algorithm::RS256).unwrap();
    format!("{message}.{signature}")
}

/// A token of key 0 with changed claims.
pub fn token(changes: Value) -> String {
    token_with(&json!({ "alg": "RS256", "typ": "JWT", "kid": "one" }), &claims(changes), key(0))
}
