//! Wake-ups, against Azurite.

use crate::support::closed_port;
use adapters::queue::{MessageEncoding, QueueError, WakeUps};
use storage::azurite::Azurite;
use storage::{Account, ConnectionString};

fn account() -> Account {
    match std::env::var("STORAGE_CONNECTION") {
        Ok(connection) => Account::parse(&connection).unwrap(),
        Err(_) => Azurite::shared().account(),
    }
}

async fn sent(encoding: MessageEncoding, text: &str) -> String {
    let queue = format!("test-{}", uuid::Uuid::new_v4());
    let wake_ups = WakeUps::new(account(), encoding);
    wake_ups.ensure_queues(&[&queue, &queue]).await.unwrap();
    wake_ups.send(&queue, text).await.unwrap();
    let client = account().queues().queue_client(&queue).unwrap();
    let received = client.receive_messages(None).await.unwrap().into_model().unwrap();
    received.items.unwrap().remove(0).message_text.unwrap()
}

#[tokio::test]
async fn a_wake_up_is_written_as_the_host_reads_it() {
    assert_eq!(sent(MessageEncoding::Base64, "{\"id\":7}").await, "eyJpZCI6N30=");
    assert_eq!(sent(MessageEncoding::None, "{\"id\":7}").await, "{\"id\":7}");
}

#[test]
fn host_json_says_how_the_host_reads() {
    let of = MessageEncoding::from_host_json;
    assert_eq!(of(r#"{"extensions":{"queues":{"messageEncoding":"none"}}}"#), MessageEncoding::None);
    assert_eq!(of(r#"{"extensions":{"queues":{"messageEncoding":"base64"}}}"#), MessageEncoding::Base64);
    assert_eq!(of(r#"{"version":"2.0"}"#), MessageEncoding::Base64);
    assert_eq!(of("not json"), MessageEncoding::Base64);
}

#[tokio::test]
async fn a_wake_up_that_cannot_be_sent_says_why() {
    let wake_ups = WakeUps::new(account(), MessageEncoding::Base64);
    assert!(matches!(wake_ups.send("no-such-queue", "1").await, Err(QueueError::Refused(_))));
    assert!(matches!(wake_ups.send("any", &"x".repeat(50_000)).await, Err(QueueError::TooLong(66_668))));

    let nobody = ConnectionString::for_emulator(closed_port(), closed_port());
    let away = WakeUps::new(Account::parse(&nobody).unwrap(), MessageEncoding::Base64);
    assert!(matches!(away.send("any", "1").await, Err(QueueError::Unavailable(_))));
}
