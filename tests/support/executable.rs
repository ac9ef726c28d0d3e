//! The real executable behind the local Functions host, in a package laid out as it is deployed and made read-only.

use super::{Upload, World, unique};
use crate::support::world;
use dev_host::{Host, HostOptions, LogLine, RunningHost};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The executable under test: the one built with the tests, or the one that is deployed, if `PI_TEST_HANDLER` names it.
pub fn program() -> PathBuf {
    deployed().unwrap_or_else(|| env!("CARGO_BIN_EXE_handler").into())
}

/// The executable built for release, if that is what is under test: only of it is it fair to ask how fast it is.
pub fn deployed() -> Option<PathBuf> {
    std::env::var_os("PI_TEST_HANDLER").map(PathBuf::from)
}

/// A world, and the executable running in it. The world's clock stands; the executable's is the machine's.
pub struct Running {
    pub world: World,
    pub host: RunningHost,
    pub http: reqwest::Client,
    lines: Arc<Mutex<Vec<LogLine>>>,
    root: PathBuf,
}

impl Running {
    pub async fn start() -> Self {
        let world = World::new().at(&now()).with_own_storage().await;
        let storage = world.storage();
        let mut settings = world::settings(&world.stand_ins, &world.database.app_url(), &storage);
        settings.remove("FUNCTIONS_CUSTOMHANDLER_PORT");
        for (name, value) in [
            ("SUBSCRIPTION_DISPATCH_HOUR", "any"),
            ("SUBSCRIPTION_DISPATCH_SCHEDULE", "0 0 0 1 1 *"),
            ("EFFECT_LEASE_SECONDS", "2"),
            ("EFFECT_SETTLE_SECONDS", "1"),
        ] {
            settings.insert(name.to_owned(), value.to_owned());
        }
        let lines: Arc<Mutex<Vec<LogLine>>> = Arc::default();
        let root = package();
        let mut options = HostOptions::new(&root);
        options.address.set_port(0);
        options.settings = settings;
        options.inherit_environment = false;
        options.crash_limit = u32::MAX;
        let written = Arc::clone(&lines);
        options.on_log = Some(Arc::new(move |line| {
            written.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
        }));
        let host = Host::start(options).await.expect("the host starts");
        host.ready().await.expect("the handler is ready");
        Self { world, host, http: adapters::http::client().expect("a client"), lines, root }
    }

    /// The address of a path of the app.
    pub fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.host.address())
    }

    /// A page through the host, which must have this status.
    pub async fn get(&self, path: &str, status: u16) -> String {
        let response = self.http.get(self.address(path)).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{path}");
        response.text().await.expect("a body")
    }

    /// Publishes through the host, for today; answers the artefact id.
    pub async fn publish(&self, upload: Upload) -> String {
        let artefact = self.publish_with(&self.token(), upload, 201).await;
        artefact["artefactId"].as_str().expect("an id").to_owned()
    }

    /// A publisher's token.
    pub fn token(&self) -> String {
        self.world.stand_ins.issuer.token(&self.world.claims("hmi", &["api.publisher.user"]))
    }

    /// Publishes through the host, with this token; the answer must have this status.
    pub async fn publish_with(&self, token: &str, upload: Upload, status: u16) -> Value {
        let upload = upload.shown("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
        let mut request = self.http.post(self.address(upload.path));
        for (name, value) in &upload.headers {
            request = request.header(name, value);
        }
        let response = request.bearer_auth(token).body(upload.body.clone()).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status);
        response.json().await.expect("JSON")
    }

    /// Has the host run a function once.
    pub async fn fire(&self, function: &str) {
        let address = self.address(&format!("/admin/functions/{function}"));
        let response =
            self.http.post(address).json(&json!({"input": "wake"})).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 202);
    }

    /// Waits until something holds; what is owed is woken meanwhile, as the sweep does every minute.
    pub async fn until(&self, what: &str, holds: impl AsyncFn(&World) -> bool) {
        let began = Instant::now();
        while !holds(&self.world).await {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "it never came to be that {what}: {}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
            if self.host.ready().await.is_ok() {
                self.fire("effect_sweep").await;
            }
        }
    }

    /// Everything the host and the handler wrote.
    pub fn log(&self) -> String {
        self.lines().into_iter().map(|line| line.text + "\n").collect()
    }

    /// The same, line by line.
    pub fn lines(&self) -> Vec<LogLine> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub async fn stop(self) {
        self.host.stop().await;
        writable(&self.root, true);
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

#[expect(clippy::disallowed_methods, reason = "the executable under test runs on the machine's clock")]
fn now() -> String {
    chrono::Utc::now().to_rfc3339()
}

fn package() -> PathBuf {
    let root = std::env::temp_dir().join(unique("pi-package"));
    for function in functions::ALL {
        let folder = root.join(function.name);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("function.json"), function.bindings).expect("a file");
    }
    let mut host: Value = serde_json::from_str(functions::HOST_JSON).expect("host.json is JSON");
    host["extensions"]["queues"]["visibilityTimeout"] = json!("00:00:01");
    std::fs::write(root.join("host.json"), host.to_string()).expect("a file");
    std::os::unix::fs::symlink(program(), root.join("handler")).expect("the executable");
    writable(&root, false);
    root
}

fn writable(root: &Path, yes: bool) {
    let mode = std::fs::Permissions::from_mode(if yes { 0o755 } else { 0o555 });
    let _ = std::fs::set_permissions(root, mode);
}
