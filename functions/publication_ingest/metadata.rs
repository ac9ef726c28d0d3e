//! The x-headers of `POST /publication`, read into checked metadata. Every fault is reported, not only the first.

use super::headers::Headers;
use crate::api_docs::words;
use domain::publication::{Metadata, parse_content_date, parse_end, parse_instant};
use domain::{ArtefactType, Language, Provenance, Sensitivity};
use lists::ListType;
use utoipa::IntoParams;

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
    /// The list type; needed for a LIST, and for whatever is sent as data. The newer generation's names are taken too, but
    /// for Crown's, which here are those of types no longer published.
    #[param(rename = "x-list-type", value_type = words::ListType, required = false, example = "CIVIL_DAILY_CAUSE_LIST")]
    list_type: String,
    /// Who may read it; if it is not said, CLASSIFIED for the list types that are so by default, and PUBLIC for others.
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
    #[param(rename = "x-display-to", value_type = words::EndOfDisplay, required = false, example = "2026-01-06T00:00:00Z")]
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

/// Reads the headers; what is wrong with them is among their faults.
pub(super) fn read(from: &mut Headers<'_>) -> Option<(Metadata, Option<&'static ListType>)> {
    let provenance = from.word::<Provenance>("x-provenance");
    let artefact_type = from.word::<ArtefactType>("x-type");
    let sensitivity = from.stated("x-sensitivity");
    let is_stated = sensitivity.is_some();
    let sensitivity = from.read("x-sensitivity", sensitivity, str::parse);
    let language = from.word::<Language>("x-language");
    let court_id = from.required("x-court-id");
    let content_date = from.required("x-content-date");
    let content_date = from.read("x-content-date", content_date, parse_content_date);
    let source_artefact_id = from.optional("x-source-artefact-id");
    let window_needed = artefact_type != Some(ArtefactType::GeneralPublication);
    let mut instant = |name, read: fn(&str) -> _| {
        let text = if window_needed { from.required(name) } else { from.optional(name) };
        from.read(name, text, read)
    };
    let display_from = instant("x-display-from", parse_instant);
    let display_to = instant("x-display-to", parse_end);
    let list_type = list_type(from, artefact_type == Some(ArtefactType::List));
    if let (Some(start), Some(end)) = (display_from, display_to)
        && end < start
    {
        from.fault("x-display-to", "must not be before x-display-from");
    }
    let metadata = Metadata {
        provenance: provenance?,
        source_artefact_id,
        artefact_type: artefact_type?,
        sensitivity: if is_stated { sensitivity? } else { unstated(list_type) },
        language: language?,
        display_from,
        display_to,
        list_type: list_type.map(|list_type| list_type.name.clone()),
        court_id: court_id?,
        content_date: content_date?,
    };
    Some((metadata, list_type))
}

/// Who may read what is sent without a word about it: anyone, unless its list type is of the classified ones.
fn unstated(list_type: Option<&ListType>) -> Sensitivity {
    let usual = list_type.map(|list_type| list_type.default_sensitivity);
    usual.filter(|usual| *usual == Sensitivity::Classified).unwrap_or(Sensitivity::Public)
}

/// A list type by the name of either generation; the plain Crown names are still the deprecated types here.
fn list_type(from: &mut Headers<'_>, needed: bool) -> Option<&'static ListType> {
    const NAME: &str = "x-list-type";
    let text = if needed { from.required(NAME) } else { from.optional(NAME) };
    from.read(NAME, text, |text| match lists::registry().find(text) {
        Some(list_type) if list_type.deprecated => Err("is a list type that is no longer published"),
        found => found.ok_or("is not a known list type; the names are listed in the API documentation"),
    })
}
