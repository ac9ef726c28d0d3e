//! What is in another language than its page says so, or a screen reader would say it wrong.

use super::words_of;
use crate::support::{World, civil_daily_cause_list, live_case_status};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_an_english_page_is_written_in_the_language_of_the_page_it_is_on() {
    let world = World::new().await;
    let home = world.html("/?lng=cy").await;
    assert_eq!(words_of(&home, "body [lang=en]"), ["English"], "the choice of language");
    assert_eq!(words_of(&home, "main a[hreflang=en]").len(), 2);
    let home = world.html("/").await;
    assert_eq!(words_of(&home, "body [lang=cy]"), ["Cymraeg"], "the choice of language");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_of_a_list_is_named_in_both() {
    let world = World::new().await;
    world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    for (lang, other, marked) in [("en", "cy", "Saesneg"), ("cy", "en", "English")] {
        let page = world.html(&format!("/summary-of-publications?locationId=1&lng={lang}")).await;
        let links = words_of(&page, "main li a");
        assert!(links.iter().any(|link| link.ends_with("2026 - English (Saesneg)")), "{links:?}");
        assert_eq!(words_of(&page, &format!("main [lang={other}]")), [marked]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_is_read_in_welsh_where_the_glossary_has_it_and_is_else_marked_as_english() {
    let world = World::new().await;
    let page = async |path: &str| world.html(path).await;
    let event = "main td:last-child";
    world.publisher().publishes(live_case_status()).await.expect(201);
    for path in ["/live-case-status?locationId=1", "/in-court/djE6MQ"] {
        let english = page(path).await;
        assert!(words_of(&english, event)[0].ends_with("Finished - Hearing finished - 10:42"), "{english}");
        assert!(words_of(&english, "main [lang]").is_empty(), "{english}");
        let separator = if path.contains('?') { '&' } else { '?' };
        let welsh = page(&format!("{path}{separator}lng=cy")).await;
        assert!(
            words_of(&welsh, event)[0].ends_with("Finished - Gwrandawiad wedi gorffen - 10:42"),
            "{welsh}"
        );
        assert_eq!(words_of(&welsh, "main [lang=en]"), ["Finished"]);
    }
    let of_its_own = live_case_status().amended("Hearing finished", "Hearing finished early");
    world.publisher().publishes(of_its_own).await.expect(201);
    let welsh = page("/live-case-status?locationId=1&lng=cy").await;
    assert_eq!(words_of(&welsh, "main [lang=en]"), ["Finished", "Hearing finished early"]);
    assert_eq!(words_of(&welsh, "#live a"), ["Hearing finished early"], "it leads to the entry of its id");
}
