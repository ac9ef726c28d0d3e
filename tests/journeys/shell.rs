//! What every page has: language, headers, errors, and nothing a payload could put there.

use super::words_of;
use crate::support::{Answer, World, civil_daily_cause_list, live_case_status};
use axum::body::Body;
use scraper::{Html, Selector};

const PAGES: [&str; 9] = [
    "/",
    "/view-option",
    "/search",
    "/courts-tribunals-list",
    "/summary-of-publications?locationId=1",
    "/case-event-glossary",
    "/live-case-status",
    "/cookie-policy",
    "/accessibility-statement",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_speaks_english_and_welsh_under_one_heading_and_its_own_title() {
    let world = World::new().await;
    let mut titles = std::collections::BTreeSet::new();
    for path in PAGES {
        for lang in ["en", "cy"] {
            let answer = world.page(&in_language(path, lang)).await.expect(200);
            let html = Html::parse_document(&answer.text());
            let count = |selector: &str| html.select(&Selector::parse(selector).expect("a selector")).count();
            assert_eq!(count(&format!("html[lang={lang}]")), 1, "{path}");
            assert_eq!(count("h1"), 1, "{path}");
            assert!(answer.header("set-cookie").starts_with(&format!("locale={lang};")));
            let title = html.select(&Selector::parse("title").expect("a selector")).next().expect("a title");
            assert!(
                titles.insert(title.text().collect::<String>()),
                "{path} {lang} has another page's title"
            );
        }
    }
}

/// The address of a page in a language.
fn in_language(path: &str, lang: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}lng={lang}")
}

/// On every answer, whatever its value.
const EVERYWHERE: [&str; 6] = [
    "cache-control",
    "content-length",
    "content-security-policy",
    "permissions-policy",
    "x-correlation-id",
    "x-robots-tag",
];
/// On every answer, with a value that is always the same.
const ALWAYS: [(&str, &str); 5] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// The other headers of an answer, in alphabetical order.
fn other_headers(answer: &Answer) -> String {
    let mut names: Vec<_> = answer.headers.keys().map(|name| name.as_str()).collect();
    names.retain(|name| ALWAYS.iter().all(|(always, _)| name != always));
    assert!(EVERYWHERE.iter().all(|name| answer.headers.contains_key(*name)), "{names:?}");
    names.retain(|name| !EVERYWHERE.contains(name));
    names.sort_unstable();
    names.dedup();
    names.join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_exactly_the_headers_it_should() {
    let world = World::new().with_setting("JSON_LIMIT_BYTES", "100000").await;
    let anyone = world.anyone();
    let get = |path: &'static str| anyone.request("GET", path, &[], Body::empty());
    let stylesheet = get("/assets/app.css").await;
    let known = [("if-none-match", stylesheet.header("etag"))];
    let unchanged = anyone.request("GET", "/assets/app.css", &known, Body::empty()).await;
    let huge = civil_daily_cause_list().body(vec![b' '; 200_000]);
    let created = world.publisher().publishes(civil_daily_cause_list()).await;
    world.publisher().publishes(live_case_status()).await.expect(201);
    let list = world.page(&format!("/daily-cause-list?artefactId={}", created.artefact_id())).await;
    for (what, status, answer, others) in [
        ("a page", 200, get("/view-option").await, "content-language content-type"),
        ("a list", 200, list, "content-language content-type etag vary"),
        ("a screen", 200, get("/in-court/djE6MQ").await, "content-language content-type"),
        ("a screen in trouble", 404, get("/in-court/none").await, "content-language content-type refresh"),
        ("an unknown page", 404, get("/nowhere").await, "content-language content-type"),
        ("a redirect", 303, get("/search?court=oxford%20combined%20court%20centre").await, "location"),
        ("an asset", 200, stylesheet.clone(), "content-type etag vary"),
        ("an asset that is known", 304, unchanged, "etag vary"),
        ("the API's description", 200, get("/openapi.json").await, "content-type"),
        ("a publication", 201, created, "content-type etag location"),
        ("no token", 401, get("/publication/x").await, "content-type www-authenticate"),
        ("too much", 413, world.publisher().publishes(huge).await, "content-type"),
        (
            "another method",
            405,
            anyone.request("DELETE", "/view-option", &[], Body::empty()).await,
            "allow content-type",
        ),
        ("a sign of life", 200, get("/health/liveness").await, "content-type"),
    ] {
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        for (name, value) in ALWAYS {
            assert_eq!(answer.header(name), value, "{what}: {name}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}");
        assert!(!policy.contains("unsafe"), "{what}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
        assert_eq!(other_headers(&answer), others, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_govuk_page_with_the_right_status() {
    let world = World::new().await;
    for path in ["/nowhere", "/a/b/c", "/daily-cause-list", "/in-court/x", "/manual-upload"] {
        let answer = world.page(path).await.expect(404);
        assert!(answer.text().contains("Page not found"), "{path}");
    }
    assert!(world.page("/nowhere?lng=cy").await.expect(404).text().contains("lang=\"cy\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_read_is_answered_with_a_page_in_the_readers_language() {
    let world = World::new().await;
    for path in [
        "/search?court=a&court=b",
        "/case-event-glossary?locationId=1&locationId=1",
        "/summary-of-publications?locationId=1&locationId=1",
        "/live-case-status?locationId=1&locationId=1",
        "/file-publication?artefactId=x&artefactId=x",
        "/in-court/%FF",
        "/in-court/live-case-status?courtId=1&courtId=1",
        "/sjp-public-list?artefactId=x&page=two",
    ] {
        for lang in ["en", "cy"] {
            let answer = world.page(&in_language(path, lang)).await;
            assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
            assert!(answer.text().contains(&format!("<html lang=\"{lang}\"")), "{path}");
        }
    }
    let glossary = world.html("/case-event-glossary?locationId=abc").await;
    assert_eq!(words_of(&glossary, "a.govuk-back-link[href='/']"), ["Back"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_accessibility_statement_says_what_the_law_asks_of_it() {
    let world = World::new().await;
    let english = ["partially compliant", "(No. 2) Accessibility Regulations 2018", "26 November 2026"];
    let welsh = ["cydymffurfio'n rhannol", "(Rhif 2) 2018", "26 Tachwedd 2026"];
    for (lang, said) in [("en", english), ("cy", welsh)] {
        let statement = words_of(&world.html(&in_language("/accessibility-statement", lang)).await, "main");
        for words in said.into_iter().chain(["1.3.1", "EHRC", "EASS", "axe-core", "0300 303 0656"]) {
            assert!(statement[0].contains(words), "{words}: {}", statement[0]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_of_a_payload_stays_text() {
    let world = World::new().await;
    let hostile = civil_daily_cause_list()
        .amended("Ashdown Lettings Limited v Quill", "{{7*7}} & 'Quill' \\u0022onload=1 javascript:x");
    let id = world.publisher().publishes(hostile).await.artefact_id();
    let html = world.html(&format!("/daily-cause-list?artefactId={id}")).await;
    assert!(html.contains("{{7*7}} &amp; "), "escaped and not evaluated");
    assert!(!html.contains("\"onload=1"));
    let parsed = Html::parse_document(&html);
    assert_eq!(parsed.select(&Selector::parse("[onload]").expect("a selector")).count(), 0);
}
