//! Timer triggers: when they fire, what they are told, and the status kept between runs of the host.

use crate::envelope::Envelope;
use crate::function_json::{Function, Trigger};
use crate::host::Shared;
use crate::invoke::invoke;
use crate::log::Level;
use crate::retry::RetryPolicy;
use crate::schedule::Schedule;
use crate::storage_access::{HOST_CONTAINER, HOST_STORAGE, read_blob, write_blob};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use storage::Account;

/// What is remembered of a timer.
#[derive(Clone, Debug, PartialEq)]
struct Status {
    /// `None` before the first run.
    last: Option<DateTime<Utc>>,
    next: DateTime<Utc>,
    updated: DateTime<Utc>,
}

impl Status {
    fn to_value(&self) -> Value {
        let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
        let last = self.last.map_or_else(|| "0001-01-01T00:00:00+00:00".to_owned(), text);
        json!({"Last": last, "Next": text(self.next), "LastUpdated": text(self.updated)})
    }

    fn from_value(value: &Value) -> Option<Self> {
        let at = |key: &str| value[key].as_str()?.parse::<DateTime<Utc>>().ok();
        let last = at("Last")?;
        let is_first = last.format("%Y").to_string() == "0001";
        Some(Self { last: Some(last).filter(|_| !is_first), next: at("Next")?, updated: at("LastUpdated")? })
    }
}

/// A timer at work.
struct Timer {
    shared: Arc<Shared>,
    function: Arc<Function>,
    schedule: Schedule,
    run_on_startup: bool,
    /// Where the status lies; `None` for timers without one.
    store: Option<(Account, String)>,
}

/// Runs a timer-triggered function for ever.
pub(crate) async fn run(shared: Arc<Shared>, function: Arc<Function>) -> Result<(), String> {
    let Trigger::Timer { schedule, run_on_startup, use_monitor } = &function.trigger else { return Ok(()) };
    let schedule = Schedule::parse(schedule)?;
    let store = if *use_monitor && !schedule.is_frequent(Utc::now()) {
        let name = format!("timers/{}/Host.Functions.{}/status", shared.host_id, function.name);
        Some((shared.storage.account(HOST_STORAGE)?, name))
    } else {
        None
    };
    let timer =
        Timer { run_on_startup: *run_on_startup, shared, function: Arc::clone(&function), schedule, store };
    timer.run().await;
    Ok(())
}

/// One run outside the schedule, for the admin API.
pub(crate) async fn run_once(shared: &Arc<Shared>, function: &Arc<Function>) {
    // The outcome has been logged.
    let _outcome = invoke_with_retries(shared, function, None, false).await;
}

impl Timer {
    async fn run(self) {
        let Some(mut status) = self.start().await else { return };
        loop {
            let now = Utc::now();
            if let Ok(wait) = (status.next - now).to_std() {
                // Long waits are cut, so that a change of the clock is noticed.
                tokio::time::sleep(wait.min(std::time::Duration::from_secs(60))).await;
                continue;
            }
            match self.fire(&status, false).await {
                Some(next) => status = next,
                None => return,
            }
        }
    }

    /// Takes up where the last run of the host left off; fires at once what is past due or wanted at start.
    async fn start(&self) -> Option<Status> {
        let now = Utc::now();
        let fresh = Status { last: None, next: self.schedule.next(now)?, updated: now };
        let Some(stored) = self.load().await else {
            self.save(&fresh).await;
            return if self.run_on_startup { self.fire(&fresh, false).await } else { Some(fresh) };
        };
        let expected = self.schedule.next(stored.last.unwrap_or(stored.updated))?;
        let unchanged = (expected - stored.next).abs() < chrono::Duration::seconds(1);
        if !unchanged {
            let renewed = Status { last: stored.last, ..fresh };
            self.save(&renewed).await;
            return if self.run_on_startup { self.fire(&renewed, false).await } else { Some(renewed) };
        }
        if stored.next < now {
            return self.fire(&stored, true).await;
        }
        if self.run_on_startup { self.fire(&stored, false).await } else { Some(stored) }
    }

    /// One occurrence; the next is computed when it is over, so missed ones collapse into one.
    async fn fire(&self, status: &Status, past_due: bool) -> Option<Status> {
        let shown = self.store.is_some().then(|| status.to_value());
        // A failure has been logged; the next occurrence runs at its regular time.
        let _outcome = invoke_with_retries(&self.shared, &self.function, shown, past_due).await;
        let now = Utc::now();
        let next = Status { last: Some(now), next: self.schedule.next(now)?, updated: now };
        self.save(&next).await;
        Some(next)
    }

    async fn load(&self) -> Option<Status> {
        let (account, name) = self.store.as_ref()?;
        let bytes = read_blob(account, HOST_CONTAINER, name).await.ok().flatten()?;
        Status::from_value(&serde_json::from_slice(&bytes).ok()?)
    }

    async fn save(&self, status: &Status) {
        let Some((account, name)) = &self.store else { return };
        let text = status.to_value().to_string();
        if let Err(error) = write_blob(account, HOST_CONTAINER, name, text.into()).await {
            let text = format!("The status of the timer {} cannot be written: {error}", self.function.name);
            self.shared.log.write(Level::Warning, "Host.Timers", text);
        }
    }
}

/// An invocation with the function's retry policy, if there is one.
async fn invoke_with_retries(
    shared: &Arc<Shared>,
    function: &Arc<Function>,
    status: Option<Value>,
    past_due: bool,
) -> Result<(), String> {
    let policy = function.retry.as_ref().or(shared.config.retry.as_ref());
    let mut failure = None;
    for count in 0.. {
        let mut envelope = Envelope::new(&function.name);
        let data =
            json!({"Schedule": {"AdjustForDST": true}, "ScheduleStatus": status, "IsPastDue": past_due});
        envelope.put_data(&function.trigger_name, data);
        if let Some(policy) = policy {
            envelope.put_metadata("RetryContext", retry_context(policy, count, failure.as_deref()));
        }
        match invoke(shared, function, envelope).await {
            Ok(_) => return Ok(()),
            Err(reason) => {
                let Some(pause) = policy.and_then(|policy| policy.pause_before(count)) else {
                    return Err(reason);
                };
                failure = Some(reason);
                tokio::time::sleep(pause).await;
            }
        }
    }
    Ok(())
}

fn retry_context(policy: &RetryPolicy, count: u32, failure: Option<&str>) -> Value {
    let most = policy.max_retries.map_or(-1, i64::from);
    let exception = failure.map(|message| json!({"Message": message}));
    json!({"RetryCount": count, "MaxRetryCount": most, "Exception": exception})
}
