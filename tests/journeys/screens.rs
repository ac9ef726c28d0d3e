//! Screens outside courtrooms: nobody stands by to reload them.

use super::words_of;
use crate::support::{World, live_case_status};

/// The screen of Oxford, by its token and by the address the token stands for.
const SCREENS: [&str; 2] = ["/in-court/djE6MQ", "/in-court/live-case-status?courtId=1"];

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_goes_on_showing_what_it_last_knew_while_the_database_is_away() {
    let world = World::new().await;
    world.publisher().publishes(live_case_status()).await.expect(201);
    let stale = "This screen could not be brought up to date just now.";
    for screen in SCREENS {
        assert!(!world.html(screen).await.contains(stale), "{screen}");
    }
    world.database.set_away(true).await;
    for screen in SCREENS {
        let html = world.html(screen).await;
        assert!(html.contains("Wetherfold") && html.contains(stale), "{screen}: {html}");
        assert!(html.contains("http-equiv=\"refresh\""), "{screen}");
        assert!(!html.contains("No update has arrived"), "the court is not to blame: {html}");
    }
    let page = world.html("/live-case-status?locationId=1&lng=cy").await;
    assert!(
        page.contains("Nid oedd modd diweddaru&#39;r dudalen hon") && !page.contains("wedi anfon"),
        "{page}"
    );
    world.database.set_away(false).await;
    for screen in SCREENS {
        assert!(!world.html(screen).await.contains(stale), "{screen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_whose_court_has_sent_nothing_for_long_says_so() {
    let world = World::new().at("2026-01-05T07:30:00Z").await;
    world.publisher().publishes(live_case_status()).await.expect(201);
    for screen in SCREENS {
        let html = world.html(screen).await;
        assert!(html.contains("No update has arrived") && !html.contains("brought up to date"), "{html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_which_a_part_is_missing_has_no_stray_dash() {
    let world = World::new().await;
    let event = async |from: &str, to: &str| {
        world.publisher().publishes(live_case_status().amended(from, to)).await.expect(201);
        let screen = words_of(&world.html(SCREENS[0]).await, "td:last-child").remove(0);
        let page = words_of(&world.html("/live-case-status?locationId=1").await, "td:last-child").remove(0);
        assert_eq!(page, format!("Status {screen}"));
        screen
    };
    assert_eq!(event("\"Finished\"", "\"\"").await, "Hearing finished - 10:42");
    assert_eq!(event("\"Hearing finished\"", "\"\"").await, "Finished - 10:42");
    assert_eq!(event("\"10:42\"", "\"\"").await, "Finished - Hearing finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_without_javascript_stops_the_updates_and_lets_them_go_on() {
    let world = World::new().await;
    world.publisher().publishes(live_case_status()).await.expect(201);
    for (going_on, stopped) in [
        ("/live-case-status?locationId=1&lng=cy", "/live-case-status?locationId=1&lng=cy&refresh=off"),
        ("/in-court/djE6MQ", "/in-court/djE6MQ?refresh=off"),
    ] {
        let link = |path: &str| format!("href=\"{}\"", path.replace('&', "&amp;"));
        let html = world.html(going_on).await;
        assert!(html.contains("http-equiv=\"refresh\"") && html.contains(&link(stopped)), "{html}");
        let html = world.html(stopped).await;
        assert!(!html.contains("http-equiv=\"refresh\"") && html.contains(&link(going_on)), "{html}");
        assert!(html.contains("Wetherfold") && !html.contains("data-app-refresh"), "it stands still: {html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_shows_an_error_tries_again_by_itself() {
    let world = World::new().await;
    let unknown = world.page("/in-court/none").await.expect(404);
    assert_eq!(unknown.header("refresh"), "15");
    world.database.set_away(true).await;
    for screen in SCREENS {
        let away = world.page(screen).await.expect(503);
        assert_eq!(away.header("refresh"), "15", "{screen}");
        assert!(away.text().contains("the service is unavailable"), "{screen}");
    }
    let page = world.page("/live-case-status?locationId=1").await.expect(503);
    assert_eq!(page.header("refresh"), "", "a reader is not taken from what they do");
}
