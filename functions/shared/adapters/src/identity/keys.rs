//! An issuer's signing keys: fetched rarely, by one request at a time, and kept through its outages.

use super::TokenError;
use super::settings::KeyPacing;
use crate::http::{BodyError, read_limited};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;
use url::Url;

/// Entra's whole set, certificates included, is about 20 KB.
const LONGEST_ANSWER: usize = 256 * 1024;
/// More keys than any issuer has.
const MOST_KEYS: usize = 100;
/// A modulus of 2048 bits in base64url; shorter keys are not used.
const SHORTEST_MODULUS: usize = 342;

/// Why the keys could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No connection, or no answer in time.
    #[error("the key endpoint cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// An answer other than 200.
    #[error("the key endpoint answered {0}")]
    Status(u16),
    /// Too long, or broken off.
    #[error("the key endpoint's answer cannot be read")]
    Body(#[from] BodyError),
    /// Not a key set with a usable key.
    #[error("the key endpoint's answer is not a key set")]
    NotKeys,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

/// An RSA key of a key set; its other members are of no interest.
#[derive(Deserialize)]
struct RsaKey {
    kty: String,
    kid: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: String,
    e: String,
}

struct Key {
    decoding: Arc<DecodingKey>,
    seen: Instant,
}

#[derive(Default)]
struct Held {
    keys: HashMap<String, Key>,
    answered: Option<Instant>,
    tried: Option<Instant>,
    failure: Option<Arc<FetchError>>,
}

/// The keys behind one URL.
pub(super) struct KeySet {
    url: Url,
    http: reqwest::Client,
    pacing: KeyPacing,
    held: Mutex<Held>,
    flight: Arc<tokio::sync::Mutex<()>>,
}

impl KeySet {
    pub(super) fn new(url: Url, http: reqwest::Client, pacing: KeyPacing) -> Self {
        Self { url, http, pacing, held: Mutex::default(), flight: Arc::default() }
    }

    /// The key of this name. An unknown name leads to one request, if it is time for one; whoever asks
    /// meanwhile waits for its outcome.
    pub(super) async fn find(self: &Arc<Self>, kid: &str) -> Result<Arc<DecodingKey>, TokenError> {
        if let Some(key) = self.known(kid) {
            self.renew_in_background();
            return Ok(key);
        }
        let alone = self.flight.clone().lock_owned().await;
        if let Some(key) = self.known(kid) {
            return Ok(key);
        }
        if self.may_ask() {
            // In a task of its own: a caller who hangs up neither loses the answer nor the count of requests.
            let _ended = self.refresh_apart(alone).await;
        }
        let missing = || match &self.held().failure {
            Some(failure) => TokenError::KeysUnavailable(failure.clone()),
            None => TokenError::UnknownKey,
        };
        self.known(kid).ok_or_else(missing)
    }

    fn known(&self, kid: &str) -> Option<Arc<DecodingKey>> {
        let held = self.held();
        let key = held.keys.get(kid)?;
        (key.seen.elapsed() < self.pacing.keep).then(|| key.decoding.clone())
    }

    fn may_ask(&self) -> bool {
        let held = self.held();
        let pause =
            if held.failure.is_some() { self.pacing.after_failure } else { self.pacing.after_success };
        held.tried.is_none_or(|tried| tried.elapsed() >= pause)
    }

    /// Nobody waits for this one: the key at hand is still good.
    fn renew_in_background(self: &Arc<Self>) {
        let due = self.held().answered.is_none_or(|answered| answered.elapsed() >= self.pacing.renew);
        if due
            && self.may_ask()
            && let Ok(alone) = self.flight.clone().try_lock_owned()
        {
            drop(self.refresh_apart(alone));
        }
    }

    fn refresh_apart(self: &Arc<Self>, alone: OwnedMutexGuard<()>) -> JoinHandle<()> {
        let set = self.clone();
        tokio::spawn(async move {
            set.refresh().await;
            drop(alone);
        })
    }

    /// Asks once and takes note of the outcome. The caller holds the flight lock.
    async fn refresh(&self) {
        let outcome = self.fetch().await;
        let now = Instant::now();
        let mut held = self.held();
        held.tried = Some(now);
        match outcome {
            Ok(fresh) => {
                held.keys.retain(|_, key| key.seen.elapsed() < self.pacing.keep);
                for (kid, decoding) in fresh {
                    held.keys.insert(kid, Key { decoding: Arc::new(decoding), seen: now });
                }
                held.answered = Some(now);
                held.failure = None;
            }
            Err(failure) => {
                tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    endpoint = %self.url,
                    "signing keys could not be fetched; keys fetched before stay in use"
                );
                held.failure = Some(Arc::new(failure));
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<(String, DecodingKey)>, FetchError> {
        let request = self.http.get(self.url.clone()).timeout(self.pacing.timeout);
        let response = request.send().await.map_err(FetchError::Unreachable)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let body = read_limited(response, LONGEST_ANSWER).await?;
        let published: Published = serde_json::from_slice(&body).map_err(|_| FetchError::NotKeys)?;
        let keys: Vec<_> = published.keys.into_iter().filter_map(usable).take(MOST_KEYS).collect();
        if keys.is_empty() { Err(FetchError::NotKeys) } else { Ok(keys) }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // What is held is consistent after every statement, so a panic elsewhere does not spoil it.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A key to verify RS256 with. Keys for other ends may stand beside it and are passed over.
fn usable(key: serde_json::Value) -> Option<(String, DecodingKey)> {
    let key: RsaKey = serde_json::from_value(key).ok()?;
    let fits = key.kty == "RSA"
        && !key.kid.is_empty()
        && key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
        && key.alg.as_deref().is_none_or(|alg| alg == "RS256")
        && key.n.len() >= SHORTEST_MODULUS;
    if !fits {
        return None;
    }
    Some((key.kid, DecodingKey::from_rsa_components(&key.n, &key.e).ok()?))
}
