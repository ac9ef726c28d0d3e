//! HTML: the body of a list page, below its heading.

use domain::civil::Tongue;
use lists::{Layout, ListDocument};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;
use std::ops::Range;
use std::sync::LazyLock;

use crate::view::View;
use crate::words;

/// The templates, parsed once. Everything they write is escaped: what a payload says is text.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    templates.set_syntax(syntax.expect("the usual delimiters do not overlap"));
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    for (name, source) in [
        ("list.html", include_str!("templates/list.html")),
        ("parts.html", include_str!("templates/parts.html")),
    ] {
        templates.add_template(name, source).expect("the templates of this crate are parsed by its tests");
    }
    templates
});

/// One page of a long list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The body, as [`fragment`] writes it.
    pub html: String,
    /// Which page this is, from 1.
    pub number: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// How many hearings the whole list has.
    pub hearings: usize,
}

#[derive(Serialize)]
struct Words {
    important: &'static str,
    search: &'static str,
    telephone: &'static str,
    email: &'static str,
}

/// The body of a list page, everything below the page's heading (which is level 1).
///
/// The search box is hidden until the script of the module `app-list-search` shows it; tables a reader may
/// sort carry the module `app-sortable-table` and `data-sort-value`. Parts that open and close start open, and
/// need no script.
pub fn fragment(document: &ListDocument, layout: &Layout, tongue: Tongue) -> String {
    write(document, layout, tongue, 0..usize::MAX)
}

/// One page of the list, `per_page` hearings a page. `None` where there is no such page; an empty list has
/// one page.
pub fn page(
    document: &ListDocument,
    layout: &Layout,
    tongue: Tongue,
    number: usize,
    per_page: usize,
) -> Option<Page> {
    let hearings = document.hearings().count();
    let per_page = per_page.max(1);
    let pages = hearings.div_ceil(per_page).max(1);
    if !(1..=pages).contains(&number) {
        return None;
    }
    let first = (number - 1) * per_page;
    let html = write(document, layout, tongue, first..first + per_page);
    Some(Page { html, number, pages, hearings })
}

fn write(document: &ListDocument, layout: &Layout, tongue: Tongue, window: Range<usize>) -> String {
    let view = View::of(document, layout, tongue, window);
    let words = Words {
        important: words::IMPORTANT.in_tongue(tongue),
        search: words::SEARCH.in_tongue(tongue),
        telephone: words::TELEPHONE.in_tongue(tongue),
        email: words::EMAIL.in_tongue(tongue),
    };
    let template = TEMPLATES.get_template("list.html").expect("the template was added above");
    let context = context! {
        words => Value::from(Serde(words)),
        search => layout.search,
        ..Value::from(Serde(&view))
    };
    template.render(context).expect("the templates name only what the view has, which the tests render")
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
