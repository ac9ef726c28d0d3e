//! Item 36: timers.

use crate::support::{World, account, body, unique};
use bytes::Bytes;
use chrono::{Duration as Span, SecondsFormat, Timelike, Utc};
use serde_json::{Value, json};
use std::time::Duration;

fn timer(schedule: &str) -> Value {
    json!([{"type": "timerTrigger", "direction": "in", "name": "tick", "schedule": schedule}])
}

/// Writes the status a host with this id would have left behind.
async fn leave_status(id: &str, last: chrono::DateTime<Utc>, next: chrono::DateTime<Utc>) {
    let text = |at: chrono::DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
    let status = json!({"Last": text(last), "Next": text(next), "LastUpdated": text(last)}).to_string();
    let _created = account().blobs().blob_container_client("azure-webjobs-hosts").create(None).await;
    let name = format!("timers/{id}/Host.Functions.sweep/status");
    let blob = account().blobs().blob_client("azure-webjobs-hosts", &name);
    blob.upload(Bytes::from(status).into(), None).await.unwrap();
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
    assert!((600..1500).contains(&gap), "{gap} ms");
}

#[tokio::test]
async fn item_36_after_downtime_there_is_one_run_and_it_is_past_due() {
    let id = unique("host");
    let hour = Utc::now().with_minute(0).unwrap().with_second(0).unwrap().with_nanosecond(0).unwrap();
    leave_status(&id, hour - Span::hours(5), hour - Span::hours(4)).await;
    let world = World::new().with_storage().function("sweep", timer("0 0 * * * *"));
    let running = world.setting("AzureFunctionsWebHost__hostid", &id).start().await;
    let seen = running.wait_seen("/sweep", 1).await;
    assert_eq!(body(&seen[0])["Data"]["tick"]["IsPastDue"], true);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(running.seen("/sweep").len(), 1);
    let name = format!("timers/{id}/Host.Functions.sweep/status");
    let blob = account().blobs().blob_client("azure-webjobs-hosts", &name);
    let status: Value =
        serde_json::from_slice(&blob.download(None).await.unwrap().body.collect().await.unwrap()).unwrap();
    assert_eq!(status["Next"], (hour + Span::hours(1)).to_rfc3339_opts(SecondsFormat::AutoSi, false));
}

#[tokio::test]
async fn item_36_a_changed_schedule_is_not_past_due() {
    let id = unique("host");
    let hour = Utc::now().with_minute(0).unwrap().with_second(0).unwrap().with_nanosecond(0).unwrap();
    leave_status(&id, hour - Span::hours(5), hour - Span::minutes(270)).await;
    let world = World::new().with_storage().function("sweep", timer("0 0 * * * *"));
    let running = world.setting("AzureFunctionsWebHost__hostid", &id).start().await;
    running.host.ready().await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(running.seen("/sweep").is_empty());
}
