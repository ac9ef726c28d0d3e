//! What a producer is told after a successful upload.

use crate::artefact::{self, Artefact, midnight, utc};
use adapters::postgres::uploads::{Acknowledged, SearchRow};
use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::publication::Metadata;
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
        let id = acknowledged.publication_id;
        let artefact = Artefact {
            artefact_id: id,
            provenance: metadata.provenance,
            source_artefact_id: metadata.source_artefact_id.clone(),
            artefact_type: acknowledged.artefact_type,
            sensitivity: acknowledged.sensitivity,
            language: metadata.language,
            display_from: utc(acknowledged.display_from),
            display_to: acknowledged.display_to.map(utc),
            list_type: metadata.list_type.clone(),
            location_id: self.location_id(),
            content_date: midnight(metadata.content_date),
            is_flat_file: self.flat_file,
            superseded_count: acknowledged.version - 1,
            payload: artefact::payload(app, id, self.flat_file),
        };
        let published =
            Published { artefact, search: self.search(), last_received_version: acknowledged.version };
        let mut response = (StatusCode::CREATED, Json(published)).into_response();
        let mut set = |name, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                response.headers_mut().insert(name, value);
            }
        };
        set(ETAG, &format!("\"{}\"", acknowledged.revision));
        set(LOCATION, &artefact::address(app, id));
        response
    }

    fn location_id(&self) -> String {
        artefact::location_id(self.acknowledged.location_id, &self.metadata.court_id)
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

/// An accepted publication.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Published {
    #[serde(flatten)]
    artefact: Artefact,
    /// What it can be found by.
    search: Search,
    /// The version this upload became, or repeated.
    last_received_version: i32,
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
