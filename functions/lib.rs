//! The functions of P&I: one module a folder, and the list of them all. README.md is the map.

pub mod api_docs;
pub mod assets;
pub mod court_screen;
pub mod effect_send;
pub mod effect_sweep;
pub mod health;
pub mod locations;
pub mod portal_court;
pub mod portal_file;
pub mod portal_find_court;
pub mod portal_glossary;
pub mod portal_home;
pub mod portal_list;
pub mod portal_live_status;
pub mod portal_options;
pub mod portal_policy;
pub mod portal_search;
pub mod publication_files;
pub mod publication_ingest;
pub mod publication_ingest_v1;
pub mod publication_read;
pub mod reference_import;
pub mod retention;
pub mod robots;
pub mod subscription;
pub mod subscription_dispatch;
pub mod unknown_page;

mod answer;
mod artefact;

use portal::PageSource;
use runtime::Function;

/// Every function, in the order the host tries their routes.
pub const ALL: &[Function] = &[
    api_docs::FUNCTION,
    assets::FUNCTION,
    court_screen::FUNCTION,
    effect_send::FUNCTION,
    effect_sweep::FUNCTION,
    health::FUNCTION,
    locations::FUNCTION,
    portal_court::FUNCTION,
    portal_file::FUNCTION,
    portal_find_court::FUNCTION,
    portal_glossary::FUNCTION,
    portal_home::FUNCTION,
    portal_list::FUNCTION,
    portal_live_status::FUNCTION,
    portal_options::FUNCTION,
    portal_policy::FUNCTION,
    portal_search::FUNCTION,
    publication_files::FUNCTION,
    publication_ingest::FUNCTION,
    publication_ingest_v1::FUNCTION,
    publication_read::FUNCTION,
    reference_import::FUNCTION,
    retention::FUNCTION,
    robots::FUNCTION,
    subscription::FUNCTION,
    subscription_dispatch::FUNCTION,
    unknown_page::FUNCTION,
];

/// Every page.
pub const PAGES: &[PageSource] = &[
    court_screen::PAGE,
    portal_court::PAGE,
    portal_find_court::PAGE,
    portal_glossary::PAGE,
    portal_home::PAGE,
    portal_list::PAGE,
    portal_live_status::PAGE,
    portal_options::PAGE,
    portal_policy::ACCESSIBILITY,
    portal_policy::COOKIES,
    portal_search::PAGE,
];

/// The host's settings, compiled in: how queue messages are encoded is stated there and nowhere else.
pub const HOST_JSON: &str = include_str!("../host.json");

/// The containers the service writes to.
pub const CONTAINERS: [&str; 3] =
    [publication_ingest::publish::CONTAINER, publication_files::CONTAINER, reference_import::CONTAINER];

/// The queues the service sends wake-ups to.
pub const QUEUES: [&str; 2] = [publication_files::QUEUE, effect_send::QUEUE];
