//! Items 12 to 21: what the handler receives in invocation mode.

use crate::queues::{queue_function, send};
use crate::support::{World, account, body, header, http, unique};
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn item_12_triggers_arrive_as_post_to_the_functions_name() {
    let queue = unique("q");
    let running = World::new().with_storage().function("jobMail", queue_function(&queue)).start().await;
    send(&queue, b"text").await;
    let seen = &running.wait_seen("/jobMail", 1).await[0];
    assert_eq!((seen["method"].as_str(), seen["target"].as_str()), (Some("POST"), Some("/jobMail")));
    let one = |name: &str| header(seen, name).join("|");
    assert_eq!(one("content-type"), "application/json; charset=utf-8");
    assert_eq!(one("x-azure-functions-hostversion"), dev_host::HOST_VERSION);
    assert!(Uuid::parse_str(&one("x-azure-functions-invocationid")).is_ok());
    assert_eq!(one("user-agent"), format!("Azure-Functions-Host/{}", dev_host::HOST_VERSION));
    assert_eq!(one("host"), running.host.handler_address());
    let names: Vec<&str> =
        seen["headers"].as_array().unwrap().iter().map(|pair| pair[0].as_str().unwrap()).collect();
    assert!(!names.iter().any(|name| name.starts_with("x-forwarded") || *name == "x-ms-invocation-id"));
}

#[tokio::test]
async fn item_13_the_body_is_chunked_or_has_a_length_by_switch() {
    for content_length in [false, true] {
        let queue = unique("q");
        let world = World::new().with_storage().function("job", queue_function(&queue));
        let running = world.option(|options| options.content_length = content_length).start().await;
        send(&queue, b"text").await;
        let seen = &running.wait_seen("/job", 1).await[0];
        assert_eq!(header(seen, "content-length").len(), usize::from(content_length));
        assert_eq!(header(seen, "transfer-encoding").len(), usize::from(!content_length));
        assert!(body(seen)["Data"].is_object());
    }
}

#[tokio::test]
async fn items_14_to_16_data_and_metadata_and_their_encodings() {
    let queue = unique("q");
    let running = World::new().with_storage().function("job", queue_function(&queue)).start().await;
    send(&queue, br#"{"invoiceId":7,"kind":"mail","urgent":true,"myTrigger":"x","inner":{"a":1}}"#).await;
    let envelope = running.envelope("/job").await;
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&envelope), ["Data", "Metadata"]);
    let metadata = &envelope["Metadata"];
    assert_eq!(metadata["sys"]["MethodName"], "job");
    assert!(metadata["sys"]["UtcNow"].as_str().unwrap().ends_with('Z'));
    assert!(Uuid::parse_str(metadata["sys"]["RandGuid"].as_str().unwrap()).is_ok());
    assert_eq!(metadata["invoiceId"], "\"7\"");
    assert_eq!(metadata["kind"], "\"mail\"");
    assert_eq!(metadata["urgent"], "\"True\"");
    assert_eq!(metadata["inner"], json!({"a": 1}));
    assert!(keys(metadata).iter().all(|key| !key.to_lowercase().ends_with("trigger")));
}

#[tokio::test]
async fn item_17_a_timer_is_an_object() {
    let timer = |schedule: &str| json!([{"type": "timerTrigger", "direction": "in", "name": "tick", "schedule": schedule, "runOnStartup": true}]);
    let world = World::new()
        .with_storage()
        .function("daily", timer("0 0 6 * * *"))
        .function("often", timer("* * * * * *"));
    let running = world.start().await;
    let envelope = running.envelope("/daily").await;
    let tick = &envelope["Data"]["tick"];
    assert_eq!(tick["Schedule"], json!({"AdjustForDST": true}));
    assert_eq!(tick["IsPastDue"], false);
    assert_eq!(tick["ScheduleStatus"]["Last"], "0001-01-01T00:00:00+00:00");
    assert!(tick["ScheduleStatus"]["Next"].as_str().unwrap().ends_with("T06:00:00+00:00"));
    assert!(tick["ScheduleStatus"]["LastUpdated"].is_string());
    assert_eq!(envelope["Metadata"].as_object().unwrap().keys().collect::<Vec<_>>(), ["sys"]);
    let often = running.envelope("/often").await;
    assert_eq!(often["Data"]["tick"]["ScheduleStatus"], Value::Null);
}

#[tokio::test]
async fn items_18_and_19_a_queue_message_as_text_and_as_bytes() {
    let (text, bytes) = (unique("q"), unique("q"));
    let mut binary = queue_function(&bytes);
    binary[0]["dataType"] = json!("binary");
    let world = World::new().with_storage().function("text", queue_function(&text)).function("bytes", binary);
    let running = world.start().await;
    send(&text, br#"{"id":7}"#).await;
    send(&bytes, br#"{"id":7}"#).await;
    let envelope = running.envelope("/text").await;
    assert_eq!(envelope["Data"]["msg"], "\"{\\\"id\\\":7}\"");
    assert_eq!(envelope["Metadata"]["Id"], "\"7\"");
    let envelope = running.envelope("/bytes").await;
    assert_eq!(envelope["Data"]["msg"], "eyJpZCI6N30=");
    let metadata = &envelope["Metadata"];
    let id: String = serde_json::from_str(metadata["Id"].as_str().unwrap()).unwrap();
    assert!(Uuid::parse_str(&id).is_ok());
    assert!(metadata["PopReceipt"].as_str().unwrap().starts_with('"'));
    assert_eq!(metadata["DequeueCount"], "1");
    for date in ["InsertionTime", "ExpirationTime", "NextVisibleTime"] {
        assert!(metadata[date].as_str().unwrap().ends_with("+00:00"), "{date}");
    }
}

#[tokio::test]
async fn item_20_a_blob_arrives_as_base64_with_its_captures() {
    let container = unique("c");
    let trigger = json!([{"type": "blobTrigger", "direction": "in", "name": "doc", "dataType": "string",
        "path": format!("{container}/in/{{name}}"), "source": "EventGrid"}]);
    account().blobs().blob_container_client(&container).create(None).await.unwrap();
    let running = World::new().with_storage().function("import", trigger).start().await;
    running.host.ready().await.unwrap();
    let blob = account().blobs().blob_client(&container, "in/a/b.pdf");
    blob.upload(bytes::Bytes::from_static(b"%PDF-").into(), None).await.unwrap();
    let envelope = running.envelope("/import").await;
    assert_eq!(envelope["Data"]["doc"], "JVBERi0=");
    let metadata = &envelope["Metadata"];
    assert_eq!(metadata["name"], "\"a/b.pdf\"");
    assert!(metadata["Uri"].as_str().unwrap().ends_with("/in/a/b.pdf\""));
    assert_eq!(metadata["Properties"]["ContentLength"], 5);
    assert_eq!(metadata["Metadata"], json!({}));
    assert!(metadata.get("BlobTrigger").is_none());
}

#[tokio::test]
async fn item_21_a_retry_context_comes_with_a_policy_only() {
    let tick = json!([{"type": "timerTrigger", "direction": "in", "name": "t", "schedule": "0 0 6 * * *", "runOnStartup": true}]);
    let retried = json!({"bindings": tick, "retry":
        {"strategy": "fixedDelay", "maxRetryCount": 2, "delayInterval": "00:00:00.100"}});
    let world = World::new().with_storage().function_json("retried", retried).function("plain", tick.clone());
    let running = world.script(json!({"/retried": {"status": 500}, "/plain": {"status": 500}})).start().await;
    let seen = running.wait_seen("/retried", 3).await;
    let counts: Vec<Value> =
        seen.iter().map(|seen| body(seen)["Metadata"]["RetryContext"]["RetryCount"].clone()).collect();
    assert_eq!(counts, [json!(0), json!(1), json!(2)]);
    assert_eq!(body(&seen[0])["Metadata"]["RetryContext"]["MaxRetryCount"], 2);
    assert!(body(&seen[1])["Metadata"]["RetryContext"]["Exception"].is_object());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(running.seen("/retried").len(), 3);
    let plain = running.seen("/plain");
    assert_eq!(plain.len(), 1);
    assert!(body(&plain[0])["Metadata"].get("RetryContext").is_none());
}

#[tokio::test]
async fn an_http_function_with_another_binding_is_invoked_by_envelope() {
    let container = unique("c");
    let mut bindings = http("files/{name}", &["post"]);
    bindings.as_array_mut().unwrap().push(json!({"type": "blob", "direction": "in", "name": "old",
        "path": format!("{container}/{{name}}")}));
    let script = json!({"/upload": {"headers": [["content-type", "application/json"]],
        "body": "{\"Outputs\":{\"res\":{\"statusCode\":\"201\",\"headers\":{\"x-a\":\"b\"},\"body\":{\"ok\":true}}}}"}});
    let running = World::new().with_storage().function("upload", bindings).script(script).start().await;
    let request =
        running.http.post(running.url("/files/a?q=1&q=2&code=k")).header("content-type", "application/json");
    let answer = request.body(r#"{"court":9}"#).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["x-a"]), (201, &"b".parse().unwrap()));
    assert_eq!(answer.text().await.unwrap(), "{\n  \"ok\": true\n}");
    let envelope = running.envelope("/upload").await;
    let request = &envelope["Data"]["req"];
    assert_eq!(request["Query"]["q"], "1,2");
    assert_eq!(request["Params"], json!({"name": "a"}));
    assert_eq!(request["Body"], "{\"court\":9}");
    assert_eq!(request["Headers"]["content-type"], json!(["application/json"]));
    assert_eq!(envelope["Data"]["old"], "null");
    let metadata = &envelope["Metadata"];
    assert_eq!((&metadata["name"], &metadata["court"]), (&json!("\"a\""), &json!("\"9\"")));
    assert!(metadata.get("code").is_none());
}
