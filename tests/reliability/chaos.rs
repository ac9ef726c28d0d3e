//! A TCP proxy that can stand in front of any component: passes, resets, falls silent, is slow, counts what passes, and
//! springs a trap at the k-th passage.

use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;

/// How the proxy treats what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As if it were not there.
    Pass,
    /// Every connection is reset, and every new one.
    Cut,
    /// Connections stay and open; nothing gets through until the mode changes.
    Hang,
    /// Each passage takes this much longer.
    Delay(Duration),
}

/// What happens at a passage. It happens instead of the passage: what was to pass is lost.
type Trap = (u64, Box<dyn FnOnce() + Send>);

struct Line {
    upstream: String,
    mode: watch::Sender<Mode>,
    passed: AtomicU64,
    trap: Mutex<Option<Trap>>,
}

/// The proxy; it ends when dropped.
pub struct Proxy {
    line: Arc<Line>,
    port: u16,
    server: AbortHandle,
}

impl Proxy {
    /// A proxy on a free port of this machine, in front of `host:port`.
    pub async fn before(upstream: impl Into<String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("a bound port").port();
        let line = Arc::new(Line {
            upstream: upstream.into(),
            mode: watch::Sender::new(Mode::Pass),
            passed: AtomicU64::new(0),
            trap: Mutex::new(None),
        });
        let accepting = Arc::clone(&line);
        let server = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(Arc::clone(&accepting), client));
            }
        });
        Self { line, port, server: server.abort_handle() }
    }

    /// Where clients connect.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Changes how everything is treated from now on.
    pub fn set(&self, mode: Mode) {
        self.line.mode.send_replace(mode);
    }

    /// Counts from nought again, and springs the trap instead of the `at`-th passage (1 is the next).
    pub fn trap(&self, at: u64, spring: impl FnOnce() + Send + 'static) {
        let mut trap = self.line.trap.lock().unwrap_or_else(PoisonError::into_inner);
        self.line.passed.store(0, Ordering::SeqCst);
        *trap = Some((at, Box::new(spring)));
    }

    /// Whether the trap has been sprung.
    pub fn sprung(&self) -> bool {
        self.line.trap.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Takes the trap away; answers how many passages there were since it was set.
    pub fn disarm(&self) -> u64 {
        self.line.trap.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.line.passed.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Line {
    /// Counts a passage; springs the trap if it is this one.
    fn is_trapped(&self) -> bool {
        let mut trap = self.trap.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        match trap.take() {
            Some((at, spring)) if at == number => {
                spring();
                true
            }
            other => {
                *trap = other;
                false
            }
        }
    }
}

async fn serve(line: Arc<Line>, mut client: TcpStream) {
    let mut mode = line.mode.subscribe();
    if *mode.borrow() == Mode::Cut {
        let _ = client.set_zero_linger();
        return;
    }
    let Ok(mut upstream) = TcpStream::connect(&line.upstream).await else { return };
    let _ = (client.set_nodelay(true), upstream.set_nodelay(true));
    let (mut from_client, mut to_client) = client.split();
    let (mut from_upstream, mut to_upstream) = upstream.split();
    let cut = tokio::select! {
        () = request_side(&line, &mut from_client, &mut to_upstream) => false,
        () = answer_side(&line, &mut from_upstream, &mut to_client) => false,
        _ = mode.wait_for(|mode| *mode == Mode::Cut) => true,
    };
    if cut {
        let _ = client.set_zero_linger();
    }
}

/// Until the client goes. Once the trap is sprung it only waits for that.
async fn request_side(line: &Line, from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin)) {
    if pump(line, from, to).await {
        let mut lost = [0; 1024];
        while from.read(&mut lost).await.is_ok_and(|length| length > 0) {}
    }
}

/// Until the component goes. Once the trap is sprung the client alone decides when the connection ends.
async fn answer_side(line: &Line, from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin)) {
    if pump(line, from, to).await {
        pending().await
    }
}

/// Passes on what comes, one read a passage; `true` if the trap has been sprung here.
async fn pump(line: &Line, from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin)) -> bool {
    let mut mode = line.mode.subscribe();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = match from.read(&mut buffer).await {
            Ok(0) | Err(_) => return false,
            Ok(length) => length,
        };
        let now = *mode.borrow_and_update();
        if let Mode::Delay(time) = now {
            sleep(time).await;
        }
        let _ = mode.wait_for(|mode| *mode != Mode::Hang).await;
        if line.is_trapped() {
            return true;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return false;
        }
    }
}

#[tokio::test]
async fn the_proxy_passes_counts_traps_and_cuts() {
    let echo = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let proxy = Proxy::before(echo.local_addr().expect("a port").to_string()).await;
    tokio::spawn(async move {
        while let Ok((mut one, _)) = echo.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = one.split();
                tokio::io::copy(&mut from, &mut to).await
            });
        }
    });
    let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.expect("a connection");
    let mut answer = [0; 4];
    client.write_all(b"ping").await.expect("sent");
    client.read_exact(&mut answer).await.expect("answered");
    assert_eq!(&answer, b"ping");
    let (sprung, seen) = tokio::sync::oneshot::channel();
    proxy.trap(2, move || {
        let _ = sprung.send(());
    });
    client.write_all(b"ping").await.expect("sent");
    seen.await.expect("the trap springs at the answer");
    assert!(proxy.sprung());
    assert!(
        tokio::time::timeout(Duration::from_millis(100), client.read(&mut answer)).await.is_err(),
        "the answer is lost"
    );
    assert_eq!(proxy.disarm(), 2);
    proxy.set(Mode::Cut);
    assert!(client.read(&mut answer).await.map_or(true, |length| length == 0), "the connection is reset");
}
