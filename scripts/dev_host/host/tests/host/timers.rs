//! Item 36: timers.

use crate::support::{World, account, body, unique};
use azure_storage_blob::BlobClient;
use bytes::Bytes;
use chrono::{DateTime, Duration as Span, SecondsFormat, Timelike, Utc};
use serde_json::{Value, json};
use std::time::Duration;

fn timer(schedule: &str) -> Value {
    json!([{"type": "timerTrigger", "direction": "in", "name": "tick", "schedule": schedule}])
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// The full hour at or before an instant.
fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    at.with_minute(0).unwrap().with_second(0).unwrap().with_nanosecond(0).unwrap()
}

fn status_blob(id: &str) -> BlobClient {
    let name = format!("timers/{id}/Host.Functions.sweep/status");
    account().blobs().blob_client("azure-webjobs-hosts", &name)
}

/// Writes the status a host with this id would have left behind.
async fn leave_status(id: &str, last: DateTime<Utc>, next: DateTime<Utc>) {
    let status = json!({"Last": text(last), "Next": text(next), "LastUpdated": text(last)}).to_string();
    let _created = account().blobs().blob_container_client("azure-webjobs-hosts").create(None).await;
    status_blob(id).upload(Bytes::from(status).into(), None).await.unwrap();
}

/// `Last` and `Next` of the status, once the host has written another than the one left behind.
async fn status_after(id: &str, left: DateTime<Utc>) -> (DateTime<Utc>, Value) {
    for _ in 0..300 {
        let bytes = status_blob(id).download(None).await.unwrap().body.collect().await.unwrap();
        let status: Value = serde_json::from_slice(&bytes).unwrap();
        let last = status["Last"].as_str().unwrap().parse().unwrap();
        if last != left {
            return (last, status["Next"].clone());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the status is still the one left behind");
}

#[tokio::test]
async fn item_36_every_second_without_overlap_and_failures_do_not_matter() {
    let slow = json!({"delay_ms": 1300, "headers": [["content-type", "application/json"]], "body": "{}"});
    let world = World::new()
        .with_storage()
        .function("slow", timer("%WHEN%"))
        .function("failing", timer("* * * * * *"))
        .setting("WHEN", "* * * * * *")
        .script(json!({"/slow": slow, "/failing": {"status": 500}}));
    let running = world.start().await;
    running.wait_seen("/failing", 3).await;
    let seen = running.wait_seen("/slow", 3).await;
    let (begins, ends) =
        (seen.iter().map(|s| s["at"].as_i64().unwrap()).collect::<Vec<_>>(), running.answered_at("/slow"));
    assert!(begins.iter().skip(1).zip(&ends).all(|(begin, end)| begin >= end), "{begins:?} {ends:?}");
    let failing = running.seen("/failing");
    let gap = failing[1]["at"].as_i64().unwrap() - failing[0]["at"].as_i64().unwrap();
    assert!((500..4000).contains(&gap), "{gap} ms");
}

#[tokio::test]
async fn item_36_after_downtime_there_is_one_run_and_it_is_past_due() {
    let id = unique("host");
    let hour = hour_of(Utc::now());
    leave_status(&id, hour - Span::hours(5), hour - Span::hours(4)).await;
    let world = World::new().with_storage().function("sweep", timer("0 0 * * * *"));
    let running = world.setting("AzureFunctionsWebHost__hostid", &id).start().await;
    let seen = running.wait_seen("/sweep", 1).await;
    assert_eq!(body(&seen[0])["Data"]["tick"]["IsPastDue"], true);
    let (last, next) = status_after(&id, hour - Span::hours(5)).await;
    assert_eq!(next, text(hour_of(last) + Span::hours(1)));
    assert_eq!(running.seen("/sweep").len(), 1);
}

#[tokio::test]
async fn item_36_a_changed_schedule_is_not_past_due() {
    let id = unique("host");
    let hour = hour_of(Utc::now());
    leave_status(&id, hour - Span::hours(5), hour - Span::minutes(270)).await;
    let world = World::new().with_storage().function("sweep", timer("0 0 * * * *"));
    let running = world.setting("AzureFunctionsWebHost__hostid", &id).start().await;
    running.host.ready().await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(running.seen("/sweep").is_empty());
}
