//! Finding a court and its lists.

use crate::support::{World, civil_daily_cause_list};
use axum::body::Body;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_chooses_what_to_do_and_is_told_when_nothing_was_chosen() {
    let world = World::new().await;
    let form = |choice: &'static str| {
        let body = Body::from(choice);
        world.anyone().request_owned("POST", "/view-option", body)
    };
    let refused = form("").await.expect(400);
    assert!(refused.text().contains("There is a problem") && refused.text().contains("<title>Error: "));
    assert_eq!(form("view-choice=search").await.expect(303).header("location"), "/search");
    assert_eq!(
        form("view-choice=sjp").await.expect(303).header("location"),
        "/summary-of-publications?locationId=9"
    );
    assert_eq!(form("view-choice=https://evil.example").await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_searches_by_name() {
    let world = World::new().await;
    let exact = world.page("/search?court=oxford%20combined%20court%20centre").await.expect(303);
    assert_eq!(exact.header("location"), "/summary-of-publications?locationId=1");
    let none = world.page("/search?court=%3Cb%3Enowhere").await.expect(404);
    assert!(none.text().contains("&lt;b&gt;nowhere") && !none.text().contains("<b>nowhere"));
    world.page("/search?court=").await.expect(404);
    let welsh = world.page("/search?court=Canolfan%20Llysoedd%20Cyfun%20Rhydychen&lng=cy").await.expect(303);
    assert_eq!(welsh.header("location"), "/summary-of-publications?locationId=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_filters_the_courts_by_jurisdiction_kind_and_region() {
    let world = World::new().await;
    let shows = async |query: &str| {
        world.html(&format!("/courts-tribunals-list{query}")).await.contains("Oxford Combined Court Centre")
    };
    assert!(shows("").await);
    assert!(shows("?region=south-east").await);
    assert!(!shows("?region=wales").await);
    assert!(shows("?region=wales&region=south-east").await);
    assert!(shows("?jurisdiction=civil&region=south-east").await);
    assert!(!shows("?jurisdiction=tribunal&region=south-east").await);
    assert!(shows("?jurisdiction=crime&type=crown-court").await);
    assert!(!shows("?jurisdiction=crime&type=magistrates-court").await);
    assert!(!shows("?jurisdiction=nothing").await);
    let page = world.html("/courts-tribunals-list?jurisdiction=civil&region=south-east").await;
    assert!(
        page.contains("href=\"/courts-tribunals-list?jurisdiction=civil\""),
        "a tag leads to the list without its filter"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_court_without_lists_says_so_and_an_unknown_one_is_a_404() {
    let world = World::new().await;
    assert!(
        world
            .html("/summary-of-publications?locationId=1")
            .await
            .contains("No lists are published for Oxford")
    );
    for wrong in ["4040", "abc", "-1", "", "1%20or%201=1"] {
        world.page(&format!("/summary-of-publications?locationId={wrong}")).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_not_shown_under_another_lists_address() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    world.page(&format!("/family-daily-cause-list?artefactId={id}")).await.expect(404);
    world.page(&format!("/file-publication?artefactId={id}")).await.expect(404);
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(200);
}
