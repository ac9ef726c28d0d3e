//! A court: what it has published and may be seen now.

use crate::locations::courts::{self, Court};
use crate::portal_list::cache_of;
use adapters::postgres::publications::{self, Publication};
use adapters::postgres::{Client, live_status};
use axum::extract::State;
use axum::routing::get;
use domain::civil::{Tongue, long_date};
use domain::{Access, Language, LocationId};
use portal::{Cache, Locale, Page, PageRequest, PageSource, Phrase, Rendered};
use runtime::app::CourtPublications;
use runtime::extract::Query;
use runtime::{Anyone, App, Function, Problem, Read};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_court",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page("/summary-of-publications", get(show)),
};

/// The page.
pub const PAGE: PageSource = PageSource {
    name: "portal_court",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

#[derive(Deserialize)]
struct Which {
    #[serde(rename = "locationId", default)]
    location_id: String,
}

#[derive(Serialize)]
struct Context<'a> {
    court: &'a str,
    /// The court's own, in the place of the usual one.
    caution: Phrase,
    no_list: Phrase,
    lists: Vec<Entry>,
    email: &'a str,
    telephone: &'a str,
    live: Option<String>,
    last_good: bool,
}

/// What a court has published that the public may see, as stored or as it was when last read.
async fn published(app: &App, court: LocationId) -> Result<Read<Arc<CourtPublications>>, Problem> {
    let read = async |db: &mut Client| {
        let lists = publications::at_location(db, court, &Access::PUBLIC, app.now()).await?;
        let live = live_status::find(db, court).await?.is_some();
        Ok(Some(Arc::new(CourtPublications { lists, live })))
    };
    app.published.of(&app.db, court, read).await?.ok_or_else(|| Problem::not_found("court"))
}

/// One list of the court.
#[derive(Serialize)]
struct Entry {
    href: String,
    name: String,
    date: String,
    weekly: bool,
    /// The name of its language in English and in Welsh, whatever the page is in.
    language: [Phrase; 2],
    file: bool,
}

async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    Query(which): Query<Which>,
) -> Result<Rendered, Problem> {
    let not_found = || Problem::not_found("court");
    let id = which.location_id.parse().map(LocationId).map_err(|_| not_found())?;
    let court = courts::find(&app, id).await?.ok_or_else(not_found)?;
    let Read { value: published, last_good } = published(&app, id).await?;
    let now = app.now();
    // By the one rule, also when it is the last good copy.
    let shown = |publication: &&Publication| Access::PUBLIC.may_see(&publication.displayed(), now);
    let lists: Vec<_> = published.lists.iter().filter(shown).collect();
    let cache = cache_of(lists.iter().copied(), now);
    let shown = Shown { lists, live: published.live, last_good, cache };
    let made_from = format!("court {:x}", shown.stamp(&court));
    app.page(&made_from, &request, page(&app, &request, &court, &shown)).await
}

/// What the page shows beside the court.
struct Shown<'a> {
    lists: Vec<&'a Publication>,
    live: bool,
    last_good: bool,
    cache: Cache,
}

impl Shown<'_> {
    /// Another one for whatever makes another page.
    fn stamp(&self, court: &Court) -> u64 {
        let mut hasher = DefaultHasher::new();
        let lists: Vec<_> = self.lists.iter().map(|list| (list.publication_id, list.revision)).collect();
        (court, lists, self.live, self.last_good, self.cache.header()).hash(&mut hasher);
        hasher.finish()
    }
}

async fn page(
    app: &App,
    request: &PageRequest,
    court: &Court,
    shown: &Shown<'_>,
) -> Result<Rendered, Problem> {
    let tongue = tongue(request);
    let (name, messages) = (court.name(tongue), &court.messages);
    let title = app.site.fill(request.locale, PAGE.name, "title", &[("court", name)])?;
    let live = || format!("/live-case-status?locationId={}", court.location.location_id);
    let context = Context {
        court: name,
        caution: Phrase::pick(&messages.caution, &messages.welsh_caution, request.locale),
        no_list: Phrase::pick(&messages.no_list, &messages.welsh_no_list, request.locale),
        lists: entries(&shown.lists, request),
        email: &court.location.email,
        telephone: &court.location.contact_no,
        live: shown.live.then(live),
        last_good: shown.last_good,
    };
    let page = Page::new(PAGE.name).title(title).back_link("/courts-tribunals-list").context(&context);
    Ok(app.site.render(request, page.cache(shown.cache))?)
}

/// The entries in order: list name, then newest content date, then language; of the same list from two sources, the
/// latest published. What is of no list type is not the same as anything.
fn entries(published: &[&Publication], request: &PageRequest) -> Vec<Entry> {
    let tongue = tongue(request);
    let mut seen = HashSet::new();
    let once = |publication: &&Publication| {
        let Publication { list_type, content_date, language, is_flat_file, .. } = publication;
        list_type.is_none() || seen.insert((list_type.clone(), *content_date, *language, *is_flat_file))
    };
    let mut published: Vec<_> = published.iter().copied().filter(once).collect();
    published.sort_by_cached_key(|publication| {
        (list_name(publication, tongue), std::cmp::Reverse(publication.content_date), publication.language)
    });
    published.into_iter().map(|publication| entry(publication, request)).collect()
}

fn entry(publication: &Publication, request: &PageRequest) -> Entry {
    let tongue = tongue(request);
    let list_type = publication.list_type.as_deref().and_then(|name| lists::registry().get(name));
    Entry {
        href: address_of(publication),
        name: list_name(publication, tongue),
        date: long_date(publication.content_date, tongue, true),
        weekly: list_type.is_some_and(|list_type| list_type.weekly),
        language: language_name(publication.language, request.locale),
        file: publication.is_flat_file,
    }
}

fn language_name(language: Language, page: Locale) -> [Phrase; 2] {
    let (english, welsh) = match language {
        Language::English => ("English", "Saesneg"),
        Language::Welsh => ("Welsh", "Cymraeg"),
        Language::BiLingual => ("Bilingual", "Ddwyieithog"),
    };
    [Phrase::new(english, Locale::En, page), Phrase::new(welsh, Locale::Cy, page)]
}

fn list_name(publication: &Publication, tongue: Tongue) -> String {
    let list_type = publication.list_type.as_deref().and_then(|name| lists::registry().get(name));
    match (list_type, &publication.file_name) {
        (Some(list_type), _) => list_type.friendly.in_tongue(tongue).to_owned(),
        (None, Some(file)) => file.clone(),
        (None, None) => publication.artefact_type.to_string(),
    }
}

/// Where a publication is read: its list's page, or its file. (The path of a list page is the production service's.)
pub(crate) fn address_of(publication: &Publication) -> String {
    let list_type = publication.list_type.as_deref().and_then(|name| lists::registry().get(name));
    let path =
        list_type.and_then(|list_type| list_type.path.as_deref()).filter(|_| !publication.is_flat_file);
    let path = path.map_or("file-publication", |path| path.trim_start_matches('/'));
    format!("/{path}?artefactId={}", publication.publication_id)
}

/// The tongue of a page's reader.
pub(crate) fn tongue(request: &PageRequest) -> Tongue {
    match request.locale {
        Locale::En => Tongue::En,
        Locale::Cy => Tongue::Cy,
    }
}

/// The court of a publication, if known.
pub(crate) async fn court_of(app: &App, publication: &Publication) -> Result<Option<Arc<Court>>, Problem> {
    match publication.location_id {
        Some(court) => courts::find(app, court).await,
        None => Ok(None),
    }
}
