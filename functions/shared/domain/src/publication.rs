//! What a producer says about a publication, checked, before anything is stored.

use crate::civil::{instant_of, london};
use crate::vocabulary::{ArtefactType, Language, Provenance, Sensitivity};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// A court or tribunal, by P&I's own number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocationId(pub i32);

impl fmt::Display for LocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A publication, across all its versions (the production services' artefact id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicationId(pub Uuid);

impl fmt::Display for PublicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The metadata of an incoming publication, complete and consistent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The system it comes from.
    pub provenance: Provenance,
    /// The producer's own name for it; the file name of a manual upload.
    pub source_artefact_id: Option<String>,
    /// What kind of artefact it is.
    pub artefact_type: ArtefactType,
    /// Who may read it.
    pub sensitivity: Sensitivity,
    /// Its language.
    pub language: Language,
    /// First instant of display; from its first acceptance on, if absent.
    pub display_from: Option<DateTime<Utc>>,
    /// First instant after display; never ends, if absent.
    pub display_to: Option<DateTime<Utc>>,
    /// The list type's canonical name.
    pub list_type: Option<String>,
    /// The producer's id of the court.
    pub court_id: String,
    /// The London date the list is for.
    pub content_date: NaiveDate,
}

/// A date-time that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADateTime {
    /// It is not ISO 8601.
    #[error("must be an ISO 8601 date and time, such as 2026-01-05T09:00:00 or 2026-01-05T09:00:00Z")]
    Form,
    /// It lies too early or too late.
    #[error("must lie in the years 2000 to {0}")]
    Year(i32),
}

/// The last year for which anything is published.
const LAST_YEAR: i32 = 2100;
/// The last year in which display may end: what some producers say for never.
const LAST_YEAR_OF_DISPLAY: i32 = 9999;

/// Reads a producer's date-time: an offset is honoured, none means London civil time.
///
/// # Errors
/// [`NotADateTime`] for anything that is not an ISO 8601 date with a time, or that lies outside the
/// years 2000 to 2100.
pub fn parse_instant(text: &str) -> Result<DateTime<Utc>, NotADateTime> {
    instant_until(text, LAST_YEAR)
}

/// Reads the end of a display, as [`parse_instant`], up to the end of the year 9999.
///
/// # Errors
/// As [`parse_instant`], for years beyond 9999.
pub fn parse_end(text: &str) -> Result<DateTime<Utc>, NotADateTime> {
    instant_until(text, LAST_YEAR_OF_DISPLAY)
}

fn instant_until(text: &str, last_year: i32) -> Result<DateTime<Utc>, NotADateTime> {
    let instant = if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        instant.with_timezone(&Utc)
    } else {
        let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%:z"];
        let civil = forms[..2].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        match civil {
            Some(civil) => instant_of(civil),
            None => {
                DateTime::parse_from_str(text, forms[2]).map_err(|_| NotADateTime::Form)?.with_timezone(&Utc)
            }
        }
    };
    within(instant.year(), last_year).map(|()| instant)
}

/// The London date of a producer's date-time, or of a plain date.
///
/// # Errors
/// [`NotADateTime`], as [`parse_instant`].
pub fn parse_content_date(text: &str) -> Result<NaiveDate, NotADateTime> {
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) => within(date.year(), LAST_YEAR).map(|()| date),
        Err(_) => parse_instant(text).map(|instant| london(instant).date()),
    }
}

fn within(year: i32, last: i32) -> Result<(), NotADateTime> {
    if (2000..=last).contains(&year) { Ok(()) } else { Err(NotADateTime::Year(last)) }
}

/// The court id P&I returns for a court the reference data does not know (LLD 3.5.1.5).
pub fn no_match(court_id: &str) -> String {
    format!("NoMatch{court_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_honoured_and_its_absence_means_london() {
        let utc = |text: &str| text.parse::<DateTime<Utc>>().expect("a fixed instant");
        assert_eq!(parse_instant("2026-07-01T09:00:00Z"), Ok(utc("2026-07-01T09:00:00Z")));
        assert_eq!(parse_instant("2026-07-01T09:00:00"), Ok(utc("2026-07-01T08:00:00Z")));
        assert_eq!(parse_instant("2026-07-01T09:00:00.123"), Ok(utc("2026-07-01T08:00:00.123Z")));
        assert_eq!(parse_instant("2026-07-01T09:00+02:00"), Ok(utc("2026-07-01T07:00:00Z")));
        for wrong in ["", "yesterday", "2026-13-01T00:00:00"] {
            assert_eq!(parse_instant(wrong), Err(NotADateTime::Form), "{wrong}");
        }
        for wrong in ["1900-01-01T00:00:00Z", "9999-01-01T00:00:00"] {
            assert_eq!(parse_instant(wrong), Err(NotADateTime::Year(2100)), "{wrong}");
        }
        assert_eq!(parse_end("9999-12-31T23:59:59"), Ok(utc("9999-12-31T23:59:59Z")));
    }

    #[test]
    fn the_content_date_is_the_london_date() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a fixed date");
        assert_eq!(parse_content_date("2026-07-01T23:30:00Z"), Ok(day("2026-07-02")));
        assert_eq!(parse_content_date("2026-07-01T23:30:00"), Ok(day("2026-07-01")));
        assert_eq!(parse_content_date("2026-07-01"), Ok(day("2026-07-01")));
    }
}
