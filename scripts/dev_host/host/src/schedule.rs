//! Timer schedules: NCRONTAB with five or six fields, or a constant interval.

use crate::host_json::time_span;
use chrono::{DateTime, Utc};
use std::str::FromStr;

/// When a timer is due.
#[derive(Debug)]
pub(crate) enum Schedule {
    Cron(Box<cron::Schedule>),
    Every(chrono::Duration),
}

impl Schedule {
    /// Reads `second minute hour day month weekday`, the same without seconds, or `hh:mm:ss`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("the schedule {text:?} is not valid");
        if let Some(span) = time_span(text.trim()).filter(|span| !span.is_zero()) {
            return Ok(Self::Every(chrono::Duration::from_std(span).map_err(|_| bad())?));
        }
        let mut fields: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if fields.len() == 5 {
            fields.insert(0, "0".into());
        }
        let [.., weekday] = &mut fields[..] else { return Err(bad()) };
        *weekday =
            weekday.split(',').map(shift_weekdays).collect::<Option<Vec<_>>>().ok_or_else(bad)?.join(",");
        if fields.len() != 6 {
            return Err(bad());
        }
        cron::Schedule::from_str(&fields.join(" "))
            .map(|schedule| Self::Cron(Box::new(schedule)))
            .map_err(|error| format!("{}: {error}", bad()))
    }

    /// The first occurrence after an instant.
    pub(crate) fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Cron(schedule) => schedule.after(&after).next(),
            Self::Every(span) => after.checked_add_signed(*span),
        }
    }

    /// Whether occurrences can be less than a minute apart; such timers have no stored status.
    pub(crate) fn is_frequent(&self, now: DateTime<Utc>) -> bool {
        let mut at = now;
        (0..6).any(|index| {
            let Some(next) = self.next(at) else { return false };
            let gap = next - at;
            at = next;
            index > 0 && gap < chrono::Duration::minutes(1)
        })
    }
}

/// NCRONTAB counts weekdays from Sunday = 0, the parser from Sunday = 1.
fn shift_weekdays(part: &str) -> Option<String> {
    let (days, step) = part.split_once('/').map_or((part, None), |(days, step)| (days, Some(step)));
    let shifted: Option<Vec<String>> = days
        .split('-')
        .map(|day| match day.parse::<u8>() {
            Ok(number) if number <= 6 => Some((number + 1).to_string()),
            Ok(_) => None,
            Err(_) => Some(day.to_owned()),
        })
        .collect();
    let days = shifted?.join("-");
    Some(step.map_or(days.clone(), |step| format!("{days}/{step}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, after: &str) -> String {
        let after = after.parse().unwrap();
        Schedule::parse(schedule).unwrap().next(after).unwrap().format("%a %F %T").to_string()
    }

    #[test]
    fn six_fields_five_fields_and_spans_are_read() {
        assert_eq!(next("30 */5 * * * *", "2026-03-01T05:00:31Z"), "Sun 2026-03-01 05:05:30");
        assert_eq!(next("*/5 * * * *", "2026-03-01T05:00:31Z"), "Sun 2026-03-01 05:05:00");
        assert_eq!(next("00:10:00", "2026-03-01T05:00:31Z"), "Sun 2026-03-01 05:10:31");
    }

    #[test]
    fn weekdays_count_from_sunday_zero_and_may_be_named() {
        assert_eq!(next("0 0 6 * * 1-5", "2026-03-06T07:00:00Z"), "Mon 2026-03-09 06:00:00");
        assert_eq!(next("0 0 6 * * 0", "2026-03-06T07:00:00Z"), "Sun 2026-03-08 06:00:00");
        assert_eq!(next("0 0 6 * Jan Mon,Wed", "2026-03-06T07:00:00Z"), "Mon 2027-01-04 06:00:00");
    }

    #[test]
    fn day_and_weekday_must_both_agree() {
        assert_eq!(next("0 0 6 13 * 5", "2026-03-14T00:00:00Z"), "Fri 2026-11-13 06:00:00");
    }

    #[test]
    fn frequency_and_nonsense_are_recognised() {
        let now = "2026-03-01T05:00:31Z".parse().unwrap();
        assert!(Schedule::parse("*/10 * * * * *").unwrap().is_frequent(now));
        assert!(!Schedule::parse("0 * * * * *").unwrap().is_frequent(now));
        assert!(Schedule::parse("0 0 6 * * 7").is_err());
        assert!(Schedule::parse("soon").is_err());
    }
}
