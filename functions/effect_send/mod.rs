//! Effect send: sends the mails that are owed, each once. A claim, and then the beginning of each attempt, is committed
//! before anything is sent; an attempt whose outcome nobody recorded is looked up at GOV.UK Notify, by its reference,
//! before another is made.

mod attempt;
mod letter;

use crate::publication_read::document;
use adapters::postgres::effects::{self, Outcome as Effect};
use adapters::postgres::publications;
use futures::StreamExt;
use letter::Letters;
use runtime::{App, Function, Outcome, QueueMessage, TriggerError};

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
        let attempts = batch.into_iter().map(|effect| attempt::attempt(&app, &letters, effect));
        let outcomes: Vec<_> = futures::stream::iter(attempts).buffer_unordered(IN_FLIGHT).collect().await;
        let mut halted = false;
        for outcome in outcomes {
            match outcome? {
                Some(Effect::Done(_)) => sent += 1,
                Some(Effect::Later(_, reason)) if HALTING.contains(&reason.as_str()) => halted = true,
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

/// Whether a publication is a list that can be summed up.
fn is_list(publication: &publications::Publication) -> bool {
    document::list_type(publication).is_some()
}
