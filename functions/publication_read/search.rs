//! Search for cases on the lists a reader may see.

use adapters::postgres::publications::{self, CaseSearch, FoundCase};
use axum::Json;
use axum::extract::{Query, State};
use runtime::{App, Fault, Problem, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// A search by name needs this many characters.
const SHORTEST_NAME: usize = 3;
/// A search answers at most this many cases.
const MOST_CASES: i64 = 50;

/// What is searched for.
#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(rename = "searchTerm", default)]
    term: String,
    #[serde(rename = "searchValue", default)]
    value: String,
}

/// By `CASE_ID`, `CASE_URN` or `CASE_NAME`.
pub(super) async fn by_term(State(app): State<App>, reader: Reader, Query(search): Query<Search>) -> Result<Json<Value>, Problem> {
    let kind = match search.term.as_str() {
        "CASE_ID" | "CASE_NUMBER" => CaseSearch::Number,
        "CASE_URN" => CaseSearch::Urn,
        "CASE_NAME" => CaseSearch::Name,
        _ => {
            let fault = Fault::new("searchTerm", "must be one of CASE_ID, CASE_NUMBER, CASE_URN, CASE_NAME");
            return Err(Problem::invalid("The search cannot be made.", vec![fault]));
        }
    };
    find(&app, &reader, kind, &search.value).await
}

/// By case number.
pub(super) async fn by_case_number(State(app): State<App>, reader: Reader, Query(search): Query<Search>) -> Result<Json<Value>, Problem> {
    find(&app, &reader, CaseSearch::Number, &search.value).await
}

/// By part of the case name.
pub(super) async fn by_case_name(State(app): State<App>, reader: Reader, Query(search): Query<Search>) -> Result<Json<Value>, Problem> {
    find(&app, &reader, CaseSearch::Name, &search.value).await
}

async fn find(app: &App, reader: &Reader, kind: CaseSearch, value: &str) -> Result<Json<Value>, Problem> {
    let value = value.trim();
    let shortest = if kind == CaseSearch::Name { SHORTEST_NAME } else { 1 };
    if value.chars().count() < shortest || value.len() > 256 || value.contains('\0') {
        let fault = Fault::new("searchValue", format!("must be {shortest} to 256 characters"));
        return Err(Problem::invalid("The search cannot be made.", vec![fault]));
    }
    let db = app.db.connect().await?;
    let found = publications::search_cases(&db, kind, value, &reader.access, app.now(), MOST_CASES).await?;
    let case = |case: &FoundCase| {
        json!({"artefactId": case.publication_id, "caseNumber": case.case_number, "caseUrn": case.urn, "caseName": case.case_name})
    };
    Ok(Json(found.iter().map(case).collect()))
}
