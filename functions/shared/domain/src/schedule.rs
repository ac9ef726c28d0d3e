//! When a daily job is due: once per Europe/London date, at or after a local hour.

use crate::civil::london;
use chrono::{DateTime, NaiveDate, Timelike, Utc};

/// The London date whose daily run is due at `now`, if the configured hour has come on that date.
/// Whether that date's run has already happened is the database's to say.
pub fn daily_run_due(now: DateTime<Utc>, hour: u32) -> Option<NaiveDate> {
    let civil = london(now);
    (civil.hour() >= hour).then(|| civil.date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn due(text: &str) -> Option<NaiveDate> {
        daily_run_due(text.parse().expect("a fixed instant"), 7)
    }

    #[test]
    fn seven_in_london_is_six_in_summer_and_seven_in_winter() {
        assert_eq!(due("2026-07-01T05:59:59Z"), None);
        assert!(due("2026-07-01T06:00:00Z").is_some());
        assert_eq!(due("2026-01-05T06:59:59Z"), None);
        assert!(due("2026-01-05T07:00:00Z").is_some());
    }

    proptest! {
        #[test]
        fn every_london_date_of_ten_years_becomes_due_exactly_once(hour in 0u32..24, start in 0i64..3650) {
            let first = DateTime::from_timestamp(1_767_225_600 + start * 86_400, 0).expect("in range");
            let mut firsts = BTreeMap::new();
            for tick in 0..(3 * 24 * 12) {
                let now = first + chrono::TimeDelta::minutes(5 * tick);
                if let Some(date) = daily_run_due(now, hour) { firsts.entry(date).or_insert(now); }
            }
            prop_assert!(firsts.len() >= 2);
            for (date, now) in firsts.iter().skip(1) {
                prop_assert_eq!(london(*now).date(), *date);
            }
        }
    }
}
