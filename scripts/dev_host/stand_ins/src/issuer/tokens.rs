//! Claims as Entra ID writes them, and the ways a token can be wrong.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::SigningKey;

/// The two shapes of Entra access tokens; the called API's registration chooses, not the endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// `ver` "1.0", the client in `appid`, an `iss` of the security token service.
    V1,
    /// `ver` "2.0", the client in `azp`, an `iss` ending in `/v2.0`.
    #[default]
    V2,
}

/// The claims of a token; any of them may be replaced or taken out.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims(Value);

impl Claims {
    pub(super) fn of(
        version: Version,
        issuer: &str,
        tenant: &str,
        client: &str,
        audience: &str,
        roles: &[&str],
        now: i64,
    ) -> Self {
        let (number, client_claim) = match version {
            Version::V1 => ("1.0", "appid"),
            Version::V2 => ("2.0", "azp"),
        };
        let principal = format!("principal-of-{client}");
        let mut claims = json!({
            "iss": issuer, "aud": audience, "tid": tenant, "ver": number, "roles": roles, "idtyp": "app",
            "sub": principal, "oid": principal, "iat": now, "nbf": now, "exp": now + 3600,
            "uti": Uuid::new_v4().simple().to_string(),
        });
        claims[client_claim] = json!(client);
        Self(claims)
    }

    /// Replaces or adds a claim.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0[name] = value.into();
        self
    }

    /// Takes a claim out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if let Some(claims) = self.0.as_object_mut() {
            claims.shift_remove(name);
        }
        self
    }

    /// The claims as JSON.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.0
    }
}

/// What is wrong with a token; everything else about it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Meant for another API.
    WrongAudience,
    /// Issued by somebody else.
    WrongIssuer,
    /// Of another tenant, under the right issuer.
    WrongTenant,
    /// Expired an hour ago.
    Expired,
    /// Valid only from tomorrow.
    NotYetValid,
    /// Header says `alg: none` and there is no signature.
    AlgNone,
    /// Signed with HS256, the public key being the shared secret.
    HmacWithPublicKey,
    /// Signed with RS512, which the keys are not published for.
    OtherAlgorithm,
    /// Signed with a key that is not published, and says so.
    UnknownKid,
    /// Signed with a key that is not published, under the id of one that is.
    WrongKey,
    /// No key id.
    NoKid,
    /// One character of the signature changed.
    TamperedSignature,
    /// The roles raised after signing.
    TamperedClaims,
    /// A version 2 issuer with `ver` "1.0", or the reverse.
    VersionMismatch,
    /// Issued for a person, with a scope, instead of for an application.
    Delegated,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: [Self; 15] = [
        Self::WrongAudience,
        Self::WrongIssuer,
        Self::WrongTenant,
        Self::Expired,
        Self::NotYetValid,
        Self::AlgNone,
        Self::HmacWithPublicKey,
        Self::OtherAlgorithm,
        Self::UnknownKid,
        Self::WrongKey,
        Self::NoKid,
        Self::TamperedSignature,
        Self::TamperedClaims,
        Self::VersionMismatch,
        Self::Delegated,
    ];
}

/// A token that is right but for `flaw`.
pub(super) fn broken(key: &SigningKey, claims: &Claims, flaw: Flaw) -> String {
    if let Some(claims) = with_wrong_claims(claims, flaw) {
        return key.sign(claims.as_value());
    }
    let claims = claims.as_value();
    let mut header = Header::new(Algorithm::RS256);
    match flaw {
        Flaw::UnknownKid => SigningKey::stranger().sign(claims),
        Flaw::WrongKey => SigningKey::stranger().renamed(key.id()).sign(claims),
        Flaw::NoKid => key.sign_as(&header, claims),
        Flaw::OtherAlgorithm => {
            header.alg = Algorithm::RS512;
            header.kid = Some(key.id().to_owned());
            key.sign_as(&header, claims)
        }
        Flaw::HmacWithPublicKey => {
            header.alg = Algorithm::HS256;
            header.kid = Some(key.id().to_owned());
            let secret = EncodingKey::from_secret(key.public_modulus().as_bytes());
            jsonwebtoken::encode(&header, claims, &secret).expect("JSON claims always encode")
        }
        Flaw::AlgNone => {
            let header = json!({ "typ": "JWT", "alg": "none", "kid": key.id() });
            format!("{}.{}.", part(&header), part(claims))
        }
        Flaw::TamperedClaims => {
            let mut raised = claims.clone();
            raised["roles"] = json!(["everything"]);
            let token = key.sign(claims);
            let mut parts = token.split('.');
            let (header, signature) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
            format!("{header}.{}.{signature}", part(&raised))
        }
        _ => with_other_signature(&key.sign(claims)),
    }
}

/// The claims with the flaw in them, when the flaw is one of claims.
fn with_wrong_claims(claims: &Claims, flaw: Flaw) -> Option<Claims> {
    let value = claims.as_value();
    let at = |name: &str| value[name].as_i64().unwrap_or_default();
    let claims = claims.clone();
    Some(match flaw {
        Flaw::WrongAudience => claims.with("aud", "api://some-other-service"),
        Flaw::WrongIssuer => claims.with("iss", "https://login.example.org/another/v2.0"),
        Flaw::WrongTenant => claims.with("tid", "99999999-9999-4999-8999-999999999999"),
        Flaw::Expired => {
            let issued = at("iat");
            claims.with("iat", issued - 7200).with("nbf", issued - 7200).with("exp", issued - 3600)
        }
        Flaw::NotYetValid => {
            let tomorrow = at("iat") + 86_400;
            claims.with("nbf", tomorrow).with("exp", tomorrow + 3600)
        }
        Flaw::VersionMismatch => {
            let other = if value["ver"] == "1.0" { "2.0" } else { "1.0" };
            claims.with("ver", other)
        }
        Flaw::Delegated => claims.without("roles").without("idtyp").with("scp", "user_impersonation"),
        _ => return None,
    })
}

/// Base64url of a part of a token.
fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The token with the first character of its signature changed.
fn with_other_signature(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{signed}.{first}{}", signature.get(1..).unwrap_or_default())
}
