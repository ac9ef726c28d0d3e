//! What a cell sorts by in a reader's browser, where its words would sort wrongly.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use domain::civil::london;
use lists::document::{Hearing, Value, When};
use lists::layout::{Column, Kind};

/// A key for times, dates and durations: ISO forms sort as text, minutes as numbers. `None` where the words
/// themselves sort well.
pub(crate) fn sort_key(hearing: &Hearing, column: &Column) -> Option<String> {
    match column.field.as_str() {
        "start" => start(&hearing.start),
        "end" => hearing.end.map(|end| moment(london(end))),
        "duration" | "duration_and_sequence" => match (&hearing.start, hearing.end) {
            (When::At(start), Some(end)) => Some((end - *start).num_minutes().to_string()),
            _ => None,
        },
        field => value(lists::format::fact(hearing, field)?, column.kind),
    }
}

fn start(when: &When) -> Option<String> {
    match when {
        When::At(at) => Some(moment(london(*at))),
        When::On(day, at) => Some(moment(day.and_time(at.unwrap_or(NaiveTime::MIN)))),
        When::Time(at) => Some(time(*at)),
        When::AsWritten(words) => clock_in(words).map(time),
        When::Unsaid => None,
    }
}

fn value(value: &Value, kind: Kind) -> Option<String> {
    match value {
        Value::Date(day) => Some(day.to_string()),
        Value::Time(at) => Some(time(*at)),
        Value::Instant(at) => Some(moment(london(*at))),
        Value::Minutes(minutes) => Some(minutes.to_string()),
        Value::Text(words) if matches!(kind, Kind::Date | Kind::NumericDate) => {
            NaiveDate::parse_from_str(words.trim(), "%d/%m/%Y").ok().map(|day| day.to_string())
        }
        Value::Text(words) if matches!(kind, Kind::Time | Kind::FullTime) => clock_in(words).map(time),
        _ => None,
    }
}

/// The first time of day in words such as "2pm" or "NOT BEFORE 10:30". Courts sit by day: a small hour without am or pm
/// is in the afternoon.
fn clock_in(words: &str) -> Option<NaiveTime> {
    let words = words.to_ascii_lowercase().replace(" am", "am").replace(" pm", "pm");
    words.split_whitespace().find_map(|word| clock(word.trim_matches(|c: char| !c.is_ascii_alphanumeric())))
}

fn clock(word: &str) -> Option<NaiveTime> {
    let (digits, half) = match word.split_at_checked(word.len().saturating_sub(2)) {
        Some((digits, half @ ("am" | "pm"))) => (digits, half),
        _ => (word, ""),
    };
    let (hour, minute) = match digits.split_once([':', '.']) {
        Some(parts) => parts,
        None if half.is_empty() => return None,
        None => (digits, "0"),
    };
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        "am" => hour % 12,
        "pm" => hour % 12 + 12,
        _ if hour < 7 => hour + 12,
        _ => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, 0)
}

fn moment(at: NaiveDateTime) -> String {
    let day = at.date();
    format!("{:04}-{:02}-{:02}T{}", day.year(), day.month(), day.day(), time(at.time()))
}

fn time(at: NaiveTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_courts_write_in_words_sort_by_the_clock() {
        let key = |words: &str| clock_in(words).map(time);
        let written =
            ["9am", "NOT BEFORE 10:30", "10:45 am", "12.30pm", "2pm", "Not before 2:15", "3:00 pm."];
        let keys: Vec<String> = written.iter().map(|words| key(words).expect("a time")).collect();
        assert_eq!(keys, ["09:00", "10:30", "10:45", "12:30", "14:00", "14:15", "15:00"]);
        for none in ["To follow", "Case 2 of 3", "99:99", ""] {
            assert_eq!(key(none), None, "{none}");
        }
    }
}
