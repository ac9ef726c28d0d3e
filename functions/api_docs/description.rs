//! The description itself: every operation, written above its handler, put together.

use super::{problems, words};
use crate::{health, locations, publication_ingest, publication_ingest_v1, publication_read, subscription};
use utoipa::openapi::path::ParameterBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Ref, Required};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Publishing & Information Service",
        description = "Court and tribunal lists of HM Courts & Tribunals Service: publishing them, and reading what has \
            been published.\n\nCallers are applications with a token of Entra ID; the role each operation needs is \
            named with it. What a caller may not see is as if it were not there. Every answer carries \
            `x-correlation-id`, the caller's own if the request had one."
    ),
    tags(
        (name = "Publishing", description = "Producers send lists, files and live case status."),
        (name = "Publications", description = "What has been published, its forms, versions and differences."),
        (name = "Search", description = "Cases on the lists a caller may see."),
        (name = "Locations", description = "Reference data: courts and tribunals."),
        (name = "Subscriptions", description = "Who is told of what."),
        (name = "Service", description = "Health, and this description.")
    ),
    paths(
        publication_ingest::accept,
        publication_ingest::accept_workbook,
        publication_ingest_v1::accept,
        publication_read::metadata::one,
        publication_read::withdraw,
        publication_read::archive,
        publication_read::forms::one,
        publication_read::forms::exists,
        publication_read::forms::sizes,
        publication_read::versions::versions,
        publication_read::versions::version,
        publication_read::versions::payload,
        publication_read::changes::between,
        publication_read::metadata::at_location,
        publication_read::metadata::location_type,
        publication_read::metadata::no_match,
        publication_read::operations::count_by_location,
        publication_read::operations::mi_data,
        publication_read::operations::delete_artefacts,
        publication_read::search::by_term,
        publication_read::search::by_case_number,
        publication_read::search::by_case_name,
        locations::all,
        locations::one,
        locations::by_name,
        locations::filter,
        locations::upload,
        locations::import_again,
        locations::reports,
        locations::keeping::download,
        locations::keeping::remove,
        locations::metadata::read,
        locations::metadata::set,
        locations::metadata::remove,
        subscription::follow,
        subscription::unfollow,
        health::health,
        health::readiness,
        health::liveness,
        health::info,
        super::openapi,
    ),
    components(schemas(
        problems::ProblemBody,
        problems::FieldFault,
        words::Provenance,
        words::ArtefactType,
        words::Sensitivity,
        words::Language,
        words::LocationLevel,
        words::UserProvenance,
        words::ListType,
        words::ListTypeOrAlias,
        words::WorkbookListType,
        words::AnyListType,
        words::ListPayload,
        words::ListDocument,
        words::DateTime,
        words::EndOfDisplay,
        words::ContentDate,
    )),
    modifiers(&Shared)
)]
pub(super) struct Description;

/// What several operations share: the problems and the token.
struct Shared;

impl Modify for Shared {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        for (name, response) in problems::all() {
            components.responses.insert(name.to_owned(), response.into());
        }
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "A token that Entra ID issues to the calling application for this API's audience.",
            ))
            .build();
        components.security_schemes.insert("entra_id".to_owned(), SecurityScheme::Http(token));
        narrow_workbooks(description);
        super::listings::describe(description);
    }
}

/// Workbooks share the headers of the other operation, but not every list type has them.
fn narrow_workbooks(description: &mut utoipa::openapi::OpenApi) {
    let workbooks =
        description.paths.paths.get_mut("/publication/non-strategic").and_then(|path| path.post.as_mut());
    let parameters = workbooks.and_then(|operation| operation.parameters.as_mut()).into_iter().flatten();
    for list_type in parameters.filter(|parameter| parameter.name == "x-list-type") {
        *list_type = ParameterBuilder::from(list_type.clone())
            .schema(Some(Ref::from_schema_name("WorkbookListType")))
            .required(Required::True)
            .example(Some("ET_FORTNIGHTLY_PRESS_LIST".into()))
            .build();
    }
}
