//! Who is calling: the JWT that Notify's clients make from their API key.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use uuid::Uuid;

use super::answers::Refusal;
use super::settings::{ApiKey, Settings};

/// How far the caller's clock may be off, in seconds, in either direction.
const WINDOW_SECONDS: f64 = 30.0;

/// What Notify says of a token it cannot make sense of.
const GENERAL: &str = "Invalid token: make sure your API token matches the example at \
     https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header";

/// The key that made the request's token.
pub(super) fn authenticate<'a>(
    headers: &HeaderMap,
    settings: &'a Settings,
    now: DateTime<Utc>,
) -> Result<&'a ApiKey, Refusal> {
    let token = bearer(headers)?;
    let claims: Value =
        jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| Refusal::forbidden(GENERAL))?;
    let issuer = match claims.get("iss") {
        None | Some(Value::Null) => return Err(Refusal::forbidden("Invalid token: iss field not provided")),
        Some(issuer) => issuer.as_str().and_then(|issuer| Uuid::parse_str(issuer).ok()),
    };
    let issuer =
        issuer.ok_or_else(|| Refusal::forbidden("Invalid token: service id is not the right data type"))?;
    let service = &settings.service;
    if issuer != service.id {
        return Err(Refusal::forbidden("Invalid token: service not found"));
    }
    if settings.api_keys.is_empty() {
        return Err(Refusal::forbidden("Invalid token: service has no API keys"));
    }
    if service.archived {
        return Err(Refusal::forbidden("Invalid token: service is archived"));
    }
    for key in &settings.api_keys {
        if signed_by(token, key)? {
            check_time(&claims, now)?;
            return if key.revoked {
                Err(Refusal::forbidden("Invalid token: API key revoked"))
            } else {
                Ok(key)
            };
        }
    }
    Err(key_not_found())
}

fn key_not_found() -> Refusal {
    Refusal::forbidden("Invalid token: API key not found")
}

/// The token in the `Authorization` header.
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if value.is_empty() {
        return Err(Refusal::unauthorised("Unauthorized: authentication token must be provided"));
    }
    match value.split_at_checked(7) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer ") => Ok(token),
        _ => Err(Refusal::unauthorised("Unauthorized: authentication bearer scheme must be used")),
    }
}

/// Whether this key's secret made the signature; a token of another algorithm is refused whatever the key.
fn signed_by(token: &str, key: &ApiKey) -> Result<bool, Refusal> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let secret = DecodingKey::from_secret(key.secret.as_bytes());
    match jsonwebtoken::decode::<Value>(token, &secret, &validation) {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            ErrorKind::InvalidSignature => Ok(false),
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => {
                Err(Refusal::forbidden("Invalid token: algorithm used is not HS256"))
            }
            _ => Err(unreadable(token)),
        },
    }
}

/// A header that names no algorithm the library knows (such as `none`) is a wrong algorithm, all else is nonsense.
fn unreadable(token: &str) -> Refusal {
    use base64::Engine;
    let header = token.split('.').next().unwrap_or_default();
    let header = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    let header: Value = serde_json::from_slice(&header).unwrap_or_default();
    match header["alg"].as_str() {
        Some(algorithm) if algorithm != "HS256" => {
            Refusal::forbidden("Invalid token: algorithm used is not HS256")
        }
        _ => Refusal::forbidden(GENERAL),
    }
}

/// `iat` within the window, in whole or broken seconds; an `exp`, which clients need not send, not in the past.
fn check_time(claims: &Value, now: DateTime<Utc>) -> Result<(), Refusal> {
    let Some(issued) = claims["iat"].as_f64() else { return Err(key_not_found()) };
    // Milliseconds of this era are far below 2^52, so no precision is lost.
    let now = now.timestamp_millis() as f64 / 1000.0;
    if claims["exp"].as_f64().is_some_and(|expiry| expiry <= now) {
        return Err(Refusal::forbidden(GENERAL));
    }
    if (now - issued).abs() > WINDOW_SECONDS {
        return Err(Refusal::forbidden("Error: Your system clock must be accurate to within 30 seconds"));
    }
    Ok(())
}
