//! Effect sweep: every minute, wakes the workers of whatever is owed and due, and extends the ledger. Queues carry wake-ups only; should all
//! of them be lost, this timer makes good for it from the table.

use crate::{effect_send, publication_files};
use adapters::postgres::{effects, ledger};
use runtime::{App, Function, Outcome, TimerTick, TriggerError};

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "effect_sweep",
    bindings: include_str!("function.json"),
    mount: |routes| routes.trigger(handle),
};

/// What a wake-up says.
pub(crate) const WAKE: &str = "wake";

/// Records new versions in the ledger, and wakes each channel's worker if anything is due for it.
async fn handle(app: App, _: TimerTick) -> Result<Outcome, TriggerError> {
    let recorded = ledger::extend(&app.worker_db.connect().await?).await?;
    let mut outcome = Outcome::default().count("recorded", recorded);
    for (channel, queue) in
        [(effect_send::CHANNEL, effect_send::QUEUE), (publication_files::CHANNEL, publication_files::QUEUE)]
    {
        let due = effects::due(&app.worker_db.connect().await?, channel).await?;
        if due > 0 {
            app.wake_ups
                .send(queue, WAKE)
                .await
                .map_err(|error| TriggerError::new("a wake-up was not sent", error))?;
        }
        outcome = outcome.count(channel, due);
    }
    Ok(outcome)
}
