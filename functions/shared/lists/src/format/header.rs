//! Headings: what stands above a list and its parts, in words.

use crate::document::{Header, Notice, Section};
use chrono::{DateTime, Utc};
use domain::civil::{self, Tongue, london};

/// `List for 05 January 2026`, `List for week commencing …` or `List for … to …`; empty without a date.
pub fn list_for(header: &Header, tongue: Tongue) -> String {
    let Some(first) = header.list_for else { return String::new() };
    let day = civil::long_date(first, tongue, true);
    if header.weekly {
        let words = tongue.pick("List for week commencing", "Rhestr ar gyfer yr wythnos yn dechrau ar");
        return format!("{words} {day}");
    }
    let words = tongue.pick("List for", "Rhestr ar gyfer");
    match header.list_to {
        Some(last) if last != first => {
            let to = tongue.pick("to", "i");
            format!("{words} {day} {to} {}", civil::long_date(last, tongue, true))
        }
        _ => format!("{words} {day}"),
    }
}

/// `Last updated 05 January 2026 at 9am`; empty where the list does not say.
pub fn last_updated(header: &Header, tongue: Tongue) -> String {
    let Some(updated) = header.last_updated else { return String::new() };
    let (words, at) = (tongue.pick("Last updated", "Diweddarwyd ddiwethaf"), tongue.pick("at", "am"));
    format!("{words} {}", date_and_time(updated, at, tongue))
}

/// `Version: 1.2`; empty where the list shows none.
pub fn version(header: &Header, tongue: Tongue) -> String {
    let words = tongue.pick("Version", "Fersiwn");
    header.version.as_ref().map(|version| format!("{words}: {version}")).unwrap_or_default()
}

/// `Data source: ListAssist`.
pub fn data_source(header: &Header, tongue: Tongue) -> String {
    format!("{}: {}", tongue.pick("Data source", "Ffynhonnell y data"), header.source)
}

/// The list's heading.
pub fn title(header: &Header, tongue: Tongue) -> &str {
    header.title.in_tongue(tongue)
}

/// A section's heading; empty where it has none.
pub fn heading(section: &Section, tongue: Tongue) -> &str {
    section.heading.in_tongue(tongue)
}

/// A notice's paragraph.
pub fn notice(notice: &Notice, tongue: Tongue) -> &str {
    notice.text.in_tongue(tongue)
}

/// What stands in the place of the hearings of a list that has none.
pub fn no_hearings(tongue: Tongue) -> &'static str {
    tongue.pick("There are no hearings in this list.", "Nid oes gwrandawiadau ar y rhestr hon.")
}

/// `05 January 2026 at 9am`, with the word for "at" handed in.
fn date_and_time(at: DateTime<Utc>, word: &str, tongue: Tongue) -> String {
    let civil = london(at);
    format!("{} {word} {}", civil::long_date(civil.date(), tongue, true), civil::short_time(civil.time()))
}
