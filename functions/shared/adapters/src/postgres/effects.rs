//! Effects: everything owed to the outside world, as rows, planned once and claimed by lease.

use super::{Client, DbError};
use chrono::{DateTime, Utc};
use domain::PublicationId;
use domain::access::Audience;
use std::time::Duration;
use uuid::Uuid;

/// A claimed effect: ours until its lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its id, and the reference by which the provider knows it.
    pub effect_id: Uuid,
    /// The claim.
    pub lease: Uuid,
    /// The publication.
    pub publication_id: PublicationId,
    /// The version it is about.
    pub version: i32,
    /// Subscriber id, or empty.
    pub recipient: String,
    /// How often it was claimed, this time included.
    pub attempts: i32,
    /// An earlier attempt began whose outcome nobody recorded: look it up first.
    pub uncertain: bool,
    /// How long it has been owed, by the database's clock.
    pub owed_for: Duration,
}

/// What became of a claimed effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done; the provider's id of it, if it has one.
    Done(Option<String>),
    /// No longer due: superseded, withdrawn, unsubscribed.
    Cancelled(&'static str),
    /// It never will be done; the class of the reason.
    Failed(String),
    /// Certainly not done; try again after the pause.
    Later(Duration, String),
    /// Perhaps done; look it up after the pause.
    Unknown(Duration, String),
}

/// Plans the mails owed at `now`: one a subscriber a version, for every displayed publication that matches a
/// subscription and that the subscriber may read. Answers how many were newly planned. Safe to repeat.
///
/// A mail that was cancelled and is due after all (the list withdrawn by mistake, the subscription ended and begun again)
/// is owed again; one in doubt only while the provider can be asked about it, and not before its attempt has settled.
///
/// # Errors
/// The database's.
pub async fn plan_mails(db: &Client, now: DateTime<Utc>, audiences: &[Audience<'_>]) -> Result<u64, DbError> {
    const PLAN: &str = "insert into effect (publication_id, version, recipient, channel, purpose) \
        select distinct publication.publication_id, current_version, subscriber_id::text, 'email', 'subscription' \
          from publication \
          join lateral ( \
              select subscription.* from subscription \
               where search_type = 'LOCATION_ID' and search_value = location_id::text \
              union all \
              select subscription.* from hearing join subscription on \
                     (search_type = 'CASE_NUMBER' and search_value = lower(case_number)) \
                  or (search_type = 'CASE_URN' and search_value = lower(urn)) \
                  or (search_type = 'CASE_NAME' and search_value = lower(case_name)) \
               where hearing.publication_id = publication.publication_id and hearing.version = current_version \
          ) follows on true \
          join subscriber using (subscriber_id) \
         where location_id is not null and withdrawn_at is null and archived_at is null and current_version > 0 \
           and artefact_type <> 'LCSU' \
           and display_from <= $1 and (display_to is null or display_to > $1) \
           and (list_types is null or list_type = any(list_types)) \
           and (languages is null or language = any(languages)) \
           and suspended_at is null \
           and (sensitivity = 'PUBLIC' or role = 'SYSTEM_ADMIN' \
                or (sensitivity = 'PRIVATE' and role = 'VERIFIED') \
                or (sensitivity = 'CLASSIFIED' and role = 'VERIFIED' \
                    and (list_type, user_provenance) in (select * from unnest($2::text[], $3::text[])))) \
        on conflict on constraint effect_once do update \
        set status = 'pending', not_before = greatest(now(), effect.leased_until), leased_until = null, lease = null, \
            attempts = 0, error = null, done_at = null, \
            created_at = case when effect.uncertain then effect.created_at else now() end \
        where effect.status = 'cancelled' \
          and (not effect.uncertain or effect.created_at > now() - interval '6 days')";
    let pairs = audiences.iter().flat_map(|audience| {
        audience.provenances.iter().map(move |provenance| (audience.list_type, provenance.as_str()))
    });
    let (list_types, provenances): (Vec<&str>, Vec<&str>) = pairs.unzip();
    Ok(db.execute(PLAN, &[&now, &list_types, &provenances]).await?)
}

/// Claims up to `limit` effects of a channel that are due or whose lease has run out. A claim is committed
/// before anything is attempted.
///
/// # Errors
/// The database's.
pub async fn claim(db: &Client, channel: &str, limit: i64, lease: Duration) -> Result<Vec<Claimed>, DbError> {
    const CLAIM: &str = "update effect set status = 'claimed', lease = gen_random_uuid(), \
            leased_until = now() + make_interval(secs => $3), attempts = attempts + 1 \
          from (select effect_id from effect \
                 where channel = $1 and ((status = 'pending' and not_before <= now()) \
                    or (status = 'claimed' and leased_until < now())) \
                 order by not_before limit $2 for update skip locked) due \
         where effect.effect_id = due.effect_id \
        returning effect.effect_id, lease, publication_id, version, recipient, attempts, uncertain, \
                  extract(epoch from now() - created_at)::float8";
    let statement = db.prepare_cached(CLAIM).await?;
    let claimed = |row: &tokio_postgres::Row| {
        Ok(Claimed {
            effect_id: row.try_get(0)?,
            lease: row.try_get(1)?,
            publication_id: PublicationId(row.try_get(2)?),
            version: row.try_get(3)?,
            recipient: row.try_get(4)?,
            attempts: row.try_get(5)?,
            uncertain: row.try_get(6)?,
            owed_for: Duration::try_from_secs_f64(row.try_get(7)?).unwrap_or_default(),
        })
    };
    db.query(&statement, &[&channel, &limit, &lease.as_secs_f64()]).await?.iter().map(claimed).collect()
}

/// Marks that an attempt at a claimed effect begins now: until its outcome is recorded it is uncertain, and it is
/// nobody else's for the time `hold`, in which the attempt ends and its result settles. `false` if the claim has been
/// lost: then nothing may be attempted.
///
/// # Errors
/// The database's.
pub async fn begin(db: &Client, effect: &Claimed, hold: Duration) -> Result<bool, DbError> {
    const BEGIN: &str = "update effect set attempted_at = now(), uncertain = true, \
            leased_until = now() + make_interval(secs => $3) \
          where effect_id = $1 and lease = $2 and leased_until > now()";
    let statement = db.prepare_cached(BEGIN).await?;
    Ok(db.execute(&statement, &[&effect.effect_id, &effect.lease, &hold.as_secs_f64()]).await? == 1)
}

/// Records the outcome of a claimed effect; `false` if the claim had been lost, and nothing was recorded.
///
/// # Errors
/// The database's.
pub async fn record(db: &Client, effect: &Claimed, outcome: &Outcome) -> Result<bool, DbError> {
    const RECORD: &str = "update effect set status = $3, leased_until = null, lease = null, uncertain = $4, \
            not_before = now() + make_interval(secs => $5), error = $6, \
            provider_id = coalesce($7, provider_id), \
            done_at = case when $3 = 'pending' then null else now() end \
          where effect_id = $1 and lease = $2";
    let none = Duration::ZERO;
    let (status, uncertain, pause, error, provider) = match outcome {
        Outcome::Done(provider) => ("done", false, none, None, provider.as_deref()),
        Outcome::Cancelled(reason) => ("cancelled", effect.uncertain, none, Some(*reason), None),
        Outcome::Failed(reason) => ("failed", false, none, Some(reason.as_str()), None),
        Outcome::Later(pause, reason) => ("pending", false, *pause, Some(reason.as_str()), None),
        Outcome::Unknown(pause, reason) => ("pending", true, *pause, Some(reason.as_str()), None),
    };
    let statement = db.prepare_cached(RECORD).await?;
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
        [&effect.effect_id, &effect.lease, &status, &uncertain, &pause.as_secs_f64(), &error, &provider];
    Ok(db.execute(&statement, &parameters).await? == 1)
}

/// How many effects of a channel are due now.
///
/// # Errors
/// The database's.
pub async fn due(db: &Client, channel: &str) -> Result<i64, DbError> {
    const DUE: &str = "select count(*) from effect where channel = $1 \
        and ((status = 'pending' and not_before <= now()) or (status = 'claimed' and leased_until < now()))";
    Ok(db.query_one(DUE, &[&channel]).await?.try_get(0)?)
}

/// Owes a mail that was superseded before it was sent for the version that took its place; safe to repeat.
///
/// # Errors
/// The database's.
pub async fn owe_successor(db: &Client, effect: &Claimed) -> Result<(), DbError> {
    const OWE: &str = "insert into effect (publication_id, version, recipient, channel, purpose) \
        select effect.publication_id, current_version, recipient, channel, purpose \
          from effect join publication using (publication_id) where effect_id = $1 \
        on conflict on constraint effect_once do nothing";
    db.execute(OWE, &[&effect.effect_id]).await?;
    Ok(())
}

/// Whether a subscriber still follows something a publication's version matches: asked again at the moment of
/// sending, since a subscription may have ended in between.
///
/// # Errors
/// The database's.
pub async fn still_follows(
    db: &Client,
    subscriber: Uuid,
    publication: PublicationId,
    version: i32,
) -> Result<bool, DbError> {
    const FOLLOWS: &str = "select exists ( \
        select from publication join subscription on subscriber_id = $1 \
         where publication_id = $2 and current_version = $3 \
           and (list_types is null or list_type = any(list_types)) \
           and (languages is null or language = any(languages)) \
           and ((search_type = 'LOCATION_ID' and search_value = location_id::text) \
                or exists (select from hearing where hearing.publication_id = $2 and hearing.version = $3 \
                    and ((search_type = 'CASE_NUMBER' and search_value = lower(case_number)) \
                      or (search_type = 'CASE_URN' and search_value = lower(urn)) \
                      or (search_type = 'CASE_NAME' and search_value = lower(case_name))))))";
    let statement = db.prepare_cached(FOLLOWS).await?;
    Ok(db.query_one(&statement, &[&subscriber, &publication.0, &version]).await?.try_get(0)?)
}
