//! The real executable, behind the local Functions host and alone.

mod process;

use crate::support::executable::Running;
use crate::support::{civil_daily_cause_list, flat_file};
use dev_host::Level;
use reqwest::Method;
use serde_json::{Map, Value};
use stand_ins::faults::Fault;
use stand_ins::issuer::Flaw;
use stand_ins::notify::SendFault;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn item_9_a_morning_in_which_the_handler_is_killed_again_and_again_loses_nothing_and_mails_nobody_twice()
 {
    let running = Running::start().await;
    for number in 0..40 {
        running.world.subscriber_to_court(&format!("reader{number}@example.com"), 1).await;
    }
    running.publish(civil_daily_cause_list()).await;
    running.fire("subscription_dispatch").await;
    for sent in [1, 8, 16, 24, 32] {
        until_sent(&running, sent).await;
        running.host.kill_handler();
    }
    running.until("every mail is done", async |world| world.mail_statuses().await == vec!["done"; 40]).await;
    let mut told: Vec<_> = running.world.notify.sent().into_iter().map(|mail| mail.address).collect();
    told.sort();
    told.dedup();
    assert_eq!((told.len(), running.world.notify.sent().len()), (40, 40));
    running.stop().await;
}

/// Waits for the provider to have so many mails, looking often: the next ones are being sent meanwhile.
async fn until_sent(running: &Running, mails: usize) {
    for look in 1..6000 {
        if running.world.notify.sent().len() >= mails {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        if look % 50 == 0 && running.host.ready().await.is_ok() {
            running.fire("effect_sweep").await;
        }
    }
    panic!("{mails} mails are never sent: {}", running.log());
}

/// What no line of the log may hold: content, people, secrets, and what was refused.
const CANARIES: [&str; 14] = [
    "Ashdown",
    "Quill",
    "Fairweather",
    "K01OX204",
    "canary.reader",
    "failing.canary",
    "searchcanary",
    "payloadcanary",
    "filecanary",
    "tokencanary",
    "querycanary",
    "Bearer",
    "eyJ",
    "local-only",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_file_dropped_into_storage_becomes_courts_and_the_log_names_nobody() {
    let running = Running::start().await;
    let csv = "P&I ID,Court Desc,Region,Jurisdiction,Provenance,Provenance Location ID,Provenance Location Type\n\
        500,Abingdon County Court,South East,Civil,SNL,5001,venue\n";
    let name = format!("{}.csv", crate::support::unique("courts"));
    running
        .world
        .app
        .blobs
        .put_beside("reference-data", &name, csv.into(), "text/csv")
        .await
        .expect("storage");
    running
        .until("the court is there", async |world| world.count("location where location_id = 500").await == 1)
        .await;
    let id = running.publish(civil_daily_cause_list()).await;
    running.world.notify.fault(Fault::of(SendFault::BadRequest).once());
    for reader in ["canary.reader@example.com", "failing.canary@example.com"] {
        running.world.subscriber_to_court(reader, 1).await;
    }
    running.fire("subscription_dispatch").await;
    running
        .until("one mail is sent and one has failed", async |world| {
            world.mail_statuses().await == ["done", "failed"]
        })
        .await;
    let page = running.get(&format!("/daily-cause-list?artefactId={id}"), 200).await;
    assert!(page.contains("Fairweather v Castellan Insurance plc"));
    is_refused_what_it_must_not_repeat(&running).await;
    let log = running.log();
    assert!(log.contains("\"function\":\"publication_ingest\""), "the log has lines: {log}");
    for canary in CANARIES {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
    item_10_is_kept(&running);
    running.stop().await;
}

/// A search, uploads and tokens that are wrong.
async fn is_refused_what_it_must_not_repeat(running: &Running) {
    running.get("/search?court=searchcanary", 404).await;
    running.get("/querycanary?querycanary=querycanary", 404).await;
    let token = running.token();
    let wrong = civil_daily_cause_list().body(r#"{"document": "payloadcanary", "venue": 7}"#);
    running.publish_with(&token, wrong, 400).await;
    running.publish_with(&token, flat_file("filecanary.exe", b"MZ payloadcanary"), 400).await;
    running.publish_with("tokencanary.tokencanary.tokencanary", civil_daily_cause_list(), 401).await;
    let claims = running.world.claims("tokencanary", &["api.publisher.user"]);
    let flawed = running.world.stand_ins.issuer.broken(&claims, Flaw::WrongKey);
    running.publish_with(&flawed, civil_daily_cause_list(), 401).await;
}

/// Item 10: everything the handler writes is one JSON object a line on stdout, and stderr is empty.
fn item_10_is_kept(running: &Running) {
    let lines = running.lines().into_iter().filter(|line| line.category == "Host.Function.Console");
    let mut written = 0;
    for line in lines {
        assert_eq!(line.level, Level::Information, "on stderr: {}", line.text);
        assert!(
            serde_json::from_str::<Map<String, Value>>(&line.text).is_ok(),
            "no JSON object: {}",
            line.text
        );
        written += 1;
    }
    assert!(written > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn item_49_nobody_outside_reaches_a_trigger_through_the_host() {
    let running = Running::start().await;
    let timer = "subscription_dispatch";
    for path in [
        format!("/{timer}"),
        format!("/{timer}/"),
        format!("//{timer}"),
        format!("/{}", timer.to_uppercase()),
        format!("/{}", timer.replace('_', "%5F")),
        format!("/{timer}?code=1"),
        format!("/api/{timer}"),
    ] {
        for method in [Method::POST, Method::PUT, Method::GET] {
            let body = crate::support::envelopes::timer(timer).to_string();
            let request = running.http.request(method.clone(), running.address(&path)).body(body);
            let status = request.send().await.expect("an answer").status().as_u16();
            assert!([403, 404, 405].contains(&status), "{method} {path}: {status}");
        }
    }
    assert_eq!(running.world.count("job_run").await, 0);
    assert!(running.host.function_errors().is_empty(), "item 53: {:?}", running.host.function_errors());
    assert_eq!(running.host.functions().len(), functions::ALL.len(), "item 53");
    running.stop().await;
}
