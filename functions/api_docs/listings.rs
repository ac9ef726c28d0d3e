//! What is said alike of every operation that answers in pages, or only what the caller does not have yet: told by the
//! parameters it takes.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{OpenApi, RefOr, ResponseBuilder};

/// Completes the answers of all operations that read.
pub(super) fn describe(description: &mut OpenApi) {
    for operation in description.paths.paths.values_mut().filter_map(|path| path.get.as_mut()) {
        if takes(operation, "if-none-match") {
            let known = ResponseBuilder::new().description("It is what the caller has.");
            operation.responses.responses.insert("304".to_owned(), known.build().into());
            say(operation, "etag", text("What is said."));
        }
        if takes(operation, "page") {
            say(operation, "link", text("The pages around this one."));
            say(operation, "x-total-count", number("How many rows there are."));
        }
    }
}

fn takes(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().flatten().any(|parameter| parameter.name == name)
}

/// Adds a header to the answer of success, unless the operation itself says what it means there.
fn say(operation: &mut Operation, name: &str, header: Header) {
    if let Some(RefOr::T(success)) = operation.responses.responses.get_mut("200") {
        success.headers.entry(name.to_owned()).or_insert(header);
    }
}

fn text(description: &str) -> Header {
    HeaderBuilder::new().description(Some(description)).build()
}

fn number(description: &str) -> Header {
    let schema = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    HeaderBuilder::new().schema(schema).description(Some(description)).build()
}
