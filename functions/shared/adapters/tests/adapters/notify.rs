//! Sending and finding e-mails.

use crate::support::notify::{ID, REFERENCE, SECRET, SERVICE, Sends, TestNotify, accepted, email};
use adapters::notify::{
    Accepted, ApiKey, Attachment, AttachmentOptions, Email, Found, LookupError, SendError, Status,
};
use axum::http::header;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use url::Url;

fn values() -> Map<String, Value> {
    let values = json!({ "list_type": "Civil \"Daily\" Cause List", "display_case_num": "No", "n": 3, "l": ["a", "b"] });
    values.as_object().unwrap().clone()
}

#[tokio::test]
async fn an_email_is_sent_with_all_it_needs() {
    let notify = TestNotify::start().await;
    let values = values();
    let unsubscribe = Url::parse("https://courts.test/unsubscribe/abc").unwrap();
    let message = Email {
        sanitise_content_for: &["list_type"],
        one_click_unsubscribe_url: Some(&unsubscribe),
        ..email(&values, &[])
    };
    assert_eq!(notify.client().send_email(&message).await.unwrap(), Accepted { id: ID });

    let asked = notify.asked();
    assert_eq!(asked[0].uri.path(), "/v2/notifications/email");
    let body: Value = serde_json::from_slice(&asked[0].body).unwrap();
    assert_eq!(
        body,
        json!({
            "email_address": "amira@example.com", "template_id": ID, "reference": REFERENCE,
            "sanitise_content_for": ["list_type"],
            "one_click_unsubscribe_url": "https://courts.test/unsubscribe/abc",
            "personalisation": values,
        })
    );
}

#[tokio::test]
async fn members_that_are_not_needed_are_left_out() {
    let notify = TestNotify::start().await;
    notify.client().send_email(&email(&Map::new(), &[])).await.unwrap();
    let body: Value = serde_json::from_slice(&notify.asked()[0].body).unwrap();
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["email_address", "template_id", "reference", "personalisation"]);
}

#[tokio::test]
async fn each_request_proves_itself_with_a_token_of_this_second() {
    let notify = TestNotify::start().await;
    notify.client().send_email(&email(&Map::new(), &[])).await.unwrap();
    let asked = notify.asked().remove(0);
    assert_eq!(asked.headers[header::CONTENT_TYPE], "application/json");
    let bearer = asked.headers[header::AUTHORIZATION].to_str().unwrap();
    let token = bearer.strip_prefix("Bearer ").unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let key = jsonwebtoken::DecodingKey::from_secret(SECRET.as_bytes());
    let hs256 = jsonwebtoken::Algorithm::HS256;
    assert!(jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, hs256).unwrap());
    let claims = URL_SAFE_NO_PAD.decode(message.split_once('.').unwrap().1).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["iss"], SERVICE);
    assert!((claims["iat"].as_i64().unwrap() - chrono::Utc::now().timestamp()).abs() <= 2);
}

#[tokio::test]
async fn a_rotated_key_is_used_from_the_next_request_on() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    client.send_email(&email(&Map::new(), &[])).await.unwrap();
    let rotated = || ApiKey::parse(&format!("new-{SECRET}-{SERVICE}")).unwrap();
    assert!(client.replace_key(rotated()));
    assert!(!client.replace_key(rotated()), "that is no other key");
    client.send_email(&email(&Map::new(), &[])).await.unwrap();
    let issuers: Vec<bool> = notify
        .asked()
        .iter()
        .map(|asked| {
            let token = asked.headers[header::AUTHORIZATION].to_str().unwrap().split('.').nth(1).unwrap();
            String::from_utf8(URL_SAFE_NO_PAD.decode(token).unwrap()).unwrap().contains(SERVICE)
        })
        .collect();
    assert_eq!(issuers, [true, false]);
}

#[tokio::test]
async fn files_reach_every_recipient_whole() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    let pdf: Vec<u8> = (0..2_000_000_u32).map(|n| (n % 255) as u8).collect();
    let options = AttachmentOptions { retention_weeks: Some(78), confirm_email: Some(false), filename: None };
    let files = [
        ("pdf_link_to_file", Attachment::prepare(&pdf, options).unwrap()),
        ("excel_link_to_file", Attachment::prepare(b"sheet", AttachmentOptions::default()).unwrap()),
    ];
    // A value of the same name must not make the key stand there twice.
    let mut values = values();
    values.insert("pdf_link_to_file".to_owned(), "".into());
    for _ in 0..2 {
        client.send_email(&email(&values, &files)).await.unwrap();
    }
    for asked in notify.asked() {
        assert_eq!(asked.headers[header::CONTENT_LENGTH], asked.body.len().to_string());
        assert!(!asked.headers.contains_key(header::TRANSFER_ENCODING));
        assert_eq!(String::from_utf8_lossy(&asked.body).matches("pdf_link_to_file").count(), 1);
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        let file = &body["personalisation"]["pdf_link_to_file"];
        assert!(STANDARD.decode(file["file"].as_str().unwrap()).unwrap() == pdf);
        assert_eq!(file["retention_period"], "78 weeks");
        assert_eq!(
            body["personalisation"]["excel_link_to_file"],
            json!({ "file": STANDARD.encode("sheet") })
        );
        assert_eq!(body["personalisation"]["n"], 3);
    }
}

#[tokio::test]
async fn an_acceptance_that_cannot_be_read_may_have_sent_the_email() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    let other = accepted("somebody else's");
    let huge = format!("{}{}", " ".repeat(9 * 1024 * 1024), accepted(REFERENCE));
    for body in ["", "<html>", "{\"id\":\"not a uuid\"}", "{}", &other, &huge] {
        notify.answers(201, body);
        let outcome = client.send_email(&email(&Map::new(), &[])).await;
        assert!(matches!(outcome, Err(SendError::Unknown { status: Some(201), .. })), "{outcome:?}");
    }
    // A rendered e-mail of 2 MB comes back with the answer and is no reason for doubt.
    let long = accepted(REFERENCE).replace("Dear Amira", &"x".repeat(2_000_000));
    notify.answers(201, &long);
    assert!(client.send_email(&email(&Map::new(), &[])).await.is_ok());
}

fn line(id: uuid::Uuid, reference: &str, status: &str, created_at: &str) -> Value {
    json!({
        "id": id, "reference": reference, "status": status, "created_at": created_at, "type": "email",
        "email_address": "amira@example.com", "body": "Dear Amira", "sent_at": null
    })
}

#[tokio::test]
async fn an_email_is_found_by_its_reference() {
    let notify = TestNotify::start().await;
    let listed = json!({ "notifications": [line(ID, "a b&c", "delivered", "2026-01-05T07:00:00.000000Z")], "links": {} });
    notify.answers(200, &listed.to_string());
    let found = notify.client().find_by_reference("a b&c").await.unwrap();
    assert_eq!(found, Some(Found { id: ID, status: Status::Delivered, duplicates: 0 }));
    let asked = notify.asked().remove(0);
    assert_eq!(asked.uri.to_string(), "/v2/notifications?reference=a+b%26c&template_type=email");
    assert!(asked.headers.contains_key(header::AUTHORIZATION));
}

#[tokio::test]
async fn nothing_found_is_an_answer_too() {
    let notify = TestNotify::start().await;
    notify.answers(200, "{\"notifications\":[],\"links\":{}}");
    assert_eq!(notify.client().find_by_reference(REFERENCE).await.unwrap(), None);
    let stranger = json!({ "notifications": [line(ID, "other", "sending", "2026-01-05T07:00:00Z")] });
    notify.answers(200, &stranger.to_string());
    assert_eq!(notify.client().find_by_reference(REFERENCE).await.unwrap(), None);
}

#[tokio::test]
async fn of_several_the_oldest_counts_and_the_others_are_reported() {
    let notify = TestNotify::start().await;
    let newer = uuid::Uuid::from_u128(7);
    let listed = json!({ "notifications": [
        line(newer, REFERENCE, "created", "2026-01-05T07:00:02.000000Z"),
        line(ID, REFERENCE, "permanent-failure", "2026-01-05T07:00:01.000000Z"),
    ] });
    notify.answers(200, &listed.to_string());
    let found = notify.client().find_by_reference(REFERENCE).await.unwrap().unwrap();
    assert_eq!(found, Found { id: ID, status: Status::PermanentFailure, duplicates: 1 });
}

#[tokio::test]
async fn every_status_is_known_and_a_new_one_does_no_harm() {
    let notify = TestNotify::start().await;
    let all = [
        ("created", Status::Created),
        ("sending", Status::Sending),
        ("delivered", Status::Delivered),
        ("permanent-failure", Status::PermanentFailure),
        ("temporary-failure", Status::TemporaryFailure),
        ("technical-failure", Status::TechnicalFailure),
        ("returned-to-sender", Status::Other),
    ];
    for (text, status) in all {
        let listed = json!({ "notifications": [line(ID, REFERENCE, text, "2026-01-05T07:00:00Z")] });
        notify.answers(200, &listed.to_string());
        let found = notify.client().find_by_reference(REFERENCE).await.unwrap().unwrap();
        assert_eq!(found.status, status);
    }
}

#[tokio::test]
async fn a_failed_lookup_says_nothing_about_the_email() {
    let notify = TestNotify::start().await;
    let client = notify.client();
    notify.answers(503, "<html>");
    assert!(matches!(client.find_by_reference("r").await, Err(LookupError::Unavailable(_))));
    notify.answers(200, "<html>");
    assert!(matches!(client.find_by_reference("r").await, Err(LookupError::Unreadable(_))));
    notify.refuses(403, "AuthError", "Invalid token: API key not found");
    assert!(matches!(client.find_by_reference("r").await, Err(LookupError::Misconfigured { status: 403 })));
    notify.refuses(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds");
    assert!(matches!(client.find_by_reference("r").await, Err(LookupError::ClockSkew)));
    drop(notify);
    assert!(matches!(client.find_by_reference("r").await, Err(LookupError::Unavailable(Some(_)))));
}
