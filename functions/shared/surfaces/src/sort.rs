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
        field => value(hearing.fields.get(field)?, column.kind),
    }
}

fn start(when: &When) -> Option<String> {
    match when {
        When::At(at) => Some(moment(london(*at))),
        When::On(day, at) => Some(moment(day.and_time(at.unwrap_or(NaiveTime::MIN)))),
        When::Time(at) => Some(time(*at)),
        When::Unsaid | When::AsWritten(_) => None,
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
        _ => None,
    }
}

fn moment(at: NaiveDateTime) -> String {
    let day = at.date();
    format!("{:04}-{:02}-{:02}T{}", day.year(), day.month(), day.day(), time(at.time()))
}

fn time(at: NaiveTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}
