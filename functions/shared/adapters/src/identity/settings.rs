//! Which issuers are trusted, and how often their keys may be asked for.

use std::time::Duration;
use url::Url;

/// The form of access token an API asks for in its registration (`requestedAccessTokenVersion`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenVersion {
    /// `ver` 1.0, issuer `https://sts.windows.net/{tenant}/`, client in `appid`.
    V1,
    /// `ver` 2.0, issuer `https://login.microsoftonline.com/{tenant}/v2.0`, client in `azp`.
    V2,
}

/// One trusted issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Compared with `iss` character by character.
    pub issuer: String,
    /// The version its tokens have.
    pub version: TokenVersion,
    /// The tenant its tokens name in `tid`.
    pub tenant: String,
    /// Where it publishes its signing keys.
    pub jwks_url: Url,
}

impl Issuer {
    /// A tenant of the public Entra cloud, for tokens of one version.
    ///
    /// # Errors
    /// When the tenant id does not fit into a URL.
    pub fn entra(tenant: &str, version: TokenVersion) -> Result<Self, url::ParseError> {
        let (issuer, keys) = match version {
            TokenVersion::V1 => (format!("https://sts.windows.net/{tenant}/"), "discovery/keys"),
            TokenVersion::V2 => {
                (format!("https://login.microsoftonline.com/{tenant}/v2.0"), "discovery/v2.0/keys")
            }
        };
        let jwks_url = Url::parse(&format!("https://login.microsoftonline.com/{tenant}/{keys}"))?;
        Ok(Self { issuer, version, tenant: tenant.to_owned(), jwks_url })
    }
}

/// Everything a verifier needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// The issuers. Name both versions of a tenant only while both are in use.
    pub issuers: Vec<Issuer>,
    /// What `aud` may be: the API's application id URI (version 1) or its client id (version 2).
    pub audiences: Vec<String>,
    /// How often keys are asked for.
    pub pacing: KeyPacing,
}

/// How often an issuer is asked for its keys, and how long an answer is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPacing {
    /// After an answer, unknown key names do not lead to another request for this long.
    pub after_success: Duration,
    /// After a failed request the next one waits this long.
    pub after_failure: Duration,
    /// Keys in use are looked up anew, in the background, once the last answer is this old.
    pub renew: Duration,
    /// A key is good for this long after it was last seen in an answer, whether the issuer stopped publishing
    /// it or stopped answering.
    pub keep: Duration,
    /// A request may take this long.
    pub timeout: Duration,
}

impl Default for KeyPacing {
    fn default() -> Self {
        Self {
            after_success: Duration::from_secs(5 * 60),
            after_failure: Duration::from_secs(15),
            renew: Duration::from_secs(60 * 60),
            keep: Duration::from_secs(24 * 60 * 60),
            timeout: Duration::from_secs(5),
        }
    }
}
