//! Search: a court by its name. One match leads to its page, several are listed, none is explained. Works by plain form.

use crate::locations::courts::{self, Court};
use crate::portal_court::tongue;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::civil::Tongue;
use portal::{Page, PageRequest, PageSource};
use runtime::{Anyone, App, Function, Problem};
use serde::Deserialize;
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

async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let Some(typed) = search.court else { return page(&app, &request, "", &[], false) };
    let tongue = tongue(&request);
    let courts = courts::all(&app).await?;
    let found = matching(&courts, &typed, tongue);
    match found.as_slice() {
        [] => page(&app, &request, &typed, &[], true),
        [one] => {
            let target = format!("/summary-of-publications?locationId={}", one.location.location_id);
            Ok(Redirect::to(&target).into_response())
        }
        several => page(&app, &request, &typed, several, false),
    }
}

/// The court of exactly that name, or those whose names begin with the text and then those that contain it. The name may
/// be typed in either language, whichever the page is in.
fn matching(courts: &[Arc<Court>], typed: &str, tongue: Tongue) -> Vec<Arc<Court>> {
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
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
    error: bool,
) -> Result<Response, Problem> {
    let tongue = tongue(request);
    let found: Vec<_> = found
        .iter()
        .map(|court| json!({"id": court.location.location_id, "name": court.name(tongue)}))
        .collect();
    let context = json!({"typed": typed, "found": found, "error": error});
    let page = Page::new(PAGE.name).back_link("/view-option").context(&context).with_errors(error);
    let page = if error { page.status(StatusCode::NOT_FOUND) } else { page };
    Ok(app.site.render(request, page)?.into_response())
}
