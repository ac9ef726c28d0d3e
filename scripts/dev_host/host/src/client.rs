//! Connections to the handler: HTTP/1.1 on the loopback, kept alive and used again.

use crate::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;

/// How long a used connection may take to settle before a new one is made instead.
const SETTLE: Duration = Duration::from_millis(10);
/// Idle connections kept.
const MOST_IDLE: usize = 256;

/// Connections to one handler address.
#[derive(Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    idle: Arc<Mutex<Vec<SendRequest<Body>>>>,
}

/// A connection taken out for one request.
pub(crate) struct Connection {
    sender: SendRequest<Body>,
    used_before: bool,
    idle: Arc<Mutex<Vec<SendRequest<Body>>>>,
}

/// The connection broke.
#[derive(Debug)]
pub(crate) struct Lost {
    pub error: hyper::Error,
    /// The request, when a connection that had idled was closed by the handler before anything was sent.
    pub request: Option<Request<Body>>,
}

impl Client {
    pub(crate) fn new(port: u16) -> Self {
        Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), idle: Arc::default() }
    }

    /// The value of `Host` on this connection.
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    /// An idle connection, else a new one.
    pub(crate) async fn connect(&self) -> std::io::Result<Connection> {
        while let Some(mut sender) = self.take_idle() {
            let settled =
                sender.is_ready() || matches!(tokio::time::timeout(SETTLE, sender.ready()).await, Ok(Ok(())));
            if settled {
                return Ok(Connection { sender, used_before: true, idle: Arc::clone(&self.idle) });
            }
        }
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
        tokio::spawn(connection);
        Ok(Connection { sender, used_before: false, idle: Arc::clone(&self.idle) })
    }

    /// Sends one request; an idle connection that turns out to be closed is replaced.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Result<Response<Reply>, SendError> {
        loop {
            match self.connect().await?.send(request).await {
                Ok(response) => return Ok(response),
                Err(Lost { request: Some(unsent), .. }) => request = unsent,
                Err(Lost { error, request: None }) => return Err(SendError::Lost(error)),
            }
        }
    }

    fn take_idle(&self) -> Option<SendRequest<Body>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("the handler does not accept connections")]
    Connect(#[from] std::io::Error),
    #[error("the connection to the handler broke")]
    Lost(#[source] hyper::Error),
}

impl Connection {
    /// Sends the request. The connection goes back among the idle ones when the answer has been read.
    pub(crate) async fn send(mut self, request: Request<Body>) -> Result<Response<Reply>, Lost> {
        match self.sender.try_send_request(request).await {
            Ok(response) => Ok(response.map(|body| Reply::new(body, self))),
            Err(mut error) => {
                let request = error.take_message().filter(|_| self.used_before);
                Err(Lost { error: error.into_error(), request })
            }
        }
    }
}

/// The body of an answer; holds its connection until it has been read.
pub(crate) struct Reply {
    body: Incoming,
    connection: Option<Connection>,
}

impl Reply {
    fn new(body: Incoming, connection: Connection) -> Self {
        let mut reply = Self { body, connection: Some(connection) };
        if reply.body.is_end_stream() {
            reply.give_back();
        }
        reply
    }

    fn give_back(&mut self) {
        if let Some(Connection { sender, idle, .. }) = self.connection.take() {
            let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < MOST_IDLE {
                idle.push(sender);
            }
        }
    }
}

impl HttpBody for Reply {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(None) => self.give_back(),
            Poll::Ready(Some(Ok(_))) if self.body.is_end_stream() => self.give_back(),
            Poll::Ready(Some(Err(_))) => self.connection = None,
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
