//! Random clients publish, read, subscribe and withdraw while everything around them fails; every operation is written
//! down, and at the end the history must be one that a service which loses nothing could have made.

use super::chaos::Mode;
use super::checker;
use super::system::{As, Component, System, list, sha256};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

/// Lists that everyone publishes to and nobody withdraws.
const SHARED: u32 = 44;
/// Each client also has a list of its own, which it withdraws now and then.
const CLIENTS: u32 = 6;
/// The courts of the lists in turn, as the producer knows them.
const COURTS: [&str; 4] = ["101", "102", "104", "105"];
/// The court that subscribers follow: P&I's id of the last.
pub const FOLLOWED: i32 = 5;

/// A content that was acknowledged.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub key: u32,
    pub sha256: Vec<u8>,
    pub artefact: Uuid,
    pub version: i32,
}

/// A payload that was read.
#[derive(Debug)]
pub struct Read {
    pub key: u32,
    /// The newest version acknowledged before the read began.
    pub at_least: i32,
    pub sha256: Vec<u8>,
}

/// What a client knows of the list of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    Published,
    Withdrawn,
    /// The last answer was lost.
    Unknown,
}

/// Everything that was done.
#[derive(Default)]
pub struct History {
    pub attempted: BTreeMap<u32, BTreeSet<Vec<u8>>>,
    pub acknowledged: Vec<Acknowledged>,
    pub reads: Vec<Read>,
    pub subscribers: Vec<String>,
    pub own: BTreeMap<u32, Own>,
    pub violations: Vec<String>,
    pub unanswered: usize,
}

/// A small generator of chance: the seed decides everything that is up to the clients and the nemesis.
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from((self.0 >> 33) % u64::from(limit)).unwrap_or(0)
    }

    /// A time within bounds, in milliseconds.
    fn time(&mut self, from: u32, to: u32) -> Duration {
        Duration::from_millis(u64::from(from + self.below(to - from)))
    }
}

/// The run: the system, what was done, and the numbers of contents.
struct Run {
    system: System,
    history: Mutex<History>,
    contents: AtomicUsize,
    until: Instant,
    seed: u64,
}

impl Run {
    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    /// Publishes a content nobody has published before; tries again a few times if no answer comes.
    async fn publish(&self, key: u32) -> bool {
        let number = self.contents.fetch_add(1, Ordering::SeqCst);
        let court = COURTS[key as usize % COURTS.len()];
        let request = format!("{:x}-{number}", self.seed);
        let upload = list(court, key, number).with("idempotency-key", &request);
        let sha256 = sha256(&upload.body);
        self.history().attempted.entry(key).or_default().insert(sha256.clone());
        for _ in 0..4 {
            let reply = self.system.publishes(&upload).await;
            match reply.status {
                201 => {
                    let json = reply.json();
                    self.history().acknowledged.push(Acknowledged {
                        key,
                        sha256,
                        artefact: id_of(&json),
                        version: json["lastReceivedVersion"]
                            .as_i64()
                            .and_then(|number| i32::try_from(number).ok())
                            .unwrap_or(0),
                    });
                    return true;
                }
                0 | 500.. => sleep(Duration::from_millis(100)).await,
                status => {
                    self.history()
                        .violations
                        .push(format!("an upload was answered {status}: {}", reply.text()));
                    return false;
                }
            }
        }
        self.history().unanswered += 1;
        false
    }

    /// Reads a list that has been acknowledged.
    async fn read(&self, chance: &mut Chance) {
        let picked = {
            let history = self.history();
            let shared: Vec<_> = history.acknowledged.iter().filter(|known| known.key < SHARED).collect();
            let Some(picked) =
                shared.get(chance.below(u32::try_from(shared.len()).unwrap_or(1).max(1)) as usize)
            else {
                return;
            };
            let at_least = shared
                .iter()
                .filter(|known| known.key == picked.key)
                .map(|known| known.version)
                .max()
                .unwrap_or(0);
            (picked.key, picked.artefact, at_least)
        };
        let (key, artefact, at_least) = picked;
        let reply = self.system.get(As::Operator, &format!("/publication/{artefact}/payload")).await;
        match reply.status {
            200 => self.history().reads.push(Read { key, at_least, sha256: sha256(&reply.body) }),
            0 | 500.. => self.history().unanswered += 1,
            status => self.history().violations.push(format!("an acknowledged list was answered {status}")),
        }
    }

    async fn subscribe(&self) {
        let email = format!("reader-{}@example.com", self.contents.fetch_add(1, Ordering::SeqCst));
        if self.system.subscribes(&email, FOLLOWED).await.status == 201 {
            self.history().subscribers.push(email);
        }
    }

    /// Publishes to or withdraws the client's own list.
    async fn tend(&self, key: u32, chance: &mut Chance) {
        let known =
            self.history().acknowledged.iter().find(|known| known.key == key).map(|known| known.artefact);
        let state = match known.filter(|_| chance.below(3) == 0) {
            None => {
                if self.publish(key).await {
                    Own::Published
                } else {
                    Own::Unknown
                }
            }
            Some(artefact) => {
                let path = format!("/publication/{artefact}");
                match self.system.send(As::Operator, "DELETE", &path, &[], "").await.status {
                    200 | 404 => Own::Withdrawn,
                    _ => Own::Unknown,
                }
            }
        };
        self.history().own.insert(key, state);
    }
}

fn id_of(json: &Value) -> Uuid {
    json["artefactId"].as_str().and_then(|id| id.parse().ok()).expect("an artefact id")
}

async fn client(run: Arc<Run>, number: u32) {
    let mut chance = Chance::of(run.seed.wrapping_mul(u64::from(number) + 7));
    while run.goes_on() {
        match chance.below(20) {
            0..10 => drop(run.publish(chance.below(SHARED)).await),
            10..16 => run.read(&mut chance).await,
            16 if run.history().subscribers.len() < 8 => run.subscribe().await,
            _ => run.tend(SHARED + number, &mut chance).await,
        }
    }
}

/// Breaks one thing after the other.
async fn nemesis(run: Arc<Run>) {
    let mut chance = Chance::of(run.seed ^ 0x5DEE_CE66);
    while run.goes_on() {
        sleep(chance.time(300, 1500)).await;
        let (component, mode) = match chance.below(7) {
            0 | 1 => {
                run.system.kills_handler().await;
                continue;
            }
            2 => (Component::Postgres, Mode::Cut),
            3 => (Component::Blobs, Mode::Hang),
            4 => (Component::Notify, Mode::Cut),
            5 => (Component::Postgres, Mode::Hang),
            _ => (Component::Postgres, Mode::Delay(Duration::from_millis(30))),
        };
        run.system.line(component).set(mode);
        sleep(chance.time(300, 1800)).await;
        run.system.line(component).set(Mode::Pass);
    }
}

/// The daily dispatch, more often than daily, the sweep of what is owed, and the archiving of what was withdrawn.
async fn dispatcher(run: Arc<Run>, every: Duration) {
    while run.goes_on() {
        sleep(every).await;
        let headers = [("content-type", "application/json")];
        for function in ["subscription_dispatch", "effect_sweep", "retention"] {
            let path = format!("/admin/functions/{function}");
            run.system.send(As::Anyone, "POST", &path, &headers, r#"{"input": ""}"#).await;
        }
    }
}

/// Heals everything and lets all that is owed be done.
async fn settles(system: &System) {
    for component in [Component::Postgres, Component::Blobs, Component::Notify] {
        system.line(component).set(Mode::Pass);
    }
    let died = system.kills_handler_at().await;
    let db = system.database.superuser().await;
    let lapse = "update effect set leased_until = now() - interval '1 second' where status = 'claimed' and attempted_at < $1";
    db.execute(lapse, &[&died]).await.expect("the superuser may");
    let planned = || system.runs("subscription_dispatch");
    system.until("every mail is planned", Duration::from_secs(30), planned).await;
    let quiet = || async {
        db.batch_execute("update effect set not_before = now() where status = 'pending'")
            .await
            .expect("the superuser may");
        system.runs("effect_send").await;
        system.count("effect where channel = 'email' and status in ('pending', 'claimed')").await == 0
    };
    system.until("every mail is sent", Duration::from_secs(120), quiet).await;
}

async fn runs_for(length: Duration, dispatch_every: Duration) {
    let seed = match std::env::var("PI_SEED") {
        Ok(seed) => seed.parse().expect("PI_SEED is a number"),
        Err(_) => std::hash::RandomState::new().build_hasher().finish(),
    };
    println!("PI_SEED={seed}");
    let system = System::plan().alone().start().await;
    let mut history = History::default();
    for email in ["first@example.com", "second@example.com"] {
        system.subscribes(email, FOLLOWED).await.expect(201);
        history.subscribers.push(email.to_owned());
    }
    let run = Arc::new(Run {
        system,
        history: Mutex::new(history),
        contents: AtomicUsize::new(0),
        until: Instant::now() + length,
        seed,
    });
    let mut tasks = JoinSet::new();
    for number in 0..CLIENTS {
        tasks.spawn(client(Arc::clone(&run), number));
    }
    tasks.spawn(nemesis(Arc::clone(&run)));
    tasks.spawn(dispatcher(Arc::clone(&run), dispatch_every));
    tasks.join_all().await;
    settles(&run.system).await;
    let history = std::mem::take(&mut *run.history());
    println!(
        "{} contents sent, {} acknowledged, {} read, {} without an answer, {} subscribers",
        run.contents.load(Ordering::SeqCst),
        history.acknowledged.len(),
        history.reads.len(),
        history.unanswered,
        history.subscribers.len()
    );
    checker::check(&run.system, &history).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_seconds_of_failures_lose_and_double_nothing() {
    runs_for(Duration::from_secs(5), Duration::from_secs(3)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "slow: a minute of failures"]
async fn a_minute_of_failures_loses_and_doubles_nothing() {
    runs_for(Duration::from_secs(60), Duration::from_secs(7)).await;
}
