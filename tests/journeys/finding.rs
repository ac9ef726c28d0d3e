//! Finding a court and its lists.

use super::words_of;
use crate::support::{World, civil_daily_cause_list, flat_file};
use axum::body::Body;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_chooses_what_to_do_and_is_told_when_nothing_was_chosen() {
    let world = World::new().await;
    let form = |choice: &'static str| {
        let body = Body::from(choice);
        world.anyone().request_owned("POST", "/view-option", body)
    };
    let refused = form("").await.expect(400);
    assert!(refused.text().contains("There is a problem") && refused.text().contains("<title>Error: "));
    assert_eq!(words_of(&refused.text(), "p.govuk-error-message"), ["Error: Select what you want to do"]);
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
    let welsh = world.page("/search?court=Canolfan%20Llysoedd%20Cyfun%20Rhydychen&lng=cy").await.expect(303);
    assert_eq!(welsh.header("location"), "/summary-of-publications?locationId=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_says_whether_nothing_was_typed_or_nothing_matches() {
    let world = World::new().await;
    let error = async |query: &str, status| {
        let page = world.page(&format!("/search?court={query}")).await.expect(status).text();
        let summary = words_of(&page, ".govuk-error-summary a");
        let [message] = words_of(&page, "p.govuk-error-message").try_into().expect("one message");
        assert!(message.ends_with(&summary[0]));
        message
    };
    for nothing in ["", "%20", "+%09+"] {
        assert_eq!(error(nothing, 400).await, "Error: Enter the name of a court or tribunal");
    }
    assert_eq!(error("&lng=cy", 400).await, "Gwall: Rhowch enw llys neu dribiwnlys");
    assert_eq!(error("Atlantis", 404).await, "Error: No court or tribunal matches this name");
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
async fn publications_of_no_list_type_stand_beside_each_other_and_a_list_from_two_sources_once() {
    let world = World::new().await;
    let judgments = flat_file("judgments.pdf", b"%PDF-1.7\n")
        .without("x-list-type")
        .with("x-type", "JUDGEMENTS_AND_OUTCOMES")
        .with("x-provenance", "MANUAL_UPLOAD")
        .for_court("1");
    let status = flat_file("status.html", b"<!DOCTYPE html><p>Court 1: in progress")
        .without("x-list-type")
        .with("x-type", "LCSU")
        .with("x-provenance", "PDDA");
    let unlike = [
        world.staff().publishes(judgments).await.artefact_id(),
        world.publisher().publishes(status).await.artefact_id(),
    ];
    world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    let by_hand = civil_daily_cause_list().with("x-provenance", "MANUAL_UPLOAD").for_court("1");
    world.staff().publishes(by_hand).await.artefact_id();
    let page = world.html("/summary-of-publications?locationId=1").await;
    for id in unlike {
        assert!(page.contains(&format!("href=\"/file-publication?artefactId={id}\"")), "{page}");
    }
    assert_eq!(page.matches("href=\"/daily-cause-list?").count(), 1, "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courts_own_caution_stands_in_the_place_of_the_usual_one() {
    let world = World::new().await;
    let caution = json!({"cautionMessage": "Ring first"});
    world.operator().sends("PUT", "/locations/1/metadata", &caution).await.expect(204);
    let cautions = async |query: &str| {
        words_of(&world.html(&format!("/summary-of-publications?{query}")).await, ".govuk-inset-text")
    };
    assert_eq!(cautions("locationId=1").await, ["Ring first"], "without lists too");
    for court in ["101", "104"] {
        world.publisher().publishes(civil_daily_cause_list().for_court(court)).await.artefact_id();
    }
    assert_eq!(cautions("locationId=1").await, ["Ring first"]);
    let usual = cautions("locationId=4").await;
    assert!(usual.len() == 1 && usual[0].starts_with("Lists change"), "{usual:?}");
    let welsh = world.html("/summary-of-publications?locationId=1&lng=cy").await;
    assert_eq!(words_of(&welsh, ".govuk-inset-text [lang=en]"), ["Ring first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_not_shown_under_another_lists_address() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    world.page(&format!("/family-daily-cause-list?artefactId={id}")).await.expect(404);
    world.page(&format!("/file-publication?artefactId={id}")).await.expect(404);
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(200);
}
