//! The x-headers of `POST /publication`, read into checked metadata. Every fault is reported, not only the first.

use crate::api_docs::words;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use domain::publication::{Metadata, parse_content_date, parse_instant};
use domain::{ArtefactType, Language, Provenance, Sensitivity};
use lists::ListType;
use runtime::{Fault, Problem};
use std::fmt::Display;
use std::str::FromStr;
use utoipa::IntoParams;

/// The longest header value that is taken: names and ids are far shorter.
const LONGEST: usize = 256;

/// The headers, for the API's description.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what is read header by header, so that every fault is reported")]
pub(crate) struct XHeaders {
    /// The system the publication comes from; the client must be entitled to publish for it.
    #[param(rename = "x-provenance", value_type = words::Provenance, example = "SNL")]
    provenance: String,
    /// What kind of artefact it is.
    #[param(rename = "x-type", value_type = words::ArtefactType, example = "LIST")]
    artefact_type: String,
    /// The list type; needed for a LIST, and for whatever is sent as data.
    #[param(rename = "x-list-type", value_type = words::ListType, required = false, example = "CIVIL_DAILY_CAUSE_LIST")]
    list_type: String,
    /// Who may read it; PUBLIC, if it is not said.
    #[param(rename = "x-sensitivity", value_type = words::Sensitivity, required = false, example = "PUBLIC")]
    sensitivity: String,
    /// Its language.
    #[param(rename = "x-language", value_type = words::Language, example = "ENGLISH")]
    language: String,
    /// The producer's id of the court; P&I's own, for MANUAL_UPLOAD.
    #[param(rename = "x-court-id", min_length = 1, max_length = 256, example = "111")]
    court_id: String,
    /// The day it is for.
    #[param(rename = "x-content-date", value_type = words::ContentDate, example = "2026-01-05")]
    content_date: String,
    /// First instant of display; now, if a GENERAL_PUBLICATION does not say it, and needed otherwise.
    #[param(rename = "x-display-from", value_type = words::DateTime, required = false, example = "2026-01-05T00:00:00Z")]
    display_from: String,
    /// First instant after display; never, if a GENERAL_PUBLICATION does not say it, and needed otherwise.
    #[param(rename = "x-display-to", value_type = words::DateTime, required = false, example = "2026-01-06T00:00:00Z")]
    display_to: String,
    /// The producer's own name for it; the file name, for a manual upload.
    #[param(
        rename = "x-source-artefact-id",
        max_length = 256,
        required = false,
        example = "list-111-20260105"
    )]
    source_artefact_id: String,
}

/// Reads the headers.
///
/// # Errors
/// 400 with a fault for each header that is missing, unreadable or in contradiction to another.
pub(super) fn read(
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<(Metadata, Option<&'static ListType>), Problem> {
    let mut from = Headers { headers, faults: Vec::new() };
    let provenance = from.word::<Provenance>("x-provenance", None);
    let artefact_type = from.word::<ArtefactType>("x-type", None);
    let sensitivity = from.word("x-sensitivity", Some(Sensitivity::Public));
    let language = from.word::<Language>("x-language", None);
    let court_id = from.required("x-court-id");
    let content_date = from.parsed("x-content-date", parse_content_date, true);
    let source_artefact_id = from.optional("x-source-artefact-id");
    let window_needed = artefact_type != Some(ArtefactType::GeneralPublication);
    let display_from = from.parsed("x-display-from", parse_instant, window_needed);
    let display_to = from.parsed("x-display-to", parse_instant, window_needed);
    let list_type = from.list_type(artefact_type == Some(ArtefactType::List));
    if let (Some(start), Some(end)) = (display_from, display_to)
        && end < start
    {
        from.fault("x-display-to", "must not be before x-display-from");
    }
    let Headers { faults, .. } = from;
    let complete = (provenance, artefact_type, sensitivity, language, court_id, content_date);
    let (
        Some(provenance),
        Some(artefact_type),
        Some(sensitivity),
        Some(language),
        Some(court_id),
        Some(content_date),
    ) = complete
    else {
        return Err(invalid(faults));
    };
    if !faults.is_empty() {
        return Err(invalid(faults));
    }
    let metadata = Metadata {
        provenance,
        source_artefact_id,
        artefact_type,
        sensitivity,
        language,
        display_from: display_from.unwrap_or(now),
        display_to,
        list_type: list_type.map(|list_type| list_type.name.clone()),
        court_id,
        content_date,
    };
    Ok((metadata, list_type))
}

fn invalid(faults: Vec<Fault>) -> Problem {
    Problem::invalid("The request's headers do not describe a publication.", faults)
}

struct Headers<'a> {
    headers: &'a HeaderMap,
    faults: Vec<Fault>,
}

impl Headers<'_> {
    fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(name, message));
    }

    /// A header's text, UTF-8; absent and empty are the same.
    fn optional(&mut self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        match std::str::from_utf8(value.as_bytes()).map(str::trim) {
            Ok("") => None,
            Ok(text) if text.len() > LONGEST || text.chars().any(char::is_control) => {
                self.fault(
                    name,
                    format!("must be at most {LONGEST} bytes of text without control characters"),
                );
                None
            }
            Ok(text) => Some(text.to_owned()),
            Err(_) => {
                self.fault(name, "must be UTF-8 text");
                None
            }
        }
    }

    fn required(&mut self, name: &str) -> Option<String> {
        let before = self.faults.len();
        let text = self.optional(name);
        if text.is_none() && self.faults.len() == before {
            self.fault(name, "is missing");
        }
        text
    }

    fn word<W: FromStr<Err: Display>>(&mut self, name: &str, default: Option<W>) -> Option<W> {
        let text = if default.is_some() { self.optional(name) } else { self.required(name) };
        let Some(text) = text else { return default };
        text.parse().map_err(|error: W::Err| self.fault(name, error.to_string())).ok()
    }

    fn parsed<T, E: Display>(
        &mut self,
        name: &str,
        parse: fn(&str) -> Result<T, E>,
        needed: bool,
    ) -> Option<T> {
        let text = if needed { self.required(name) } else { self.optional(name) }?;
        parse(&text).map_err(|error| self.fault(name, error.to_string())).ok()
    }

    fn list_type(&mut self, needed: bool) -> Option<&'static ListType> {
        const NAME: &str = "x-list-type";
        let text = if needed { self.required(NAME) } else { self.optional(NAME) }?;
        match lists::registry().get(&text) {
            Some(list_type) if list_type.deprecated => {
                self.fault(NAME, "is a list type that is no longer published");
                None
            }
            Some(list_type) => Some(list_type),
            None => {
                self.fault(NAME, "is not a known list type; the names are listed in the API documentation");
                None
            }
        }
    }
}
