//! GOV.UK Notify as far as a sender of e-mails meets it: keys, limits, checks, files, look-ups, delivery receipts.

mod answers;
mod auth;
mod bucket;
mod callbacks;
mod demo;
mod files;
mod lookup;
mod mail;
mod send;
mod settings;
mod store;
mod templates;
mod validate;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

pub use callbacks::{Attempt, CallbackFault};
pub use files::{File, LARGEST_FILE};
pub use lookup::LookupFault;
pub use mail::{Mail, Status};
pub use send::SendFault;
pub use settings::{ApiKey, Callback, Delivery, KeyKind, Service, Settings};
pub use templates::{Template, TemplateKind};

use crate::clock::Clock;
use crate::faults::{Board, Fault, Switch};

/// The stand-in; clones share the same outbox.
#[derive(Clone)]
pub struct Notify(Arc<Inner>);

struct Inner {
    base: String,
    clock: Clock,
    settings: Settings,
    limits: bucket::Limits,
    store: store::Store,
    sends: Switch<SendFault>,
    lookups: Switch<LookupFault>,
    callbacks: callbacks::Callbacks,
}

impl Notify {
    /// A stand-in whose links begin with `base`; mails outlive it when there is a directory for them.
    ///
    /// # Errors
    /// When the directory cannot be used.
    pub(crate) fn new(
        base: &str,
        clock: Clock,
        settings: Settings,
        callback: Option<Callback>,
        data: Option<&Path>,
    ) -> io::Result<Self> {
        let store = match data {
            Some(directory) => store::Store::on_disk(directory)?,
            None => store::Store::in_memory(),
        };
        Ok(Self(Arc::new(Inner {
            base: base.to_owned(),
            clock,
            limits: bucket::Limits::new(settings.rate_per_minute, settings.daily_limit),
            store,
            settings,
            sends: Switch::default(),
            lookups: Switch::default(),
            callbacks: callbacks::Callbacks::new(callback),
        })))
    }

    /// The address clients are configured with.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/notify", self.0.base)
    }

    /// The service it stands in for.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Every mail that was accepted, oldest first; mails to simulated addresses are not kept.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.0.store.all()
    }

    /// The mails to one address, oldest first.
    #[must_use]
    pub fn sent_to(&self, address: &str) -> Vec<Mail> {
        self.sent().into_iter().filter(|mail| mail.address.eq_ignore_ascii_case(address)).collect()
    }

    pub(crate) fn mail(&self, id: Uuid) -> Option<Mail> {
        self.0.store.find(id)
    }

    /// Forgets every mail.
    ///
    /// # Errors
    /// When the outbox on disk cannot be emptied.
    pub fn clear(&self) -> io::Result<()> {
        self.0.store.clear()
    }

    /// Makes requests to send misbehave.
    pub fn fault(&self, fault: Fault<SendFault>) {
        self.0.sends.add(fault);
    }

    /// The faults of requests to send that are still to come.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault<SendFault>> {
        self.0.sends.active()
    }

    /// Makes look-ups misbehave.
    pub fn lookup_fault(&self, fault: Fault<LookupFault>) {
        self.0.lookups.add(fault);
    }

    /// Makes delivery receipts misbehave.
    pub fn callback_fault(&self, fault: Fault<CallbackFault>) {
        self.0.callbacks.switch.add(fault);
    }

    /// Switches every fault off.
    pub fn heal(&self) {
        self.0.sends.clear();
        self.0.lookups.clear();
        self.0.callbacks.switch.clear();
    }

    pub(crate) fn boards(&self) -> [(&'static str, &dyn Board); 3] {
        [
            ("notify", &self.0.sends),
            ("notify-lookups", &self.0.lookups),
            ("notify-callbacks", &self.0.callbacks.switch),
        ]
    }

    /// Sets where delivery receipts go from now on.
    pub fn call_back(&self, target: Option<Callback>) {
        self.0.callbacks.aim(target);
    }

    /// Sets how long a receipt that was not taken waits before it is posted again; five minutes unless set.
    pub fn retry_callbacks_every(&self, interval: Duration) {
        self.0.callbacks.retry_every(interval);
    }

    /// Every attempt to post a delivery receipt, oldest first.
    #[must_use]
    pub fn callback_attempts(&self) -> Vec<Attempt> {
        self.0.callbacks.attempts()
    }

    /// Brings a mail to a status and, if it is a final one, posts the receipt. False if there is no such mail or it
    /// had its final status already.
    pub async fn settle(&self, mail: Uuid, status: Status) -> bool {
        let Some(mail) = self.0.store.advance(mail, status, self.0.clock.now()) else { return false };
        if mail.status.is_final() {
            self.0.callbacks.send(mail.as_receipt()).await;
        }
        true
    }

    /// Brings a mail to the end that its address destines it for.
    pub async fn deliver(&self, mail: Uuid) -> bool {
        let Some(found) = self.mail(mail) else { return false };
        self.settle(mail, Status::destined_for(&found.address)).await
    }

    /// Delivers in the background, unless that is done by hand.
    fn deliver_later(&self, mail: Uuid) {
        let Delivery::After(delay) = self.0.settings.delivery else { return };
        let notify = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(delay / 2).await;
            notify.settle(mail, Status::Sending).await;
            tokio::time::sleep(delay / 2).await;
            notify.deliver(mail).await;
        });
    }

    /// The routes below `/notify`.
    pub(crate) fn routes(&self) -> Router {
        Router::new()
            .route("/_status", get(status))
            .route("/v2/notifications/email", post(send_email).get(find_email))
            .route("/v2/notifications", get(list_emails))
            .route("/v2/notifications/{id}", get(find_by_id))
            .fallback(no_such_route)
            .with_state(self.clone())
    }
}

async fn status() -> Json<Value> {
    Json(json!({ "status": "ok", "stand_in": true }))
}

/// The work is done in a task of its own: Notify finishes what it began although the caller has gone.
async fn send_email(State(notify): State<Notify>, headers: HeaderMap, body: Bytes) -> Response {
    let work = tokio::spawn(async move { send::take(&notify, &headers, &body).await });
    match work.await {
        Ok(send::Outcome::Answer(response)) => response,
        Ok(send::Outcome::Silence) => std::future::pending().await,
        Err(error) => {
            tracing::error!(%error, "a request to send an e-mail failed");
            answers::Refusal::internal().into_response()
        }
    }
}

/// A GET of the sending address is read as a look-up of the id "email".
async fn find_email(State(notify): State<Notify>, headers: HeaderMap) -> Response {
    lookup::one(&notify, &headers, "email").await
}

async fn find_by_id(
    State(notify): State<Notify>,
    axum::extract::Path(id): axum::extract::Path<String>,
    headers: HeaderMap,
) -> Response {
    lookup::one(&notify, &headers, &id).await
}

async fn list_emails(
    State(notify): State<Notify>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    lookup::many(&notify, &headers, &query.unwrap_or_default()).await
}

async fn no_such_route() -> Response {
    answers::no_such_route()
}
