//! A system to be: its settings, its folder as it is deployed, its proxies and stand-ins, and its start.

use super::chaos::Proxy;
use super::system::{System, Turn, database_through, server_of, storage_of, storage_through};
use crate::support::database::Database;
use crate::support::executable::program;
use crate::support::people::AUDIENCE;
use crate::support::{unique, world};
use adapters::blob::BlobStore;
use adapters::queue::{MessageEncoding, WakeUps};
use dev_host::{Host, HostOptions};
use serde_json::{Value, json};
use stand_ins::issuer::Version;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use storage::azurite::Azurite;

/// The function that would look for files on its own and disturb what a test counts.
const LEFT_OUT: &str = "reference_import";
/// A time at which nothing happens on its own.
const NEVER: &str = "0 0 0 1 1 *";

/// A system to be.
#[derive(Default)]
pub struct Plan {
    settings: BTreeMap<String, String>,
    by_hand: bool,
    alone: bool,
}

impl Plan {
    pub fn with_setting(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Queue messages reach nobody: functions run when the test says so, and at no other time.
    pub fn by_hand(mut self) -> Self {
        self.by_hand = true;
        self
    }

    /// No other system is at work meanwhile: for those that measure, since the machine is small.
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    pub async fn start(self) -> System {
        let turn = if self.alone { Turn::alone().await } else { Turn::beside_others().await };
        let database = Database::copy_of(world::template().await).await;
        let storage = Azurite::shared().own_account();
        let account = || storage::Account::parse(&storage).expect("a connection string");
        let stand_ins = world::stand_ins().await;
        let postgres = Proxy::before(server_of(&database.app_url())).await;
        let blobs = Proxy::before(storage_of(&storage, "Blob")).await;
        let queues = Proxy::before(storage_of(&storage, "Queue")).await;
        let notify = Proxy::before(stand_ins.address().to_string()).await;
        let database_url = database_through(&database.app_url(), postgres.port());
        let through = storage_through(&storage, "Blob", blobs.port());
        let through = storage_through(&through, "Queue", queues.port());
        let mut settings = world::settings(&stand_ins, &database_url, &through);
        settings.remove("FUNCTIONS_CUSTOMHANDLER_PORT");
        for (name, value) in [
            ("AzureWebJobsStorage", storage.as_str()),
            ("NOTIFY_BASE_URL", &format!("http://127.0.0.1:{}/notify", notify.port())),
            ("SUBSCRIPTION_DISPATCH_HOUR", "any"),
            ("SUBSCRIPTION_DISPATCH_SCHEDULE", NEVER),
            ("LOG_LEVEL", "warn"),
        ] {
            settings.insert(name.to_owned(), value.to_owned());
        }
        settings.extend(self.settings);
        let store = BlobStore::new(account());
        let encoding = MessageEncoding::from_host_json(functions::HOST_JSON);
        let wake_ups = WakeUps::new(account(), encoding);
        store.ensure_containers(&functions::CONTAINERS).await.expect("containers");
        wake_ups.ensure_queues(&functions::QUEUES).await.expect("queues");
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let root = script_root(self.by_hand);
        let host = Host::start(options(&root, settings, &lines)).await.expect("the host starts");
        host.ready().await.unwrap_or_else(|error| panic!("{error}: {lines:?}"));
        let token = |client, roles: &[&str]| {
            let claims = stand_ins.issuer.claims(Version::V2, client, AUDIENCE, roles);
            format!("Bearer {}", stand_ins.issuer.token(&claims))
        };
        System {
            host: Arc::new(host),
            publisher: token("hmi", &["api.publisher.user"]),
            operator: token("operations", &["api.request.admin"]),
            http: adapters::http::client().expect("a client"),
            postgres,
            blobs,
            queues,
            notify,
            stand_ins,
            database,
            store,
            wake_ups,
            lines,
            root,
            _turn: turn,
        }
    }
}

fn options(
    root: &std::path::Path,
    settings: BTreeMap<String, String>,
    lines: &Arc<Mutex<Vec<String>>>,
) -> HostOptions {
    let mut options = HostOptions::new(root);
    options.address.set_port(0);
    options.settings = settings;
    options.inherit_environment = false;
    options.crash_limit = u32::MAX;
    let written = Arc::clone(lines);
    options.on_log = Some(Arc::new(move |line| {
        written.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{} {}", line.level, line.text));
    }));
    options
}

/// A folder as it is deployed, with the executable under test.
fn script_root(by_hand: bool) -> PathBuf {
    let root = std::env::temp_dir().join(unique("pi-system"));
    for function in functions::ALL.iter().filter(|function| function.name != LEFT_OUT) {
        let folder = root.join(function.name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut bindings: Value = serde_json::from_str(function.bindings).expect("function.json is JSON");
        for binding in bindings["bindings"].as_array_mut().into_iter().flatten() {
            match binding["type"].as_str() {
                Some("timerTrigger") => binding["schedule"] = json!(NEVER),
                Some("queueTrigger") if by_hand => binding["queueName"] = json!("by-hand"),
                _ => {}
            }
        }
        std::fs::write(folder.join("function.json"), bindings.to_string()).expect("a file");
    }
    let mut host: Value = serde_json::from_str(functions::HOST_JSON).expect("host.json is JSON");
    host["customHandler"]["description"]["defaultExecutablePath"] = json!(program());
    host["extensions"]["queues"]["visibilityTimeout"] = json!("00:00:01");
    std::fs::write(root.join("host.json"), host.to_string()).expect("a file");
    root
}
