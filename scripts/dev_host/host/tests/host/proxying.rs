//! Items 44, 45 and 47 to 49: proxy mode and the limits of HTTP.

use crate::support::{World, header, http, raw};
use dev_host::Level;
use futures::StreamExt;
use serde_json::json;
use std::time::{Duration, Instant};
use uuid::Uuid;

#[tokio::test]
async fn item_44_headers_path_and_query_follow_the_reverse_proxys_rules() {
    let running = World::with_catch_all()
        .host(|file| file["extensions"]["http"]["routePrefix"] = json!("v1"))
        .start()
        .await;
    running.host.ready().await.unwrap();
    let answer = raw(
        &running,
        "GET /v1/a%20b?q=a&q=b&flag HTTP/1.1\r\nHost: portal.example\r\nUser-Agent: browser\r\nCookie: a=1\r\n\
         X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Prefix: /p\r\nForwarded: for=6.6.6.6\r\n\
         X-Azure-Functions-InvocationId: mine\r\nX-Ms-Invocation-Id: mine\r\nTE: trailers\r\n\
         Upgrade-Insecure-Requests: 1\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let seen = &running.seen("/v1")[0];
    assert_eq!(seen["target"], "/v1/a%20b?q=a&q=b&flag");
    let one = |name: &str| header(seen, name).join("|");
    assert_eq!(one("host"), running.host.handler_address());
    assert_eq!(one("x-forwarded-host"), "portal.example");
    assert_eq!(one("x-forwarded-proto"), "http");
    assert_eq!(one("x-forwarded-for"), "127.0.0.1");
    assert_eq!((one("user-agent"), one("cookie")), ("browser".into(), "a=1".into()));
    assert_eq!(one("x-azure-functions-hostversion"), dev_host::HOST_VERSION);
    assert!(Uuid::parse_str(&one("x-azure-functions-invocationid")).is_ok());
    assert_eq!(one("x-ms-invocation-id"), one("x-azure-functions-invocationid"));
    for absent in ["x-forwarded-prefix", "forwarded", "te", "upgrade-insecure-requests", "connection"] {
        assert_eq!(one(absent), "", "{absent}");
    }
}

#[tokio::test]
async fn item_45_a_chunked_upload_passes() {
    let running = World::with_catch_all().start().await;
    let chunks = futures::stream::iter((0..100).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 10_000])));
    let request = running.http.post(running.url("/upload")).body(reqwest::Body::wrap_stream(chunks));
    assert_eq!(request.send().await.unwrap().status(), 200);
    let seen = &running.seen("/upload")[0];
    assert_eq!(seen["length"], 1_000_000);
    assert!(header(seen, "content-length").is_empty());
}

#[tokio::test]
async fn item_45_the_response_streams() {
    let script = json!({"/stream": {"chunks": ["one", "two", "three"], "chunk_delay_ms": 1000}});
    let running = World::with_catch_all().script(script).start().await;
    running.host.ready().await.unwrap();
    let mut chunks = running.get("/stream").await.bytes_stream();
    assert_eq!(&chunks.next().await.unwrap().unwrap()[..], b"one");
    let first = Instant::now();
    assert_eq!(&chunks.next().await.unwrap().unwrap()[..], b"two");
    assert_eq!(&chunks.next().await.unwrap().unwrap()[..], b"three");
    assert!(first.elapsed() > Duration::from_secs(1), "they came together");
}

#[tokio::test]
async fn item_45_cookies_redirects_encodings_and_head_pass_as_they_are() {
    let script = json!({
        "/cookies": {"headers": [["set-cookie", "a=1"], ["set-cookie", "b=2"]], "body": "x"},
        "/moved": {"status": 302, "headers": [["location", "/elsewhere"]]},
        "/gzip": {"headers": [["content-encoding", "gzip"]], "body_base64": "H4sIAAAAAAAA"},
        "/same": {"status": 304, "headers": [["etag", "\"1\""]]},
    });
    let running = World::with_catch_all().script(script).start().await;
    let cookies = running.get("/cookies").await;
    assert_eq!(cookies.headers().get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
    let moved = running.get("/moved").await;
    assert_eq!(
        (moved.status().as_u16(), &moved.headers()["location"]),
        (302, &"/elsewhere".parse().unwrap())
    );
    let gzip = running.get("/gzip").await;
    assert_eq!(gzip.headers()["content-encoding"], "gzip");
    assert_eq!(gzip.bytes().await.unwrap().len(), 9);
    assert_eq!(running.status("/same").await, 304);
    let head = running.http.head(running.url("/cookies")).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], "1");
    assert_eq!(head.text().await.unwrap(), "");
    assert!(running.seen("/cookies").iter().any(|seen| seen["method"] == "HEAD"));
}

#[tokio::test]
async fn item_47_a_handler_that_is_down_gives_500_after_some_attempts() {
    let running = World::with_catch_all().script(json!({"/leave": {"exit": 0}})).start().await;
    running.status("/leave").await;
    running.wait_logged(Level::Warning, "exited with code 0").await;
    let began = Instant::now();
    let answer = running.get("/x").await;
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.text().await.unwrap(), "");
    assert!(began.elapsed() >= Duration::from_millis(1700));
}

#[tokio::test]
async fn item_47_a_failure_after_the_request_was_sent_is_not_repeated() {
    let running = World::with_catch_all().script(json!({"/once": {"abort": true}})).start().await;
    assert_eq!(running.status("/once").await, 500);
    assert_eq!(running.seen("/once").len(), 1);
}

#[tokio::test]
async fn item_47_a_host_that_does_not_start_gives_503() {
    let timer = json!([{"type": "timerTrigger", "direction": "in", "name": "t", "schedule": "0 0 0 * * *"}]);
    let world = World::with_catch_all()
        .function("timer", timer)
        .setting("AzureWebJobsStorage", "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a")
        .option(|options| options.timings.host_start_wait = Duration::from_millis(200));
    let running = world.start().await;
    let answer = running.get("/x").await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.text().await.unwrap(), "Function host is not running.");
}

#[tokio::test]
async fn item_48_a_body_over_the_limit_is_413() {
    let world = World::with_catch_all().setting("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "1000");
    let running = world.start().await;
    let post = async |body: reqwest::Body| {
        running.http.post(running.url("/upload")).body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(vec![b'x'; 1000].into()).await, 200);
    assert_eq!(post(vec![b'x'; 1001].into()).await, 413);
    let chunks = futures::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100])));
    assert_eq!(post(reqwest::Body::wrap_stream(chunks)).await, 413);
}

#[tokio::test]
async fn item_48_custom_headers_fill_what_the_handler_left_out() {
    let world = World::with_catch_all()
        .script(json!({"/own": {"headers": [["x-frame-options", "SAMEORIGIN"]]}}))
        .host(|file| file["extensions"]["http"]["customHeaders"] = json!({"X-Frame-Options": "DENY"}));
    let running = world.start().await;
    assert_eq!(running.get("/own").await.headers()["x-frame-options"], "SAMEORIGIN");
    let plain = running.get("/plain").await;
    assert_eq!(plain.headers()["x-frame-options"], "DENY");
    assert_eq!(plain.headers()["server"], "Kestrel");
    assert!(plain.headers().contains_key("date"));
}

#[tokio::test]
async fn item_49_an_outside_call_of_an_internal_address_carries_the_proxys_marks() {
    let queue = json!([{"type": "queueTrigger", "direction": "in", "name": "msg", "queueName": "never"}]);
    let running = World::with_catch_all().with_storage().function("job_mail", queue).start().await;
    running.host.ready().await.unwrap();
    for path in ["/job_mail", "/JOB_mail", "/job%5Fmail", "/job_mail/", "//job_mail"] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: h\r\nX-Azure-Functions-InvocationId: {}\r\nContent-Length: 2\r\n\
             Connection: close\r\n\r\n{{}}",
            Uuid::new_v4()
        );
        assert!(raw(&running, &request).await.starts_with("HTTP/1.1 200"));
    }
    let seen: Vec<_> = running.seen("/").into_iter().filter(|seen| seen["method"] == "POST").collect();
    assert_eq!(seen.len(), 5);
    for seen in seen {
        assert_eq!(header(&seen, "x-ms-invocation-id").len(), 1);
        assert_eq!(header(&seen, "x-forwarded-host"), ["h"]);
    }
}

#[tokio::test]
async fn connections_to_the_handler_are_used_again() {
    let running = World::with_catch_all().function("a", http("a", &["get"])).start().await;
    running.host.ready().await.unwrap();
    for _ in 0..200 {
        assert_eq!(running.get("/a").await.text().await.unwrap(), "ok");
    }
    let sockets =
        std::fs::read_dir(format!("/proc/{}/fd", running.host.handler_pid().unwrap())).unwrap().count();
    assert!(sockets < 30, "{sockets} descriptors");
}

#[tokio::test]
async fn more_requests_than_allowed_are_429() {
    let world = World::with_catch_all().script(json!({"/slow": {"delay_ms": 500}}));
    let running =
        world.host(|file| file["extensions"]["http"]["maxOutstandingRequests"] = json!(1)).start().await;
    let (first, second) = tokio::join!(running.status("/slow"), async {
        running.wait_seen("/slow", 1).await;
        running.status("/other").await
    });
    assert_eq!((first, second), (200, 429));
}
