//! The functions of the running host, as the dashboard lists and fires them.

use crate::project::Project;
use anyhow::{Context, Result};
use async_trait::async_trait;
use dev_host::{Outcome, RunningHost};
use serde_json::{Value, json};
use stand_ins::outside::{FunctionStatus, Functions, OutsideError, Run};
use std::fs;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long a fired function is waited for; it goes on after that.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function of the package.
#[derive(Debug)]
struct Known {
    name: String,
    trigger: String,
    can_be_fired: bool,
}

/// The functions of the package, and the host that runs them.
#[derive(Debug)]
pub struct HostFunctions {
    known: Vec<Known>,
    app: String,
    http: reqwest::Client,
    host: Mutex<Weak<Connected>>,
}

/// A running host that can be asked for its runs.
pub struct Connected(pub RunningHost);

impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Connected").field(&self.0.address()).finish()
    }
}

impl HostFunctions {
    /// Reads the functions of the staged package, which a host at `app` will run.
    ///
    /// # Errors
    /// When the package cannot be read.
    pub fn read(project: &Project, app: &str) -> Result<Self> {
        let mut known = Vec::new();
        for entry in fs::read_dir(project.package()).context("there is no package")?.flatten() {
            if let Ok(text) = fs::read_to_string(entry.path().join("function.json")) {
                let function = serde_json::from_str(&text).context("a function.json is not JSON")?;
                known.push(Known::of(entry.file_name().to_string_lossy().into_owned(), &function));
            }
        }
        known.sort_by(|one, other| one.name.cmp(&other.name));
        let http = storage::http_client()?;
        Ok(Self { known, app: app.to_owned(), http, host: Mutex::default() })
    }

    /// Names the host whose runs are shown from now on.
    pub fn connect(&self, host: &Arc<Connected>) {
        *self.host.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(host);
    }

    fn host(&self) -> Option<Arc<Connected>> {
        self.host.lock().unwrap_or_else(PoisonError::into_inner).upgrade()
    }

    fn last_run(&self, name: &str) -> Option<Run> {
        let runs = self.host()?.0.invocations().remove(name)?;
        runs.recent.back().map(shown)
    }

    /// How often a function has run since the host started.
    fn count(&self, name: &str) -> Option<u64> {
        let host = self.host()?;
        Some(host.0.invocations().get(name).map_or(0, |runs| runs.succeeded + runs.failed))
    }

    /// Waits for a run beyond the first `before`.
    async fn outcome(&self, name: &str, before: u64) -> Result<String, OutsideError> {
        let deadline = Instant::now() + PATIENCE;
        while self.count(name).is_some_and(|count| count <= before) && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        match self.last_run(name) {
            Some(run) if !run.succeeded => Err(OutsideError::Failed(run.detail)),
            Some(run) if self.count(name) > Some(before) => {
                Ok(format!("{} in {} ms", run.detail, run.milliseconds))
            }
            _ => Ok("started; it is still running".to_owned()),
        }
    }
}

impl Known {
    fn of(name: String, function: &Value) -> Self {
        let bindings = function["bindings"].as_array().map(Vec::as_slice).unwrap_or_default();
        let kind = |binding: &&Value| binding["type"].as_str().is_some_and(|kind| kind.ends_with("Trigger"));
        let trigger = bindings.iter().find(kind).cloned().unwrap_or_default();
        let text = |key: &str| trigger[key].as_str().unwrap_or_default();
        let words = match text("type") {
            "timerTrigger" => format!("timer {}", text("schedule")),
            "queueTrigger" => format!("queue {}", text("queueName")),
            "blobTrigger" => format!("blob {}", text("path")),
            _ => format!("HTTP /{}", text("route")),
        };
        Self { name, can_be_fired: text("type") == "timerTrigger", trigger: words }
    }
}

fn shown(run: &dev_host::Run) -> Run {
    let (succeeded, detail) = match &run.outcome {
        Outcome::Succeeded(Some(status)) => (true, format!("answered {status}")),
        Outcome::Succeeded(None) => (true, "succeeded".to_owned()),
        Outcome::Failed(reason) => (false, reason.clone()),
        Outcome::TimedOut => (false, "took too long and was ended".to_owned()),
    };
    let milliseconds = u64::try_from(run.duration.as_millis()).unwrap_or(u64::MAX);
    Run { started_at: run.started, milliseconds, succeeded, detail }
}

#[async_trait]
impl Functions for HostFunctions {
    async fn list(&self) -> Vec<FunctionStatus> {
        let status = |known: &Known| FunctionStatus {
            name: known.name.clone(),
            trigger: known.trigger.clone(),
            can_be_fired: known.can_be_fired,
            last_run: self.last_run(&known.name),
        };
        self.known.iter().map(status).collect()
    }

    async fn fire(&self, name: &str) -> Result<String, OutsideError> {
        if !self.known.iter().any(|known| known.name == name) {
            return Err(OutsideError::Unknown(format!("function called {name}")));
        }
        let before = self.count(name);
        let request =
            self.http.post(format!("{}/admin/functions/{name}", self.app)).json(&json!({"input": ""}));
        let answer = request.timeout(PATIENCE).send().await;
        let answer = answer.map_err(|error| OutsideError::Failed(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(OutsideError::Failed(format!("the host answered {}", answer.status())));
        }
        match before {
            Some(before) => self.outcome(name, before).await,
            None => Ok("started".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_are_shown_in_words_and_only_timers_have_a_button() {
        let timer = json!({"bindings": [{"type": "timerTrigger", "schedule": "0 17 * * * *"}]});
        let timer = Known::of("retention".into(), &timer);
        assert_eq!((timer.trigger.as_str(), timer.can_be_fired), ("timer 0 17 * * * *", true));
        let http =
            json!({"bindings": [{"type": "http"}, {"type": "httpTrigger", "route": "publication/{*rest}"}]});
        let http = Known::of("publication_read".into(), &http);
        assert_eq!((http.trigger.as_str(), http.can_be_fired), ("HTTP /publication/{*rest}", false));
    }
}
