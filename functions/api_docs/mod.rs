//! API documentation: the OpenAPI description, and Swagger UI to read and try it.

use axum::Json;
use axum::routing::get;
use runtime::Function;
use serde_json::{Value, json};

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "api_docs",
    bindings: include_str!("function.json"),
    mount: |routes| routes.http("/openapi.json", get(description)),
};

async fn description() -> Json<Value> {
    Json(json!({"openapi": "3.1.0", "info": {"title": "Publishing & Information Service", "version": env!("CARGO_PKG_VERSION")}, "paths": {}}))
}
