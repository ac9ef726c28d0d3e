//! Subscription dispatch: once a London date, at the configured hour, decides which subscriber is owed which list, and
//! wakes the sender. The rows it inserts are unique, so a run that is cut or repeated owes nobody anything twice.

use crate::{effect_send, effect_sweep::WAKE};
use adapters::postgres::{effects, jobs};
use domain::schedule::daily_run_due;
use lists::ListType;
use runtime::settings::DispatchHour;
use runtime::{App, Function, Outcome, TimerTick, TriggerError};

const NAME: &str = "subscription_dispatch";

/// Registered in the list of all functions.
pub const FUNCTION: Function =
    Function { name: NAME, bindings: include_str!("function.json"), mount: |routes| routes.trigger(handle) };

/// Runs the date's dispatch if it is due and has not been done.
async fn handle(app: App, _: TimerTick) -> Result<Outcome, TriggerError> {
    let now = app.now();
    let date = match app.settings.effects.dispatch_hour {
        DispatchHour::Any => return plan(&app).await,
        DispatchHour::At(hour) => daily_run_due(now, hour),
    };
    let Some(date) = date else { return Ok(Outcome::default().count("due", 0)) };
    if !jobs::begin(&app.worker_db.connect().await?, NAME, date).await? {
        return Ok(Outcome::default().count("due", 0));
    }
    let outcome = plan(&app).await?;
    jobs::finish(&app.worker_db.connect().await?, NAME, date, &outcome.to_json()).await?;
    Ok(outcome)
}

/// Plans what is owed now and wakes the sender.
async fn plan(app: &App) -> Result<Outcome, TriggerError> {
    let audiences: Vec<_> = lists::registry().all().iter().map(ListType::audience).collect();
    let planned = effects::plan_mails(&app.worker_db.connect().await?, app.now(), &audiences).await?;
    if planned > 0 {
        let sent = app.wake_ups.send(effect_send::QUEUE, WAKE).await;
        if let Err(error) = sent {
            tracing::warn!(error = %error, "a wake-up was not sent; the sweep will");
        }
    }
    Ok(Outcome::default().count("planned", planned))
}
