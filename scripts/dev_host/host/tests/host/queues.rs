//! Items 29 to 32: queues in and out.

use crate::support::{World, account, unique};
use azure_core::http::RequestContent;
use azure_storage_queue::models::QueueMessage;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Duration;

/// The bindings of a queue-triggered function.
pub fn queue_function(queue: &str) -> Value {
    json!([{"type": "queueTrigger", "direction": "in", "name": "msg", "queueName": queue}])
}

/// Puts a message into a queue, as producers do.
pub async fn send(queue: &str, content: &[u8]) {
    send_raw(queue, STANDARD.encode(content)).await;
}

async fn send_raw(queue: &str, text: String) {
    let client = account().queues().queue_client(queue).unwrap();
    // It may exist.
    let _created = client.create(None).await;
    let message = QueueMessage { message_text: Some(text) };
    client.send_message(RequestContent::try_from(message).unwrap(), None).await.unwrap();
}

/// The texts now visible in a queue.
pub async fn peek(queue: &str) -> Vec<String> {
    use azure_storage_queue::models::QueueClientPeekMessagesOptions;
    let client = account().queues().queue_client(queue).unwrap();
    let options = QueueClientPeekMessagesOptions { number_of_messages: Some(32), ..Default::default() };
    let Ok(response) = client.peek_messages(Some(options)).await else { return Vec::new() };
    let items = response.into_model().unwrap().items.unwrap_or_default();
    items.into_iter().filter_map(|item| item.message_text).collect()
}

/// Waits for a number of messages.
pub async fn wait_for(queue: &str, count: usize) -> Vec<String> {
    for _ in 0..200 {
        let found = peek(queue).await;
        if found.len() >= count {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} messages were awaited in {queue}");
}

fn answer(outputs: &Value) -> Value {
    let body = json!({"Outputs": outputs}).to_string();
    json!({"headers": [["content-type", "application/json"]], "body": body})
}

#[tokio::test]
async fn item_29_and_30_outputs_are_guessed_split_and_ignored_as_declared() {
    let (queue, guessed, plain, many) = (unique("q"), unique("q"), unique("q"), unique("q"));
    let out = |name: &str, queue: &str| json!({"type": "queue", "direction": "out", "name": name, "queueName": queue});
    let mut bindings = queue_function(&queue);
    let list = bindings.as_array_mut().unwrap();
    list.extend([out("guessed", &guessed), out("plain", &plain), out("many", &many)]);
    list[2]["dataType"] = json!("binary");
    let outputs =
        json!({"guessed": "test", "plain": "test", "many": ["a b", {"n": 1}, "c d"], "undeclared": "x"});
    let world = World::new().with_storage().function("job", bindings);
    let _running = world.script(json!({"/job": answer(&outputs)})).start().await;
    send(&queue, b"go").await;
    assert_eq!(STANDARD.decode(&wait_for(&guessed, 1).await[0]).unwrap(), [0xb5, 0xeb, 0x2d]);
    assert_eq!(STANDARD.decode(&wait_for(&plain, 1).await[0]).unwrap(), b"test");
    let mut texts: Vec<_> =
        wait_for(&many, 3).await.iter().map(|text| STANDARD.decode(text).unwrap()).collect();
    texts.sort();
    assert_eq!(texts, [b"a b".to_vec(), b"c d".to_vec(), b"{\"n\":1}".to_vec()]);
}

#[tokio::test]
async fn item_30_a_blob_output_is_written_where_its_path_says() {
    let (queue, container) = (unique("q"), unique("c"));
    let mut bindings = queue_function(&queue);
    let out = json!({"type": "blob", "direction": "out", "name": "file", "path": format!("{container}/{{court}}/x.txt")});
    bindings.as_array_mut().unwrap().push(out);
    let world = World::new().with_storage().function("job", bindings);
    let running = world.script(json!({"/job": answer(&json!({"file": "some text"}))})).start().await;
    send(&queue, br#"{"court":"oxford"}"#).await;
    running.until("the invocation", || running.host.invocations().contains_key("job")).await;
    let blob = account().blobs().blob_client(&container, "oxford/x.txt");
    let bytes = blob.download(None).await.unwrap().body.collect().await.unwrap();
    assert_eq!(&bytes[..], b"some text");
}

#[tokio::test]
async fn item_31_five_failures_lead_to_the_poison_queue() {
    let queue = unique("q");
    let world = World::new().with_storage().function("job", queue_function(&queue));
    let running = world.script(json!({"/job": {"status": 500}})).start().await;
    send(&queue, b"bad").await;
    let poison = wait_for(&format!("{queue}-poison"), 1).await;
    assert_eq!(STANDARD.decode(&poison[0]).unwrap(), b"bad");
    let counts: Vec<Value> = running
        .seen("/job")
        .iter()
        .map(|seen| crate::support::body(seen)["Metadata"]["DequeueCount"].clone())
        .collect();
    assert_eq!(counts, ["1", "2", "3", "4", "5"]);
    assert!(peek(&queue).await.is_empty());
}

#[tokio::test]
async fn item_31_a_failed_message_waits_for_the_visibility_timeout_and_success_deletes() {
    let queue = unique("q");
    let world = World::new()
        .with_storage()
        .function("job", queue_function(&queue))
        .script(json!({"/job": [{"status": 500}, answer(&json!({}))]}))
        .host(|file| file["extensions"]["queues"] = json!({"visibilityTimeout": "00:00:02"}));
    let running = world.start().await;
    send(&queue, b"once more").await;
    let seen = running.wait_seen("/job", 2).await;
    let pause = seen[1]["at"].as_i64().unwrap() - seen[0]["at"].as_i64().unwrap();
    assert!((1000..4000).contains(&pause), "{pause} ms");
    assert_eq!(crate::support::body(&seen[1])["Data"]["msg"], "\"once more\"");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(running.seen("/job").len(), 2);
    assert!(peek(&queue).await.is_empty());
}

#[tokio::test]
async fn item_31_a_message_that_is_not_base64_is_poison_without_invocation() {
    let queue = unique("q");
    let running = World::new().with_storage().function("job", queue_function(&queue)).start().await;
    send_raw(&queue, "not base64!".into()).await;
    assert_eq!(wait_for(&format!("{queue}-poison"), 1).await, ["not base64!"]);
    assert!(running.seen("/job").is_empty());
}

#[tokio::test]
async fn item_31_message_encoding_none_takes_text_as_it_is() {
    let queue = unique("q");
    let world = World::new().with_storage().function("job", queue_function(&queue));
    let running =
        world.host(|file| file["extensions"]["queues"] = json!({"messageEncoding": "none"})).start().await;
    send_raw(&queue, "plain text".into()).await;
    assert_eq!(running.envelope("/job").await["Data"]["msg"], "\"plain text\"");
}

#[tokio::test]
async fn item_32_at_most_batch_size_plus_threshold_run_at_once() {
    let queue = unique("q");
    let world = World::new()
        .with_storage()
        .function("job", queue_function(&queue))
        .script(json!({"/job": {"delay_ms": 700, "headers": [["content-type", "application/json"]], "body": "{}"}}))
        .host(|file| file["extensions"]["queues"] = json!({"batchSize": 2, "newBatchThreshold": 1}));
    for index in 0..7 {
        send(&queue, format!("{index}").as_bytes()).await;
    }
    let running = world.start().await;
    running.until("all to be done", || running.answered_at("/job").len() == 7).await;
    let begins =
        running.seen("/job").iter().map(|seen| (seen["at"].as_i64().unwrap(), 1)).collect::<Vec<_>>();
    let ends = running.answered_at("/job").into_iter().map(|at| (at, -1));
    let mut changes: Vec<(i64, i32)> = begins.into_iter().chain(ends).collect();
    changes.sort();
    let mut at_once = 0;
    let most = changes
        .iter()
        .map(|(_, change)| {
            at_once += change;
            at_once
        })
        .max()
        .unwrap();
    assert!((2..=3).contains(&most), "{most} at once");
}

#[tokio::test]
async fn item_32_a_long_job_keeps_its_message_hidden() {
    let queue = unique("q");
    let world = World::new()
        .with_storage()
        .function("job", queue_function(&queue))
        .script(json!({"/job": {"delay_ms": 3500, "headers": [["content-type", "application/json"]], "body": "{}"}}))
        .option(|options| options.timings.queue_visibility = Duration::from_secs(2));
    let running = world.start().await;
    send(&queue, b"long").await;
    running.until("the end", || running.answered_at("/job").len() == 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(running.seen("/job").len(), 1);
    assert!(peek(&queue).await.is_empty());
}
