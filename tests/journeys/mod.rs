//! Pages, as readers without JavaScript see them.

mod finding;
mod language;
mod screens;
mod shell;
mod single_justice;

use scraper::{Html, Selector};

/// The words of the elements that a selector finds, with single spaces between them.
fn words_of(html: &str, selector: &str) -> Vec<String> {
    let document = Html::parse_document(html);
    let selector = Selector::parse(selector).expect("a selector");
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    document.select(&selector).map(|element| words(element.text().collect())).collect()
}
