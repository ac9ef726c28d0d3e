//! GOV.UK Notify: sends e-mails and finds out what became of one whose answer was lost.
//!
//! Notify knows no idempotency: the same request twice is two e-mails. So an outcome is either certain or
//! [`SendError::Unknown`], and an unknown one is looked up by its reference before anything is sent again.

mod attachment;
mod email;
mod error;
mod gate;
mod key;
mod mask;

use crate::http::read_limited;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use url::Url;
use uuid::Uuid;

pub use attachment::{Attachment, AttachmentError, AttachmentOptions};
pub use email::Email;
pub use error::{LookupError, Reason, SendError};
pub use gate::{Gate, Lane, Pace};
pub use key::{ApiKey, KeyError};
pub use mask::mask_address;

/// Where Notify lives.
pub const PRODUCTION: &str = "https://api.notifications.service.gov.uk";
/// Notify gives up serving a request after 30 seconds.
const SEND_LIMIT: Duration = Duration::from_secs(35);
/// A lookup can simply be made again.
const LOOKUP_LIMIT: Duration = Duration::from_secs(15);
/// Refusals are short.
const LONGEST_REFUSAL: usize = 64 * 1024;
/// A good answer repeats the rendered e-mail: up to 2 MB, more once it is written as JSON.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;
/// The first pause after "too many requests".
const PAUSE: Duration = Duration::from_secs(5);

/// Notify has taken charge of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Notify's id of the e-mail.
    pub id: Uuid,
}

/// What became of an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Taken, not yet handed to the mail provider.
    Created,
    /// On its way.
    Sending,
    /// The recipient's server took it. Final.
    Delivered,
    /// The address does not exist: never write to it again. Final.
    PermanentFailure,
    /// The mailbox was full or away for three days. Final.
    TemporaryFailure,
    /// Notify itself failed; may be sent again under a new reference. Final.
    TechnicalFailure,
    /// A status this version does not know.
    #[serde(other)]
    Other,
}

/// An e-mail found by its reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Notify's id: of the first e-mail, if there are several.
    pub id: Uuid,
    /// What became of it.
    pub status: Status,
    /// How many further e-mails carry the same reference: more than none is an incident.
    pub duplicates: usize,
}

/// What a client needs to know.
#[derive(Debug, Clone)]
pub struct NotifySettings {
    /// [`PRODUCTION`], or a stand-in's address.
    pub base_url: Url,
    /// The service's key.
    pub key: ApiKey,
    /// How fast to send.
    pub pace: Pace,
    /// How long one sending may take. Less than Notify's own 30 seconds only adds unknown outcomes.
    pub send_limit: Duration,
    /// The time that goes into tokens. The real one even where the service's clock is set by a test, because
    /// Notify compares it with its own and allows 30 seconds.
    pub wall_clock: fn() -> SystemTime,
}

impl NotifySettings {
    /// Production, at the usual pace.
    ///
    /// # Panics
    /// Never: the address is well formed.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "Notify compares a token's time with its own clock")]
    pub fn new(key: ApiKey) -> Self {
        let base_url = Url::parse(PRODUCTION).expect("the address is well formed");
        Self { base_url, key, pace: Pace::default(), send_limit: SEND_LIMIT, wall_clock: SystemTime::now }
    }
}

/// The client. Share one (`Arc`) per process, since the gate is in it.
#[derive(Debug)]
pub struct Notify {
    http: reqwest::Client,
    base_url: Url,
    key: RwLock<Arc<ApiKey>>,
    gate: Gate,
    send_limit: Duration,
    wall_clock: fn() -> SystemTime,
}

/// Leave to send one e-mail, now.
#[derive(Debug)]
#[must_use]
pub struct Turn<'a>(&'a Notify);

impl Turn<'_> {
    /// Sends one e-mail. Never repeats a request by itself.
    ///
    /// # Errors
    /// [`SendError`] says what may be done next.
    pub async fn send(self, email: &Email<'_>) -> Result<Accepted, SendError> {
        self.0.send(email).await
    }
}

#[derive(Deserialize)]
struct Created {
    id: Uuid,
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Listing {
    notifications: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    id: Uuid,
    reference: Option<String>,
    status: Status,
    created_at: DateTime<Utc>,
}

impl Notify {
    /// A client that has not called anybody yet.
    #[must_use]
    pub fn new(settings: NotifySettings, http: reqwest::Client) -> Self {
        Self {
            http,
            base_url: settings.base_url,
            key: RwLock::new(Arc::new(settings.key)),
            gate: Gate::new(settings.pace),
            send_limit: settings.send_limit,
            wall_clock: settings.wall_clock,
        }
    }

    /// Goes on with another key, after [`SendError::Misconfigured`] and a look into Key Vault. `false` if it is the
    /// same key.
    pub fn replace_key(&self, key: ApiKey) -> bool {
        let mut current = self.key.write().unwrap_or_else(PoisonError::into_inner);
        if current.is(&key) {
            return false;
        }
        *current = Arc::new(key);
        true
    }

    /// The longest one sending may take.
    #[must_use]
    pub fn send_limit(&self) -> Duration {
        self.send_limit
    }

    /// Waits, perhaps for a minute, until one e-mail may be sent.
    pub async fn turn(&self, lane: Lane) -> Turn<'_> {
        self.gate.pass(lane).await;
        Turn(self)
    }

    async fn send(&self, email: &Email<'_>) -> Result<Accepted, SendError> {
        let started = std::time::Instant::now();
        let outcome = self.post(email).await;
        match &outcome {
            Ok(_) => self.gate.accepted(),
            Err(SendError::RateLimited { retry_after }) => self.gate.pause(retry_after.unwrap_or(PAUSE)),
            Err(_) => {}
        }
        tracing::info!(
            reference = email.reference,
            template = %email.template_id,
            outcome = outcome.as_ref().map_or_else(SendError::name, |_| "accepted"),
            files = email.attachments.len(),
            milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "GOV.UK Notify was asked to send an e-mail"
        );
        outcome
    }

    async fn post(&self, email: &Email<'_>) -> Result<Accepted, SendError> {
        let pieces = email.body();
        let length: usize = pieces.iter().map(Bytes::len).sum();
        let pieces = futures::stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>));
        let request = self
            .http
            .post(self.url("v2/notifications/email"))
            .timeout(self.send_limit)
            .header(AUTHORIZATION, self.authorization())
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_LENGTH, length)
            .body(reqwest::Body::wrap_stream(pieces));
        let response = request.send().await.map_err(error::not_answered)?;
        if response.status() == StatusCode::CREATED {
            return accepted(response, email.reference).await;
        }
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = read_limited(response, LONGEST_REFUSAL).await.unwrap_or_default();
        Err(error::refused(status, &body, retry_after, !email.attachments.is_empty()))
    }

    /// The e-mail with this reference, if Notify has one. It only knows e-mails of the last seven days and only
    /// those sent with a key of the same type.
    ///
    /// # Errors
    /// When nothing can be said; then the outcome of the sending stays unknown.
    pub async fn find_by_reference(&self, reference: &str) -> Result<Option<Found>, LookupError> {
        let request = self
            .http
            .get(self.url("v2/notifications"))
            .query(&[("reference", reference), ("template_type", "email")])
            .timeout(LOOKUP_LIMIT)
            .header(AUTHORIZATION, self.authorization());
        let response = request.send().await.map_err(|e| LookupError::Unavailable(Some(Box::new(e))))?;
        let status = response.status();
        if status != StatusCode::OK {
            let body = read_limited(response, LONGEST_REFUSAL).await.unwrap_or_default();
            return Err(error::lookup_refused(status, &body));
        }
        let body = read_limited(response, LONGEST_ANSWER)
            .await
            .map_err(|e| LookupError::Unavailable(Some(Box::new(e))))?;
        let listing: Listing = serde_json::from_slice(&body).map_err(LookupError::Unreadable)?;
        // The service filters; a stranger in the list must not pass for ours all the same.
        let ours = listing.notifications.into_iter().filter(|n| n.reference.as_deref() == Some(reference));
        let mut ours: Vec<Line> = ours.collect();
        ours.sort_by_key(|line| line.created_at);
        let duplicates = ours.len().saturating_sub(1);
        Ok(ours.first().map(|first| Found { id: first.id, status: first.status, duplicates }))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url.as_str().trim_end_matches('/'))
    }

    /// A token of this very second: Notify refuses one older than 30.
    fn authorization(&self) -> String {
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner).clone();
        format!("Bearer {}", key.token((self.wall_clock)()))
    }
}

/// A 201 that cannot be read may still have sent the e-mail.
async fn accepted(response: Response, reference: &str) -> Result<Accepted, SendError> {
    let unknown = |source: Box<dyn std::error::Error + Send + Sync>| SendError::Unknown {
        status: Some(StatusCode::CREATED.as_u16()),
        source: Some(source),
    };
    let body = read_limited(response, LONGEST_ANSWER).await.map_err(|e| unknown(Box::new(e)))?;
    let created: Created = serde_json::from_slice(&body).map_err(|e| unknown(Box::new(e)))?;
    if created.reference.as_deref() != Some(reference) {
        return Err(unknown("the answer belongs to another reference".into()));
    }
    Ok(Accepted { id: created.id })
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
