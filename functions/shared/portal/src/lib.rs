//! The shell of every page: GOV.UK layout, wording in English and Welsh, assets, security headers, error pages.
//!
//! A page is a [`PageSource`]: a template and two wording files in one folder. [`Site::new`] parses and checks all of
//! them once; [`Site::render`] makes the HTML. README.md shows how to add one.

mod address;
mod assets;
#[cfg(feature = "checks")]
pub mod checks;
mod content;
mod errors;
mod fill;
mod locale;
mod navigation;
mod page;
mod phrase;
mod request;
mod security;
mod site;
mod wording;

pub use assets::{asset_url, assets_router};
pub use errors::ErrorPage;
pub use locale::Locale;
pub use navigation::Viewer;
pub use page::{Cache, Page, PageSource, Rendered};
pub use phrase::Phrase;
pub use request::{PageRequest, remember_language};
pub use security::{InvalidSetting, SecurityHeaders, SecuritySettings};
pub use site::{RenderError, Site, SiteError};
pub use wording::{Texts, Wording, WordingError};
