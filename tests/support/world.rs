//! The world itself: building it, asking it, running its triggers, moving its time.

use super::database::Database;
use super::people::AUDIENCE;
use super::{Answer, LATER, LONG_AGO, envelopes, instant};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Uri};
use chrono::{DateTime, TimeDelta, Utc};
use portal::{SecurityHeaders, SecuritySettings, Site};
use runtime::app::Clock;
use runtime::settings::Settings;
use runtime::{App, Function, server};
use serde_json::Value;
use stand_ins::notify::{Delivery, KeyKind};
use stand_ins::{Options, StandIns, notify};
use std::collections::BTreeMap;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use storage::azurite::Azurite;
use tokio::sync::OnceCell;
use tower::ServiceExt;

/// Everything a test needs; dropping it removes its database.
pub struct World {
    pub app: App,
    pub stand_ins: StandIns,
    pub notify: notify::Notify,
    pub database: Database,
    router: Router,
    own_storage: Option<String>,
    is_template: bool,
}

/// A world to be.
pub struct Plan {
    now: DateTime<Utc>,
    settings: BTreeMap<String, String>,
    own_storage: bool,
    functions: Vec<Function>,
}

impl World {
    /// A world on Monday 5 January 2026, seven in the morning in London, that knows the courts of the fixtures.
    #[expect(clippy::new_ret_no_self, reason = "reads as a sentence: World::new().at(…).await")]
    pub fn new() -> Plan {
        Plan {
            now: instant("2026-01-05T07:00:00Z"),
            settings: BTreeMap::new(),
            own_storage: false,
            functions: functions::ALL.to_vec(),
        }
    }
}

impl Plan {
    /// At another time.
    pub fn at(mut self, now: &str) -> Self {
        self.now = instant(now);
        self
    }

    /// With another value of a setting.
    pub fn with_setting(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With a storage account of its own, for tests that look at whole containers or have a host read its queues.
    pub fn with_own_storage(mut self) -> Self {
        self.own_storage = true;
        self
    }

    /// With one more function.
    pub fn with_function(mut self, function: Function) -> Self {
        self.functions.push(function);
        self
    }
}

impl IntoFuture for Plan {
    type Output = World;
    type IntoFuture = Pin<Box<dyn Future<Output = World>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async {
            let database = Database::copy_of(template().await).await;
            build(self, database, false).await
        })
    }
}

/// The connection string of the storage that worlds share: names of blobs are never used twice.
pub fn shared_storage() -> String {
    match std::env::var("AzureWebJobsStorage") {
        Ok(connection) if !connection.is_empty() => connection,
        _ => Azurite::shared().connection_string(),
    }
}

/// `Values` of local.settings.sample.json.
pub fn sample_settings() -> BTreeMap<String, String> {
    let sample: Value =
        serde_json::from_str(include_str!("../../local.settings.sample.json")).expect("the sample is JSON");
    let values = sample["Values"].as_object().expect("the sample has values");
    values.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

/// The settings of a handler in this world.
pub fn settings(stand_ins: &StandIns, database_url: &str, storage: &str) -> BTreeMap<String, String> {
    let mut values = sample_settings();
    let key = stand_ins.notify.settings().api_key(KeyKind::Live).expect("a key");
    for (name, value) in [
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "1"),
        ("DATABASE_URL", database_url),
        ("PiStorage", storage),
        ("AzureWebJobsStorage", storage),
        ("PUBLIC_BASE_URL", "https://pi.example"),
        ("ENTRA_AUDIENCES", AUDIENCE),
        ("ENTRA_TENANT_ID", stand_ins::issuer::TENANT),
        ("ENTRA_ISSUER_V1", &stand_ins.issuer.v1_issuer()),
        ("ENTRA_ISSUER_V2", &stand_ins.issuer.v2_issuer()),
        ("ENTRA_JWKS_URL", &stand_ins.issuer.jwks_url()),
        (
            "PUBLISHER_PROVENANCES",
            r#"{"hmi": ["SNL", "CP_CATH", "COMMON_PLATFORM", "PDDA"], "xhibit": ["PDDA"], "staff": ["MANUAL_UPLOAD"]}"#,
        ),
        ("NOTIFY_BASE_URL", &stand_ins.notify.url()),
        ("NOTIFY_API_KEY", &key),
        ("NOTIFY_SENDS_PER_SECOND", "400"),
        ("KEY_VAULT_STAND_IN", &stand_ins.key_vault.url()),
    ] {
        values.insert(name.to_owned(), value.to_owned());
    }
    values
}

/// The stand-ins of one world.
pub async fn stand_ins() -> StandIns {
    let notify = notify::Settings { delivery: Delivery::ByHand, ..notify::Settings::demo() };
    StandIns::start(Options { notify, ..Options::default() }).await.expect("the stand-ins start")
}

/// The template: migrated, and given its courts and glossary through the real entry point.
pub async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let database = Database::migrated().await;
            let name = database.name.clone();
            let world = build(World::new(), database, true).await;
            let files = [
                ("courts.csv", include_bytes!("../fixtures/courts.csv").as_slice()),
                ("glossary.json", include_bytes!("../fixtures/glossary.json").as_slice()),
            ];
            for (name, bytes) in files {
                world.imports_what_was_stored(instant(LONG_AGO), name, bytes).await.expect(200);
            }
            let admin = super::database::superuser("postgres").await;
            world.database.disconnect(&admin).await;
            drop(world);
            name
        })
        .await
}

async fn build(plan: Plan, database: Database, is_template: bool) -> World {
    let own_storage = plan.own_storage.then(|| Azurite::shared().own_account());
    let storage = own_storage.clone().unwrap_or_else(shared_storage);
    let stand_ins = stand_ins().await;
    let mut values = settings(&stand_ins, &database.app_url(), &storage);
    values.extend(plan.settings);
    let settings = Settings::read(&values).expect("good settings");
    let site = Site::new(functions::PAGES).expect("good pages");
    let security = SecuritySettings { https: settings.is_https(), ..SecuritySettings::default() };
    let headers = SecurityHeaders::new(&security).expect("good settings");
    let app = App::new(settings, site, Clock::at(plan.now), functions::HOST_JSON).expect("good settings");
    ensure_stores(&app, own_storage.is_some()).await;
    let functions: &'static [Function] = Box::leak(plan.functions.into_boxed_slice());
    let router = server::router(app.clone(), functions, headers);
    let notify = stand_ins.notify.clone();
    World { app, stand_ins, notify, database, router, own_storage, is_template }
}

/// Makes the containers and queues, once for the shared storage.
async fn ensure_stores(app: &App, own: bool) {
    static SHARED: OnceCell<()> = OnceCell::const_new();
    let ensure = || async {
        app.blobs.ensure_containers(&functions::CONTAINERS).await.expect("containers");
        app.wake_ups.ensure_queues(&functions::QUEUES).await.expect("queues");
    };
    if own {
        ensure().await
    } else {
        SHARED.get_or_init(ensure).await;
    }
}

impl World {
    /// This world's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.now()
    }

    /// Moves this world's clock.
    pub fn at(&self, now: &str) -> &Self {
        self.app.clock.set(instant(now));
        self
    }

    /// A request as it is, with nothing added.
    pub async fn asked(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        Answer::of(response).await
    }

    /// A request with the marks of the host's proxy.
    pub async fn through_the_proxy(&self, mut request: Request<Body>) -> Answer {
        for (name, value) in [
            ("x-ms-invocation-id", "7a6f4d0e-0b5e-4a0e-9d0c-3d8f1c2b4a59"),
            ("x-azure-functions-invocationid", "7a6f4d0e-0b5e-4a0e-9d0c-3d8f1c2b4a59"),
            ("x-forwarded-host", "pi.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "192.0.2.1"),
        ] {
            request.headers_mut().insert(name, value.parse().expect("a value"));
        }
        self.asked(request).await
    }

    /// A page, as any reader asks for it.
    pub async fn page(&self, path: &str) -> Answer {
        self.anyone().get(path).await
    }

    /// A page's HTML, which must be there.
    pub async fn html(&self, path: &str) -> String {
        self.page(path).await.expect(200).text()
    }

    /// An invocation by the host.
    pub async fn invokes(&self, function: &str, envelope: &Value) -> Answer {
        let request = Request::post(format!("/{function}").parse::<Uri>().expect("a path"))
            .header("content-type", "application/json; charset=utf-8")
            .header("x-azure-functions-hostversion", "4.1052.200.0")
            .header("x-azure-functions-invocationid", "0c1e9e6f-7d0b-4d57-9c0e-2f3b1f6a9a11")
            .body(Body::from(envelope.to_string()));
        self.asked(request.expect("a request")).await
    }

    /// Runs a timer or queue function once, and expects it to succeed.
    pub async fn runs(&self, function: &str) -> Answer {
        let found = functions::ALL.iter().find(|known| known.name == function).expect("a function");
        let envelope = match found.trigger().kind.as_str() {
            "timerTrigger" => envelopes::timer(function),
            "queueTrigger" => envelopes::queue(function, "wake", 1),
            other => panic!("{function} has a {other}"),
        };
        self.invokes(function, &envelope).await.expect(200)
    }

    /// The daily dispatch, and the sending it leads to.
    pub async fn dispatches(&self) {
        self.runs("subscription_dispatch").await;
        self.runs("effect_send").await;
    }

    /// A reference file appears, stored after every one before it.
    pub async fn imports(&self, name: &str, bytes: &[u8]) -> Answer {
        static SECONDS: AtomicI64 = AtomicI64::new(0);
        let later = TimeDelta::seconds(SECONDS.fetch_add(1, Ordering::SeqCst));
        self.imports_what_was_stored(instant(LATER) + later, name, bytes).await
    }

    /// An event tells of a reference file, however long after it was stored.
    pub async fn imports_what_was_stored(&self, at: DateTime<Utc>, name: &str, bytes: &[u8]) -> Answer {
        self.invokes("reference_import", &envelopes::blob("reference_import", name, bytes, at)).await
    }

    /// Lets time pass for what is owed: pauses and leases are on database time.
    pub async fn lets_pass(&self, seconds: i32) {
        let sql = "update effect set not_before = not_before - make_interval(secs => $1), \
            leased_until = leased_until - make_interval(secs => $1), attempted_at = attempted_at - make_interval(secs => $1)";
        let seconds = f64::from(seconds);
        self.database.superuser().await.execute(sql, &[&seconds]).await.expect("the superuser may");
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

    /// The statuses of the mails owed, sorted.
    pub async fn mail_statuses(&self) -> Vec<String> {
        let sql = "select status from effect where channel = 'email' order by status";
        let rows = self.database.superuser().await.query(sql, &[]).await.expect("statuses");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// The connection string of this world's own account.
    pub fn storage(&self) -> String {
        self.own_storage.clone().expect("a world with its own storage")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.is_template {
            return;
        }
        let database = self.database.clone();
        let discard = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(database.discard());
        };
        // A runtime cannot be entered from within another's thread.
        let _ = std::thread::spawn(discard).join();
    }
}
