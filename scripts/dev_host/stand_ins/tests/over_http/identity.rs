//! Entra ID, played by the Node process: real requests for tokens, really verified.

use std::time::{Duration, Instant};

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use stand_ins::clock::Clock;
use stand_ins::faults::Fault;
use stand_ins::identity::{Client, Identity, IdentityFault, Settings, Tenant};
use stand_ins::issuer::{TENANT, Version};

use crate::support::{Answer, World, get, post_form};

/// A world with the demo clients and one that gets version 1 tokens for an API named by a UUID.
async fn world() -> World {
    World::with(|options| {
        options.clock = Clock::system();
        let mut tenant = Tenant::demo();
        tenant.clients.push(Client {
            id: "older".into(),
            secret: "older-demo-secret".into(),
            roles: vec!["api.publisher.user".into()],
            version: Version::V1,
            audience: "6f7c9d4e-0000-4000-8000-000000000001".into(),
        });
        options.identity = Some(Settings { tenants: vec![tenant], ..Settings::default() });
    })
    .await
}

async fn ask(identity: &Identity, client: &str, secret: &str, scope: &str) -> Answer {
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={scope}/.default"
    );
    post_form(&identity.token_url(TENANT), &form).await
}

async fn verify(identity: &Identity, token: &str, audience: &str, issuer: &str) -> Result<Value, String> {
    let answer = get(&identity.jwks_url(TENANT)).await;
    let keys: JwkSet = serde_json::from_slice(&answer.body).map_err(|_| answer.status.to_string())?;
    let header = jsonwebtoken::decode_header(token).map_err(|error| error.to_string())?;
    let key = keys.find(header.kid.as_deref().unwrap_or_default()).ok_or("unknown key id")?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[issuer]);
    let key = DecodingKey::from_jwk(key).map_err(|error| error.to_string())?;
    jsonwebtoken::decode::<Value>(token, &key, &validation)
        .map(|read| read.claims)
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn applications_get_tokens_of_both_versions_that_verify() {
    let world = world().await;
    let identity = world.stand_ins.identity.as_ref().expect("started");
    let answer = ask(identity, "hmi", "hmi-demo-secret", Tenant::DEMO_AUDIENCE).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
    let issuer = identity.v2_issuer(TENANT);
    let claims = verify(identity, &token, Tenant::DEMO_AUDIENCE, &issuer).await.expect("a valid token");
    assert_eq!(
        (&claims["azp"], &claims["ver"], &claims["tid"]),
        (&"hmi".into(), &"2.0".into(), &TENANT.into())
    );
    assert_eq!(claims["roles"], serde_json::json!(["api.publisher.user"]));
    let admin = identity.token("admin").await.expect("a token");
    let claims = verify(identity, &admin, Tenant::DEMO_AUDIENCE, &issuer).await.expect("a valid token");
    assert_eq!(claims["roles"], serde_json::json!(["api.request.admin", "api.publisher.user"]));
    let older = identity.token("older").await.expect("a token");
    let audience = "6f7c9d4e-0000-4000-8000-000000000001";
    let claims =
        verify(identity, &older, audience, &identity.v1_issuer(TENANT)).await.expect("a valid token");
    assert_eq!((&claims["appid"], &claims["ver"]), (&"older".into(), &"1.0".into()));
    assert!(claims["azp"].is_null() && claims["scp"].is_null() && claims["client_id"].is_null());
}

#[tokio::test]
async fn wrong_secrets_and_other_apis_are_refused_and_the_metadata_names_our_addresses() {
    let world = world().await;
    let identity = world.stand_ins.identity.as_ref().expect("started");
    let wrong = ask(identity, "hmi", "guess", Tenant::DEMO_AUDIENCE).await;
    assert_eq!((wrong.status, &wrong.json()["error"]), (401, &"invalid_client".into()));
    let elsewhere = ask(identity, "hmi", "hmi-demo-secret", "api://another").await;
    assert_eq!((elsewhere.status, &elsewhere.json()["error"]), (400, &"invalid_target".into()));
    let metadata = get(&identity.discovery_url(TENANT)).await.json();
    assert_eq!(metadata["issuer"], identity.v2_issuer(TENANT));
    assert_eq!(metadata["token_endpoint"], identity.token_url(TENANT));
    assert_eq!(metadata["jwks_uri"], identity.jwks_url(TENANT));
    let older = get(&world.url(&format!("/identity/{TENANT}/.well-known/openid-configuration"))).await.json();
    assert_eq!(older["issuer"], identity.v1_issuer(TENANT));
    assert_eq!(get(&world.url("/identity/nowhere/discovery/keys")).await.status, 404);
}

#[tokio::test]
async fn keys_rotate_and_faults_can_be_switched() {
    let world = world().await;
    let identity = world.stand_ins.identity.as_ref().expect("started");
    let issuer = identity.v2_issuer(TENANT);
    let check = |token: String| {
        let issuer = issuer.clone();
        async move { verify(identity, &token, Tenant::DEMO_AUDIENCE, &issuer).await }
    };
    let old = identity.token("hmi").await.expect("a token");
    identity.rotate().await.expect("new keys");
    let new = identity.token("hmi").await.expect("a token");
    let kid = |token: &str| jsonwebtoken::decode_header(token).expect("a header").kid;
    assert_ne!(kid(&old), kid(&new));
    assert!(check(old.clone()).await.is_ok() && check(new.clone()).await.is_ok());
    identity.withdraw_old_keys().await.expect("fewer keys");
    assert_eq!(check(old).await, Err("unknown key id".to_owned()));
    assert!(check(new.clone()).await.is_ok());
    assert_eq!(identity.jwks_fetches(), 4);

    identity.fault(Fault::of(IdentityFault::JwksDown).once());
    assert_eq!(check(new.clone()).await, Err("503".to_owned()));
    identity.fault(Fault::of(IdentityFault::JwksSlow).once().lasting(Duration::from_millis(200)));
    let before = Instant::now();
    assert!(check(new).await.is_ok() && before.elapsed() >= Duration::from_millis(200));
    identity.fault(Fault::of(IdentityFault::WrongKey).once());
    let answer = ask(identity, "hmi", "hmi-demo-secret", Tenant::DEMO_AUDIENCE).await;
    let stranger = answer.json()["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(check(stranger).await, Err("InvalidSignature".to_owned()));
    for (kind, status) in [(IdentityFault::TokenDown, 503), (IdentityFault::TokenRefused, 401)] {
        identity.fault(Fault::of(kind).once());
        assert_eq!(ask(identity, "hmi", "hmi-demo-secret", Tenant::DEMO_AUDIENCE).await.status, status);
    }
}

#[tokio::test]
async fn a_provider_that_cannot_start_says_why() {
    let settings = Settings { script: "/nowhere/identity.mjs".into(), ..Settings::default() };
    let error = Identity::start("http://localhost:1", settings).await.err().expect("no such script");
    assert!(error.to_string().contains("Cannot find module"), "{error}");
}

#[tokio::test]
async fn the_provider_is_gone_when_the_stand_ins_are_dropped() {
    let world = world().await;
    let keys = world.stand_ins.identity.as_ref().expect("started").jwks_url(TENANT);
    assert_eq!(get(&keys).await.status, 200);
    drop(world);
    let gone = tokio::time::timeout(Duration::from_secs(5), async {
        while crate::support::call("GET", &keys, &[], axum::body::Body::empty()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    gone.await.expect("nobody answers any more");
}
