//! What changed between two versions of a list.

use super::versions::{find_version, readable_versions, strictest};
use super::{document, record_export, seen};
use crate::answer::{Asked, Known};
use crate::api_docs::problems::{Invalid, Refused, Removed, Unknown};
use crate::api_docs::words;
use axum::extract::State;
use axum::response::Response;
use domain::PublicationId;
use lists::diff::Change;
use runtime::extract::{Path, Query};
use runtime::{App, Problem, Reader};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which two versions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Between {
    /// The earlier; if it is not said, the one before the later.
    #[param(value_type = i32, required = false, minimum = 1, example = 1)]
    from: Option<i32>,
    /// The later; if it is not said, the current one.
    #[param(value_type = i32, required = false, minimum = 1, example = 1)]
    to: Option<i32>,
}

/// What changed between two versions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Differences {
    /// The publication.
    #[schema(value_type = Uuid)]
    artefact_id: PublicationId,
    /// The earlier version.
    from: i32,
    /// The later version.
    to: i32,
    /// Hearings added, removed, or moved in time, room or judge.
    #[schema(value_type = Vec<words::Change>)]
    changes: Vec<Change>,
}

/// Hearings added, removed, or moved in time, room or judge between two versions
///
/// Role: `api.request.admin`, or a third party's.
#[utoipa::path(
    get, path = "/publication/{id}/diff", tag = "Publications", operation_id = "diff", security(("entra_id" = [])),
    params(("id" = Uuid, Path, description = "The publication."), Between, Known),
    responses(
        (status = 200, description = "The differences.", body = Differences),
        Invalid, Refused, Unknown, Removed
    )
)]
pub(crate) async fn between(
    State(app): State<App>,
    reader: Reader,
    asked: Asked,
    Path(id): Path<String>,
    Query(Between { from, to }): Query<Between>,
) -> Result<Response, Problem> {
    let current = seen(&app, &reader, &id).await?;
    let to = to.unwrap_or(current.publication.current_version);
    let from = from.unwrap_or(to.saturating_sub(1).max(1));
    let versions = readable_versions(&app, &reader, &current.publication).await?;
    let (before, after) = (find_version(&versions, from)?, find_version(&versions, to)?);
    let sensitivity = strictest([before, after]);
    let court = current.court.as_deref();
    let (before, after) = (document::of(&app, before, court).await?, document::of(&app, after, court).await?);
    let changes = lists::diff::diff(&before, &after);
    let differences = Differences { artefact_id: current.publication.publication_id, from, to, changes };
    let bytes = serde_json::to_vec(&differences).map_err(|error| Problem::defect(&error))?;
    record_export(&app, &reader, &current.publication, sensitivity, "diff", bytes.len()).await?;
    Ok(asked.written(bytes))
}
