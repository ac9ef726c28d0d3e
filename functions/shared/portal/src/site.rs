//! The site: every page's template and words, parsed and checked once at start.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use minijinja::value::merge_maps;
use minijinja::{Environment, Error, ErrorKind, Value, context};
use sha2::{Digest, Sha256};

use crate::content::Content;
use crate::errors::{self, ErrorPage};
use crate::wording::{Texts, Wording, WordingError, within};
use crate::{Cache, Locale, Page, PageRequest, PageSource, Rendered, assets, fill};

/// The templates of the shell; pages extend or import them by these names.
const SHELL: [(&str, &str); 3] = [
    ("portal/layout.html", include_str!("../templates/layout.html")),
    ("portal/screen.html", include_str!("../templates/screen.html")),
    ("portal/macros.html", include_str!("../templates/macros.html")),
];

/// All pages of the service, ready to be rendered. Built once and shared.
#[derive(Debug)]
pub struct Site {
    environment: Environment<'static>,
    pages: BTreeMap<&'static str, Registered>,
    shared: Wording,
}

/// A page that has been checked.
#[derive(Debug)]
struct Registered {
    template: &'static str,
    wording: Wording,
}

/// Why the site cannot be built: a mistake in a page's folder, named.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// Two pages, or a page and a partial, have one name.
    #[error("two templates are called {name}")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A page's wording files are wrong.
    #[error("the wording of {page} is wrong")]
    Wording {
        /// The page, or `shared`.
        page: String,
        /// What is wrong.
        source: WordingError,
    },
    /// A template uses words that are not there.
    #[error("the template {page} uses {key}, which has no wording")]
    UnknownKey {
        /// The page.
        page: String,
        /// The key as the template writes it.
        key: String,
    },
    /// A template cannot be parsed.
    #[error("the template {page} cannot be parsed")]
    Template {
        /// The page.
        page: String,
        /// What the parser says, with the line.
        source: Error,
    },
}

/// Why a page cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// No page of that name was registered.
    #[error("there is no page {page}")]
    UnknownPage {
        /// The name asked for.
        page: String,
    },
    /// The wording lacks a key that code asks for (a page's `title`, for one).
    #[error("the page {page} has no wording {key}")]
    UnknownKey {
        /// The page.
        page: String,
        /// The key.
        key: String,
    },
    /// The template failed, for example on a gap that was not filled.
    #[error("the page {page} failed to render")]
    Template {
        /// The page.
        page: String,
        /// What the engine says, with the line.
        source: Error,
    },
}

impl Site {
    /// Parses and checks the pages of the service; the error pages are added to them.
    ///
    /// # Errors
    /// When a template or a wording file is wrong, when languages differ, when a template uses a key that has no words.
    pub fn new(sources: &[PageSource]) -> Result<Self, SiteError> {
        Self::with_partials(sources, &[])
    }

    /// The same, with templates (name, source) that several pages include or import.
    ///
    /// # Errors
    /// As [`Site::new`].
    pub fn with_partials(
        sources: &[PageSource],
        partials: &[(&'static str, &'static str)],
    ) -> Result<Self, SiteError> {
        let shared = Wording::parse(
            include_str!("../templates/shared.en.json"),
            include_str!("../templates/shared.cy.json"),
        )
        .map_err(|source| SiteError::Wording { page: "shared".to_owned(), source })?;
        let mut site = Self { environment: environment(), pages: BTreeMap::new(), shared };
        for (name, source) in SHELL.iter().chain(partials) {
            site.add_template(name, source)?;
            site.check_uses(name, source, "shared", &site.shared)?;
        }
        for source in sources.iter().chain(&errors::PAGES) {
            site.add_page(source)?;
        }
        Ok(site)
    }

    fn add_page(&mut self, source: &PageSource) -> Result<(), SiteError> {
        let wording = Wording::parse(source.en, source.cy)
            .map_err(|error| SiteError::Wording { page: source.name.to_owned(), source: error })?;
        self.add_template(source.name, source.template)?;
        self.check_uses(source.name, source.template, "t", &wording)?;
        self.check_uses(source.name, source.template, "shared", &self.shared)?;
        self.pages.insert(source.name, Registered { template: source.template, wording });
        Ok(())
    }

    fn add_template(&mut self, name: &'static str, source: &'static str) -> Result<(), SiteError> {
        if self.environment.get_template(name).is_ok() {
            return Err(SiteError::NameTaken { name: name.to_owned() });
        }
        self.environment
            .add_template(name, source)
            .map_err(|source| SiteError::Template { page: name.to_owned(), source })
    }

    fn check_uses(&self, page: &str, source: &str, variable: &str, words: &Wording) -> Result<(), SiteError> {
        let unknown = uses(source, variable).find(|key| !words.in_language(Locale::En).has(key));
        match unknown {
            Some(key) => {
                Err(SiteError::UnknownKey { page: page.to_owned(), key: format!("{variable}.{key}") })
            }
            None => Ok(()),
        }
    }

    /// Makes the HTML of a page for a request.
    ///
    /// # Errors
    /// When no such page is registered, when it has no title, or when its template fails.
    pub fn render(&self, request: &PageRequest, page: Page<'_>) -> Result<Rendered, RenderError> {
        let texts = self.texts(request.locale, page.name)?;
        let title = match &page.title {
            Some(title) => title.as_ref(),
            None => text(page.name, texts, "title")?,
        };
        let failed = |source| RenderError::Template { page: page.name.to_owned(), source };
        let template = self.environment.get_template(page.name).map_err(failed)?;
        let context = self.context(request, &page, title, texts);
        let html = template.render(context).map_err(failed)?;
        let tag = hash(html.as_bytes());
        Ok(Rendered {
            content: Arc::new(Content::new(Bytes::from(html), tag)),
            cache: if request.viewer.is_signed_in() { Cache::Never } else { page.cache },
            status: page.status,
            locale: request.locale,
            reader: request.reader.clone(),
        })
    }

    /// The shell's variables, over those of the page.
    fn context(&self, request: &PageRequest, page: &Page<'_>, title: &str, texts: &Texts) -> Value {
        let path = request.path_and_query.split('?').next().unwrap_or_default();
        let navigation: Vec<Value> = request
            .viewer
            .links()
            .iter()
            .map(|&(key, href)| context! { key, href, current => href == path })
            .collect();
        let languages: Vec<Value> = Locale::ALL
            .iter()
            .map(|locale| {
                let href = (*locale != request.locale).then(|| locale.address(&request.path_and_query));
                context! { text => locale.name(), lang => locale.lang(), href }
            })
            .collect();
        let shell = context! {
            t => texts.value(),
            shared => self.shared.in_language(request.locale).value(),
            shell => context! {
                title,
                lang => request.locale.lang(),
                languages => request.viewer.chooses_language().then_some(languages),
                navigation,
                back => page.back.as_deref(),
                error => page.error,
                updates => context! { stopped => request.has_stopped_updates(), switch => request.switch_updates() },
            },
            htmlLang => request.locale.lang(),
        };
        if page.context.is_none() { shell } else { merge_maps([shell, page.context.clone()]) }
    }

    /// A text for code to use, such as an error message of a form.
    ///
    /// # Errors
    /// When the page or the key is unknown.
    pub fn text(&self, locale: Locale, page: &str, key: &str) -> Result<&str, RenderError> {
        text(page, self.texts(locale, page)?, key)
    }

    fn texts(&self, locale: Locale, page: &str) -> Result<&Texts, RenderError> {
        let registered = self.pages.get(page);
        let registered = registered.ok_or_else(|| RenderError::UnknownPage { page: page.to_owned() })?;
        Ok(registered.wording.in_language(locale))
    }

    /// A text with its gaps filled with plain values.
    ///
    /// # Errors
    /// When the page or the key is unknown.
    pub fn fill(
        &self,
        locale: Locale,
        page: &str,
        key: &str,
        values: &[(&str, &str)],
    ) -> Result<String, RenderError> {
        Ok(fill::fill_plain(self.text(locale, page, key)?, values))
    }

    /// The response for an error, in the reader's language. Never fails: without its page it is plain text.
    ///
    /// `reference` is shown for the help line to look up in the logs.
    #[must_use]
    pub fn error(&self, request: &PageRequest, error: ErrorPage, reference: Option<&str>) -> Response {
        errors::respond(self, request, error, reference)
    }

    /// The names of all pages, sorted.
    pub fn pages(&self) -> impl Iterator<Item = &'static str> {
        self.pages.keys().copied()
    }

    /// Words no template uses, as `page: key`, for a test to refuse.
    ///
    /// Keys that begin with `title` or `error` are for code and not listed. A group that a template looks into by a
    /// variable, as in `t.names[slug]`, counts as used.
    #[must_use]
    pub fn unused_wording(&self) -> Vec<String> {
        let mut unused = Vec::new();
        for (page, registered) in &self.pages {
            let keys = registered.wording.in_language(Locale::En).keys().filter(|key| !is_for_code(key));
            let keys = uses(registered.template, "t").fold(keys.collect(), without);
            unused.extend(keys.into_iter().map(|key| format!("{page}: {key}")));
        }
        let mut shared: Vec<&str> = self.shared.in_language(Locale::En).keys().collect();
        for (_, template) in self.environment.templates() {
            shared = uses(template.source(), "shared").fold(shared, without);
        }
        unused.extend(shared.into_iter().map(|key| format!("shared: {key}")));
        unused
    }
}

/// GOV.UK Frontend's environment with the filter and the function that pages use.
fn environment() -> Environment<'static> {
    let mut environment = govuk::environment();
    environment.add_filter("fill", fill::fill);
    environment.add_function("asset_url", |name: &str| {
        assets::asset_url(name)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("there is no asset {name}")))
    });
    environment
}

fn text<'a>(page: &str, texts: &'a Texts, key: &str) -> Result<&'a str, RenderError> {
    texts.get(key).ok_or_else(|| RenderError::UnknownKey { page: page.to_owned(), key: key.to_owned() })
}

/// The keys a template takes from `variable`: `t.a`, `t.group.b`; of `t.group[slug]` the group. The whole source is read,
/// since a template has no text of its own.
fn uses<'a>(source: &'a str, variable: &'a str) -> impl Iterator<Item = &'a str> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    source.match_indices(variable).filter_map(move |(at, _)| {
        let before = source[..at].chars().next_back();
        let after = source[at + variable.len()..].strip_prefix('.')?;
        let end = after.find(|c| !(is_name(c) || c == '.')).unwrap_or(after.len());
        let alone = before.is_none_or(|c| !is_name(c) && c != '.');
        let key = after[..end].trim_end_matches('.');
        (alone && !key.is_empty()).then_some(key)
    })
}

fn without<'a>(keys: Vec<&'a str>, used: &str) -> Vec<&'a str> {
    keys.into_iter().filter(|key| *key != used && !within(key, used)).collect()
}

fn is_for_code(key: &str) -> bool {
    key.starts_with("title") || key.starts_with("error")
}

/// The first 128 bits of SHA-256, in hexadecimal.
pub(crate) fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
