//! A script root in a temporary folder, a host on it, and what the fake handler saw.

use dev_host::{Host, HostOptions, Level, LogLine, RunningHost};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use storage::Account;
use storage::azurite::Azurite;
use uuid::Uuid;

/// A host to be.
pub struct World {
    pub root: PathBuf,
    pub host_json: Value,
    pub options: HostOptions,
}

/// A host at work.
pub struct Running {
    pub host: RunningHost,
    pub root: PathBuf,
    pub http: reqwest::Client,
    lines: Arc<Mutex<Vec<LogLine>>>,
}

/// The bindings of an anonymous HTTP function.
pub fn http(route: &str, methods: &[&str]) -> Value {
    json!([
        {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous",
         "route": route, "methods": methods},
        {"type": "http", "direction": "out", "name": "res"}
    ])
}

/// A name no other test uses.
pub fn unique(prefix: &str) -> String {
    format!("{prefix}-{}", &Uuid::new_v4().simple().to_string()[..12])
}

impl World {
    /// Proxy mode, no route prefix, short intervals.
    pub fn new() -> Self {
        let root = std::env::temp_dir().join(format!("dev-host-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&root).unwrap();
        let mut options = HostOptions::new(&root);
        options.address.set_port(0);
        options.inherit_environment = false;
        options.settings.insert("ECHO_DIR".into(), root.display().to_string());
        options.timings.queue_poll_floor = Duration::from_millis(50);
        options.timings.queue_poll_ceiling = Duration::from_millis(100);
        options.timings.event_grid_scan = Duration::from_millis(100);
        options.timings.blob_poll = Duration::from_millis(200);
        let host_json = json!({
            "version": "2.0",
            "customHandler": {
                "description": {"defaultExecutablePath": env!("CARGO_BIN_EXE_echo_handler")},
                "enableProxyingHttpRequest": true
            },
            "extensions": {"http": {"routePrefix": ""}}
        });
        Self { root, host_json, options }
    }

    /// A catch-all function that takes everything.
    pub fn with_catch_all() -> Self {
        Self::new().function("zz_all", http("{*path}", &["get", "head", "post", "put", "options"]))
    }

    /// With the emulator as the host's storage.
    pub fn with_storage(self) -> Self {
        self.setting("AzureWebJobsStorage", &Azurite::shared().connection_string())
    }

    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.options.settings.insert(name.into(), value.into());
        self
    }

    pub fn function(self, name: &str, bindings: Value) -> Self {
        self.function_json(name, json!({"bindings": bindings}))
    }

    pub fn function_json(self, name: &str, file: Value) -> Self {
        let folder = self.root.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("function.json"), file.to_string()).unwrap();
        self
    }

    /// Changes host.json.
    pub fn host(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.host_json);
        self
    }

    pub fn option(mut self, change: impl FnOnce(&mut HostOptions)) -> Self {
        change(&mut self.options);
        self
    }

    /// What the handler does at start.
    pub fn startup(self, startup: Value) -> Self {
        std::fs::write(self.root.join("startup.json"), startup.to_string()).unwrap();
        self
    }

    /// What the handler answers.
    pub fn script(self, script: Value) -> Self {
        std::fs::write(self.root.join("script.json"), script.to_string()).unwrap();
        self
    }

    pub async fn start(mut self) -> Running {
        std::fs::write(self.root.join("host.json"), self.host_json.to_string()).unwrap();
        let lines: Arc<Mutex<Vec<LogLine>>> = Arc::default();
        let written = Arc::clone(&lines);
        self.options.on_log = Some(Arc::new(move |line| written.lock().unwrap().push(line.clone())));
        let host = Host::start(self.options).await.unwrap();
        Running { host, root: self.root, http: storage::http_client().unwrap(), lines }
    }
}

impl Running {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host.address())
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    pub async fn status(&self, path: &str) -> u16 {
        self.get(path).await.status().as_u16()
    }

    fn lines_of(&self, file: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.root.join(file)).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Processes started so far.
    pub fn starts(&self) -> Vec<Value> {
        self.lines_of("starts.jsonl")
    }

    /// When answers to a path were given, in milliseconds.
    pub fn answered_at(&self, path: &str) -> Vec<i64> {
        self.lines_of("done.jsonl")
            .iter()
            .filter(|line| line["done"] == path)
            .filter_map(|l| l["at"].as_i64())
            .collect()
    }

    /// Requests whose target begins with `path`, probes aside.
    pub fn seen(&self, path: &str) -> Vec<Value> {
        let all = self.lines_of("seen.jsonl");
        all.into_iter().filter(|seen| seen["target"].as_str().unwrap().starts_with(path)).collect()
    }

    /// Waits for a number of requests to a path.
    pub async fn wait_seen(&self, path: &str, count: usize) -> Vec<Value> {
        self.until(&format!("{count} requests to {path}"), || self.seen(path).len() >= count).await;
        self.seen(path)
    }

    /// The envelope of the first request to a path.
    pub async fn envelope(&self, path: &str) -> Value {
        body(&self.wait_seen(path, 1).await[0])
    }

    /// Waits up to fifteen seconds for something to become true.
    pub async fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(
                began.elapsed() < Duration::from_secs(15),
                "waited in vain for {what}: {:#?}",
                self.log_texts()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub fn log_texts(&self) -> Vec<String> {
        self.lines.lock().unwrap().iter().map(|line| format!("{} {}", line.level, line.text)).collect()
    }

    pub fn logged(&self, level: Level, text: &str) -> Option<LogLine> {
        let lines = self.lines.lock().unwrap();
        lines.iter().find(|line| line.level == level && line.text.contains(text)).cloned()
    }

    pub async fn wait_logged(&self, level: Level, text: &str) -> LogLine {
        self.until(&format!("the line {text:?}"), || self.logged(level, text).is_some()).await;
        self.logged(level, text).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A folder that stays behind does no harm.
        let _removed = std::fs::remove_dir_all(&self.root);
    }
}

/// The JSON a request carried.
pub fn body(seen: &Value) -> Value {
    serde_json::from_str(seen["body"].as_str().unwrap()).unwrap()
}

/// All values of a header of a recorded request.
pub fn header(seen: &Value, name: &str) -> Vec<String> {
    let headers = seen["headers"].as_array().unwrap();
    headers.iter().filter(|pair| pair[0] == name).map(|pair| pair[1].as_str().unwrap().to_owned()).collect()
}

/// Sends bytes as they are, and gives all that comes back until the server closes.
pub async fn raw(running: &Running, request: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(running.host.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The emulator's account.
pub fn account() -> Account {
    Azurite::shared().account()
}
