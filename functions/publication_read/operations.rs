//! What operators ask of everything published: how much stands at each court, and the rows of management information;
//! and what they do to all of a court at once.

use super::views::PublicationView;
use super::{Export, record_exports};
use crate::answer::{Asked, Known, MOST_ROWS, Paging};
use crate::api_docs::problems::{Invalid, Refused, Unknown};
use crate::locations::courts;
use adapters::postgres::{ANSWERING, Client, publications, reports};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::TimeDelta;
use domain::LocationId;
use runtime::extract::{Path, Query};
use runtime::{App, Operator, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many publications of a court stand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CourtCount {
    /// P&I's id of the court; `noMatch` for those whose court is not known.
    #[schema(example = "9")]
    location_id: String,
    /// How many.
    total_artefacts: i64,
}

/// How many publications stand at each court
///
/// Shown or not; those whose court is not known come last. Role: `api.request.admin`.
#[utoipa::path(
    get, path = "/publication/count-by-location", tag = "Publications", operation_id = "count_by_location",
    security(("entra_id" = ["api.request.admin"])),
    params(Paging, Known),
    responses(
        (status = 200, description = "By court.", body = Vec<CourtCount>),
        Invalid,
        Refused
    )
)]
pub(crate) async fn count_by_location(
    State(app): State<App>,
    _: Operator,
    asked: Asked,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let count = async |db: &mut Client| reports::count_by_location(db).await;
    let counts = app.db.within(ANSWERING, count).await?;
    let count = |(court, total): &(Option<LocationId>, i64)| CourtCount {
        location_id: court.map_or_else(|| "noMatch".to_owned(), |court| court.to_string()),
        total_artefacts: *total,
    };
    let page = paging.or(counts.len())?;
    let rows: Vec<_> = page.of(&counts).iter().map(count).collect();
    asked.page(page, &rows, counts.len())
}

/// From when on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Lately {
    /// What first came within so many days; everything, if it is not said.
    #[param(value_type = i32, required = false, minimum = 0, maximum = 65535, example = 31)]
    days: Option<u16>,
}

/// A publication with the name of its court.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MiRow {
    #[serde(flatten)]
    publication: PublicationView,
    /// English name of its court, while that is known.
    location_name: Option<String>,
}

/// Every publication there was, for management information
///
/// Those withdrawn and archived included: of each, what is kept on record. Role: `api.request.admin`.
#[utoipa::path(
    get, path = "/publication/mi-data", tag = "Publications", operation_id = "mi_data",
    security(("entra_id" = ["api.request.admin"])),
    params(Lately, Paging, Known),
    responses(
        (status = 200, description = "Oldest first.", body = Vec<MiRow>),
        Invalid,
        Refused
    )
)]
pub(crate) async fn mi_data(
    State(app): State<App>,
    operator: Operator,
    asked: Asked,
    Query(lately): Query<Lately>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.or(MOST_ROWS)?;
    let since = lately.days.map(|days| app.now() - TimeDelta::days(days.into()));
    let courts = courts::all(&app).await?;
    let read = async |db: &mut Client| {
        let found = reports::since(db, since, page.start(), page.size).await?;
        let exports = found.0.iter().map(|row| Export::of(row, "mi-data"));
        record_exports(db, &operator.client_id, exports).await?;
        Ok(found)
    };
    let (rows, total) = app.db.within(ANSWERING, read).await?;
    let row = |publication: &publications::Publication| MiRow {
        publication: PublicationView::of(&app, publication),
        location_name: publication
            .location_id
            .and_then(|court| courts.find(court))
            .map(|court| court.location.name.clone()),
    };
    asked.page(page, &rows.iter().map(row).collect::<Vec<_>>(), total)
}

/// How many publications were taken off.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TakenOff {
    /// So many.
    withdrawn: usize,
}

/// Takes everything of a court off every surface at once
///
/// Versions stay on record. Role: `api.request.admin`.
#[utoipa::path(
    delete, path = "/publication/{id}/deleteArtefacts", tag = "Publications", operation_id = "delete_artefacts",
    security(("entra_id" = ["api.request.admin"])),
    params(("id" = i32, Path, description = "P&I's own id of the court.", example = 9)),
    responses((status = 200, description = "They are off.", body = TakenOff), Invalid, Refused, Unknown)
)]
pub(crate) async fn delete_artefacts(
    State(app): State<App>,
    operator: Operator,
    Path(court): Path<i32>,
) -> Result<Json<TakenOff>, Problem> {
    let withdraw =
        async |db: &mut Client| publications::withdraw_at(db, LocationId(court), &operator.client_id).await;
    match app.db.within(ANSWERING, withdraw).await? {
        0 => Err(Problem::not_found("publication of this location")),
        withdrawn => Ok(Json(TakenOff { withdrawn })),
    }
}
