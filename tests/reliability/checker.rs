//! Holds a history against what the stores say afterwards.

use super::history::{FOLLOWED, History, Own};
use super::system::{As, System, sha256};
use adapters::postgres::ledger::Verdict;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// A publication as the database has it.
struct Stored {
    id: Uuid,
    current: i32,
    withdrawn: bool,
    /// SHA-256 and blob of each version, in the order of their numbers.
    versions: Vec<(Vec<u8>, Uuid)>,
}

/// Asserts everything that must hold.
pub async fn check(system: &System, history: &History) {
    assert_eq!(history.violations, Vec::<String>::new(), "every answer was one that a client may get");
    assert!(!history.acknowledged.is_empty(), "something was acknowledged");
    let stored = stored(system).await;
    versions_are_what_was_acknowledged(history, &stored);
    reads_saw_what_was_acknowledged_before(history, &stored);
    own_lists_are_as_their_owners_left_them(history, &stored);
    everything_acknowledged_can_be_read(system, history, &stored).await;
    every_blob_is_there(system, &stored).await;
    mails_were_sent_once(system, history, &stored).await;
    records_are_whole(system, &stored).await;
    system.has_logged_no_defect();
}

/// The publications by key: the day after the first of January 2030.
async fn stored(system: &System) -> BTreeMap<u32, Stored> {
    let db = system.database.superuser().await;
    let sql = "select publication_id, content_date - date '2030-01-01', current_version, withdrawn_at is not null from publication";
    let mut all = BTreeMap::new();
    for row in db.query(sql, &[]).await.expect("publications") {
        let id: Uuid = row.get(0);
        let sql = "select sha256, version_id, number from publication_version where publication_id = $1 order by number";
        let rows = db.query(sql, &[&id]).await.expect("versions");
        let numbers: Vec<i32> = rows.iter().map(|row| row.get(2)).collect();
        assert!(
            numbers.iter().copied().eq(1..=i32::try_from(numbers.len()).expect("few")),
            "versions are numbered: {numbers:?}"
        );
        let versions = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let key = u32::try_from(row.get::<_, i32>(1)).expect("a day");
        let before = all.insert(key, Stored { id, current: row.get(2), withdrawn: row.get(3), versions });
        assert!(before.is_none(), "one publication for list {key}");
    }
    all
}

fn versions_are_what_was_acknowledged(history: &History, stored: &BTreeMap<u32, Stored>) {
    for (key, publication) in stored {
        let hashes: BTreeSet<_> = publication.versions.iter().map(|(sha256, _)| sha256).collect();
        assert_eq!(hashes.len(), publication.versions.len(), "list {key}: no content became two versions");
        assert_eq!(
            publication.current as usize,
            publication.versions.len(),
            "list {key}: the last version is current"
        );
        let attempted = &history.attempted[key];
        assert!(hashes.iter().all(|sha256| attempted.contains(*sha256)), "list {key}: nothing nobody sent");
    }
    for known in &history.acknowledged {
        let publication = &stored.get(&known.key).unwrap_or_else(|| panic!("list {} is lost", known.key));
        assert_eq!(publication.id, known.artefact, "one publication for list {}", known.key);
        let at = usize::try_from(known.version).expect("a number") - 1;
        let there = publication.versions.get(at).map(|(sha256, _)| sha256);
        assert_eq!(
            there,
            Some(&known.sha256),
            "list {}: version {} is the one acknowledged",
            known.key,
            known.version
        );
    }
}

fn reads_saw_what_was_acknowledged_before(history: &History, stored: &BTreeMap<u32, Stored>) {
    for read in &history.reads {
        let versions = &stored[&read.key].versions;
        let seen =
            versions.iter().position(|(sha256, _)| *sha256 == read.sha256).expect("a version of that list");
        assert!(
            seen + 1 >= read.at_least as usize,
            "list {}: read version {} after {}",
            read.key,
            seen + 1,
            read.at_least
        );
    }
}

fn own_lists_are_as_their_owners_left_them(history: &History, stored: &BTreeMap<u32, Stored>) {
    for (key, state) in history.own.iter().filter(|(_, state)| **state != Own::Unknown) {
        assert_eq!(stored[key].withdrawn, *state == Own::Withdrawn, "list {key}");
    }
}

async fn everything_acknowledged_can_be_read(
    system: &System,
    history: &History,
    stored: &BTreeMap<u32, Stored>,
) {
    let keys: BTreeSet<u32> = history.acknowledged.iter().map(|known| known.key).collect();
    for publication in keys.iter().map(|key| &stored[key]).filter(|publication| !publication.withdrawn) {
        let payload =
            system.get(As::Operator, &format!("/publication/{}/payload", publication.id)).await.expect(200);
        assert_eq!(Some(&sha256(&payload.body)), publication.versions.last().map(|(sha256, _)| sha256));
    }
}

async fn every_blob_is_there(system: &System, stored: &BTreeMap<u32, Stored>) {
    let listed = system.store.list("artefact", "").await.expect("a listing");
    let names: BTreeSet<String> = listed.into_iter().map(|blob| blob.name).collect();
    let versions = stored.values().flat_map(|publication| &publication.versions);
    assert!(
        versions.into_iter().all(|(_, blob)| names.contains(&blob.to_string())),
        "a version's bytes are missing"
    );
}

async fn mails_were_sent_once(system: &System, history: &History, stored: &BTreeMap<u32, Stored>) {
    let mut sent: HashMap<String, usize> = HashMap::new();
    for mail in system.stand_ins.notify.sent() {
        *sent.entry(mail.reference.expect("a reference")).or_default() += 1;
    }
    assert!(sent.values().all(|count| *count == 1), "a mail was sent twice");
    let db = system.database.superuser().await;
    let sql = "select effect_id::text, status, publication_id, version, email from effect \
        join subscriber on subscriber_id::text = recipient where channel = 'email'";
    let rows = db.query(sql, &[]).await.expect("effects");
    let (mut owed, mut told) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        let (reference, status): (String, String) = (row.get(0), row.get(1));
        assert!(["done", "cancelled"].contains(&status.as_str()), "a mail is {status}");
        if status == "done" {
            assert!(sent.contains_key(&reference), "a mail on record was not sent");
            told.insert((row.get::<_, String>(4), row.get::<_, Uuid>(2), row.get::<_, i32>(3)));
        }
        owed.insert(reference);
    }
    assert!(sent.keys().all(|reference| owed.contains(reference)), "a mail was sent that nobody owed");
    let sql = "select publication_id from publication where location_id = $1 and withdrawn_at is null";
    let followed = db.query(sql, &[&FOLLOWED]).await.expect("publications");
    let current: HashMap<Uuid, i32> =
        stored.values().map(|publication| (publication.id, publication.current)).collect();
    for id in followed.iter().map(|row| row.get::<_, Uuid>(0)) {
        for email in &history.subscribers {
            assert!(told.contains(&(email.clone(), id, current[&id])), "{email} was not told of {id}");
        }
    }
}

async fn records_are_whole(system: &System, stored: &BTreeMap<u32, Stored>) {
    let versions = stored.values().map(|publication| publication.versions.len()).sum::<usize>() as i64;
    assert_eq!(
        system.count("audit_log where action = 'PUBLICATION_UPLOAD'").await,
        versions,
        "each version is on record once"
    );
    assert_eq!(
        system.count("(select distinct publication_id, version from hearing) known").await,
        system.count("publication_version where removed_at is null").await,
        "each can be searched until it is archived"
    );
    assert_eq!(system.ledger().await, Verdict::Whole(versions), "the ledger is whole");
}
