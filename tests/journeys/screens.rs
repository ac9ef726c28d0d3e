//! Screens outside courtrooms: nobody stands by to reload them.

use crate::support::{World, live_case_status};

/// The screen of Oxford, by its token and by the address the token stands for.
const SCREENS: [&str; 2] = ["/in-court/djE6MQ", "/in-court/live-case-status?courtId=1"];

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_goes_on_showing_what_it_last_knew_while_the_database_is_away() {
    let world = World::new().await;
    world.publisher().publishes(live_case_status()).await.expect(201);
    let stale = "No update has arrived for some time.";
    for screen in SCREENS {
        assert!(!world.html(screen).await.contains(stale), "{screen}");
    }
    world.database.set_away(true).await;
    for screen in SCREENS {
        let html = world.html(screen).await;
        assert!(html.contains("Wetherfold") && html.contains(stale), "{screen}: {html}");
        assert!(html.contains("http-equiv=\"refresh\""), "{screen}");
    }
    world.database.set_away(false).await;
    for screen in SCREENS {
        assert!(!world.html(screen).await.contains(stale), "{screen}");
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
