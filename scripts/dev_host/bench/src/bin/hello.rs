//! The floor for HTTP: the least a custom handler can do, served by the same libraries as the real one.

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::serve::ListenerExt;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// Answers every request with one word, once its body has been read.
async fn hello(_: Bytes) -> &'static str {
    "hello"
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("FUNCTIONS_CUSTOMHANDLER_PORT")?.parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    // Should it fail, answers merely come a little later.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, Router::new().fallback(hello).layer(DefaultBodyLimit::disable())).await?;
    Ok(())
}
