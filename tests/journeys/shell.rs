//! What every page has: language, headers, errors, and nothing a payload could put there.

use crate::support::{World, civil_daily_cause_list};
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
            let separator = if path.contains('?') { '&' } else { '?' };
            let answer = world.page(&format!("{path}{separator}lng={lang}")).await.expect(200);
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

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_security_headers() {
    let world = World::new().await;
    for path in [
        "/",
        "/nowhere",
        "/publication/x",
        "/assets/app.css",
        "/openapi.json",
        "/health/liveness",
        "/view-option",
    ] {
        let answer = world.page(path).await;
        assert_eq!(
            answer.header("strict-transport-security"),
            "max-age=31536000; includeSubDomains; preload",
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!answer.header("content-security-policy").contains("unsafe-inline"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        assert!(answer.headers.get("server").is_none(), "{path}");
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
