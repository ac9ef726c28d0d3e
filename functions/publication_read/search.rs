//! Search for cases on the lists a reader may see, and for the publications that list them.

use super::views::PublicationView;
use super::{Export, record_exports};
use crate::answer::{Asked, Known, MOST_ROWS, Paging};
use crate::api_docs::problems::{Invalid, Refused, Unknown};
use adapters::postgres::publications::{self, CaseSearch, FoundCase};
use adapters::postgres::{ANSWERING, Client, DbError};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{Access, PublicationId};
use runtime::extract::Query;
use runtime::{App, Fault, Problem, Reader};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};

/// A search by name needs this many characters.
const SHORTEST_NAME: usize = 3;
/// No search is longer.
const LONGEST: usize = 256;
/// A search for cases answers at most this many.
const MOST_CASES: usize = 50;
/// A search looks through at most this many cases that match, for publications or for names that are the same.
const MOST_MATCHES: usize = 1000;

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
    /// `false`: the case's whole name is searched for.
    #[serde(rename = "fuzzySearch")]
    #[param(value_type = bool, required = false, example = true)]
    fuzzy: Option<bool>,
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

/// Publications that list a case, by its number, URN or name
///
/// As the production services answer it. Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/search", tag = "Search", operation_id = "search", security(("entra_id" = [])),
    params(Search, Paging, Known),
    responses(
        (status = 200, description = "Those the caller may see now, each once.", body = Vec<PublicationView>),
        Invalid, Refused, Unknown
    )
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
    let page = paging.or(MOST_ROWS)?;
    let sought = Sought::of(kind, &search.value)?;
    let now = app.now();
    let read = async |db: &mut Client| {
        let ids = publications_of(&sought.cases(db, &reader.access, now, MOST_MATCHES).await?);
        let mut found = Vec::new();
        for id in page.of(&ids) {
            let publication = publications::find(db, *id).await?;
            // What is no longer what the search has seen is asked about again.
            found.extend(publication.filter(|found| reader.access.may_see(&found.displayed(), now)));
        }
        record_exports(db, &reader.client_id, found.iter().map(|row| Export::of(row, "search"))).await?;
        Ok((found, ids.len()))
    };
    let (found, total) = app.db.within(ANSWERING, read).await?;
    if total == 0 {
        return Err(Problem::not_found("case on a publication"));
    }
    let views: Vec<_> = found.iter().map(|row| PublicationView::of(&app, row)).collect();
    asked.page(page, &views, total)
}

/// The publications of cases, each once.
fn publications_of(cases: &[FoundCase]) -> Vec<PublicationId> {
    let mut known = BTreeSet::new();
    cases.iter().map(|case| case.publication_id).filter(|id| known.insert(*id)).collect()
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
    find(&app, &reader, &asked, paging, Sought::of(CaseSearch::Number, &search.value)?).await
}

/// Cases by part of their name, or by the whole of it
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
    let sought =
        Sought { whole: search.fuzzy == Some(false), ..Sought::of(CaseSearch::Name, &search.value)? };
    find(&app, &reader, &asked, paging, sought).await
}

/// What is searched for.
struct Sought<'a> {
    kind: CaseSearch,
    value: &'a str,
    /// Not a part, but the whole of a case's name.
    whole: bool,
}

impl<'a> Sought<'a> {
    fn of(kind: CaseSearch, value: &'a str) -> Result<Self, Problem> {
        let value = value.trim();
        let shortest = if kind == CaseSearch::Name { SHORTEST_NAME } else { 1 };
        if !(shortest..=LONGEST).contains(&value.chars().count()) || value.contains('\0') {
            let fault = Fault::new("searchValue", format!("must be {shortest} to {LONGEST} characters"));
            return Err(Problem::invalid("The search cannot be made.", vec![fault]));
        }
        Ok(Self { kind, value, whole: false })
    }

    /// The cases that `access` may see at `now`, at most so many.
    async fn cases(
        &self,
        db: &Client,
        access: &Access,
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<Vec<FoundCase>, DbError> {
        let among = if self.whole { MOST_MATCHES } else { most };
        let among = i64::try_from(among).unwrap_or(i64::MAX);
        let mut found = publications::search_cases(db, self.kind, self.value, access, now, among).await?;
        let name = self.value.to_lowercase();
        found.retain(|case| !self.whole || case.case_name.to_lowercase() == name);
        found.truncate(most);
        Ok(found)
    }
}

async fn find(
    app: &App,
    reader: &Reader,
    asked: &Asked,
    paging: Paging,
    sought: Sought<'_>,
) -> Result<Response, Problem> {
    let page = paging.or(MOST_CASES)?;
    let search = async |db: &mut Client| {
        let found = sought.cases(db, &reader.access, app.now(), MOST_CASES).await?;
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
