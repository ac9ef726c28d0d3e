//! Publication read: third parties and operators read metadata, payloads, documents, files, versions and
//! differences, each only what it may see. Reading what is not public is recorded as a data export.

pub(crate) mod changes;
pub(crate) mod document;
pub(crate) mod forms;
pub(crate) mod metadata;
mod negotiate;
pub(crate) mod operations;
pub(crate) mod search;
pub(crate) mod versions;
mod views;

use crate::api_docs::problems::{Invalid, Refused, Unknown};
use crate::locations::courts::{self, Court};
use adapters::postgres::publications::{self, Publication};
use adapters::postgres::{ANSWERING, Client, DbError, audit};
use axum::Json;
use axum::extract::State;
use axum::routing::{delete, get, put};
use domain::{PublicationId, Sensitivity};
use runtime::extract::Path;
use runtime::{App, Function, Operator, Problem, Reader};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "publication_read",
    bindings: include_str!("function.json"),
    mount: |routes| {
        routes
            .http("/publication/search", get(search::by_term))
            .http("/publication/search/caseNumber", get(search::by_case_number))
            .http("/publication/search/caseName", get(search::by_case_name))
            .http("/publication/count-by-location", get(operations::count_by_location))
            .http("/publication/mi-data", get(operations::mi_data))
            .http("/publication/no-match", get(metadata::no_match))
            .http("/publication/locationId/{location_id}", get(metadata::at_location))
            .http("/publication/location-type/{list_type}", get(metadata::location_type))
            .http("/publication/{id}", get(metadata::one).merge(delete(withdraw)))
            .http("/publication/{id}/archive", put(archive))
            .http("/publication/{id}/deleteArtefacts", delete(operations::delete_artefacts))
            .http("/publication/{id}/versions", get(versions::versions))
            .http("/publication/{id}/versions/{number}", get(versions::version))
            .http("/publication/{id}/versions/{number}/payload", get(versions::payload))
            .http("/publication/{id}/diff", get(changes::between))
            .http("/publication/{id}/exists", get(forms::exists))
            .http("/publication/{id}/sizes", get(forms::sizes))
            .http("/publication/{id}/{form}", get(forms::one))
    },
};

/// A publication that this reader may see now, with its court.
pub(crate) struct Seen {
    /// The publication at its current version.
    pub publication: Arc<Publication>,
    /// Its court.
    pub court: Option<Arc<Court>>,
}

/// Finds a publication for a reader. What it may not see is as if it were not there.
pub(crate) async fn seen(app: &App, reader: &Reader, id: &str) -> Result<Seen, Problem> {
    let not_found = || Problem::not_found("publication");
    let id = PublicationId(id.parse::<Uuid>().map_err(|_| not_found())?);
    let find = async |db: &mut Client| stored(db, id).await;
    let publication = app.publications.as_it_is(&app.db, id, find).await?.ok_or_else(not_found)?;
    if !may_see(app, reader, &publication) {
        return Err(not_found());
    }
    let court = match publication.location_id {
        Some(court) => courts::find(app, court).await?,
        None => None,
    };
    Ok(Seen { publication, court })
}

/// A publication at its current version, as the database has it.
pub(crate) async fn stored(db: &Client, id: PublicationId) -> Result<Option<Arc<Publication>>, DbError> {
    Ok(publications::find(db, id).await?.map(Arc::new))
}

/// An operator sees every publication there is, shown or not; anyone else by the one rule.
fn may_see(app: &App, reader: &Reader, publication: &Publication) -> bool {
    reader.access.internal || reader.access.may_see(&publication.displayed(), app.now())
}

/// Records that a reader was given what is not public, or was not when it was shown.
pub(crate) async fn record_export(
    app: &App,
    reader: &Reader,
    seen: &Publication,
    sensitivity: Sensitivity,
    form: &str,
    bytes: usize,
) -> Result<(), Problem> {
    if sensitivity == Sensitivity::Public {
        return Ok(());
    }
    let export = Export { sensitivity, amount: ("bytes", bytes), ..Export::of(seen, form) };
    let record = async |db: &mut Client| record_exports(db, &reader.client_id, [export]).await;
    Ok(app.db.within(ANSWERING, record).await?)
}

/// What of one publication a caller was given.
pub(crate) struct Export<'a> {
    publication_id: PublicationId,
    version: i32,
    sensitivity: Sensitivity,
    form: &'a str,
    /// How much, and in what.
    amount: (&'a str, usize),
}

impl<'a> Export<'a> {
    /// A row of a listing, or another form of it.
    fn of(publication: &Publication, form: &'a str) -> Self {
        let Publication { publication_id, version, sensitivity, .. } = *publication;
        Self { publication_id, version, sensitivity, form, amount: ("bytes", 0) }
    }
}

/// Records, in one statement, what of the non-public a caller was given.
async fn record_exports<'a>(
    db: &Client,
    client_id: &str,
    exports: impl IntoIterator<Item = Export<'a>>,
) -> Result<(), DbError> {
    let beyond_public = exports.into_iter().filter(|export| export.sensitivity != Sensitivity::Public);
    let event = |export: Export<'_>| {
        let Export { version, form, sensitivity, amount: (what, amount), .. } = export;
        let details = json!({"version": version, "form": form, what: amount, "sensitivity": sensitivity});
        (export.publication_id.to_string(), details)
    };
    let events: Vec<_> = beyond_public.map(event).collect();
    if events.is_empty() {
        return Ok(());
    }
    audit::record_all(db, client_id, "DATA_EXPORT", &events).await
}

/// A publication that was taken off.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Withdrawn {
    /// The publication.
    artefact_id: Uuid,
    /// It is off every surface.
    withdrawn: bool,
}

/// Takes a publication off every surface at once
///
/// Its versions stay on record. Role: `api.request.admin`.
#[utoipa::path(
    delete, path = "/publication/{id}", tag = "Publications", operation_id = "withdraw",
    security(("entra_id" = ["api.request.admin"])),
    params(("id" = Uuid, Path, description = "The publication.")),
    responses((status = 200, description = "It is off.", body = Withdrawn), Invalid, Refused, Unknown)
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<Uuid>,
) -> Result<Json<Withdrawn>, Problem> {
    let withdraw =
        async |db: &mut Client| publications::withdraw(db, PublicationId(id), &operator.client_id).await;
    if !app.db.within(ANSWERING, withdraw).await? {
        return Err(Problem::not_found("publication"));
    }
    Ok(Json(Withdrawn { artefact_id: id, withdrawn: true }))
}

/// As withdrawing, under the production services' other address
///
/// Role: `api.request.admin`.
#[utoipa::path(
    put, path = "/publication/{id}/archive", tag = "Publications", operation_id = "archive",
    security(("entra_id" = ["api.request.admin"])),
    params(("id" = Uuid, Path, description = "The publication.")),
    responses((status = 200, description = "It is off.", body = Withdrawn), Invalid, Refused, Unknown)
)]
pub(crate) async fn archive(
    app: State<App>,
    operator: Operator,
    id: Path<Uuid>,
) -> Result<Json<Withdrawn>, Problem> {
    withdraw(app, operator, id).await
}
