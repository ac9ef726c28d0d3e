//! What a handler leaves of a request's body is read to its end and thrown away. Else the connection would be reset
//! while the caller still sends, and a producer whose upload is refused would see a broken connection, not the refusal.

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::{Stream, StreamExt};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// More than the largest upload; of what is longer the rest is not read.
const MOST: usize = 16 * 1024 * 1024;
/// No longer than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers a request, and reads what is left of its body beside the answer.
pub(crate) async fn drain(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    next.run(request.map(|body| Body::from_stream(Drained(Some(body.into_data_stream()))))).await
}

/// A body; when it is dropped before its end, what is left is read elsewhere.
struct Drained(Option<BodyDataStream>);

impl Stream for Drained {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = self.0.as_mut() else { return Poll::Ready(None) };
        let polled = body.poll_next_unpin(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        let Some(rest) = self.0.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(PATIENCE, read(rest)));
        }
    }
}

async fn read(mut rest: BodyDataStream) {
    let mut bytes = 0;
    while let Some(Ok(chunk)) = rest.next().await {
        bytes += chunk.len();
        if bytes > MOST {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test]
    async fn a_caller_whose_large_upload_is_refused_reads_the_refusal_and_keeps_the_connection() {
        let refuse = post(|| async { StatusCode::BAD_REQUEST });
        let router: Router = Router::new().route("/", refuse).layer(from_fn(drain));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let mut connection = TcpStream::connect(address).await.expect("a connection");
        let body = vec![b' '; 3_000_000];
        for _ in 0..2 {
            let head = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
            connection.write_all(head.as_bytes()).await.expect("the head is taken");
            connection.write_all(&body).await.expect("the body is taken");
            let mut answer = [0; 1024];
            let length = connection.read(&mut answer).await.expect("an answer");
            assert!(answer[..length].starts_with(b"HTTP/1.1 400"));
        }
        server.abort();
    }
}
