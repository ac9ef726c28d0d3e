//! The load generator: so many connections, each sending its next request when the last one has been answered.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Makes the next request; only path, headers and body, the rest is added.
pub type Maker = Arc<dyn Fn() -> Request<Full<Bytes>> + Send + Sync>;

/// What is asked, of whom, and what the answer must be.
#[derive(Clone)]
pub struct Demand {
    /// Where it is sent.
    pub address: SocketAddr,
    /// The requests.
    pub maker: Maker,
    /// The status that counts as success.
    pub expected: StatusCode,
}

/// What one run measured.
#[derive(Debug, Default)]
pub struct Measured {
    /// Latencies of the requests answered as expected, in microseconds, ascending.
    latencies: Vec<u32>,
    /// Requests answered otherwise or not at all.
    pub failed: usize,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

impl Measured {
    /// From latencies in any order.
    #[must_use]
    pub fn of(mut latencies: Vec<u32>, failed: usize, elapsed: Duration) -> Self {
        latencies.sort_unstable();
        Self { latencies, failed, elapsed }
    }

    /// How many were answered as expected.
    #[must_use]
    pub fn completed(&self) -> usize {
        self.latencies.len()
    }

    /// Answers a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.completed() as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// The latency that `percent` of the requests did not exceed, in milliseconds.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> f64 {
        let rank = (percent / 100.0 * self.latencies.len() as f64).ceil() as usize;
        let found = self.latencies.get(rank.saturating_sub(1)).or(self.latencies.last());
        found.map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }
}

/// Sends for so long, over so many connections.
///
/// # Errors
/// When a connection cannot be made, or not one request was answered as expected: the message shows an answer.
pub async fn run(demand: &Demand, connections: usize, duration: Duration) -> Result<Measured> {
    send(demand, connections, move |started, _| started.elapsed() < duration).await
}

/// Sends so many requests over so many connections.
///
/// # Errors
/// As [`run`].
pub async fn run_counted(demand: &Demand, connections: usize, requests: usize) -> Result<Measured> {
    let share = requests.div_ceil(connections);
    send(demand, connections, move |_, sent| sent < share).await
}

async fn send(
    demand: &Demand,
    connections: usize,
    more: impl Fn(Instant, usize) -> bool + Clone + Send + Sync + 'static,
) -> Result<Measured> {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (demand, more) = (demand.clone(), more.clone());
        tasks.spawn(async move { converse(&demand, |sent| more(started, sent)).await });
    }
    let (mut latencies, mut failed, mut odd) = (Vec::new(), 0, None);
    while let Some(task) = tasks.join_next().await {
        let talk = task.context("a connection's task failed")??;
        latencies.extend(talk.latencies);
        failed += talk.failed;
        odd = odd.or(talk.odd);
    }
    match odd {
        Some(odd) if latencies.is_empty() => bail!("no request was answered with {}: {odd}", demand.expected),
        _ => Ok(Measured::of(latencies, failed, started.elapsed())),
    }
}

/// What one connection saw.
#[derive(Default)]
struct Talk {
    latencies: Vec<u32>,
    failed: usize,
    /// One answer that was not the expected one, in words.
    odd: Option<String>,
}

async fn converse(demand: &Demand, more: impl Fn(usize) -> bool) -> Result<Talk> {
    let mut sender = connect(demand.address).await?;
    let host = HeaderValue::try_from(demand.address.to_string())?;
    let mut talk = Talk::default();
    while more(talk.latencies.len() + talk.failed) {
        let mut request = (demand.maker)();
        request.headers_mut().insert(HOST, host.clone());
        let sent = Instant::now();
        match exchange(&mut sender, request).await {
            Ok((status, _)) if status == demand.expected => {
                talk.latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Ok((status, body)) => {
                talk.failed += 1;
                talk.odd.get_or_insert_with(|| format!("{status} {}", String::from_utf8_lossy(&body)));
            }
            Err(error) => {
                talk.failed += 1;
                talk.odd.get_or_insert_with(|| error.to_string());
                sender = connect(demand.address).await?;
            }
        }
    }
    Ok(talk)
}

/// One request and its whole answer, over a connection of its own.
///
/// # Errors
/// When there is no answer.
pub async fn once(address: SocketAddr, mut request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes)> {
    request.headers_mut().insert(HOST, HeaderValue::try_from(address.to_string())?);
    Ok(exchange(&mut connect(address).await?, request).await?)
}

async fn exchange(
    sender: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, Bytes), hyper::Error> {
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    Ok((status, response.into_body().collect().await?.to_bytes()))
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("{address} does not answer"))?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let measured = Measured::of((1..=100).rev().map(|ms| ms * 1000).collect(), 0, Duration::from_secs(2));
        let shown = [50.0, 99.0, 100.0].map(|percent| measured.percentile(percent));
        assert_eq!(shown, [50.0, 99.0, 100.0]);
        assert!((measured.per_second() - 50.0).abs() < 1e-9);
        assert!(Measured::default().percentile(50.0).is_nan());
    }
}
