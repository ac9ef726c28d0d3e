//! What a producer says about a publication: each header, missing and wrong.

use crate::support::upload::list;
use crate::support::{Answer, Upload, World, civil_daily_cause_list, flat_file};
use axum::http::{HeaderValue, Request};

#[tokio::test]
async fn a_producer_is_told_which_header_is_missing() {
    let world = World::new().await;
    let needed = [
        "x-provenance",
        "x-type",
        "x-language",
        "x-court-id",
        "x-content-date",
        "x-display-from",
        "x-display-to",
        "x-list-type",
    ];
    for header in needed {
        let refused = world.publisher().publishes(civil_daily_cause_list().without(header)).await.expect(400);
        assert_eq!(
            (refused.problem().as_str(), refused.faulty_fields()),
            ("invalid-request", vec![header.to_owned()])
        );
    }
    assert_eq!(world.count("publication").await, 0);
}

/// Posts a list with a header once more, or in bytes that are no text.
async fn with_more(world: &World, upload: Upload, name: &str, value: &[u8]) -> Answer {
    let token = world.stand_ins.issuer.token(&world.claims("hmi", &["api.publisher.user"]));
    let mut request = Request::post("/publication").header("authorization", format!("Bearer {token}"));
    for (name, value) in &upload.headers {
        request = request.header(name, value);
    }
    let request = request.header(name, HeaderValue::from_bytes(value).expect("a header"));
    world.through_the_proxy(request.body(upload.to_body()).expect("a request")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_cannot_be_read_is_named_whatever_is_wrong_with_it() {
    let world = World::new().await;
    let long = "x".repeat(257);
    let wrong: [(&str, &[&str]); 13] = [
        ("x-provenance", &["snl", "SOMEWHERE", ""]),
        ("x-type", &["list", "LISTS", ""]),
        ("x-sensitivity", &["public", "SECRET", "", "  "]),
        ("x-language", &["english", "BILINGUAL", ""]),
        ("x-court-id", &["", " "]),
        ("x-list-type", &["civil_daily_cause_list", "CROWN_DAILY_LIST", "NO_SUCH_LIST", ""]),
        ("x-content-date", &["5 January 2026", "05/01/2026", "2026-02-30", "1900-01-01", "9999-12-31", ""]),
        ("x-display-from", &["today", "2026-01-05", "1900-01-01T00:00:00Z", "9999-01-01T00:00:00Z", ""]),
        ("x-display-to", &["never", "1900-01-01T00:00:00Z", "10000-01-01T00:00:00Z", ""]),
        ("x-source-artefact-id", &[]),
        ("if-match", &["", "0", "-1", "\"1\", \"2\"", "\"7", "99999999999", "\"*\"", "3b1f"]),
        ("x-source-version", &["", "one", "1.5", "99999999999999999999"]),
        ("idempotency-key", &[""]),
    ];
    for (name, values) in wrong {
        for value in values.iter().chain([&&*long]) {
            let refused = world.publisher().publishes(civil_daily_cause_list().with(name, value)).await;
            let refused = refused.expect(400);
            assert_eq!(refused.faulty_fields(), [name], "{name}: {value}");
        }
        let once = civil_daily_cause_list();
        let value = once.headers.get(name).cloned().unwrap_or_else(|| "1".to_owned());
        let twice = with_more(&world, once.with(name, &value), name, value.as_bytes()).await;
        assert_eq!(twice.expect(400).faulty_fields(), [name]);
        let bytes = with_more(&world, civil_daily_cause_list().without(name), name, b"\xff\xfe").await;
        assert_eq!(bytes.expect(400).faulty_fields(), [name]);
    }
    assert_eq!(world.count("publication").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_headers_is_told_at_once_those_of_the_conditions_too() {
    let world = World::new().await;
    let wrong = civil_daily_cause_list().with("x-language", "FRENCH").with("if-match", "x").without("x-type");
    let refused = world.publisher().publishes(wrong).await.expect(400);
    assert_eq!(refused.faulty_fields(), ["x-type", "x-language", "if-match"]);
    assert!(!refused.text().contains("FRENCH"));
    let closed_or_open = with_more(&world, civil_daily_cause_list(), "x-sensitivity", b"CLASSIFIED").await;
    assert_eq!(closed_or_open.expect(400).faulty_fields(), ["x-sensitivity"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_a_classified_type_is_classified_unless_its_producer_says_otherwise() {
    let world = World::new().await;
    let classified = [
        "SJP_PRESS_LIST",
        "SJP_DELTA_PRESS_LIST",
        "SJP_PRESS_REGISTER",
        "MAGISTRATES_STANDARD_LIST",
        "MAGISTRATES_ADULT_COURT_LIST_DAILY",
        "MAGISTRATES_ADULT_COURT_LIST_FUTURE",
        "CROWN_FIRM_PDDA_LIST",
        "CROWN_WARNED_PDDA_LIST",
    ];
    let by_default = lists::registry().all().iter();
    let by_default = by_default.filter(|known| known.default_sensitivity == domain::Sensitivity::Classified);
    assert_eq!(
        by_default.map(|known| &*known.name).collect::<std::collections::BTreeSet<_>>(),
        classified.into()
    );
    for (list_type, sensitivity) in
        classified.map(|name| (name, "CLASSIFIED")).into_iter().chain([("FAMILY_DAILY_CAUSE_LIST", "PUBLIC")])
    {
        let upload = flat_file("list.txt", b"a list").with("x-list-type", list_type);
        let unstated = world.publisher().publishes(upload.clone().without("x-sensitivity")).await.expect(201);
        assert_eq!(unstated.json()["sensitivity"], sensitivity, "{list_type}");
        let stated = world.publisher().publishes(upload).await.expect(201);
        assert_eq!(stated.json()["sensitivity"], "PUBLIC", "{list_type}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kind_of_artefact_does_not_need_may_be_left_out() {
    let world = World::new().await;
    let notice = flat_file("notice.txt", b"closed").with("x-type", "GENERAL_PUBLICATION");
    let notice = notice.without("x-display-from").without("x-display-to").without("x-list-type");
    let general = world.publisher().publishes(notice).await.expect(201).json();
    assert_eq!(general["displayFrom"], world.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    assert_eq!(
        (&general["displayTo"], &general["listType"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    let outcome = flat_file("outcome.txt", b"allowed").with("x-type", "JUDGEMENTS_AND_OUTCOMES");
    let outcome = outcome.without("x-list-type");
    world.publisher().publishes(outcome.clone().with("x-court-id", "102")).await.expect(201);
    let window = world.publisher().publishes(outcome.without("x-display-to")).await.expect(400);
    assert_eq!(window.faulty_fields(), ["x-display-to"]);
    let data = civil_daily_cause_list().with("x-type", "GENERAL_PUBLICATION").without("x-list-type");
    assert_eq!(world.publisher().publishes(data).await.expect(400).faulty_fields(), ["x-list-type"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_may_be_displayed_for_ever() {
    let world = World::new().await;
    let forever = civil_daily_cause_list().shown("2026-01-05T00:00:00Z", "9999-12-31T23:59:59");
    let published = world.publisher().publishes(forever).await.expect(201);
    assert_eq!(published.json()["displayTo"], "9999-12-31T23:59:59Z");
    world.html(&format!("/daily-cause-list?artefactId={}", published.artefact_id())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn provenance_and_language_are_of_the_identity_and_the_kind_of_content_is_not() {
    let world = World::new().await;
    let english = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    for other in [
        civil_daily_cause_list().with("x-language", "WELSH"),
        civil_daily_cause_list().with("x-language", "BI_LINGUAL"),
        list("CIVIL_DAILY_CAUSE_LIST", "COMMON_PLATFORM"),
    ] {
        assert_ne!(world.publisher().publishes(other).await.artefact_id(), english);
    }
    assert_eq!(world.count("publication").await, 4);
    for upload in [flat_file("list.txt", b"the list as a file"), civil_daily_cause_list()] {
        assert_eq!(world.publisher().publishes(upload).await.artefact_id(), english);
    }
    assert_eq!(world.count("publication_version").await, 6);
}
