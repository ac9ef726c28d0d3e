//! What a producer is told after a successful upload: the production services' external view of an artefact.

use adapters::postgres::publications::{Acknowledged, SearchRow};
use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::publication::{Metadata, no_match};
use runtime::App;
use serde_json::{Value, json};

/// An acknowledged upload.
pub(crate) struct Receipt {
    /// What was said of it.
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
        let address = app.settings.public_base_url.join(&format!("publication/{}", acknowledged.publication_id));
        let address = address.map(String::from).unwrap_or_default();
        let artefact = json!({
            "artefactId": acknowledged.publication_id,
            "provenance": metadata.provenance,
            "sourceArtefactId": metadata.source_artefact_id,
            "type": metadata.artefact_type,
            "sensitivity": metadata.sensitivity,
            "language": metadata.language,
            "search": self.search(),
            "displayFrom": utc(metadata.display_from),
            "displayTo": metadata.display_to.map(utc),
            "listType": metadata.list_type,
            "locationId": self.location_id(),
            "contentDate": format!("{}T00:00:00Z", metadata.content_date),
            "isFlatFile": self.flat_file,
            "payload": format!("{address}/{}", if self.flat_file { "file" } else { "payload" }),
            "lastReceivedVersion": acknowledged.version,
            "supersededCount": acknowledged.version - 1,
        });
        let mut response = (StatusCode::CREATED, Json(artefact)).into_response();
        let mut set = |name, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                response.headers_mut().insert(name, value);
            }
        };
        set(ETAG, &format!("\"{}\"", acknowledged.version));
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

    fn search(&self) -> Value {
        if self.flat_file {
            return json!({"location-id": [self.location_id()]});
        }
        let case = |row: &SearchRow| json!({"caseNumber": row.case_number, "caseName": row.case_name, "caseUrn": row.urn});
        json!({"cases": self.search_rows.iter().map(case).collect::<Vec<_>>()})
    }
}

/// An instant as the API writes it.
pub(crate) fn utc(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}
