//! The daily dispatch: who is owed which list, and when.

use crate::support::upload::list;
use crate::support::{World, civil_daily_cause_list, flat_file};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_user_hears_about_a_new_list_once_with_the_list_attached() {
    let world = World::new().at("2026-01-05T07:00:00Z").await;
    world.subscriber_to_court("amira@example.com", 1).await;
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.dispatches().await;
    world.dispatches().await;
    let mails = world.notify.sent_to("amira@example.com");
    assert_eq!(mails.len(), 1);
    let file = &mails[0].files[0];
    assert!(file.bytes.starts_with(b"%PDF-"));
    assert_eq!((file.retention_weeks, file.confirm_before_download), (1, false), "it is displayed for days");
    let summary = mails[0].personalisation["summary_of_cases"].as_str().expect("a summary");
    assert!(summary.contains("K01OX204") && summary.contains("Ashdown Lettings Limited v Quill"));
    assert_eq!(mails[0].personalisation["locations"], "Oxford Combined Court Centre");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_run_happens_once_a_london_date_at_the_hour_also_when_the_clocks_change() {
    for (before, at) in [
        ("2026-01-05T06:59:59Z", "2026-01-05T07:00:00Z"),
        ("2026-03-29T05:59:59Z", "2026-03-29T06:00:00Z"),
        ("2026-10-25T06:59:59Z", "2026-10-25T07:00:00Z"),
    ] {
        let world = World::new().at(before).await;
        assert!(world.runs("subscription_dispatch").await.text().contains("due=0"), "{before}");
        world.at(at);
        assert!(world.runs("subscription_dispatch").await.text().contains("planned=0"), "{at}");
        assert!(world.runs("subscription_dispatch").await.text().contains("due=0"), "{at}");
        assert_eq!(world.count("job_run where finished_at is not null").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_missed_in_the_morning_happens_when_the_host_is_back() {
    let world = World::new().at("2026-01-05T11:47:00Z").await;
    world.subscriber_to_court("amira@example.com", 1).await;
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.dispatches().await;
    assert_eq!(world.notify.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_published_after_the_run_is_mailed_the_next_day_and_an_amendment_then_too() {
    let world = World::new().await;
    world.subscriber_to_court("amira@example.com", 1).await;
    world.dispatches().await;
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.dispatches().await;
    assert_eq!(world.notify.sent().len(), 0);
    world.at("2026-01-06T07:00:00Z").dispatches().await;
    assert_eq!(world.notify.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_names_list_types_that_its_users_are_offered_by_any_of_their_names() {
    let world = World::new().await;
    let enters = async |users: &str, list_type: &str| {
        let entry = json!({
            "email": "reader@example.com", "userProvenance": users, "searchType": "LOCATION_ID", "searchValue": "01",
            "listTypes": [list_type]
        });
        world.operator().sends("PUT", "/subscription", &entry).await
    };
    for (users, list_type) in [
        ("CFT_IDAM", "SJP_PRESS_LIST"),
        ("PI_AAD", "CROWN_DAILY_LIST"),
        ("PI_AAD", "SSCS_DAILY_LIST_ADDITIONAL_HEARINGS"),
        ("PI_AAD", "NO_SUCH_LIST"),
    ] {
        let refused = enters(users, list_type).await.expect(400);
        assert_eq!(refused.faulty_fields(), ["listTypes"], "{users} {list_type}");
    }
    enters("PI_AAD", "SJP_PRESS_LIST").await.expect(201);
    enters("PI_AAD", "CARE_STANDARDS_TRIBUNAL_WEEKLY_HEARING_LIST").await.expect(201);
    let entered = "subscription where list_types = '{CST_WEEKLY_HEARING_LIST}' and search_value = '1'";
    assert_eq!(world.count(entered).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_hears_about_what_they_follow_and_may_read_and_nothing_else() {
    let world = World::new().await;
    world.subscriber("press@example.com", "LOCATION_ID", "1", json!({"userProvenance": "PI_AAD"})).await;
    world
        .subscriber("solicitor@example.com", "LOCATION_ID", "1", json!({"userProvenance": "CFT_IDAM"}))
        .await;
    world.subscriber("case@example.com", "CASE_NUMBER", "k01ox204", json!({})).await;
    world.subscriber("name@example.com", "CASE_NAME", "ASHDOWN LETTINGS LIMITED V QUILL", json!({})).await;
    world
        .subscriber(
            "family@example.com",
            "LOCATION_ID",
            "1",
            json!({"listTypes": ["FAMILY_DAILY_CAUSE_LIST"]}),
        )
        .await;
    world.subscriber("welsh@example.com", "LOCATION_ID", "1", json!({"listLanguages": ["WELSH"]})).await;
    world.subscriber("elsewhere@example.com", "LOCATION_ID", "2", json!({})).await;
    world.publisher().publishes(civil_daily_cause_list().of_sensitivity("CLASSIFIED")).await.expect(201);
    world.dispatches().await;
    let mut told: Vec<_> = world.notify.sent().into_iter().map(|mail| mail.address).collect();
    told.sort();
    assert_eq!(told, ["solicitor@example.com"], "a classified civil list is for CFT users alone");
    assert!(world.notify.sent()[0].files[0].confirm_before_download, "its file is for who was sent it");
    world
        .publisher()
        .publishes(list("FAMILY_DAILY_CAUSE_LIST", "SNL").of_sensitivity("PRIVATE"))
        .await
        .expect(201);
    world.at("2026-01-06T07:00:00Z");
    world
        .publisher()
        .publishes(civil_daily_cause_list().with("x-content-date", "2026-01-06"))
        .await
        .expect(201);
    world.dispatches().await;
    let count = |address: &str| world.notify.sent_to(address).len();
    assert_eq!(
        [
            "press@example.com",
            "solicitor@example.com",
            "case@example.com",
            "name@example.com",
            "family@example.com",
            "welsh@example.com",
            "elsewhere@example.com"
        ]
        .map(count),
        [2, 3, 1, 1, 1, 0, 0]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_the_provider_takes_is_attached_and_one_it_does_not_is_linked() {
    let world = World::new().await;
    world.subscriber_to_court("amira@example.com", 1).await;
    world.publisher().publishes(flat_file("list.pdf", b"%PDF-1.7\n%%EOF")).await.expect(201);
    world
        .publisher()
        .publishes(flat_file("list.html", b"<p>A list</p>").with("x-content-date", "2026-01-06"))
        .await
        .expect(201);
    world.dispatches().await;
    let mut files: Vec<_> = world.notify.sent().iter().map(|mail| mail.files.len()).collect();
    files.sort_unstable();
    assert_eq!(files, [0, 1]);
    assert!(world.notify.sent().iter().all(|mail| {
        mail.personalisation["list_page_link"]
            .as_str()
            .is_some_and(|link| link.starts_with("https://pi.example/file-publication?"))
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_between_plan_and_sending_is_not_mailed() {
    let world = World::new().await;
    let amira = world.subscriber_to_court("amira@example.com", 1).await;
    world.subscriber_to_court("bryn@example.com", 1).await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    world.runs("subscription_dispatch").await;
    world.operator().deletes(&format!("/subscription/{}", amira.subscription_id)).await.expect(204);
    world.runs("effect_send").await;
    assert_eq!(
        (world.notify.sent_to("amira@example.com").len(), world.notify.sent_to("bryn@example.com").len()),
        (0, 1)
    );
    world.publisher().publishes(civil_daily_cause_list().numbered(2)).await.expect(201);
    world.at("2026-01-06T07:00:00Z").runs("subscription_dispatch").await;
    world.publisher().publishes(civil_daily_cause_list().numbered(3)).await.expect(201);
    world.runs("effect_send").await;
    let sent = world.notify.sent().len();
    assert_eq!(sent, 2, "version 2 was superseded before it was sent, and version 3 was owed in its place");
    world.runs("retention").await;
    world.operator().deletes(&format!("/publication/{id}")).await.expect(200);
    world.at("2026-01-07T07:00:00Z").dispatches().await;
    assert_eq!(world.notify.sent().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_cancelled_by_mistake_is_owed_again_once() {
    let world = World::new().await;
    world.subscriber_to_court("amira@example.com", 1).await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    world.runs("subscription_dispatch").await;
    world.operator().deletes(&format!("/publication/{id}")).await.expect(200);
    world.runs("effect_send").await;
    assert_eq!(world.notify.sent().len(), 0);
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.at("2026-01-06T07:00:00Z").dispatches().await;
    assert_eq!(world.notify.sent().len(), 1);
    world.at("2026-01-07T07:00:00Z").dispatches().await;
    assert_eq!(world.notify.sent().len(), 1);
}
