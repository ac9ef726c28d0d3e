//! Turns: requests that would wait for one another's lock in the database wait here instead, and hold no connection.

use std::hash::{BuildHasher, Hash, RandomState};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// How many lanes there are: few enough to be nothing, enough that strangers seldom meet in one.
const LANES: usize = 1024;

/// A fixed number of lanes; whoever has the same identity is in the same lane, one at a time and in order of arrival.
pub struct Turns {
    lanes: Vec<Mutex<()>>,
    hasher: RandomState,
}

/// A turn; over when dropped.
pub type Turn<'a> = MutexGuard<'a, ()>;

impl Turns {
    /// Waits for the turn of an identity; `None` when it has not come in time.
    pub async fn of(&self, identity: impl Hash, patience: Duration) -> Option<Turn<'_>> {
        let lane = usize::try_from(self.hasher.hash_one(identity) % LANES as u64).unwrap_or_default();
        tokio::time::timeout(patience, self.lanes[lane].lock()).await.ok()
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            lanes: std::iter::repeat_with(Mutex::default).take(LANES).collect(),
            hasher: RandomState::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_identity_waits_for_itself_and_not_for_ever() {
        let (turns, short) = (Turns::default(), Duration::from_millis(1));
        let first = turns.of("a list", short).await;
        assert!(first.is_some());
        assert!(turns.of("a list", short).await.is_none());
        drop(first);
        assert!(turns.of("a list", short).await.is_some());
    }
}
