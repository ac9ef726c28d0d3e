//! Civil time: Europe/London, in English and Welsh words. Instants are UTC everywhere else.

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Europe::London;

/// The language in which a page, file or mail speaks to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tongue {
    /// English.
    En,
    /// Welsh.
    Cy,
}

impl Tongue {
    /// Picks the text of this tongue; an empty Welsh text falls back to English.
    pub fn pick<'a>(self, en: &'a str, cy: &'a str) -> &'a str {
        if self == Self::Cy && !cy.is_empty() { cy } else { en }
    }

    /// The BCP 47 tag, as in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cy => "cy",
        }
    }
}

const MONTHS: [[&str; 2]; 12] = [
    ["January", "Ionawr"],
    ["February", "Chwefror"],
    ["March", "Mawrth"],
    ["April", "Ebrill"],
    ["May", "Mai"],
    ["June", "Mehefin"],
    ["July", "Gorffennaf"],
    ["August", "Awst"],
    ["September", "Medi"],
    ["October", "Hydref"],
    ["November", "Tachwedd"],
    ["December", "Rhagfyr"],
];

const DAYS: [[&str; 2]; 7] = [
    ["Monday", "Dydd Llun"],
    ["Tuesday", "Dydd Mawrth"],
    ["Wednesday", "Dydd Mercher"],
    ["Thursday", "Dydd Iau"],
    ["Friday", "Dydd Gwener"],
    ["Saturday", "Dydd Sadwrn"],
    ["Sunday", "Dydd Sul"],
];

/// The London civil date and time of an instant.
pub fn london(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&London).naive_local()
}

/// The instant of a London civil time. The repeated autumn hour means its first occurrence; a time
/// in the skipped spring hour means the same distance after the clocks change.
pub fn instant_of(civil: NaiveDateTime) -> DateTime<Utc> {
    match London.from_local_datetime(&civil) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.with_timezone(&Utc),
        LocalResult::None => {
            let after = London.from_local_datetime(&(civil + TimeDelta::hours(1)));
            after.earliest().map_or_else(|| civil.and_utc(), |time| time.with_timezone(&Utc))
        }
    }
}

/// `5 January 2026`, or `05 January 2026` with `padded`: the list pages pad, prose does not.
pub fn long_date(date: NaiveDate, tongue: Tongue, padded: bool) -> String {
    let month = MONTHS[date.month0() as usize][tongue as usize];
    if padded {
        format!("{:02} {month} {}", date.day(), date.year())
    } else {
        format!("{} {month} {}", date.day(), date.year())
    }
}

/// `Monday 05 January 2026`.
pub fn weekday_date(date: NaiveDate, tongue: Tongue) -> String {
    let day = DAYS[date.weekday().num_days_from_monday() as usize][tongue as usize];
    format!("{day} {}", long_date(date, tongue, true))
}

/// `9am`, `10:30am`: the whole hour without minutes, twelve-hour, lower case.
pub fn short_time(time: NaiveTime) -> String {
    if time.minute() == 0 { format!("{}{}", time.hour12().1, half(time)) } else { full_time(time) }
}

/// `9:00am`: minutes always, as the immigration and employment lists write it.
pub fn full_time(time: NaiveTime) -> String {
    format!("{}:{:02}{}", time.hour12().1, time.minute(), half(time))
}

fn half(time: NaiveTime) -> &'static str {
    if time.hour12().0 { "pm" } else { "am" }
}

/// `1 hour 5 mins`, `2 hours`, `30 mins`; in Welsh `1 awr 5 munud`. Days count as hours. Zero is empty.
pub fn duration(minutes: u32, tongue: Tongue) -> String {
    let (hours, mins) = (minutes / 60, minutes % 60);
    let unit = |count: u32, en: [&str; 2], cy: &str| match (count, tongue) {
        (0, _) => String::new(),
        (1, Tongue::En) => format!("1 {}", en[0]),
        (_, Tongue::En) => format!("{count} {}", en[1]),
        (_, Tongue::Cy) => format!("{count} {cy}"),
    };
    let parts = [unit(hours, ["hour", "hours"], "awr"), unit(mins, ["min", "mins"], "munud")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a fixed instant")
    }

    #[test]
    fn an_instant_late_in_a_summer_evening_belongs_to_the_next_london_day() {
        let civil = london(at("2020-09-13T23:30:52.123Z"));
        assert_eq!(long_date(civil.date(), Tongue::En, true), "14 September 2020");
        assert_eq!(short_time(civil.time()), "12:30am");
    }

    #[test]
    fn times_are_written_as_list_pages_write_them() {
        assert_eq!(short_time(london(at("2026-01-05T14:00:00Z")).time()), "2pm");
        assert_eq!(short_time(london(at("2026-01-05T14:30:00Z")).time()), "2:30pm");
        assert_eq!(short_time(london(at("2026-07-06T09:40:00Z")).time()), "10:40am");
        assert_eq!(full_time(london(at("2026-01-05T09:00:00Z")).time()), "9:00am");
    }

    #[test]
    fn durations_are_words() {
        let words = |minutes| duration(minutes, Tongue::En);
        assert_eq!(
            [words(65), words(90), words(60), words(30)],
            ["1 hour 5 mins", "1 hour 30 mins", "1 hour", "30 mins"]
        );
        assert_eq!(words(26 * 60), "26 hours");
        assert_eq!(duration(65, Tongue::Cy), "1 awr 5 munud");
        assert_eq!(words(0), "");
    }

    #[test]
    fn welsh_dates_use_welsh_months_and_days() {
        let day = NaiveDate::from_ymd_opt(2025, 1, 2).expect("a real date");
        assert_eq!(long_date(day, Tongue::Cy, false), "2 Ionawr 2025");
        assert_eq!(weekday_date(day, Tongue::Cy), "Dydd Iau 02 Ionawr 2025");
    }

    #[test]
    fn the_skipped_hour_and_the_repeated_hour_have_one_instant_each() {
        let civil = |text: &str| text.parse::<NaiveDateTime>().expect("a civil time");
        assert_eq!(instant_of(civil("2026-03-29T01:30:00")), at("2026-03-29T01:30:00Z"));
        assert_eq!(instant_of(civil("2026-10-25T01:30:00")), at("2026-10-25T00:30:00Z"));
        assert_eq!(instant_of(civil("2026-07-01T07:00:00")), at("2026-07-01T06:00:00Z"));
    }
}
