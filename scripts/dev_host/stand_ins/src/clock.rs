//! The time as the stand-ins see it: the machine's, or one a test moves by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::held;

/// A source of the current instant; clones share the same hands.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<Mutex<DateTime<Utc>>>>);

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `instant` until it is moved.
    #[must_use]
    pub fn stopped(instant: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(Mutex::new(instant))))
    }

    /// The current instant, in UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Some(hands) => *held(hands),
            None => Utc::now(),
        }
    }

    /// Moves a stopped clock forward; does nothing to the machine's.
    pub fn advance(&self, by: Duration) {
        if let Some(hands) = &self.0 {
            *held(hands) += by;
        }
    }
}
