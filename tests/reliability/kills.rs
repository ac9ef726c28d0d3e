//! The handler is killed at every boundary between it and a component, while it takes a list in, sends mails, makes files.
//! A kill comes in place of a message: before the component has seen a request, or after it has done the work and before
//! the answer is known. Afterwards nothing is lost and nothing is doubled.

use super::system::{As, Component, System, list};
use crate::support::Upload;
use adapters::postgres::ledger::Verdict;
use serde_json::Value;
use uuid::Uuid;

/// At which messages of a component.
#[derive(Clone, Copy)]
enum At {
    /// The first, some between and the last ones.
    AFew,
    /// Every one.
    Every,
}

impl At {
    /// The numbers of the messages, of which a run has about `all`.
    fn points(self, all: u64) -> Vec<u64> {
        let mut points = match self {
            Self::Every => (1..=all + 2).collect(),
            Self::AFew => vec![1, all / 2, all.saturating_sub(1), all],
        };
        points.retain(|point| *point > 0);
        points.dedup();
        points
    }
}

/// How many kills there were: a message that never came, since work that is done again takes fewer, cannot be killed at.
#[derive(Default)]
struct Kills(usize);

impl Kills {
    /// The next kill has been, or its message never came.
    fn over(&mut self, system: &System, component: Component) {
        self.0 += usize::from(system.line(component).sprung());
        system.line(component).disarm();
    }

    fn were_done(self) {
        assert!(self.0 > 0, "no message came at which the handler was to be killed");
    }
}

/// Messages of a component while work is done by a handler that has just been started.
async fn messages<F: Future>(system: &System, component: Component, work: F) -> u64 {
    system.kills_handler().await;
    system.line(component).trap(u64::MAX, || ());
    work.await;
    system.line(component).disarm()
}

// ----- A list is taken in

async fn published_once(system: &System, upload: &Upload, artefact: &Value) {
    let id = artefact["artefactId"].as_str().expect("an id");
    let content_date = &upload.headers["x-content-date"][..10];
    let of = |table: &str, more: &str| format!("{table} where publication_id = '{id}' {more}");
    assert_eq!(
        system.count(&format!("publication where content_date = '{content_date}'")).await,
        1,
        "one publication"
    );
    assert_eq!(system.count(&of("publication_version", "")).await, 1, "one version");
    assert_eq!(system.count(&of("effect", "and channel = 'file'")).await, 1, "its files are owed once");
    assert!(system.count(&of("hearing", "")).await > 0, "its cases can be found");
    let audited = format!("audit_log where action = 'PUBLICATION_UPLOAD' and subject = '{id}'");
    assert_eq!(system.count(&audited).await, 1, "it is on record once");
    let payload = system.get(As::Operator, &format!("/publication/{id}/payload")).await.expect(200);
    assert_eq!(payload.body, upload.body, "it is what was sent");
}

async fn ingest_survives(component: Component, at: At) {
    let system = System::plan().by_hand().start().await;
    let all = messages(&system, component, system.publishes_until_acknowledged(&list("101", 0, 1))).await;
    let mut kills = Kills::default();
    for (day, point) in (1..).zip(at.points(all)) {
        let upload = list("101", day, 1);
        system.kills_handler().await;
        system.dies_at(component, point);
        let artefact = system.publishes_until_acknowledged(&upload).await;
        kills.over(&system, component);
        published_once(&system, &upload, &artefact).await;
    }
    kills.were_done();
    system.has_logged_no_defect();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_survives_a_kill_between_handler_and_database() {
    ingest_survives(Component::Postgres, At::AFew).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_survives_a_kill_between_handler_and_blob_store() {
    ingest_survives(Component::Blobs, At::AFew).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_survives_a_kill_between_handler_and_queue() {
    ingest_survives(Component::Queues, At::Every).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "slow: a kill at every message"]
async fn a_list_survives_a_kill_at_every_message() {
    for component in [Component::Postgres, Component::Blobs] {
        ingest_survives(component, At::Every).await;
    }
}

// ----- Mails are sent

const SUBSCRIBERS: usize = 3;

async fn effects_of(system: &System, artefact: &Value, channel: &str) -> Vec<(Uuid, String)> {
    let id: Uuid = artefact["artefactId"].as_str().expect("an id").parse().expect("an id");
    let sql = "select effect_id, status from effect where publication_id = $1 and channel = $2";
    let rows = system.database.superuser().await.query(sql, &[&id, &channel]).await.expect("effects");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn mailed_once(system: &System, artefact: &Value) {
    let effects = effects_of(system, artefact, "email").await;
    assert_eq!(effects.len(), SUBSCRIBERS);
    let sent = system.stand_ins.notify.sent();
    for (effect, status) in effects {
        assert_eq!(status, "done");
        let reference = effect.to_string();
        let mails = sent.iter().filter(|mail| mail.reference.as_deref() == Some(reference.as_str())).count();
        assert_eq!(mails, 1, "a mail for each subscriber, once");
    }
}

/// What the timer and the queue do between them.
async fn dispatches(system: &System) {
    system.runs("subscription_dispatch").await;
    system.runs("effect_send").await;
}

async fn mails_survive(component: Component, at: At) {
    let system = System::plan().by_hand().start().await;
    for number in 0..SUBSCRIBERS {
        system.subscribes(&format!("reader-{number}@example.com"), 1).await.expect(201);
    }
    system.publishes_until_acknowledged(&list("101", 0, 1)).await;
    let all = messages(&system, component, dispatches(&system)).await;
    let mut kills = Kills::default();
    for (day, point) in (1..).zip(at.points(all)) {
        let artefact = system.publishes_until_acknowledged(&list("101", day, 1)).await;
        system.kills_handler().await;
        let old = system.pid();
        system.dies_at(component, point);
        dispatches(&system).await;
        if system.line(component).sprung() {
            system.comes_back(old).await;
            system.lets_claims_lapse().await;
            dispatches(&system).await;
        }
        kills.over(&system, component);
        mailed_once(&system, &artefact).await;
    }
    kills.were_done();
    system.has_logged_no_defect();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_survive_a_kill_between_handler_and_database() {
    mails_survive(Component::Postgres, At::AFew).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_survive_a_kill_between_handler_and_notify() {
    mails_survive(Component::Notify, At::AFew).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "slow: a kill at every message"]
async fn mails_survive_a_kill_at_every_message() {
    for component in [Component::Postgres, Component::Blobs, Component::Queues, Component::Notify] {
        mails_survive(component, At::Every).await;
    }
}

// ----- Files are made

async fn filed_once(system: &System, artefact: &Value) {
    let id = artefact["artefactId"].as_str().expect("an id");
    let effects = effects_of(system, artefact, "file").await;
    assert_eq!(effects.iter().map(|(_, status)| status.as_str()).collect::<Vec<_>>(), ["done"]);
    let sql = "select version_id from publication_version where publication_id = $1";
    let known: Uuid = id.parse().expect("an id");
    let version: Uuid =
        system.database.superuser().await.query_one(sql, &[&known]).await.expect("a version").get(0);
    let files = system.store.list("publications", &version.to_string()).await.expect("a listing");
    assert_eq!(files.len(), 3, "PDF in two languages and workbook, once: {files:?}");
    let pdf = system.get(As::Operator, &format!("/publication/{id}/pdf")).await.expect(200);
    assert!(pdf.body.starts_with(b"%PDF-"));
}

async fn files_survive(component: Component, at: At) {
    let system = System::plan().by_hand().start().await;
    system.publishes_until_acknowledged(&list("101", 0, 1)).await;
    let all = messages(&system, component, system.runs("publication_files")).await;
    let mut kills = Kills::default();
    for (day, point) in (1..).zip(at.points(all)) {
        let artefact = system.publishes_until_acknowledged(&list("101", day, 1)).await;
        system.kills_handler().await;
        let old = system.pid();
        system.dies_at(component, point);
        system.runs("publication_files").await;
        if system.line(component).sprung() {
            system.comes_back(old).await;
            system.lets_claims_lapse().await;
            assert!(system.runs("publication_files").await);
        }
        kills.over(&system, component);
        filed_once(&system, &artefact).await;
    }
    kills.were_done();
    system.has_logged_no_defect();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_survive_a_kill_between_handler_and_blob_store() {
    files_survive(Component::Blobs, At::AFew).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "slow: a kill at every message"]
async fn files_survive_a_kill_at_every_message() {
    for component in [Component::Postgres, Component::Blobs] {
        files_survive(component, At::Every).await;
    }
}

// ----- A list is withdrawn, and archived

/// The same call again and again until the service says what became of it.
async fn until_answered(system: &System, method: &str, path: &str, body: &str) -> u16 {
    for _ in 0..600 {
        let reply =
            system.send(As::Operator, method, path, &[("content-type", "text/csv")], body.to_owned()).await;
        if reply.status != 0 && reply.status < 500 {
            return reply.status;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{method} {path} is never answered");
}

async fn withdraws(system: &System, artefact: &Value) {
    let path = format!("/publication/{}", artefact["artefactId"].as_str().expect("an id"));
    let status = until_answered(system, "DELETE", &path, "").await;
    assert!([200, 404].contains(&status), "withdrawn now, or by the call whose answer was lost: {status}");
}

async fn withdrawn_once(system: &System, artefact: &Value) {
    let id = artefact["artefactId"].as_str().expect("an id");
    let withdrawn = format!("publication where publication_id = '{id}' and withdrawn_at is not null");
    assert_eq!(system.count(&withdrawn).await, 1);
    let audited = format!("audit_log where action = 'PUBLICATION_WITHDRAWN' and subject = '{id}'");
    assert_eq!(system.count(&audited).await, 1, "it is on record once");
    let owed = format!("effect where publication_id = '{id}' and channel = 'email' and status = 'pending'");
    assert_eq!(system.count(&owed).await, 0, "and nobody is mailed any more");
}

async fn withdrawal_survives(at: At) {
    let system = System::plan().by_hand().start().await;
    system.subscribes("reader@example.com", 1).await.expect(201);
    let first = system.publishes_until_acknowledged(&list("101", 0, 1)).await;
    let all = messages(&system, Component::Postgres, withdraws(&system, &first)).await;
    let mut kills = Kills::default();
    for (day, point) in (1..).zip(at.points(all)) {
        let artefact = system.publishes_until_acknowledged(&list("101", day, 1)).await;
        system.runs("subscription_dispatch").await;
        system.kills_handler().await;
        system.dies_at(Component::Postgres, point);
        withdraws(&system, &artefact).await;
        kills.over(&system, Component::Postgres);
        withdrawn_once(&system, &artefact).await;
    }
    kills.were_done();
    system.has_logged_no_defect();
}

async fn archived_once(system: &System, artefact: &Value) {
    let id = artefact["artefactId"].as_str().expect("an id");
    let archived = format!("publication where publication_id = '{id}' and archived_at is not null");
    assert_eq!(system.count(&archived).await, 1);
    let audited = format!("audit_log where action = 'PUBLICATION_ARCHIVED' and subject = '{id}'");
    assert_eq!(system.count(&audited).await, 1, "it is on record once");
    assert_eq!(
        system.count(&format!("hearing where publication_id = '{id}'")).await,
        0,
        "no search finds it"
    );
}

async fn retention_survives(at: At) {
    let system = System::plan().by_hand().start().await;
    let gone = async |day| {
        let artefact = system.publishes_until_acknowledged(&list("101", day, 1)).await;
        withdraws(&system, &artefact).await;
        artefact
    };
    gone(0).await;
    let all = messages(&system, Component::Postgres, system.runs("retention")).await;
    let mut kills = Kills::default();
    for (day, point) in (1..).zip(at.points(all)) {
        let artefact = gone(day).await;
        system.kills_handler().await;
        let old = system.pid();
        system.dies_at(Component::Postgres, point);
        system.runs("retention").await;
        if system.line(Component::Postgres).sprung() {
            system.comes_back(old).await;
            assert!(system.runs("retention").await, "the next hour does what was left");
        }
        kills.over(&system, Component::Postgres);
        archived_once(&system, &artefact).await;
    }
    assert!(matches!(system.ledger().await, Verdict::Whole(_)));
    kills.were_done();
    system.has_logged_no_defect();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_survives_a_kill_between_handler_and_database() {
    withdrawal_survives(At::AFew).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn archiving_survives_a_kill_between_handler_and_database() {
    retention_survives(At::AFew).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "slow: a kill at every message"]
async fn a_withdrawal_and_archiving_survive_a_kill_at_every_message() {
    withdrawal_survives(At::Every).await;
    retention_survives(At::Every).await;
}

// ----- Courts are imported

/// A courts file with one more court and another name for it each time.
fn courts(number: u32) -> String {
    format!(
        "P&I ID,Court Desc,Region,Jurisdiction,Provenance,Provenance Location ID,Provenance Location Type\n\
         900,Abingdon Court {number},South East,Civil,SNL,9000,venue\n"
    )
}

async fn imports(system: &System, number: u32) {
    assert_eq!(until_answered(system, "POST", "/locations/upload", &courts(number)).await, 200);
}

async fn import_survives(component: Component, at: At) {
    let system = System::plan().by_hand().start().await;
    let all = messages(&system, component, imports(&system, 0)).await;
    let mut kills = Kills::default();
    for (number, point) in (1..).zip(at.points(all)) {
        system.kills_handler().await;
        system.dies_at(component, point);
        imports(&system, number).await;
        kills.over(&system, component);
        let court = format!("location where location_id = 900 and name = 'Abingdon Court {number}'");
        assert_eq!(system.count(&court).await, 1, "the file's courts are the courts");
        assert_eq!(system.count("location_reference where provenance_location_id = '9000'").await, 1);
        assert_eq!(system.count("location_staging").await, 0, "nothing is left half done");
    }
    kills.were_done();
    system.has_logged_no_defect();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_survives_a_kill_between_handler_and_database() {
    import_survives(Component::Postgres, At::AFew).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "slow: a kill at every message"]
async fn an_import_survives_a_kill_at_every_message() {
    import_survives(Component::Postgres, At::Every).await;
}
