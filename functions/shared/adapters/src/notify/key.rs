//! Notify's API key and the tokens made with it.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// A UUID as text.
const UUID_LENGTH: usize = 36;

/// The text is not an API key of Notify. It is not repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the GOV.UK Notify API key is not of the form name-service id-secret")]
pub struct KeyError;

/// An API key: `<name>-<service id>-<secret>`, where the name may itself contain hyphens.
#[derive(Clone)]
pub struct ApiKey {
    service_id: String,
    secret: EncodingKey,
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey").field("service_id", &self.service_id).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: u64,
}

impl ApiKey {
    /// Reads a key from its end, because of the hyphens.
    ///
    /// # Errors
    /// When its last two parts are not UUIDs.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let (rest, secret) = split_uuid(text)?;
        let (_name, service_id) = split_uuid(rest)?;
        // The secret's characters are the key, not the bytes the UUID stands for.
        Ok(Self { service_id: service_id.to_owned(), secret: EncodingKey::from_secret(secret.as_bytes()) })
    }

    /// Whether the other is the same key, whatever its name.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.token(UNIX_EPOCH) == other.token(UNIX_EPOCH)
    }

    /// A token for one request at this time.
    pub(super) fn token(&self, now: SystemTime) -> String {
        let iat = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let claims = Claims { iss: &self.service_id, iat };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.secret)
            .expect("a text and a number can be written as JSON and signed with any secret")
    }
}

/// What stands before the last UUID and its hyphen, and the UUID. A key without a name may begin with it.
fn split_uuid(text: &str) -> Result<(&str, &str), KeyError> {
    let start = text.len().checked_sub(UUID_LENGTH).ok_or(KeyError)?;
    let (before, uuid) = text.split_at_checked(start).ok_or(KeyError)?;
    Uuid::try_parse(uuid).map_err(|_| KeyError)?;
    match before.strip_suffix('-') {
        Some(rest) => Ok((rest, uuid)),
        None if before.is_empty() => Ok((before, uuid)),
        None => Err(KeyError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SERVICE: &str = "26785a09-ab16-4eb0-8407-a37497a57506";
    const SECRET: &str = "3d844edf-8d35-48ac-975b-e847b4f122b0";

    #[test]
    fn a_key_is_read_from_its_end() {
        for name in ["live", "my-key-for-courts", "a--b"] {
            let key = ApiKey::parse(&format!("{name}-{SERVICE}-{SECRET}")).unwrap();
            assert_eq!(key.service_id, SERVICE);
        }
    }

    #[test]
    fn anything_else_is_no_key() {
        let short = &SECRET[1..];
        for text in ["", "x", SECRET, &format!("{SERVICE}{SECRET}"), &format!("k-{SERVICE}-{short}"), "é-é"]
        {
            assert_eq!(ApiKey::parse(text).err(), Some(KeyError), "{text}");
        }
    }

    #[test]
    fn neither_the_key_nor_its_error_shows_the_secret() {
        let key = ApiKey::parse(&format!("live-{SERVICE}-{SECRET}")).unwrap();
        assert!(!format!("{key:?}").contains(SECRET));
    }

    #[test]
    fn a_token_names_the_service_and_the_second() {
        let key = ApiKey::parse(&format!("live-{SERVICE}-{SECRET}")).unwrap();
        let token = key.token(UNIX_EPOCH + Duration::from_millis(1_700_000_000_900));
        let data = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(&token).unwrap();
        assert_eq!(data.claims, serde_json::json!({ "iss": SERVICE, "iat": 1_700_000_000 }));
        assert_eq!(data.header.typ.as_deref(), Some("JWT"));
        let (message, signature) = token.rsplit_once('.').unwrap();
        let verifying = jsonwebtoken::DecodingKey::from_secret(SECRET.as_bytes());
        assert!(
            jsonwebtoken::crypto::verify(signature, message.as_bytes(), &verifying, Algorithm::HS256)
                .unwrap()
        );
    }
}
