//! Secrets that change while the process runs, read from Azure Key Vault by name.
//!
//! Secrets that only change with a deployment need none of this: the platform resolves references in app settings.

use crate::azure_error::is_transient;
use crate::credential::AzureIdentity;
use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::ExponentialRetryOptions;
use azure_core::http::{
    AsyncRawResponse, ClientOptions, HttpClient, Request, RetryOptions, StatusCode, Transport, Url,
};
use azure_core::time::{Duration as Span, OffsetDateTime};
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// One secret is waited for no longer than this, sign-in and retries included.
const LIMIT: Duration = Duration::from_secs(10);

/// Where the vault is and who asks.
#[derive(Debug, Clone)]
pub struct VaultSettings {
    /// `KEY_VAULT_URL`: the vault's https address, such as `https://pi.vault.azure.net`.
    pub url: Url,
    /// `KEY_VAULT_STAND_IN`: on a desk or in a test, the address that answers in the vault's place (http allowed).
    /// Calls then carry a made-up token, so that no real one can leak to it.
    pub stand_in: Option<Url>,
    /// Who asks, when the vault is real.
    pub identity: AzureIdentity,
}

/// Why there is no client for the vault.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Tokens do not travel in clear text.
    #[error("the Key Vault address {0} is not https")]
    NotHttps(Url),
    /// The client library refused its settings.
    #[error("the Key Vault client cannot be built")]
    Client(#[from] azure_core::Error),
}

/// Why a secret could not be had. The texts carry names of secrets, never values.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Not a name Key Vault can know: letters, digits and hyphens, at most 127.
    #[error("{0:?} cannot be the name of a secret")]
    Name(String),
    /// The vault has no such secret, or only a deleted one.
    #[error("Key Vault has no secret named {0}")]
    Absent(String),
    /// The identity may not read it, or it is disabled or expired.
    #[error("Key Vault does not let this app read the secret {name}")]
    Forbidden {
        /// Which secret.
        name: String,
        /// What the vault or the sign-in said.
        source: azure_core::Error,
    },
    /// Nobody answered, or not in time. Worth another try later.
    #[error("Key Vault is unavailable for the secret {name}")]
    Unavailable {
        /// Which secret.
        name: String,
        /// What failed; nothing when the time ran out.
        source: Option<azure_core::Error>,
    },
    /// An answer that is none.
    #[error("Key Vault's answer for the secret {name} cannot be read")]
    Unreadable {
        /// Which secret.
        name: String,
        /// What is wrong with it; nothing when it holds no value.
        source: Option<azure_core::Error>,
    },
}

/// The secrets of one vault. Nothing is kept here: each call asks, so that a rotated secret is seen at once.
#[derive(Clone)]
pub struct Secrets {
    client: Arc<SecretClient>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("vault", &self.client.endpoint().as_str()).finish()
    }
}

impl Secrets {
    /// Prepares the client; no call is made yet.
    ///
    /// # Errors
    /// When the address is not https or no identity can be had here.
    pub fn connect(settings: VaultSettings, http: reqwest::Client) -> Result<Self, VaultError> {
        if settings.url.scheme() != "https" {
            return Err(VaultError::NotHttps(settings.url));
        }
        let (credential, transport): (Arc<dyn TokenCredential>, Arc<dyn HttpClient>) = match settings.stand_in
        {
            Some(base) => (Arc::new(MadeUpToken), Arc::new(Redirected { base, http })),
            None => (settings.identity.credential(&http)?, Arc::new(http)),
        };
        let client_options = ClientOptions {
            transport: Some(Transport::new(transport)),
            retry: retry(),
            ..ClientOptions::default()
        };
        let options = SecretClientOptions { client_options, ..SecretClientOptions::default() };
        let client = SecretClient::new(settings.url.as_str(), credential, Some(options))?;
        Ok(Self { client: Arc::new(client) })
    }

    /// The current value of a secret.
    ///
    /// # Errors
    /// [`SecretError`] tells an absent secret from one that may not be read and from a silent vault.
    pub async fn resolve(&self, name: &str) -> Result<SecretString, SecretError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || name.len() > 127 || !name.bytes().all(plain) {
            return Err(SecretError::Name(name.to_owned()));
        }
        let owned = || name.to_owned();
        let response = timeout(LIMIT, self.client.get_secret(name, None))
            .await
            .map_err(|_elapsed| SecretError::Unavailable { name: owned(), source: None })?
            .map_err(|error| classify(name, error))?;
        let secret = response
            .into_model()
            .map_err(|error| SecretError::Unreadable { name: owned(), source: Some(error) })?;
        match secret.value {
            Some(value) => Ok(SecretString::from(value)),
            None => Err(SecretError::Unreadable { name: owned(), source: None }),
        }
    }
}

fn classify(name: &str, source: azure_core::Error) -> SecretError {
    let name = name.to_owned();
    match source.http_status() {
        Some(StatusCode::NotFound) => SecretError::Absent(name),
        Some(StatusCode::Unauthorized | StatusCode::Forbidden) => SecretError::Forbidden { name, source },
        _ if is_transient(&source) => SecretError::Unavailable { name, source: Some(source) },
        Some(_) => SecretError::Forbidden { name, source },
        None => SecretError::Unreadable { name, source: Some(source) },
    }
}

/// Two quick repeats: whoever needs a secret is usually serving somebody.
fn retry() -> RetryOptions {
    RetryOptions::exponential(ExponentialRetryOptions {
        initial_delay: Duration::from_millis(200).try_into().expect("200 ms is a valid duration"),
        max_retries: 2,
        max_total_elapsed: LIMIT.try_into().expect("ten seconds are a valid duration"),
        max_delay: Duration::from_secs(1).try_into().expect("1 s is a valid duration"),
    })
}

/// Sends each call to another scheme, host and port, and leaves path and query alone. The client above still
/// sees the vault's own https address, as its checks demand.
#[derive(Debug)]
struct Redirected {
    base: Url,
    http: reqwest::Client,
}

#[async_trait]
impl HttpClient for Redirected {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let mut request = request.clone();
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path().trim_end_matches('/'), request.url().path()));
        url.set_query(request.url().query());
        *request.url_mut() = url;
        self.http.execute_request(&request).await
    }
}

/// The token shown to a stand-in.
#[derive(Debug)]
struct MadeUpToken;

#[async_trait]
impl TokenCredential for MadeUpToken {
    async fn get_token(
        &self,
        _scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        Ok(AccessToken::new("stand-in", OffsetDateTime::now_utc() + Span::hours(1)))
    }
}
