//! Items 23 to 27: what the host makes of the handler's answers.

use crate::support::{Running, World};
use dev_host::{Level, Outcome};
use serde_json::{Value, json};
use std::time::Duration;

/// A host whose function `tick` is answered in a certain way, run once by the admin API.
async fn answered(answer: Value) -> Running {
    answered_within("00:05:00", answer).await
}

/// The same, with a limit for the time a function may take.
async fn answered_within(limit: &str, answer: Value) -> Running {
    let timer = json!([{"type": "timerTrigger", "direction": "in", "name": "t", "schedule": "0 0 0 1 1 *"}]);
    let world = World::new().with_storage().function("tick", timer).script(json!({"/tick": answer}));
    let running = world.host(|file| file["functionTimeout"] = json!(limit)).start().await;
    running.host.ready().await.unwrap();
    let run = running.http.post(running.url("/admin/functions/tick")).body(r#"{"input":""}"#);
    assert_eq!(run.send().await.unwrap().status(), 202);
    running.until("the end", || running.host.invocations().contains_key("tick")).await;
    running
}

fn outcome(running: &Running) -> Outcome {
    running.host.invocations()["tick"].recent[0].outcome.clone()
}

fn as_json(status: u16, body: &str) -> Value {
    json!({"status": status, "headers": [["content-type", "application/json"]], "body": body})
}

#[tokio::test]
async fn item_23_an_empty_object_is_success() {
    assert_eq!(outcome(&answered(as_json(200, "{}")).await), Outcome::Succeeded(None));
}

#[tokio::test]
async fn item_24_an_answer_without_content_hangs_until_the_timeout() {
    for body in ["", "null"] {
        let running = answered_within("00:00:01.500", as_json(200, body)).await;
        assert_eq!(outcome(&running), Outcome::TimedOut);
        assert!(running.logged(Level::Error, "2xx without content").is_some());
        running.until("a restart", || running.starts().len() == 2).await;
        assert!(running.host.invocations()["tick"].recent[0].duration >= Duration::from_millis(1500));
    }
}

#[tokio::test]
async fn item_25_another_media_type_or_broken_json_is_failure() {
    let text = json!({"headers": [["content-type", "text/plain"]], "body": "{}"});
    for answer in [text, as_json(200, "{\"Outputs\":")] {
        let running = answered(answer).await;
        assert!(matches!(outcome(&running), Outcome::Failed(_)));
    }
}

#[tokio::test]
async fn item_26_an_error_status_is_failure_and_its_logs_are_ignored() {
    let running = answered(as_json(500, r#"{"Logs":["never shown"]}"#)).await;
    let Outcome::Failed(reason) = outcome(&running) else { panic!("it failed") };
    assert!(reason.contains("does not indicate success: 500"));
    assert!(running.logged(Level::Information, "never shown").is_none());
}

#[tokio::test]
async fn item_27_log_lines_carry_the_function_and_the_invocation() {
    let running = answered(as_json(200, r#"{"Logs":["40 of 41 sent"]}"#)).await;
    let line = running.logged(Level::Information, "40 of 41 sent").unwrap();
    assert_eq!(line.category, "Function.tick.User");
    assert_eq!(line.function.as_deref(), Some("tick"));
    assert_eq!(line.invocation, Some(running.host.invocations()["tick"].recent[0].invocation));
}

#[tokio::test]
async fn a_redirect_is_followed() {
    let running = answered(json!({"status": 307, "headers": [["location", "/other"]]})).await;
    assert_eq!(outcome(&running), Outcome::Succeeded(None));
    assert_eq!(running.seen("/other")[0]["method"], "POST");
}
