//! One storage account with its blob and queue services, whatever the way of proving oneself.

use crate::connection_string::{ConnectionString, ParseError, Proof};
use crate::shared_key::SharedKey;
use azure_core::credentials::TokenCredential;
use azure_core::http::policies::Policy;
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions, Transport};
use azure_storage_blob::{BlobServiceClient, BlobServiceClientOptions};
use azure_storage_queue::{QueueServiceClient, QueueServiceClientOptions};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection string cannot be read.
    #[error(transparent)]
    ConnectionString(#[from] ParseError),
    /// A service address is not a URL.
    #[error("{address} is not the URL of a storage service")]
    Address {
        /// What was given.
        address: String,
        /// What the URL parser said.
        source: url::ParseError,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client for storage cannot be built")]
    HttpClient(#[from] reqwest::Error),
    /// The client library refused the combination, such as a token over clear text.
    #[error("the storage client library refused its settings")]
    Refused(#[from] azure_core::Error),
}

/// A storage account. Cheap to clone; clones share one connection pool.
#[derive(Clone)]
pub struct Account {
    blobs: Arc<BlobServiceClient>,
    queues: Arc<QueueServiceClient>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URLs may carry a signature in their query.
        f.debug_struct("Account").field("host", &self.blobs.url().host_str()).finish_non_exhaustive()
    }
}

impl Account {
    /// The account a connection string names, with a client of its own ([`crate::http_client`]).
    ///
    /// # Errors
    /// When the string cannot be read.
    pub fn parse(connection_string: &str) -> Result<Self, Error> {
        Self::parse_with(connection_string, crate::http_client()?)
    }

    /// The same with a client of the caller's, to share its connections or its trust.
    ///
    /// # Errors
    /// When the string cannot be read.
    pub fn parse_with(connection_string: &str, http: reqwest::Client) -> Result<Self, Error> {
        let ConnectionString { mut blob, mut queue, proof } = ConnectionString::parse(connection_string)?;
        let mut policies: Vec<Arc<dyn Policy>> = Vec::new();
        match proof {
            Proof::Key { account, key } => policies.push(Arc::new(SharedKey::new(account, key))),
            Proof::Signature(query) => {
                blob.set_query(Some(&query));
                queue.set_query(Some(&query));
            }
        }
        Self::connect(blob, queue, None, http, policies)
    }

    /// The account behind two service URLs (`https://name.blob.core.windows.net`, `https://name.queue.core.windows.net`),
    /// reached with Entra tokens such as those of a managed identity.
    ///
    /// # Errors
    /// When an address is not a URL or not https.
    pub fn with_credential(
        blob_url: &str,
        queue_url: &str,
        credential: Arc<dyn TokenCredential>,
    ) -> Result<Self, Error> {
        Self::with_credential_and_client(blob_url, queue_url, credential, crate::http_client()?)
    }

    /// The same with a client of the caller's.
    ///
    /// # Errors
    /// When an address is not a URL or not https.
    pub fn with_credential_and_client(
        blob_url: &str,
        queue_url: &str,
        credential: Arc<dyn TokenCredential>,
        http: reqwest::Client,
    ) -> Result<Self, Error> {
        Self::connect(address(blob_url)?, address(queue_url)?, Some(credential), http, Vec::new())
    }

    /// Blobs and their containers.
    #[must_use]
    pub fn blobs(&self) -> &BlobServiceClient {
        &self.blobs
    }

    /// Queues.
    #[must_use]
    pub fn queues(&self) -> &QueueServiceClient {
        &self.queues
    }

    fn connect(
        blob: Url,
        queue: Url,
        credential: Option<Arc<dyn TokenCredential>>,
        http: reqwest::Client,
        per_try_policies: Vec<Arc<dyn Policy>>,
    ) -> Result<Self, Error> {
        let client_options = ClientOptions {
            per_try_policies,
            retry: retry(),
            transport: Some(Transport::new(Arc::new(http))),
            ..ClientOptions::default()
        };
        let blob_options =
            BlobServiceClientOptions { client_options: client_options.clone(), ..Default::default() };
        let queue_options = QueueServiceClientOptions { client_options, ..Default::default() };
        Ok(Self {
            blobs: Arc::new(BlobServiceClient::new(blob, credential.clone(), Some(blob_options))?),
            queues: Arc::new(QueueServiceClient::new(queue, credential, Some(queue_options))?),
        })
    }
}

/// Four further attempts within ten seconds: long enough for a busy server, short enough for a page.
fn retry() -> RetryOptions {
    RetryOptions::exponential(ExponentialRetryOptions {
        initial_delay: Duration::from_millis(200).try_into().expect("200 ms is a valid duration"),
        max_retries: 4,
        max_total_elapsed: Duration::from_secs(10).try_into().expect("10 s is a valid duration"),
        max_delay: Duration::from_secs(3).try_into().expect("3 s is a valid duration"),
    })
}

fn address(text: &str) -> Result<Url, Error> {
    Url::parse(text.trim_end_matches('/'))
        .map_err(|source| Error::Address { address: text.to_owned(), source })
}
