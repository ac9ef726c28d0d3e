//! Azure Key Vault's secrets: the challenge, reading by name and version, setting; plain HTTP, so the caller's
//! transport has to be told to come here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::Clock;
use crate::faults::{Board, Fault, Switch, kinds};
use crate::{held, server};

kinds! {
    /// How the vault can fail.
    KeyVaultFault {
        /// 500.
        ServerError,
        /// 503.
        Unavailable,
        /// 429 with a Retry-After of one second.
        Throttled,
        /// 403, as if the identity had lost its role.
        Forbidden,
        /// No answer.
        Hang,
        /// The connection closes.
        Reset,
        /// The answer comes after a delay.
        Slow,
    }
}

/// The resource a token for the vault is asked for; clients compare its end with the vault's host name.
const RESOURCE: &str = "https://vault.azure.net";

/// The vault; clones share the same secrets.
#[derive(Clone)]
pub struct KeyVault(Arc<Inner>);

struct Inner {
    base: String,
    clock: Clock,
    secrets: Mutex<BTreeMap<String, Secret>>,
    switch: Switch<KeyVaultFault>,
}

#[derive(Default)]
struct Secret {
    versions: Vec<Version>,
    reads: usize,
}

#[derive(Clone)]
struct Version {
    id: String,
    value: String,
    content_type: Option<String>,
    enabled: bool,
    created: DateTime<Utc>,
}

impl KeyVault {
    /// A vault below `base` with these secrets.
    pub(crate) fn new(base: &str, clock: Clock, secrets: &BTreeMap<String, String>) -> Self {
        let vault = Self(Arc::new(Inner {
            base: base.to_owned(),
            clock,
            secrets: Mutex::default(),
            switch: Switch::default(),
        }));
        for (name, value) in secrets {
            vault.set(name, value);
        }
        vault
    }

    /// The vault's address. The official client insists on https and on a host below `vault.azure.net`, so its
    /// transport has to send what is meant for `https://<any>.vault.azure.net/<path>` to this address plus the path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/keyvault", self.0.base)
    }

    /// Sets a secret: a new version, which is the current one from now on. Returns the version's id.
    pub fn set(&self, name: &str, value: &str) -> String {
        self.add_version(name, value.to_owned(), None, true).id
    }

    /// Puts a disabled version in place of the current one, whose value is then refused.
    pub fn disable(&self, name: &str) {
        self.add_version(name, String::new(), None, false);
    }

    /// Removes a secret with all its versions.
    pub fn remove(&self, name: &str) {
        held(&self.0.secrets).remove(&folded(name));
    }

    /// The names of the secrets.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        held(&self.0.secrets).keys().cloned().collect()
    }

    /// How often a secret was read over HTTP.
    #[must_use]
    pub fn reads(&self, name: &str) -> usize {
        held(&self.0.secrets).get(&folded(name)).map_or(0, |secret| secret.reads)
    }

    /// Switches a fault on.
    pub fn fault(&self, fault: Fault<KeyVaultFault>) {
        self.0.switch.add(fault);
    }

    /// Switches every fault off.
    pub fn heal(&self) {
        self.0.switch.clear();
    }

    pub(crate) fn board(&self) -> &dyn Board {
        &self.0.switch
    }

    fn add_version(&self, name: &str, value: String, content_type: Option<String>, enabled: bool) -> Version {
        let id = Uuid::new_v4().simple().to_string();
        let version = Version { id, value, content_type, enabled, created: self.0.clock.now() };
        held(&self.0.secrets).entry(folded(name)).or_default().versions.push(version.clone());
        version
    }

    /// A version, the current one unless it is named; counts as a read.
    fn read(&self, name: &str, version: Option<&str>) -> Option<Version> {
        let mut secrets = held(&self.0.secrets);
        let secret = secrets.get_mut(&folded(name))?;
        secret.reads += 1;
        match version {
            Some(id) => secret.versions.iter().find(|version| version.id == id).cloned(),
            None => secret.versions.last().cloned(),
        }
    }

    fn shown(&self, name: &str, version: &Version) -> Value {
        let mut shown = json!({
            "value": version.value,
            "id": format!("{}/secrets/{name}/{}", self.url(), version.id),
            "attributes": {
                "enabled": version.enabled, "created": version.created.timestamp(),
                "updated": version.created.timestamp(), "recoveryLevel": "Recoverable+Purgeable",
                "recoverableDays": 90,
            },
            "tags": {},
        });
        if let Some(content_type) = &version.content_type {
            shown["contentType"] = json!(content_type);
        }
        shown
    }

    /// The routes below `/keyvault`; the client library writes a slash where the version is left out.
    pub(crate) fn routes(&self) -> Router {
        Router::new()
            .route("/secrets/{name}", get(get_current).put(put))
            .route("/secrets/{name}/", get(get_current).put(put))
            .route("/secrets/{name}/{version}", get(get_version))
            .with_state(self.clone())
    }
}

/// Secret names do not differ by letter case.
fn folded(name: &str) -> String {
    name.to_lowercase()
}

#[derive(Deserialize)]
struct ApiVersion {
    #[serde(rename = "api-version")]
    api_version: Option<String>,
}

#[derive(Deserialize)]
struct NewVersion {
    value: String,
    #[serde(rename = "contentType")]
    content_type: Option<String>,
    #[serde(default)]
    attributes: NewAttributes,
}

#[derive(Deserialize)]
#[serde(default)]
struct NewAttributes {
    enabled: bool,
}

impl Default for NewAttributes {
    fn default() -> Self {
        Self { enabled: true }
    }
}

async fn get_current(
    State(vault): State<KeyVault>,
    Path(name): Path<String>,
    Query(query): Query<ApiVersion>,
    headers: HeaderMap,
) -> Response {
    answer(&vault, &name, None, &query, &headers).await
}

async fn get_version(
    State(vault): State<KeyVault>,
    Path((name, version)): Path<(String, String)>,
    Query(query): Query<ApiVersion>,
    headers: HeaderMap,
) -> Response {
    answer(&vault, &name, Some(&version), &query, &headers).await
}

async fn answer(
    vault: &KeyVault,
    name: &str,
    version: Option<&str>,
    query: &ApiVersion,
    headers: &HeaderMap,
) -> Response {
    if let Some(refusal) = admit(vault, name, query, headers).await {
        return refusal;
    }
    match vault.read(name, version) {
        Some(version) if version.enabled => Json(vault.shown(name, &version)).into_response(),
        Some(_) => {
            refuse(StatusCode::FORBIDDEN, "Forbidden", "Operation get is not allowed on a disabled secret.")
        }
        None => {
            let message = format!("A secret with (name/id) {name} was not found in this key vault.");
            refuse(StatusCode::NOT_FOUND, "SecretNotFound", &message)
        }
    }
}

async fn put(
    State(vault): State<KeyVault>,
    Path(name): Path<String>,
    Query(query): Query<ApiVersion>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    if let Some(refusal) = admit(&vault, &name, &query, &headers).await {
        return refusal;
    }
    match serde_json::from_slice::<NewVersion>(&body) {
        Ok(new) => {
            let version = vault.add_version(&name, new.value, new.content_type, new.attributes.enabled);
            Json(vault.shown(&name, &version)).into_response()
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, "BadParameter", &error.to_string()),
    }
}

/// The challenge, the faults and what every request needs, in the vault's order.
async fn admit(vault: &KeyVault, name: &str, query: &ApiVersion, headers: &HeaderMap) -> Option<Response> {
    if let Some(instead) = misbehave(vault).await {
        return Some(instead);
    }
    if query.api_version.as_deref().is_none_or(str::is_empty) {
        return Some(refuse(StatusCode::BAD_REQUEST, "BadParameter", "api-version must be specified"));
    }
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = authorization.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    if token.is_none_or(str::is_empty) {
        return Some(challenge(vault));
    }
    let is_name =
        (1..=127).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (!is_name)
        .then(|| refuse(StatusCode::BAD_REQUEST, "BadParameter", "The request URI contains an invalid name"))
}

/// Where to get a token, and for what: clients send their first request without one to learn this.
fn challenge(vault: &KeyVault) -> Response {
    let tenant = crate::issuer::TENANT;
    let challenge =
        format!("Bearer authorization=\"{}/identity/{tenant}\", resource=\"{RESOURCE}\"", vault.0.base);
    let mut response = refuse(
        StatusCode::UNAUTHORIZED,
        "Unauthorized",
        "AKV10000: Request is missing a Bearer or PoP token.",
    );
    if let Ok(value) = challenge.parse() {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

async fn misbehave(vault: &KeyVault) -> Option<Response> {
    let fault = vault.0.switch.draw(|_| true)?;
    Some(match fault.kind {
        KeyVaultFault::ServerError => {
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "An unexpected error occurred.")
        }
        KeyVaultFault::Unavailable => refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "The service is temporarily unavailable.",
        ),
        KeyVaultFault::Throttled => {
            let mut response = refuse(
                StatusCode::TOO_MANY_REQUESTS,
                "Throttled",
                "Request was not processed because too many.",
            );
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
            response
        }
        KeyVaultFault::Forbidden => refuse(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "Caller is not authorized to perform action on resource.",
        ),
        KeyVaultFault::Reset => server::hang_up(),
        KeyVaultFault::Hang => std::future::pending().await,
        KeyVaultFault::Slow => {
            tokio::time::sleep(fault.delay()).await;
            return None;
        }
    })
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response()
}
