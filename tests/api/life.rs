//! The life of a publication: repeats, amendments, conflicts, unknown courts, withdrawal, archive.

use crate::support::upload::list;
use crate::support::{World, civil_daily_cause_list, flat_file, unique};
use futures::future::join_all;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_list_twice_is_one_version_and_the_same_answer() {
    let world = World::new().await;
    let first = world.publisher().publishes(civil_daily_cause_list()).await.expect(201).json();
    let second = world.publisher().publishes(civil_daily_cause_list()).await.expect(201).json();
    assert_eq!(first, second);
    assert_eq!(world.count("publication_version").await, 1);
    assert_eq!(world.count("effect").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_list_with_another_sensitivity_takes_effect_at_once_without_a_new_version() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(200);
    world.publisher().publishes(civil_daily_cause_list().of_sensitivity("CLASSIFIED")).await.expect(201);
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(404);
    assert_eq!(world.count("publication_version").await, 1);
    assert_eq!(world.count("audit_log where action = 'PUBLICATION_METADATA_CHANGED'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_repeats_the_answer_and_refuses_other_content() {
    let world = World::new().await;
    let keyed = |number| civil_daily_cause_list().numbered(number).with("idempotency-key", "morning-run-17");
    let first = world.publisher().publishes(keyed(1)).await.expect(201).json();
    world.publisher().publishes(civil_daily_cause_list().numbered(2)).await.expect(201);
    assert_eq!(
        world.publisher().publishes(keyed(1)).await.expect(201).json()["artefactId"],
        first["artefactId"]
    );
    assert_eq!(world.publisher().publishes(keyed(3)).await.expect(409).problem(), "idempotency-key-reused");
    assert_eq!(world.count("publication_version").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_older_amendment_is_refused() {
    let world = World::new().await;
    let tag = world
        .publisher()
        .publishes(civil_daily_cause_list().numbered(1))
        .await
        .expect(201)
        .header("etag")
        .to_owned();
    world
        .publisher()
        .publishes(civil_daily_cause_list().numbered(2).with("if-match", &tag))
        .await
        .expect(201);
    let late = world
        .publisher()
        .publishes(civil_daily_cause_list().numbered(3).with("if-match", &tag))
        .await
        .expect(409);
    assert_eq!(late.problem(), "outdated-version");
    world
        .publisher()
        .publishes(civil_daily_cause_list().numbered(4).with("x-source-version", "7"))
        .await
        .expect(201);
    world
        .publisher()
        .publishes(civil_daily_cause_list().numbered(5).with("x-source-version", "6"))
        .await
        .expect(409);
    world
        .publisher()
        .publishes(civil_daily_cause_list().for_court("900").with("if-match", "\"3\""))
        .await
        .expect(409);
    assert_eq!(world.count("publication").await, 1);
    assert_eq!(world.count("publication_version").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_list_type_supersedes_its_own_kind_alone() {
    let world = World::new().await;
    let of_kind = |kind: &str, name: &str, bytes: &[u8]| {
        flat_file(name, bytes).with("x-type", kind).without("x-list-type")
    };
    let outcome = of_kind("JUDGEMENTS_AND_OUTCOMES", "outcome.txt", b"allowed");
    let outcome = world.publisher().publishes(outcome).await.artefact_id();
    let page = of_kind("LCSU", "status.html", b"<!DOCTYPE html><html><head><title>x</title></head></html>");
    let page = world.publisher().publishes(page).await.artefact_id();
    assert_ne!(outcome, page);
    let amended = of_kind("JUDGEMENTS_AND_OUTCOMES", "outcome.txt", b"dismissed");
    assert_eq!(world.publisher().publishes(amended).await.artefact_id(), outcome);
    let court = world.html("/summary-of-publications?locationId=1").await;
    assert!(court.contains(&outcome) && court.contains(&page));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_producers_at_once_make_one_publication_with_every_version() {
    let world = World::new().with_own_storage().with_setting("DATABASE_CONNECTIONS", "20").await;
    let publisher = world.publisher();
    publisher.publishes(civil_daily_cause_list()).await.expect(201);
    let posts = (0..200).map(|number| {
        let publisher = publisher.clone();
        async move {
            let started = Instant::now();
            (publisher.publishes(civil_daily_cause_list().numbered(number)).await.status, started.elapsed())
        }
    });
    let answers = join_all(posts).await;
    let accepted = answers.iter().filter(|(status, _)| *status == 201).count();
    let other = answers.iter().filter(|(status, _)| ![201, 409].contains(status)).count();
    assert_eq!(other, 0, "201 or 409 and nothing else");
    assert!(accepted >= 20, "a queue of a few seconds takes most of them: {accepted}");
    assert_eq!(world.count("publication").await, 1);
    let versions = world.count("publication_version").await;
    assert_eq!(versions, i64::try_from(accepted).expect("small") + 1);
    assert_eq!(
        world
            .count("publication where current_version = (select max(number) from publication_version)")
            .await,
        1
    );
    assert_eq!(world.count("publication_version where superseded_at is null").await, 1);
    // A second for the released build; this one is not optimized, and shares its processors with other tests.
    assert!(answers.iter().all(|(_, took)| *took < Duration::from_secs(15)));
    for (body, (status, _)) in answers.iter().enumerate() {
        let sent = civil_daily_cause_list().numbered(body).body;
        let stored =
            format!("publication_version where sha256 = '\\x{}'", hex::encode(Sha256::digest(&sent)));
        assert_eq!(
            world.count(&stored).await == 1,
            *status == 201,
            "every acknowledged version and no other: {body}"
        );
    }
    the_sweep_leaves_one_blob_a_version(&world).await;
}

async fn the_sweep_leaves_one_blob_a_version(world: &World) {
    #[expect(
        clippy::disallowed_methods,
        reason = "blobs are dated by the emulator, which has no other clock"
    )]
    world.app.clock.set(chrono::Utc::now() + chrono::TimeDelta::hours(25));
    let keep = "update publication set display_to = null";
    world.database.superuser().await.batch_execute(keep).await.expect("the superuser may");
    world.runs("retention").await;
    let blobs = world.app.blobs.list("artefact", "").await.expect("a listing").len();
    assert_eq!(i64::try_from(blobs).expect("few"), world.count("publication_version").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_producers_at_once_with_the_same_bytes_make_one_version() {
    let world = World::new().with_setting("DATABASE_CONNECTIONS", "20").await;
    let publisher = world.publisher();
    let posts = (0..20).map(|_| publisher.publishes(civil_daily_cause_list()));
    let answers = join_all(posts).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    assert_eq!((world.count("publication").await, world.count("publication_version").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_between_versions_is_told() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    world
        .publisher()
        .publishes(civil_daily_cause_list().amended("2026-01-05T10:00:00Z", "2026-01-05T10:30:00Z"))
        .await
        .expect(201);
    let operator = world.operator();
    let versions = operator.get(&format!("/publication/{id}/versions")).await.expect(200).json();
    assert_eq!(versions.as_array().map(Vec::len), Some(2));
    assert_ne!(versions[0]["sha256"], versions[1]["sha256"]);
    let changes = operator.get(&format!("/publication/{id}/diff")).await.expect(200).json();
    assert_eq!(changes["changes"].as_array().map(Vec::len), Some(2), "two hearings begin at ten: {changes}");
    assert!(changes["changes"].to_string().contains("K01OX204"));
    operator.get(&format!("/publication/{id}/versions/3")).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_for_an_unknown_court_is_kept_hidden_and_matched_once_when_the_court_is_known() {
    let world = World::new().await;
    let answer = world.publisher().publishes(civil_daily_cause_list().for_court("7007")).await.expect(201);
    assert_eq!(answer.json()["locationId"], "NoMatch7007");
    let id = answer.artefact_id();
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(404);
    let waiting = world.operator().get("/publication/no-match").await.expect(200).json();
    assert_eq!(waiting[0]["locationId"], "NoMatch7007");
    let csv = "P&I ID,Court Desc,Region,Jurisdiction,Provenance,Provenance Location ID,Provenance Location Type\n\
        77,Wallingford Law Courts,South East,Civil,SNL,7007,venue\n";
    let report = world.imports(&format!("{}.csv", unique("courts")), csv.as_bytes()).await.expect(200).text();
    assert!(report.contains("added=1"), "{report}");
    tokio::time::sleep(Duration::from_millis(2100)).await;
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(200);
    world.subscriber_to_court("amira@example.com", 77).await;
    world.dispatches().await;
    world.dispatches().await;
    assert_eq!(world.notify.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_list_is_gone_from_every_surface_and_comes_back_when_published_again() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    world.operator().deletes(&format!("/publication/{id}")).await.expect(200);
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(404);
    assert!(!world.html("/summary-of-publications?locationId=1").await.contains(&id));
    world.third_party("VERIFIED_THIRD_PARTY_CFT").get(&format!("/publication/{id}")).await.expect(404);
    world.operator().deletes(&format!("/publication/{id}")).await.expect(404);
    assert_eq!(world.count("audit_log where action = 'PUBLICATION_WITHDRAWN'").await, 1);
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_kept_beyond_the_display_of_a_list_on_it() {
    let world = World::new().await;
    let morning = civil_daily_cause_list().shown("2026-01-05T00:00:00Z", "2026-01-05T12:00:00Z");
    let id = world.publisher().publishes(morning).await.artefact_id();
    let pages =
        [format!("/daily-cause-list?artefactId={id}"), "/summary-of-publications?locationId=1".to_owned()];
    for (now, kept) in [("11:59:00", "public, max-age=10"), ("11:59:56", "public, max-age=4")] {
        world.at(&format!("2026-01-05T{now}Z"));
        for page in &pages {
            assert_eq!(world.page(page).await.expect(200).header("cache-control"), kept, "{page} at {now}");
        }
    }
    world.at("2026-01-05T12:00:00Z");
    world.page(&pages[0]).await.expect(410);
    assert!(!world.html(&pages[1]).await.contains(&id), "nor is it on its court's page");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_displayed_is_archived_and_its_record_and_ledger_stay() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    world
        .publisher()
        .publishes(
            list("FAMILY_DAILY_CAUSE_LIST", "SNL").shown("2026-01-05T00:00:00Z", "2026-01-30T00:00:00Z"),
        )
        .await
        .expect(201);
    world.at("2026-01-07T00:00:00Z");
    world.runs("retention").await;
    assert_eq!(world.count("publication where archived_at is not null").await, 1);
    assert_eq!(
        world.count("hearing").await,
        world.count("hearing join publication using (publication_id) where archived_at is null").await
    );
    assert_eq!(world.count("ledger").await, 2);
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(410);
    let db = world.app.db.connect().await.expect("a connection");
    assert_eq!(
        adapters::postgres::ledger::verify(&db).await.expect("a verdict"),
        adapters::postgres::ledger::Verdict::Whole(2)
    );
    let cut_off = "update publication_version made set published_at = made.published_at - interval '3 hours' \
        from ledger where entry = 2 and ledger.publication_id = made.publication_id and number = ledger.version; \
        delete from ledger where entry = 2";
    world.database.superuser().await.batch_execute(cut_off).await.expect("the superuser may");
    assert_eq!(
        adapters::postgres::ledger::verify(&db).await.expect("a verdict"),
        adapters::postgres::ledger::Verdict::Unrecorded(1)
    );
    let tamper = "update ledger set received_at = received_at - interval '1 hour' where entry = 1";
    world.database.superuser().await.batch_execute(tamper).await.expect("the superuser may");
    assert_eq!(
        adapters::postgres::ledger::verify(&db).await.expect("a verdict"),
        adapters::postgres::ledger::Verdict::BrokenAt(1)
    );
    let operator = world.operator();
    for form in ["payload", "pdf", "xlsx", "document", "summary", "sizes", "diff"] {
        let gone = operator.get(&format!("/publication/{id}/{form}")).await.expect(410);
        assert_eq!(gone.problem(), "gone", "{form}");
    }
    operator.get(&format!("/publication/{id}/versions/1")).await.expect(200);
    let again = world
        .publisher()
        .publishes(civil_daily_cause_list().shown("2026-01-07T00:00:00Z", "2026-01-08T00:00:00Z"))
        .await
        .expect(201);
    assert_eq!(again.artefact_id(), id);
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(200);
    operator.get(&format!("/publication/{id}/payload")).await.expect(200);
    operator.get(&format!("/publication/{id}/diff")).await.expect(410);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_counts_and_clears_a_court_and_removes_one_that_nothing_depends_on() {
    let world = World::new().await;
    let operator = world.operator();
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    world.publisher().publishes(civil_daily_cause_list().for_court("7007")).await.expect(201);
    let counts = operator.get("/publication/count-by-location").await.expect(200).json();
    assert_eq!(
        counts.to_string(),
        r#"[{"locationId":"1","totalArtefacts":1},{"locationId":"noMatch","totalArtefacts":1}]"#
    );
    let blocked = operator.deletes("/locations/1").await.expect(409);
    assert_eq!(blocked.problem(), "location-has-publications");
    let cleared = operator.deletes("/publication/1/deleteArtefacts").await.expect(200).json();
    assert_eq!(cleared["withdrawn"], 1);
    operator.deletes("/publication/1/deleteArtefacts").await.expect(404);
    world.subscriber_to_court("amira@example.com", 1).await;
    assert_eq!(operator.deletes("/locations/1").await.expect(409).problem(), "location-is-followed");
    world
        .database
        .superuser()
        .await
        .batch_execute("delete from subscription")
        .await
        .expect("the superuser may");
    assert_eq!(operator.deletes("/locations/1").await.expect(409).problem(), "location-is-on-record");
    let rows = operator.get("/publication/mi-data").await.expect(200).json();
    let names: Vec<_> =
        rows.as_array().into_iter().flatten().map(|row| row["locationName"].as_str()).collect();
    assert_eq!(names, [Some("Oxford Combined Court Centre"), None]);
    operator.deletes("/locations/2").await.expect(200);
    assert_eq!(world.count("audit_log where action = 'LOCATION_DELETED' and subject = '2'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_courts_that_are_downloaded_can_be_uploaded_again_and_nothing_changes() {
    let world = World::new().await;
    let references = world.count("location_reference").await;
    let file = world.operator().get("/locations/download/csv").await.expect(200);
    let name = format!("{}.csv", unique("courts"));
    let report = world.imports(&name, &file.body).await.expect(200).text();
    assert!(report.contains("faults=0") && report.contains("added=0 updated=0"), "{report}");
    assert!(report.contains("absent=0"), "{report}");
    assert_eq!(world.count("location_reference").await, references);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courts_messages_stand_on_its_page_as_text_in_the_readers_language() {
    let world = World::new().await;
    let operator = world.operator();
    let path = "/locations/1/metadata";
    let messages = json!({"cautionMessage": "Bring <b>this</b> letter", "welshCautionMessage": "Dewch â'r llythyr",
        "noListMessage": "The court is closed this week"});
    operator.sends("PUT", path, &messages).await.expect(204);
    operator.sends("PUT", "/locations/99999/metadata", &messages).await.expect(404);
    let faulty = operator.sends("PUT", path, &json!({"noListMessage": "a\u{0}"})).await.expect(400);
    assert_eq!(faulty.faulty_fields(), ["/noListMessage"]);
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let page = world.html("/summary-of-publications?locationId=1").await;
    assert!(
        page.contains("Bring &lt;b&gt;this&lt;") && page.contains("The court is closed this week"),
        "{page}"
    );
    assert!(world.html("/summary-of-publications?locationId=1&lng=cy").await.contains("Dewch â"));
    assert_eq!(operator.get(path).await.expect(200).json()["noListMessage"], "The court is closed this week");
    operator.deletes(path).await.expect(204);
    operator.deletes(path).await.expect(404);
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert!(!world.html("/summary-of-publications?locationId=1").await.contains("closed this week"));
    assert_eq!(world.count("audit_log where action like 'LOCATION_METADATA%'").await, 2);
}
