//! The log of the host and the handler: all of it to a file, what failed to the terminal too.

use anyhow::{Context, Result};
use dev_host::{Level, LogCallback, LogLine};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// How much of a line the terminal shows, in characters.
const SHOWN: usize = 300;

/// A callback that writes to this file.
///
/// # Errors
/// When the file cannot be made.
pub fn to_file(path: &Path) -> Result<LogCallback> {
    let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    let file = Mutex::new(file);
    Ok(Arc::new(move |line: &LogLine| {
        let text = format!("{} {} {}: {}\n", line.at.to_rfc3339(), line.level, line.category, line.text);
        // A full disk must not stop the host.
        let _ignored = file.lock().unwrap_or_else(PoisonError::into_inner).write_all(text.as_bytes());
        if line.level == Level::Error {
            eprintln!("  ! {}", shortened(&line.text));
        }
    }))
}

fn shortened(text: &str) -> String {
    let start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() { format!("{start} … (target/run/host.log has the rest)") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_shortened_at_a_character() {
        assert_eq!(shortened("Llŷn"), "Llŷn");
        let long = "ŷ".repeat(SHOWN + 1);
        assert!(shortened(&long).starts_with(&"ŷ".repeat(SHOWN)));
        assert!(shortened(&long).contains("host.log"));
    }
}
