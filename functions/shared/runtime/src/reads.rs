//! Reads: what pages ask of the database at every view. One question serves all who were waiting for it when it was
//! asked, so a list that the whole country opens costs no more than one that nobody does; and while the database is
//! away, what was read last stands for ten minutes.

use crate::Problem;
use adapters::postgres::{Client, Db, DbError, READING};
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

/// How long what was read last is shown while the database is away, however often it is shown.
const LAST_GOOD: Duration = Duration::from_secs(600);
/// A question gets this much time, however long its reader has been waiting for another's.
const LEAST: Duration = Duration::from_secs(1);
/// How many rows of one kind are remembered.
const REMEMBERED: u64 = 10_000;

/// Rows of one kind, read by key.
pub struct Reads<K, V> {
    fresh: Duration,
    rows: moka::sync::Cache<K, Arc<Row<V>>>,
}

/// What a reader is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<V> {
    /// The row.
    pub value: V,
    /// The database is away: this is what it was when last read.
    pub last_good: bool,
}

/// One row: the answer to the last question, and the last that was good. Who holds `answer` is asking.
struct Row<V> {
    answer: Mutex<Option<Answer<V>>>,
    good: RwLock<Option<(Instant, V)>>,
}

/// An answer, and when its question was asked.
struct Answer<V> {
    asked: Instant,
    found: Result<Option<V>, Problem>,
}

impl<K, V> Reads<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Rows that are read at every view: nobody is answered what was asked before they came.
    #[must_use]
    pub fn at_every_view() -> Self {
        Self::every(Duration::ZERO)
    }

    /// Rows that are taken as they were last read for so long.
    #[must_use]
    pub fn every(fresh: Duration) -> Self {
        let rows = moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_idle(LAST_GOOD);
        Self { fresh, rows: rows.build() }
    }

    /// A row, if there is one.
    ///
    /// # Errors
    /// When the database is away, and the row was not read in the last ten minutes.
    pub async fn of(
        &self,
        db: &Db,
        key: K,
        read: impl AsyncFnOnce(&mut Client) -> Result<Option<V>, DbError>,
    ) -> Result<Option<Read<V>>, Problem> {
        let ask = async |limit| Ok(db.within(limit, read).await?);
        self.asked_with(key, ask).await
    }

    /// The same for a caller who wants to know how it is, or nothing.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn as_it_is(
        &self,
        db: &Db,
        key: K,
        read: impl AsyncFnOnce(&mut Client) -> Result<Option<V>, DbError>,
    ) -> Result<Option<V>, Problem> {
        match self.of(db, key, read).await? {
            Some(Read { last_good: true, .. }) => Err(Problem::unavailable(&DbError::Silent)),
            read => Ok(read.map(|read| read.value)),
        }
    }

    async fn asked_with(
        &self,
        key: K,
        ask: impl AsyncFnOnce(Duration) -> Result<Option<V>, Problem>,
    ) -> Result<Option<Read<V>>, Problem> {
        let arrived = Instant::now();
        let row = self.rows.get_with(key, Arc::default);
        if let Some(value) = row.last_good(self.fresh) {
            return Ok(Some(Read { value, last_good: false }));
        }
        match row.answer(arrived, ask).await {
            Ok(found) => Ok(found.map(|value| Read { value, last_good: false })),
            Err(problem) => match row.last_good(LAST_GOOD) {
                Some(value) => Ok(Some(Read { value, last_good: true })),
                None => Err(problem),
            },
        }
    }
}

impl<V> Default for Row<V> {
    fn default() -> Self {
        Self { answer: Mutex::default(), good: RwLock::default() }
    }
}

impl<V: Clone> Row<V> {
    /// What was read last, if it was asked for less than so long ago.
    fn last_good(&self, age: Duration) -> Option<V> {
        let good = self.good.read().unwrap_or_else(PoisonError::into_inner);
        good.as_ref().filter(|(asked, _)| asked.elapsed() < age).map(|(_, value)| value.clone())
    }

    /// The answer to a question that was asked after this reader had arrived: another's, or else their own.
    async fn answer(
        &self,
        arrived: Instant,
        ask: impl AsyncFnOnce(Duration) -> Result<Option<V>, Problem>,
    ) -> Result<Option<V>, Problem> {
        let deadline = arrived + READING;
        let turn = timeout_at(deadline, self.answer.lock()).await;
        let mut answer = turn.map_err(|_elapsed| Problem::unavailable(&DbError::Silent))?;
        if let Some(Answer { found, .. }) = answer.as_ref().filter(|answer| answer.asked >= arrived) {
            return found.clone();
        }
        let asked = Instant::now();
        let found = ask((deadline - asked).max(LEAST)).await;
        if let Ok(value) = &found {
            let mut good = self.good.write().unwrap_or_else(PoisonError::into_inner);
            *good = value.clone().map(|value| (asked, value));
        }
        *answer = Some(Answer { asked, found: found.clone() });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::time::{advance, sleep};

    const SECOND: Duration = Duration::from_secs(1);

    /// A database that takes a second, and answers how often it was asked.
    #[derive(Default)]
    struct Counting(AtomicU32);

    impl Counting {
        async fn ask(&self) -> Result<Option<u32>, Problem> {
            let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            sleep(SECOND).await;
            Ok(Some(count))
        }
    }

    async fn read(
        reads: &Reads<&'static str, u32>,
        found: Result<Option<u32>, Problem>,
    ) -> Result<Option<(u32, bool)>, u16> {
        advance(Duration::from_millis(1)).await;
        let read = reads.asked_with("row", async |_| found).await;
        read.map(|read| read.map(|read| (read.value, read.last_good)))
            .map_err(|problem| problem.status.as_u16())
    }

    fn away() -> Result<Option<u32>, Problem> {
        Err(Problem::unavailable(&DbError::Silent))
    }

    #[tokio::test(start_paused = true)]
    async fn all_who_wait_share_one_question_and_none_is_answered_what_was_asked_before() {
        let (reads, database) = (Reads::at_every_view(), Counting::default());
        let view = async |after: Duration| {
            sleep(after).await;
            let read = reads.asked_with("row", async |_| database.ask().await).await;
            read.expect("an answer").expect("a row").value
        };
        let half = SECOND / 2;
        let (first, second, third, late) =
            tokio::join!(view(Duration::ZERO), view(half), view(half), view(half * 3));
        assert_eq!((first, second, third, late), (1, 2, 2, 3));
        assert_eq!(database.0.load(Ordering::SeqCst), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_leaves_takes_nobody_along() {
        let (reads, database) = (Reads::at_every_view(), Counting::default());
        let ask = async |_| database.ask().await;
        let leaver = tokio::time::timeout(SECOND / 2, reads.asked_with("row", ask));
        let stayer = async {
            sleep(SECOND / 4).await;
            reads.asked_with("row", ask).await
        };
        let (left, stayed) = tokio::join!(leaver, stayer);
        assert!(left.is_err());
        assert_eq!(stayed.expect("an answer"), Some(Read { value: 2, last_good: false }));
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_good_copy_stands_for_ten_minutes_and_no_longer() {
        let reads = Reads::at_every_view();
        assert_eq!(read(&reads, away()).await, Err(503), "nothing was read yet");
        assert_eq!(read(&reads, Ok(Some(7))).await, Ok(Some((7, false))));
        advance(SECOND * 300).await;
        assert_eq!(read(&reads, away()).await, Ok(Some((7, true))));
        advance(SECOND * 299).await;
        assert_eq!(read(&reads, away()).await, Ok(Some((7, true))));
        advance(SECOND).await;
        assert_eq!(read(&reads, away()).await, Err(503), "being shown does not renew it");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_longer_there_is_no_last_good_copy() {
        let reads = Reads::at_every_view();
        assert_eq!(read(&reads, Ok(Some(7))).await, Ok(Some((7, false))));
        assert_eq!(read(&reads, Ok(None)).await, Ok(None));
        assert_eq!(read(&reads, away()).await, Err(503));
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_be_a_little_old_is_not_asked_for_again() {
        let reads = Reads::every(SECOND * 2);
        assert_eq!(read(&reads, Ok(Some(1))).await, Ok(Some((1, false))));
        assert_eq!(read(&reads, Ok(Some(2))).await, Ok(Some((1, false))));
        advance(SECOND * 2).await;
        assert_eq!(read(&reads, Ok(Some(3))).await, Ok(Some((3, false))));
    }

    #[tokio::test(start_paused = true)]
    async fn behind_a_silent_database_nobody_waits_longer_than_a_page_may() {
        let reads: Reads<_, u32> = Reads::at_every_view();
        let silent = async |limit| {
            sleep(limit).await;
            away()
        };
        let started = Instant::now();
        let late = async {
            sleep(SECOND).await;
            let found = reads.asked_with("row", silent).await;
            (found.is_err(), started.elapsed())
        };
        let (first, late) = tokio::join!(reads.asked_with("row", silent), late);
        assert!(first.is_err());
        assert_eq!(late, (true, READING + SECOND));
    }
}
