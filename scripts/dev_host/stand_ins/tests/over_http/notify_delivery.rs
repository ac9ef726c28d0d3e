//! What becomes of an accepted mail: statuses, receipts, look-ups, and surviving a restart.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use stand_ins::faults::Fault;
use stand_ins::notify::{Callback, CallbackFault, Delivery, KeyKind, Status};

use crate::support::{World, eventually, mail, mail_with, template};

/// What a receiver of receipts has got, and what it answers next.
#[derive(Clone, Default)]
struct Receiver {
    received: Arc<Mutex<Vec<Value>>>,
    refusals: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    async fn listening(world: &World) -> Self {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/receipts", listener.local_addr().expect("an address"));
        let routes = Router::new().route("/receipts", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let token = "a token of ten characters".to_owned();
        world.stand_ins.notify.call_back(Some(Callback { url, token }));
        receiver
    }

    fn references(&self) -> Vec<String> {
        let received = self.received.lock().expect("not poisoned");
        received.iter().map(|receipt| receipt["reference"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    assert_eq!(headers["authorization"], "Bearer a token of ten characters");
    let refusal = receiver.refusals.lock().expect("not poisoned").pop();
    if let Some(status) = refusal {
        return StatusCode::from_u16(status).expect("a status");
    }
    receiver.received.lock().expect("not poisoned").push(serde_json::from_str(&body).expect("JSON"));
    StatusCode::OK
}

/// Sends mails with these references and delivers them in order.
async fn deliver(world: &World, references: &[&str]) {
    for reference in references {
        world.send(&mail_with("reference", *reference)).await;
        let id = world.stand_ins.notify.sent().last().expect("a mail").id;
        assert!(world.stand_ins.notify.deliver(id).await);
    }
}

#[tokio::test]
async fn a_receipt_is_posted_once_with_the_bearer_token() {
    let world = World::new().await;
    let receiver = Receiver::listening(&world).await;
    deliver(&world, &["one"]).await;
    let sent = world.stand_ins.notify.sent();
    let receipt = receiver.received.lock().expect("not poisoned")[0].clone();
    assert_eq!(
        receipt,
        json!({
            "id": sent[0].id, "reference": "one", "to": "amira@example.com", "status": "delivered",
            "created_at": "2026-01-05T07:00:00.000000Z", "completed_at": "2026-01-05T07:00:00.000000Z",
            "sent_at": "2026-01-05T07:00:00.000000Z", "notification_type": "email",
            "template_id": template().id, "template_version": 3,
        })
    );
    assert!(!world.stand_ins.notify.deliver(sent[0].id).await, "a final status stays");
    assert_eq!(receiver.references(), ["one"]);
}

#[tokio::test]
async fn receipts_can_be_doubled_reordered_lost_and_early() {
    let world = World::new().await;
    let receiver = Receiver::listening(&world).await;
    let notify = &world.stand_ins.notify;
    notify.callback_fault(Fault::of(CallbackFault::Duplicate).once());
    deliver(&world, &["twice"]).await;
    notify.callback_fault(Fault::of(CallbackFault::Reorder).once());
    deliver(&world, &["later", "sooner"]).await;
    notify.callback_fault(Fault::of(CallbackFault::Lose).once());
    deliver(&world, &["lost"]).await;
    notify.callback_fault(Fault::of(CallbackFault::Early).once());
    world.send(&mail_with("reference", "early")).await;
    assert_eq!(receiver.references(), ["twice", "twice", "sooner", "later", "early"]);
}

#[tokio::test]
async fn a_receipt_is_repeated_after_5xx_and_429_but_not_after_404() {
    let world = World::new().await;
    let receiver = Receiver::listening(&world).await;
    let notify = &world.stand_ins.notify;
    notify.retry_callbacks_every(Duration::from_millis(10));
    receiver.refusals.lock().expect("not poisoned").extend([429, 503]);
    deliver(&world, &["in the end"]).await;
    receiver.refusals.lock().expect("not poisoned").push(404);
    deliver(&world, &["never"]).await;
    assert_eq!(receiver.references(), ["in the end"]);
    let statuses: Vec<_> =
        notify.callback_attempts().into_iter().filter_map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [503, 429, 200, 404]);
}

#[tokio::test]
async fn simulator_addresses_fail_as_they_say_and_simulated_ones_leave_no_trace() {
    let world = World::new().await;
    let notify = &world.stand_ins.notify;
    for (address, status) in [
        ("perm-fail@simulator.notify", Status::PermanentFailure),
        ("temp-fail@simulator.notify", Status::TemporaryFailure),
        ("amira@example.com", Status::Delivered),
    ] {
        world.send_as(KeyKind::Test, &mail_with("email_address", address)).await;
        let id = notify.sent().last().expect("a mail").id;
        notify.deliver(id).await;
        assert_eq!(notify.sent_to(address)[0].status, status, "{address}");
    }
    let failed = world.look_up(KeyKind::Test, "?status=failed&template_type=email").await.json();
    assert_eq!(failed["notifications"].as_array().map(Vec::len), Some(2));
    notify.clear().expect("an empty outbox");
    let mut to_simulated = mail_with("email_address", "simulate-delivered-2@notifications.service.gov.uk");
    to_simulated["personalisation"]["link_to_file"] = json!({ "file": "YSxi" });
    let answer = world.send(&to_simulated).await.json();
    assert!(answer["content"]["body"].as_str().expect("a body").ends_with("/test-document."));
    let id = answer["id"].as_str().expect("an id");
    assert_eq!(world.look_up(KeyKind::Live, &format!("/{id}")).await.status, 404);
    assert!(notify.sent().is_empty());
}

#[tokio::test]
async fn mails_are_delivered_by_themselves_unless_told_otherwise() {
    let world =
        World::with(|options| options.notify.delivery = Delivery::After(Duration::from_millis(20))).await;
    let receiver = Receiver::listening(&world).await;
    world.send(&mail()).await;
    eventually(|| !receiver.references().is_empty()).await;
    assert_eq!(world.stand_ins.notify.sent()[0].status, Status::Delivered);
}

#[tokio::test]
async fn lists_are_newest_first_with_a_link_to_older_ones_for_seven_days() {
    let world = World::new().await;
    for reference in ["a", "b", "b"] {
        world.send(&mail_with("reference", reference)).await;
    }
    let all = world.look_up(KeyKind::Live, "").await.json();
    let references: Vec<&str> = all["notifications"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["reference"].as_str())
        .collect();
    assert_eq!(references, ["b", "b", "a"]);
    let oldest = all["notifications"][2]["id"].as_str().expect("an id");
    let next = all["links"]["next"].as_str().expect("a next page");
    assert!(next.ends_with(&format!("?older_than={oldest}")), "{next}");
    let beyond = world.look_up(KeyKind::Live, &format!("?older_than={oldest}")).await.json();
    assert_eq!((beyond["notifications"].clone(), beyond["links"].get("next")), (json!([]), None));
    let both = world.look_up(KeyKind::Live, "?reference=b").await.json();
    assert_eq!(both["notifications"].as_array().map(Vec::len), Some(2), "references need not be unique");
    assert_eq!(both["notifications"][0]["status"], "created");
    world.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(world.look_up(KeyKind::Live, "?reference=b").await.json()["notifications"], json!([]));
    assert_eq!(world.look_up(KeyKind::Live, &format!("/{oldest}")).await.status, 404);
}

#[tokio::test]
async fn mails_survive_a_restart_and_a_line_cut_short() {
    let directory = std::env::temp_dir().join(format!("stand_ins_{}", uuid::Uuid::new_v4()));
    let on_disk = |options: &mut stand_ins::Options| options.data_directory = Some(directory.clone());
    let world = World::with(on_disk).await;
    deliver(&world, &["kept"]).await;
    let before = world.stand_ins.notify.sent();
    drop(world);
    let journal = directory.join("outbox.jsonl");
    let text = std::fs::read_to_string(&journal).expect("a journal");
    std::fs::write(&journal, format!("{text}{{\"accepted\":{{\"id\":")).expect("a torn line");
    let world = World::with(on_disk).await;
    assert_eq!(world.stand_ins.notify.sent(), before);
    deliver(&world, &["after the restart"]).await;
    drop(world);
    let world = World::with(on_disk).await;
    assert_eq!(world.stand_ins.notify.sent().len(), 2);
    world.stand_ins.notify.clear().expect("an empty outbox");
    drop(world);
    let world = World::with(on_disk).await;
    assert!(world.stand_ins.notify.sent().is_empty());
    std::fs::remove_dir_all(&directory).expect("the directory is ours");
}
