//! Home: what the service is for, and the way in.

use axum::extract::State;
use axum::routing::get;
use portal::{Cache, Page, PageRequest, PageSource, Rendered};
use runtime::{Anyone, App, Function, Problem};

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_home",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page("/", get(show)),
};

/// The page.
pub const PAGE: PageSource = PageSource {
    name: "portal_home",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

async fn show(State(app): State<App>, _: Anyone, request: PageRequest) -> Result<Rendered, Problem> {
    Ok(app.site.render(&request, Page::new(PAGE.name).cache(Cache::Public { seconds: 60 }))?)
}
