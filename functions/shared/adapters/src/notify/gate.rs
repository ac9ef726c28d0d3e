//! The pace of sending: one gate for all e-mails of a process.
//!
//! Notify counts a refused request too, so a sender at exactly the allowed rate is refused for ever once it is
//! refused. The gate therefore stays below the rate, and a refusal stops everybody for a while.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A pause never grows beyond this.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Who is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lane {
    /// A person, in front of a screen: a one-time password.
    Urgent,
    /// Nobody in particular. Leaves part of the burst to urgent e-mails, so that a national list does not
    /// hold up a password.
    #[default]
    Bulk,
}

/// How fast e-mails pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// E-mails a second, in the long run. Divide by the number of processes that send.
    pub per_second: f64,
    /// E-mails that may pass at once after a quiet time.
    pub burst: u32,
    /// The part of the burst that only urgent e-mails may use.
    pub urgent_reserve: u32,
}

impl Default for Pace {
    /// 40 a second: below Notify's 3,000 a minute, with room for a second process that starts.
    fn default() -> Self {
        Self { per_second: 40.0, burst: 40, urgent_reserve: 10 }
    }
}

#[derive(Debug)]
struct State {
    tokens: f64,
    counted: Instant,
    paused_until: Option<Instant>,
    refusals: u32,
}

/// A token bucket with a reserve and a brake.
#[derive(Debug)]
pub struct Gate {
    pace: Pace,
    state: Mutex<State>,
}

impl Gate {
    /// A gate that begins with a full burst.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        let tokens = f64::from(pace.burst.max(1));
        let state = State { tokens, counted: Instant::now(), paused_until: None, refusals: 0 };
        Self { pace, state: Mutex::new(state) }
    }

    /// Returns when an e-mail may be sent.
    pub async fn pass(&self, lane: Lane) {
        while let Err(turn) = self.try_pass(lane) {
            sleep_until(turn).await;
        }
    }

    /// Takes a token, or says when to ask again.
    fn try_pass(&self, lane: Lane) -> Result<(), Instant> {
        let now = Instant::now();
        let mut state = self.state();
        if let Some(until) = state.paused_until.filter(|until| *until > now) {
            return Err(until);
        }
        let burst = f64::from(self.pace.burst.max(1));
        let earned = now.duration_since(state.counted).as_secs_f64() * self.pace.per_second;
        state.tokens = (state.tokens + earned).min(burst);
        state.counted = now;
        let needed = match lane {
            Lane::Urgent => 1.0,
            // A reserve as large as the burst would stop bulk for ever.
            Lane::Bulk => (1.0 + f64::from(self.pace.urgent_reserve)).min(burst),
        };
        if state.tokens >= needed {
            state.tokens -= 1.0;
            return Ok(());
        }
        let wait = (needed - state.tokens) / self.pace.per_second.max(0.001);
        Err(now + Duration::from_secs_f64(wait).max(Duration::from_millis(1)))
    }

    /// Nobody passes for this long; longer with each refusal in a row.
    pub fn pause(&self, first: Duration) {
        let mut state = self.state();
        let pause = first.saturating_mul(1 << state.refusals.min(5)).min(LONGEST_PAUSE.max(first));
        state.refusals += 1;
        let until = Instant::now() + pause;
        state.paused_until = Some(state.paused_until.map_or(until, |other| other.max(until)));
        // What was saved up counts no more: the other side counts differently.
        state.tokens = 0.0;
    }

    /// An e-mail was taken: the next refusal is a first one again.
    pub fn accepted(&self) {
        self.state().refusals = 0;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every statement leaves the state consistent, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Gate {
        Gate::new(Pace { per_second: 10.0, burst: 5, urgent_reserve: 2 })
    }

    async fn time_for(gate: &Gate, lane: Lane, emails: usize) -> Duration {
        let start = Instant::now();
        for _ in 0..emails {
            gate.pass(lane).await;
        }
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_burst_the_pace_holds() {
        let gate = gate();
        assert_eq!(time_for(&gate, Lane::Urgent, 5).await, Duration::ZERO);
        let taken = time_for(&gate, Lane::Urgent, 20).await.as_secs_f64();
        assert!((1.9..2.2).contains(&taken), "{taken}");
    }

    #[tokio::test(start_paused = true)]
    async fn bulk_leaves_a_reserve_to_urgent_emails() {
        let gate = gate();
        assert_eq!(time_for(&gate, Lane::Bulk, 3).await, Duration::ZERO);
        assert!(gate.try_pass(Lane::Bulk).is_err());
        assert_eq!(time_for(&gate, Lane::Urgent, 2).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_stops_everybody_and_refusals_in_a_row_stop_them_longer() {
        let gate = gate();
        gate.pause(Duration::from_secs(5));
        assert!(time_for(&gate, Lane::Urgent, 1).await >= Duration::from_secs(5));
        gate.pause(Duration::from_secs(5));
        assert!(time_for(&gate, Lane::Urgent, 1).await >= Duration::from_secs(10));
        for _ in 0..20 {
            gate.pause(Duration::from_secs(5));
        }
        let long = time_for(&gate, Lane::Urgent, 1).await;
        assert!((60..62).contains(&long.as_secs()), "{long:?}");
        gate.accepted();
        gate.pause(Duration::from_secs(5));
        assert!(time_for(&gate, Lane::Urgent, 1).await < Duration::from_secs(6));
    }
}
