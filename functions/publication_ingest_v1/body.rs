//! The JSON body of the second contract, and what its members say of a publication.

use crate::api_docs::words;
use crate::publication_ingest::content::Content;
use axum::body::Bytes;
use domain::publication::{Metadata, parse_content_date, parse_end, parse_instant};
use domain::{ArtefactType, Language, Provenance, Sensitivity};
use lists::ListType;
use runtime::extract::from_json;
use runtime::{Fault, Problem};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt::Display;
use std::str::FromStr;
use utoipa::ToSchema;

/// The body; `hearing_list` is kept to the byte.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicationV1)]
pub(crate) struct Body<'a> {
    /// The producer's id of the court; P&I's own, for MANUAL_UPLOAD.
    #[schema(value_type = String, min_length = 1, max_length = 256, example = "111")]
    court_id: Option<String>,
    /// The system the publication comes from; the client must be entitled to publish for it.
    #[schema(value_type = words::Provenance, example = "SNL")]
    provenance: Option<String>,
    /// The day the list is for.
    #[schema(value_type = words::ContentDate, example = "2026-01-05")]
    content_date: Option<String>,
    /// The list type, by its name of either generation.
    #[schema(value_type = words::ListTypeOrAlias, example = "CIVIL_DAILY_CAUSE_LIST")]
    list_type: Option<String>,
    /// Who may read it.
    #[schema(value_type = words::Sensitivity, example = "PUBLIC")]
    sensitivity: Option<String>,
    /// `ENGLISH`, `WELSH` or `BILINGUAL` (also `BI_LINGUAL`).
    #[schema(value_type = String, pattern = "^(ENGLISH|WELSH|BILINGUAL|BI_LINGUAL)$", example = "ENGLISH")]
    language: Option<String>,
    /// First instant of display.
    #[schema(value_type = words::DateTime, example = "2026-01-05T00:00:00Z")]
    display_from: Option<String>,
    /// First instant after display.
    #[schema(value_type = words::EndOfDisplay, example = "2026-01-06T00:00:00Z")]
    display_to: Option<String>,
    /// The list, in the form of its list type.
    #[serde(borrow)]
    #[schema(value_type = words::ListPayload)]
    hearing_list: Option<&'a RawValue>,
    /// The producer's own name for it.
    #[schema(value_type = String, required = false, max_length = 256)]
    source_artefact_id: Option<String>,
}

/// A publication as a request of this contract describes it.
pub(super) struct Described {
    /// Checked metadata.
    pub metadata: Metadata,
    /// The list type, if any.
    pub list_type: Option<&'static ListType>,
    /// What is published.
    pub content: Content,
}

/// Reads a JSON body.
pub(super) fn read(bytes: &Bytes) -> Result<Described, Problem> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let unreadable = |fault: Fault| {
        let fault = Fault::new(fault.field.trim_start_matches('/'), fault.message);
        Problem::invalid("The request's body cannot be read.", vec![fault])
    };
    let body: Body<'_> = from_json(&mut text).map_err(unreadable)?;
    text.end().map_err(|_| unreadable(Fault::new("", "goes on after its end")))?;
    let mut faults = Vec::new();
    let described = body.metadata(ArtefactType::List, &mut faults);
    let list = needed("hearing_list", body.hearing_list, &mut faults);
    match (described, list) {
        (Some((metadata, list_type)), Some(list)) if faults.is_empty() => {
            let content = Content::Json(bytes.slice_ref(list.get().as_bytes()));
            Ok(Described { metadata, list_type, content })
        }
        _ => Err(refused(faults)),
    }
}

/// What is wrong with a request that describes no publication.
pub(super) fn refused(faults: Vec<Fault>) -> Problem {
    Problem::invalid("The request's body does not describe a publication.", faults)
}

impl Body<'_> {
    /// The member of a name, as a form says it.
    pub(super) fn field(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "court_id" => &mut self.court_id,
            "provenance" => &mut self.provenance,
            "content_date" => &mut self.content_date,
            "list_type" => &mut self.list_type,
            "sensitivity" => &mut self.sensitivity,
            "language" => &mut self.language,
            "display_from" => &mut self.display_from,
            "display_to" => &mut self.display_to,
            "source_artefact_id" => &mut self.source_artefact_id,
            _ => return None,
        })
    }

    /// What it says of the publication; what is wrong with that is among the faults. Only a list needs a list type.
    pub(super) fn metadata(
        &self,
        artefact_type: ArtefactType,
        faults: &mut Vec<Fault>,
    ) -> Option<(Metadata, Option<&'static ListType>)> {
        let court_id = parsed("court_id", self.court_id.as_deref(), plain, faults);
        let source_artefact_id = self.source_artefact_id.as_deref().filter(|id| !id.is_empty());
        let source_artefact_id =
            source_artefact_id.and_then(|id| parsed("source_artefact_id", Some(id), plain, faults));
        let provenance = word::<Provenance>("provenance", self.provenance.as_deref(), faults);
        let sensitivity = word::<Sensitivity>("sensitivity", self.sensitivity.as_deref(), faults);
        let spoken = |word| if word == "BILINGUAL" { "BI_LINGUAL" } else { word };
        let language = word::<Language>("language", self.language.as_deref().map(spoken), faults);
        let content_date = parsed("content_date", self.content_date.as_deref(), parse_content_date, faults);
        let display_from = parsed("display_from", self.display_from.as_deref(), parse_instant, faults);
        let display_to = parsed("display_to", self.display_to.as_deref(), parse_end, faults);
        let has_type = artefact_type == ArtefactType::List || self.list_type.is_some();
        let list_type =
            has_type.then(|| parsed("list_type", self.list_type.as_deref(), list_type, faults)).flatten();
        if let (Some(from), Some(to)) = (display_from, display_to)
            && to < from
        {
            faults.push(Fault::new("display_to", "must not be before display_from"));
        }
        let metadata = Metadata {
            provenance: provenance?,
            source_artefact_id,
            artefact_type,
            sensitivity: sensitivity?,
            language: language?,
            display_from: Some(display_from?),
            display_to: Some(display_to?),
            list_type: list_type.map(|list_type| list_type.name.clone()),
            court_id: court_id?,
            content_date: content_date?,
        };
        Some((metadata, list_type))
    }
}

fn needed<T>(field: &str, value: Option<T>, faults: &mut Vec<Fault>) -> Option<T> {
    if value.is_none() {
        faults.push(Fault::new(field, "is missing"));
    }
    value
}

fn parsed<T, E: Display>(
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, E>,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let text = needed(field, text, faults)?;
    parse(text).map_err(|error| faults.push(Fault::new(field, error.to_string()))).ok()
}

fn word<W: FromStr<Err: Display>>(field: &str, text: Option<&str>, faults: &mut Vec<Fault>) -> Option<W> {
    parsed(field, text, str::parse, faults)
}

/// A name or id of the producer's, as the header of the other contract takes it.
fn plain(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let takes = (1..=256).contains(&text.len()) && !text.chars().any(char::is_control);
    if takes { Ok(text.to_owned()) } else { Err("must be 1 to 256 bytes of text without control characters") }
}

/// A list type by the name of either generation.
fn list_type(name: &str) -> Result<&'static ListType, &'static str> {
    lists::registry()
        .get_alias(name)
        .filter(|list_type| !list_type.deprecated)
        .ok_or("is not a known list type")
}
