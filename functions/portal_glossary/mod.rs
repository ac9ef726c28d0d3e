//! The court event glossary: what each status of a live hearing means. Each entry has its id as anchor.

use crate::portal_court::tongue;
use adapters::postgres::glossary;
use axum::extract::{Query, State};
use axum::routing::get;
use domain::reference::GlossaryEntry;
use portal::{Cache, Page, PageRequest, PageSource, Rendered};
use runtime::{Anyone, App, Function, Problem};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_glossary",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page("/case-event-glossary", get(show)),
};

/// The page.
pub const PAGE: PageSource = PageSource {
    name: "portal_glossary",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

#[derive(Deserialize)]
struct From {
    #[serde(rename = "locationId")]
    location_id: Option<i32>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    description: &'a str,
}

async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Query(from): Query<From>,
) -> Result<Rendered, Problem> {
    let tongue = tongue(&request);
    let entries = entries(&app).await?;
    let row = |entry: &'_ GlossaryEntry| {
        (
            tongue.pick(&entry.name, &entry.welsh_name).to_owned(),
            tongue.pick(&entry.description, &entry.welsh_description).to_owned(),
            entry.id.clone(),
        )
    };
    let mut rows: Vec<_> = entries.iter().map(row).collect();
    rows.sort_by_key(|(name, _, _)| name.to_lowercase());
    let rows: Vec<_> = rows.iter().map(|(name, description, id)| Row { id, name, description }).collect();
    let back =
        from.location_id.map_or("/".to_owned(), |court| format!("/live-case-status?locationId={court}"));
    let page = Page::new(PAGE.name).back_link(back).context(&serde_json::json!({"rows": rows}));
    Ok(app.site.render(&request, page.cache(Cache::Public { seconds: 60 }))?)
}

/// The glossary as it is, or was up to two seconds ago.
pub(crate) async fn entries(app: &App) -> Result<Arc<Vec<GlossaryEntry>>, Problem> {
    app.whole("glossary", async |db| glossary::all(db).await).await
}
