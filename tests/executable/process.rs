//! The real executable alone, as the host starts it: readiness, its address, its end, and envelopes on the wire.

use crate::support::executable::program;
use crate::support::{LATER, World, envelopes, instant, world};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{HeaderMap, HeaderValue};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A handler without a host; dropping it ends it.
struct Handler {
    child: Child,
    port: u16,
    http: reqwest::Client,
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Handler {
    fn start(mut settings: BTreeMap<String, String>, port: u16) -> Self {
        settings.insert("FUNCTIONS_CUSTOMHANDLER_PORT".to_owned(), port.to_string());
        let mut command = Command::new(program());
        command.env_clear().envs(settings).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: command.spawn().expect("it starts"), port, http: reqwest::Client::new() }
    }

    /// The handler of a world, answering.
    async fn of(world: &World) -> Self {
        let storage = world::shared_storage();
        let settings = world::settings(&world.stand_ins, &world.database.app_url(), &storage);
        let handler = Self::start(settings, free_port());
        handler.answers().await;
        handler
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Polls as the host does, until there is an answer.
    async fn answers(&self) -> reqwest::Response {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.http.get(self.address("/")).send().await {
                Ok(response) => return response,
                Err(_) if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(25)).await,
                Err(error) => panic!("it does not answer: {error}"),
            }
        }
    }

    async fn invokes(&self, function: &str, body: reqwest::Body) -> reqwest::Response {
        let request = self.http.post(self.address(&format!("/{function}"))).body(body);
        request.header("content-type", "application/json; charset=utf-8").send().await.expect("an answer")
    }

    async fn ends(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => return status,
                None if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(25)).await,
                None => panic!("it goes on"),
            }
        }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Good settings that lead to a database and a store that are not there.
async fn nowhere() -> BTreeMap<String, String> {
    let stand_ins = world::stand_ins().await;
    let storage = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm90aGluZw==;\
        BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;QueueEndpoint=http://127.0.0.1:1/devstoreaccount1;";
    world::settings(&stand_ins, "postgres://pi_handler@127.0.0.1:1/pi", storage)
}

/// The addresses at which something listens on a port, as the kernel writes them.
fn listeners(port: u16) -> Vec<String> {
    let tables =
        ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| std::fs::read_to_string(table).unwrap_or_default());
    let listening = |line: &&str| line.split_whitespace().nth(3) == Some("0A");
    let local = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
    let sockets = tables.iter().flat_map(|table| table.lines().filter(listening)).filter_map(local);
    sockets.filter(|address| address.ends_with(&format!(":{port:04X}"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn items_3_and_4_it_answers_the_hosts_ping_on_loopback_alone_with_database_and_storage_absent() {
    let handler = Handler::start(nowhere().await, free_port());
    handler.answers().await;
    assert_eq!(listeners(handler.port), [format!("0100007F:{:04X}", handler.port)]);
    let mut quickest = Duration::MAX;
    for _ in 0..20 {
        let asked = Instant::now();
        let response = handler.answers().await;
        quickest = quickest.min(asked.elapsed());
        assert_eq!(response.status(), 200);
        for name in ["set-cookie", "location"] {
            assert!(response.headers().get(name).is_none(), "{name}");
        }
    }
    assert!(quickest < Duration::from_millis(50), "{quickest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn items_4_and_6_it_never_ends_with_exit_code_0() {
    let good = nowhere().await;
    let mut bad = good.clone();
    bad.insert("DATABASE_CONNECTIONS".to_owned(), "many".to_owned());
    assert_ne!(Handler::start(bad, free_port()).ends().await.code(), Some(0), "a bad setting");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port();
    assert_ne!(Handler::start(good.clone(), port).ends().await.code(), Some(0), "a port that is taken");
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut handler = Handler::start(good.clone(), free_port());
        handler.answers().await;
        kill_process(Pid::from_child(&handler.child), signal).expect("a signal");
        assert_ne!(handler.ends().await.code(), Some(0), "{signal:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_13_and_23_an_envelope_is_taken_chunked_and_with_its_length() {
    let world = World::new().await;
    let handler = Handler::of(&world).await;
    let envelope = envelopes::timer("effect_sweep").to_string();
    let chunks = envelope.as_bytes().chunks(50).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
    let chunked = reqwest::Body::wrap_stream(futures::stream::iter(chunks.collect::<Vec<_>>()));
    for body in [chunked, reqwest::Body::from(envelope)] {
        let response = handler.invokes("effect_sweep", body).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json");
        let answer: Value = response.json().await.expect("JSON");
        assert!(
            answer["Outputs"].is_object() && answer["Logs"].is_array() && answer["ReturnValue"].is_null()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn item_22_envelopes_of_3_mb_and_of_80_mb_are_taken() {
    let world = World::new().await;
    let handler = Handler::of(&world).await;
    for megabytes in [3, 80] {
        let mut envelope = envelopes::blob("reference_import", "large.txt", b"", instant(LATER));
        envelope["Data"]["file"] = BASE64_STANDARD.encode(vec![b'a'; megabytes * 750_000]).into();
        let response = handler.invokes("reference_import", envelope.to_string().into()).await;
        assert_eq!(response.status(), 200, "{megabytes} MB");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn item_28_an_answer_to_the_host_is_never_encoded_and_leads_nowhere_else() {
    let world = World::new().await;
    let mut handler = Handler::of(&world).await;
    let accepted = HeaderMap::from_iter(
        [("accept-encoding", "gzip, br, deflate")]
            .map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value))),
    );
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    handler.http = client.default_headers(accepted).build().expect("a client");
    let timers =
        ["effect_sweep", "retention", "subscription_dispatch"].map(|name| (name, envelopes::timer(name)));
    let queues = ["effect_send", "publication_files"].map(|name| (name, envelopes::queue(name, "wake", 1)));
    for (function, envelope) in timers.into_iter().chain(queues) {
        let response = handler.invokes(function, envelope.to_string().into()).await;
        assert_eq!(response.status(), 200, "{function}");
        assert!(response.headers().get("content-encoding").is_none(), "{function}");
        response.json::<Value>().await.expect("JSON as it is");
    }
}
