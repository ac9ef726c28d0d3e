//! Requests passed on to the identity process, with the faults that happen on the way.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::uri::InvalidUri;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use thiserror::Error;
use url::form_urlencoded;

use super::process::Process;
use super::{Client, Identity, IdentityFault, Tenant, TokenError};
use crate::http::Plain;
use crate::issuer::SigningKey;

/// Why the process could not be spoken to.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// The address is not one.
    #[error("the address cannot be read")]
    Address(#[from] InvalidUri),
    /// The request cannot be written.
    #[error("the request cannot be written")]
    Request(#[from] axum::http::Error),
    /// No connection, or it broke.
    #[error("the connection failed")]
    Connection(#[from] hyper_util::client::legacy::Error),
    /// The answer broke off.
    #[error("the answer broke off")]
    Answer(#[from] hyper::Error),
    /// The process said no.
    #[error("the process answered {0}")]
    Status(StatusCode),
}

/// Passes one request on, as the fault that is drawn allows.
pub(super) async fn forward(State(identity): State<Identity>, mut request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let asks_for_keys = path.ends_with("/keys");
    let asks_for_token = path.ends_with("/token");
    if asks_for_keys {
        identity.0.fetches.fetch_add(1, Ordering::SeqCst);
    }
    let fault = identity.0.switch.draw(|kind| match kind {
        IdentityFault::JwksDown | IdentityFault::JwksSlow => asks_for_keys,
        _ => asks_for_token,
    });
    match fault.as_ref().map(|fault| fault.kind) {
        Some(IdentityFault::JwksDown | IdentityFault::TokenDown) => {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        Some(IdentityFault::TokenRefused) => return refusal(),
        Some(IdentityFault::TokenHang) => std::future::pending().await,
        Some(IdentityFault::JwksSlow | IdentityFault::TokenSlow) => {
            tokio::time::sleep(fault.as_ref().map(crate::faults::Fault::delay).unwrap_or_default()).await;
        }
        Some(IdentityFault::WrongKey) | None => {}
    }
    let target = request.uri().path_and_query().map_or(path.as_str(), |target| target.as_str());
    match identity.0.process.url(target).parse() {
        Ok(uri) => *request.uri_mut() = uri,
        Err(_) => return StatusCode::BAD_REQUEST.into_response(),
    }
    match identity.0.client.request(request).await {
        Ok(answer) if fault.is_some_and(|fault| fault.kind == IdentityFault::WrongKey) => {
            with_wrong_key(answer.map(Body::new)).await
        }
        Ok(answer) => answer.map(Body::new),
        Err(error) => {
            tracing::error!(%error, "the identity process cannot be reached");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// How Entra refuses a client.
fn refusal() -> Response {
    let body = json!({
        "error": "invalid_client",
        "error_description": "AADSTS7000215: Invalid client secret provided.",
        "error_codes": [7_000_215],
    });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

/// The same token answer, the token signed again by a stranger.
async fn with_wrong_key(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Some(token) = body["access_token"].as_str().and_then(signed_by_stranger) {
        body["access_token"] = json!(token);
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body.to_string()))
}

fn signed_by_stranger(token: &str) -> Option<String> {
    let key_id = jsonwebtoken::decode_header(token).ok()?.kid?;
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(token).ok()?;
    Some(SigningKey::stranger().renamed(&key_id).sign(&claims))
}

/// Asks for a token with the client's own secret.
pub(super) async fn ask_for_token(
    http: &Plain,
    process: &Process,
    tenant: &Tenant,
    client: &Client,
) -> Result<String, TokenError> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &client.id)
        .append_pair("client_secret", &client.secret)
        .append_pair("scope", &format!("{}/.default", client.audience))
        .finish();
    let path = format!("/identity/{}/oauth2/v2.0/token", tenant.id);
    let headers = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded")];
    let (_, answer) =
        post(http, &process.url(&path), &headers, form).await.map_err(TokenError::Unreachable)?;
    let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
    match answer["access_token"].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => {
            Err(TokenError::Refused(answer["error_description"].as_str().unwrap_or("no reason").to_owned()))
        }
    }
}

/// Has the process do something to its keys.
pub(super) async fn control(http: &Plain, process: &Process, what: &str) -> Result<(), ProxyError> {
    let bearer = format!("Bearer {}", process.control_key);
    let headers = [(header::AUTHORIZATION, bearer.as_str())];
    let (status, _) = post(http, &process.url(&format!("/control/{what}")), &headers, String::new()).await?;
    if status.is_success() { Ok(()) } else { Err(ProxyError::Status(status)) }
}

async fn post(
    http: &Plain,
    url: &str,
    headers: &[(header::HeaderName, &str)],
    body: String,
) -> Result<(StatusCode, Bytes), ProxyError> {
    let uri: axum::http::Uri = url.parse()?;
    let mut request = Request::builder().method(Method::POST).uri(uri);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let answer = http.request(request.body(Body::from(body))?).await?;
    let status = answer.status();
    Ok((status, answer.into_body().collect().await?.to_bytes()))
}
