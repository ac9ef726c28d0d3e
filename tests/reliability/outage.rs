//! The database goes away under load: no acknowledged write is lost, writes are refused quickly and politely, readers keep
//! seeing the last good copy and are told so, and everything is well again within seconds of its return.

use super::chaos::Mode;
use super::system::{As, Reply, System, list, sha256};
use crate::support::executable::deployed;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

const NOTICE: &str = "right within the last 10 minutes";
/// How long a refused write may take: from a database that refuses (longer for a build that is not optimized, and shares
/// its processors with other tests), and from one that says nothing at all.
const POLITE: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(6)];
const PATIENT: Duration = Duration::from_secs(15);
/// How soon after the database's return writes must be taken again.
const RECOVERY: Duration = Duration::from_secs(10);

/// One write or page view under load.
struct Seen {
    at: Instant,
    reply: Reply,
    sha256: Vec<u8>,
}

#[derive(Default)]
struct Record {
    writes: Mutex<Vec<Seen>>,
    pages: Mutex<Vec<Seen>>,
}

fn keep(list: &Mutex<Vec<Seen>>, at: Instant, reply: Reply, sha256: Vec<u8>) {
    list.lock().unwrap_or_else(PoisonError::into_inner).push(Seen { at, reply, sha256 });
}

/// Two writers of ever new lists and a reader of each page, until aborted.
fn load(system: &Arc<System>, pages: &[String], record: &Arc<Record>, days: &Arc<AtomicU32>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..2 {
        let (system, record, days) = (Arc::clone(system), Arc::clone(record), Arc::clone(days));
        tasks.spawn(async move {
            loop {
                let upload = list("102", days.fetch_add(1, Ordering::SeqCst), 1);
                let at = Instant::now();
                let reply = system.publishes(&upload).await;
                keep(&record.writes, at, reply, sha256(&upload.body));
                sleep(Duration::from_millis(20)).await;
            }
        });
    }
    for page in pages {
        let (system, record, page) = (Arc::clone(system), Arc::clone(record), page.clone());
        tasks.spawn(async move {
            loop {
                let at = Instant::now();
                let reply = system.get(As::Anyone, &page).await;
                keep(&record.pages, at, reply, Vec::new());
                sleep(Duration::from_millis(50)).await;
            }
        });
    }
    tasks
}

async fn outage(length: Duration, how: Mode) {
    let system = Arc::new(System::plan().by_hand().alone().start().await);
    let artefact = system.publishes_until_acknowledged(&list("101", 0, 1)).await;
    let id = artefact["artefactId"].as_str().expect("an id");
    let path =
        lists::registry().get("CIVIL_DAILY_CAUSE_LIST").and_then(|known| known.path.clone()).expect("a path");
    let pages = [
        format!("/{}?artefactId={id}", path.trim_start_matches('/')),
        "/summary-of-publications?locationId=1".to_owned(),
    ];
    for page in &pages {
        let shown = system.get(As::Anyone, page).await.expect(200);
        assert!(!shown.text().contains(NOTICE), "nothing to be told yet");
    }
    let (record, days) = (Arc::new(Record::default()), Arc::new(AtomicU32::new(0)));
    let mut tasks = load(&system, &pages, &record, &days);
    sleep(Duration::from_secs(1)).await;

    let away = Instant::now();
    system.postgres.set(how);
    let limit = if how == Mode::Cut { POLITE[usize::from(deployed().is_none())] } else { PATIENT };
    tokio::join!(sleep(length), questions_are_refused_politely(&system, id, limit));
    let back = Instant::now();
    system.postgres.set(Mode::Pass);
    let taken_again = || async {
        system.publishes(&list("102", days.fetch_add(1, Ordering::SeqCst), 1)).await.status == 201
    };
    system.until("writes are taken again", RECOVERY, taken_again).await;
    let settled = Instant::now();
    sleep(Duration::from_secs(1)).await;
    tasks.shutdown().await;

    let during =
        |seen: &&Seen| seen.at > away + Duration::from_millis(200) && seen.at + seen.reply.took < back;
    let writes = std::mem::take(&mut *record.writes.lock().unwrap_or_else(PoisonError::into_inner));
    let shown = std::mem::take(&mut *record.pages.lock().unwrap_or_else(PoisonError::into_inner));
    writes_are_refused_politely(writes.iter().filter(during), limit);
    for page in shown.iter().filter(during) {
        assert_eq!(page.reply.status, 200, "the last good copy");
        assert!(page.reply.text().contains(NOTICE), "marked as such");
    }
    assert!(
        writes.iter().filter(during).count() > 2 && shown.iter().filter(during).count() > 2,
        "there was load"
    );
    for page in shown.iter().filter(|seen| seen.at > settled) {
        assert!(page.reply.status == 200 && !page.reply.text().contains(NOTICE), "up to date again");
    }
    no_acknowledged_write_is_lost(&system, &writes).await;
    the_pool_is_whole(&system, &days).await;
    system.has_logged_no_defect();
}

/// Callers of the API are told that it is not known, in time.
async fn questions_are_refused_politely(system: &System, id: &str, limit: Duration) {
    let paths = [
        format!("/publication/{id}"),
        format!("/publication/{id}/versions"),
        "/publication/locationId/1".to_owned(),
        "/publication/search/caseNumber?searchValue=K01OX204".to_owned(),
        "/locations/1".to_owned(),
        "/health/readiness".to_owned(),
    ];
    let asked = futures::future::join_all(paths.iter().map(|path| system.get(As::Operator, path)));
    for (path, reply) in paths.iter().zip(asked.await) {
        assert_eq!(reply.status, 503, "{path} {}", reply.text());
        assert!(reply.took < limit, "{path} is refused after {:?}", reply.took);
    }
}

fn writes_are_refused_politely<'a>(writes: impl Iterator<Item = &'a Seen>, limit: Duration) {
    for write in writes {
        assert_eq!(write.reply.status, 503, "{}", write.reply.text());
        assert!(write.reply.retry_after.is_some(), "the producer is told when to come back");
        assert!(write.reply.took < limit, "refused after {:?}", write.reply.took);
    }
}

async fn no_acknowledged_write_is_lost(system: &System, writes: &[Seen]) {
    let rows = system
        .database
        .superuser()
        .await
        .query("select sha256 from publication_version", &[])
        .await
        .expect("versions");
    let stored: std::collections::HashMap<Vec<u8>, ()> = rows.iter().map(|row| (row.get(0), ())).collect();
    let acknowledged = writes.iter().filter(|write| write.reply.status == 201).count() as i64;
    assert!(acknowledged > 0, "some were taken before and after");
    assert!(
        writes
            .iter()
            .filter(|write| write.reply.status == 201)
            .all(|write| stored.contains_key(&write.sha256))
    );
    // Contents repeat from day to day; each day is a publication of its own.
    assert!(system.count("publication where court_id = '102'").await >= acknowledged);
}

/// As many writes at once as there are connections twice over.
async fn the_pool_is_whole(system: &Arc<System>, days: &Arc<AtomicU32>) {
    let mut writes = JoinSet::new();
    for _ in 0..20 {
        let (system, days) = (Arc::clone(system), Arc::clone(days));
        writes.spawn(async move {
            system.publishes(&list("102", days.fetch_add(1, Ordering::SeqCst), 1)).await.status
        });
    }
    assert!(writes.join_all().await.into_iter().all(|status| status == 201), "no connection is stuck");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_away_for_three_seconds() {
    outage(Duration::from_secs(3), Mode::Cut).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "slow: silence longer than a producer is kept waiting"]
async fn the_database_says_nothing_for_twenty_seconds() {
    outage(Duration::from_secs(20), Mode::Hang).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "slow: a minute's outage"]
async fn the_database_is_away_for_a_minute() {
    outage(Duration::from_secs(60), Mode::Cut).await;
}
