//! Who calls: checks the bearer tokens that Entra ID gives to other systems.
//!
//! Only app-only access tokens count: RS256, a configured issuer and its tenant, our audience, within their time.
//! `now` is handed in; only the pacing of key fetches looks at a clock of its own.

mod claims;
mod keys;
mod settings;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use claims::{Claims, Window};
use jsonwebtoken::{Algorithm, crypto};
use keys::KeySet;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

pub use keys::FetchError;
pub use settings::{Issuer, IssuerSettings, KeyPacing, TokenVersion};

/// Longer tokens are refused unread. Entra's own, with hundreds of roles, stay well below.
const LONGEST_TOKEN: usize = 16 * 1024;
/// How many verified tokens are remembered.
const REMEMBERED: u64 = 10_000;
/// Entra's tokens live 60 to 90 minutes; a memory older than this is of no use.
const REMEMBERED_FOR: Duration = Duration::from_secs(2 * 60 * 60);

/// An application that proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its client id: `azp` of version 2 tokens, `appid` of version 1.
    pub client_id: String,
    /// The app roles it was granted. May be empty: which role is needed is the endpoint's decision.
    pub roles: Vec<String>,
    /// The Entra tenant that vouches for it.
    pub tenant: String,
    /// The token's own id (`uti` or `jti`), for the audit trail.
    pub token_id: Option<String>,
}

impl Caller {
    /// Whether it was granted this app role, written exactly so.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|granted| granted == role)
    }
}

/// Why a token proves nothing. All but [`TokenError::KeysUnavailable`] are the caller's fault (401).
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url JSON with the claims an Entra access token has, or too long.
    #[error("the token is malformed")]
    Malformed,
    /// Signed in a way other than RS256, or with header extensions we would have to understand.
    #[error("the token is not signed with RS256")]
    Algorithm,
    /// No key is named, or the issuer has no key of that name.
    #[error("the token names no key of its issuer")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the token's signature is wrong")]
    Signature,
    /// An issuer that is not configured.
    #[error("the token's issuer is not trusted")]
    Issuer,
    /// Meant for another service.
    #[error("the token is meant for another audience")]
    Audience,
    /// Of another tenant than its issuer.
    #[error("the token is of another tenant")]
    Tenant,
    /// The version does not pair with the issuer.
    #[error("the token's version does not belong to its issuer")]
    Version,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A person's token or an id token where an application's access token is needed.
    #[error("the token is not an application's access token")]
    NotApplication,
    /// The issuer's keys cannot be fetched, so nothing can be said about the token (503).
    #[error("the keys of the token's issuer are unavailable")]
    KeysUnavailable(#[source] Arc<FetchError>),
}

/// What of the header matters. Anything that would point to keys elsewhere (`jku`, `x5u`, `jwk`) is not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

/// One issuer and where its keys come from.
struct Trusted {
    issuer: Issuer,
    keys: Arc<KeySet>,
}

/// A token that was found good, and when it is.
#[derive(Clone)]
struct Verified {
    caller: Arc<Caller>,
    window: Window,
}

/// Verifies bearer tokens and remembers the good ones. Share one (`Arc`) per process.
pub struct TokenVerifier {
    trusted: Vec<Trusted>,
    audiences: Vec<String>,
    verified: moka::sync::Cache<[u8; 32], Verified>,
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let issuers: Vec<&str> = self.trusted.iter().map(|trusted| trusted.issuer.issuer.as_str()).collect();
        f.debug_struct("TokenVerifier").field("issuers", &issuers).finish_non_exhaustive()
    }
}

impl TokenVerifier {
    /// Prepares to verify; no key is fetched before the first token.
    #[must_use]
    pub fn new(settings: IssuerSettings, http: &reqwest::Client) -> Self {
        let mut sets: HashMap<url::Url, Arc<KeySet>> = HashMap::new();
        let mut trusted = Vec::new();
        for issuer in settings.issuers {
            let keys = sets
                .entry(issuer.jwks_url.clone())
                .or_insert_with(|| {
                    Arc::new(KeySet::new(issuer.jwks_url.clone(), http.clone(), settings.pacing))
                })
                .clone();
            trusted.push(Trusted { issuer, keys });
        }
        let verified =
            moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build();
        Self { trusted, audiences: settings.audiences, verified }
    }

    /// Says whose token this is (the text after `Bearer `).
    ///
    /// A token seen before costs one hash until it expires. The memory may outlive its signing key by the rest of
    /// the token's life, 90 minutes at most.
    ///
    /// # Errors
    /// [`TokenError`] says what is wrong; a caller should learn no more than "401" from it.
    pub async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Caller, TokenError> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenError::Malformed);
        }
        let fingerprint: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(known) = self.verified.get(&fingerprint) {
            known.window.check(now)?;
            return Ok(Caller::clone(&known.caller));
        }
        let verified = self.examine(token, now).await?;
        let caller = Caller::clone(&verified.caller);
        self.verified.insert(fingerprint, verified);
        Ok(caller)
    }

    async fn examine(&self, token: &str, now: DateTime<Utc>) -> Result<Verified, TokenError> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(TokenError::Malformed)?;
        let header: Header = part(header)?;
        if header.alg != "RS256" || header.crit.is_some() {
            return Err(TokenError::Algorithm);
        }
        let kid = header.kid.as_deref().filter(|kid| !kid.is_empty()).ok_or(TokenError::UnknownKey)?;
        // Not trusted before the signature is checked; until then they only choose whose key to try.
        let claims: Claims = part(payload)?;
        let trusted =
            self.trusted.iter().find(|t| t.issuer.issuer == claims.iss).ok_or(TokenError::Issuer)?;
        let window = claims.window()?;
        window.check(now)?;

        let key = trusted.keys.find(kid).await?;
        match crypto::verify(signature, message.as_bytes(), &key, Algorithm::RS256) {
            Ok(true) => {}
            Ok(false) => return Err(TokenError::Signature),
            Err(_) => return Err(TokenError::Malformed),
        }
        let caller = Arc::new(claims.caller(&trusted.issuer, &self.audiences)?);
        Ok(Verified { caller, window })
    }
}

/// One part of a token: JSON in base64url without padding.
fn part<T: DeserializeOwned>(text: &str) -> Result<T, TokenError> {
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| TokenError::Malformed)
}

/// Whether two secrets are the same, in a time that tells nothing about where or by how much they differ.
#[must_use]
pub fn same_secret(given: &str, expected: &str) -> bool {
    let digest = |text: &str| -> [u8; 32] { Sha256::digest(text.as_bytes()).into() };
    digest(given).ct_eq(&digest(expected)).into()
}
