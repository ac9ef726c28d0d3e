//! Sending: every way the provider can fail, and many senders at once.

use crate::reliability::chaos::{Mode, Proxy};
use crate::support::world::Plan;
use crate::support::{World, civil_daily_cause_list};
use adapters::postgres::effects;
use futures::future::join_all;
use stand_ins::faults::Fault;
use stand_ins::notify::{KeyKind, SendFault};
use std::time::Duration;

async fn world_with_one_mail_owed() -> World {
    one_mail_is_owed_in(World::new()).await
}

async fn one_mail_is_owed_in(plan: Plan) -> World {
    let world = plan.await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_does_not_let_another_worker_send_the_same_mail() {
    let world = one_mail_is_owed_in(World::new().with_setting("EFFECT_LEASE_SECONDS", "1")).await;
    world.notify.fault(Fault::of(SendFault::Slow).lasting(Duration::from_secs(3)).once());
    let another = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        world.runs("effect_send").await;
    };
    tokio::join!(world.runs("effect_send"), another);
    assert_eq!((world.notify.sent().len(), world.mail_statuses().await), (1, vec!["done".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_begun_by_a_worker_that_died_is_left_to_settle_and_then_looked_up() {
    let world = world_with_one_mail_owed().await;
    let db = world.app.worker_db.connect().await.expect("a connection");
    let claimed = effects::claim(&db, "email", 1, Duration::from_secs(60)).await.expect("a claim");
    assert!(effects::begin(&db, &claimed[0], Duration::from_secs(155)).await.expect("it begins"));
    world.lets_pass(100).await;
    world.runs("effect_send").await;
    assert_eq!(world.mail_statuses().await, ["claimed"], "the lease is over, the settling is not");
    world.lets_pass(60).await;
    world.runs("effect_send").await;
    assert_eq!((world.notify.sent().len(), world.mail_statuses().await), (1, vec!["done".to_owned()]));
    assert!(
        !effects::begin(&db, &claimed[0], Duration::from_secs(1)).await.expect("an answer"),
        "its claim is lost"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_in_doubt_stays_in_doubt_when_the_database_fails_before_the_look_up() {
    let world = world_with_one_mail_owed().await;
    let superuser = world.database.superuser().await;
    world.notify.fault(Fault::of(SendFault::ResetAfterAccept).once());
    world.runs("effect_send").await;
    superuser.batch_execute("revoke select on subscriber from pi_app").await.expect("the superuser may");
    later(&world).await;
    superuser.batch_execute("grant select on subscriber to pi_app").await.expect("the superuser may");
    later(&world).await;
    assert_eq!((world.notify.sent().len(), world.mail_statuses().await), (1, vec!["done".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_owed_however_long_the_provider_is_away() {
    let provider = Proxy::before("127.0.0.1:1").await;
    provider.set(Mode::Cut);
    let away = format!("http://127.0.0.1:{}/notify", provider.port());
    let world = one_mail_is_owed_in(World::new().with_setting("NOTIFY_BASE_URL", &away)).await;
    for _ in 0..15 {
        later(&world).await;
    }
    assert_eq!(world.mail_statuses().await, ["pending"]);

    let world = world_with_one_mail_owed().await;
    world.notify.fault(Fault::of(SendFault::ServerError).times(15));
    for _ in 0..16 {
        later(&world).await;
    }
    assert_eq!((world.notify.sent().len(), world.mail_statuses().await), (1, vec!["done".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_given_up_before_the_provider_would_have_forgotten_it() {
    let world = world_with_one_mail_owed().await;
    world.notify.fault(Fault::of(SendFault::ServerError));
    let old = "update effect set created_at = created_at - interval '7 days'";
    world.database.superuser().await.batch_execute(old).await.expect("the superuser may");
    later(&world).await;
    assert_eq!(world.mail_statuses().await, ["failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_rotated_is_read_again_from_the_vault() {
    let plan = World::new()
        .with_setting("NOTIFY_API_KEY", "")
        .with_setting("KEY_VAULT_URL", "https://courts.vault.azure.net/");
    let world = plan.await;
    let good = world.notify.settings().api_key(KeyKind::Live).expect("a key");
    let old = format!("{}00000000-0000-4000-8000-000000000000", &good[..good.len() - 36]);
    world.stand_ins.key_vault.set("notify-api-key", &old);
    world.subscriber_to_court("amira@example.com", 1).await;
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.dispatches().await;
    assert_eq!(world.mail_statuses().await, ["pending"], "the service is refused");
    world.stand_ins.key_vault.set("notify-api-key", &good);
    later(&world).await;
    assert_eq!((world.notify.sent().len(), world.mail_statuses().await), (1, vec!["done".to_owned()]));
}
