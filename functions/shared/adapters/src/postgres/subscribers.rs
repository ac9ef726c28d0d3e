//! Subscribers and what they follow.

use super::{Client, DbError};
use domain::{UserProvenance, UserRole};
use uuid::Uuid;

/// A verified user who receives mail.
#[derive(Debug, Clone)]
pub struct Subscriber {
    /// Its id.
    pub subscriber_id: Uuid,
    /// Where mail goes.
    pub email: String,
    /// Where the account lives.
    pub user_provenance: UserProvenance,
    /// What the user is.
    pub role: UserRole,
    /// `en` or `cy`.
    pub tongue: String,
}

/// What a subscription follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// `LOCATION_ID`, `CASE_NUMBER`, `CASE_URN` or `CASE_NAME`.
    pub search_type: String,
    /// The court's id, or the case's number, URN or name.
    pub search_value: String,
    /// Only these list types, if any are named.
    pub list_types: Option<Vec<String>>,
    /// Only these languages, if any are named.
    pub languages: Option<Vec<String>>,
}

/// Records a subscriber (found by address and provenance) and one thing they follow, replacing an earlier
/// subscription to the same; answers the ids of both.
///
/// # Errors
/// The database's.
pub async fn follow(
    db: &mut Client,
    actor: &str,
    email: &str,
    user_provenance: UserProvenance,
    tongue: &str,
    follow: &Follow,
) -> Result<(Uuid, Uuid), DbError> {
    const SUBSCRIBER: &str = "insert into subscriber (email, user_provenance, tongue) values ($1, $2, $3) \
        on conflict (user_provenance, email) do update set tongue = excluded.tongue returning subscriber_id";
    const FOLLOW: &str = "insert into subscription (subscriber_id, search_type, search_value, list_types, languages) \
        values ($1, $2, $3, $4, $5) on conflict (subscriber_id, search_type, search_value) \
        do update set list_types = excluded.list_types, languages = excluded.languages returning subscription_id";
    let tx = db.transaction().await?;
    let subscriber: Uuid =
        tx.query_one(SUBSCRIBER, &[&email, &user_provenance.as_str(), &tongue]).await?.try_get(0)?;
    let value = if follow.search_type == "LOCATION_ID" {
        follow.search_value.clone()
    } else {
        follow.search_value.to_lowercase()
    };
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
        [&subscriber, &follow.search_type, &value, &follow.list_types, &follow.languages];
    let subscription: Uuid = tx.query_one(FOLLOW, &parameters).await?.try_get(0)?;
    let subject = subscription.to_string();
    super::audit::record(&tx, actor, "SUBSCRIPTION_CREATED", &subject, &serde_json::json!({})).await?;
    tx.commit().await?;
    Ok((subscriber, subscription))
}

/// Ends a subscription; `false` if there was none.
///
/// # Errors
/// The database's.
pub async fn unfollow(db: &mut Client, actor: &str, subscription: Uuid) -> Result<bool, DbError> {
    let tx = db.transaction().await?;
    let ended =
        tx.execute("delete from subscription where subscription_id = $1", &[&subscription]).await? == 1;
    if ended {
        let subject = subscription.to_string();
        super::audit::record(&tx, actor, "SUBSCRIPTION_DELETED", &subject, &serde_json::json!({})).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// A subscriber who may be mailed now: known and not suspended.
///
/// # Errors
/// The database's.
pub async fn find(db: &Client, id: Uuid) -> Result<Option<Subscriber>, DbError> {
    const FIND: &str = "select subscriber_id, email, user_provenance, role, tongue from subscriber \
        where subscriber_id = $1 and suspended_at is null";
    let statement = db.prepare_cached(FIND).await?;
    let Some(row) = db.query_opt(&statement, &[&id]).await? else { return Ok(None) };
    Ok(Some(Subscriber {
        subscriber_id: row.try_get("subscriber_id")?,
        email: row.try_get("email")?,
        user_provenance: super::publications::word(&row, "user_provenance")?,
        role: super::publications::word(&row, "role")?,
        tongue: row.try_get("tongue")?,
    }))
}
