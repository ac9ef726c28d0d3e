//! Looking a mail up: by id with any key, in lists with a key of the same type.

use axum::Json;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde_json::{Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use super::answers::{self, Refusal};
use super::mail::Mail;
use super::settings::KeyKind;
use super::{Notify, auth, validate};
use crate::faults::kinds;
use crate::server;

kinds! {
    /// How a look-up can fail.
    LookupFault {
        /// 500.
        ServerError,
        /// 502 with an HTML page.
        BadGateway,
        /// 403, as if the key had just been revoked.
        KeyRevoked,
        /// As if nothing were known yet: 404 by id, an empty list by reference.
        NotYetKnown,
        /// No answer.
        Hang,
        /// The connection closes.
        Reset,
        /// The answer comes after a delay.
        Slow,
    }
}

/// Mails in one page of a list.
const PAGE: usize = 250;

/// How long a mail can be looked up.
const RETENTION: TimeDelta = TimeDelta::days(7);

/// What a list is narrowed to.
#[derive(Default)]
struct Filter {
    reference: Option<String>,
    statuses: Vec<String>,
    template_types: Vec<String>,
    older_than: Option<Uuid>,
}

/// One mail by id.
pub(super) async fn one(notify: &Notify, headers: &HeaderMap, id: &str) -> Response {
    let hides = match misbehave(notify).await {
        Ok(hides) => hides,
        Err(instead) => return instead,
    };
    find(notify, headers, id, hides).unwrap_or_else(IntoResponse::into_response)
}

fn find(notify: &Notify, headers: &HeaderMap, id: &str, hides: bool) -> Result<Response, Refusal> {
    auth::authenticate(headers, &notify.0.settings, notify.0.clock.now())?;
    let id = Uuid::parse_str(id)
        .map_err(|_| Refusal::validation(vec!["notification_id is not a valid UUID".to_owned()]))?;
    let mail = notify.0.store.find(id).filter(|mail| !hides && is_retained(notify, mail));
    let mail = mail.ok_or_else(Refusal::not_found)?;
    Ok(Json(mail.as_notification(&format!("{}/notify", notify.0.base))).into_response())
}

/// A page of mails, newest first.
pub(super) async fn many(notify: &Notify, headers: &HeaderMap, query: &str) -> Response {
    let hides = match misbehave(notify).await {
        Ok(hides) => hides,
        Err(instead) => return instead,
    };
    list(notify, headers, query, hides).unwrap_or_else(IntoResponse::into_response)
}

fn list(notify: &Notify, headers: &HeaderMap, query: &str, hides: bool) -> Result<Response, Refusal> {
    let key = auth::authenticate(headers, &notify.0.settings, notify.0.clock.now())?;
    let filter = Filter::read(query)?;
    let mut mails = if hides { Vec::new() } else { notify.0.store.all() };
    mails.reverse();
    mails.retain(|mail| is_retained(notify, mail));
    if let Some(id) = filter.older_than {
        let older = mails.iter().position(|mail| mail.id == id).map_or(mails.len(), |index| index + 1);
        mails.drain(..older);
    }
    mails.retain(|mail| filter.matches(mail, key.kind));
    mails.truncate(PAGE);
    let base = format!("{}/notify", notify.0.base);
    let mut links = json!({ "current": format!("{base}/v2/notifications{}", with_mark(query)) });
    if let Some(last) = mails.last() {
        links["next"] = json!(format!("{base}/v2/notifications{}", with_mark(&older_than(query, last.id))));
    }
    let shown: Vec<Value> = mails.iter().map(|mail| mail.as_notification(&base)).collect();
    Ok(Json(json!({ "notifications": shown, "links": links })).into_response())
}

fn with_mark(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("?{query}") }
}

/// The query of the next page.
fn older_than(query: &str, id: Uuid) -> String {
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "older_than");
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("older_than", &id.to_string())
        .finish()
}

fn is_retained(notify: &Notify, mail: &Mail) -> bool {
    notify.0.clock.now() - mail.accepted_at < RETENTION
}

impl Filter {
    fn read(query: &str) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        let mut wrong = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "reference" => filter.reference = Some(value.into_owned()),
                "status" => filter.statuses.push(value.into_owned()),
                "template_type" => filter.template_types.push(value.into_owned()),
                "include_jobs" => {}
                "older_than" => match Uuid::parse_str(&value) {
                    Ok(id) => filter.older_than = Some(id),
                    Err(_) => wrong.push("older_than is not a valid UUID".to_owned()),
                },
                other => wrong.push(validate::unexpected(&[other])),
            }
        }
        if wrong.is_empty() { Ok(filter) } else { Err(Refusal::validation(wrong)) }
    }

    fn matches(&self, mail: &Mail, kind: KeyKind) -> bool {
        let status = mail.status;
        mail.key == kind
            && self.reference.as_ref().is_none_or(|wanted| mail.reference.as_ref() == Some(wanted))
            && (self.template_types.is_empty() || self.template_types.iter().any(|wanted| wanted == "email"))
            && (self.statuses.is_empty()
                || self
                    .statuses
                    .iter()
                    .any(|wanted| wanted == status.name() || (wanted == "failed" && status.is_failure())))
    }
}

/// Draws a fault: whether to hide every mail, or what to answer instead.
async fn misbehave(notify: &Notify) -> Result<bool, Response> {
    let Some(fault) = notify.0.lookups.draw(|_| true) else { return Ok(false) };
    match fault.kind {
        LookupFault::ServerError => Err(Refusal::internal().into_response()),
        LookupFault::BadGateway => Err(answers::bad_gateway()),
        LookupFault::KeyRevoked => Err(Refusal::forbidden("Invalid token: API key revoked").into_response()),
        LookupFault::NotYetKnown => Ok(true),
        LookupFault::Reset => Err(server::hang_up()),
        LookupFault::Hang => std::future::pending().await,
        LookupFault::Slow => {
            tokio::time::sleep(fault.delay()).await;
            Ok(false)
        }
    }
}
