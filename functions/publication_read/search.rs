//! Search for cases on the lists a reader may see.

use super::{Export, record_exports};
use crate::answer::{Asked, Known, Paging};
use crate::api_docs::problems::{Invalid, Refused};
use adapters::postgres::publications::{self, CaseSearch, FoundCase};
use adapters::postgres::{ANSWERING, Client};
use axum::extract::State;
use axum::response::Response;
use domain::PublicationId;
use runtime::extract::Query;
use runtime::{App, Fault, Problem, Reader};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// A search by name needs this many characters.
const SHORTEST_NAME: usize = 3;
/// No search is longer.
const LONGEST: usize = 256;
/// A search answers at most this many cases.
const MOST_CASES: usize = 50;

/// What is searched for, and where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// Where: `CASE_ID` (also `CASE_NUMBER`), `CASE_URN` or `CASE_NAME`.
    #[serde(rename = "searchTerm", default)]
    #[param(required = true, pattern = "^(CASE_ID|CASE_NUMBER|CASE_URN|CASE_NAME)$", example = "CASE_NAME")]
    term: String,
    /// What: 1 to 256 characters, for a name at least 3.
    #[serde(rename = "searchValue", default)]
    #[param(required = true, min_length = 1, max_length = 256, example = "Smith")]
    value: String,
}

/// Part of the name that is searched for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartOfName {
    /// Part of the name, 3 to 256 characters.
    #[serde(rename = "searchValue", default)]
    #[param(required = true, min_length = 3, max_length = 256, example = "Smith")]
    value: String,
}

/// The number that is searched for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WholeNumber {
    /// The number, 1 to 256 characters.
    #[serde(rename = "searchValue", default)]
    #[param(required = true, min_length = 1, max_length = 256, example = "CV-2026-000123")]
    value: String,
}

/// A case that was found, with the publication that lists it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FoundCase)]
pub(crate) struct CaseView {
    /// The publication.
    #[schema(value_type = Uuid)]
    artefact_id: PublicationId,
    /// Case number, or empty.
    case_number: String,
    /// Unique reference number, or empty.
    case_urn: String,
    /// Case name, or empty.
    case_name: String,
}

/// Cases by number, URN or name
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/search", tag = "Search", operation_id = "search", security(("entra_id" = [])),
    params(Search, Paging, Known),
    responses((status = 200, description = "At most 50 cases.", body = Vec<CaseView>), Invalid, Refused)
)]
pub(crate) async fn by_term(
    State(app): State<App>,
    reader: Reader,
    asked: Asked,
    Query(paging): Query<Paging>,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let kind = match search.term.as_str() {
        "CASE_ID" | "CASE_NUMBER" => CaseSearch::Number,
        "CASE_URN" => CaseSearch::Urn,
        "CASE_NAME" => CaseSearch::Name,
        _ => {
            let fault = Fault::new("searchTerm", "must be one of CASE_ID, CASE_NUMBER, CASE_URN, CASE_NAME");
            return Err(Problem::invalid("The search cannot be made.", vec![fault]));
        }
    };
    find(&app, &reader, &asked, paging, kind, &search.value).await
}

/// Cases by number, exactly
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/search/caseNumber", tag = "Search", operation_id = "search_case_number", security(("entra_id" = [])),
    params(WholeNumber, Paging, Known),
    responses((status = 200, description = "At most 50 cases.", body = Vec<CaseView>), Invalid, Refused)
)]
pub(crate) async fn by_case_number(
    State(app): State<App>,
    reader: Reader,
    asked: Asked,
    Query(paging): Query<Paging>,
    Query(search): Query<WholeNumber>,
) -> Result<Response, Problem> {
    find(&app, &reader, &asked, paging, CaseSearch::Number, &search.value).await
}

/// Cases by part of their name
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/search/caseName", tag = "Search", operation_id = "search_case_name", security(("entra_id" = [])),
    params(PartOfName, Paging, Known),
    responses((status = 200, description = "At most 50 cases.", body = Vec<CaseView>), Invalid, Refused)
)]
pub(crate) async fn by_case_name(
    State(app): State<App>,
    reader: Reader,
    asked: Asked,
    Query(paging): Query<Paging>,
    Query(search): Query<PartOfName>,
) -> Result<Response, Problem> {
    find(&app, &reader, &asked, paging, CaseSearch::Name, &search.value).await
}

async fn find(
    app: &App,
    reader: &Reader,
    asked: &Asked,
    paging: Paging,
    kind: CaseSearch,
    value: &str,
) -> Result<Response, Problem> {
    let page = paging.or(MOST_CASES)?;
    let value = value.trim();
    let shortest = if kind == CaseSearch::Name { SHORTEST_NAME } else { 1 };
    if !(shortest..=LONGEST).contains(&value.chars().count()) || value.contains('\0') {
        let fault = Fault::new("searchValue", format!("must be {shortest} to {LONGEST} characters"));
        return Err(Problem::invalid("The search cannot be made.", vec![fault]));
    }
    let search = async |db: &mut Client| {
        let most = i64::try_from(MOST_CASES).unwrap_or(i64::MAX);
        let found = publications::search_cases(db, kind, value, &reader.access, app.now(), most).await?;
        record_exports(db, &reader.client_id, exports(page.of(&found))).await?;
        Ok(found)
    };
    let found = app.db.within(ANSWERING, search).await?;
    let case = |case: &FoundCase| CaseView {
        artefact_id: case.publication_id,
        case_number: case.case_number.clone(),
        case_urn: case.urn.clone(),
        case_name: case.case_name.clone(),
    };
    asked.page(page, &page.of(&found).iter().map(case).collect::<Vec<_>>(), found.len())
}

/// What was given of each publication, in cases.
fn exports(found: &[FoundCase]) -> impl Iterator<Item = Export<'static>> {
    let mut of_publication = BTreeMap::new();
    for case in found {
        let export = of_publication.entry(case.publication_id).or_insert(Export {
            publication_id: case.publication_id,
            version: case.version,
            sensitivity: case.sensitivity,
            form: "search",
            amount: ("cases", 0),
        });
        export.amount.1 += 1;
    }
    of_publication.into_values()
}
