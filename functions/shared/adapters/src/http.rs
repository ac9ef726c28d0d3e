//! The one way this service makes an HTTP client: rustls with ring, and certificate roots inside the executable.

use bytes::{Bytes, BytesMut};
use std::time::Duration;

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a peer may stay silent in the middle of a reply.
const READ_TIMEOUT: Duration = Duration::from_secs(35);
/// Idle connections are dropped before others forget them: load balancers after one minute, Azure's gateways after four.
const IDLE_TIMEOUT: Duration = Duration::from_secs(45);
/// How the service introduces itself to others.
const USER_AGENT: &str = concat!("hmcts-publishing-information/", env!("CARGO_PKG_VERSION"));

/// Why a reply's body could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// More bytes than this kind of reply may have.
    #[error("the reply is longer than {limit} bytes")]
    TooLong {
        /// The most that was allowed.
        limit: usize,
    },
    /// The connection failed in the middle.
    #[error("the reply broke off")]
    Broken(#[source] reqwest::Error),
}

/// Installs ring as the TLS provider of the process. Does nothing when one is installed already.
pub fn install_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may be first; its provider is as good.
        let _lost_the_race = rustls::crypto::ring::default_provider().install_default();
    }
}

/// A client to be made once at start and cloned everywhere: clones share their connections.
///
/// It trusts the Mozilla roots it carries (an image without a certificate bundle is no obstacle), follows no
/// redirects and ignores proxy variables of the environment. A total time limit is the business of each request.
///
/// # Errors
/// When the TLS configuration is refused, which does not depend on the caller.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    install_tls_provider();
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|der| reqwest::Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()?;
    reqwest::Client::builder()
        .tls_certs_only(roots)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(USER_AGENT)
        .build()
}

/// Reads a reply of at most `limit` bytes; a longer one is dropped on the way, not after it filled the memory.
///
/// # Errors
/// When the reply is longer or breaks off.
pub async fn read_limited(mut response: reqwest::Response, limit: usize) -> Result<Bytes, BodyError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).unwrap_or(usize::MAX) > limit {
        return Err(BodyError::TooLong { limit });
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
        if body.len() + chunk.len() > limit {
            return Err(BodyError::TooLong { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
