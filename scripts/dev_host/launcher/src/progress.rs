//! Tells the person at the terminal what is going on, so that a long step never looks like a hang.

use std::future::Future;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often a step that is still running says so.
const REMINDER: Duration = Duration::from_secs(5);

/// Runs one step under a heading, and prints how long it took.
///
/// # Errors
/// Those of the step.
pub async fn step<T, E>(heading: &str, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let started = Instant::now();
    say(&format!("  {heading} …"), false);
    let mut work = std::pin::pin!(work);
    let result = loop {
        tokio::select! {
            result = &mut work => break result,
            () = tokio::time::sleep(REMINDER) => say(&waiting(heading, started), false),
        }
    };
    let mark = if result.is_ok() { "done" } else { "failed" };
    say(&format!("  {heading}: {mark} in {:.1} s", started.elapsed().as_secs_f32()), true);
    result
}

/// Prints one line of information.
pub fn note(text: &str) {
    say(&format!("  {text}"), true);
}

fn waiting(heading: &str, started: Instant) -> String {
    format!("  {heading} … {} s so far", started.elapsed().as_secs())
}

/// On a terminal a step's lines overwrite each other; elsewhere each is a line of its own.
fn say(line: &str, last: bool) {
    let mut err = std::io::stderr().lock();
    // A closed terminal must not stop the work.
    let _ignored = match (err.is_terminal(), last) {
        (true, false) => write!(err, "\r\x1b[2K{line}"),
        (true, true) => writeln!(err, "\r\x1b[2K{line}"),
        (false, _) => writeln!(err, "{line}"),
    };
    let _ignored = err.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_step_hands_on_what_it_did() {
        assert_eq!(step("counting", async { Ok::<_, ()>(3) }).await, Ok(3));
        assert_eq!(step("failing", async { Err::<(), _>("no") }).await, Err("no"));
    }

    #[test]
    fn a_long_step_says_how_long_it_has_run() {
        assert_eq!(waiting("Building", Instant::now()), "  Building … 0 s so far");
    }
}
