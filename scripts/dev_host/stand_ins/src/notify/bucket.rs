//! Notify's two limits: a token bucket a minute and key type, and a count a day.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, NaiveDate, Utc};

use super::settings::KeyKind;
use crate::held;

/// No bucket holds more tokens than this.
const LARGEST_BUCKET: u32 = 1_000;

/// Tokens of one key type.
///
/// Whole tokens come back as time passes. A request takes one and passes only if at least one is left after it; a
/// refused request has still spent what had come back, so a client that retries at the refill rate never passes.
#[derive(Debug)]
pub(super) struct Bucket {
    tokens: u32,
    size: u32,
    per_second: f64,
    /// When the last whole token was granted, in seconds since 1970.
    replenished: f64,
}

impl Bucket {
    pub(super) fn full(per_minute: u32, now: f64) -> Self {
        let size = (per_minute.div_ceil(3) + 1).min(LARGEST_BUCKET);
        Self { tokens: size, size, per_second: f64::from(per_minute) / 60.0, replenished: now }
    }

    /// Whether a request at `now` passes.
    pub(super) fn admits(&mut self, now: f64) -> bool {
        let earned = ((now - self.replenished).max(0.0) * self.per_second).floor();
        // A float-to-integer cast saturates, and more than a bucketful makes no difference.
        self.tokens = self.tokens.saturating_add(earned as u32).min(self.size).saturating_sub(1);
        if earned > 0.0 {
            self.replenished += earned / self.per_second;
        }
        self.tokens >= 1
    }
}

/// The limits of one service.
#[derive(Debug)]
pub(super) struct Limits {
    per_minute: u32,
    per_day: u32,
    buckets: Mutex<HashMap<KeyKind, Bucket>>,
    today: Mutex<(NaiveDate, u32)>,
}

/// Which limit was reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reached {
    Minute(u32),
    Day(u32),
}

impl Limits {
    pub(super) fn new(per_minute: u32, per_day: u32) -> Self {
        Self { per_minute, per_day, buckets: Mutex::default(), today: Mutex::default() }
    }

    /// Counts one POST against both limits; test keys have no daily count.
    pub(super) fn admit(&self, kind: KeyKind, now: DateTime<Utc>) -> Result<(), Reached> {
        // Microseconds of this era are below 2^53, so no precision is lost.
        let seconds = now.timestamp_micros() as f64 / 1_000_000.0;
        let mut buckets = held(&self.buckets);
        let bucket = buckets.entry(kind).or_insert_with(|| Bucket::full(self.per_minute, seconds));
        if !bucket.admits(seconds) {
            return Err(Reached::Minute(self.per_minute));
        }
        if kind != KeyKind::Test && self.sent_today(now) >= self.per_day {
            return Err(Reached::Day(self.per_day));
        }
        Ok(())
    }

    /// Counts one accepted message.
    pub(super) fn count(&self, kind: KeyKind, now: DateTime<Utc>) {
        if kind != KeyKind::Test {
            let sent = self.sent_today(now) + 1;
            *held(&self.today) = (now.date_naive(), sent);
        }
    }

    fn sent_today(&self, now: DateTime<Utc>) -> u32 {
        let (day, sent) = *held(&self.today);
        if day == now.date_naive() { sent } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    /// How many of `count` requests pass, `spacing` seconds apart, the first at `start`.
    fn passed(bucket: &mut Bucket, start: f64, spacing: f64, count: u32) -> u32 {
        (0..count).map(|n| u32::from(bucket.admits(start + f64::from(n) * spacing))).sum()
    }

    #[test]
    fn a_burst_at_sixty_a_minute_is_as_measured() {
        // 21 tokens, of which the last may not be taken; one more came back while the burst was sent.
        assert_eq!(passed(&mut Bucket::full(60, 0.0), 0.0, 0.0, 50), 20);
        assert_eq!(passed(&mut Bucket::full(60, 0.0), 0.0, 0.05, 50), 21);
    }

    #[test]
    fn a_client_that_retries_at_the_refill_rate_is_refused_for_ever() {
        for (spacing, count, expected) in [(1.0, 25, 0), (0.5, 20, 0), (2.1, 6, 6)] {
            let mut bucket = Bucket::full(60, 0.0);
            passed(&mut bucket, 0.0, 0.0, 30);
            assert_eq!(passed(&mut bucket, spacing, spacing, count), expected, "every {spacing} s");
        }
    }

    #[test]
    fn a_burst_at_three_thousand_a_minute_is_about_a_thousand_then_fifty_a_second() {
        let mut bucket = Bucket::full(3_000, 0.0);
        assert_eq!(passed(&mut bucket, 0.0, 0.0, 2_000), 999);
        assert_eq!(passed(&mut bucket, 10.0, 0.0, 2_000), 499, "ten seconds give 500 tokens, one must stay");
    }

    #[test]
    fn the_day_ends_at_midnight_utc_and_test_keys_are_not_counted() {
        let limits = Limits::new(3_000, 1);
        let evening = DateTime::from_timestamp(1_767_657_599, 0).expect("a real instant");
        assert_eq!(limits.admit(KeyKind::Live, evening), Ok(()));
        limits.count(KeyKind::Test, evening);
        assert_eq!(limits.admit(KeyKind::Live, evening), Ok(()));
        limits.count(KeyKind::Live, evening);
        assert_eq!(limits.admit(KeyKind::Team, evening), Err(Reached::Day(1)));
        assert_eq!(limits.admit(KeyKind::Test, evening), Ok(()));
        assert_eq!(limits.admit(KeyKind::Live, evening + TimeDelta::seconds(1)), Ok(()));
    }
}
