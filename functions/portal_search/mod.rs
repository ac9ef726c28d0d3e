//! Search: a court by its name. One match leads to its page, several are listed, none is explained. Works by plain form.

use crate::locations::courts::{self, Court};
use crate::portal_court::tongue;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::civil::Tongue;
use portal::{Page, PageRequest, PageSource};
use runtime::extract::Query;
use runtime::{Anyone, App, Function, Problem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_search",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page("/search", get(show)),
};

/// The page.
pub const PAGE: PageSource = PageSource {
    name: "portal_search",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

/// The name typed, if the form has been sent.
#[derive(Deserialize)]
struct Search {
    court: Option<String>,
}

/// Why a search leads nowhere; its name is that of the error's wording.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Failure {
    NothingTyped,
    NothingFound,
}

impl Failure {
    fn status(self) -> StatusCode {
        match self {
            Self::NothingTyped => StatusCode::BAD_REQUEST,
            Self::NothingFound => StatusCode::NOT_FOUND,
        }
    }
}

async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let Some(typed) = search.court else { return page(&app, &request, "", &[], None) };
    if typed.trim().is_empty() {
        return page(&app, &request, "", &[], Some(Failure::NothingTyped));
    }
    let tongue = tongue(&request);
    let courts = courts::all(&app).await?;
    let found = matching(&courts, &typed, tongue);
    match found.as_slice() {
        [] => page(&app, &request, &typed, &[], Some(Failure::NothingFound)),
        [one] => {
            let target = format!("/summary-of-publications?locationId={}", one.location.location_id);
            Ok(Redirect::to(&target).into_response())
        }
        several => page(&app, &request, &typed, several, None),
    }
}

/// The court of exactly that name, or those whose names begin with the text and then those that contain it. The name may
/// be typed in either language, whichever the page is in.
fn matching(courts: &[Arc<Court>], typed: &str, tongue: Tongue) -> Vec<Arc<Court>> {
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let named = |court: &Court| court.name(tongue).to_lowercase();
    let names = |court: &Court| [Tongue::En, Tongue::Cy].map(|tongue| court.name(tongue).to_lowercase());
    let exact: Vec<_> = courts.iter().filter(|court| names(court).contains(&typed)).cloned().collect();
    if !exact.is_empty() {
        return exact;
    }
    let holds = |court: &Court| names(court).iter().any(|name| name.contains(&typed));
    let begins = |court: &Court| names(court).iter().any(|name| name.starts_with(&typed));
    let mut found: Vec<_> = courts.iter().filter(|court| holds(court)).cloned().collect();
    found.sort_by_cached_key(|court| (!begins(court), named(court)));
    found
}

fn page(
    app: &App,
    request: &PageRequest,
    typed: &str,
    found: &[Arc<Court>],
    failure: Option<Failure>,
) -> Result<Response, Problem> {
    let tongue = tongue(request);
    let found: Vec<_> = found
        .iter()
        .map(|court| json!({"id": court.location.location_id, "name": court.name(tongue)}))
        .collect();
    let context = json!({"typed": typed, "found": found, "failure": failure});
    let page = Page::new(PAGE.name).back_link("/view-option").context(&context);
    let page = page.with_errors(failure.is_some()).status(failure.map_or(StatusCode::OK, Failure::status));
    Ok(app.site.render(request, page)?.into_response())
}
