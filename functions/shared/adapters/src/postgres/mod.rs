//! Postgres: a pool, named by what uses it, and one file a noun. SQL lives here and nowhere else.

pub mod audit;
pub mod effects;
pub mod glossary;
pub mod imports;
pub mod jobs;
pub mod ledger;
pub mod live_status;
pub mod location_messages;
pub mod locations;
pub mod migrate;
pub mod publications;
pub mod reports;
pub mod subscribers;
mod tls;
pub mod upkeep;
pub mod uploads;

pub use deadpool_postgres::Transaction;

use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, Timeouts};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio_postgres::error::SqlState;

/// A pooled connection.
pub type Client = deadpool_postgres::Object;

/// How long a caller waits for a connection, be it free or made.
const WAIT: Duration = Duration::from_secs(2);
/// How long a reader's page waits for what it asks the database, before the last good copy is shown.
pub const READING: Duration = Duration::from_secs(4);
/// How long a caller of the API waits for what it asks: longer than any statement may take.
pub const ANSWERING: Duration = Duration::from_secs(12);
/// A server that does not acknowledge for so long what was sent to it is gone.
const SILENT: Duration = Duration::from_secs(10);
/// A connection at rest is probed so often, so that one that leads nowhere is found before it is needed.
const PROBE: Duration = Duration::from_secs(15);
/// A statement may not hold a request longer than this, nor wait for a lock longer than the second.
const LIMITS: &str = "-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=15s";

/// Why the database did not answer as asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// It cannot be reached, is shutting down, or every connection is in use: try again soon.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It did not answer in time, though it may have done what it was asked: try again soon.
    #[error("the database is silent")]
    Silent,
    /// Another transaction was in the way: try again at once.
    #[error("another transaction was in the way")]
    Contended(#[source] tokio_postgres::Error),
    /// The statement failed: a defect of ours. The server's own words may quote a row, so they are not told.
    #[error("a database statement failed: {}", told(.0))]
    Failed(tokio_postgres::Error),
}

/// What is known of a refusal but its words: the state, and what it is about.
fn told(error: &tokio_postgres::Error) -> String {
    let Some(refusal) = error.as_db_error() else { return "by the client's doing".to_owned() };
    let about =
        [("constraint", refusal.constraint()), ("table", refusal.table()), ("column", refusal.column())];
    let about = about.iter().filter_map(|(what, name)| Some(format!(", {what} {}", (*name)?)));
    format!("state {}{}", refusal.code().code(), about.collect::<String>())
}

impl DbError {
    /// A lock was waited for as long as a statement may; waiting again would keep the caller even longer.
    pub fn waited_for_lock(&self) -> bool {
        matches!(self, Self::Contended(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE))
    }

    /// The constraint that refused a row, if one did.
    pub fn violated_constraint(&self) -> Option<&str> {
        match self {
            Self::Failed(error) => error.as_db_error().and_then(|refusal| refusal.constraint()),
            _ => None,
        }
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        const CONTENTION: [SqlState; 3] = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::LOCK_NOT_AVAILABLE,
        ];
        match error.code() {
            None => Self::Unavailable(Box::new(error)),
            Some(code) if CONTENTION.contains(code) => Self::Contended(error),
            Some(code) if code.code().starts_with("08") || code.code().starts_with("57P") => {
                Self::Unavailable(Box::new(error))
            }
            // 57014 is the statement timeout: the server is busy, or a queue for a lock is long.
            Some(code) if [SqlState::READ_ONLY_SQL_TRANSACTION, SqlState::QUERY_CANCELED].contains(code) => {
                Self::Unavailable(Box::new(error))
            }
            Some(_) => Self::Failed(error),
        }
    }
}

impl From<PoolError> for DbError {
    fn from(error: PoolError) -> Self {
        // Whatever keeps a connection from being made, the database cannot be had.
        Self::Unavailable(Box::new(error))
    }
}

/// A database that could not be configured.
#[derive(Debug, thiserror::Error)]
pub enum ConfigureError {
    /// The connection URL is not one.
    #[error("DATABASE_URL is not a Postgres connection URL")]
    Url(#[source] tokio_postgres::Error),
    /// The pool could not be built.
    #[error("the connection pool could not be built")]
    Pool(#[source] deadpool_postgres::BuildError),
}

/// A pool of connections for one kind of work.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
}

impl Db {
    /// Configures a pool; connects to nothing yet, so that the process is ready before the database is.
    ///
    /// `purpose` names the connections in the server's own lists.
    ///
    /// # Errors
    /// A URL that is not one.
    pub fn configure(url: &SecretString, purpose: &str, connections: usize) -> Result<Self, ConfigureError> {
        let mut config: tokio_postgres::Config = url.expose_secret().parse().map_err(ConfigureError::Url)?;
        config.application_name(format!("pi-{purpose}"));
        config.connect_timeout(WAIT);
        config
            .tcp_user_timeout(SILENT)
            .keepalives_idle(PROBE)
            .keepalives_interval(PROBE / 3)
            .keepalives_retries(3);
        config.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
        let limits = config.get_options().map_or(LIMITS.to_owned(), |more| format!("{LIMITS} {more}"));
        config.options(limits);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, tls::connector(), recycling);
        let timeouts = Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) };
        let pool = Pool::builder(manager).max_size(connections).timeouts(timeouts).runtime(Runtime::Tokio1);
        Ok(Self { pool: pool.build().map_err(ConfigureError::Pool)? })
    }

    /// A connection, for work of any length.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] if none is free or made within two seconds.
    pub async fn connect(&self) -> Result<Client, DbError> {
        match tokio::time::timeout(WAIT, self.pool.get()).await {
            Ok(connection) => Ok(connection?),
            Err(elapsed) => Err(DbError::Unavailable(Box::new(elapsed))),
        }
    }

    /// Has a connection do something short, for which somebody waits: `limit` is the longest it may take. A connection
    /// that fell silent is not used again.
    ///
    /// # Errors
    /// The work's, or [`DbError::Silent`].
    pub async fn within<T>(
        &self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut Client) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let mut connection = self.connect().await?;
        match tokio::time::timeout(limit, work(&mut connection)).await {
            Ok(done) => done,
            Err(_elapsed) => {
                drop(Client::take(connection));
                Err(DbError::Silent)
            }
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.within(READING, async |db| Ok(db.simple_query("select 1").await.map(drop)?)).await
    }
}
