//! Robots: lists carry names and expire; no part of the service is for search engines.

use axum::routing::get;
use runtime::Function;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "robots",
    bindings: include_str!("function.json"),
    mount: |routes| routes.http("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" })),
};
