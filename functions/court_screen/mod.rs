//! Court screen: what is happening now in a court's rooms, shown outside them. The address hides the court's id in
//! base64 (LLD 3.2.1.2); what it decodes to is a court id and never a path.

use crate::portal_live_status;
use axum::extract::State;
use axum::routing::get;
use domain::{LocationId, screen};
use portal::{Page, PageRequest, PageSource, Rendered};
use runtime::extract::{Path, Query};
use runtime::{Anyone, App, Function, Problem};
use serde::Deserialize;
use serde_json::json;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "court_screen",
    bindings: include_str!("function.json"),
    mount: |routes| {
        routes.page("/in-court/live-case-status", get(show_written_out)).page("/in-court/{token}", get(show))
    },
};

/// The screen.
pub const PAGE: PageSource = PageSource {
    name: "court_screen",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

/// The screen of the court that the token names.
async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Path(token): Path<String>,
) -> Result<Rendered, Problem> {
    let court = screen::court_of(&token).ok_or_else(|| Problem::not_found("screen"))?;
    render(&app, &request, court).await
}

#[derive(Deserialize)]
struct Which {
    #[serde(rename = "courtId", default)]
    court_id: String,
}

/// The page that a token stands for, by its plain address.
async fn show_written_out(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Query(which): Query<Which>,
) -> Result<Rendered, Problem> {
    let court = which.court_id.parse().map_err(|_| Problem::not_found("screen"))?;
    render(&app, &request, LocationId(court)).await
}

async fn render(app: &App, request: &PageRequest, court: LocationId) -> Result<Rendered, Problem> {
    let view = portal_live_status::view(app, court, request).await?;
    let title = app.site.fill(request.locale, PAGE.name, "title", &[("court", &view.court)])?;
    let context = json!({"view": view, "refresh_seconds": app.settings.screen.refresh.as_secs()});
    Ok(app.site.render(request, Page::new(PAGE.name).title(title).context(&context))?)
}
