//! A list: every list type's page, written from its document. The list type must be the one the address names, the
//! display window must be open and the reader must be allowed, on every request.

mod filter;

use crate::locations::courts::Court;
use crate::portal_court::{court_of, tongue};
use crate::portal_find_court::filter::Group;
use crate::publication_read::{document, stored};
use adapters::postgres::Client;
use adapters::postgres::publications::Publication;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use domain::civil::{Tongue, long_date};
use domain::{Access, Displayed, PublicationId, Sensitivity};
use filter::{Chosen, Offered};
use portal::{Cache, Page, PageRequest, PageSource, Rendered};
use runtime::app::ListBody;
use runtime::extract::{Path, Query};
use runtime::{Anyone, App, Function, Problem, Read};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_list",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page("/{list_path}", get(show)),
};

/// The page.
pub const PAGE: PageSource = PageSource {
    name: "portal_list",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

/// Hearings a page of a very long list shows.
const PER_PAGE: usize = 1_000;

#[derive(Deserialize)]
struct Which {
    #[serde(rename = "artefactId", default)]
    artefact_id: String,
    /// What is no number means the first page.
    #[serde(default)]
    page: String,
}

#[derive(Serialize)]
struct Context<'a> {
    heading: &'a str,
    body: &'a str,
    page: usize,
    pages: Vec<PageLink>,
    last_good: bool,
    groups: Vec<Group>,
    filtered: bool,
    /// No case is among the chosen.
    nothing_found: bool,
    /// The list without any choice.
    unfiltered: &'a str,
    artefact_id: String,
}

#[derive(Serialize)]
struct PageLink {
    number: usize,
    href: String,
    /// Pages before this one are left out.
    after_gap: bool,
}

async fn show(
    State(app): State<App>,
    _: Anyone,
    Path(list_path): Path<String>,
    Query(which): Query<Which>,
    RawQuery(query): RawQuery,
    request: PageRequest,
) -> Result<Response, Problem> {
    let list_type = lists::registry().by_path(&list_path).ok_or_else(|| Problem::not_found("page"))?;
    let query = query.unwrap_or_default();
    if let Some(path) = list_type.path.as_deref().filter(|path| *path != list_path) {
        return Ok(Redirect::permanent(&format!("/{path}?{query}")).into_response());
    }
    let Read { value: publication, last_good } = seen(&app, &which.artefact_id).await?;
    if publication.list_type.as_deref() != Some(list_type.name.as_str()) || publication.is_flat_file {
        return Err(Problem::not_found("list"));
    }
    let court = court_of(&app, &publication).await?;
    let cache = cache_of([&*publication], app.now());
    let made_from = format!("{} {last_good} {cache:?}", document::key(&publication, court.as_deref()));
    let asked =
        Asked { number: which.page.parse().unwrap_or(1).max(1), chosen: Chosen::read(list_type, &query) };
    let make = page(&app, &request, &publication, court.as_deref(), asked, last_good);
    Ok(app.page(&made_from, &request, make).await?.into_response())
}

/// Which page of which cases.
struct Asked {
    number: usize,
    chosen: Chosen,
}

async fn page(
    app: &App,
    request: &PageRequest,
    publication: &Publication,
    court: Option<&Court>,
    asked: Asked,
    last_good: bool,
) -> Result<Rendered, Problem> {
    let path = crate::portal_court::address_of(publication);
    let (mut asked, mut groups, mut nothing_found) = (asked, Vec::new(), false);
    if document::list_type(publication).is_some_and(filter::has_filter) {
        let document = document::of(app, publication, court).await?;
        let offered = Offered::by(&document);
        asked.chosen = asked.chosen.among(&offered);
        let london = app.site.text(request.locale, PAGE.name, "london")?;
        groups = asked.chosen.groups(&offered, london, &path);
        nothing_found = asked.chosen.is_any() && !asked.chosen.finds(&document);
    }
    let body = body(app, publication, court, tongue(request), &asked).await?;
    let back = publication.location_id.map(|court| format!("/summary-of-publications?locationId={court}"));
    let page = Page::new(PAGE.name)
        .title(title(app, request, publication, &body)?)
        .back_link(back.unwrap_or_else(|| "/".to_owned()));
    let context = Context {
        heading: &body.heading,
        body: &body.html,
        page: body.page,
        pages: page_links(&body, &path, &asked.chosen),
        last_good,
        groups,
        filtered: asked.chosen.is_any(),
        nothing_found,
        unfiltered: &path,
        artefact_id: publication.publication_id.to_string(),
    };
    Ok(app.site.render(request, page.context(&context).cache(cache_of([publication], app.now())))?)
}

/// What tells the page apart from those of other days, and from the other pages of a long list.
fn title(
    app: &App,
    request: &PageRequest,
    publication: &Publication,
    body: &ListBody,
) -> Result<String, Problem> {
    let day = long_date(publication.content_date, tongue(request), false);
    let mut title = format!("{}, {day}", body.heading);
    if body.pages > 1 {
        let words = app.site.text(request.locale, PAGE.name, "page_of")?;
        let numbers = words.replace("{page}", &body.page.to_string());
        title = format!("{title}, {}", numbers.replace("{pages}", &body.pages.to_string()));
    }
    Ok(title)
}

/// Links to the pages, none for a single one; of more than ten, the first, the last and those beside the present one.
fn page_links(body: &ListBody, path: &str, chosen: &Chosen) -> Vec<PageLink> {
    let (present, pages) = (body.page, body.pages);
    if pages < 2 {
        return Vec::new();
    }
    let query = if chosen.is_any() { format!("&{}", chosen.query()) } else { String::new() };
    let is_shown =
        |number: &usize| pages <= 10 || [1, pages].contains(number) || number.abs_diff(present) <= 2;
    let mut before = 0;
    let link = |number: usize| {
        let after_gap = number > before + 1;
        before = number;
        PageLink { number, href: format!("{path}{query}&page={number}"), after_gap }
    };
    (1..=pages).filter(is_shown).map(link).collect()
}

/// How long other instances may use a body that this one made.
const SHARED_FOR: Duration = Duration::from_secs(3600);

/// The body of a list's page: as made lately here, or by another instance, or made now. It is made from a version, which
/// never changes, and from the court's names, which the key tells apart.
async fn body(
    app: &App,
    publication: &Publication,
    court: Option<&Court>,
    tongue: Tongue,
    asked: &Asked,
) -> Result<Arc<ListBody>, Problem> {
    let mut key = format!("{}-{}-{}", document::key(publication, court), tongue.tag(), asked.number);
    if asked.chosen.is_any() {
        key = format!("{key}-{}", hex::encode(Sha256::digest(asked.chosen.query())));
    }
    if let Some(body) = app.bodies.get(&key) {
        return Ok(body);
    }
    let shared = app.cache.within("list-body");
    let made = match shared.get(&key).await.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        Some(body) => body,
        None => {
            let body = write(app, publication, court, tongue, asked).await?;
            // There are as many choices as anybody cares to make; the store that instances share has no bounds.
            let bytes = if asked.chosen.is_any() { None } else { serde_json::to_vec(&body).ok() };
            if let Some(bytes) = bytes {
                shared.put(&key, bytes.into(), SHARED_FOR).await;
            }
            body
        }
    };
    let body = Arc::new(made);
    app.bodies.insert(key, Arc::clone(&body));
    Ok(body)
}

async fn write(
    app: &App,
    publication: &Publication,
    court: Option<&Court>,
    tongue: Tongue,
    asked: &Asked,
) -> Result<ListBody, Problem> {
    let not_found = || Problem::not_found("list");
    let whole = document::of(app, publication, court).await?;
    let document = if asked.chosen.is_any() { Arc::new(asked.chosen.of(&whole)) } else { whole };
    let layout = lists::layout(document::list_type(publication).ok_or_else(not_found)?);
    let written =
        surfaces::html::page(&document, layout, tongue, asked.number, PER_PAGE).ok_or_else(not_found)?;
    let heading = lists::format::title(&document.header, tongue).to_owned();
    Ok(ListBody { heading, html: written.html, page: written.number, pages: written.pages })
}

/// A publication that anyone may see now, by the one rule, be it what is stored or the last good copy. One that was shown
/// until its time had passed is gone; any other is as if it were not there.
pub(crate) async fn seen(app: &App, id: &str) -> Result<Read<Arc<Publication>>, Problem> {
    let not_found = || Problem::not_found("list");
    let id = PublicationId(id.parse::<Uuid>().map_err(|_| not_found())?);
    let find = async |db: &mut Client| stored(db, id).await;
    let seen = app.publications.of(&app.db, id, find).await?.ok_or_else(not_found)?;
    let (publication, now) = (&seen.value, app.now());
    if Access::PUBLIC.may_see(&publication.displayed(), now) {
        return Ok(seen);
    }
    let was_shown = Displayed { to: None, withdrawn: publication.withdrawn, ..publication.displayed() };
    let over = publication.display_to.is_some_and(|to| to <= now) && Access::PUBLIC.may_see(&was_shown, now);
    if over { Err(Problem::gone("list")) } else { Err(not_found()) }
}

/// How long a page of publications may be kept: briefly, since a list may be amended or withdrawn at any moment, and
/// never beyond the display of any; not at all if one is not public.
pub(crate) fn cache_of<'a>(shown: impl IntoIterator<Item = &'a Publication>, now: DateTime<Utc>) -> Cache {
    let mut seconds = 10;
    for publication in shown {
        if publication.sensitivity != Sensitivity::Public {
            return Cache::Never;
        }
        let left = publication.display_to.map_or(seconds, |to| (to - now).num_seconds());
        seconds = left.clamp(0, seconds);
    }
    Cache::Public { seconds: u32::try_from(seconds).unwrap_or_default() }
}
