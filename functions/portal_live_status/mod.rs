//! Live hearing updates for readers: the courts that send them, and what each court's rooms are doing now. The court's
//! own screens show the same through `court_screen`.

use crate::locations::courts;
use crate::portal_court::tongue;
use crate::portal_glossary;
use adapters::postgres::Client;
use adapters::postgres::live_status::{self, LiveStatus};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use domain::LocationId;
use domain::civil::{Tongue, london, long_date, short_time};
use domain::live::{RoomEvent, RoomUpdate};
use domain::reference::GlossaryEntry;
use portal::{Locale, Page, PageRequest, PageSource, Phrase};
use runtime::extract::Query;
use runtime::{Anyone, App, Function, Problem, Read};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_live_status",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page("/live-case-status", get(show)),
};

/// The page of one court, and of the choice of courts.
pub const PAGE: PageSource = PageSource {
    name: "portal_live_status",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

#[derive(Deserialize)]
struct Which {
    #[serde(rename = "locationId")]
    location_id: Option<String>,
}

/// A court's live status, as pages and screens show it.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    /// The court's name.
    pub court: String,
    /// Today.
    pub today: String,
    /// When the court last updated it: time of day, with the date if it was not today.
    pub updated: String,
    /// The same to the second, for machines.
    pub updated_at: String,
    /// The court has not updated it for too long.
    pub stale: bool,
    /// Our database is away: this is the last good copy, and whether the court has updated it is not known.
    pub last_good: bool,
    /// One a room.
    pub rooms: Vec<Room>,
}

/// One court room.
#[derive(Debug, Serialize)]
pub(crate) struct Room {
    room: String,
    number: String,
    name: String,
    /// What happened last, in order; nothing while the room is idle.
    event: Vec<Part>,
}

/// A part of what happened: status, name or time.
#[derive(Debug, Serialize)]
struct Part {
    words: Phrase,
    /// Its entry in the glossary.
    href: Option<String>,
}

async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let Some(id) = which.location_id else { return choose(&app, &request).await };
    let id = id.parse().map(LocationId).map_err(|_| Problem::not_found("court"))?;
    let view = view(&app, id, &request).await?;
    let title = app.site.fill(request.locale, PAGE.name, "title_court", &[("court", &view.court)])?;
    let refresh = app.settings.screen.refresh.as_secs();
    let context = json!({"view": view, "refresh_seconds": refresh, "courts": []});
    let page = Page::new(PAGE.name).title(title).back_link("/live-case-status").context(&context);
    Ok(app.site.render(&request, page)?.into_response())
}

async fn choose(app: &App, request: &PageRequest) -> Result<Response, Problem> {
    let ids = app.whole("courts with live status", async |db| live_status::courts(db).await).await?;
    let courts = courts::all(app).await?;
    let tongue = tongue(request);
    let mut links: Vec<_> = ids
        .iter()
        .filter_map(|id| courts.find(*id))
        .map(|court| json!({"id": court.location.location_id, "name": court.name(tongue)}))
        .collect();
    links.sort_by_cached_key(|link| link["name"].to_string().to_lowercase());
    let page =
        Page::new(PAGE.name).back_link("/view-option").context(&json!({"view": null, "courts": links}));
    Ok(app.site.render(request, page)?.into_response())
}

/// A court's live status as stored.
async fn status(app: &App, id: LocationId) -> Result<Read<Arc<LiveStatus>>, Problem> {
    let read = async |db: &mut Client| Ok(live_status::find(db, id).await?.map(Arc::new));
    app.live_status.of(&app.db, id, read).await?.ok_or_else(|| Problem::not_found("court"))
}

/// A court's live status, or 404 for a court that is unknown or never sent one.
pub(crate) async fn view(app: &App, id: LocationId, request: &PageRequest) -> Result<View, Problem> {
    let tongue = tongue(request);
    let court = courts::find(app, id).await?.ok_or_else(|| Problem::not_found("court"))?;
    let Read { value: status, last_good } = status(app, id).await?;
    let glossary = portal_glossary::entries(app).await?;
    let LiveStatus { updates, last_updated } = &*status;
    let (now, last_updated) = (app.now(), *last_updated);
    let age = (now - last_updated).to_std().unwrap_or_default();
    Ok(View {
        court: court.name(tongue).to_owned(),
        today: long_date(london(now).date(), tongue, true),
        updated: updated(last_updated, now, tongue),
        updated_at: last_updated.to_rfc3339(),
        stale: !last_good && age >= app.settings.screen.stale,
        last_good,
        rooms: updates.iter().map(|update| room(update, &glossary, id, request.locale)).collect(),
    })
}

fn updated(at: DateTime<Utc>, now: DateTime<Utc>, tongue: Tongue) -> String {
    let (civil, today) = (london(at), london(now).date());
    let time = short_time(civil.time());
    if civil.date() == today { time } else { format!("{time}, {}", long_date(civil.date(), tongue, false)) }
}

fn room(update: &RoomUpdate, glossary: &[GlossaryEntry], court: LocationId, page: Locale) -> Room {
    let idle = update.event.is_empty();
    Room {
        room: update.court_room.clone(),
        number: update.case_number.clone(),
        name: update.case_name.clone(),
        event: if idle { Vec::new() } else { parts(&update.event, glossary, court, page) },
    }
}

/// What a court says of an event, as far as it does. Courts write English.
fn parts(event: &RoomEvent, glossary: &[GlossaryEntry], court: LocationId, page: Locale) -> Vec<Part> {
    let is_named = |entry: &&GlossaryEntry| entry.name.eq_ignore_ascii_case(&event.event_name);
    // By id; by name where the court sends none: the first entry of that name.
    let entry =
        glossary.iter().find(|entry| entry.id == event.event_id).or_else(|| glossary.iter().find(is_named));
    // An entry of another name, such as "Witness [n] Sworn", is not a translation of what the court wrote.
    let welsh_name = entry.filter(is_named).map_or("", |entry| &entry.welsh_name);
    let href = entry.map(|entry| format!("/case-event-glossary?locationId={court}#event-{}", entry.id));
    let parts = [
        Part { words: Phrase::new(event.event_status.as_str(), Locale::En, page), href: None },
        Part { words: Phrase::pick(&event.event_name, welsh_name, page), href },
        Part { words: Phrase::new(event.event_time.as_str(), page, page), href: None },
    ];
    parts.into_iter().filter(|part| !part.words.text().is_empty()).collect()
}
