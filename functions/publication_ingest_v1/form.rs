//! The form of the second contract: a page of live case status as PDDA sends it, known by the form's field `type`.

use super::body::{Body, Described, refused};
use crate::api_docs::words;
use crate::publication_ingest::content::files::FileType;
use crate::publication_ingest::content::{self, Content};
use axum::body;
use domain::ArtefactType;
use runtime::{App, Fault, Problem};
use utoipa::ToSchema;

/// What says that a form is one of these.
const TYPE: &str = "type";

/// A page of live case status, as a form.
#[derive(ToSchema)]
#[schema(as = LiveStatusFormV1)]
#[expect(dead_code, reason = "describes a form that is read part by part")]
pub(crate) struct LiveStatusForm {
    /// `LCSU`.
    #[schema(rename = "type", pattern = "^LCSU$", example = "LCSU")]
    artefact_type: String,
    /// The page, HTM or HTML, by its name and by what it holds.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The producer's id of the court; P&I's own, for MANUAL_UPLOAD.
    #[schema(min_length = 1, max_length = 256, example = "111")]
    court_id: String,
    /// The system the page comes from; the client must be entitled to publish for it.
    #[schema(value_type = words::Provenance, example = "PDDA")]
    provenance: String,
    /// The day it is for.
    #[schema(value_type = words::ContentDate, example = "2026-01-05")]
    content_date: String,
    /// Its list type, if it has one.
    #[schema(value_type = words::ListTypeOrAlias, required = false)]
    list_type: String,
    /// Who may read it.
    #[schema(value_type = words::Sensitivity, example = "PUBLIC")]
    sensitivity: String,
    /// `ENGLISH`, `WELSH` or `BILINGUAL` (also `BI_LINGUAL`).
    #[schema(pattern = "^(ENGLISH|WELSH|BILINGUAL|BI_LINGUAL)$", example = "ENGLISH")]
    language: String,
    /// First instant of display.
    #[schema(value_type = words::DateTime, example = "2026-01-05T00:00:00Z")]
    display_from: String,
    /// First instant after display.
    #[schema(value_type = words::EndOfDisplay, example = "2026-01-06T00:00:00Z")]
    display_to: String,
    /// The producer's own name for it.
    #[schema(required = false, max_length = 256)]
    source_artefact_id: String,
}

/// Receives a form: its fields say of the page what the members of the JSON body say of a list.
pub(super) async fn receive(app: &App, body: body::Body, boundary: String) -> Result<Described, Problem> {
    let (mut texts, file) = content::described_file(body, boundary, app.settings.limits.file).await?;
    match texts.remove(TYPE).as_deref() {
        Some("LCSU") => {}
        Some(_) => return Err(not_this_form("must be LCSU: nothing else is sent as a form here")),
        None => return Err(not_this_form("is missing: a form here is a page of live case status, LCSU")),
    }
    let (mut said, mut faults) = (Body::default(), Vec::new());
    for (name, text) in texts {
        match said.field(&name) {
            Some(field) => *field = Some(text),
            None => faults.push(Fault::new(name, "is not a field of this form")),
        }
    }
    let described = said.metadata(ArtefactType::Lcsu, &mut faults);
    let page = match file {
        None => {
            faults.push(Fault::new("file", "is missing"));
            None
        }
        Some((name, bytes)) => match content::file(name, bytes).await? {
            page @ Content::File { kind: FileType::Html, .. } => Some(page),
            _ => {
                faults.push(Fault::new("file", "must be a page, .htm or .html"));
                None
            }
        },
    };
    match (described, page) {
        (Some((metadata, list_type)), Some(content)) if faults.is_empty() => {
            Ok(Described { metadata, list_type, content })
        }
        _ => Err(refused(faults)),
    }
}

fn not_this_form(message: &'static str) -> Problem {
    Problem::invalid("This form is not taken here.", vec![Fault::new(TYPE, message)])
}
