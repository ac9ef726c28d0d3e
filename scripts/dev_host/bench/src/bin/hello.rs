//! The floor for HTTP: the least a custom handler can do, served by the same libraries as the real one.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawQuery};
use axum::serve::ListenerExt;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// The query that asks for an answer of so many bytes.
const SIZE: &str = "bytes=";
/// Longer answers than any page of the service.
const MOST: usize = 4 * 1024 * 1024;

/// Answers every request with one word, or as many bytes as it asks for, once its body has been read.
async fn hello(RawQuery(query): RawQuery, _: Bytes) -> Bytes {
    static LONG: [u8; MOST] = [0; MOST];
    let size = query.and_then(|query| query.strip_prefix(SIZE)?.parse::<usize>().ok());
    size.map_or(Bytes::from_static(b"hello"), |size| Bytes::from_static(&LONG[..size.min(MOST)]))
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
