//! The sweep of orphans: blobs of versions that were never committed, or whose publication is archived.

use crate::{publication_files, publication_ingest::publish};
use adapters::blob::Listed;
use adapters::postgres::upkeep;
use chrono::{DateTime, TimeDelta, Utc};
use runtime::{App, TriggerError};
use std::collections::HashSet;
use uuid::Uuid;

/// A blob younger than this may belong to an upload that has not been committed yet.
const GRACE: TimeDelta = TimeDelta::hours(24);

/// Removes orphans; answers how many. Blobs are listed before the versions are asked for, so that a blob whose version
/// is committed in between is never taken for one.
pub(super) async fn orphans(app: &App) -> Result<usize, TriggerError> {
    let (mut swept, now) = (0, app.now());
    for container in [publish::CONTAINER, publication_files::CONTAINER] {
        let listed = app.blobs.list(container, "").await?;
        let ids: Vec<Uuid> = old_enough(&listed, now).map(|(_, id)| id).collect();
        let referenced = upkeep::referenced(&app.worker_db.connect().await?, &ids).await?;
        for name in orphaned(&listed, &referenced.into_iter().collect(), now) {
            app.blobs.delete(container, name).await?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// Those of the listed blobs that are past their grace and of a version that nobody refers to.
fn orphaned<'a>(
    listed: &'a [Listed],
    referenced: &HashSet<Uuid>,
    now: DateTime<Utc>,
) -> impl Iterator<Item = &'a str> {
    old_enough(listed, now).filter(|(_, id)| !referenced.contains(id)).map(|(name, _)| name)
}

/// Blobs past their grace, with the version that each is of. What is named otherwise is nobody's to remove.
fn old_enough(listed: &[Listed], now: DateTime<Utc>) -> impl Iterator<Item = (&str, Uuid)> {
    let version = |name: &str| name.get(..36)?.parse::<Uuid>().ok();
    let old = listed.iter().filter(move |blob| blob.last_modified < now - GRACE);
    old.filter_map(move |blob| Some((blob.name.as_str(), version(&blob.name)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A listing and what of it is referred to, by a few versions that are met again and again.
    fn listings() -> impl Strategy<Value = (Vec<Listed>, HashSet<Uuid>)> {
        let version = (0..6_u128).prop_map(Uuid::from_u128);
        let name = (version.clone(), 0..4_u8).prop_map(|(id, kind)| match kind {
            0 => id.to_string(),
            1 => format!("{id}-0/list.en.pdf"),
            2 => format!("notes-of-{id}"),
            _ => id.to_string()[1..].to_owned(),
        });
        // Around the end of the grace, to the second.
        let age = prop_oneof![0..48 * 3600_i64, 24 * 3600 - 2..24 * 3600 + 3_i64];
        let blob = (name, age).prop_map(|(name, age)| Listed {
            name,
            last_modified: DateTime::UNIX_EPOCH - TimeDelta::seconds(age),
            etag: String::new(),
        });
        (prop::collection::vec(blob, 0..8), prop::collection::hash_set(version, 0..5))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_that_is_referred_to_or_young_or_of_no_version_is_swept((listed, referenced) in listings()) {
            let now = DateTime::UNIX_EPOCH;
            let swept: Vec<_> = orphaned(&listed, &referenced, now).collect();
            let kept = |blob: &&Listed| {
                let of = |id: &Uuid| blob.name.starts_with(&id.to_string());
                let is_ours = (0..6).map(Uuid::from_u128).any(|id| of(&id));
                referenced.iter().any(of) || !is_ours || now - blob.last_modified <= TimeDelta::hours(24)
            };
            let rest: Vec<_> = listed.iter().filter(|blob| !kept(blob)).map(|blob| blob.name.as_str()).collect();
            prop_assert_eq!(swept, rest);
        }
    }
}
