//! The App state: what handlers are handed. Built at once and connected to nothing, so that the process is ready
//! before anything else is.

use crate::Problem;
use crate::reads::Reads;
use crate::settings::{self, Settings, Storage};
use crate::turns::Turns;
use adapters::blob::BlobStore;
use adapters::cache::Cache;
use adapters::credential::AzureIdentity;
use adapters::identity::{Issuer, IssuerSettings, KeyPacing, TokenVerifier, TokenVersion};
use adapters::key_vault::{Secrets, VaultSettings};
use adapters::postgres::live_status::LiveStatus;
use adapters::postgres::publications::Publication;
use adapters::postgres::{Client, Db, DbError};
use adapters::queue::{MessageEncoding, WakeUps};
use chrono::{DateTime, Utc};
use domain::{LocationId, PublicationId};
use lists::ListDocument;
use portal::Site;
use secrecy::ExposeSecret;
use std::any::Any;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// What handlers are handed. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The parts of the [`App`].
pub struct Parts {
    /// The settings.
    pub settings: Settings,
    /// The time.
    pub clock: Clock,
    /// Connections for pages and API.
    pub db: Db,
    /// Connections for acknowledging uploads, so that those waiting for one another cannot starve readers.
    pub upload_db: Db,
    /// Connections for triggers, so that a busy job cannot starve readers.
    pub worker_db: Db,
    /// Blobs.
    pub blobs: BlobStore,
    /// Wake-ups for queue-triggered functions.
    pub wake_ups: WakeUps,
    /// Callers' tokens.
    pub tokens: TokenVerifier,
    /// Key Vault, if there is one.
    pub vault: Option<Secrets>,
    /// Outbound HTTP.
    pub http: reqwest::Client,
    /// The shared cache.
    pub cache: Cache,
    /// The portal's pages.
    pub site: Site,
    /// Lists read lately, by what they were read from; a version never changes.
    pub documents: moka::sync::Cache<String, Arc<ListDocument>>,
    /// The bodies of list pages shown lately, by what they were made from.
    pub bodies: moka::sync::Cache<String, Arc<ListBody>>,
    /// Finished pages, by address, language and what they were made from.
    pub pages: moka::sync::Cache<String, Arc<portal::Rendered>>,
    /// Publications, as pages show them.
    pub publications: Reads<PublicationId, Arc<Publication>>,
    /// What each court has published.
    pub published: Reads<LocationId, Arc<CourtPublications>>,
    /// What each court's screens show.
    pub live_status: Reads<LocationId, Arc<LiveStatus>>,
    /// What is read as a whole, by name.
    wholes: Reads<&'static str, Arc<dyn Any + Send + Sync>>,
    /// Room for large uploads, in KiB of their bodies: what does not fit waits, so that many at once cannot exhaust
    /// the memory (an upload being read takes about ten times its size).
    pub upload_room: Arc<tokio::sync::Semaphore>,
    /// Turns of uploads that are of one publication.
    pub upload_turns: Turns,
    /// The client for mails, made when first needed (its key may come from the vault).
    pub mailer: tokio::sync::OnceCell<adapters::notify::Notify>,
}

/// The body of a page of a list, written.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct ListBody {
    /// The page's heading.
    pub heading: String,
    /// What stands below it, HTML.
    pub html: String,
    /// The page's number, from 1.
    pub page: usize,
    /// How many pages the list has.
    pub pages: usize,
}

/// What a court has published that the public may see.
#[derive(Debug)]
pub struct CourtPublications {
    /// Its lists.
    pub lists: Vec<Publication>,
    /// It sends live updates.
    pub live: bool,
}

/// A component that could not be configured; the start stops with this message.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot be set up")]
pub struct SetUpError {
    what: &'static str,
    #[source]
    cause: Box<dyn std::error::Error + Send + Sync>,
}

fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    what: &'static str,
) -> impl FnOnce(E) -> SetUpError {
    move |cause| SetUpError { what, cause: cause.into() }
}

/// Addresses longer than any of ours are not worth keeping a page for.
const LONGEST_PAGE_KEY: usize = 400;
/// How many bytes of finished pages are kept in memory, and for how long.
const KEPT_PAGE_BYTES: u64 = 48 * 1024 * 1024;
const KEPT_PAGE_FOR: Duration = Duration::from_secs(300);
/// How long what is read as a whole is taken as it was: a new reference file shows within this time.
const WHOLE_FRESH: Duration = Duration::from_secs(2);
/// How many read lists are kept in memory.
const KEPT_DOCUMENTS: u64 = 500;
/// One of the largest lists at once, or half a dozen of the largest files.
pub const UPLOAD_ROOM_KIB: u32 = 12 * 1024;
/// How much of their pages.
const KEPT_BODY_BYTES: u64 = 16 * 1024 * 1024;

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// A setting that is well-formed and still cannot be used.
    pub fn new(settings: Settings, site: Site, clock: Clock, host_json: &str) -> Result<Self, SetUpError> {
        adapters::http::install_tls_provider();
        let http = adapters::http::client().map_err(failed("the HTTP client"))?;
        let stores = &settings.stores;
        let configure = |purpose, connections| Db::configure(&stores.database_url, purpose, connections);
        let account = account(&settings, &http)?;
        let redis = stores.redis_url.as_ref().map(ExposeSecret::expose_secret);
        Ok(Self(Arc::new(Parts {
            db: configure("web", stores.connections).map_err(failed("the database"))?,
            upload_db: configure("uploads", stores.connections.div_ceil(2))
                .map_err(failed("the database"))?,
            worker_db: configure("jobs", stores.connections.div_ceil(2)).map_err(failed("the database"))?,
            blobs: BlobStore::new(account.clone()),
            wake_ups: WakeUps::new(account, MessageEncoding::from_host_json(host_json)),
            tokens: TokenVerifier::new(issuers(&settings.identity), &http),
            vault: vault(&settings, &http)?,
            cache: Cache::connect(redis).map_err(failed("the cache"))?,
            documents: moka::sync::Cache::new(KEPT_DOCUMENTS),
            bodies: moka::sync::Cache::builder()
                .weigher(|_, body: &Arc<ListBody>| u32::try_from(body.html.len()).unwrap_or(u32::MAX))
                .max_capacity(KEPT_BODY_BYTES)
                .build(),
            pages: moka::sync::Cache::builder()
                .weigher(|_, page: &Arc<portal::Rendered>| page.weight())
                .max_capacity(KEPT_PAGE_BYTES)
                .time_to_live(KEPT_PAGE_FOR)
                .build(),
            publications: Reads::at_every_view(),
            published: Reads::at_every_view(),
            live_status: Reads::at_every_view(),
            wholes: Reads::every(WHOLE_FRESH),
            upload_room: Arc::new(tokio::sync::Semaphore::new(UPLOAD_ROOM_KIB as usize)),
            upload_turns: Turns::default(),
            mailer: tokio::sync::OnceCell::new(),
            http,
            site,
            clock,
            settings,
        })))
    }

    /// A finished page: kept under what it is made from, its address and its language, or made now. Whether the reader
    /// may see it has been decided before.
    ///
    /// # Errors
    /// What making it meets.
    pub async fn page<E>(
        &self,
        made_from: &str,
        request: &portal::PageRequest,
        make: impl Future<Output = Result<portal::Rendered, E>>,
    ) -> Result<portal::Rendered, E> {
        let key = format!("{made_from} {} {}", request.locale, request.path_and_query);
        if let Some(page) = self.pages.get(&key) {
            return Ok(page.for_reader(request));
        }
        let page = make.await?;
        if key.len() <= LONGEST_PAGE_KEY {
            self.pages.insert(key, Arc::new(page.clone()));
        }
        Ok(page)
    }

    /// Something read as a whole, under a name of its own: as it is, or was up to two seconds ago, or while the database is
    /// away the last good copy.
    ///
    /// # Errors
    /// When the database is away, and was so for ten minutes.
    pub async fn whole<T: Any + Send + Sync>(
        &self,
        name: &'static str,
        read: impl AsyncFnOnce(&mut Client) -> Result<T, DbError>,
    ) -> Result<Arc<T>, Problem> {
        let any = async |db: &mut Client| Ok(Some(Arc::new(read(db).await?) as Arc<dyn Any + Send + Sync>));
        let whole = self.wholes.of(&self.db, name, any).await?;
        let typed = whole.and_then(|whole| whole.value.downcast().ok());
        typed.ok_or_else(|| Problem::defect(&std::io::Error::other(format!("two things are called {name}"))))
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A fresh id.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}

fn identity(settings: &Settings) -> AzureIdentity {
    AzureIdentity::Managed { client_id: settings.vault.client_id.clone() }
}

fn account(settings: &Settings, http: &reqwest::Client) -> Result<storage::Account, SetUpError> {
    match &settings.stores.storage {
        Storage::ConnectionString(text) => storage::Account::parse_with(text.expose_secret(), http.clone())
            .map_err(failed("the storage account")),
        Storage::Identity { blobs, queues } => {
            let credential = identity(settings).credential(http).map_err(failed("the managed identity"))?;
            storage::Account::with_credential_and_client(
                blobs.as_str(),
                queues.as_str(),
                credential,
                http.clone(),
            )
            .map_err(failed("the storage account"))
        }
    }
}

fn vault(settings: &Settings, http: &reqwest::Client) -> Result<Option<Secrets>, SetUpError> {
    let Some(url) = settings.vault.url.clone() else { return Ok(None) };
    let vault =
        VaultSettings { url, stand_in: settings.vault.stand_in.clone(), identity: identity(settings) };
    Secrets::connect(vault, http.clone()).map(Some).map_err(failed("Key Vault"))
}

fn issuers(identity: &settings::Identity) -> IssuerSettings {
    let issuer = |issuer: &Option<String>, version| {
        issuer.as_ref().map(|issuer| Issuer {
            issuer: issuer.clone(),
            version,
            tenant: identity.tenant.clone(),
            jwks_url: identity.jwks_url.clone(),
        })
    };
    let issuers =
        [issuer(&identity.issuer_v1, TokenVersion::V1), issuer(&identity.issuer_v2, TokenVersion::V2)];
    IssuerSettings {
        issuers: issuers.into_iter().flatten().collect(),
        audiences: identity.audiences.clone(),
        pacing: KeyPacing::default(),
    }
}

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine.
    System,
    /// A hand-set clock, in microseconds since 1970: tests.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still until it is set again.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self::Set(Arc::new(AtomicI64::new(instant.timestamp_micros())))
    }

    /// Sets a hand-set clock; the machine's is not moved.
    pub fn set(&self, instant: DateTime<Utc>) {
        if let Self::Set(micros) = self {
            micros.store(instant.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Self::System => Utc::now(),
            Self::Set(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or(DateTime::UNIX_EPOCH)
            }
        }
    }
}
