//! One attempt at one mail: everything is asked again at the moment of sending, the beginning is put on record, the mail
//! is sent, and what became of it is put on record too.

use super::letter::{self, Letter, Letters};
use adapters::notify::{Accepted, Lane, LookupError, Notify, SendError};
use adapters::postgres::effects::{self, Claimed, Outcome as Effect};
use adapters::postgres::publications::{self, Publication};
use adapters::postgres::subscribers::{self, Subscriber};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Access, Principal};
use runtime::{App, Problem, TriggerError};
use std::time::Duration;
use uuid::Uuid;

/// From this attempt on each failure is an error in the log, for an alert to count.
const WORRYING_ATTEMPTS: i32 = 12;
/// The provider forgets a mail after seven days; one in doubt for longer could not be looked up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(6 * 24 * 3600);

/// Attempts one mail and records what became of it; nothing if the claim was lost, since the mail is another worker's.
pub(super) async fn attempt(
    app: &App,
    letters: &Letters,
    mut effect: Claimed,
) -> Result<Option<Effect>, TriggerError> {
    let outcome = match decide(app, letters, &mut effect).await {
        Ok(Some(outcome)) => outcome,
        Ok(None) => return Ok(None),
        // What an earlier attempt left in doubt stays in doubt.
        Err(problem) if effect.uncertain => Effect::Unknown(pause(effect.attempts), problem.kind.to_owned()),
        Err(problem) => Effect::Later(pause(effect.attempts), problem.kind.to_owned()),
    };
    let outcome = unless_too_late(&effect, outcome);
    let recorded = effects::record(&app.worker_db.connect().await?, &effect, &outcome).await?;
    let (effect_id, publication) = (effect.effect_id, effect.publication_id);
    let class = match &outcome {
        Effect::Done(_) => "done",
        Effect::Cancelled(reason) => reason,
        Effect::Failed(reason) | Effect::Later(_, reason) | Effect::Unknown(_, reason) => reason.as_str(),
    };
    let owed = matches!(outcome, Effect::Failed(_) | Effect::Later(..) | Effect::Unknown(..));
    if owed && (effect.attempts >= WORRYING_ATTEMPTS || matches!(outcome, Effect::Failed(_))) {
        let attempts = effect.attempts;
        tracing::error!(effect = %effect_id, %publication, class, recorded, attempts, "a mail is still owed");
    } else {
        tracing::info!(effect = %effect_id, %publication, class, recorded, "mail attempted");
    }
    Ok(Some(outcome))
}

/// Asks everything again at the moment of sending, then sends.
async fn decide(app: &App, letters: &Letters, effect: &mut Claimed) -> Result<Option<Effect>, Problem> {
    let (publication, subscriber) = match still_due(app, effect).await? {
        Ok(due) => due,
        Err(reason) => return Ok(Some(Effect::Cancelled(reason))),
    };
    let mailer = letter::mailer(app).await?;
    if effect.uncertain {
        match mailer.find_by_reference(&effect.effect_id.to_string()).await {
            Ok(Some(found)) => return Ok(Some(Effect::Done(Some(found.id.to_string())))),
            Ok(None) => effect.uncertain = false,
            Err(error) => {
                return Ok(Some(Effect::Unknown(app.settings.effects.settle, lookup_reason(&error))));
            }
        }
    }
    let letter = letters.of(app, &publication, &subscriber).await?;
    match send(app, mailer, &letter, effect).await? {
        None => Ok(None),
        Some(Ok(accepted)) => Ok(Some(Effect::Done(Some(accepted.id.to_string())))),
        Some(Err(error)) => Ok(Some(after_failure(app, effect, &error))),
    }
}

/// The publication and the subscriber, if the mail is still due; else why not.
async fn still_due(
    app: &App,
    effect: &Claimed,
) -> Result<Result<(Publication, Subscriber), &'static str>, Problem> {
    let db = app.worker_db.connect().await?;
    let recipient = effect.recipient.parse::<Uuid>().map_err(|error| Problem::defect(&error))?;
    let found = publications::find(&db, effect.publication_id).await?;
    let Some(publication) = found.filter(|found| found.version == effect.version) else {
        effects::owe_successor(&db, effect).await?;
        return Ok(Err("superseded"));
    };
    let Some(subscriber) = subscribers::find(&db, recipient).await? else {
        return Ok(Err("no_subscriber"));
    };
    let principal = Principal::User { provenance: subscriber.user_provenance, role: subscriber.role };
    let access = Access::of(principal, lists::registry().audiences());
    if !access.may_see(&publication.displayed(), app.now()) {
        return Ok(Err("not_visible"));
    }
    if !effects::still_follows(&db, recipient, effect.publication_id, effect.version).await? {
        return Ok(Err("unsubscribed"));
    }
    Ok(Ok((publication, subscriber)))
}

/// Sends, without the file if that is what was refused, with another key if there is one. Nothing if the claim was lost.
async fn send(
    app: &App,
    mailer: &Notify,
    letter: &Letter,
    effect: &Claimed,
) -> Result<Option<Result<Accepted, SendError>>, Problem> {
    let sent = post(app, mailer, letter, effect).await?;
    match sent {
        Some(Err(SendError::RejectedFile)) => post(app, mailer, &letter.without_file(), effect).await,
        Some(Err(SendError::Misconfigured { .. })) if letter::renew_key(app, mailer).await => {
            post(app, mailer, letter, effect).await
        }
        sent => Ok(sent),
    }
}

/// One request, its beginning on record: from then on the claim holds until the result has settled.
async fn post(
    app: &App,
    mailer: &Notify,
    letter: &Letter,
    effect: &Claimed,
) -> Result<Option<Result<Accepted, SendError>>, Problem> {
    let turn = mailer.turn(Lane::Bulk).await;
    let hold = mailer.send_limit() + app.settings.effects.settle;
    if !effects::begin(&app.worker_db.connect().await?, effect, hold).await? {
        tracing::info!(effect = %effect.effect_id, "a claim was lost before its mail was sent");
        return Ok(None);
    }
    Ok(Some(turn.send(&letter.email(&effect.effect_id.to_string())).await))
}

/// What a failed attempt means for the next. A mail is owed until it is sent, refused for good, or no longer due.
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
        SendError::Unknown { .. } => {
            Effect::Unknown(app.settings.effects.settle.max(pause(effect.attempts)), reason)
        }
        SendError::NotSent(_) => Effect::Later(pause(effect.attempts), reason),
    }
}

/// A mail that has been owed for nearly as long as the provider remembers mails is given up, for a person to look at.
fn unless_too_late(effect: &Claimed, outcome: Effect) -> Effect {
    match outcome {
        Effect::Later(_, reason) | Effect::Unknown(_, reason) if effect.owed_for > GIVE_UP_AFTER => {
            Effect::Failed(reason)
        }
        outcome => outcome,
    }
}

fn lookup_reason(error: &LookupError) -> String {
    tracing::warn!(error = %error, "a mail could not be looked up");
    "lookup_failed".to_owned()
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
