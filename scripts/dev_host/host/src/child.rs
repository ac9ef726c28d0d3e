//! The handler as a child process: its command line, its environment, and what it prints.

use crate::host_json::HandlerConfig;
use crate::log::{CONSOLE, Level, Log};
use crate::settings::Settings;
use regex::Regex;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use uuid::Uuid;

/// The last error lines of the handler, for the message about its end.
pub(crate) type LastErrors = Arc<Mutex<VecDeque<String>>>;

/// Everything needed to start the handler, again and again.
pub(crate) struct Launch {
    pub config: HandlerConfig,
    pub script_root: PathBuf,
    pub settings: Settings,
    pub inherit_environment: bool,
    pub port: u16,
    pub log: Log,
}

impl Launch {
    /// Starts the handler and follows what it prints.
    pub(crate) fn start(&self) -> std::io::Result<(Child, LastErrors)> {
        let directory = self.script_root.join(self.settings.expand(&self.config.working_directory));
        let mut command = Command::new(self.program(&directory));
        let line = self.settings.expand(&self.config.arguments.join(" "));
        command
            .args(split_command_line(&line))
            .current_dir(&directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if !self.inherit_environment {
            command.env_clear();
            command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        }
        command.envs(self.settings.iter()).envs(self.handler_variables());
        let mut child = command.spawn()?;
        let last_errors = LastErrors::default();
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(follow(stdout, self.log.clone(), |_| Level::Information, None));
        }
        if let Some(stderr) = child.stderr.take() {
            let level = if self.config.stderr_for_errors_only { level_strict } else { level_by_words };
            tokio::spawn(follow(stderr, self.log.clone(), level, Some(Arc::clone(&last_errors))));
        }
        Ok((child, last_errors))
    }

    /// A relative path counts if that file exists; else the name is looked up in PATH.
    fn program(&self, directory: &Path) -> PathBuf {
        let written = PathBuf::from(self.settings.expand(&self.config.executable));
        let joined = directory.join(&written);
        if joined.is_file() { joined } else { written }
    }

    /// What the handler learns beyond the app settings.
    fn handler_variables(&self) -> [(&'static str, String); 5] {
        let (port, worker) = (self.port.to_string(), Uuid::new_v4().to_string());
        [
            ("FUNCTIONS_CUSTOMHANDLER_PORT", port.clone()),
            ("FUNCTIONS_HTTPWORKER_PORT", port),
            ("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", worker.clone()),
            ("FUNCTIONS_HTTPWORKER_ID", worker),
            ("FUNCTIONS_APP_ROOT_PATH", self.script_root.display().to_string()),
        ]
    }
}

/// Splits at spaces outside double quotes; the host joins arguments without quoting them.
fn split_command_line(line: &str) -> Vec<String> {
    let (mut arguments, mut current, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for letter in line.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                begun = true;
            }
            ' ' if !quoted => {
                if begun {
                    arguments.push(std::mem::take(&mut current));
                }
                begun = false;
            }
            other => {
                current.push(other);
                begun = true;
            }
        }
    }
    if begun {
        arguments.push(current);
    }
    arguments
}

fn level_strict(line: &str) -> Level {
    if line.to_lowercase().contains("warn") { Level::Warning } else { Level::Error }
}

fn level_by_words(line: &str) -> Level {
    let line = line.to_lowercase();
    if line.contains("warn") {
        Level::Warning
    } else if ["error", "fail", "severe", "unhandled exception"].iter().any(|word| line.contains(word)) {
        Level::Error
    } else {
        Level::Information
    }
}

/// Logs each line; lines with the host's own prefixes are not for the user.
async fn follow(
    stream: impl AsyncRead + Unpin,
    log: Log,
    level: fn(&str) -> Level,
    last_errors: Option<LastErrors>,
) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await.is_ok_and(|length| length > 0) {
        let text = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
        line.clear();
        let system = text.starts_with("LanguageWorkerConsoleLog") || text.starts_with("azfuncjsonlog:");
        let level = level(&text);
        if let (Some(last), Level::Error) = (&last_errors, level) {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            last.push_back(text.clone());
            if last.len() > 3 {
                last.pop_front();
            }
        }
        log.write(level, if system { "Host.System" } else { CONSOLE }, text);
    }
}

/// The text without keys and passwords.
pub(crate) fn scrub(text: &str) -> String {
    static SECRET: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b((?:AccountKey|SharedAccessSignature|Password|Pwd|sig|code)=)[^;&\s]+")
            .expect("the pattern is valid")
    });
    SECRET.replace_all(text, "$1[Hidden Credential]").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_split_at_spaces_outside_quotes() {
        assert_eq!(
            split_command_line(r#"serve  --name "two words" """#),
            ["serve", "--name", "two words", ""]
        );
    }

    #[test]
    fn secrets_are_hidden() {
        assert_eq!(scrub("AccountKey=abc==;x=1"), "AccountKey=[Hidden Credential];x=1");
    }
}
