//! The HTTP/1.1 server under the stand-ins; unlike an ordinary one it can hang up without an answer.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Mark on a response that must not be sent: the connection is closed instead.
#[derive(Clone, Copy, Debug)]
struct HungUp;

/// A "response" that closes the connection without a byte.
pub(crate) fn hang_up() -> Response {
    let mut response = ().into_response();
    response.extensions_mut().insert(HungUp);
    response
}

/// Why a connection was closed on purpose.
#[derive(Debug, Error)]
#[error("the stand-in was told to hang up")]
struct ToldToHangUp;

/// Serves until the task is aborted, which also closes every open connection.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(converse(stream, router.clone()))),
                Err(error) => tracing::warn!(%error, "a connection could not be accepted"),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One connection, request after request.
async fn converse(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let answered: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
            match answered {
                Ok(response) if response.extensions().get::<HungUp>().is_some() => Err(ToldToHangUp),
                Ok(response) => Ok(response),
            }
        }
    });
    let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended early");
    }
}
