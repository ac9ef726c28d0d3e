//! Find a court: the A to Z list, filtered by jurisdiction, kind of court and region. All by GET with stable ids, so a
//! filtered list can be kept as a link, and works without JavaScript.

pub(crate) mod filter;

use crate::locations::courts::{self, Courts};
use crate::portal_court::tongue;
use crate::portal_options::SJP_COURT;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use filter::Chosen;
use portal::{Cache, Page, PageRequest, PageSource, Rendered};
use runtime::{Anyone, App, Function, Problem};
use serde::Serialize;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "portal_find_court",
    bindings: include_str!("function.json"),
    mount: |routes| routes.page(PATH, get(show)),
};

/// The page.
pub const PAGE: PageSource = PageSource {
    name: "portal_find_court",
    template: include_str!("page.html"),
    en: include_str!("en.json"),
    cy: include_str!("cy.json"),
};

const PATH: &str = "/courts-tribunals-list";

/// The courts of one letter.
#[derive(Serialize)]
struct Letter {
    letter: String,
    id: String,
    courts: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    id: i32,
    name: String,
}

#[derive(Serialize)]
struct Context {
    letters: Vec<Letter>,
    alphabet: Vec<(char, bool)>,
    groups: Vec<filter::Group>,
    filtered: bool,
    count: usize,
    sjp: Option<i32>,
}

async fn show(
    State(app): State<App>,
    _: Anyone,
    request: PageRequest,
    RawQuery(query): RawQuery,
) -> Result<Rendered, Problem> {
    let courts = courts::all(&app).await?;
    let made_from = format!("courts {}", courts.stamp);
    app.page(&made_from, &request, page(&app, &request, &courts, query.as_deref().unwrap_or_default())).await
}

async fn page(app: &App, request: &PageRequest, courts: &Courts, query: &str) -> Result<Rendered, Problem> {
    let tongue = tongue(request);
    let chosen = Chosen::read(query);
    let mut links: Vec<Link> = courts
        .iter()
        .filter(|court| court.location.location_id.0 != SJP_COURT && chosen.admits(&court.location))
        .map(|court| Link { id: court.location.location_id.0, name: court.name(tongue).to_owned() })
        .collect();
    links.sort_by_cached_key(|link| link.name.to_lowercase());
    let count = links.len();
    let letters = by_letter(links);
    let context = Context {
        alphabet: ('A'..='Z')
            .map(|letter| (letter, letters.iter().any(|row| row.id == letter.to_string())))
            .collect(),
        letters,
        groups: chosen.groups(courts.iter().map(|court| &court.location), tongue, PATH),
        filtered: chosen.is_any(),
        count,
        sjp: courts.find(domain::LocationId(SJP_COURT)).map(|_| SJP_COURT),
    };
    let page =
        Page::new(PAGE.name).back_link("/search").context(&context).cache(Cache::Public { seconds: 10 });
    Ok(app.site.render(request, page)?)
}

/// Courts under the first letter of their names; what begins with no letter of A to Z comes first, under a sign.
fn by_letter(links: Vec<Link>) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for link in links {
        let first = link.name.chars().next().map(unaccented).filter(char::is_ascii_alphabetic);
        let letter = first.map_or("#".to_owned(), String::from);
        match letters.iter_mut().find(|row| row.letter == letter) {
            Some(row) => row.courts.push(link),
            None => {
                let id = if letter == "#" { "other".to_owned() } else { letter.clone() };
                letters.push(Letter { letter, id, courts: vec![link] });
            }
        }
    }
    letters.sort_by(|a, b| a.letter.cmp(&b.letter));
    letters
}

/// The capital letter an initial is filed under: Welsh initials may carry a circumflex.
fn unaccented(initial: char) -> char {
    let capital = initial.to_uppercase().next().unwrap_or(initial);
    match capital {
        'Â' => 'A',
        'Ê' => 'E',
        'Î' => 'I',
        'Ô' => 'O',
        'Û' => 'U',
        'Ŵ' => 'W',
        'Ŷ' => 'Y',
        other => other,
    }
}
