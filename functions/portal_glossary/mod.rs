//! The court event glossary: what each status of a live hearing means. Each entry has its id as anchor.

use adapters::postgres::glossary;
use axum::extract::State;
use axum::routing::get;
use domain::LocationId;
use domain::reference::GlossaryEntry;
use portal::{Cache, Locale, Page, PageRequest, PageSource, Phrase, Rendered};
use runtime::extract::Query;
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
    #[serde(rename = "locationId", default)]
    location_id: String,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: Phrase,
    description: Phrase,
}

async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Query(from): Query<From>,
) -> Result<Rendered, Problem> {
    let entries = entries(&app).await?;
    let mut rows: Vec<_> = entries.iter().map(|entry| row(entry, request.locale)).collect();
    rows.sort_by_cached_key(|row| row.name.text().to_lowercase());
    // Without a court, or with one that cannot be read, the reader came from nowhere.
    let court = from.location_id.parse().ok().map(LocationId);
    let back = court.map_or("/".to_owned(), |court| format!("/live-case-status?locationId={court}"));
    let page = Page::new(PAGE.name).back_link(back).context(&serde_json::json!({"rows": rows}));
    Ok(app.site.render(&request, page.cache(Cache::Public { seconds: 60 }))?)
}

fn row(entry: &GlossaryEntry, page: Locale) -> Row<'_> {
    Row {
        id: &entry.id,
        name: Phrase::pick(&entry.name, &entry.welsh_name, page),
        description: Phrase::pick(&entry.description, &entry.welsh_description, page),
    }
}

/// The glossary as it is, or was up to two seconds ago.
pub(crate) async fn entries(app: &App) -> Result<Arc<Vec<GlossaryEntry>>, Problem> {
    app.whole("glossary", async |db| glossary::all(db).await).await
}
