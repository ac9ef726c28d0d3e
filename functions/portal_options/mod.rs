//! What do you want to do: the choice between courts, Single Justice Procedure cases and live updates.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use portal::{Page, PageRequest, PageSource};
use runtime::{Anyone, App, Function, Problem};
use serde::Deserialize;
use serde_json::json;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_options",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page("/view-option", get(show).post(choose)),
};

/// The page.
pub const PAGE: PageSource = PageSource {
    name: "portal_options",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

/// The national pseudo-court that Single Justice Procedure lists belong to.
pub(crate) const SJP_COURT: i32 = 9;

#[derive(Deserialize, Default)]
struct Choice {
    #[serde(rename = "view-choice", default)]
    choice: String,
}

async fn show(State(app): State<App>, _: Anyone, request: PageRequest) -> Result<Response, Problem> {
    page(&app, &request, false)
}

/// Goes where the choice says; without one, the page says that one is needed. Nothing changes.
async fn choose(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    form: Result<Form<Choice>, FormRejection>,
) -> Result<Response, Problem> {
    let choice = form.map(|Form(choice)| choice.choice).unwrap_or_default();
    let target = match choice.as_str() {
        "search" => "/search".to_owned(),
        "sjp" => format!("/summary-of-publications?locationId={SJP_COURT}"),
        "live" => "/live-case-status".to_owned(),
        _ => return page(&app, &request, true),
    };
    Ok(Redirect::to(&target).into_response())
}

fn page(app: &App, request: &PageRequest, error: bool) -> Result<Response, Problem> {
    let page = Page::new(PAGE.name).back_link("/").context(&json!({"error": error})).with_errors(error);
    let page = if error { page.status(StatusCode::BAD_REQUEST) } else { page };
    Ok(app.site.render(request, page)?.into_response())
}
