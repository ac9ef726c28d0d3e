//! A Redis server for one test.

use super::closed_port;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends the server when its stdin closes, so that it cannot outlive a killed test.
const SCRIPT: &str = "redis-server \"$@\" >/dev/null & server=$!; cat >/dev/null; kill -9 $server; wait";

/// A running server; it stops when dropped.
pub struct Redis {
    shell: Child,
    port: u16,
}

impl Redis {
    pub fn start() -> Self {
        Self::start_on(closed_port())
    }

    pub fn start_on(port: u16) -> Self {
        let found = Command::new("redis-server").arg("--version").output();
        assert!(
            found.is_ok(),
            "redis-server must be on PATH (apt-get install redis-server), or set REDIS_URL"
        );
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "redis", "--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir", "/tmp"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let patience = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < patience, "redis-server does not listen on port {port}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { shell, port }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ended = self.shell.wait();
    }
}
