//! A small HTTP caller, and a sender of mails with its API key.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use stand_ins::clock::Clock;
use stand_ins::notify::{self, Delivery, KeyKind, Template};
use stand_ins::{Options, StandIns};
use uuid::Uuid;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Sends one request on a connection of its own; an error when the connection broke.
pub async fn call(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Result<Answer, hyper_util::client::legacy::Error> {
    let client: Client<_, Body> = Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .retry_canceled_requests(false)
        .build_http();
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = client.request(request.body(body.into()).expect("a request")).await?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
}

pub async fn get(url: &str) -> Answer {
    call("GET", url, &[], Body::empty()).await.expect("an answer")
}

pub async fn post_form(url: &str, form: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    call("POST", url, &headers, form.to_owned()).await.expect("an answer")
}

/// Waits until something is so; the machine may be busy.
pub async fn eventually(is_so: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.expect("it never happened");
}

/// A fixed Monday morning.
pub fn monday() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-01-05T07:00:00Z").expect("an instant").to_utc()
}

/// The template that most tests use.
pub const TEMPLATE: Uuid = Uuid::from_u128(0x7e3a_0000_0000_4000_8000_0000_0000_0001);

pub fn template() -> Template {
    Template {
        id: TEMPLATE,
        version: 3,
        subject: "New list for ((court))".into(),
        body: "Hello ((name)), see ((link_to_file)).".into(),
        ..Template::default()
    }
}

/// Stand-ins with a stopped clock, one template and delivery by hand.
pub struct World {
    pub stand_ins: StandIns,
    pub clock: Clock,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let clock = Clock::stopped(monday());
        let mut options = Options {
            clock: clock.clone(),
            notify: notify::Settings {
                templates: vec![template()],
                delivery: Delivery::ByHand,
                ..notify::Settings::default()
            },
            ..Options::default()
        };
        change(&mut options);
        Self { stand_ins: StandIns::start(options).await.expect("stand-ins"), clock }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.stand_ins.url())
    }

    /// The `Authorization` of a key, as the official clients make it.
    pub fn bearer(&self, kind: KeyKind) -> String {
        let combined = self.stand_ins.notify.settings().api_key(kind).expect("a key");
        let secret = &combined[combined.len() - 36..];
        let service = &combined[combined.len() - 73..combined.len() - 37];
        bearer(&json!({ "iss": service, "iat": self.clock.now().timestamp() }), secret)
    }

    pub async fn try_send(&self, body: &Value) -> Result<Answer, hyper_util::client::legacy::Error> {
        self.try_send_as(&self.bearer(KeyKind::Live), body.to_string()).await
    }

    pub async fn try_send_as(
        &self,
        bearer: &str,
        body: String,
    ) -> Result<Answer, hyper_util::client::legacy::Error> {
        let headers = [("authorization", bearer), ("content-type", "application/json")];
        let url = self.url("/notify/v2/notifications/email");
        let answer = call("POST", &url, &headers, body);
        tokio::time::timeout(Duration::from_secs(20), answer).await.expect("an answer in time")
    }

    pub async fn send(&self, body: &Value) -> Answer {
        self.try_send(body).await.expect("an answer")
    }

    pub async fn send_as(&self, kind: KeyKind, body: &Value) -> Answer {
        self.try_send_as(&self.bearer(kind), body.to_string()).await.expect("an answer")
    }

    pub async fn look_up(&self, kind: KeyKind, path_and_query: &str) -> Answer {
        let bearer = self.bearer(kind);
        let url = self.url(&format!("/notify/v2/notifications{path_and_query}"));
        call("GET", &url, &[("authorization", &bearer)], Body::empty()).await.expect("an answer")
    }
}

/// A token with these claims, signed with a key's secret.
pub fn bearer(claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    format!("Bearer {}", jsonwebtoken::encode(&Header::default(), claims, &key).expect("a token"))
}

/// A mail that is in order.
pub fn mail() -> Value {
    json!({
        "email_address": "amira@example.com",
        "template_id": TEMPLATE,
        "personalisation": { "court": "Oxford", "name": "Amira", "link_to_file": "no file" },
        "reference": "reference-1",
    })
}

/// The same with one property replaced.
pub fn mail_with(name: &str, value: impl Into<Value>) -> Value {
    let mut mail = mail();
    mail[name] = value.into();
    mail
}

/// Asserts a refusal with exactly one error.
#[track_caller]
pub fn assert_refused(answer: &Answer, status: u16, error: &str, message: &str) {
    let expected = json!({ "status_code": status, "errors": [{ "error": error, "message": message }] });
    assert_eq!((answer.status, answer.json()), (status, expected));
}
