//! What ran: invocations under way, for the timeout, and the last ones of each function, for people.

use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How many runs of a function are remembered.
const REMEMBERED: usize = 50;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The handler's answer was accepted (for HTTP: it answered, with this status).
    Succeeded(Option<u16>),
    /// It failed, for this reason.
    Failed(String),
    /// It took longer than `functionTimeout`.
    TimedOut,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The invocation id the handler saw.
    pub invocation: Uuid,
    /// When it began.
    pub started: DateTime<Utc>,
    /// How long it took.
    pub duration: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// The runs of one function.
#[derive(Clone, Debug, Default)]
pub struct FunctionRuns {
    /// How many succeeded since the host started.
    pub succeeded: u64,
    /// How many failed or timed out since then.
    pub failed: u64,
    /// The last ones, newest last.
    pub recent: VecDeque<Run>,
}

/// The register of runs.
#[derive(Default)]
pub(crate) struct Invocations {
    next: AtomicU64,
    running: Mutex<HashMap<u64, Running>>,
    finished: Mutex<BTreeMap<Arc<str>, FunctionRuns>>,
}

struct Running {
    function: Arc<str>,
    began: Instant,
    timed_out: bool,
}

/// One invocation under way. Dropped without an outcome it counts as cut off.
pub(crate) struct Ticket {
    register: Arc<Invocations>,
    number: u64,
    function: Arc<str>,
    invocation: Uuid,
    started: DateTime<Utc>,
    began: Instant,
    outcome: Option<Outcome>,
}

impl Invocations {
    /// Notes the beginning of a run.
    pub(crate) fn begin(self: &Arc<Self>, function: &Arc<str>, invocation: Uuid) -> Ticket {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let began = Instant::now();
        let running = Running { function: Arc::clone(function), began, timed_out: false };
        lock(&self.running).insert(number, running);
        Ticket {
            register: Arc::clone(self),
            number,
            function: Arc::clone(function),
            invocation,
            started: Utc::now(),
            began,
            outcome: None,
        }
    }

    /// Functions with runs older than the limit that had not been reported before.
    pub(crate) fn overdue(&self, limit: Duration) -> Vec<Arc<str>> {
        lock(&self.running)
            .values_mut()
            .filter(|run| !run.timed_out && run.began.elapsed() > limit)
            .map(|run| {
                run.timed_out = true;
                Arc::clone(&run.function)
            })
            .collect()
    }

    /// The runs of all functions by name.
    pub(crate) fn report(&self) -> BTreeMap<String, FunctionRuns> {
        lock(&self.finished).iter().map(|(name, runs)| (name.to_string(), runs.clone())).collect()
    }
}

impl Ticket {
    /// Sets the outcome; it is recorded when the ticket is dropped.
    pub(crate) fn set(&mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }

    /// Since the beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let running = lock(&self.register.running).remove(&self.number);
        let outcome = match self.outcome.take() {
            _ if running.is_some_and(|run| run.timed_out) => Outcome::TimedOut,
            Some(outcome) => outcome,
            None => Outcome::Failed("cut off".into()),
        };
        let mut finished = lock(&self.register.finished);
        let runs = finished.entry(Arc::clone(&self.function)).or_default();
        match outcome {
            Outcome::Succeeded(_) => runs.succeeded += 1,
            _ => runs.failed += 1,
        }
        if runs.recent.len() == REMEMBERED {
            runs.recent.pop_front();
        }
        runs.recent.push_back(Run {
            invocation: self.invocation,
            started: self.started,
            duration: self.began.elapsed(),
            outcome,
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
