//! Sending: every way the provider can fail, and many senders at once.

use crate::support::{World, civil_daily_cause_list};
use futures::future::join_all;
use stand_ins::faults::Fault;
use stand_ins::notify::SendFault;

async fn world_with_one_mail_owed() -> World {
    let world = World::new().await;
    world.subscriber_to_court("amira@example.com", 1).await;
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.runs("subscription_dispatch").await;
    world
}

/// Time passes until everything owed is due again.
async fn later(world: &World) {
    world.lets_pass(24 * 3600).await;
    world.runs("effect_send").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_answer_was_lost_is_looked_up_and_not_sent_again() {
    let world = world_with_one_mail_owed().await;
    world.notify.fault(Fault::of(SendFault::ResetAfterAccept).once());
    world.runs("effect_send").await;
    assert_eq!(world.notify.sent().len(), 1);
    assert_eq!(world.mail_statuses().await, ["pending"]);
    world.runs("effect_send").await;
    assert_eq!(world.mail_statuses().await, ["pending"], "it is left to settle first");
    later(&world).await;
    assert_eq!((world.notify.sent().len(), world.mail_statuses().await), (1, vec!["done".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_failed_for_a_while_is_sent_later_and_once() {
    for fault in [
        SendFault::ServerError,
        SendFault::Timeout,
        SendFault::RateLimited,
        SendFault::DailyLimit,
        SendFault::Clock,
    ] {
        let world = world_with_one_mail_owed().await;
        world.notify.fault(Fault::of(fault).once());
        world.runs("effect_send").await;
        assert_eq!(
            (world.notify.sent().len(), world.mail_statuses().await),
            (0, vec!["pending".to_owned()]),
            "{fault:?}"
        );
        later(&world).await;
        assert_eq!(
            (world.notify.sent().len(), world.mail_statuses().await),
            (1, vec!["done".to_owned()]),
            "{fault:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_the_provider_refuses_for_good_keeps_nobody_else_waiting() {
    let world = World::new().await;
    for name in ["amira", "bryn", "carys"] {
        world.subscriber_to_court(&format!("{name}@example.com"), 1).await;
    }
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.runs("subscription_dispatch").await;
    world.notify.fault(Fault::of(SendFault::BadRequest).once());
    world.runs("effect_send").await;
    assert_eq!(world.mail_statuses().await, ["done", "done", "failed"]);
    later(&world).await;
    assert_eq!(world.notify.sent().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn item_32_a_wake_up_delivered_many_times_at_once_sends_each_mail_once() {
    let world = World::new().await;
    for number in 0..40 {
        world.subscriber_to_court(&format!("reader{number}@example.com"), 1).await;
    }
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.runs("subscription_dispatch").await;
    join_all((0..10).map(|_| world.runs("effect_send"))).await;
    assert_eq!(world.notify.sent().len(), 40);
    assert!(world.mail_statuses().await.iter().all(|status| status == "done"));
    world.runs("effect_send").await;
    assert_eq!(world.notify.sent().len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_wakes_the_sender_when_every_wake_up_was_lost() {
    let world = world_with_one_mail_owed().await;
    assert!(world.runs("effect_sweep").await.text().contains("email=1"));
    world.runs("effect_send").await;
    assert!(world.runs("effect_sweep").await.text().contains("email=0"));
}
