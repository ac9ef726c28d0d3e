//! Each way Notify can fail an e-mail, and what it means.

use crate::support::notify::{ID, REFERENCE, SECRET, SERVICE, Sends, TestNotify, email, notify_at};
use crate::support::{Server, client};
use adapters::notify::{
    ApiKey, Attachment, AttachmentOptions, Lane, Notify, NotifySettings, Pace, Reason, SendError,
};
use serde_json::Map;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn send(client: &Notify) -> SendError {
    client.send_email(&email(&Map::new(), &[])).await.unwrap_err()
}

async fn send_with_file(client: &Notify) -> SendError {
    let file = Attachment::prepare(b"x", AttachmentOptions::default()).unwrap();
    client.send_email(&email(&Map::new(), &[("link_to_file", file)])).await.unwrap_err()
}

#[tokio::test]
async fn a_refused_message_is_refused_for_good() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    let cases = [
        ("ValidationError", "email_address is a required property", Reason::Address),
        ("ValidationError", "email_address Not a valid email address", Reason::Address),
        ("BadRequestError", "Can’t send to this recipient using a team-only API key", Reason::Recipient),
        (
            "BadRequestError",
            "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode",
            Reason::Recipient,
        ),
        ("BadRequestError", "Template not found", Reason::Template),
        ("BadRequestError", "Template has been deleted", Reason::Template),
        ("BadRequestError", "sms template is not suitable for email notification", Reason::Template),
        ("ValidationError", "template_id is not a valid UUID", Reason::Template),
        (
            "BadRequestError",
            "Missing personalisation: case_num, list_type",
            Reason::Personalisation("case_num, list_type".into()),
        ),
        (
            "BadRequestError",
            "Your message is too long. Emails cannot be longer than 2000000 bytes. Your message is 3 bytes.",
            Reason::Length,
        ),
        ("BadRequestError", "Your message is empty.", Reason::Length),
        ("BadRequestError", "Service is not allowed to send emails", Reason::NotAllowed),
        (
            "BadRequestError",
            "email_reply_to_id X does not exist in database for service id Y",
            Reason::NotAllowed,
        ),
        ("BadRequestError", "Invalid JSON supplied in POST data", Reason::Other("BadRequestError".into())),
        ("<b>evil</b>\n", "?", Reason::Other("bevilb".into())),
    ];
    for (kind, message, expected) in cases {
        notify.refuses(400, kind, message);
        match send(&client).await {
            SendError::Rejected { reason } => assert_eq!(reason, expected, "{message}"),
            other => panic!("{message}: {other:?}"),
        }
    }
    notify.answers(400, "<html>");
    assert!(matches!(send(&client).await, SendError::Rejected { .. }));
    notify.answers(413, "<html>");
    assert!(matches!(send(&client).await, SendError::Rejected { reason: Reason::Length }));
}

#[tokio::test]
async fn a_refused_file_leaves_the_email_a_second_chance() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    let cases = [
        ("BadRequestError", "Uploaded file exceeds file size limit"),
        ("BadRequestError", "Document must not be empty"),
        ("BadRequestError", "Document is not base64 encoded"),
        ("BadRequestError", "Unsupported file type 'html'. Supported types are: csv, doc"),
        ("BadRequestError", "File did not pass the virus scan"),
        ("BadRequestError", "Send files by email has not been set up - add contact details"),
        ("ValidationError", "retention_period Unsupported value '99 weeks'"),
        ("ValidationError", "Do not set a value for `is_csv` if `filename` is set."),
    ];
    for (kind, message) in cases {
        notify.refuses(400, kind, message);
        assert!(matches!(send_with_file(&client).await, SendError::RejectedFile), "{message}");
        // Without a file there is nothing to leave out.
        assert!(matches!(send(&client).await, SendError::Rejected { .. }), "{message}");
    }
    notify.answers(413, "");
    assert!(matches!(send_with_file(&client).await, SendError::RejectedFile));
    notify.refuses(400, "BadRequestError", "Template not found");
    assert!(matches!(send_with_file(&client).await, SendError::Rejected { .. }));
}

#[tokio::test]
async fn a_wrong_key_stops_everything_and_a_wrong_clock_is_told_apart() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    for (status, message) in [
        (401, "Unauthorized: authentication token must be provided"),
        (403, "Invalid token: API key not found"),
        (403, "Invalid token: API key revoked"),
        (403, "Invalid token: service is archived"),
    ] {
        notify.refuses(status, "AuthError", message);
        assert!(matches!(send(&client).await, SendError::Misconfigured { status: s } if s == status));
    }
    notify.refuses(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds");
    assert!(matches!(send(&client).await, SendError::ClockSkew));
    notify.answers(404, "{\"result\":\"error\",\"message\":\"The requested URL was not found\"}");
    assert!(matches!(send(&client).await, SendError::Misconfigured { status: 404 }));
}

#[tokio::test]
async fn the_days_quota_is_not_a_matter_of_pace() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    notify.refuses(429, "TooManyRequestsError", "Exceeded send limits (email: 250000) for today");
    assert!(matches!(send(&client).await, SendError::DailyLimit));
    // The gate stays open: the next one is asked at once.
    let started = Instant::now();
    assert!(matches!(send(&client).await, SendError::DailyLimit));
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn too_fast_makes_every_sender_pause() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    let message = "{\"status_code\":429,\"errors\":[{\"error\":\"RateLimitError\",\"message\":\"Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds\"}]}";
    notify.answers_after(429, message, 1);
    assert!(
        matches!(send(&client).await, SendError::RateLimited { retry_after: Some(d) } if d == Duration::from_secs(1))
    );
    notify.accepts();
    let started = Instant::now();
    client.send_email(&email(&Map::new(), &[])).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(950), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_429_of_the_edge_is_a_matter_of_pace_too() {
    let notify = TestNotify::start().await;
    notify.answers(429, "<html>");
    assert!(matches!(send(&notify.client()).await, SendError::RateLimited { retry_after: None }));
}

#[tokio::test]
async fn after_a_fault_of_notify_nobody_knows() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    for status in [500, 502, 503, 504, 200, 202, 302, 418] {
        notify.answers(status, "<html>Bad gateway</html>");
        let outcome = send(&client).await;
        assert!(matches!(outcome, SendError::Unknown { status: Some(s), .. } if s == status), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_connection_lost_after_the_request_leaves_the_outcome_unknown() {
    let server = Server::raw(|mut stream| async move {
        let _request = stream.read(&mut [0; 4096]).await;
    })
    .await;
    let outcome = send(&notify_at(&server)).await;
    assert!(matches!(outcome, SendError::Unknown { status: None, source: Some(_) }), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_the_outcome_unknown() {
    let server = Server::raw(|mut stream| async move {
        let _request = stream.read(&mut [0; 4096]).await;
        let _sent = stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
    })
    .await;
    let outcome = send(&notify_at(&server)).await;
    assert!(matches!(outcome, SendError::Unknown { status: Some(201), .. }), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_leaves_the_outcome_unknown() {
    let server = Server::raw(|stream| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(stream);
    })
    .await;
    let key = ApiKey::parse(&format!("k-{SERVICE}-{SECRET}")).unwrap();
    let settings = NotifySettings {
        base_url: server.url.clone(),
        send_limit: Duration::from_millis(200),
        ..NotifySettings::new(key)
    };
    let outcome = send(&Notify::new(settings, client())).await;
    assert!(matches!(outcome, SendError::Unknown { status: None, .. }), "{outcome:?}");
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let server = Server::start(axum::Router::new()).await;
    let client = notify_at(&server);
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let outcome = send(&client).await;
    assert!(matches!(outcome, SendError::NotSent(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_national_list_does_not_hold_up_a_password() {
    let notify = TestNotify::start().await;
    let key = ApiKey::parse(&format!("k-{SERVICE}-{SECRET}")).unwrap();
    let pace = Pace { per_second: 20.0, burst: 10, urgent_reserve: 5 };
    let settings = NotifySettings { base_url: notify.server.url.clone(), pace, ..NotifySettings::new(key) };
    let client = Notify::new(settings, client());
    let nothing = Map::new();
    let bulk = email(&nothing, &[]);
    let list = async {
        let started = Instant::now();
        let sent = futures::future::join_all((0..15).map(|_| client.send_email(&bulk))).await;
        (sent, started.elapsed())
    };
    let password = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let started = Instant::now();
        client.turn(Lane::Urgent).await.send(&email(&nothing, &[])).await.unwrap();
        started.elapsed()
    };
    let ((sent, took), waited) = tokio::join!(list, password);
    assert!(sent.iter().all(Result::is_ok));
    assert!(waited < took / 2, "the password waited {waited:?}, the list took {took:?}");
}

#[tokio::test]
async fn what_is_printed_shows_neither_address_nor_contents() {
    let mut values = Map::new();
    values.insert("full_name".to_owned(), "Amira Khan".into());
    let printed = format!("{:?}", email(&values, &[]));
    assert!(!printed.contains("amira") && !printed.contains("Khan"));
    assert!(printed.contains(REFERENCE) && printed.contains(&ID.to_string()));
}
