//! What an operation may answer in place of what was asked, in sets that operations name in their descriptions.

use axum::http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// Why a request is not answered as asked (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// Stable name of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:hmcts:pi:problem:invalid-request")]
    kind: String,
    /// The status in words.
    #[schema(example = "Bad Request")]
    title: String,
    /// The status.
    #[schema(example = 400, minimum = 400, maximum = 599)]
    status: u16,
    /// One sentence for the caller.
    #[schema(example = "The request's headers do not describe a publication.")]
    detail: String,
    /// The faults, at most 50, in a fixed order.
    #[schema(required = false, max_items = 50)]
    errors: Vec<FieldFault>,
}

/// One fault of a request.
#[derive(Serialize, ToSchema)]
#[schema(as = Fault)]
pub(crate) struct FieldFault {
    /// Header, parameter, JSON pointer, or sheet, row and column.
    #[schema(example = "x-language")]
    field: String,
    /// What is wrong and what would be right; never the value itself.
    #[schema(example = "must be one of ENGLISH, WELSH, BI_LINGUAL")]
    message: String,
}

/// Each problem's status, name in the description, and meaning.
const PROBLEMS: [(StatusCode, &str, &str); 11] = [
    (
        StatusCode::BAD_REQUEST,
        "Invalid",
        "The request cannot be read or contradicts itself; the faults say where.",
    ),
    (StatusCode::UNAUTHORIZED, "Unauthenticated", "No token, or one that does not hold."),
    (
        StatusCode::FORBIDDEN,
        "Forbidden",
        "The caller lacks the role or the entitlement this operation needs.",
    ),
    (StatusCode::NOT_FOUND, "NotFound", "It is not there, or not for this caller to know of."),
    (StatusCode::NOT_ACCEPTABLE, "NotAcceptable", "It is not to be had in any form that the caller accepts."),
    (StatusCode::CONFLICT, "Conflict", "Something newer or different is there; nothing has been changed."),
    (StatusCode::GONE, "Gone", "It was there; its time is over, and only the record of it is kept."),
    (StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", "The content is larger than the limit."),
    (
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "Unsupported",
        "The body is sent in a form this operation does not take.",
    ),
    (StatusCode::INTERNAL_SERVER_ERROR, "Defect", "The service could not answer this request."),
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "Unavailable",
        "A component is away. Whether a change was made is not known; the same request may be sent again.",
    ),
];

/// Every problem by its name in the description.
pub(super) fn all() -> impl Iterator<Item = (&'static str, Response)> {
    PROBLEMS.into_iter().map(|(status, name, meaning)| {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let mut response =
            ResponseBuilder::new().description(meaning).content("application/problem+json", body);
        let text = |meaning: &str| HeaderBuilder::new().description(Some(meaning)).build();
        match status {
            StatusCode::UNAUTHORIZED => {
                response = response.header("www-authenticate", text("The scheme to use."))
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                response =
                    response.header("retry-after", text("Seconds after which trying again makes sense."));
            }
            _ => {}
        }
        (name, response.build())
    })
}

macro_rules! sets {
    ($($(#[doc = $doc:literal])+ $name:ident: $($status:literal)+;)+) => {$(
        $(#[doc = $doc])+
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$($status),+].into_iter().filter_map(named).collect()
            }
        }
    )+};
}

sets! {
    /// What every operation that asks who is calling may answer.
    Refused: 401 403 500 503;
    /// The request cannot be read.
    Invalid: 400;
    /// There is no such thing for this caller.
    Unknown: 404;
    /// Something newer is there.
    Conflicting: 409;
    /// The bytes were given up.
    Removed: 410;
    /// It is not to be had in an accepted form.
    Unacceptable: 406;
    /// The content is too large.
    Oversized: 413;
    /// The body is of another media type.
    Unsupported: 415;
}

fn named(status: u16) -> Option<(String, RefOr<Response>)> {
    let (_, name, _) = PROBLEMS.iter().find(|(known, ..)| known.as_u16() == status)?;
    Some((status.to_string(), Ref::from_response_name(*name).into()))
}
