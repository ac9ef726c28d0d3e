//! Key Vault's secrets as the official client asks for them.

use axum::body::Body;
use serde_json::json;
use stand_ins::faults::Fault;
use stand_ins::key_vault::KeyVaultFault;

use crate::support::{Answer, World, call, get};

const VERSION: &str = "?api-version=7.6";

async fn read(world: &World, path: &str) -> Answer {
    let url = world.url(&format!("/keyvault/secrets/{path}{VERSION}"));
    call("GET", &url, &[("authorization", "Bearer any")], Body::empty()).await.expect("an answer")
}

#[tokio::test]
async fn a_request_without_a_token_is_challenged() {
    let world = World::with(|options| drop(options.secrets.insert("api-key".into(), "first".into()))).await;
    let answer = get(&world.url(&format!("/keyvault/secrets/api-key/{VERSION}"))).await;
    assert_eq!(answer.status, 401);
    let challenge = answer.header("www-authenticate");
    assert!(challenge.starts_with("Bearer authorization=\"http://localhost:"), "{challenge}");
    assert!(challenge.ends_with(", resource=\"https://vault.azure.net\""), "{challenge}");
    assert_eq!(world.stand_ins.key_vault.reads("api-key"), 0);
}

#[tokio::test]
async fn secrets_are_read_by_name_and_by_version() {
    let world = World::new().await;
    let vault = &world.stand_ins.key_vault;
    let first = vault.set("api-key", "first");
    vault.set("API-key", "second");
    let current = read(&world, "api-key/").await.json();
    assert_eq!((&current["value"], &current["attributes"]["enabled"]), (&json!("second"), &json!(true)));
    let earlier = read(&world, &format!("api-key/{first}")).await.json();
    assert_eq!(earlier["value"], "first");
    assert_eq!(earlier["id"], format!("{}/secrets/api-key/{first}", vault.url()));
    assert_eq!(vault.reads("api-key"), 2);
    vault.disable("api-key");
    assert_eq!(read(&world, "api-key").await.status, 403);
    let missing = read(&world, "other").await;
    assert_eq!((missing.status, &missing.json()["error"]["code"]), (404, &json!("SecretNotFound")));
}

#[tokio::test]
async fn secrets_can_be_set_over_http_and_bad_requests_are_refused() {
    let world = World::new().await;
    let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
    let url = world.url(&format!("/keyvault/secrets/new{VERSION}"));
    let answer =
        call("PUT", &url, &headers, "{\"value\":\"set\",\"contentType\":\"text\"}").await.expect("an answer");
    assert_eq!((answer.status, &answer.json()["contentType"]), (200, &json!("text")));
    assert_eq!(read(&world, "new").await.json()["value"], "set");
    assert_eq!(call("PUT", &url, &headers, "{}").await.expect("an answer").status, 400);
    assert_eq!(read(&world, "not_a_name").await.status, 400);
    let url = world.url("/keyvault/secrets/new");
    assert_eq!(call("GET", &url, &headers, Body::empty()).await.expect("an answer").status, 400);
}

#[tokio::test]
async fn the_vault_can_fail() {
    let world = World::new().await;
    let vault = &world.stand_ins.key_vault;
    vault.set("api-key", "value");
    for (kind, status) in [
        (KeyVaultFault::ServerError, 500),
        (KeyVaultFault::Unavailable, 503),
        (KeyVaultFault::Throttled, 429),
        (KeyVaultFault::Forbidden, 403),
    ] {
        vault.fault(Fault::of(kind).once());
        assert_eq!(read(&world, "api-key").await.status, status, "{kind:?}");
        assert_eq!(read(&world, "api-key").await.status, 200, "{kind:?} is over");
    }
}
