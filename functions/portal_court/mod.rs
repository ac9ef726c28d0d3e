//! A court: what it has published and may be seen now.

use crate::locations::courts::{self, Court};
use adapters::postgres::publications::{self, Publication};
use adapters::postgres::{Client, READING, live_status};
use axum::extract::{Query, State};
use axum::routing::get;
use domain::civil::{Tongue, long_date};
use domain::{Access, Language, LocationId};
use portal::{Cache, Locale, Page, PageRequest, PageSource, Rendered};
use runtime::{Anyone, App, Function, Problem};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
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
    caution: &'a str,
    no_list: &'a str,
    lists: Vec<Entry>,
    email: &'a str,
    telephone: &'a str,
    live: Option<String>,
    last_good: bool,
}

/// What a court has published and may be seen now.
struct Published {
    lists: Arc<Vec<Publication>>,
    live: bool,
    /// The database is away: this is what was seen in the last ten minutes, by the same rule.
    last_good: bool,
}

async fn published(app: &App, court: LocationId) -> Result<Published, Problem> {
    let read = async |db: &mut Client| {
        let lists = publications::at_location(db, court, &Access::PUBLIC, app.now()).await?;
        Ok((Arc::new(lists), live_status::find(db, court).await?.is_some()))
    };
    match app.db.within(READING, read).await {
        Ok((lists, live)) => {
            app.courts_seen.insert(court, Arc::clone(&lists));
            Ok(Published { lists, live, last_good: false })
        }
        Err(error) => {
            let seen = app.courts_seen.get(&court).ok_or_else(|| Problem::from(error))?;
            let shown =
                |publication: &&Publication| Access::PUBLIC.may_see(&publication.displayed(), app.now());
            let lists = Arc::new(seen.iter().filter(shown).cloned().collect());
            Ok(Published { lists, live: false, last_good: true })
        }
    }
}

/// One list of the court.
#[derive(Serialize)]
struct Entry {
    href: String,
    name: String,
    date: String,
    weekly: bool,
    language: &'static str,
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
    let Published { lists, live, last_good } = published(&app, id).await?;
    let tongue = tongue(&request);
    let name = court.name(tongue);
    let title = app.site.fill(request.locale, PAGE.name, "title", &[("court", name)])?;
    let context = Context {
        court: name,
        caution: tongue.pick(&court.messages.caution, &court.messages.welsh_caution),
        no_list: tongue.pick(&court.messages.no_list, &court.messages.welsh_no_list),
        lists: entries(&lists, tongue),
        email: &court.location.email,
        telephone: &court.location.contact_no,
        live: live.then(|| format!("/live-case-status?locationId={id}")),
        last_good,
    };
    let page = Page::new(PAGE.name).title(title).back_link("/courts-tribunals-list").context(&context);
    Ok(app.site.render(&request, page.cache(Cache::Public { seconds: 10 }))?)
}

/// The entries in order: list name, then newest content date, then language; of the same list from two sources, the
/// latest published.
fn entries(published: &[Publication], tongue: Tongue) -> Vec<Entry> {
    let mut seen = HashSet::new();
    let once = |publication: &&Publication| {
        seen.insert((
            publication.list_type.clone(),
            publication.content_date,
            publication.language,
            publication.is_flat_file,
        ))
    };
    let mut published: Vec<_> = published.iter().filter(once).collect();
    published.sort_by_cached_key(|publication| {
        (list_name(publication, tongue), std::cmp::Reverse(publication.content_date), publication.language)
    });
    published.into_iter().map(|publication| entry(publication, tongue)).collect()
}

fn entry(publication: &Publication, tongue: Tongue) -> Entry {
    let list_type = publication.list_type.as_deref().and_then(|name| lists::registry().get(name));
    Entry {
        href: address_of(publication),
        name: list_name(publication, tongue),
        date: long_date(publication.content_date, tongue, true),
        weekly: list_type.is_some_and(|list_type| list_type.weekly),
        language: match publication.language {
            Language::English => "English (Saesneg)",
            Language::Welsh => "Welsh (Cymraeg)",
            Language::BiLingual => "Bilingual (Ddwyieithog)",
        },
        file: publication.is_flat_file,
    }
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
