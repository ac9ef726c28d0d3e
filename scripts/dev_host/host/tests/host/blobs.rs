//! Items 33 to 35: blob triggers by Event Grid and by polling.

use crate::queues::wait_for;
use crate::support::{Running, World, account, unique};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::Duration;

fn trigger(container: &str, event_grid: bool) -> Value {
    let source = if event_grid { "EventGrid" } else { "LogsAndContainerScan" };
    json!([{"type": "blobTrigger", "direction": "in", "name": "doc", "path": format!("{container}/{{name}}"),
        "source": source}])
}

async fn upload(container: &str, name: &str, text: &'static str) {
    // It may exist.
    let _created = account().blobs().blob_container_client(container).create(None).await;
    let content = Bytes::from_static(text.as_bytes()).into();
    account().blobs().blob_client(container, name).upload(content, None).await.unwrap();
}

/// A host with one Event Grid function. Once it is ready, no blob is missed.
async fn watching(container: &str, script: Value) -> Running {
    account().blobs().blob_container_client(container).create(None).await.unwrap();
    let world = World::new().with_storage().function("import", trigger(container, true)).script(script);
    let running = world.start().await;
    running.host.ready().await.unwrap();
    running
}

#[tokio::test]
async fn item_33_a_blob_that_fails_five_times_is_noted_in_the_poison_queue() {
    let container = unique("c");
    let running = watching(&container, json!({"/import": {"status": 500}})).await;
    upload(&container, "bad.csv", "x").await;
    running.wait_seen("/import", 5).await;
    let mut found = None;
    for _ in 0..100 {
        let messages = wait_for("webjobs-blobtrigger-poison", 1).await;
        let decoded =
            messages.iter().map(|text| serde_json::from_slice(&STANDARD.decode(text).unwrap()).unwrap());
        found = decoded.into_iter().find(|message: &Value| message["ContainerName"] == container.as_str());
        if found.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let message = found.unwrap();
    assert_eq!(message["Type"], "BlobTrigger");
    assert_eq!(message["FunctionId"], "Host.Functions.import");
    assert_eq!((&message["BlobType"], &message["BlobName"]), (&json!("BlockBlob"), &json!("bad.csv")));
    assert!(message["ETag"].is_string());
    assert_eq!(running.seen("/import").len(), 5);
}

#[tokio::test]
async fn item_34_the_event_grid_endpoint() {
    let container = unique("c");
    let world = World::new().with_storage().function("import", trigger(&container, true)).option(|options| {
        options.auth = true;
        options.keys.blobs_extension = "grid".into();
        // Only the endpoint is to notify here.
        options.timings.event_grid_scan = Duration::from_secs(3600);
    });
    let running = world.start().await;
    upload(&container, "a/b.csv", "x").await;
    let post = async |code: &str, kind: &str, body: Value| {
        let path = format!("/runtime/webhooks/blobs?functionName=Host.Functions.import&code={code}");
        let request = running.http.post(running.url(&path)).header("aeg-event-type", kind);
        request.body(body.to_string()).send().await.unwrap()
    };
    let handshake = json!([{"data": {"validationCode": "abc"}}]);
    assert_eq!(post("wrong", "SubscriptionValidation", handshake.clone()).await.status(), 401);
    let answer: Value = post("grid", "SubscriptionValidation", handshake).await.json().await.unwrap();
    assert_eq!(answer, json!({"validationResponse": "abc"}));
    assert_eq!(post("grid", "Unsubscribe", json!([])).await.status(), 202);
    assert_eq!(post("grid", "Gossip", json!([])).await.status(), 400);
    let url = account().blobs().blob_client(&container, "a/b.csv").url().to_string();
    let event = json!([{"eventType": "Microsoft.Storage.BlobDeleted", "data": {"url": url, "eTag": "0x0", "blobType": "BlockBlob"}}]);
    assert_eq!(post("grid", "Notification", event.clone()).await.status(), 202);
    assert_eq!(post("grid", "Notification", event).await.status(), 202);
    let seen = running.wait_seen("/import", 2).await;
    assert_eq!(crate::support::body(&seen[0])["Metadata"]["name"], "\"a/b.csv\"");
}

#[tokio::test]
async fn item_34_new_and_changed_blobs_are_noticed_and_old_ones_are_not() {
    let container = unique("c");
    upload(&container, "old.csv", "x").await;
    let world = World::new().with_storage().function("import", trigger(&container, true));
    let running = world.start().await;
    running.host.ready().await.unwrap();
    upload(&container, "new.csv", "1").await;
    running.wait_seen("/import", 1).await;
    upload(&container, "new.csv", "2").await;
    let seen = running.wait_seen("/import", 2).await;
    assert_eq!(crate::support::body(&seen[1])["Data"]["doc"], STANDARD.encode("2"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(running.seen("/import").len(), 2);
}

#[tokio::test]
async fn item_35_polling_fires_for_existing_blobs_once_per_etag() {
    let container = unique("c");
    upload(&container, "old.csv", "x").await;
    let id = unique("host");
    let world = || {
        let world = World::new().with_storage().setting("AzureFunctionsWebHost__hostid", &id);
        world.function("import", trigger(&container, false))
    };
    let running = world().start().await;
    running.wait_seen("/import", 1).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(running.seen("/import").len(), 1);
    running.host.stop().await;
    let again = world().start().await;
    upload(&container, "new.csv", "y").await;
    let seen = again.wait_seen("/import", 1).await;
    assert_eq!(crate::support::body(&seen[0])["Metadata"]["name"], "\"new.csv\"");
}

#[tokio::test]
async fn item_35_a_deleted_blob_is_not_invoked() {
    let container = unique("c");
    let running = watching(&container, json!({})).await;
    let path = "/runtime/webhooks/blobs?functionName=Host.Functions.import";
    let url = account().blobs().blob_client(&container, "gone.csv").url().to_string();
    let request = running.http.post(running.url(path)).header("aeg-event-type", "Notification");
    let event = json!([{"data": {"url": url, "eTag": "0x0", "blobType": "BlockBlob"}}]).to_string();
    assert_eq!(request.body(event).send().await.unwrap().status(), 202);
    upload(&container, "there.csv", "x").await;
    running.wait_seen("/import", 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(running.seen("/import").len(), 1);
}
