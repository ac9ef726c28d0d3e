//! A plain HTTP client for loopback peers: the identity process and delivery callbacks.

use axum::body::Body;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// A client without TLS; everything the stand-ins call is on this machine.
pub(crate) type Plain = Client<HttpConnector, Body>;

/// A new client with its own pool of connections.
pub(crate) fn client() -> Plain {
    Client::builder(TokioExecutor::new()).build_http()
}
