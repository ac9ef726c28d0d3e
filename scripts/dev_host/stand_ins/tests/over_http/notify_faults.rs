//! Notify misbehaving, and what a sender can find out afterwards.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use stand_ins::faults::Fault;
use stand_ins::notify::{KeyKind, LookupFault, SendFault};

use crate::support::{World, assert_refused, eventually, mail, mail_with};

#[tokio::test]
async fn each_fault_answers_in_its_own_way_and_only_as_often_as_asked() {
    let world = World::new().await;
    let notify = &world.stand_ins.notify;
    for (kind, status, kept) in [
        (SendFault::BadRequest, 400, 0),
        (SendFault::Clock, 403, 0),
        (SendFault::KeyRevoked, 403, 0),
        (SendFault::RateLimited, 429, 0),
        (SendFault::DailyLimit, 429, 0),
        (SendFault::ServerError, 500, 0),
        (SendFault::Timeout, 504, 0),
        (SendFault::BadGateway, 502, 0),
        (SendFault::ServerErrorAfterAccept, 500, 1),
        (SendFault::TimeoutAfterAccept, 504, 1),
    ] {
        notify.clear().expect("an empty outbox");
        notify.fault(Fault::of(kind).once());
        assert_eq!(world.send(&mail()).await.status, status, "{kind:?}");
        assert_eq!(notify.sent().len(), kept, "{kind:?}");
        assert_eq!(world.send(&mail()).await.status, 201, "{kind:?} is over");
    }
}

#[tokio::test]
async fn the_bodies_of_server_errors_are_notifys_or_the_edges() {
    let world = World::new().await;
    let notify = &world.stand_ins.notify;
    notify.fault(Fault::of(SendFault::ServerError).once());
    assert_refused(&world.send(&mail()).await, 500, "Exception", "Internal server error");
    notify.fault(Fault::of(SendFault::Timeout).once());
    assert_refused(&world.send(&mail()).await, 504, "EventletTimeout", "Timeout serving request");
    notify.fault(Fault::of(SendFault::BadGateway).once());
    let answer = world.send(&mail()).await;
    assert_eq!((answer.header("content-type"), answer.text().starts_with("<html>")), ("text/html", true));
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_found_by_its_reference() {
    let world = World::new().await;
    let notify = &world.stand_ins.notify;
    notify.fault(Fault::of(SendFault::ResetAfterAccept).once());
    assert!(world.try_send(&mail()).await.is_err(), "the connection broke");
    notify.fault(Fault::of(SendFault::Reset).once());
    assert!(world.try_send(&mail_with("reference", "reference-2")).await.is_err(), "the connection broke");
    let found = world.look_up(KeyKind::Live, "?reference=reference-1").await.json();
    assert_eq!(found["notifications"][0]["id"], json!(notify.sent()[0].id));
    let found = world.look_up(KeyKind::Live, "?reference=reference-2").await.json();
    assert_eq!(found["notifications"], json!([]));
    let found = world.look_up(KeyKind::Test, "?reference=reference-1").await.json();
    assert_eq!(found["notifications"], json!([]), "another type of key does not see it");
}

#[tokio::test]
async fn a_slow_request_is_finished_although_the_sender_has_gone() {
    let world = Arc::new(World::new().await);
    let notify = &world.stand_ins.notify;
    notify.fault(Fault::of(SendFault::Slow).once().lasting(Duration::from_secs(1)));
    let impatient = tokio::spawn(send(Arc::clone(&world)));
    eventually(|| notify.faults().is_empty()).await;
    impatient.abort();
    assert!(notify.sent().is_empty(), "it has not landed yet");
    eventually(|| notify.sent().len() == 1).await;
}

#[tokio::test]
async fn a_hanging_request_is_never_answered() {
    let world = Arc::new(World::new().await);
    let notify = &world.stand_ins.notify;
    for (kind, kept) in [(SendFault::Hang, 0), (SendFault::HangAfterAccept, 1)] {
        notify.fault(Fault::of(kind).once());
        let patient = tokio::spawn(send(Arc::clone(&world)));
        eventually(|| notify.faults().is_empty() && notify.sent().len() == kept).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!patient.is_finished(), "{kind:?}");
        patient.abort();
    }
    assert_eq!(notify.sent().len(), 1);
}

async fn send(world: Arc<World>) -> bool {
    world.try_send(&mail()).await.is_ok()
}

#[tokio::test]
async fn a_virus_is_found_in_files_only() {
    let world = World::new().await;
    world.stand_ins.notify.fault(Fault::of(SendFault::VirusFound).once());
    assert_eq!(world.send(&mail()).await.status, 201);
    let mut with_file = mail();
    with_file["personalisation"]["link_to_file"] = json!({ "file": "YSxi" });
    let answer = world.send(&with_file).await;
    assert_refused(&answer, 400, "BadRequestError", "File did not pass the virus scan");
}

#[tokio::test]
async fn chance_hits_about_as_often_as_asked() {
    let world = World::new().await;
    world.stand_ins.notify.fault(Fault::of(SendFault::ServerError).with_probability(0.3));
    let mut refused = 0;
    for _ in 0..200 {
        refused += u32::from(world.send(&mail()).await.status == 500);
    }
    assert!((30..=90).contains(&refused), "{refused} of 200");
    world.stand_ins.notify.heal();
    assert_eq!(world.send(&mail()).await.status, 201);
}

#[tokio::test]
async fn look_ups_can_fail_on_their_own() {
    let world = World::new().await;
    let notify = &world.stand_ins.notify;
    world.send(&mail()).await;
    let id = notify.sent()[0].id;
    notify.lookup_fault(Fault::of(LookupFault::ServerError).once());
    assert_eq!(world.look_up(KeyKind::Live, "?reference=reference-1").await.status, 500);
    notify.lookup_fault(Fault::of(LookupFault::NotYetKnown).times(2));
    let hidden = world.look_up(KeyKind::Live, "?reference=reference-1").await.json();
    assert_eq!(hidden["notifications"], json!([]));
    assert_eq!(world.look_up(KeyKind::Live, &format!("/{id}")).await.status, 404);
    assert_eq!(world.look_up(KeyKind::Live, &format!("/{id}")).await.status, 200);
}
