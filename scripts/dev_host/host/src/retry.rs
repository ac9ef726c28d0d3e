//! Retry policies of function.json and host.json; they serve timers, while queues and blobs have their own rule.

use crate::host_json::{find, text, time_span};
use serde_json::Value;
use std::time::Duration;

/// How often and after which pause a failed timer run is repeated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RetryPolicy {
    /// `None` repeats without end.
    pub max_retries: Option<u32>,
    pub pause: Pause,
}

/// The pause before a repetition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pause {
    Fixed(Duration),
    Exponential { minimum: Duration, maximum: Duration },
}

impl RetryPolicy {
    /// Reads a `retry` object.
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        let span = |key: &str| {
            find(value, &[key])
                .and_then(|v| time_span(&text(v)))
                .ok_or_else(|| format!("retry has no valid {key}"))
        };
        let count: i64 = find(value, &["maxRetryCount"])
            .and_then(|v| text(v).parse().ok())
            .ok_or("retry has no valid maxRetryCount")?;
        let pause = match find(value, &["strategy"]).map(text).unwrap_or_default().to_lowercase().as_str() {
            "fixeddelay" => Pause::Fixed(span("delayInterval")?),
            "exponentialbackoff" => {
                Pause::Exponential { minimum: span("minimumInterval")?, maximum: span("maximumInterval")? }
            }
            other => return Err(format!("retry strategy {other:?} is unknown")),
        };
        Ok(Self { max_retries: u32::try_from(count).ok(), pause })
    }

    /// The pause before repetition number `count` (from 0), or `None` when there is none left.
    pub(crate) fn pause_before(&self, count: u32) -> Option<Duration> {
        if self.max_retries.is_some_and(|most| count >= most) {
            return None;
        }
        Some(match self.pause {
            Pause::Fixed(pause) => pause,
            Pause::Exponential { minimum, maximum } => {
                minimum.saturating_mul(2u32.saturating_pow(count)).min(maximum)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pauses_grow_up_to_the_maximum_and_end() {
        let policy = RetryPolicy::read(&json!({"strategy": "exponentialBackoff", "maxRetryCount": 3,
            "minimumInterval": "00:00:02", "maximumInterval": "00:00:05"}))
        .unwrap();
        let pauses: Vec<_> = (0..4).map(|n| policy.pause_before(n).map(|p| p.as_secs())).collect();
        assert_eq!(pauses, [Some(2), Some(4), Some(5), None]);
    }

    #[test]
    fn an_unknown_strategy_is_named() {
        let error = RetryPolicy::read(&json!({"strategy": "hope", "maxRetryCount": 1})).unwrap_err();
        assert!(error.contains("hope"));
    }
}
