//! The sweep of orphans, over generated sets of blobs and versions, against the real stores: after a day every orphan goes,
//! and what a standing version refers to never does.

use crate::support::World;
use adapters::postgres::Db;
use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use secrecy::SecretString;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What a blob is to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The current version of a list that is shown.
    Shown,
    /// An earlier version of one.
    Superseded,
    /// A list whose court nobody knows yet.
    WithoutCourt,
    /// A list that is still to be shown.
    Future,
    /// A list whose time was over before the sweep.
    Over,
    /// A list that was withdrawn before the sweep.
    Withdrawn,
    /// A list archived long ago.
    Archived,
    /// An upload that was never committed.
    Nobody,
    /// Not named by a version: not the sweep's business.
    Stranger,
}

impl Owner {
    fn is_swept(self) -> bool {
        matches!(self, Self::Over | Self::Withdrawn | Self::Archived | Self::Nobody)
    }
}

/// A blob of a generated set.
#[derive(Debug, Clone, Copy)]
struct Item {
    owner: Owner,
    /// Whether files were made of it too.
    has_files: bool,
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let owners = [
        Owner::Shown,
        Owner::Superseded,
        Owner::WithoutCourt,
        Owner::Future,
        Owner::Over,
        Owner::Withdrawn,
        Owner::Archived,
        Owner::Nobody,
        Owner::Stranger,
    ];
    let item = (prop::sample::select(owners.to_vec()), any::<bool>())
        .prop_map(|(owner, has_files)| Item { owner, has_files });
    prop::collection::vec(item, 1..24)
}

/// Puts an item into the stores; answers the blobs' names by container.
async fn put(world: &World, number: usize, item: Item, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let version = world.app.new_id();
    let name =
        if item.owner == Owner::Stranger { format!("notes-of-{version}") } else { version.to_string() };
    let mut blobs = vec![("artefact", name)];
    if item.has_files && item.owner != Owner::Stranger {
        blobs.extend(
            ["en.pdf", "cy.pdf", "en.xlsx"].map(|file| ("publications", format!("{version}-0/list.{file}"))),
        );
    }
    for (container, name) in &blobs {
        let stored = world.app.blobs.put_new(
            container,
            name,
            Bytes::from_static(b"{}"),
            "application/json",
            HashMap::new(),
        );
        stored.await.expect("stored");
    }
    if !matches!(item.owner, Owner::Nobody | Owner::Stranger) {
        record(world, number, item.owner, version, now).await;
    }
    blobs
}

/// The rows of an item that the database knows.
async fn record(world: &World, number: usize, owner: Owner, version: Uuid, now: DateTime<Utc>) {
    let publication = world.app.new_id();
    let hour = TimeDelta::hours(1);
    let court = (owner != Owner::WithoutCourt).then_some(1_i32);
    let to = (owner == Owner::Over).then_some(now + hour * 23);
    let from = if owner == Owner::Future { now + hour * 1000 } else { now - hour };
    let withdrawn = (owner == Owner::Withdrawn).then_some(now);
    let archived = (owner == Owner::Archived).then_some(now);
    let current = if owner == Owner::Superseded { 2_i32 } else { 1 };
    let db = world.database.superuser().await;
    let sql = "insert into publication (publication_id, provenance, court_id, location_id, court_level, content_date, \
        language, list_type, artefact_type, sensitivity, display_from, display_to, withdrawn_at, archived_at, current_version) \
        values ($1, 'SNL', $2, $3, 'VENUE', current_date, 'ENGLISH', $4, 'LIST', 'PUBLIC', $5, $6, $7, $8, $9)";
    // A list type of its own keeps identities apart.
    let (id, list_type) = (format!("court-{number}"), format!("TYPE_{publication}"));
    db.execute(sql, &[&publication, &id, &court, &list_type, &from, &to, &withdrawn, &archived, &current])
        .await
        .expect("a row");
    let versions = [(1, version), (2, world.app.new_id())];
    for (number, version) in versions.into_iter().take(usize::try_from(current).expect("1 or 2")) {
        let sql = "insert into publication_version (publication_id, number, version_id, sha256, size, media_type, is_flat_file, \
            published_by, received_at) values ($1, $2, $3, '\\x00', 2, 'application/json', false, 'test', now())";
        db.execute(sql, &[&publication, &number, &version]).await.expect("a row");
    }
}

async fn stored(world: &World) -> BTreeSet<(&'static str, String)> {
    let mut all = BTreeSet::new();
    for container in ["artefact", "publications"] {
        let listed = world.app.blobs.list(container, "").await.expect("a listing");
        all.extend(listed.into_iter().map(|blob| (container, blob.name)));
    }
    all
}

async fn sweeps_exactly_the_orphans(world: &World, items: Vec<Item>) {
    #[expect(
        clippy::disallowed_methods,
        reason = "blobs are dated by the emulator, which has no other clock"
    )]
    let now = Utc::now();
    let (mut keep, mut sweep) = (stored(world).await, BTreeSet::new());
    for (number, item) in items.into_iter().enumerate() {
        let blobs = put(world, number, item, now).await;
        if item.owner.is_swept() { &mut sweep } else { &mut keep }.extend(blobs);
    }
    let everything: BTreeSet<_> = keep.union(&sweep).cloned().collect();
    world.app.clock.set(now + TimeDelta::hours(24) - TimeDelta::minutes(1));
    world.runs("retention").await;
    assert_eq!(stored(world).await, everything, "nothing goes before a day has passed");
    world.app.clock.set(now + TimeDelta::hours(24) + TimeDelta::minutes(10));
    world.runs("retention").await;
    assert_eq!(stored(world).await, keep, "then every orphan goes, and nothing else");
}

/// Generated sets; each adds to what the ones before have left standing.
fn sweeps(cases: u32) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(async { World::new().with_own_storage().await });
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20,
        ..Config::default()
    });
    let outcome = runner.run(&items(), |items| {
        runtime.block_on(sweeps_exactly_the_orphans(&world, items));
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    let verdict = runtime.block_on(async {
        let db = Db::configure(&SecretString::from(world.database.app_url()), "test", 1).expect("a pool");
        adapters::postgres::ledger::verify(&db.connect().await.expect("a connection"))
            .await
            .expect("a verdict")
    });
    assert!(matches!(verdict, adapters::postgres::ledger::Verdict::Whole(_)), "{verdict:?}");
    let _entered = runtime.enter();
    drop(world);
}

#[test]
fn the_sweep_removes_every_orphan_and_nothing_that_is_referred_to() {
    sweeps(4);
}

#[test]
#[ignore = "slow: many sets"]
fn the_sweep_removes_every_orphan_and_nothing_that_is_referred_to_in_many_sets() {
    sweeps(60);
}
