//! Effect send: sends the mails that are owed, each once. A claim is committed before anything is sent; an attempt
//! whose outcome nobody recorded is looked up at GOV.UK Notify, by its reference, before another is made.

mod letter;

use crate::publication_read::document;
use adapters::notify::{LookupError, SendError};
use adapters::postgres::effects::{self, Claimed, Outcome as Effect};
use adapters::postgres::{publications, subscribers};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Access, Principal};
use futures::StreamExt;
use letter::{Letter, Letters};
use runtime::{App, Function, Outcome, Problem, QueueMessage, TriggerError};
use std::time::Duration;
use uuid::Uuid;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "effect_send",
    bindings: include_str!("function.json"),
    mount: |routes| routes.trigger(handle),
};

/// The queue that wakes this function.
pub(crate) const QUEUE: &str = "effect-send";
/// The effects it works on.
pub(crate) const CHANNEL: &str = "email";
/// Mails in flight at once: no more than this are in doubt when the process is killed.
const IN_FLIGHT: usize = 8;
/// Mails claimed at once.
const BATCH: i64 = 32;
const MOST_ATTEMPTS: i32 = 12;

/// Sends until nothing is due, or until the provider asks for a halt.
async fn handle(app: App, _: QueueMessage) -> Result<Outcome, TriggerError> {
    let letters = Letters::default();
    let (mut sent, mut others) = (0, 0);
    loop {
        let lease = app.settings.effects.lease;
        let batch = effects::claim(&app.worker_db.connect().await?, CHANNEL, BATCH, lease).await?;
        if batch.is_empty() {
            return Ok(Outcome::default().count("sent", sent).count("others", others));
        }
        let attempts = batch.into_iter().map(|effect| attempt(&app, &letters, effect));
        let outcomes: Vec<_> = futures::stream::iter(attempts).buffer_unordered(IN_FLIGHT).collect().await;
        let mut halted = false;
        for outcome in outcomes {
            match outcome? {
                Effect::Done(_) => sent += 1,
                Effect::Later(_, reason) if HALTING.contains(&reason.as_str()) => halted = true,
                _ => others += 1,
            }
        }
        if halted {
            tracing::error!("sending has halted: the mail provider refuses the service");
            return Ok(Outcome::default().count("sent", sent).count("others", others).count("halted", 1));
        }
    }
}

/// Reasons that concern every mail, so that there is no point in trying the next.
const HALTING: [&str; 3] = ["misconfigured", "clock_skew", "daily_limit"];

/// Attempts one mail and records what became of it.
async fn attempt(app: &App, letters: &Letters, effect: Claimed) -> Result<Effect, TriggerError> {
    let outcome = match decide(app, letters, &effect).await {
        Ok(outcome) => outcome,
        Err(problem) => Effect::Later(pause(effect.attempts), problem.kind.to_owned()),
    };
    let recorded = effects::record(&app.worker_db.connect().await?, &effect, &outcome).await?;
    let class = match &outcome {
        Effect::Done(_) => "done",
        Effect::Cancelled(reason) => reason,
        Effect::Failed(reason) | Effect::Later(_, reason) | Effect::Unknown(_, reason) => reason.as_str(),
    };
    tracing::info!(effect = %effect.effect_id, publication = %effect.publication_id, class, recorded, "mail attempted");
    Ok(outcome)
}

/// Asks everything again at the moment of sending, then sends.
async fn decide(app: &App, letters: &Letters, effect: &Claimed) -> Result<Effect, Problem> {
    let db = app.worker_db.connect().await?;
    let recipient = effect.recipient.parse::<Uuid>().map_err(|error| Problem::defect(&error))?;
    let found = publications::find(&db, effect.publication_id).await?;
    let Some(publication) = found.filter(|found| found.version == effect.version) else {
        return Ok(Effect::Cancelled("superseded"));
    };
    let Some(subscriber) = subscribers::find(&db, recipient).await? else {
        return Ok(Effect::Cancelled("no_subscriber"));
    };
    let principal = Principal::User { provenance: subscriber.user_provenance, role: subscriber.role };
    let access = Access::of(principal, lists::registry().audiences());
    if !access.may_see(&publication.displayed(), app.now()) {
        return Ok(Effect::Cancelled("not_visible"));
    }
    if !effects::still_follows(&db, recipient, effect.publication_id, effect.version).await? {
        return Ok(Effect::Cancelled("unsubscribed"));
    }
    drop(db);
    let mailer = letter::mailer(app).await?;
    if effect.uncertain {
        match mailer.find_by_reference(&effect.effect_id.to_string()).await {
            Ok(Some(found)) => return Ok(Effect::Done(Some(found.id.to_string()))),
            Ok(None) => {}
            Err(error) => {
                return Ok(Effect::Unknown(app.settings.effects.settle, lookup_reason(&error).to_owned()));
            }
        }
    }
    let letter = letters.of(app, &publication, &subscriber).await?;
    Ok(send(app, mailer, &letter, effect).await)
}

async fn send(app: &App, mailer: &adapters::notify::Notify, letter: &Letter, effect: &Claimed) -> Effect {
    let reference = effect.effect_id.to_string();
    let mut sent = mailer.send_email(&letter.email(&reference)).await;
    if matches!(sent, Err(SendError::RejectedFile)) {
        sent = mailer.send_email(&letter.without_file().email(&reference)).await;
    }
    match sent {
        Ok(accepted) => Effect::Done(Some(accepted.id.to_string())),
        Err(error) => after_failure(app, effect, &error),
    }
}

/// What a failed attempt means for the next.
fn after_failure(app: &App, effect: &Claimed, error: &SendError) -> Effect {
    tracing::warn!(effect = %effect.effect_id, error = %error, "a mail was not sent");
    let reason = error.name().to_owned();
    match error {
        SendError::Rejected { .. } | SendError::RejectedFile => Effect::Failed(error.to_string()),
        SendError::Misconfigured { .. } | SendError::ClockSkew => {
            Effect::Later(Duration::from_secs(300), reason)
        }
        SendError::RateLimited { retry_after } => {
            Effect::Later(retry_after.unwrap_or(Duration::from_secs(5)), reason)
        }
        SendError::DailyLimit => Effect::Later(until_midnight(app.now()), reason),
        SendError::Unknown { .. } => Effect::Unknown(app.settings.effects.settle, reason),
        SendError::NotSent(_) if effect.attempts >= MOST_ATTEMPTS => Effect::Failed(reason),
        SendError::NotSent(_) => Effect::Later(pause(effect.attempts), reason),
    }
}

fn lookup_reason(error: &LookupError) -> &'static str {
    tracing::warn!(error = %error, "a mail could not be looked up");
    "lookup_failed"
}

/// 2 s, 4 s, 8 s … up to about 17 minutes.
fn pause(attempts: i32) -> Duration {
    Duration::from_secs(1 << attempts.clamp(1, 10))
}

/// Until shortly after the provider's day begins anew.
fn until_midnight(now: DateTime<Utc>) -> Duration {
    let midnight = (now + TimeDelta::days(1)).date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    (midnight - now + TimeDelta::minutes(1)).to_std().unwrap_or(Duration::from_secs(3600))
}

/// Whether a publication is a list that can be summed up.
fn is_list(publication: &publications::Publication) -> bool {
    document::list_type(publication).is_some()
}
