//! Retention: hourly, archives what is no longer displayed, matches lists whose court has become known, extends the
//! ledger, and removes blobs that nothing refers to once they are a day old.

mod sweep;

use adapters::postgres::upkeep::{self, Rematched};
use adapters::postgres::{ledger, publications};
use runtime::{App, Function, Outcome, TimerTick, TriggerError};

/// Registered in the list of all functions.
pub const FUNCTION: Function =
    Function { name: NAME, bindings: include_str!("function.json"), mount: |routes| routes.trigger(handle) };

const NAME: &str = "retention";
/// Publications archived in one transaction.
const BATCH: i64 = 500;

/// Archives, matches, records, sweeps. Each step may be repeated; a step that fails is repeated an hour later.
async fn handle(app: App, _: TimerTick) -> Result<Outcome, TriggerError> {
    let mut archived = 0;
    loop {
        let mut db = app.worker_db.connect().await?;
        let batch = upkeep::archive(&mut db, NAME, app.now(), BATCH).await?;
        archived += batch;
        if batch == 0 {
            break;
        }
    }
    let Rematched { matched, held } = upkeep::rematch(&app.worker_db.connect().await?).await?;
    if held > 0 {
        tracing::warn!(
            held,
            "lists wait although their court is known: another publication has their identity"
        );
    }
    let (_, waiting) = publications::without_court(&app.worker_db.connect().await?, 0, 0).await?;
    let recorded = ledger::extend(&app.worker_db.connect().await?).await?;
    let swept = sweep::orphans(&app).await?;
    Ok(Outcome::default()
        .count("archived", archived)
        .count("matched", matched)
        .count("held", held)
        .count("waiting", waiting)
        .count("recorded", recorded)
        .count("swept", swept))
}
