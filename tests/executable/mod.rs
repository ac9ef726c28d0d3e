//! The real executable behind the local Functions host.

use crate::support::civil_daily_cause_list;
use crate::support::executable::Running;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_morning_in_which_the_handler_is_killed_again_and_again_loses_nothing_and_mails_nobody_twice() {
    let running = Running::start().await;
    for number in 0..40 {
        running.world.subscriber_to_court(&format!("reader{number}@example.com"), 1).await;
    }
    running.publish(civil_daily_cause_list()).await;
    running.fire("subscription_dispatch").await;
    for kill in 0..5u64 {
        tokio::time::sleep(Duration::from_millis(80 + 170 * kill)).await;
        running.host.kill_handler();
    }
    running.until("every mail is done", async |world| world.mail_statuses().await == vec!["done"; 40]).await;
    let mut told: Vec<_> = running.world.notify.sent().into_iter().map(|mail| mail.address).collect();
    told.sort();
    told.dedup();
    assert_eq!((told.len(), running.world.notify.sent().len()), (40, 40));
    running.stop().await;
}

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
    running.world.subscriber_to_court("canary.reader@example.com", 1).await;
    running.fire("subscription_dispatch").await;
    running.until("the mail is sent", async |world| world.notify.sent().len() == 1).await;
    let page = running.get(&format!("/daily-cause-list?artefactId={id}")).await;
    assert!(page.contains("Fairweather v Castellan Insurance plc"));
    let log = running.log();
    assert!(log.contains("\"function\":\"publication_ingest\""), "the log has lines: {log}");
    for canary in
        ["Ashdown", "Quill", "Fairweather", "K01OX204", "canary.reader", "Bearer", "eyJ", "local-only"]
    {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
    assert!(
        log.lines()
            .filter(|line| line.starts_with('{'))
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
    running.stop().await;
}
