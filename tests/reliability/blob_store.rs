//! The blob store goes away before, between and after the writes of an upload.

use super::chaos::{Mode, Proxy};
use super::system::{database_through, server_of, storage_of, storage_through};
use crate::support::{World, civil_daily_cause_list, world};
use std::time::{Duration, Instant};

/// A world whose blobs are behind a proxy.
async fn world_and_line() -> (World, Proxy) {
    let storage = world::shared_storage();
    let line = Proxy::before(storage_of(&storage, "Blob")).await;
    let through = storage_through(&storage, "Blob", line.port());
    // Whoever is first makes the containers, with nothing in the way.
    drop(World::new().await);
    (World::new().with_setting("PiStorage", &through).await, line)
}

#[tokio::test]
async fn without_the_blob_store_nothing_is_acknowledged_and_no_row_is_written() {
    let (world, line) = world_and_line().await;
    line.set(Mode::Cut);
    let began = Instant::now();
    let refused = world.publisher().publishes(civil_daily_cause_list()).await.expect(503);
    assert!(!refused.header("retry-after").is_empty());
    assert!(began.elapsed() < Duration::from_secs(15), "refused after {:?}", began.elapsed());
    assert_eq!(world.count("publication").await, 0);
    line.set(Mode::Pass);
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
}

#[tokio::test]
async fn when_the_database_goes_between_the_two_writes_the_bytes_are_an_orphan_and_no_more() {
    let plain = World::new().await;
    let server = Proxy::before(server_of(&plain.database.app_url())).await;
    let url = database_through(&plain.database.app_url(), server.port());
    let world = World::new().with_setting("DATABASE_URL", &url).await;
    // The rows go to the other world's database, which is then cut off.
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    server.set(Mode::Cut);
    let refused = world.publisher().publishes(civil_daily_cause_list().numbered(2)).await.expect(503);
    assert!(!refused.header("retry-after").is_empty());
    server.set(Mode::Pass);
    assert_eq!(plain.count("publication_version").await, 1);
    world.publisher().publishes(civil_daily_cause_list().numbered(2)).await.expect(201);
    assert_eq!(plain.count("publication_version").await, 2);
}

#[tokio::test]
async fn after_the_acknowledgement_the_bytes_may_be_away_but_are_never_said_not_to_exist() {
    let (world, line) = world_and_line().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    let payload = format!("/publication/{id}/payload");
    let page = format!("/daily-cause-list?artefactId={id}");
    line.set(Mode::Cut);
    world.operator().get(&payload).await.expect(503);
    world.page(&page).await.expect(503);
    assert_eq!(
        world.operator().get(&format!("/publication/{id}")).await.status,
        200,
        "what the database knows is known"
    );
    line.set(Mode::Pass);
    world.operator().get(&payload).await.expect(200);
    world.page(&page).await.expect(200);
}

#[tokio::test]
async fn a_blob_that_is_missing_is_a_fault_of_ours_and_not_an_absent_publication() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    let sql = "select version_id::text from publication_version";
    let blob: String = world.database.superuser().await.query_one(sql, &[]).await.expect("a version").get(0);
    world.app.blobs.delete("artefact", &blob).await.expect("deleted");
    world.operator().get(&format!("/publication/{id}/payload")).await.expect(503);
    world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(503);
}
