//! Readers of structured payloads: one payload in, one [`ListDocument`] out, one file a family.
//!
//! What the formatting rules ask of the facts (names, order, grouping, what is withheld) happens here, so that
//! every surface says the same. What the rules ask of the layout is in `schemas/layouts/<reader>.json`.

mod adult_court;
mod cft;
mod crown;
mod crown_list;
mod crown_warned;
mod document;
mod employment;
mod envelope;
mod magistrates;
mod magistrates_standard;
mod notices;
mod parties;
pub mod sjp;
mod tribunals;

#[cfg(test)]
mod tests;

use crate::context::Context;
use crate::document::ListDocument;
use crate::fault::{Fault, Step};
use crate::layout::Layout;
use serde::Deserialize;
use serde_json::Value;
use serde_path_to_error::Segment;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Why a payload could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The payload does not have the shape its schema asks for.
    #[error("the payload is not a {reader}")]
    Shape {
        /// The reader that refused it.
        reader: &'static str,
        /// Where it first differs.
        source: Fault,
    },
    /// There is no such reader: the list type has no structured payload.
    #[error("there is no reader named {0}")]
    NoReader(String),
}

type Read = fn(&Value, &Context<'_>) -> Result<ListDocument, Fault>;

/// A reader, and what it is known by.
struct Reader {
    name: &'static str,
    read: Read,
    layout: &'static str,
    /// The extra fields it emits, as layouts spell them.
    #[cfg_attr(not(test), expect(dead_code, reason = "layouts are compared with them by a test"))]
    fields: &'static [&'static str],
}

macro_rules! readers {
    ($($name:literal: $read:path, $fields:expr;)+) => {
        const READERS: &[Reader] = &[$(Reader {
            name: $name,
            read: $read,
            layout: include_str!(concat!("../../../../../schemas/layouts/", $name, ".json")),
            fields: $fields,
        }),+];
    };
}

readers! {
    "civil_daily_cause_list": cft::civil, &[];
    "family_daily_cause_list": cft::family, &[];
    "civil_and_family_daily_cause_list": cft::civil_and_family, &[];
    "cop_daily_cause_list": cft::court_of_protection, &[];
    "sscs_daily_list": tribunals::sscs, &[];
    "iac_daily_list": tribunals::iac, &["language"];
    "et_daily_list": employment::daily, &[];
    "et_fortnightly_press_list": employment::fortnightly, &[];
    "crown_daily_pdda_list": crown_list::daily, crown_list::FIELDS;
    "crown_firm_pdda_list": crown_list::firm, crown_list::FIELDS;
    "crown_warned_pdda_list": crown_warned::warned, &[];
    "magistrates_public_list": magistrates::public, &[];
    "magistrates_standard_list": magistrates_standard::standard, magistrates_standard::FIELDS;
    "magistrates_adult_court_list": adult_court::standard, adult_court::FIELDS;
    "magistrates_public_adult_court_list": adult_court::public, &[];
    "single_justice_procedure_public": sjp::public, sjp::PUBLIC_FIELDS;
    "single_justice_procedure_press": sjp::press, sjp::PRESS_FIELDS;
}

static LAYOUTS: LazyLock<HashMap<&'static str, Layout>> = LazyLock::new(|| {
    let read = |reader: &Reader| serde_json::from_str(reader.layout).expect("a test reads every layout");
    READERS.iter().map(|reader| (reader.name, read(reader))).collect()
});

/// The name of every reader.
pub fn names() -> impl Iterator<Item = &'static str> {
    READERS.iter().map(|reader| reader.name)
}

/// Reads a payload that its schema has admitted.
///
/// # Errors
/// [`ReadError::Shape`] for a payload of another shape, [`ReadError::NoReader`] for a list type that is not
/// structured.
pub fn read(payload: &Value, context: &Context<'_>) -> Result<ListDocument, ReadError> {
    let name = context.list_type.reader().unwrap_or_default();
    let reader = find(name).ok_or_else(|| ReadError::NoReader(context.list_type.name.clone()))?;
    (reader.read)(payload, context).map_err(|source| ReadError::Shape { reader: reader.name, source })
}

/// The layout of the lists this reader reads.
pub fn layout(reader: &str) -> Option<&'static Layout> {
    LAYOUTS.get(reader)
}

fn find(name: &str) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.name == name)
}

/// The payload as the shared envelope.
fn envelope(payload: &Value) -> Result<envelope::Envelope<'_>, Fault> {
    shaped(payload)
}

/// The payload as the type a reader works with. Most payloads are; for one that is not, it is gone through again to find
/// the member that keeps it from being so.
fn shaped<'a, T: Deserialize<'a>>(payload: &'a Value) -> Result<T, Fault> {
    T::deserialize(payload)
        .or_else(|_| serde_path_to_error::deserialize(payload).map_err(|error| fault(&error)))
}

fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(Step::Item(*index).to_string()),
        Segment::Map { key } => Some(Step::Member(key).to_string()),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    let told = error.inner().to_string();
    // What was found there may be somebody's name; what should be there is ours.
    let expected = ["invalid type: ", "invalid value: ", "invalid length: "]
        .iter()
        .any(|kind| told.starts_with(kind))
        .then(|| told.rsplit_once(", expected "))
        .flatten();
    let message = expected.map_or_else(
        || "is not what this list type has there".to_owned(),
        |(_, expected)| format!("must be {expected}"),
    );
    Fault { pointer: error.path().iter().filter_map(step).collect(), rule: "reader.shape", message }
}
