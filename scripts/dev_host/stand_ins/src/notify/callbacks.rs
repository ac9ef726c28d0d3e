//! Delivery receipts: posted to the address the service chose, with its bearer token.

use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;

use super::settings::Callback;
use crate::faults::{Switch, kinds};
use crate::held;
use crate::http::{self, Plain};

kinds! {
    /// How receipts can go astray.
    CallbackFault {
        /// The receipt comes twice.
        Duplicate,
        /// The receipt waits until the next one has been posted.
        Reorder,
        /// The receipt never comes.
        Lose,
        /// The receipt comes before the request to send was answered.
        Early,
    }
}

/// How long the receiver may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often a receipt is posted again.
const RETRIES: u32 = 5;

/// One attempt to post a receipt.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The receipt.
    pub receipt: Value,
    /// The receiver's status, or none when it could not be reached.
    pub status: Option<u16>,
}

pub(super) struct Callbacks {
    pub(super) switch: Switch<CallbackFault>,
    target: Mutex<Option<Callback>>,
    retry_every: Mutex<Duration>,
    waiting: Mutex<Vec<Value>>,
    attempts: Mutex<Vec<Attempt>>,
    client: Plain,
}

impl Callbacks {
    pub(super) fn new(target: Option<Callback>) -> Self {
        Self {
            switch: Switch::default(),
            target: Mutex::new(target),
            retry_every: Mutex::new(Duration::from_secs(300)),
            waiting: Mutex::default(),
            attempts: Mutex::default(),
            client: http::client(),
        }
    }

    pub(super) fn aim(&self, target: Option<Callback>) {
        *held(&self.target) = target;
    }

    pub(super) fn retry_every(&self, interval: Duration) {
        *held(&self.retry_every) = interval;
    }

    pub(super) fn attempts(&self) -> Vec<Attempt> {
        held(&self.attempts).clone()
    }

    /// Posts a receipt as the faults allow, then those that waited for it.
    pub(super) async fn send(&self, receipt: Value) {
        match self.switch.draw(|kind| kind != CallbackFault::Early).map(|fault| fault.kind) {
            Some(CallbackFault::Lose) => return,
            Some(CallbackFault::Reorder) => return held(&self.waiting).push(receipt),
            Some(CallbackFault::Duplicate) => {
                self.post_until_taken(receipt.clone()).await;
                self.post_until_taken(receipt).await;
            }
            Some(CallbackFault::Early) | None => self.post_until_taken(receipt).await,
        }
        let waiting = std::mem::take(&mut *held(&self.waiting));
        for receipt in waiting {
            self.post_until_taken(receipt).await;
        }
    }

    /// Posts again after a connection error, a 5xx or a 429; any other answer is the end of it.
    async fn post_until_taken(&self, receipt: Value) {
        let Some(target) = held(&self.target).clone() else { return };
        for attempt in 0..=RETRIES {
            if attempt > 0 {
                let interval = *held(&self.retry_every);
                tokio::time::sleep(interval).await;
            }
            let status = self.post(&target, &receipt).await;
            held(&self.attempts).push(Attempt { receipt: receipt.clone(), status });
            if status.is_some_and(|status| status < 500 && status != 429) {
                return;
            }
        }
    }

    async fn post(&self, target: &Callback, receipt: &Value) -> Option<u16> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(&target.url)
            .header(header::AUTHORIZATION, format!("Bearer {}", target.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(receipt.to_string()))
            .inspect_err(|error| tracing::warn!(%error, "the callback address cannot be used"))
            .ok()?;
        let answered = tokio::time::timeout(TIMEOUT, self.client.request(request)).await;
        Some(answered.ok()?.ok()?.status().as_u16())
    }
}
