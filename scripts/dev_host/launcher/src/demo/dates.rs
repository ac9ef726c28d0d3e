//! Dates in the demonstration's files: `{{token}}` becomes a date or an instant of the day it is loaded.
//!
//! A token is `now`, or a day (`today`, `monday` of this week) with a number of days added (`today+7`), and then
//! a London time (`today@10:30`, written as an instant) or the British spelling (`monday+2|uk`).

use anyhow::{Context, Result};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Europe::London;

/// Replaces every token of a text.
///
/// # Errors
/// When a token is none of the above.
pub fn fill(text: &str, now: DateTime<Utc>) -> Result<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (token, after) = after.split_once("}}").context("a date token has no end")?;
        filled.push_str(before);
        filled.push_str(&value(token, now).with_context(|| format!("{{{{{token}}}}} is not a date token"))?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn value(token: &str, now: DateTime<Utc>) -> Option<String> {
    if token == "now" {
        return Some(now.to_rfc3339_opts(SecondsFormat::Secs, true));
    }
    if let Some((date, time)) = token.split_once('@') {
        let time = NaiveTime::parse_from_str(time, "%H:%M").ok()?;
        let local = London.from_local_datetime(&day(date, now)?.and_time(time)).earliest()?;
        return Some(local.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true));
    }
    match token.split_once('|') {
        Some((date, "uk")) => Some(day(date, now)?.format("%d/%m/%Y").to_string()),
        Some(_) => None,
        None => Some(day(token, now)?.to_string()),
    }
}

fn day(text: &str, now: DateTime<Utc>) -> Option<NaiveDate> {
    let (name, days) = text.split_once('+').unwrap_or((text, "0"));
    let today = now.with_timezone(&London).date_naive();
    let start = match name {
        "today" => today,
        "monday" => today - Days::new(today.weekday().num_days_from_monday().into()),
        _ => return None,
    };
    start.checked_add_days(Days::new(days.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half past midnight in London on Wednesday 1 July 2026: still Tuesday in UTC.
    fn summer_night() -> DateTime<Utc> {
        "2026-06-30T23:30:00Z".parse().expect("an instant")
    }

    #[test]
    fn days_are_those_of_london() {
        let filled = |text| fill(text, summer_night()).expect("tokens");
        assert_eq!(filled("{{today}} {{today+7}}"), "2026-07-01 2026-07-08");
        assert_eq!(filled("{{monday}} {{monday+2|uk}}"), "2026-06-29 01/07/2026");
        assert_eq!(filled("at {{now}}."), "at 2026-06-30T23:30:00Z.");
    }

    #[test]
    fn times_of_day_follow_the_clock_change() {
        let filled = |now: &str| fill("{{today@10:30}}", now.parse().expect("an instant")).expect("a token");
        assert_eq!(filled("2026-07-01T08:00:00Z"), "2026-07-01T09:30:00Z");
        assert_eq!(filled("2026-12-01T08:00:00Z"), "2026-12-01T10:30:00Z");
    }

    #[test]
    fn what_is_not_a_token_is_refused() {
        for bad in ["{{tomorrow}}", "{{today", "{{today@25:00}}", "{{today|us}}", "{{today+x}}"] {
            assert!(fill(bad, summer_night()).is_err(), "{bad}");
        }
    }
}
