//! Health: liveness touches nothing; readiness asks the database; health also whether reference data is behind. None tells
//! the public more than how it is.

use adapters::postgres::{Client, READING, imports};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use runtime::{App, Function};
use serde::Serialize;
use utoipa::ToSchema;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "health",
    bindings: include_str!("function.json"),
    mount: |routes| {
        routes
            .http("/health", get(health))
            .http("/health/liveness", get(liveness))
            .http("/health/readiness", get(readiness))
            .http("/info", get(info))
    },
};

/// Up, down, or up with something amiss.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    status: Status,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Up,
    /// It works with older reference data: the last file was refused.
    Degraded,
    Down,
}

/// What this is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct About {
    /// The service's name.
    name: &'static str,
}

/// The process answers
#[utoipa::path(
    get, path = "/health/liveness", tag = "Service", operation_id = "liveness",
    responses((status = 200, description = "It does.", body = Health))
)]
pub(crate) async fn liveness() -> Json<Health> {
    Json(Health { status: Status::Up })
}

/// The process can do its work
#[utoipa::path(
    get, path = "/health/readiness", tag = "Service", operation_id = "readiness",
    responses((status = 200, description = "It can.", body = Health), (status = 503, description = "Its database is away.", body = Health))
)]
pub(crate) async fn readiness(State(app): State<App>) -> (StatusCode, Json<Health>) {
    match app.db.ping().await {
        Ok(()) => (StatusCode::OK, Json(Health { status: Status::Up })),
        Err(error) => {
            tracing::error!(error = %error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: Status::Down }))
        }
    }
}

/// The process can do its work, and with what data
///
/// `DEGRADED`: it works, but the last reference file was refused, and the data before it stands.
#[utoipa::path(
    get, path = "/health", tag = "Service", operation_id = "health",
    responses((status = 200, description = "It can.", body = Health), (status = 503, description = "Its database is away.", body = Health))
)]
pub(crate) async fn health(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let refused = async |db: &mut Client| imports::any_refused(db).await;
    match app.db.within(READING, refused).await {
        Ok(true) => (StatusCode::OK, Json(Health { status: Status::Degraded })),
        _ => readiness(State(app)).await,
    }
}

/// What this is
#[utoipa::path(
    get, path = "/info", tag = "Service", operation_id = "info",
    responses((status = 200, description = "Its name.", body = About))
)]
pub(crate) async fn info() -> Json<About> {
    Json(About { name: "publishing-information" })
}
