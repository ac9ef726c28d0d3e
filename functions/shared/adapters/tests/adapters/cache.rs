//! The cache: one suite for both kinds, and what Redis may do to us.

use crate::support::closed_port;
use crate::support::redis::Redis;
use adapters::cache::Cache;
use bytes::Bytes;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

/// What every cache does.
async fn behaves_as_a_cache(cache: Cache) {
    // A server shared by several runs keeps what earlier runs left.
    let cache = cache.within(&uuid::Uuid::new_v4().to_string());
    assert_eq!(cache.get("page").await, None);

    let binary = Bytes::from((0..=255_u8).collect::<Vec<_>>());
    cache.put("page", binary.clone(), LONG).await;
    assert_eq!(cache.get("page").await, Some(binary));
    cache.put("page", bytes("newer"), LONG).await;
    assert_eq!(cache.get("page").await, Some(bytes("newer")));
    cache.put("empty", Bytes::new(), LONG).await;
    assert_eq!(cache.get("empty").await, Some(Bytes::new()));

    cache.remove("page").await;
    cache.remove("page").await;
    assert_eq!(cache.get("page").await, None);

    cache.put("short", bytes("x"), Duration::from_secs(2)).await;
    cache.put("long", bytes("x"), LONG).await;
    assert_eq!(cache.get("short").await, Some(bytes("x")));
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(cache.get("short").await, None);
    assert_eq!(cache.get("long").await, Some(bytes("x")));
    cache.put("long", bytes("x"), Duration::ZERO).await;
    assert_eq!(cache.get("long").await, None);

    let (pages, feeds) = (cache.within("pages"), cache.within("feeds"));
    pages.put("1", bytes("page"), LONG).await;
    feeds.put("1", bytes("feed"), LONG).await;
    assert_eq!(pages.get("1").await, Some(bytes("page")));
    assert_eq!(cache.within("feeds").get("1").await, Some(bytes("feed")));
    pages.remove("1").await;
    assert_eq!(feeds.get("1").await, Some(bytes("feed")));
}

#[tokio::test]
async fn memory_behaves_as_a_cache() {
    behaves_as_a_cache(Cache::connect(None).unwrap()).await;
}

#[tokio::test]
async fn redis_behaves_as_a_cache() {
    match std::env::var("REDIS_URL") {
        Ok(url) => behaves_as_a_cache(Cache::connect(Some(&url)).unwrap()).await,
        Err(_) => behaves_as_a_cache(Cache::connect(Some(&Redis::start().url())).unwrap()).await,
    }
}

#[tokio::test]
async fn two_processes_share_what_is_in_redis() {
    let redis = Redis::start();
    let (one, other) =
        (Cache::connect(Some(&redis.url())).unwrap(), Cache::connect(Some(&redis.url())).unwrap());
    one.put("page", bytes("x"), LONG).await;
    assert_eq!(other.get("page").await, Some(bytes("x")));
}

#[tokio::test]
async fn without_redis_everything_is_a_miss_and_soon_a_quick_one() {
    let cache = Cache::connect(Some(&format!("redis://127.0.0.1:{}", closed_port()))).unwrap();
    let started = Instant::now();
    cache.put("page", bytes("x"), LONG).await;
    assert_eq!(cache.get("page").await, None);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());

    let started = Instant::now();
    for _ in 0..1000 {
        assert_eq!(cache.get("page").await, None);
    }
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_redis_that_comes_back_is_used_again() {
    let redis = Redis::start();
    let port = redis.port();
    let cache = Cache::connect(Some(&redis.url())).unwrap();
    cache.put("page", bytes("x"), LONG).await;
    drop(redis);
    assert_eq!(cache.get("page").await, None);

    let _back = Redis::start_on(port);
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        cache.put("page", bytes("again"), LONG).await;
        if cache.get("page").await == Some(bytes("again")) {
            break;
        }
        assert!(Instant::now() < patience, "the cache never came back");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

#[tokio::test]
async fn an_unusable_address_is_said_at_start_without_repeating_it() {
    let error = Cache::connect(Some("https://user:hunter2@redis.test")).unwrap_err();
    let told = format!("{error} {:?}", std::error::Error::source(&error));
    assert!(!told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn an_address_with_tls_is_understood() {
    let cache = Cache::connect(Some(&format!("rediss://:key@127.0.0.1:{}", closed_port()))).unwrap();
    assert_eq!(cache.get("page").await, None);
}
