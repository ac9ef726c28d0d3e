//! Signing keys that change, and an issuer that is away.

use crate::support::issuer::{Endpoint, TestIssuer, claims, key, now, token, token_with};
use adapters::identity::{KeyPacing, TokenError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn token_of(kid: &str, index: usize) -> String {
    token_with(&json!({ "alg": "RS256", "kid": kid }), &claims(json!({})), key(index))
}

/// Times short enough for a test.
fn quick() -> KeyPacing {
    KeyPacing {
        after_success: Duration::from_millis(1000),
        after_failure: Duration::from_millis(500),
        timeout: Duration::from_millis(1000),
        ..KeyPacing::default()
    }
}

#[tokio::test]
async fn many_first_callers_cause_one_request() {
    let issuer = TestIssuer::start().await;
    issuer.becomes(Endpoint::Slow(Duration::from_millis(100), json!({ "keys": [key(0).jwk("one")] })));
    let verifier = issuer.verifier(KeyPacing::default());
    let tokens: Vec<String> = (0..8).map(|n| token(json!({ "uti": n.to_string() }))).collect();
    let results = join_all(tokens.iter().map(|token| verifier.verify(token, now()))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_flood_of_made_up_key_names_causes_one_request() {
    let issuer = TestIssuer::start().await;
    let verifier = issuer.verifier(KeyPacing::default());
    // Whoever makes names up has no key to sign with.
    let message = token_of("made-up", 1);
    let (_header, rest) = message.split_once('.').unwrap();
    let renamed =
        |n| URL_SAFE_NO_PAD.encode(json!({ "alg": "RS256", "kid": format!("made-up-{n}") }).to_string());
    let tokens: Vec<String> = (0..50).map(|n| format!("{}.{rest}", renamed(n))).collect();
    for result in join_all(tokens.iter().map(|token| verifier.verify(token, now()))).await {
        assert!(matches!(result, Err(TokenError::UnknownKey)));
    }
    assert_eq!(issuer.fetches(), 1);
    assert!(verifier.verify(&token(json!({})), now()).await.is_ok());
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn callers_who_hang_up_do_not_cause_more_requests() {
    let issuer = TestIssuer::start().await;
    issuer.becomes(Endpoint::Slow(Duration::from_millis(1500), json!({ "keys": [key(0).jwk("one")] })));
    let verifier = issuer.verifier(KeyPacing::default());
    let (good, token) = (token(json!({})), token_of("x", 1));
    for _ in 0..5 {
        let impatient = tokio::time::timeout(Duration::from_millis(5), verifier.verify(&token, now()));
        assert!(impatient.await.is_err());
    }
    assert!(verifier.verify(&good, now()).await.is_ok());
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_new_key_is_noticed_and_the_old_one_still_good() {
    let issuer = TestIssuer::start().await;
    let verifier = issuer.verifier(quick());
    let (old, another, new) = (token(json!({})), token(json!({ "uti": "another" })), token_of("two", 1));
    assert!(verifier.verify(&old, now()).await.is_ok());
    issuer.publishes(&[key(1).jwk("two")]);
    // Too soon after the last request.
    assert!(matches!(verifier.verify(&new, now()).await, Err(TokenError::UnknownKey)));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(verifier.verify(&new, now()).await.is_ok());
    assert!(verifier.verify(&another, now()).await.is_ok());
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn a_key_is_forgotten_in_the_end() {
    let issuer = TestIssuer::start().await;
    let verifier = issuer.verifier(KeyPacing { keep: Duration::from_millis(1500), ..quick() });
    assert!(verifier.verify(&token(json!({})), now()).await.is_ok());
    issuer.publishes(&[key(1).jwk("two")]);
    tokio::time::sleep(Duration::from_millis(1600)).await;
    let late = verifier.verify(&token(json!({ "uti": "another" })), now()).await;
    assert!(matches!(late, Err(TokenError::UnknownKey)));
}

#[tokio::test]
async fn two_keys_of_one_name_are_the_newer_key() {
    let issuer = TestIssuer::start().await;
    let verifier = issuer.verifier(quick());
    assert!(verifier.verify(&token(json!({})), now()).await.is_ok());
    tokio::time::sleep(Duration::from_millis(1100)).await;
    issuer.publishes(&[key(1).jwk("one")]);
    let unknown = verifier.verify(&token_of("unknown", 1), now()).await;
    assert!(matches!(unknown, Err(TokenError::UnknownKey)));
    assert!(verifier.verify(&token_of("one", 1), now()).await.is_ok());
    let old = verifier.verify(&token(json!({ "uti": "another" })), now()).await;
    assert!(matches!(old, Err(TokenError::Signature)));
}

#[tokio::test]
async fn keys_at_hand_survive_an_outage() {
    let issuer = TestIssuer::start().await;
    let verifier = issuer.verifier(KeyPacing {
        renew: Duration::from_millis(50),
        after_success: Duration::from_millis(50),
        after_failure: Duration::from_millis(50),
        ..quick()
    });
    assert!(verifier.verify(&token(json!({})), now()).await.is_ok());
    issuer.becomes(Endpoint::Status(503));
    for n in 0..5 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let token = token(json!({ "uti": n.to_string() }));
        assert!(verifier.verify(&token, now()).await.is_ok());
    }
    assert!(issuer.fetches() > 1, "they are renewed in the background");
    let unknown = verifier.verify(&token_of("two", 1), now()).await;
    assert!(matches!(unknown, Err(TokenError::KeysUnavailable(_))));
}

#[tokio::test]
async fn without_any_key_the_fault_is_not_the_callers() {
    let good: Value = json!({ "keys": [key(0).jwk("one")] });
    let weak = json!({ "keys": [{ "kty": "RSA", "kid": "one", "n": "AQAB", "e": "AQAB" }] });
    let wrong_use = {
        let mut jwk = key(0).jwk("one");
        jwk["use"] = "enc".into();
        json!({ "keys": [jwk] })
    };
    let (mine, others) = (token(json!({})), token_of("x", 1));
    let broken = [
        Endpoint::Status(500),
        Endpoint::Status(302),
        Endpoint::Text("<html>".into()),
        Endpoint::Text("{\"keys\":[]}".into()),
        Endpoint::Text(format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(300_000))),
        Endpoint::Keys(weak),
        Endpoint::Keys(wrong_use),
        Endpoint::Slow(Duration::from_secs(5), good.clone()),
    ];
    let (mine, others, good) = (&mine, &others, &good);
    join_all(broken.map(|broken| async move {
        let issuer = TestIssuer::start().await;
        issuer.becomes(broken);
        let verifier = Arc::new(issuer.verifier(quick()));
        let error = verifier.verify(mine, now()).await.unwrap_err();
        assert!(matches!(error, TokenError::KeysUnavailable(_)), "{error:?}");
        // Everybody else learns it without a request of their own.
        assert!(verifier.verify(others, now()).await.is_err());
        let fetched = issuer.fetches();
        issuer.becomes(Endpoint::Keys(good.clone()));
        tokio::time::sleep(Duration::from_millis(550)).await;
        assert!(verifier.verify(mine, now()).await.is_ok());
        assert_eq!((fetched, issuer.fetches()), (1, 2));
    }))
    .await;
}

#[tokio::test]
async fn keys_for_other_ends_do_not_disturb() {
    let issuer = TestIssuer::start().await;
    let mut other = key(1).jwk("two");
    other["use"] = "enc".into();
    let curve = json!({ "kty": "EC", "kid": "ec", "crv": "P-256", "x": "AA", "y": "AA" });
    issuer.publishes(&[curve, json!("nonsense"), other, key(0).jwk("one")]);
    let verifier = issuer.verifier(KeyPacing::default());
    assert!(verifier.verify(&token(json!({})), now()).await.is_ok());
    for kid in ["two", "ec"] {
        assert!(matches!(verifier.verify(&token_of(kid, 1), now()).await, Err(TokenError::UnknownKey)));
    }
}
