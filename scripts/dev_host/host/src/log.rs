//! Log lines of the host and of the handler, for a console, a dashboard or a test.

use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::sync::broadcast;
use uuid::Uuid;

/// How many lines a slow listener may lag behind before it loses the oldest.
const BACKLOG: usize = 4096;

/// The levels the host gives to lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Ordinary progress, and everything a handler writes to stdout.
    Information,
    /// Something odd, and handler lines on stderr that contain "warn".
    Warning,
    /// Something failed, and other handler lines on stderr.
    Error,
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Information => "info",
            Self::Warning => "warn",
            Self::Error => "fail",
        })
    }
}

/// One line.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// How serious it is.
    pub level: Level,
    /// Where it comes from: `Host.Function.Console` for handler output, `Function.<Name>` for invocations.
    pub category: String,
    /// The function it concerns.
    pub function: Option<String>,
    /// The invocation it belongs to.
    pub invocation: Option<Uuid>,
    /// The text, without a line break at its end.
    pub text: String,
}

/// Called for each line, on the thread that wrote it: must be quick.
pub type LogCallback = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// The category of what the handler itself prints.
pub(crate) const CONSOLE: &str = "Host.Function.Console";

/// Where the host writes.
#[derive(Clone)]
pub(crate) struct Log {
    lines: broadcast::Sender<LogLine>,
    callback: Option<LogCallback>,
}

impl Log {
    pub(crate) fn new(callback: Option<LogCallback>) -> Self {
        Self { lines: broadcast::Sender::new(BACKLOG), callback }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<LogLine> {
        self.lines.subscribe()
    }

    /// A line of the host or of the handler as a whole.
    pub(crate) fn write(&self, level: Level, category: &str, text: impl Into<String>) {
        self.emit(level, category.to_owned(), None, text.into());
    }

    /// A line about one invocation of a function.
    pub(crate) fn about(&self, level: Level, function: &str, invocation: Uuid, text: impl Into<String>) {
        self.emit(level, format!("Function.{function}"), Some((function, invocation)), text.into());
    }

    /// A line the handler reported in its answer.
    pub(crate) fn user(&self, function: &str, invocation: Uuid, text: impl Into<String>) {
        let category = format!("Function.{function}.User");
        self.emit(Level::Information, category, Some((function, invocation)), text.into());
    }

    fn emit(&self, level: Level, category: String, about: Option<(&str, Uuid)>, text: String) {
        let (function, invocation) = about.map(|(name, id)| (name.to_owned(), id)).unzip();
        let line = LogLine { at: Utc::now(), level, category, function, invocation, text };
        if let Some(callback) = &self.callback {
            callback(&line);
        }
        // Nobody listening is no error.
        let _listeners = self.lines.send(line);
    }
}
