//! The issuer in Rust: its good tokens pass a careful reader, its broken ones do not.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use stand_ins::clock::Clock;
use stand_ins::faults::Fault;
use stand_ins::issuer::{Flaw, Issuer, IssuerFault, TENANT, Version};

use crate::support::{World, get};

const AUDIENCE: &str = "api://publishing-information";

/// A careful reader: signature by published key id, and every claim that can be wrong.
fn read(token: &str, keys: &JwkSet, issuer: &Issuer) -> Option<Value> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let key = DecodingKey::from_jwk(keys.find(&header.kid?)?).ok()?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[issuer.v1_issuer(), issuer.v2_issuer()]);
    validation.validate_nbf = true;
    let claims = jsonwebtoken::decode::<Value>(token, &key, &validation).ok()?.claims;
    let wanted = if claims["iss"] == issuer.v1_issuer() { "1.0" } else { "2.0" };
    (claims["tid"] == TENANT && claims["ver"] == wanted && claims["scp"].is_null()).then_some(claims)
}

async fn published(issuer: &Issuer) -> JwkSet {
    serde_json::from_slice(&get(&issuer.jwks_url()).await.body).expect("a key set")
}

async fn world() -> World {
    World::with(|options| options.clock = Clock::system()).await
}

#[tokio::test]
async fn good_tokens_of_both_versions_pass_and_each_flaw_is_seen() {
    let world = world().await;
    let issuer = &world.stand_ins.issuer;
    let keys = published(issuer).await;
    for (version, client_claim) in [(Version::V1, "appid"), (Version::V2, "azp")] {
        let claims = issuer.claims(version, "hmi", AUDIENCE, &["api.publisher.user"]);
        let read_claims = read(&issuer.token(&claims), &keys, issuer).expect("a good token");
        assert_eq!(read_claims[client_claim], "hmi");
        assert_eq!(read_claims["roles"][0], "api.publisher.user");
        for flaw in Flaw::ALL {
            assert_eq!(read(&issuer.broken(&claims, flaw), &keys, issuer), None, "{version:?} {flaw:?}");
        }
    }
}

#[tokio::test]
async fn keys_rotate_and_old_ones_are_withdrawn_later() {
    let world = world().await;
    let issuer = &world.stand_ins.issuer;
    let claims = issuer.claims(Version::V2, "hmi", AUDIENCE, &[]);
    let old = issuer.token(&claims);
    let old_keys = published(issuer).await;
    issuer.rotate();
    let new = issuer.token(&claims);
    assert_eq!(read(&new, &old_keys, issuer), None, "an unknown key id");
    let keys = published(issuer).await;
    assert!(read(&old, &keys, issuer).is_some() && read(&new, &keys, issuer).is_some());
    issuer.withdraw_old_keys();
    let keys = published(issuer).await;
    assert!(read(&old, &keys, issuer).is_none() && read(&new, &keys, issuer).is_some());
    assert_eq!(issuer.jwks_fetches(), 3);
}

#[tokio::test]
async fn the_published_keys_can_fail() {
    let world = world().await;
    let issuer = &world.stand_ins.issuer;
    let token = issuer.token(&issuer.claims(Version::V2, "hmi", AUDIENCE, &[]));
    issuer.fault(Fault::of(IssuerFault::JwksDown).once());
    assert_eq!(get(&issuer.jwks_url()).await.status, 503);
    issuer.fault(Fault::of(IssuerFault::WrongKey).once());
    assert_eq!(read(&token, &published(issuer).await, issuer), None);
    assert!(read(&token, &published(issuer).await, issuer).is_some());
    assert_eq!(get(&issuer.discovery_url()).await.json()["jwks_uri"], issuer.jwks_url());
}

#[tokio::test]
async fn several_worlds_do_not_know_of_each_other() {
    let (one, other) = (world().await, world().await);
    one.stand_ins.issuer.rotate();
    get(&one.stand_ins.issuer.jwks_url()).await;
    assert_ne!(one.stand_ins.url(), other.stand_ins.url());
    assert_eq!(other.stand_ins.issuer.jwks_fetches(), 0);
    assert_ne!(one.stand_ins.issuer.key_id(), other.stand_ins.issuer.key_id());
}
