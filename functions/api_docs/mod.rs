//! API documentation: the OpenAPI description, generated from the code, and Swagger UI to read and try it. An app that
//! should not show it switches this function off.

mod description;
mod interface;
mod listings;
pub(crate) mod problems;
pub(crate) mod words;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use runtime::Function;
use std::sync::LazyLock;
use utoipa::OpenApi;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "api_docs",
    bindings: include_str!("function.json"),
    mount: |routes| routes.http("/openapi.json", get(openapi)).nest(interface::router()),
};

static JSON: LazyLock<String> = LazyLock::new(|| {
    description().to_json().expect("a description has text for keys and no numbers out of range")
});

/// The description of every HTTP operation of the API.
pub fn description() -> utoipa::openapi::OpenApi {
    description::Description::openapi()
}

/// This description
#[utoipa::path(
    get, path = "/openapi.json", tag = "Service", operation_id = "openapi",
    responses((status = 200, description = "The description of this API, in OpenAPI 3.1.", body = Object))
)]
async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")], JSON.as_str())
        .into_response()
}
