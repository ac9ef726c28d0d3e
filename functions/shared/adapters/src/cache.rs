//! Short-lived copies of things that can be made again: in this process, or in Redis when several processes share them.
//!
//! A cache is never a reason for a request to fail. When Redis is slow or gone, everything is a miss.

use bytes::Bytes;
use moka::Expiry;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{FromRedisValue, RedisError};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// A page would rather make something again than wait longer than this for a copy.
const ANSWER_LIMIT: Duration = Duration::from_millis(250);
/// A connection that takes longer to open counts as failed.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);
/// After a failure Redis is left alone for this long.
const REST: Duration = Duration::from_secs(5);
/// A Redis that stays away is mentioned this often.
const LOG_EVERY: Duration = Duration::from_secs(60);
/// What the copies in this process may weigh, keys included.
const LOCAL_BYTES: u64 = 64 * 1024 * 1024;
/// Marks our keys in a Redis that others may use; the number changes when the form of what is kept changes.
const ROOT: &str = "pi:1:";

/// The Redis address cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("REDIS_URL is not the address of a Redis server")]
pub struct AddressError(#[source] RedisError);

/// A cache, or a part of one ([`Cache::within`]). Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cache {
    prefix: Arc<str>,
    store: Store,
}

#[derive(Debug, Clone)]
enum Store {
    Local(moka::sync::Cache<String, Kept>),
    Redis(Arc<Remote>),
}

impl Cache {
    /// Redis at this address (`redis://` or `rediss://`), or this process's memory when there is none.
    ///
    /// Redis is not contacted yet, so that a process starts without it. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be read; the text does not repeat it, since it may hold a password.
    pub fn connect(redis_url: Option<&str>) -> Result<Self, AddressError> {
        let store = match redis_url {
            None => Store::Local(local()),
            Some(url) => Store::Redis(Arc::new(Remote::connect(url).map_err(AddressError)?)),
        };
        Ok(Self { prefix: ROOT.into(), store })
    }

    /// The part of this cache that belongs to one concern; equal keys of two parts do not meet.
    #[must_use]
    pub fn within(&self, concern: &str) -> Self {
        Self { prefix: format!("{}{concern}:", self.prefix).into(), store: self.store.clone() }
    }

    /// What was put there, unless its time is over, it was displaced, or Redis is away.
    pub async fn get(&self, key: &str) -> Option<Bytes> {
        let key = self.full(key);
        match &self.store {
            Store::Local(copies) => copies.get(&key).map(|kept| kept.bytes),
            Store::Redis(remote) => {
                let found: Option<Option<Vec<u8>>> = remote.ask(redis::cmd("GET").arg(key)).await;
                found.flatten().map(Bytes::from)
            }
        }
    }

    /// Keeps bytes for at most `ttl`. Less than a millisecond is not kept at all.
    pub async fn put(&self, key: &str, bytes: Bytes, ttl: Duration) {
        let key = self.full(key);
        let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).min(u64::from(u32::MAX));
        match &self.store {
            _ if millis == 0 => self.remove_full(key).await,
            Store::Local(copies) => copies.insert(key, Kept { bytes, ttl }),
            Store::Redis(remote) => {
                let mut command = redis::cmd("SET");
                let _stored: Option<()> =
                    remote.ask(command.arg(key).arg(bytes.as_ref()).arg("PX").arg(millis)).await;
            }
        }
    }

    /// Forgets a key. With Redis away the copy may live on until its time is over: never rely on this for access.
    pub async fn remove(&self, key: &str) {
        self.remove_full(self.full(key)).await;
    }

    async fn remove_full(&self, key: String) {
        match &self.store {
            Store::Local(copies) => copies.invalidate(&key),
            Store::Redis(remote) => {
                let _removed: Option<u64> = remote.ask(redis::cmd("DEL").arg(key)).await;
            }
        }
    }

    fn full(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

/// A copy in this process, with its own time to live.
#[derive(Debug, Clone)]
struct Kept {
    bytes: Bytes,
    ttl: Duration,
}

struct OwnTime;

impl Expiry<String, Kept> for OwnTime {
    fn expire_after_create(&self, _: &String, kept: &Kept, _: Instant) -> Option<Duration> {
        Some(kept.ttl)
    }

    fn expire_after_update(
        &self,
        _: &String,
        kept: &Kept,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(kept.ttl)
    }
}

fn local() -> moka::sync::Cache<String, Kept> {
    moka::sync::Cache::builder()
        .max_capacity(LOCAL_BYTES)
        .weigher(|key: &String, kept: &Kept| u32::try_from(key.len() + kept.bytes.len()).unwrap_or(u32::MAX))
        .expire_after(OwnTime)
        .build()
}

/// Redis, and what is known about its health.
struct Remote {
    connection: ConnectionManager,
    /// Milliseconds of [`clock`] until which Redis is left alone.
    rest_until: AtomicU64,
    /// Milliseconds of [`clock`] until which its absence is not mentioned again.
    silent_until: AtomicU64,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Remote")
    }
}

impl Remote {
    fn connect(url: &str) -> Result<Self, RedisError> {
        // rediss:// asks rustls for the provider of the process.
        crate::http::install_tls_provider();
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_LIMIT))
            .set_response_timeout(Some(ANSWER_LIMIT))
            .set_number_of_retries(1)
            .set_max_delay(ANSWER_LIMIT);
        let connection = ConnectionManager::new_lazy_with_config(redis::Client::open(url)?, config)?;
        Ok(Self { connection, rest_until: AtomicU64::new(0), silent_until: AtomicU64::new(0) })
    }

    /// The answer to a command, or nothing when Redis is away.
    async fn ask<T: FromRedisValue>(&self, command: &redis::Cmd) -> Option<T> {
        if millis_now() < self.rest_until.load(Ordering::Relaxed) {
            return None;
        }
        let mut connection = self.connection.clone();
        // Opening the connection is included, hence the longer of the two limits.
        match tokio::time::timeout(CONNECT_LIMIT, command.query_async(&mut connection)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => self.failed(error.category()),
            Err(_elapsed) => self.failed("no answer in time"),
        }
    }

    fn failed<T>(&self, why: &str) -> Option<T> {
        let now = millis_now();
        self.rest_until.store(now + millis(REST), Ordering::Relaxed);
        let silent_until = self.silent_until.load(Ordering::Relaxed);
        let next_mention = now + millis(LOG_EVERY);
        let order = Ordering::Relaxed;
        // Of several calls that fail together, one speaks.
        if silent_until <= now
            && self.silent_until.compare_exchange(silent_until, next_mention, order, order).is_ok()
        {
            tracing::warn!(reason = why, "Redis is away; the service goes on without shared copies");
        }
        None
    }
}

/// Milliseconds since the first use, from a clock that never goes back. One, never nought, at its beginning.
fn millis_now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    millis(START.elapsed()) + 1
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
