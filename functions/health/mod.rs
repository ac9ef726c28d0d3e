//! Health: liveness touches nothing; readiness asks the database; neither tells the public more than up or down.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use runtime::{App, Function};
use serde_json::{Value, json};

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "health",
    bindings: include_str!("function.json"),
    mount: |routes| {
        routes
            .http("/health", get(readiness))
            .http("/health/liveness", get(liveness))
            .http("/health/readiness", get(readiness))
            .http("/info", get(info))
    },
};

/// The process answers.
async fn liveness() -> Json<Value> {
    Json(json!({"status": "UP"}))
}

/// The process can do its work.
async fn readiness(State(app): State<App>) -> (StatusCode, Json<Value>) {
    match app.db.ping().await {
        Ok(()) => (StatusCode::OK, Json(json!({"status": "UP"}))),
        Err(error) => {
            tracing::error!(error = %error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "DOWN"})))
        }
    }
}

/// What this is.
async fn info() -> Json<Value> {
    Json(json!({"name": "publishing-information"}))
}
