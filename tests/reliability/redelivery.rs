//! A queue delivers at least once: the same wake-up fifty times, many of them at once, and again when all is done.

use super::system::{System, list};
use std::collections::BTreeSet;
use std::time::Duration;

const DELIVERIES: u64 = 50;
const FOLLOWERS: usize = 5;

/// Queues the wake-up of the sender again and again, and waits until each has been delivered.
async fn delivers(system: &System) {
    let (before, _) = system.ended("effect_send");
    for _ in 0..DELIVERIES {
        system.wake_ups.send("effect-send", "wake").await.expect("a message");
    }
    let delivered = || async { system.ended("effect_send").0 >= before + DELIVERIES };
    system.until("every message is delivered", Duration::from_secs(60), delivered).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wake_up_that_is_delivered_fifty_times_and_again_later_sends_each_mail_once() {
    let system = System::plan().start().await;
    for number in 0..FOLLOWERS {
        system.subscribes(&format!("reader-{number}@example.com"), 1).await.expect(201);
    }
    system.publishes_until_acknowledged(&list("101", 0, 1)).await;
    tokio::join!(system.runs("subscription_dispatch"), delivers(&system));
    let done = || async { system.count("effect where channel = 'email' and status = 'done'").await == 5 };
    system.until("every mail is sent", Duration::from_secs(30), done).await;
    delivers(&system).await;
    let sent = system.stand_ins.notify.sent();
    let addresses: BTreeSet<_> = sent.iter().map(|mail| mail.address.clone()).collect();
    assert_eq!((sent.len(), addresses.len()), (FOLLOWERS, FOLLOWERS), "a mail for each, once");
    assert_eq!(system.ended("effect_send").1, 0, "no delivery failed");
    system.has_logged_no_defect();
}
