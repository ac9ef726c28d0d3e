//! Reference files: the courts and the glossary.

use crate::support::{LATER, World, civil_daily_cause_list, instant, unique};
use chrono::TimeDelta;
use std::time::Duration;

const HEADINGS: &str =
    "P&I ID,Court Desc,Region,Jurisdiction,Provenance,Provenance Location ID,Provenance Location Type";

async fn soon() {
    // Pages take the courts as they were up to two seconds ago.
    tokio::time::sleep(Duration::from_millis(2100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn courts_that_arrive_are_in_the_a_to_z() {
    let world = World::new().await;
    let csv = format!(
        "{HEADINGS}\n500,Abingdon County Court,South East,Civil,SNL,5001,venue\n500,Abingdon County Court,South East,Civil,PDDA,5002,venue\n"
    );
    world.imports(&format!("{}.csv", unique("courts")), csv.as_bytes()).await.expect(200);
    soon().await;
    assert!(world.html("/courts-tribunals-list").await.contains("Abingdon County Court"));
    let court = world.operator().get("/locations/500").await.expect(200).json();
    assert_eq!(court["locationReferenceList"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_design_documents_file_finds_courts_by_name_and_updates_them() {
    let world = World::new().await;
    let before = world.count("location").await;
    let csv = "Court Desc,Region,Jurisdiction,Provenance,ProvenanceID\n\
        Oxford Combined Court Centre,South West,County Court,SNL,101\nALTON MAGISTRATES COURT,SOUTH WEST,MAGISTRATES COURT,SNL,788490\n";
    let report = world.imports(&format!("{}.csv", unique("courts")), csv.as_bytes()).await.expect(200).text();
    assert!(report.contains("added=1") && report.contains("updated=1"), "{report}");
    assert_eq!(world.count("location").await, before + 1);
    assert_eq!(world.count("location where location_id = 1 and regions = '{South West}' and date_updated > now() - interval '1 minute'").await, 1);
    assert_eq!(world.count("location_staging").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_row_of_a_thousand_changes_nothing_and_the_report_names_every_bad_row() {
    let world = World::new().await;
    let courts = world.count("location").await;
    let mut csv = format!("{HEADINGS}\n");
    for id in 1000..2000 {
        csv.push_str(&format!(
            "{id},Court {id},South East,Civil,SNL,{id},{}\n",
            if id == 1500 { "castle" } else { "venue" }
        ));
    }
    csv.push_str("x,Court X,South East,Civil,SNL,9,venue\n");
    let name = format!("{}.csv", unique("courts"));
    let report = world.imports(&name, csv.as_bytes()).await.expect(200).text();
    assert!(report.contains("faults=2"), "{report}");
    assert_eq!(world.count("location").await, courts);
    let beside = world
        .app
        .blobs
        .get("reference-data", &format!("{name}.report.json"))
        .await
        .expect("storage")
        .expect("a report");
    let beside: serde_json::Value = serde_json::from_slice(&beside).expect("JSON");
    assert_eq!(
        (beside["faults"][0]["row"].as_u64(), beside["faults"][1]["row"].as_u64()),
        (Some(502), Some(1002))
    );
    let shown = world.operator().get("/locations/imports").await.expect(200).json();
    assert_eq!(shown[0]["report"]["faults"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_twice_imports_once_and_a_report_is_no_reference_file() {
    let world = World::new().await;
    let name = format!("{}.csv", unique("courts"));
    let csv = format!("{HEADINGS}\n500,Abingdon County Court,South East,Civil,SNL,5001,venue\n");
    let stored = instant(LATER) + TimeDelta::days(1);
    let event =
        async || world.imports_what_was_stored(stored, &name, csv.as_bytes()).await.expect(200).text();
    assert!(event().await.contains("added=1"));
    assert!(event().await.contains("repeated=1"));
    assert!(world.imports("x.csv.report.json", b"{}").await.expect(200).text().contains("ignored=1"));
    assert_eq!(world.count("reference_import where blob_name like 'courts-%'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_event_undoes_nothing_and_a_file_that_is_dropped_again_is_imported_again() {
    let world = World::new().await;
    let court = |name: &str| format!("{HEADINGS}\n500,{name},South East,Civil,SNL,5001,venue\n");
    let (monday, tuesday) = (instant(LATER) + TimeDelta::days(1), instant(LATER) + TimeDelta::days(2));
    let stored = async |at, file: &str, name: &str| {
        world.imports_what_was_stored(at, file, court(name).as_bytes()).await.expect(200).text()
    };
    assert!(stored(monday, "mon.csv", "Abingdon").await.contains("added=1"));
    assert!(stored(tuesday, "tue.csv", "Wantage").await.contains("updated=1"));
    assert!(stored(monday, "mon.csv", "Abingdon").await.contains("repeated=1"));
    assert!(stored(monday, "late.csv", "Faringdon").await.contains("outdated=1"));
    assert_eq!(world.count("location where name = 'Wantage'").await, 1);
    let again = tuesday + TimeDelta::seconds(1);
    assert!(stored(again, "tue.csv", "Oxford Combined Court Centre").await.contains("faults=1"));
    assert!(stored(again + TimeDelta::seconds(1), "mon.csv", "Abingdon").await.contains("updated=1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_belongs_to_another_court_is_refused() {
    let world = World::new().await;
    let csv = format!("{HEADINGS}\n500,Oxford Combined Court Centre,South East,Civil,SNL,5001,venue\n");
    let report = world.imports(&format!("{}.csv", unique("courts")), csv.as_bytes()).await.expect(200).text();
    assert!(report.contains("faults=1"), "{report}");
    let oxford = "500,Abingdon,South East,Civil,SNL,5001,venue,Llys Cyfun Rhydychen";
    let csv = format!("{HEADINGS},Welsh Court Desc\n{oxford}\n");
    let welsh = "update location set welsh_name = 'Llys Cyfun Rhydychen' where location_id = 1";
    world.database.superuser().await.batch_execute(welsh).await.expect("the superuser may");
    let report = world.imports(&format!("{}.csv", unique("courts")), csv.as_bytes()).await.expect(200).text();
    assert!(report.contains("faults=1"), "{report}");
    assert_eq!(world.count("location where location_id = 500").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_upload_and_import_again_through_the_api() {
    let world = World::new().with_own_storage().await;
    let csv = format!("{HEADINGS}\n500,Abingdon County Court,South East,Civil,SNL,5001,venue\n");
    let upload = axum::body::Body::from(csv.clone());
    world
        .operator()
        .request("POST", "/locations/upload", &[("content-type", "text/csv")], upload)
        .await
        .expect(200);
    let bad = axum::body::Body::from("a,b\n1,2\n");
    let refused = world
        .operator()
        .request("POST", "/locations/upload", &[("content-type", "text/csv")], bad)
        .await
        .expect(400);
    assert_eq!(refused.faulty_fields().len(), 3);
    world.operator().request("POST", "/locations/import", &[], axum::body::Body::empty()).await.expect(404);
    world
        .app
        .blobs
        .put_beside("reference-data", "new.csv", csv.replace("Abingdon", "Wantage").into(), "text/csv")
        .await
        .expect("storage");
    world.operator().request("POST", "/locations/import", &[], axum::body::Body::empty()).await.expect(200);
    assert_eq!(world.count("location where name = 'Wantage County Court'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_glossary_that_is_cut_off_leaves_the_last_good_one() {
    let world = World::new().await;
    let before = world.count("glossary_entry").await;
    assert!(before > 0);
    for bad in ["[{\"name\": \"Adjourned\"", "[]", "{}", "[{\"name\": \"\", \"description\": \"\"}]"] {
        let report =
            world.imports(&format!("{}.json", unique("glossary")), bad.as_bytes()).await.expect(200).text();
        assert!(!report.contains("faults=0"), "{report}");
    }
    assert_eq!(world.count("glossary_entry").await, before);
    let good = "[{\"name\": \"Adjourned\", \"description\": \"Put off to another day.\"}]";
    world.imports(&format!("{}.json", unique("glossary")), good.as_bytes()).await.expect(200);
    assert_eq!(world.count("glossary_entry").await, 1);
    assert!(world.html("/case-event-glossary").await.contains("Put off to another day."));
}

/// A courts file with these rows below its heading.
async fn courts(world: &World, rows: &str) -> String {
    let csv = format!("{HEADINGS}\n{rows}\n");
    world.imports(&format!("{}.csv", unique("courts")), csv.as_bytes()).await.expect(200).text()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_waiting_lists_that_come_to_mean_the_same_the_newest_is_shown_and_the_import_stands() {
    let world = World::new().await;
    let older = world.publisher().publishes(civil_daily_cause_list().for_court("7007")).await.artefact_id();
    let newer = world.publisher().publishes(civil_daily_cause_list().for_court("7008")).await.artefact_id();
    let both = "77,Wallingford Law Courts,South East,Civil,SNL,7007,venue\n77,Wallingford Law Courts,South East,Civil,SNL,7008,venue";
    let report = courts(&world, both).await;
    assert!(report.contains("rematched=1") && report.contains("held=1"), "{report}");
    soon().await;
    world.page(&format!("/daily-cause-list?artefactId={newer}")).await.expect(200);
    world.page(&format!("/daily-cause-list?artefactId={older}")).await.expect(404);
    let waiting = world.operator().get("/publication/no-match").await.expect(200).json();
    assert_eq!(
        (waiting.as_array().map(Vec::len), waiting[0]["artefactId"].as_str()),
        (Some(1), Some(older.as_str()))
    );
    world.operator().deletes(&format!("/publication/{newer}")).await.expect(200);
    assert!(world.runs("retention").await.text().contains("held=1"), "a withdrawn list keeps its identity");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_left_waiting_beside_its_known_court_is_matched_by_the_next_retention_once() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list().for_court("7007")).await.artefact_id();
    let withdrawn = civil_daily_cause_list().for_court("7007").with("x-language", "WELSH");
    let withdrawn = world.publisher().publishes(withdrawn).await.artefact_id();
    world.operator().deletes(&format!("/publication/{withdrawn}")).await.expect(200);
    // As if the import had been committed between this upload's look-up and its commit.
    let late = "insert into location_reference values ('SNL', '7007', 'VENUE', 1)";
    world.database.superuser().await.batch_execute(late).await.expect("the superuser may");
    let first = world.runs("retention").await.text();
    assert!(first.contains("matched=1") && first.contains("held=0"), "{first}");
    assert!(world.runs("retention").await.text().contains("matched=0"));
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(200);
    assert_eq!(world.count("audit_log where action = 'PUBLICATION_MATCHED'").await, 1);
    world.subscriber_to_court("amira@example.com", 1).await;
    world.dispatches().await;
    world.runs("retention").await;
    world.dispatches().await;
    assert_eq!(world.notify.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_uploaded_by_hand_before_its_court_is_shown_once_the_court_is_known() {
    let world = World::new().await;
    let upload = civil_daily_cause_list().with("x-provenance", "MANUAL_UPLOAD").for_court("77");
    let answer = world.staff().publishes(upload).await.expect(201);
    assert_eq!(answer.json()["locationId"], "NoMatch77");
    let row = "77,Wallingford Law Courts,South East,Civil,SNL,7007,venue";
    assert!(courts(&world, row).await.contains("rematched=1"));
    assert!(courts(&world, &row.replace("Civil", "Family")).await.contains("rematched=0"));
    soon().await;
    world.page(&format!("/daily-cause-list?artefactId={}", answer.artefact_id())).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn courts_may_swap_their_names_and_one_the_file_leaves_out_is_named_and_stays() {
    let world = World::new().await;
    courts(
        &world,
        "77,Wallingford,South East,Civil,SNL,7007,venue\n78,Wantage,South East,Civil,SNL,7008,venue",
    )
    .await;
    let known = world.count("location").await;
    let swapped = courts(
        &world,
        "77,Wantage,South East,Civil,SNL,7007,venue\n78,Faringdon,South East,Civil,SNL,7008,venue\n79,Wallingford,South East,Civil,SNL,7009,venue",
    )
    .await;
    let absent = format!("absent={}", known - 2);
    assert!(
        swapped.contains("updated=2") && swapped.contains("added=1") && swapped.contains(&absent),
        "{swapped}"
    );
    assert_eq!(world.count("location").await, known + 1);
    let imports = world.operator().get("/locations/imports").await.expect(200).json();
    assert!(imports[0]["report"]["imported"]["absent"].as_array().is_some_and(|ids| ids.contains(&1.into())));
    soon().await;
    assert_eq!(world.operator().get("/locations/77").await.expect(200).json()["name"], "Wantage");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courts_file_with_a_nul_in_any_cell_is_refused_politely() {
    let world = World::new().await;
    let report = courts(&world, "77,Wallingford,South\0East,Civil,SNL,70\x0007,venue").await;
    assert!(report.contains("faults=2"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_cut_midway_changes_nothing_and_readers_are_served_meanwhile() {
    let world = World::new().await;
    let before = world.count("location").await;
    let name = format!("{}.csv", unique("courts"));
    let csv = format!("{HEADINGS}\n500,Abingdon County Court,South East,Civil,SNL,5001,venue\n");
    let mut keeper = world.database.superuser().await;
    let lock = keeper.transaction().await.expect("a transaction");
    lock.batch_execute("lock table location in share mode").await.expect("the superuser may");
    let import = world.imports(&name, csv.as_bytes());
    let cut = async {
        soon().await;
        assert!(world.html("/courts-tribunals-list").await.contains("Oxford Combined Court Centre"));
        let midway = "select pg_terminate_backend(pid) from pg_stat_activity \
            where datname = current_database() and query like '%import_locations()%' and pid <> pg_backend_pid()";
        assert_eq!(lock.query(midway, &[]).await.expect("the superuser may").len(), 1);
    };
    let (answer, ()) = futures::join!(import, cut);
    assert_eq!(answer.status, 500, "{}", answer.text());
    lock.rollback().await.expect("the end");
    assert_eq!((world.count("location").await, world.count("location_staging").await), (before, 0));
    world.imports(&name, csv.as_bytes()).await.expect(200);
    assert_eq!(world.count("location").await, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_imports_at_once_take_turns() {
    let world = World::new().await;
    let csv = |region: &str| {
        let row = |id| format!("{id},Court {id},{region},Civil,SNL,{id},venue\n");
        format!("{HEADINGS}\n{}", (1000..1300).map(row).collect::<String>())
    };
    let (one, other) = (csv("South East"), csv("Wales"));
    let (first, second) = (unique("courts") + ".csv", unique("courts") + ".csv");
    let both =
        futures::join!(world.imports(&first, one.as_bytes()), world.imports(&second, other.as_bytes()));
    let (one, other) = (both.0.expect(200).text(), both.1.expect(200).text());
    assert!(one.contains("added=300") != other.contains("added=300"), "{one} {other}");
    let regions = "(select distinct regions from location where location_id between 1000 and 1299) known";
    assert_eq!((world.count(regions).await, world.count("location_staging").await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_degraded_not_down_while_the_last_reference_file_was_refused() {
    let world = World::new().await;
    assert_eq!(world.page("/health").await.expect(200).json()["status"], "UP");
    world.imports(&format!("{}.json", unique("glossary")), b"[]").await.expect(200);
    assert_eq!(world.page("/health").await.expect(200).json()["status"], "DEGRADED");
    world.page("/health/readiness").await.expect(200);
    assert!(world.html("/case-event-glossary").await.contains("Adjourned"));
    let good = b"[{\"name\": \"Adjourned\", \"description\": \"Put off.\"}]";
    world.imports(&format!("{}.json", unique("glossary")), good).await.expect(200);
    assert_eq!(world.page("/health").await.expect(200).json()["status"], "UP");
}
