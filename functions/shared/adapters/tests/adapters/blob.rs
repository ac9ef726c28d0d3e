//! Blob storage, against Azurite.

use crate::support::{Server, closed_port};
use adapters::blob::{BlobError, BlobStore, Cause};
use axum::Router;
use axum::body::Body;
use axum::http::header;
use axum::routing::get;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use storage::azurite::Azurite;
use storage::{Account, ConnectionString};

fn account() -> Account {
    match std::env::var("STORAGE_CONNECTION") {
        Ok(connection) => Account::parse(&connection).unwrap(),
        Err(_) => Azurite::shared().account(),
    }
}

/// A store with an empty container of its own.
async fn store() -> (BlobStore, String) {
    let container = format!("test-{}", uuid::Uuid::new_v4());
    let store = BlobStore::new(account());
    store.ensure_containers(&[&container]).await.unwrap();
    (store, container)
}

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

fn none() -> HashMap<String, String> {
    HashMap::new()
}

#[tokio::test]
async fn a_stored_payload_is_never_overwritten() {
    let (store, container) = store().await;
    store.put_new(&container, "v1", bytes("first"), "application/json", none()).await.unwrap();
    let second = store.put_new(&container, "v1", bytes("second"), "application/json", none()).await;
    assert!(matches!(second, Err(BlobError::Exists(name)) if name == "v1"));
    assert_eq!(store.get(&container, "v1").await.unwrap(), Some(bytes("first")));
}

#[tokio::test]
async fn an_upload_whose_answer_was_lost_may_be_repeated() {
    let (store, container) = store().await;
    for _ in 0..2 {
        store.put_new(&container, "v1", bytes("same"), "application/json", none()).await.unwrap();
    }
}

#[tokio::test]
async fn of_uploads_at_the_same_time_under_one_name_one_wins() {
    let (store, container) = store().await;
    let uploads = (0..8).map(|n| {
        let (store, container) = (store.clone(), container.clone());
        async move { store.put_new(&container, "v1", Bytes::from(format!("{n}")), "text/plain", none()).await }
    });
    let results = futures::future::join_all(uploads).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_long_payload_survives_in_one_piece_and_is_not_overwritten_either() {
    let (store, container) = store().await;
    let long = Bytes::from((0..9_500_000_u32).map(|n| (n % 251) as u8).collect::<Vec<_>>());
    store.put_new(&container, "long", long.clone(), "application/json", none()).await.unwrap();
    let other = Bytes::from(vec![7; 9_500_000]);
    let again = store.put_new(&container, "long", other, "application/json", none()).await;
    assert!(matches!(again, Err(BlobError::Exists(_))), "{again:?}");
    assert!(store.get(&container, "long").await.unwrap().unwrap() == long);
}

#[tokio::test]
async fn type_and_metadata_are_kept() {
    let (store, container) = store().await;
    let metadata = HashMap::from([("provenance".to_owned(), "SNL".to_owned())]);
    store.put_new(&container, "v1", bytes("x"), "application/pdf", metadata.clone()).await.unwrap();
    let there = account().blobs().blob_client(&container, "v1").download(None).await.unwrap().properties;
    assert_eq!(there.content_type.as_deref(), Some("application/pdf"));
    assert_eq!(there.metadata, metadata);
}

#[tokio::test]
async fn metadata_that_cannot_travel_is_refused_before_anything_is_sent() {
    let (store, container) = store().await;
    for (name, value) in
        [("court", "Llangefni – Sir Fôn"), ("two words", "x"), ("1st", "x"), ("a", "x\r\nb: y")]
    {
        let metadata = HashMap::from([(name.to_owned(), value.to_owned())]);
        let refused = store.put_new(&container, "v1", bytes("x"), "text/plain", metadata).await;
        assert!(matches!(refused, Err(BlobError::Refused(Cause::Metadata(n))) if n == name));
    }
    assert_eq!(store.get(&container, "v1").await.unwrap(), None);
}

#[tokio::test]
async fn an_absent_blob_is_an_answer_and_a_missing_container_a_fault() {
    let (store, container) = store().await;
    assert_eq!(store.get(&container, "absent").await.unwrap(), None);
    assert!(matches!(store.get("no-such-container", "absent").await, Err(BlobError::Refused(_))));
}

#[tokio::test]
async fn an_empty_blob_is_not_an_absent_one() {
    let (store, container) = store().await;
    store.put_new(&container, "empty", Bytes::new(), "text/plain", none()).await.unwrap();
    assert_eq!(store.get(&container, "empty").await.unwrap(), Some(Bytes::new()));
}

#[tokio::test]
async fn a_report_beside_is_replaced() {
    let (store, container) = store().await;
    for text in ["old", "new"] {
        store.put_beside(&container, "upload.csv.errors.txt", bytes(text), "text/plain").await.unwrap();
    }
    assert_eq!(store.get(&container, "upload.csv.errors.txt").await.unwrap(), Some(bytes("new")));
}

#[tokio::test]
async fn a_listing_shows_what_begins_so_and_when_it_changed() {
    let (store, container) = store().await;
    for name in ["reference/b.csv", "reference/a é.csv", "other.csv"] {
        store.put_beside(&container, name, bytes("1"), "text/csv").await.unwrap();
    }
    let listed = store.list(&container, "reference/").await.unwrap();
    let names: Vec<&str> = listed.iter().map(|blob| blob.name.as_str()).collect();
    assert_eq!(names, ["reference/a é.csv", "reference/b.csv"]);
    assert!((chrono::Utc::now() - listed[0].last_modified).num_minutes().abs() < 5);

    store.put_beside(&container, "reference/b.csv", bytes("2"), "text/csv").await.unwrap();
    let after = store.list(&container, "reference/").await.unwrap();
    assert_eq!(after[0].etag, listed[0].etag);
    assert_ne!(after[1].etag, listed[1].etag);
    assert_eq!(store.list(&container, "").await.unwrap().len(), 3);
    assert_eq!(store.list(&container, "nothing").await.unwrap(), []);
}

#[tokio::test]
async fn deleting_twice_is_deleting_once() {
    let (store, container) = store().await;
    store.put_new(&container, "v1", bytes("x"), "text/plain", none()).await.unwrap();
    store.delete(&container, "v1").await.unwrap();
    store.delete(&container, "v1").await.unwrap();
    assert_eq!(store.get(&container, "v1").await.unwrap(), None);
}

#[tokio::test]
async fn containers_are_ensured_again_and_again() {
    let (store, container) = store().await;
    store.ensure_containers(&[&container, &container]).await.unwrap();
}

#[tokio::test]
async fn storage_that_is_away_is_not_taken_for_an_absent_blob() {
    let nobody = ConnectionString::for_emulator(closed_port(), closed_port());
    let store = BlobStore::new(Account::parse(&nobody).unwrap());
    let started = Instant::now();
    assert!(matches!(store.get("container", "v1").await, Err(BlobError::Unavailable(_))));
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
}

#[tokio::test]
async fn silent_storage_is_waited_for_no_longer_than_the_limit() {
    let silent = Server::raw(|stream| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(stream);
    })
    .await;
    let port = silent.url.port().unwrap();
    let limit = Duration::from_millis(300);
    let account = Account::parse(&ConnectionString::for_emulator(port, port)).unwrap();
    let store = BlobStore::new(account).with_limits(limit, limit);
    let read = store.get("container", "v1").await;
    assert!(matches!(read, Err(BlobError::Unavailable(Cause::TimedOut(_)))));
    let written = store.put_new("container", "v1", bytes("x"), "text/plain", none()).await;
    assert!(matches!(written, Err(BlobError::Unavailable(Cause::TimedOut(_)))));
}

#[tokio::test]
async fn a_download_that_breaks_off_is_made_again() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counter = attempts.clone();
    let answer = move || {
        let broken = counter.fetch_add(1, Ordering::SeqCst) < 2;
        let end = if broken { Err(std::io::Error::other("broken")) } else { Ok(bytes("6789")) };
        async move {
            // The pause lets the headers and the first half leave before the connection breaks.
            let end = async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                end
            };
            let halves = futures::StreamExt::chain(
                futures::stream::iter([Ok(bytes("012345"))]),
                futures::stream::once(end),
            );
            let headers = [
                (header::CONTENT_LENGTH, "10"),
                (header::CONTENT_RANGE, "bytes 0-9/10"),
                (header::ETAG, "\"1\""),
                (header::LAST_MODIFIED, "Mon, 05 Jan 2026 07:00:00 GMT"),
            ];
            (axum::http::StatusCode::PARTIAL_CONTENT, headers, Body::from_stream(halves))
        }
    };
    let server = Server::start(Router::new().route("/{*path}", get(answer))).await;
    let port = server.url.port().unwrap();
    let store = BlobStore::new(Account::parse(&ConnectionString::for_emulator(port, port)).unwrap());
    assert_eq!(store.get("container", "v1").await.unwrap(), Some(bytes("0123456789")));
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_wrong_key_is_refused_rather_than_unavailable() {
    let wrong = Azurite::shared().connection_string().replace("AccountKey=Eby8", "AccountKey=Fby8");
    let store = BlobStore::new(Account::parse(&wrong).unwrap());
    assert!(matches!(store.get("container", "v1").await, Err(BlobError::Refused(_))));
}
