//! The claims of a token and what they must say.

use super::settings::{Issuer, TokenVersion};
use super::{Caller, TokenError};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Clocks of two machines differ by no more than this.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// The claims that matter. A claim that stands there twice makes the token malformed.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    aud: String,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    tid: Option<String>,
    ver: Option<String>,
    appid: Option<String>,
    azp: Option<String>,
    sub: Option<String>,
    oid: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    /// `app` for an application, `user` for a person, when the API asked for this claim.
    idtyp: Option<String>,
    /// Only a person's token has scopes.
    scp: Option<IgnoredAny>,
    // Only id tokens have these.
    nonce: Option<IgnoredAny>,
    at_hash: Option<IgnoredAny>,
    c_hash: Option<IgnoredAny>,
    uti: Option<String>,
    jti: Option<String>,
}

/// When a token is good.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    from: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
}

impl Window {
    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<(), TokenError> {
        if now - LEEWAY >= self.until {
            return Err(TokenError::Expired);
        }
        match self.from {
            Some(from) if now + LEEWAY < from => Err(TokenError::NotYetValid),
            _ => Ok(()),
        }
    }
}

impl Claims {
    /// From the later of `nbf` and `iat` until `exp`.
    pub(super) fn window(&self) -> Result<Window, TokenError> {
        let instant = |seconds| DateTime::from_timestamp(seconds, 0).ok_or(TokenError::Malformed);
        let from = self.nbf.max(self.iat).map(instant).transpose()?;
        Ok(Window { from, until: instant(self.exp)? })
    }

    /// The caller, when everything but the signature and the time is in order too.
    pub(super) fn caller(self, issuer: &Issuer, audiences: &[String]) -> Result<Caller, TokenError> {
        if !audiences.contains(&self.aud) {
            return Err(TokenError::Audience);
        }
        if self.tid.as_deref() != Some(issuer.tenant.as_str()) {
            return Err(TokenError::Tenant);
        }
        let version = match issuer.version {
            TokenVersion::V1 => "1.0",
            TokenVersion::V2 => "2.0",
        };
        if self.ver.as_deref() != Some(version) {
            return Err(TokenError::Version);
        }
        if !self.is_application() {
            return Err(TokenError::NotApplication);
        }
        let client = match issuer.version {
            TokenVersion::V1 => self.appid,
            TokenVersion::V2 => self.azp,
        };
        // An id token names no client beside its audience.
        let client_id = client.filter(|client| !client.is_empty()).ok_or(TokenError::NotApplication)?;
        let token_id = self.uti.or(self.jti);
        Ok(Caller { client_id, roles: self.roles, tenant: issuer.tenant.clone(), token_id })
    }

    /// In an application's token, subject and object are the same service principal.
    fn is_application(&self) -> bool {
        let of_a_person =
            self.scp.is_some() || matches!((&self.sub, &self.oid), (Some(s), Some(o)) if s != o);
        let id_token = self.nonce.is_some() || self.at_hash.is_some() || self.c_hash.is_some();
        let says_otherwise = self.idtyp.as_deref().is_some_and(|kind| kind != "app");
        !of_a_person && !id_token && !says_otherwise
    }
}
