//! HTML checks for tests: what every page must have, whatever it says. Behind the feature `checks`.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};

/// What is wrong with a page, one sentence each; empty when all is well.
///
/// One `h1`, unique ids, a language, a title, links that lead somewhere, references to ids that exist, labelled
/// fields, headings without gaps, no inline style or script that the content security policy would block, and no
/// braces left in the text by wording that was not filled.
#[must_use]
pub fn problems(html: &str) -> Vec<String> {
    let document = Html::parse_document(html);
    let mut found = head(&document);
    found.extend(headings(&document));
    found.extend(references(&document));
    found.extend(fields(&document));
    found.extend(inline_code(&document));
    found.extend(leftovers(&document));
    found
}

fn select<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("the selectors of this file are valid");
    document.select(&selector).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn head(document: &Html) -> Vec<String> {
    let mut found = Vec::new();
    let lang = select(document, "html").first().and_then(|html| html.attr("lang"));
    if !matches!(lang, Some("en" | "cy")) {
        found.push(format!("the document's language is {lang:?}"));
    }
    let titles: Vec<String> = select(document, "head > title").into_iter().map(text).collect();
    let ends_well =
        titles.first().is_some_and(|title| title.ends_with(" - GOV.UK") && !title.starts_with('-'));
    if titles.len() != 1 || !ends_well {
        found.push(format!("the titles are {titles:?}"));
    }
    if select(document, "main#main-content").len() != 1 {
        found.push("there is not one main#main-content".to_owned());
    }
    found
}

fn headings(document: &Html) -> Vec<String> {
    let mut found = Vec::new();
    let in_main = select(document, "main h1, main h2, main h3, main h4, main h5, main h6");
    if select(document, "h1").len() != 1 {
        found.push(format!("there are {} h1", select(document, "h1").len()));
    }
    // An error summary has its h2 before the h1.
    let mut previous = 1;
    for heading in in_main {
        let level = heading.value().name()[1..].parse::<u8>().unwrap_or(0);
        if level > previous + 1 {
            found.push(format!("the heading \"{}\" skips a level", text(heading)));
        }
        if text(heading).is_empty() {
            found.push("a heading is empty".to_owned());
        }
        previous = level;
    }
    found
}

fn references(document: &Html) -> Vec<String> {
    let mut found = Vec::new();
    let mut ids = HashSet::new();
    for id in select(document, "[id]").into_iter().filter_map(|element| element.attr("id")) {
        if id.is_empty() || id.contains(char::is_whitespace) || !ids.insert(id) {
            found.push(format!("the id \"{id}\" is empty, has a space or is there twice"));
        }
    }
    for link in select(document, "a") {
        match link.attr("href") {
            None | Some("" | "#") => found.push(format!("the link \"{}\" leads nowhere", text(link))),
            Some(href) if href.starts_with("javascript:") => {
                found.push(format!("the link {href} is a script"))
            }
            Some(href) => found.extend(href.strip_prefix('#').filter(|id| !ids.contains(id)).map(no_id)),
        }
        if text(link).is_empty()
            && link.attr("aria-label").is_none()
            && select_in(link, "svg, img").is_empty()
        {
            found.push(format!("the link to {:?} has no text", link.attr("href")));
        }
    }
    for name in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
        for element in select(document, &format!("[{name}]")) {
            let names = element.attr(name).unwrap_or_default().split_whitespace();
            found.extend(names.filter(|id| !ids.contains(id)).map(no_id));
        }
    }
    found
}

fn no_id(id: &str) -> String {
    format!("nothing has the id \"{id}\"")
}

fn select_in<'a>(element: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("the selectors of this file are valid");
    element.select(&selector).collect()
}

fn fields(document: &Html) -> Vec<String> {
    let labelled: HashSet<&str> =
        select(document, "label[for]").into_iter().filter_map(|label| label.attr("for")).collect();
    let fields = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea";
    let without = |field: &ElementRef<'_>| {
        let named = field.attr("aria-label").is_some() || field.attr("aria-labelledby").is_some();
        !named && !field.attr("id").is_some_and(|id| labelled.contains(id))
    };
    let mut found: Vec<String> = select(document, fields)
        .into_iter()
        .filter(without)
        .map(|field| format!("the field {:?} has no label", field.attr("name")))
        .collect();
    let pictures = select(document, "img:not([alt])");
    found.extend(
        pictures.into_iter().map(|image| format!("the image {:?} has no alternative", image.attr("src"))),
    );
    found
}

fn inline_code(document: &Html) -> Vec<String> {
    let mut found = Vec::new();
    for element in document.root_element().descendants().filter_map(ElementRef::wrap) {
        for (name, value) in element.value().attrs() {
            if name == "style" || name.starts_with("on") {
                found.push(format!("{}=\"{value}\" is blocked by the policy", name));
            }
        }
    }
    for script in select(document, "script:not([src])") {
        if script.text().collect::<String>() != govuk::inline_script() {
            found.push("an inline script is blocked by the policy".to_owned());
        }
    }
    if !select(document, "style").is_empty() {
        found.push("an inline style sheet is blocked by the policy".to_owned());
    }
    found
}

fn leftovers(document: &Html) -> Vec<String> {
    let mut found = Vec::new();
    for element in select(document, "title, body, body *:not(script)") {
        let own: String =
            element.children().filter_map(|child| child.value().as_text()).map(|t| &**t).collect();
        if own.contains(['{', '}']) {
            found.push(format!("\"{}\" has a gap", own.trim()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::problems;

    const GOOD: &str = r##"<!DOCTYPE html><html lang="en"><head><title>A - B - GOV.UK</title></head><body>
        <main id="main-content"><h1>A</h1><a href="#main-content">top</a></main></body></html>"##;

    #[test]
    fn a_good_page_has_no_problems() {
        assert_eq!(problems(GOOD), Vec::<String>::new());
    }

    #[test]
    fn each_mistake_is_named() {
        let with = |from: &str, to: &str| problems(&GOOD.replace(from, to)).join("; ");
        assert!(with("lang=\"en\"", "").contains("language"));
        assert!(with("<h1>A</h1>", "<h1>A</h1><h1>B</h1>").contains("2 h1"));
        assert!(with("<h1>A</h1>", "<h1>A</h1><h3>B</h3>").contains("skips a level"));
        assert!(with("#main-content\"", "#nowhere\"").contains("nowhere"));
        assert!(with("href=\"#main-content\"", "href=\"\"").contains("leads nowhere"));
        assert!(with("top", "{top}").contains("gap"));
        assert!(with("<h1>", "<h1 style=\"color: red\">").contains("blocked"));
        assert!(with("<h1>A", "<input name=\"q\"><h1>A").contains("no label"));
        assert!(with("<h1>A", "<p id=\"x\"><p id=\"x\"><h1>A").contains("twice"));
    }
}
