//! What changed between two versions of a list.

use super::metadata::find_version;
use super::{document, seen};
use axum::Json;
use axum::extract::{Path, Query, State};
use runtime::{App, Problem, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which two versions; by default the one before the current and the current.
#[derive(Deserialize)]
pub(super) struct Between {
    from: Option<i32>,
    to: Option<i32>,
}

/// Hearings added, removed, moved in time, room or judge between two versions.
pub(super) async fn between(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    Query(Between { from, to }): Query<Between>,
) -> Result<Json<Value>, Problem> {
    let current = seen(&app, &reader, &id).await?;
    let to = to.unwrap_or(current.publication.current_version);
    let from = from.unwrap_or((to - 1).max(1));
    let (before, after) = (find_version(&app, &reader, &id, from).await?, find_version(&app, &reader, &id, to).await?);
    let court = current.court.as_deref();
    let (before, after) = (document::of(&app, &before, court).await?, document::of(&app, &after, court).await?);
    let changes = lists::diff::diff(&before, &after);
    Ok(Json(json!({"artefactId": current.publication.publication_id, "from": from, "to": to, "changes": changes})))
}
