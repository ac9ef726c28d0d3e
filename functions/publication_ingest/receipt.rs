//! What a producer is told after a successful upload: the production services' external view of an artefact.

use crate::api_docs::words;
use adapters::postgres::uploads::{Acknowledged, SearchRow};
use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::publication::{Metadata, no_match};
use domain::{ArtefactType, Language, Provenance, PublicationId, Sensitivity};
use runtime::App;
use serde::Serialize;
use utoipa::ToSchema;

/// An acknowledged upload.
pub(crate) struct Receipt {
    /// What was said of it; what may have changed since is in `acknowledged`.
    pub metadata: Metadata,
    /// What became of it.
    pub acknowledged: Acknowledged,
    /// It is a file.
    pub flat_file: bool,
    /// Its cases.
    pub search_rows: Vec<SearchRow>,
}

impl Receipt {
    /// 201 with the artefact, for new and superseding uploads alike (a known quirk that producers rely on).
    pub(super) fn into_artefact(self, app: &App) -> Response {
        let (metadata, acknowledged) = (&self.metadata, &self.acknowledged);
        let address =
            app.settings.public_base_url.join(&format!("publication/{}", acknowledged.publication_id));
        let address = address.map(String::from).unwrap_or_default();
        let artefact = Artefact {
            artefact_id: acknowledged.publication_id,
            provenance: metadata.provenance,
            source_artefact_id: metadata.source_artefact_id.clone(),
            artefact_type: acknowledged.artefact_type,
            sensitivity: acknowledged.sensitivity,
            language: metadata.language,
            search: self.search(),
            display_from: utc(acknowledged.display_from),
            display_to: acknowledged.display_to.map(utc),
            list_type: metadata.list_type.clone(),
            location_id: self.location_id(),
            content_date: format!("{}T00:00:00Z", metadata.content_date),
            is_flat_file: self.flat_file,
            payload: format!("{address}/{}", if self.flat_file { "file" } else { "payload" }),
            last_received_version: acknowledged.version,
            superseded_count: acknowledged.version - 1,
        };
        let mut response = (StatusCode::CREATED, Json(artefact)).into_response();
        let mut set = |name, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                response.headers_mut().insert(name, value);
            }
        };
        set(ETAG, &format!("\"{}\"", acknowledged.revision));
        set(LOCATION, &address);
        response
    }

    /// The court's id, or `NoMatch` and the producer's own (LLD 3.5.1.5).
    pub(crate) fn location_id(&self) -> String {
        match self.acknowledged.location_id {
            Some(court) => court.to_string(),
            None => no_match(&self.metadata.court_id),
        }
    }

    fn search(&self) -> Search {
        if self.flat_file {
            return Search { cases: None, location_id: Some(vec![self.location_id()]) };
        }
        let case = |row: &SearchRow| SearchCase {
            case_number: row.case_number.clone(),
            case_name: row.case_name.clone(),
            case_urn: row.urn.clone(),
        };
        Search { cases: Some(self.search_rows.iter().map(case).collect()), location_id: None }
    }
}

/// An accepted publication, as the production services' external view writes it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Artefact {
    /// Its id.
    #[schema(value_type = Uuid)]
    artefact_id: PublicationId,
    /// The system it comes from.
    #[schema(value_type = words::Provenance)]
    provenance: Provenance,
    /// The producer's own name for it.
    source_artefact_id: Option<String>,
    /// What kind of artefact it is.
    #[serde(rename = "type")]
    #[schema(value_type = words::ArtefactType)]
    artefact_type: ArtefactType,
    /// Who may read it.
    #[schema(value_type = words::Sensitivity)]
    sensitivity: Sensitivity,
    /// Its language.
    #[schema(value_type = words::Language)]
    language: Language,
    /// What it can be found by.
    search: Search,
    /// First instant of display.
    #[schema(schema_with = words::instant)]
    display_from: String,
    /// First instant after display; never ends, if null.
    #[schema(format = DateTime)]
    display_to: Option<String>,
    /// Its list type.
    list_type: Option<String>,
    /// P&I's id of its court; `NoMatch` and the producer's id, while the reference data does not know that.
    #[schema(example = "9")]
    location_id: String,
    /// Midnight of the day it is for.
    #[schema(schema_with = words::instant)]
    content_date: String,
    /// It is a file, not data.
    is_flat_file: bool,
    /// Where its bytes can be read.
    payload: String,
    /// The version this upload became, or repeated.
    last_received_version: i32,
    /// How many versions it had before.
    superseded_count: i32,
}

/// What a publication can be found by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Search {
    /// The cases of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<SearchCase>, required = false)]
    cases: Option<Vec<SearchCase>>,
    /// The court, for a file.
    #[serde(rename = "location-id", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false)]
    location_id: Option<Vec<String>>,
}

/// A case of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchCase {
    /// Case number, or empty.
    case_number: String,
    /// Case name, or empty.
    case_name: String,
    /// Unique reference number, or empty.
    case_urn: String,
}

/// An instant as the API writes it.
pub(crate) fn utc(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}
