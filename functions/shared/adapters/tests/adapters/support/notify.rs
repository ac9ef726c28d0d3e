//! A server in the place of GOV.UK Notify: answers what it is told and remembers what it was asked.

use super::{Server, client};
use adapters::notify::{Accepted, ApiKey, Attachment, Email, Lane, Notify, NotifySettings, Pace, SendError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

pub const SERVICE: &str = "26785a09-ab16-4eb0-8407-a37497a57506";
pub const SECRET: &str = "3d844edf-8d35-48ac-975b-e847b4f122b0";
pub const REFERENCE: &str = "pi-0b5d0f9c";
pub const ID: Uuid = Uuid::from_u128(0x740e_5834);

pub struct Asked {
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Sending as soon as it is the e-mail's turn.
pub trait Sends {
    fn send_email(&self, email: &Email<'_>) -> impl Future<Output = Result<Accepted, SendError>>;
}

impl Sends for Notify {
    async fn send_email(&self, email: &Email<'_>) -> Result<Accepted, SendError> {
        self.turn(Lane::Bulk).await.send(email).await
    }
}

#[derive(Default)]
struct Shared {
    asked: Vec<Asked>,
    answer: Option<(u16, String, Option<u64>)>,
}

pub struct TestNotify {
    pub server: Server,
    shared: Arc<Mutex<Shared>>,
}

impl TestNotify {
    pub async fn start() -> Self {
        let shared = Arc::<Mutex<Shared>>::default();
        let router = Router::new().fallback(answer).layer(axum::extract::DefaultBodyLimit::disable());
        Self { server: Server::start(router.with_state(shared.clone())).await, shared }
    }

    /// The next answers. Without this, e-mails are accepted.
    pub fn answers(&self, status: u16, body: &str) {
        self.shared.lock().unwrap().answer = Some((status, body.to_owned(), None));
    }

    pub fn answers_after(&self, status: u16, body: &str, retry_after: u64) {
        self.shared.lock().unwrap().answer = Some((status, body.to_owned(), Some(retry_after)));
    }

    /// Answers with an error in Notify's own form.
    pub fn refuses(&self, status: u16, kind: &str, message: &str) {
        let errors = json!({ "status_code": status, "errors": [{ "error": kind, "message": message }] });
        self.answers(status, &errors.to_string());
    }

    pub fn accepts(&self) {
        self.shared.lock().unwrap().answer = None;
    }

    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.shared.lock().unwrap().asked)
    }

    pub fn client(&self) -> Notify {
        notify_at(&self.server)
    }
}

async fn answer(
    State(shared): State<Arc<Mutex<Shared>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut shared = shared.lock().unwrap();
    shared.asked.push(Asked { uri, headers, body });
    let Some((status, text, retry_after)) = shared.answer.clone() else {
        return (StatusCode::CREATED, accepted(REFERENCE)).into_response();
    };
    let mut response = (StatusCode::from_u16(status).unwrap(), text).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The body of a 201.
pub fn accepted(reference: &str) -> String {
    json!({
        "id": ID, "reference": reference, "uri": "https://notify.test/v2/notifications/1",
        "content": { "body": "Dear Amira", "subject": "A list", "from_email": "courts@notify.test" },
        "template": { "id": ID, "version": 1, "uri": "https://notify.test/templates/1" },
        "scheduled_for": null, "sanitised_content": {}
    })
    .to_string()
}

/// A client for whatever listens there.
pub fn notify_at(server: &Server) -> Notify {
    let key = ApiKey::parse(&format!("a-test-key-{SERVICE}-{SECRET}")).unwrap();
    let pace = Pace { per_second: 1000.0, burst: 100, urgent_reserve: 0 };
    let settings = NotifySettings { base_url: server.url.clone(), pace, ..NotifySettings::new(key) };
    Notify::new(settings, client())
}

/// An e-mail to Amira with these values and files.
pub fn email<'a>(values: &'a Map<String, Value>, files: &'a [(&'a str, Attachment)]) -> Email<'a> {
    Email {
        template_id: ID,
        address: "amira@example.com",
        reference: REFERENCE,
        personalisation: values,
        attachments: files,
        sanitise_content_for: &[],
        one_click_unsubscribe_url: None,
    }
}
