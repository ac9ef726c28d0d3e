//! RSA keys for stand-ins, worked out from a published recipe: finding primes takes many seconds in a debug build.
//!
//! A prime is the first suitable number at or above a 1024-bit start made of SHA-256 blocks of a label; only the
//! distance to it is written here. Such keys protect nothing and must never be trusted outside a test.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Distances from the start to the primes p and q of each key.
const DISTANCES: [(u32, u32); 4] = [(778, 90), (5, 63), (780, 341), (188, 1381)];

/// The usual public exponent.
const EXPONENT: u32 = 65_537;

/// A private key with its id.
#[derive(Clone)]
pub(crate) struct SigningKey {
    id: String,
    encoding: EncodingKey,
    modulus: Vec<u8>,
}

impl SigningKey {
    /// The `number`th key an issuer makes, from 1. There are three values; a fourth key has the value of the first
    /// under a new id.
    pub(crate) fn numbered(number: usize) -> Self {
        Self::from_recipe(number.saturating_sub(1) % (DISTANCES.len() - 1), format!("stand-in-{number}"))
    }

    /// A key no issuer publishes.
    pub(crate) fn stranger() -> Self {
        Self::from_recipe(DISTANCES.len() - 1, "stand-in-stranger".to_owned())
    }

    fn from_recipe(index: usize, id: String) -> Self {
        let (p, q) = DISTANCES[index];
        let number = index + 1;
        let key = RsaPrivateKey::from_p_q(
            prime(&format!("stand-in issuer key {number} p"), p),
            prime(&format!("stand-in issuer key {number} q"), q),
            BigUint::from(EXPONENT),
        )
        .expect("the distances lead to primes, which a test confirms for each of them");
        let der = key.to_pkcs1_der().expect("a valid key can be encoded");
        Self { id, encoding: EncodingKey::from_rsa_der(der.as_bytes()), modulus: key.n().to_bytes_be() }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The same key under another id.
    pub(crate) fn renamed(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// A compact token with these claims, signed with RS256.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.id.clone());
        self.sign_as(&header, claims)
    }

    /// A compact token with this header.
    pub(crate) fn sign_as(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.encoding)
            .expect("JSON claims and an RSA key always encode")
    }

    /// The public half, as a member of a key set.
    pub(crate) fn jwk(&self) -> Value {
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": self.public_modulus(), "e": "AQAB" })
    }

    /// The modulus, as key sets write it; what a confused verifier would take for a shared secret.
    pub(crate) fn public_modulus(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(&self.modulus)
    }
}

/// The number `distance` above the start that `label` names.
fn prime(label: &str, distance: u32) -> BigUint {
    let mut start: Vec<u8> =
        (0..4).flat_map(|block| Sha256::digest(format!("{label} {block}").as_bytes()).to_vec()).collect();
    start[0] |= 0b1100_0000;
    BigUint::from_bytes_be(&start) + BigUint::from(distance)
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation};

    use super::*;

    #[test]
    fn every_key_signs_what_its_public_half_verifies() {
        for key in (1..=4).map(SigningKey::numbered).chain([SigningKey::stranger()]) {
            let token = key.sign(&json!({ "exp": 4_000_000_000_u64 }));
            let public =
                DecodingKey::from_rsa_components(&key.public_modulus(), "AQAB").expect("a readable key");
            let read = jsonwebtoken::decode::<Value>(&token, &public, &Validation::new(Algorithm::RS256));
            assert_eq!(read.expect("a valid signature").header.kid.as_deref(), Some(key.id()));
            assert_eq!(key.modulus.len(), 256, "2048 bits");
        }
    }
}
