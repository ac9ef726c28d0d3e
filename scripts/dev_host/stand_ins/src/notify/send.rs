//! A request to send an e-mail, step by step in Notify's order.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answers::{self, Refusal};
use super::bucket::Reached;
use super::mail::{self, Mail, Status};
use super::settings::{ApiKey, KeyKind};
use super::templates::{Template, TemplateKind, Values};
use super::validate::{self, EmailRequest};
use super::{CallbackFault, Notify, auth, files};
use crate::faults::{Fault, kinds};
use crate::server;

kinds! {
    /// How a request to send can fail.
    SendFault {
        /// 400.
        BadRequest,
        /// 403, as if the caller's clock were wrong.
        Clock,
        /// 403, as if the key had just been revoked.
        KeyRevoked,
        /// 429, as if the minute's limit were reached.
        RateLimited,
        /// 429, as if the day's limit were reached.
        DailyLimit,
        /// 400 for a mail with a file; mails without one pass.
        VirusFound,
        /// 500, nothing kept.
        ServerError,
        /// 500 although the mail was kept and goes out.
        ServerErrorAfterAccept,
        /// 504, nothing kept.
        Timeout,
        /// 504 although the mail was kept and goes out.
        TimeoutAfterAccept,
        /// 502 with an HTML page, nothing kept.
        BadGateway,
        /// No answer, nothing kept.
        Hang,
        /// No answer although the mail was kept and goes out.
        HangAfterAccept,
        /// The connection closes, nothing kept.
        Reset,
        /// The connection closes although the mail was kept and goes out.
        ResetAfterAccept,
        /// The work begins after a delay, and is done even if the caller has given up.
        Slow,
    }
}

/// The longest text of a mail, in bytes.
const LONGEST_BODY: usize = 2_000_000;

/// What to do with the caller.
pub(super) enum Outcome {
    Answer(Response),
    /// Never answer.
    Silence,
}

/// Serves one request, misbehaving as switched.
pub(super) async fn take(notify: &Notify, headers: &HeaderMap, body: &[u8]) -> Outcome {
    let fault = notify.0.sends.draw(|kind| kind != SendFault::VirusFound);
    if let Some(instead) = fault.as_ref().and_then(|fault| instead_of_work(notify, fault)) {
        return instead;
    }
    if let Some(fault) = fault.as_ref().filter(|fault| fault.kind == SendFault::Slow) {
        tokio::time::sleep(fault.delay()).await;
    }
    let answer = match accept(notify, headers, body) {
        Ok(accepted) => {
            notify.see_off(accepted.mail, accepted.is_simulated).await;
            (StatusCode::CREATED, Json(accepted.answer)).into_response()
        }
        Err(refusal) => return Outcome::Answer(refusal.into_response()),
    };
    Outcome::Answer(match fault.map(|fault| fault.kind) {
        Some(SendFault::ServerErrorAfterAccept) => Refusal::internal().into_response(),
        Some(SendFault::TimeoutAfterAccept) => Refusal::timed_out().into_response(),
        Some(SendFault::ResetAfterAccept) => server::hang_up(),
        Some(SendFault::HangAfterAccept) => return Outcome::Silence,
        _ => answer,
    })
}

/// The faults that keep the request from being looked at.
fn instead_of_work(notify: &Notify, fault: &Fault<SendFault>) -> Option<Outcome> {
    let settings = &notify.0.settings;
    let refusal = match fault.kind {
        SendFault::Hang => return Some(Outcome::Silence),
        SendFault::Reset => return Some(Outcome::Answer(server::hang_up())),
        SendFault::BadGateway => return Some(Outcome::Answer(answers::bad_gateway())),
        SendFault::BadRequest => Refusal::bad_request("Template not found"),
        SendFault::Clock => {
            Refusal::forbidden("Error: Your system clock must be accurate to within 30 seconds")
        }
        SendFault::KeyRevoked => Refusal::forbidden("Invalid token: API key revoked"),
        SendFault::RateLimited => Refusal::rate_limited(KeyKind::Live.shouted(), settings.rate_per_minute),
        SendFault::DailyLimit => Refusal::daily_limit(settings.daily_limit),
        SendFault::ServerError => Refusal::internal(),
        SendFault::Timeout => Refusal::timed_out(),
        _ => return None,
    };
    Some(Outcome::Answer(refusal.into_response()))
}

/// An e-mail that was kept, and the body of the 201.
struct Accepted {
    mail: Uuid,
    is_simulated: bool,
    answer: Value,
}

/// The steps before the answer, in order: caller, limits, schema, permission, template, recipient, files, length, row.
fn accept(notify: &Notify, headers: &HeaderMap, body: &[u8]) -> Result<Accepted, Refusal> {
    let now = notify.0.clock.now();
    let settings = &notify.0.settings;
    let key = auth::authenticate(headers, settings, now)?;
    notify.0.limits.admit(key.kind, now).map_err(|reached| match reached {
        Reached::Minute(limit) => Refusal::rate_limited(key.kind.shouted(), limit),
        Reached::Day(limit) => Refusal::daily_limit(limit),
    })?;
    let request = validate::read(body)?;
    check_permission(notify, &request)?;
    let template = find_template(notify, request.template_id)?;
    check_personalisation(template, &request)?;
    check_recipient(notify, key, &request.email_address)?;
    let is_simulated = mail::is_simulated(&request.email_address);
    let mail = write(notify, key, template, request, now)?;
    let answer = created(notify, &mail);
    let id = mail.id;
    if !is_simulated {
        notify.0.store.accept(mail).map_err(|error| {
            tracing::error!(%error, "the outbox cannot be written");
            Refusal::internal()
        })?;
        notify.0.limits.count(key.kind, now);
    }
    Ok(Accepted { mail: id, is_simulated, answer })
}

fn check_permission(notify: &Notify, request: &EmailRequest) -> Result<(), Refusal> {
    let service = &notify.0.settings.service;
    if !service.may_send_emails {
        return Err(Refusal::bad_request("Service is not allowed to send emails"));
    }
    match request.reply_to_id {
        Some(id) if !service.reply_to_ids.contains(&id) => Err(Refusal::bad_request(format!(
            "email_reply_to_id {id} does not exist in database for service id {}",
            service.id
        ))),
        _ => Ok(()),
    }
}

/// The template, or none when this stand-in was given no templates at all.
fn find_template(notify: &Notify, id: Uuid) -> Result<Option<&Template>, Refusal> {
    let templates = &notify.0.settings.templates;
    if templates.is_empty() {
        return Ok(None);
    }
    let template = templates
        .iter()
        .find(|template| template.id == id)
        .ok_or_else(|| Refusal::bad_request("Template not found"))?;
    if template.kind != TemplateKind::Email {
        let kind = template.kind.name();
        return Err(Refusal::bad_request(format!("{kind} template is not suitable for email notification")));
    }
    if template.deleted {
        return Err(Refusal::bad_request("Template has been deleted"));
    }
    Ok(Some(template))
}

fn check_personalisation(template: Option<&Template>, request: &EmailRequest) -> Result<(), Refusal> {
    let values = Values::new(&request.personalisation);
    let missing = template.map(|template| template.missing(&values)).unwrap_or_default();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::bad_request(format!("Missing personalisation: {}", missing.join(", "))))
}

/// Team keys and services in trial mode write to their guest list only; simulated addresses are open to all.
fn check_recipient(notify: &Notify, key: &ApiKey, address: &str) -> Result<(), Refusal> {
    let service = &notify.0.settings.service;
    let is_guest = service.guest_list.iter().any(|guest| guest.eq_ignore_ascii_case(address));
    if is_guest || key.kind == KeyKind::Test || mail::is_simulated(address) {
        return Ok(());
    }
    if key.kind == KeyKind::Team {
        return Err(Refusal::bad_request("Can’t send to this recipient using a team-only API key"));
    }
    if service.trial {
        return Err(Refusal::bad_request(
            "Can’t send to this recipient when service is in trial mode – see \
             https://www.notifications.service.gov.uk/trial-mode",
        ));
    }
    Ok(())
}

/// Uploads the files, fills in the template and checks the length.
fn write(
    notify: &Notify,
    key: &ApiKey,
    template: Option<&Template>,
    request: EmailRequest,
    now: DateTime<Utc>,
) -> Result<Mail, Refusal> {
    let id = Uuid::new_v4();
    let mut personalisation = request.personalisation;
    if personalisation.values().any(files::is_file) {
        check_file_service(notify)?;
    }
    let base = &notify.0.base;
    let is_simulated = mail::is_simulated(&request.email_address);
    let files = files::upload(&mut personalisation, |index| match is_simulated {
        true => format!("{base}/outbox/test-document"),
        false => format!("{base}/outbox/{id}/files/{index}"),
    })?;
    let (subject, body) =
        template.map(|template| template.render(&Values::new(&personalisation))).unwrap_or_default();
    check_length(template.is_some(), &body)?;
    Ok(Mail {
        id,
        address: request.email_address,
        reference: request.reference,
        template: request.template_id,
        template_version: template.map_or(1, |template| template.version),
        subject,
        body,
        personalisation,
        files,
        sanitised: request.sanitise,
        unsubscribe_url: request.unsubscribe_url,
        key: key.kind,
        status: Status::Created,
        accepted_at: now,
        sent_at: None,
        completed_at: None,
    })
}

fn check_file_service(notify: &Notify) -> Result<(), Refusal> {
    let service = &notify.0.settings.service;
    if !service.has_contact_link {
        return Err(Refusal::bad_request(format!(
            "Send files by email has not been set up - add contact details for your service at \
             https://www.notifications.service.gov.uk/services/{}/service-settings/send-files-by-email",
            service.id
        )));
    }
    if notify.0.sends.draw(|kind| kind == SendFault::VirusFound).is_some() {
        return Err(Refusal::bad_request("File did not pass the virus scan"));
    }
    Ok(())
}

fn check_length(has_template: bool, body: &str) -> Result<(), Refusal> {
    if has_template && body.trim().is_empty() {
        return Err(Refusal::bad_request("Your message is empty."));
    }
    if body.len() > LONGEST_BODY {
        return Err(Refusal::bad_request(format!(
            "Your message is too long. Emails cannot be longer than {LONGEST_BODY} bytes. Your message is {} bytes.",
            body.len()
        )));
    }
    Ok(())
}

/// The body of the 201.
fn created(notify: &Notify, mail: &Mail) -> Value {
    let base = format!("{}/notify", notify.0.base);
    // The values are echoed as they came: nobody reads these mails with a Markdown reader.
    let sanitised: Map<String, Value> = mail
        .sanitised
        .iter()
        .filter_map(|key| Some((key.clone(), mail.personalisation.get(key)?.clone())))
        .collect();
    json!({
        "id": mail.id,
        "reference": mail.reference,
        "content": {
            "body": mail.body, "subject": mail.subject, "from_email": notify.0.settings.service.from_email,
            "one_click_unsubscribe_url": mail.unsubscribe_url,
        },
        "uri": format!("{base}/v2/notifications/{}", mail.id),
        "template": mail.template_link(&base),
        "scheduled_for": null,
        "sanitised_content": sanitised,
    })
}

impl Notify {
    /// Sends an accepted mail on its way; at once and before the answer when its receipt is to come early.
    async fn see_off(&self, mail: Uuid, is_simulated: bool) {
        if is_simulated {
            return;
        }
        if self.0.callbacks.switch.draw(|kind| kind == CallbackFault::Early).is_some() {
            self.deliver(mail).await;
        } else {
            self.deliver_later(mail);
        }
    }
}
