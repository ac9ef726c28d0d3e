//! Every page of the shell and every sample, in both languages, is checked; wording and rendering mistakes are refused.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../examples/gallery/samples.rs"]
mod samples;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use minijinja::context;
use portal::{Locale, Page, PageRequest, PageSource, RenderError, Site, Viewer};

fn site() -> Site {
    Site::new(&samples::PAGES).unwrap()
}

fn html(site: &Site, request: &PageRequest, page: Page<'_>) -> String {
    String::from_utf8(site.render(request, page).unwrap().html().to_vec()).unwrap()
}

#[test]
fn every_page_in_both_languages_is_sound_html() {
    let site = site();
    for locale in Locale::ALL {
        let mut titles = HashSet::new();
        for (name, page) in samples::all(&site, locale) {
            let html = html(&site, &PageRequest::new(locale, "/some/page?artefactId=1"), page);
            assert_eq!(portal::checks::problems(&html), Vec::<String>::new(), "{name} in {locale}");
            assert!(html.contains(&format!("<html lang=\"{locale}\"")), "{name} in {locale}");
            titles.insert(html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned());
        }
        // The long list has the title of the short one.
        assert_eq!(titles.len(), samples::all(&site, locale).len() - 1);
    }
}

#[test]
fn no_words_are_unused() {
    assert_eq!(site().unused_wording(), Vec::<String>::new());
}

#[test]
fn welsh_readers_read_welsh() {
    let site = site();
    let request = PageRequest::new(Locale::Cy, "/courts?region=3");
    let html = html(&site, &request, Page::new("places").back_link("/"));
    for words in ["Gwrandawiadau llys a thribiwnlys", "Yn ôl", "Neidio i&#39;r prif gynnwys"] {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("Skip to main content"));
    assert!(html.contains(r#"href="/courts?region=3&amp;lng=en""#));
}

#[test]
fn a_form_with_errors_says_so_in_the_title_first() {
    let site = site();
    let errors = context! { errors => vec![context! { text => "Select an option", href => "#view-choice" }] };
    let request = PageRequest::new(Locale::En, "/view-option");
    let html = html(&site, &request, Page::new("form").with_errors(true).value(errors));
    assert!(
        html.contains("<title>Error: What do you want to do? - Court and tribunal hearings - GOV.UK</title>")
    );
    assert!(html.contains(r##"<a href="#view-choice">Select an option</a>"##));
}

#[test]
fn what_a_payload_says_is_escaped() {
    let site = site();
    let request = PageRequest::new(Locale::En, "/list?x=\"><script>alert(1)</script>");
    let html = html(&site, &request, samples::list(&site, Locale::En, 1));
    assert!(html.contains("Smith &amp; Sons &lt;0&gt; v O&#39;Neill"));
    assert!(!html.contains("<script>alert"));
}

#[test]
fn the_navigation_fits_the_viewer() {
    let site = site();
    let page = |viewer| {
        let request = PageRequest::new(Locale::En, "/admin-dashboard").by(viewer);
        html(&site, &request, Page::new("form"))
    };
    assert!(!page(Viewer::Anonymous).contains("/sign-in"));
    assert!(page(Viewer::Verified).contains("/subscription-management"));
    assert!(page(Viewer::Verified).contains("Cymraeg"));
    let admin = page(Viewer::Admin);
    assert!(admin.contains(r#"aria-current="page""#));
    assert!(!admin.contains("Cymraeg"));
    assert!(page(Viewer::SystemAdmin).contains("/system-admin-dashboard"));
}

#[test]
fn mistakes_in_a_page_are_found_at_start() {
    let page =
        PageSource { name: "p", template: "{{ t.title }}", en: r#"{"title": "x"}"#, cy: r#"{"title": "y"}"# };
    let message = |pages: &[PageSource]| {
        let error = Site::new(pages).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error} {source}").trim().to_owned()
    };
    assert_eq!(message(&[page, page]), "two templates are called p");
    assert_eq!(
        message(&[PageSource { cy: "{}", ..page }]),
        "the wording of p is wrong \"title\" has no cy wording"
    );
    let template = "{% if a %}{{ t.missing | fill(a=b) }}{% endif %}";
    assert_eq!(
        message(&[PageSource { template, ..page }]),
        "the template p uses t.missing, which has no wording"
    );
    let template = "{{ shared.missing }}";
    assert_eq!(
        message(&[PageSource { template, ..page }]),
        "the template p uses shared.missing, which has no wording"
    );
    assert!(
        message(&[PageSource { template: "{% if %}", ..page }])
            .starts_with("the template p cannot be parsed")
    );
}

#[test]
fn unused_words_are_named_unless_they_are_for_code() {
    let words = r#"{"title": "x", "error_a": "x", "lost": "x", "group": {"a": "x", "b": "x"}, "half": {"a": "x", "b": "x"}}"#;
    let template = "{{ t.title }}{{ t.group[slug] }}{{ t.half.a }}";
    let site = Site::new(&[PageSource { name: "p", template, en: words, cy: words }]).unwrap();
    assert_eq!(site.unused_wording(), ["p: half.b", "p: lost"]);
}

#[test]
fn unknown_pages_and_words_are_errors_not_blanks() {
    let site = site();
    let request = PageRequest::new(Locale::En, "/");
    assert!(matches!(site.render(&request, Page::new("nothing")), Err(RenderError::UnknownPage { .. })));
    assert!(matches!(site.text(Locale::En, "form", "nothing"), Err(RenderError::UnknownKey { .. })));
    // The list's title has a gap that nobody filled.
    let unfilled = site.render(&request, Page::new("list").value(context! { hearings => Vec::<i32>::new() }));
    assert!(unfilled.is_ok());
}

#[test]
fn a_list_of_two_hundred_rows_renders_at_once() {
    let site = site();
    let request = PageRequest::new(Locale::En, "/list");
    let context = samples::list_context(200);
    let render = || {
        let page = Page::new("list").title("List").value(context.clone());
        let start = Instant::now();
        let rendered = site.render(&request, page).unwrap();
        (start.elapsed(), rendered.html().len())
    };
    let (_, length) = render();
    let best = (0..5).map(|_| render().0).min().unwrap();
    println!("200 rows, {length} bytes: {best:?}");
    // The aim is 3 ms in a release build; a debug build on a busy machine is given twenty times that.
    let limit = if cfg!(debug_assertions) { 60 } else { 3 };
    assert!(best < Duration::from_millis(limit), "{best:?}");
}
