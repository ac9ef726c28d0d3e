//! Key Vault, against a server that speaks its challenge and its answers.

use crate::support::{Server, client, closed_port};
use adapters::credential::AzureIdentity;
use adapters::key_vault::{SecretError, Secrets, VaultError, VaultSettings};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use secrecy::ExposeSecret;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use url::Url;

async fn answer(Path(name): Path<String>, headers: HeaderMap) -> Response {
    if headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) != Some("Bearer stand-in") {
        let challenge = "Bearer authorization=\"https://login.microsoftonline.com/t\", resource=\"https://vault.azure.net\"";
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response();
    }
    let refusal = |status, code: &str| {
        let body = json!({ "error": { "code": code, "message": "no" } }).to_string();
        (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    match name.as_str() {
        "notify-api-key" => json!({
            "value": "s3cret", "id": "https://pi.vault.azure.net/secrets/notify-api-key/1", "attributes": { "enabled": true }
        })
        .to_string()
        .into_response(),
        "no-value" => json!({ "id": "x" }).to_string().into_response(),
        "nonsense" => "<html>".into_response(),
        "disabled" => refusal(StatusCode::FORBIDDEN, "Forbidden"),
        "broken" => refusal(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"),
        _ => refusal(StatusCode::NOT_FOUND, "SecretNotFound"),
    }
}

async fn vault() -> Server {
    // The client leaves the version empty, which leaves a slash at the end.
    Server::start(Router::new().route("/secrets/{name}/", get(answer))).await
}

fn settings(stand_in: Option<Url>) -> VaultSettings {
    let url = Url::parse("https://pi.vault.azure.net").unwrap();
    VaultSettings { url, stand_in, identity: AzureIdentity::Managed { client_id: None } }
}

fn secrets(server: &Server) -> Secrets {
    Secrets::connect(settings(Some(server.url.clone())), client()).unwrap()
}

#[tokio::test]
async fn a_secret_is_found_by_its_name() {
    let server = vault().await;
    let secrets = secrets(&server);
    for _ in 0..2 {
        let secret = secrets.resolve("notify-api-key").await.unwrap();
        assert_eq!(secret.expose_secret(), "s3cret");
        assert!(!format!("{secret:?} {secrets:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn each_failure_has_its_own_name() {
    let server = vault().await;
    let secrets = secrets(&server);
    assert!(matches!(secrets.resolve("absent").await, Err(SecretError::Absent(name)) if name == "absent"));
    assert!(matches!(secrets.resolve("disabled").await, Err(SecretError::Forbidden { .. })));
    assert!(matches!(secrets.resolve("broken").await, Err(SecretError::Unavailable { .. })));
    assert!(matches!(secrets.resolve("no-value").await, Err(SecretError::Unreadable { source: None, .. })));
    assert!(matches!(
        secrets.resolve("nonsense").await,
        Err(SecretError::Unreadable { source: Some(_), .. })
    ));
    for name in ["", "a/b", "../keys/k", "a?b", "é", &"x".repeat(128)] {
        assert!(matches!(secrets.resolve(name).await, Err(SecretError::Name(_))), "{name}");
    }
}

#[tokio::test]
async fn a_vault_that_is_away_is_unavailable_and_soon_known_to_be() {
    let nobody = Url::parse(&format!("http://127.0.0.1:{}", closed_port())).unwrap();
    let secrets = Secrets::connect(settings(Some(nobody)), client()).unwrap();
    let started = Instant::now();
    assert!(matches!(secrets.resolve("any").await, Err(SecretError::Unavailable { .. })));
    assert!(started.elapsed().as_secs() < 10);
}

#[tokio::test]
async fn a_secret_that_was_rotated_is_seen_at_once() {
    let version = Arc::new(AtomicUsize::new(1));
    let current = version.clone();
    let answer = move |headers: HeaderMap| {
        let value = json!({ "value": current.load(Ordering::SeqCst).to_string() }).to_string();
        async move {
            if headers.contains_key(header::AUTHORIZATION) {
                value.into_response()
            } else {
                answer(Path("x".to_owned()), headers).await
            }
        }
    };
    let server = Server::start(Router::new().route("/secrets/{name}/", get(answer))).await;
    let secrets = secrets(&server);
    assert_eq!(secrets.resolve("key").await.unwrap().expose_secret(), "1");
    version.store(2, Ordering::SeqCst);
    assert_eq!(secrets.resolve("key").await.unwrap().expose_secret(), "2");
}

#[tokio::test]
async fn a_real_vault_is_only_spoken_to_in_https() {
    let url = Url::parse("http://pi.vault.azure.net").unwrap();
    let refused = Secrets::connect(VaultSettings { url, ..settings(None) }, client());
    assert!(matches!(refused, Err(VaultError::NotHttps(_))));
    assert!(Secrets::connect(settings(None), client()).is_ok());
    let desk = VaultSettings { identity: AzureIdentity::DeveloperTools, ..settings(None) };
    assert!(Secrets::connect(desk, client()).is_ok());
}
