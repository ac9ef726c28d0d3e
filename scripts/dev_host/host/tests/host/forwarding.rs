//! Items 46 and 47 in forward mode.

use crate::support::{Running, World, header, raw};
use dev_host::Level;
use serde_json::json;
use std::time::{Duration, Instant};
use uuid::Uuid;

async fn forwarding(script: serde_json::Value) -> Running {
    World::with_catch_all().script(script).option(|options| options.forward_mode = Some(true)).start().await
}

#[tokio::test]
async fn item_46_the_request_is_rebuilt() {
    let running = forwarding(json!({})).await;
    running.host.ready().await.unwrap();
    let request = "POST /a?q=a&Q=b&flag HTTP/1.1\r\nHost: portal.example\r\nUser-Agent: browser\r\n\
        X-Forwarded-For: 6.6.6.6\r\nX-Azure-Functions-InvocationId: mine\r\nContent-Type: text/plain\r\n\
        Content-Encoding: br\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
    assert!(raw(&running, request).await.starts_with("HTTP/1.1 200"));
    let seen = &running.seen("/a")[0];
    assert_eq!(seen["target"], "/a?q=a%2Cb&flag=");
    assert_eq!(seen["body"], "hi");
    let ids = header(seen, "x-azure-functions-invocationid");
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], "mine");
    assert!(Uuid::parse_str(&ids[1]).is_ok());
    assert!(header(seen, "content-encoding").is_empty());
    assert_eq!(
        header(seen, "user-agent"),
        [format!("browser Azure-Functions-Host/{}", dev_host::HOST_VERSION)]
    );
    assert_eq!(header(seen, "host"), ["portal.example"]);
    assert_eq!(header(seen, "x-forwarded-for"), ["6.6.6.6"]);
    assert!(header(seen, "x-ms-invocation-id").is_empty());
}

#[tokio::test]
async fn item_46_a_chunked_body_or_a_malformed_type_is_500() {
    let running = forwarding(json!({})).await;
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>("x")]);
    let request = running.http.post(running.url("/up")).body(reqwest::Body::wrap_stream(chunks));
    assert_eq!(request.send().await.unwrap().status(), 500);
    let request = running.http.post(running.url("/up")).header("content-type", "nonsense").body("x");
    assert_eq!(request.send().await.unwrap().status(), 500);
    assert!(running.seen("/up").is_empty());
}

#[tokio::test]
async fn item_46_the_answer_is_complete_with_all_cookies() {
    let script =
        json!({"/c": {"headers": [["set-cookie", "a=1"], ["set-cookie", "b=2"]], "chunks": ["one", "two"]}});
    let running = forwarding(script).await;
    let answer = running.get("/c").await;
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
    assert_eq!(answer.headers()["content-length"], "6");
    assert_eq!(answer.text().await.unwrap(), "onetwo");
}

#[tokio::test]
async fn item_47_a_handler_that_is_down_gives_500_at_once() {
    let running = forwarding(json!({"/leave": {"exit": 0}})).await;
    running.status("/leave").await;
    running.wait_logged(Level::Warning, "exited with code 0").await;
    let began = Instant::now();
    assert_eq!(running.status("/x").await, 500);
    // The attempts of proxy mode would take longer.
    assert!(began.elapsed() < Duration::from_millis(1500));
}
