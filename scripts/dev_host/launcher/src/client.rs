//! A client of the app, as a producer or an administrator would write one.

use crate::endpoints::Endpoints;
use anyhow::{Context, Result, bail};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
}

/// A client with an access token.
#[derive(Debug, Clone)]
pub struct AppClient {
    http: reqwest::Client,
    app: String,
    token: String,
}

/// Asks for an access token with a client's own credentials.
///
/// # Errors
/// When the identity provider cannot be reached or refuses.
pub async fn fetch_token(
    token_url: &str,
    client_id: &str,
    client_secret: &str,
    scope: &str,
) -> Result<String> {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("scope", scope),
    ];
    let request = storage::http_client()?.post(token_url).timeout(PATIENCE).form(&form);
    let response = request.send().await.context("the identity provider cannot be reached")?;
    if !response.status().is_success() {
        bail!(
            "the identity provider refused: {} {}",
            response.status(),
            response.text().await.unwrap_or_default()
        );
    }
    let answer: TokenAnswer = response.json().await.context("the identity provider's answer has no token")?;
    Ok(answer.access_token)
}

/// A token of the demonstration's publisher.
///
/// # Errors
/// As [`fetch_token`].
pub async fn publisher_token(endpoints: &Endpoints) -> Result<String> {
    let Endpoints { token_url, client_id, client_secret, scope, .. } = endpoints;
    fetch_token(token_url, client_id, client_secret, scope).await
}

impl AppClient {
    /// A client of the app at this address that shows this token.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(app: &str, token: String) -> Result<Self> {
        Ok(Self { http: storage::http_client()?, app: app.to_owned(), token })
    }

    /// Publishes a payload with these headers. A live status for which a newer one is there is left out (409).
    ///
    /// # Errors
    /// When the answer is anything else but 2xx; the message shows it.
    pub async fn publish(&self, headers: &BTreeMap<String, String>, payload: String) -> Result<()> {
        let mut request = self
            .http
            .post(format!("{}/publication", self.app))
            .header("content-type", "application/json")
            .body(payload);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = self.send(request).await?;
        if response.status() == StatusCode::CONFLICT { Ok(()) } else { succeeded(response).await }
    }

    /// Sends JSON to a path of the app.
    ///
    /// # Errors
    /// When the answer is anything but 2xx; the message shows it.
    pub async fn send_json(&self, method: Method, path: &str, body: &Value) -> Result<()> {
        let request = self.http.request(method, format!("{}{path}", self.app)).json(body);
        succeeded(self.send(request).await?).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let request = request.bearer_auth(&self.token).timeout(PATIENCE);
        request.send().await.context("the app cannot be reached")
    }
}

async fn succeeded(response: Response) -> Result<()> {
    let status = response.status();
    if !status.is_success() {
        bail!("the app answered {status}: {}", response.text().await.unwrap_or_default());
    }
    Ok(())
}
