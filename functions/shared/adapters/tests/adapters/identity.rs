//! Tokens good and bad.

use crate::support::client;
use crate::support::issuer::{AUDIENCE, TENANT, TestIssuer, claims, key, now, token, token_with};
use adapters::identity::{
    Caller, IssuerSettings, KeyPacing, TokenError, TokenVerifier, TokenVersion, same_secret,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

async fn refusal(token: &str) -> TokenError {
    let issuer = TestIssuer::start().await;
    issuer.verifier(KeyPacing::default()).verify(token, now()).await.unwrap_err()
}

#[tokio::test]
async fn an_application_is_known_by_its_token() {
    let issuer = TestIssuer::start().await;
    let caller = issuer.verifier(KeyPacing::default()).verify(&token(json!({})), now()).await.unwrap();
    assert_eq!(
        caller,
        Caller {
            client_id: "list-assist".into(),
            roles: vec!["api.publisher.user".into()],
            tenant: TENANT.into(),
            token_id: Some("token-1".into()),
        }
    );
    assert!(caller.has_role("api.publisher.user"));
    assert!(!caller.has_role("API.publisher.user"));
}

#[tokio::test]
async fn a_token_without_roles_is_a_caller_without_roles() {
    let issuer = TestIssuer::start().await;
    let token = token(json!({ "roles": null, "oid": null, "idtyp": "app" }));
    let caller = issuer.verifier(KeyPacing::default()).verify(&token, now()).await.unwrap();
    assert!(caller.roles.is_empty());
}

#[tokio::test]
async fn versions_count_only_with_their_own_issuer() {
    let issuer = TestIssuer::start().await;
    let both = IssuerSettings {
        issuers: vec![issuer.issuer(TokenVersion::V1), issuer.issuer(TokenVersion::V2)],
        audiences: vec![AUDIENCE.into()],
        pacing: KeyPacing::default(),
    };
    let verifier = TokenVerifier::new(both, &client());
    let v1_issuer = format!("https://issuer.test/{TENANT}/");
    let v1 = json!({ "iss": v1_issuer, "ver": "1.0", "azp": null, "appid": "list-assist" });
    assert_eq!(verifier.verify(&token(v1.clone()), now()).await.unwrap().client_id, "list-assist");
    assert!(verifier.verify(&token(json!({})), now()).await.is_ok());
    assert_eq!(issuer.fetches(), 1, "one key endpoint, one request");

    for mixed in [json!({ "iss": v1_issuer }), json!({ "ver": "1.0" }), json!({ "ver": null })] {
        assert!(matches!(verifier.verify(&token(mixed), now()).await, Err(TokenError::Version)));
    }
    // Version 1 alone is not trusted where only version 2 is configured.
    let only_v2 = issuer.verifier(KeyPacing::default());
    assert!(matches!(only_v2.verify(&token(v1), now()).await, Err(TokenError::Issuer)));
}

#[tokio::test]
async fn each_claim_must_be_right() {
    let later = now().timestamp() + 3600;
    type Expected = fn(&TokenError) -> bool;
    let cases: [(Value, Expected); 23] = [
        (json!({ "iss": "https://issuer.test/other/v2.0" }), |e| matches!(e, TokenError::Issuer)),
        (json!({ "iss": format!("https://issuer.test/{TENANT}/v2.0/") }), |e| {
            matches!(e, TokenError::Issuer)
        }),
        (json!({ "iss": null }), |e| matches!(e, TokenError::Malformed)),
        (json!({ "aud": "api://other" }), |e| matches!(e, TokenError::Audience)),
        (json!({ "aud": null }), |e| matches!(e, TokenError::Malformed)),
        (json!({ "aud": [AUDIENCE, "api://other"] }), |e| matches!(e, TokenError::Malformed)),
        (json!({ "tid": "other" }), |e| matches!(e, TokenError::Tenant)),
        (json!({ "tid": null }), |e| matches!(e, TokenError::Tenant)),
        (json!({ "exp": null }), |e| matches!(e, TokenError::Malformed)),
        (json!({ "exp": "4102444800" }), |e| matches!(e, TokenError::Malformed)),
        (json!({ "exp": i64::MAX }), |e| matches!(e, TokenError::Malformed)),
        (json!({ "exp": 0 }), |e| matches!(e, TokenError::Expired)),
        (json!({ "nbf": later }), |e| matches!(e, TokenError::NotYetValid)),
        (json!({ "iat": later }), |e| matches!(e, TokenError::NotYetValid)),
        (json!({ "scp": "openid" }), |e| matches!(e, TokenError::NotApplication)),
        (json!({ "idtyp": "user" }), |e| matches!(e, TokenError::NotApplication)),
        (json!({ "oid": "somebody" }), |e| matches!(e, TokenError::NotApplication)),
        (json!({ "nonce": "n" }), |e| matches!(e, TokenError::NotApplication)),
        (json!({ "at_hash": "h" }), |e| matches!(e, TokenError::NotApplication)),
        (json!({ "c_hash": "h" }), |e| matches!(e, TokenError::NotApplication)),
        (json!({ "azp": null }), |e| matches!(e, TokenError::NotApplication)),
        (json!({ "azp": "" }), |e| matches!(e, TokenError::NotApplication)),
        (json!({ "roles": "api.publisher.user" }), |e| matches!(e, TokenError::Malformed)),
    ];
    let issuer = TestIssuer::start().await;
    let verifier = issuer.verifier(KeyPacing::default());
    for (change, expected) in cases {
        let error = verifier.verify(&token(change.clone()), now()).await.unwrap_err();
        assert!(expected(&error), "{change}: {error:?}");
    }
}

#[tokio::test]
async fn a_minute_is_forgiven_and_no_more() {
    let issuer = TestIssuer::start().await;
    let verifier = issuer.verifier(KeyPacing::default());
    let good = token(json!({}));
    let (from, until) = (now() - TimeDelta::seconds(10), now() + TimeDelta::seconds(3600));
    let second = TimeDelta::seconds(1);
    let minute = TimeDelta::seconds(60);
    // Twice: before it is remembered, and after.
    for _ in 0..2 {
        assert!(matches!(verifier.verify(&good, from - minute - second).await, Err(TokenError::NotYetValid)));
        assert!(matches!(verifier.verify(&good, until + minute).await, Err(TokenError::Expired)));
        assert!(verifier.verify(&good, from - minute).await.is_ok());
        assert!(verifier.verify(&good, until + minute - second).await.is_ok());
    }
}

#[tokio::test]
async fn only_rs256_with_a_named_key_counts() {
    let header = |changes: Value| {
        let mut header = json!({ "alg": "RS256", "typ": "JWT", "kid": "one" });
        header.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        token_with(&header, &claims(json!({})), key(0))
    };
    for alg in ["none", "HS256", "RS384", "RS512", "PS256", "ES256", "rs256", ""] {
        assert!(matches!(refusal(&header(json!({ "alg": alg }))).await, TokenError::Algorithm), "{alg}");
    }
    assert!(matches!(refusal(&header(json!({ "crit": ["b64"] }))).await, TokenError::Algorithm));
    assert!(matches!(refusal(&header(json!({ "kid": null }))).await, TokenError::UnknownKey));
    assert!(matches!(refusal(&header(json!({ "kid": "" }))).await, TokenError::UnknownKey));
    assert!(matches!(refusal(&header(json!({ "kid": 7 }))).await, TokenError::Malformed));
    assert!(matches!(refusal(&header(json!({ "kid": "two" }))).await, TokenError::UnknownKey));
}

#[tokio::test]
async fn a_signature_by_the_public_key_as_a_secret_is_worth_nothing() {
    let modulus = key(0).jwk("one")["n"].as_str().unwrap().to_owned();
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "HS256", "kid": "one" }).to_string());
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims(json!({})).to_string()));
    let secret = EncodingKey::from_secret(modulus.as_bytes());
    let signature = crypto::sign(message.as_bytes(), &secret, Algorithm::HS256).unwrap();
    assert!(matches!(refusal(&format!("{message}.{signature}")).await, TokenError::Algorithm));
}

#[tokio::test]
async fn keys_in_the_token_itself_are_not_believed() {
    let stranger = TestIssuer::start().await;
    stranger.publishes(&[key(1).jwk("one")]);
    let elsewhere = stranger.server.url.join("keys").unwrap();
    let header = json!({
        "alg": "RS256", "kid": "one", "jku": elsewhere.as_str(), "x5u": elsewhere.as_str(), "jwk": key(1).jwk("one"), "x5c": ["AAAA"]
    });
    let forged = token_with(&header, &claims(json!({})), key(1));
    assert!(matches!(refusal(&forged).await, TokenError::Signature));
    assert_eq!(stranger.fetches(), 0);
}

#[tokio::test]
async fn changed_claims_and_borrowed_signatures_are_noticed() {
    let good = token(json!({}));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let other = token(json!({ "roles": ["api.publisher.admin"] }));
    let borrowed = format!("{}.{signature}", other.rsplit_once('.').unwrap().0);
    assert!(matches!(refusal(&borrowed).await, TokenError::Signature));
    for signature in ["", "AAAA"] {
        assert!(matches!(refusal(&format!("{message}.{signature}")).await, TokenError::Signature));
    }
}

#[tokio::test]
async fn what_is_no_token_is_malformed() {
    let good = token(json!({}));
    let twice = {
        let doubled = claims(json!({})).to_string().replacen('{', "{\"aud\":\"api://other\",", 1);
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "RS256", "kid": "one" }).to_string());
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(doubled));
        let signature = crypto::sign(message.as_bytes(), &key(0).signing, Algorithm::RS256).unwrap();
        format!("{message}.{signature}")
    };
    let long = format!("{good}{}", "A".repeat(16 * 1024));
    for text in ["", ".", "..", "...", "a.b.c", "é.é.é", "e30.e30.", &good[1..], &twice, &long] {
        let error = refusal(text).await;
        assert!(matches!(error, TokenError::Malformed), "{text}: {error:?}");
    }
}

#[tokio::test]
async fn a_token_seen_before_needs_no_key() {
    let issuer = TestIssuer::start().await;
    let keep = std::time::Duration::from_millis(1500);
    let verifier = issuer.verifier(KeyPacing { keep, ..KeyPacing::default() });
    let (seen, unseen) = (token(json!({})), token(json!({ "uti": "unseen" })));
    let first = verifier.verify(&seen, now()).await.unwrap();
    tokio::time::sleep(keep).await;
    // The key is forgotten by now, which only a token that was never seen can tell.
    assert_eq!(verifier.verify(&seen, now()).await.unwrap(), first);
    assert!(verifier.verify(&unseen, now()).await.is_err());
}

#[test]
fn secrets_are_the_same_or_not() {
    assert!(same_secret("a-callback-token", "a-callback-token"));
    assert!(!same_secret("a-callback-toke", "a-callback-token"));
    assert!(!same_secret("", "a-callback-token"));
}
