//! Accessibility statement and cookie policy.

use axum::extract::State;
use axum::routing::get;
use portal::{Cache, Page, PageRequest, PageSource, Rendered};
use runtime::{Anyone, App, Function, Problem};

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_policy",
    bindings: include_str!("function.json"),
    mount: |routes| {
        routes.page("/accessibility-statement", get(accessibility)).page("/cookie-policy", get(cookies))
    },
};

/// The accessibility statement.
pub const ACCESSIBILITY: PageSource = PageSource {
    name: "portal_policy_accessibility",
    template: include_str!("accessibility/page.html"),
    en: include_str!("accessibility/en.json"),
    cy: include_str!("accessibility/cy.json"),
};

/// The cookie policy.
pub const COOKIES: PageSource = PageSource {
    name: "portal_policy_cookies",
    template: include_str!("cookies/page.html"),
    en: include_str!("cookies/en.json"),
    cy: include_str!("cookies/cy.json"),
};

const CACHE: Cache = Cache::Public { seconds: 3600 };

async fn accessibility(State(app): State<App>, _: Anyone, request: PageRequest) -> Result<Rendered, Problem> {
    Ok(app.site.render(&request, Page::new(ACCESSIBILITY.name).cache(CACHE))?)
}

async fn cookies(State(app): State<App>, _: Anyone, request: PageRequest) -> Result<Rendered, Problem> {
    Ok(app.site.render(&request, Page::new(COOKIES.name).cache(CACHE))?)
}
