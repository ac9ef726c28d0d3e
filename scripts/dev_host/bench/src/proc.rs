//! What the kernel knows of a process, from `/proc`.

use anyhow::{Context, Result};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

/// The kernel's unit of processor time: a hundredth of a second on every Linux of today.
const TICKS_A_SECOND: f64 = 100.0;
/// How often memory is looked at under load.
const SAMPLING: Duration = Duration::from_millis(50);

/// Resident memory, in bytes.
///
/// # Errors
/// When there is no such process.
pub fn resident(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().context("VmRSS is no number")?;
    Ok(kilobytes * 1024)
}

/// Processor time used so far, in seconds, of all threads, in user and kernel mode.
///
/// # Errors
/// When there is no such process.
pub fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
    // The second field is a name in brackets, which may hold anything.
    let (_, rest) = stat.rsplit_once(')').context("an odd stat")?;
    let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() / TICKS_A_SECOND)
}

/// Watches the largest resident memory of a process.
#[derive(Debug)]
pub struct Peak {
    bytes: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Peak {
    /// Begins to watch.
    #[must_use]
    pub fn watch(pid: u32) -> Self {
        let bytes = Arc::new(AtomicU64::new(0));
        let largest = Arc::clone(&bytes);
        let task = tokio::spawn(async move {
            while let Ok(now) = resident(pid) {
                largest.fetch_max(now, Ordering::Relaxed);
                tokio::time::sleep(SAMPLING).await;
            }
        });
        Self { bytes, task }
    }

    /// Stops, and gives the largest value seen, in bytes.
    #[must_use]
    pub fn stop(self) -> u64 {
        self.task.abort();
        self.bytes.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_has_used_time() {
        let pid = std::process::id();
        assert!(resident(pid).expect("this process") > 100_000);
        assert!(cpu_seconds(pid).expect("this process") >= 0.0);
        assert!(resident(u32::MAX).is_err());
    }
}
