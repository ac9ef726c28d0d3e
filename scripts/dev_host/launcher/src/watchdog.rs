//! A small process that outlives this one for a moment and ends whatever it left, however it went.
//!
//! `pi-dev` keeps a pipe to it open and names each process group it starts and each folder that is to vanish.
//! When the pipe closes (exit, panic, SIGKILL) the watchdog stops those groups, then everything else
//! that carries the run's mark in its environment, such as grandchildren in groups of their own.

use crate::throw_away;
use anyhow::{Context, Result};
use rustix::process::{Pid, Signal};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The environment variable that marks every process of one run.
pub const MARK: &str = "PI_DEV_MARK";
/// The sub-command under which the executable plays the watchdog.
pub const COMMAND: &str = "watchdog";
/// The folder whose files may be withdrawn.
const RUN_FOLDER: &str = "target/run";
/// How long a process may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(8);

/// How a process group is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// SIGTERM.
    Terminate,
    /// SIGINT, which to Postgres means: disconnect the clients, write everything, end.
    Interrupt,
}

impl Stop {
    /// The signal sent.
    #[must_use]
    pub const fn signal(self) -> Signal {
        match self {
            Self::Terminate => Signal::TERM,
            Self::Interrupt => Signal::INT,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Terminate => "term",
            Self::Interrupt => "int",
        }
    }
}

/// Gives this process, and so all its descendants, a mark of its own by executing itself again.
///
/// # Errors
/// When the executable cannot be executed again. On success with a new mark it does not return.
pub fn ensure_mark() -> Result<String> {
    let mine = format!("{}-", std::process::id());
    match std::env::var(MARK) {
        Ok(mark) if mark.starts_with(&mine) => Ok(mark),
        _ => {
            let error = Command::new(std::env::current_exe()?)
                .args(std::env::args_os().skip(1))
                .env(MARK, format!("{mine}{}", unique()))
                .exec();
            Err(error).context("pi-dev cannot execute itself")
        }
    }
}

/// A number that another run of this process id does not have.
#[must_use]
pub fn unique() -> u128 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap_or_default().as_nanos()
}

/// The living end of the pipe. Clones share it; the watchdog acts when the last is gone.
#[derive(Debug, Clone)]
pub struct Watchdog(Arc<Mutex<ChildStdin>>);

impl Watchdog {
    /// Starts the watchdog of the run with this mark.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn start(executable: &Path, mark: &str) -> Result<Self> {
        let mut child = Command::new(executable)
            .args([COMMAND, mark])
            .env_remove(MARK)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("the watchdog cannot be started")?;
        let pipe = child.stdin.take().context("the watchdog has no stdin")?;
        Ok(Self(Arc::new(Mutex::new(pipe))))
    }

    /// Names a process group that is to end with this run.
    pub fn watch(&self, group: u32, stop: Stop) {
        self.tell(&format!("group {group} {}", stop.word()));
    }

    /// Says that a group has ended, so that its number, once reused, is left alone.
    pub fn forget(&self, group: u32) {
        self.tell(&format!("gone {group}"));
    }

    /// Names a throw-away folder, which is to vanish with this run.
    pub fn remove_at_end(&self, folder: &Path) {
        self.tell(&format!("remove {}", folder.display()));
    }

    /// Names a file that says that this run is up, and so must go with it.
    pub fn withdraw_at_end(&self, file: &Path) {
        self.tell(&format!("withdraw {}", file.display()));
    }

    fn tell(&self, line: &str) {
        let mut pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A watchdog that is gone only means that nothing is caught should this process be killed.
        let _ignored = writeln!(pipe, "{line}").and_then(|()| pipe.flush());
    }
}

/// What the watchdog has been told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Notebook {
    groups: BTreeMap<i32, Signal>,
    folders: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl Notebook {
    fn note(&mut self, line: &str) {
        let mut words = line.splitn(2, ' ');
        match (words.next(), words.next()) {
            (Some("group"), Some(rest)) => {
                if let Some((group, signal)) = rest.split_once(' ')
                    && let Ok(group) = group.parse()
                {
                    self.groups.insert(group, if signal == "int" { Signal::INT } else { Signal::TERM });
                }
            }
            (Some("gone"), Some(group)) => {
                group.parse().ok().and_then(|group: i32| self.groups.remove(&group));
            }
            (Some("remove"), Some(folder)) if throw_away::is_one(Path::new(folder)) => {
                self.folders.insert(folder.into());
            }
            (Some("withdraw"), Some(file))
                if Path::new(file).parent().is_some_and(|p| p.ends_with(RUN_FOLDER)) =>
            {
                self.files.insert(file.into());
            }
            _ => {}
        }
    }
}

/// The watchdog's whole life: listen until the pipe closes, then tidy up.
pub fn watch_over(mark: &str, pipe: impl BufRead) {
    let mut notebook = Notebook::default();
    for line in pipe.lines().map_while(std::io::Result::ok) {
        notebook.note(&line);
    }
    for file in &notebook.files {
        // A run that ended in good order has removed it already.
        let _ignored = std::fs::remove_file(file);
    }
    let deadline = Instant::now() + GRACE;
    for (group, signal) in &notebook.groups {
        signal_group(*group, *signal);
    }
    signal_all(&marked(mark), Signal::TERM);
    while Instant::now() < deadline
        && !(notebook.groups.keys().all(|g| is_gone(*g)) && marked(mark).is_empty())
    {
        std::thread::sleep(Duration::from_millis(50));
    }
    for group in notebook.groups.keys() {
        signal_group(*group, Signal::KILL);
    }
    signal_all(&marked(mark), Signal::KILL);
    for folder in &notebook.folders {
        // What cannot be removed stays until the system clears the place.
        let _ignored = std::fs::remove_dir_all(folder);
    }
}

fn signal_group(group: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(group) {
        // The group may have ended in the meantime.
        let _ignored = rustix::process::kill_process_group(pid, signal);
    }
}

fn is_gone(group: i32) -> bool {
    Pid::from_raw(group).is_none_or(|pid| rustix::process::test_kill_process_group(pid).is_err())
}

fn signal_all(pids: &[i32], signal: Signal) {
    for pid in pids.iter().filter_map(|pid| Pid::from_raw(*pid)) {
        let _ignored = rustix::process::kill_process(pid, signal);
    }
}

/// The living processes that carry the mark, where the system shows environments (Linux).
fn marked(mark: &str) -> Vec<i32> {
    let wanted = format!("{MARK}={mark}");
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_noted_and_forgotten() {
        let mut notebook = Notebook::default();
        notebook.note("group 41 int");
        notebook.note("group 42 term");
        notebook.note("gone 41");
        notebook.note("group nonsense");
        assert_eq!(notebook.groups, BTreeMap::from([(42, Signal::TERM)]));
    }

    #[test]
    fn only_throw_away_folders_and_files_of_the_run_folder_may_vanish() {
        let mut notebook = Notebook::default();
        for place in throw_away::places() {
            let place = place.display();
            notebook.note(&format!("remove {place}/pi-dev-1 with space"));
            for other in ["", "/mine", "/pi-dev-1/part", "/pi-dev-1/..", "/../pi-dev-1"] {
                notebook.note(&format!("remove {place}{other}"));
            }
        }
        notebook.note("remove /etc/pi-dev-1");
        notebook.note("withdraw /etc/passwd");
        notebook.note("withdraw /project/target/run/ready");
        assert_eq!((notebook.folders.len(), notebook.files.len()), (2, 1), "{notebook:?}");
    }
}
