//! The HTTP client below every storage call: rustls with ring, and certificate roots that travel in the executable.

use std::time::Duration;

/// How long a connection may take before the attempt counts as failed.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a reply may stay silent before the attempt counts as failed.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Builds a client that verifies servers against the bundled Mozilla roots, so that it also works
/// in a container without a certificate bundle. Redirects are not followed.
///
/// Installs ring as the process's TLS provider when none is installed yet.
///
/// # Errors
/// When the TLS configuration is refused, which does not depend on the caller.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may install one in between; either is good.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
    }
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|der| reqwest::Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()?;
    reqwest::Client::builder()
        .tls_certs_only(roots)
        .redirect(reqwest::redirect::Policy::none())
        // A blob is stored as it is named: its own encoding must survive a download in parts.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()
}
