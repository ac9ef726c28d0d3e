//! GOV.UK Frontend in Rust: its own component templates, rendered by minijinja, and its files, in the binary.
//!
//! ```
//! let mut site = govuk::environment();
//! site.add_template(
//!     "page.html",
//!     r#"{% from "govuk/components/button/macro.njk" import govukButton %}{{ govukButton({"text": "Start"}) }}"#,
//! )?;
//! let html = site.get_template("page.html")?.render(())?;
//! assert!(html.contains(r#"<button type="submit" class="govuk-button""#));
//! # Ok::<(), minijinja::Error>(())
//! ```

mod filters;
mod functions;
mod js;
mod predicates;
pub mod translate;

pub use js::{html, text};

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A file a page needs: style sheet, script, font, image or manifest.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// The path below `/assets/`, for example `fonts/bold-b542beb274-v2.woff2`.
    pub path: &'static str,
    /// The content, uncompressed.
    pub bytes: &'static [u8],
    /// The value for the `Content-Type` header.
    pub content_type: &'static str,
    /// The first 16 hexadecimal digits of the content's SHA-256: for file names and `ETag`.
    pub hash: &'static str,
}

/// Every embedded file, sorted by path.
pub fn assets() -> impl Iterator<Item = &'static Asset> {
    ASSETS.iter()
}

/// The embedded file at `path` (below `/assets/`, no leading slash), or `None`.
#[must_use]
pub fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok().map(|index| &ASSETS[index])
}

/// An environment that holds `govuk/template.njk`, `govuk/components/…` and `govuk/macros/…`, already parsed.
///
/// A site adds templates of its own, in minijinja's syntax: object keys are quoted, `~` joins strings. Everything
/// printed is escaped as HTML, whatever the template's name; `undefined` and `none` print nothing, also when a
/// field of them is asked for; `trim_blocks` and `lstrip_blocks` are on. The filters `default`, `escape`, `indent`,
/// `length`, `safe`, `string` and `trim`, and the tests `null`, `truthy` and `falsy`, mean what they mean in Nunjucks.
///
/// # Panics
/// When an embedded template cannot be parsed, which the tests of this crate rule out.
#[must_use]
pub fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    configure(&mut environment);
    for (name, source) in TEMPLATES {
        environment
            .add_template_owned(*name, translate::to_jinja(name, source))
            .expect("every embedded template is parsed by the tests of this crate");
    }
    environment
}

/// The one inline script of `govuk/template.njk`, exactly as it is sent, for the hash in a content security policy.
///
/// # Panics
/// When the template has no inline script, which the tests of this crate rule out.
#[must_use]
pub fn inline_script() -> &'static str {
    let source = TEMPLATES
        .iter()
        .find_map(|(name, source)| (*name == "govuk/template.njk").then_some(*source))
        .expect("build.rs refuses a package without the page template");
    let element = source
        .split_once("<script")
        .and_then(|(_, rest)| rest.split_once("</script>"))
        .and_then(|(element, _)| element.split_once('>'));
    element.map(|(_, script)| script).expect("the page template starts its body with a script")
}

fn configure(environment: &mut Environment<'static>) {
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .expect("only whitespace options differ from the default syntax");
    environment.set_syntax(syntax);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_path_join_callback(|name, parent| join(name, parent).into());
    environment.set_formatter(print);
    filters::add_to(environment);
    functions::add_to(environment);
    predicates::add_to(environment);
}

/// Names that start with a dot are relative to the template that asks.
fn join(name: &str, parent: &str) -> String {
    if !name.starts_with('.') {
        return name.to_owned();
    }
    let mut path: Vec<&str> = parent.split('/').collect();
    path.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(path.pop()),
            part => path.push(part),
        }
    }
    path.join("/")
}

/// Prints a value the way Nunjucks does: nothing for nothing, `true` and `false` in lower case, escaped unless safe.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(());
    }
    if value.is_safe() || *state.auto_escape() == AutoEscape::None {
        return match value.as_str() {
            Some(text) => out.write_str(text).map_err(Error::from),
            None => out.write_str(&js::text(value)).map_err(Error::from),
        };
    }
    match value.as_str() {
        Some(text) => js::escape_to(out, text).map_err(Error::from),
        None => js::escape_to(out, &js::text(value)).map_err(Error::from),
    }
}
