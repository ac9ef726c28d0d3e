//! What comes late, twice or out of order: nothing that is said of a publication is undone by an older request.

use crate::support::people::Caller;
use crate::support::{Answer, Upload, World, civil_daily_cause_list, flat_file};
use axum::body::Body;

/// Posts an upload under the producer's own version number.
async fn at_source_version(publisher: &Caller<'_>, upload: Upload, number: u32) -> Answer {
    publisher.publishes(upload.with("x-source-version", &number.to_string())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_older_request_does_not_reopen_a_list_that_was_closed_since() {
    let world = World::new().await;
    let publisher = world.publisher();
    let list = civil_daily_cause_list;
    let open = at_source_version(&publisher, list(), 5).await.expect(201);
    let page = format!("/daily-cause-list?artefactId={}", open.artefact_id());
    let closed = at_source_version(&publisher, list().of_sensitivity("CLASSIFIED"), 6).await.expect(201);
    assert_ne!(open.header("etag"), closed.header("etag"), "what is said of it has changed");
    at_source_version(&publisher, list(), 5).await.expect(409);
    publisher.publishes(list().with("if-match", open.header("etag"))).await.expect(409);
    world.page(&page).await.expect(404);
    publisher.publishes(list().with("if-match", closed.header("etag"))).await.expect(201);
    world.page(&page).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_greatest_source_version_counts_whether_or_not_it_brought_other_bytes() {
    let world = World::new().await;
    let publisher = world.publisher();
    let numbered = |number| civil_daily_cause_list().numbered(number);
    at_source_version(&publisher, numbered(1), 5).await.expect(201);
    at_source_version(&publisher, numbered(1), 7).await.expect(201);
    at_source_version(&publisher, numbered(2), 6).await.expect(409);
    publisher.publishes(numbered(3)).await.expect(201);
    at_source_version(&publisher, numbered(4), 6).await.expect(409);
    at_source_version(&publisher, numbered(5), 7).await.expect(201);
    assert_eq!(world.count("publication_version").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_whose_answer_was_lost_may_send_the_same_again_on_the_same_condition() {
    let world = World::new().await;
    let publisher = world.publisher();
    let first = publisher.publishes(civil_daily_cause_list()).await.expect(201);
    let amendment = civil_daily_cause_list().numbered(1).with("if-match", first.header("etag"));
    let applied = publisher.publishes(amendment.clone()).await.expect(201);
    let retried = publisher.publishes(amendment.clone()).await.expect(201);
    assert_eq!((retried.json(), retried.header("etag")), (applied.json(), applied.header("etag")));
    publisher.publishes(civil_daily_cause_list().numbered(2)).await.expect(201);
    assert_eq!(publisher.publishes(amendment).await.expect(409).problem(), "outdated-version");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amendment_of_what_is_not_there_is_told_so() {
    let world = World::new().await;
    for tag in ["\"3\"", "*"] {
        let refused =
            world.publisher().publishes(civil_daily_cause_list().with("if-match", tag)).await.expect(409);
        assert_eq!(refused.problem(), "nothing-to-supersede", "{tag}");
    }
    assert_eq!(world.count("publication").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tag_of_a_publication_is_the_condition_of_its_amendment() {
    let world = World::new().await;
    let publisher = world.publisher();
    let published = publisher.publishes(civil_daily_cause_list()).await.expect(201);
    let (operator, path) = (world.operator(), format!("/publication/{}", published.artefact_id()));
    let seen = operator.get(&path).await.expect(200);
    assert_eq!(seen.header("etag"), published.header("etag"));
    for (number, tag) in
        [seen.header("etag").to_owned(), "W/\"2\"".to_owned(), "3".to_owned(), "*".to_owned()]
            .iter()
            .enumerate()
    {
        let amendment = civil_daily_cause_list().numbered(number).with("if-match", tag);
        let amended = publisher.publishes(amendment).await.expect(201).json();
        assert_eq!(amended["supersededCount"], number + 1, "{tag}");
    }
    let known = |tag: &'static str| {
        let (operator, path) = (&operator, &path);
        async move { operator.request("GET", path, &[("if-none-match", tag)], Body::empty()).await.status }
    };
    for (tag, status) in
        [("\"5\"", 304), ("\"1\", W/\"5\"", 304), ("*", 304), ("\"15\"", 200), ("\"1\"", 200), ("5", 200)]
    {
        assert_eq!(known(tag).await, status, "{tag}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_on_a_condition_from_before_a_withdrawal_does_not_undo_it() {
    let world = World::new().await;
    let published = world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.operator().deletes(&format!("/publication/{}", published.artefact_id())).await.expect(200);
    let amendment = civil_daily_cause_list().numbered(1).with("if-match", published.header("etag"));
    world.publisher().publishes(amendment).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_the_whole_request_and_its_answer_says_what_is_stored() {
    let world = World::new().await;
    let publisher = world.publisher();
    let keyed = || civil_daily_cause_list().with("idempotency-key", "morning-run-17");
    let first = publisher.publishes(keyed()).await.expect(201);
    for other in [
        keyed().of_sensitivity("CLASSIFIED"),
        keyed().shown("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"),
        keyed().with("x-type", "JUDGEMENTS_AND_OUTCOMES"),
        keyed().with("x-source-artefact-id", "another name"),
        keyed().for_court("900"),
    ] {
        let refused = publisher.publishes(other).await.expect(409);
        assert_eq!(refused.problem(), "idempotency-key-reused");
    }
    world.page(&format!("/daily-cause-list?artefactId={}", first.artefact_id())).await.expect(200);
    publisher.publishes(civil_daily_cause_list().of_sensitivity("PRIVATE")).await.expect(201);
    let repeated = publisher.publishes(keyed()).await.expect(201);
    assert_eq!(
        (repeated.json()["sensitivity"].as_str(), repeated.header("etag")),
        (Some("PRIVATE"), "\"1\"")
    );
    assert_eq!(world.count("publication").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_an_upload_that_brought_nothing_new_still_guards_against_its_late_repeat() {
    let world = World::new().await;
    let publisher = world.publisher();
    let keyed = || civil_daily_cause_list().with("idempotency-key", "evening-run-3");
    let id = publisher.publishes(civil_daily_cause_list()).await.artefact_id();
    publisher.publishes(keyed()).await.expect(201);
    publisher.publishes(civil_daily_cause_list().numbered(1)).await.expect(201);
    publisher.publishes(keyed()).await.expect(201);
    let page = world.html(&format!("/daily-cause-list?artefactId={id}")).await;
    assert!(page.contains("Quill 1"), "the amendment still stands");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_as_a_list_and_as_a_file_are_two_versions() {
    let world = World::new().await;
    let publisher = world.publisher();
    let list = civil_daily_cause_list();
    let id = publisher.publishes(flat_file("list.txt", &list.body)).await.artefact_id();
    let as_data = publisher.publishes(list.clone()).await.expect(201).json();
    assert_eq!(
        (as_data["isFlatFile"].as_bool(), as_data["supersededCount"].as_i64()),
        (Some(false), Some(1))
    );
    world.operator().get(&format!("/publication/{id}/payload")).await.expect(200);
    assert!(world.count("hearing").await > 0);
    let as_file = publisher.publishes(flat_file("list.txt", &list.body)).await.expect(201).json();
    assert_eq!((as_file["isFlatFile"].as_bool(), as_file["artefactId"].as_str()), (Some(true), Some(&*id)));
    world.operator().get(&format!("/publication/{id}/file")).await.expect(200);
    world.operator().get(&format!("/publication/{id}/payload")).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_name_is_stored_without_a_new_version() {
    let world = World::new().await;
    let publisher = world.publisher();
    let id = publisher.publishes(flat_file("list.txt", b"a list")).await.artefact_id();
    let corrected = flat_file("monday.txt", b"a list").with("x-source-artefact-id", "list-for-monday");
    let answer = publisher.publishes(corrected).await.expect(201).json();
    assert_eq!(answer["supersededCount"], 0);
    let seen = world.operator().get(&format!("/publication/{id}")).await.expect(200).json();
    assert_eq!(seen["sourceArtefactId"], "list-for-monday");
    let file = world.operator().get(&format!("/publication/{id}/file")).await.expect(200);
    assert!(file.header("content-disposition").contains("monday.txt"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_general_publication_that_leaves_its_beginning_to_us_does_not_begin_again() {
    let world = World::new().await;
    let upload = || {
        let upload = flat_file("notice.txt", b"closed on Friday").with("x-type", "GENERAL_PUBLICATION");
        upload.without("x-list-type").without("x-display-from").without("x-display-to")
    };
    let first = world.publisher().publishes(upload()).await.expect(201).json();
    world.at("2026-01-05T12:34:56Z");
    assert_eq!(world.publisher().publishes(upload()).await.expect(201).json(), first);
    assert_eq!(world.count("audit_log where action = 'PUBLICATION_METADATA_CHANGED'").await, 0);
}
