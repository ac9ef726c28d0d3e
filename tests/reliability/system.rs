//! The whole system: the real executable behind the local host, with a proxy before each of its components.

use super::chaos::Proxy;
use super::plan::Plan;
use crate::support::database::Database;
use crate::support::{Upload, civil_daily_cause_list};
use adapters::blob::BlobStore;
use adapters::postgres::Db;
use adapters::postgres::ledger::{self, Verdict};
use adapters::queue::WakeUps;
use axum::body::Bytes;
use dev_host::RunningHost;
use rustix::process::{Pid, Signal, kill_process};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stand_ins::StandIns;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::time::sleep;

/// One of the components a proxy stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    Postgres,
    Blobs,
    Queues,
    Notify,
}

/// The system at work; dropping it stops it and removes its database.
pub struct System {
    pub host: Arc<RunningHost>,
    pub postgres: Proxy,
    pub blobs: Proxy,
    pub queues: Proxy,
    pub notify: Proxy,
    pub stand_ins: StandIns,
    pub database: Database,
    pub store: BlobStore,
    pub wake_ups: WakeUps,
    pub(super) http: reqwest::Client,
    pub(super) publisher: String,
    pub(super) operator: String,
    pub(super) lines: Arc<Mutex<Vec<String>>>,
    pub(super) root: PathBuf,
    pub(super) _turn: Turn,
}

/// What came back; status 0 if nothing did.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub retry_after: Option<String>,
    pub body: Bytes,
    pub took: Duration,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.text()))
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum As {
    Anyone,
    Publisher,
    Operator,
}

/// A civil list of the court a producer knows as `court`, for the `day`-th day, the `number`-th of its contents; shown now.
pub fn list(court: &str, day: u32, number: usize) -> Upload {
    let date =
        chrono::NaiveDate::from_ymd_opt(2030, 1, 1).expect("a date") + chrono::Days::new(u64::from(day));
    civil_daily_cause_list()
        .for_court(court)
        .with("x-content-date", &format!("{date}T00:00:00Z"))
        .shown("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z")
        .numbered(number)
}

/// SHA-256 of a body.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Leave to be at work; given back when dropped.
pub enum Turn {
    Alone { _turn: RwLockWriteGuard<'static, ()> },
    BesideOthers { _turn: RwLockReadGuard<'static, ()> },
}

static TURN: RwLock<()> = RwLock::const_new(());

impl Turn {
    /// While nobody else of this kind is at work.
    pub async fn alone() -> Self {
        Self::Alone { _turn: TURN.write().await }
    }

    pub async fn beside_others() -> Self {
        Self::BesideOthers { _turn: TURN.read().await }
    }
}

/// A connection string with one service, `Blob` or `Queue`, reached through a proxy.
pub fn storage_through(connection: &str, service: &str, port: u16) -> String {
    let endpoint = format!("{service}Endpoint=http://127.0.0.1:");
    let (before, rest) = connection.split_once(&endpoint).expect("an emulator's connection string");
    let (_, after) = rest.split_once('/').expect("an emulator's connection string");
    format!("{before}{endpoint}{port}/{after}")
}

/// Where a service of an emulator is.
pub fn storage_of(connection: &str, service: &str) -> String {
    let (_, rest) = connection
        .split_once(&format!("{service}Endpoint=http://"))
        .expect("an emulator's connection string");
    rest.split('/').next().expect("an address").to_owned()
}

/// The app's database URL through a proxy, and the server's own address.
pub fn database_through(url: &str, port: u16) -> String {
    let mut url: url::Url = url.parse().expect("a URL");
    url.set_host(Some("127.0.0.1")).map(|()| url.set_port(Some(port))).expect("a host").expect("a port");
    url.to_string()
}

/// The database server's address.
pub fn server_of(url: &str) -> String {
    let url: url::Url = url.parse().expect("a URL");
    format!("{}:{}", url.host_str().unwrap_or("127.0.0.1"), url.port().unwrap_or(5432))
}

impl System {
    /// The system with everything on.
    pub fn plan() -> Plan {
        Plan::default()
    }

    /// The proxy before a component.
    pub fn line(&self, component: Component) -> &Proxy {
        match component {
            Component::Postgres => &self.postgres,
            Component::Blobs => &self.blobs,
            Component::Queues => &self.queues,
            Component::Notify => &self.notify,
        }
    }

    /// A request through the host, as anyone may send it.
    pub async fn send(
        &self,
        who: As,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let method = method.parse().expect("a method");
        let mut request =
            self.http.request(method, format!("http://{}{path}", self.host.address())).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request = match who {
            As::Anyone => request,
            As::Publisher => request.header("authorization", &self.publisher),
            As::Operator => request.header("authorization", &self.operator),
        };
        let began = Instant::now();
        let answered = async {
            let response = request.timeout(Duration::from_secs(60)).send().await?;
            let status = response.status().as_u16();
            let retry_after = response
                .headers()
                .get("retry-after")
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned);
            Ok::<_, reqwest::Error>((status, retry_after, response.bytes().await?))
        };
        let (status, retry_after, body) = answered.await.unwrap_or_default();
        Reply { status, retry_after, body, took: began.elapsed() }
    }

    pub async fn get(&self, who: As, path: &str) -> Reply {
        self.send(who, "GET", path, &[], "").await
    }

    pub async fn publishes(&self, upload: &Upload) -> Reply {
        let headers: Vec<_> =
            upload.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.send(As::Publisher, "POST", upload.path, &headers, upload.body.clone()).await
    }

    /// As a producer does: again and again until it is acknowledged.
    pub async fn publishes_until_acknowledged(&self, upload: &Upload) -> Value {
        let began = Instant::now();
        loop {
            let reply = self.publishes(upload).await;
            if reply.status == 201 {
                return reply.json();
            }
            assert!(reply.status == 0 || reply.status >= 500, "{} {}", reply.status, reply.text());
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "never acknowledged: {} {}",
                reply.status,
                reply.text()
            );
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Enters a subscriber to a court.
    pub async fn subscribes(&self, email: &str, court: i32) -> Reply {
        let entry = json!({"email": email, "searchType": "LOCATION_ID", "searchValue": court.to_string()});
        let headers = [("content-type", "application/json")];
        self.send(As::Operator, "PUT", "/subscription", &headers, entry.to_string()).await
    }

    /// Has the host run a function once, and waits for the run to end, well or not.
    pub async fn runs(&self, function: &str) -> bool {
        let before = self.ended(function);
        let path = format!("/admin/functions/{function}");
        self.send(As::Anyone, "POST", &path, &[("content-type", "application/json")], r#"{"input": "wake"}"#)
            .await
            .expect(202);
        let ended = || async { self.ended(function) != before };
        self.until(&format!("{function} ends"), Duration::from_secs(60), ended).await;
        self.ended(function).0 > before.0
    }

    /// How often a function has run, well and not.
    pub fn ended(&self, function: &str) -> (u64, u64) {
        self.host.invocations().get(function).map_or((0, 0), |runs| (runs.succeeded, runs.failed))
    }

    /// Sees to it that the handler is killed in place of a component's `at`-th passage from now.
    pub fn dies_at(&self, component: Component, at: u64) {
        let host = Arc::clone(&self.host);
        self.line(component).trap(at, move || {
            let _ = kill(&host);
        });
    }

    /// Kills the handler and waits for the next one.
    pub async fn kills_handler(&self) {
        let old = kill(&self.host);
        self.comes_back(old).await;
    }

    /// The same; answers when it was dead, by the database's clock.
    pub async fn kills_handler_at(&self) -> chrono::DateTime<chrono::Utc> {
        let old = kill(&self.host);
        self.until("the handler is dead", Duration::from_secs(10), || async { self.pid() != old }).await;
        let died = self
            .database
            .superuser()
            .await
            .query_one("select clock_timestamp()", &[])
            .await
            .expect("a time")
            .get(0);
        self.comes_back(old).await;
        died
    }

    /// The handler's process.
    pub fn pid(&self) -> Option<u32> {
        self.host.handler_pid()
    }

    /// Waits for a handler other than `old` to be ready.
    pub async fn comes_back(&self, old: Option<u32>) {
        let renewed = || async { self.pid().is_some() && self.pid() != old };
        self.until("the handler is started again", Duration::from_secs(30), renewed).await;
        self.host.ready().await.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Ends the claims of a handler that is dead, and all pauses: as if a few minutes had passed.
    pub async fn lets_claims_lapse(&self) {
        let sql = "update effect set not_before = now() - interval '1 second', \
            leased_until = leased_until - interval '1 hour' where status in ('pending', 'claimed')";
        self.database.superuser().await.batch_execute(sql).await.expect("the superuser may");
    }

    /// A number the database answers.
    pub async fn count(&self, sql: &str) -> i64 {
        self.database
            .superuser()
            .await
            .query_one(&format!("select count(*) from {sql}"), &[])
            .await
            .expect(sql)
            .get(0)
    }

    /// What the chain of everything published says of itself once all of it is in there.
    pub async fn ledger(&self) -> Verdict {
        let url = SecretString::from(self.database.app_url());
        let db = Db::configure(&url, "test", 1).expect("a pool").connect().await.expect("a connection");
        while ledger::extend(&db).await.expect("the ledger grows") > 0 {}
        ledger::verify(&db).await.expect("a verdict")
    }

    /// Waits for something to become true.
    pub async fn until<F: Future<Output = bool>>(
        &self,
        what: &str,
        limit: Duration,
        mut holds: impl FnMut() -> F,
    ) {
        let began = Instant::now();
        while !holds().await {
            assert!(began.elapsed() < limit, "waited in vain: {what}; {:?}", self.last_lines());
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn last_lines(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines[lines.len().saturating_sub(12)..].to_vec()
    }

    /// No request panicked and no defect was logged.
    #[track_caller]
    pub fn has_logged_no_defect(&self) {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let bad = |line: &&String| line.contains("panicked") || line.contains("by a defect");
        assert_eq!(lines.iter().find(bad), None);
    }

    /// A figure of the handler's memory from the kernel, such as `VmHWM`, in MiB.
    pub fn memory(&self, figure: &str) -> u64 {
        let path = format!("/proc/{}/status", self.pid().expect("a process"));
        let status = std::fs::read_to_string(path).expect("a status");
        let line =
            status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':')).expect("a figure");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
    }
}

/// SIGKILL, at once: no request and no host comes between.
fn kill(host: &RunningHost) -> Option<u32> {
    let pid = host.handler_pid()?;
    let process = Pid::from_raw(i32::try_from(pid).ok()?)?;
    let _gone = kill_process(process, Signal::KILL);
    Some(pid)
}

impl Drop for System {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
        let database = self.database.clone();
        let discard = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(database.discard());
        };
        let _ = std::thread::spawn(discard).join();
    }
}
