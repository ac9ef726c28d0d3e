//! Live hearing updates for readers: the courts that send them, and what each court's rooms are doing now. The court's
//! own screens show the same through `court_screen`.

use crate::locations::courts;
use crate::portal_court::tongue;
use crate::portal_glossary;
use adapters::postgres::Client;
use adapters::postgres::live_status::{self, LiveStatus};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use domain::LocationId;
use domain::civil::{Tongue, london, long_date, short_time};
use domain::live::RoomUpdate;
use domain::reference::GlossaryEntry;
use portal::{Page, PageRequest, PageSource};
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
    /// It has not been updated for too long, or is the last good copy.
    pub stale: bool,
    /// One a room.
    pub rooms: Vec<Room>,
}

/// One court room.
#[derive(Debug, Serialize)]
pub(crate) struct Room {
    room: String,
    number: String,
    name: String,
    status: String,
    event: String,
    time: String,
    glossary: Option<String>,
    idle: bool,
}

async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let Some(id) = which.location_id else { return choose(&app, &request).await };
    let id = id.parse().map(LocationId).map_err(|_| Problem::not_found("court"))?;
    let view = view(&app, id, tongue(&request)).await?;
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
pub(crate) async fn view(app: &App, id: LocationId, tongue: Tongue) -> Result<View, Problem> {
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
        stale: last_good || age >= app.settings.screen.stale,
        rooms: updates.iter().map(|update| room(update, &glossary, id)).collect(),
    })
}

fn updated(at: DateTime<Utc>, now: DateTime<Utc>, tongue: Tongue) -> String {
    let (civil, today) = (london(at), london(now).date());
    let time = short_time(civil.time());
    if civil.date() == today { time } else { format!("{time}, {}", long_date(civil.date(), tongue, false)) }
}

fn room(update: &RoomUpdate, glossary: &[GlossaryEntry], court: LocationId) -> Room {
    let event = &update.event;
    // By id; by name where the court sends none: the first entry of that name.
    let entry = glossary
        .iter()
        .find(|entry| entry.id == event.event_id)
        .or_else(|| glossary.iter().find(|entry| entry.name.eq_ignore_ascii_case(&event.event_name)));
    Room {
        idle: event.is_empty(),
        glossary: entry.map(|entry| format!("/case-event-glossary?locationId={court}#event-{}", entry.id)),
        room: update.court_room.clone(),
        number: update.case_number.clone(),
        name: update.case_name.clone(),
        status: event.event_status.clone(),
        event: event.event_name.clone(),
        time: event.event_time.clone(),
    }
}
