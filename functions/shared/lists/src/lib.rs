//! List types as data: the registry, validation, readers, the document model and diff.

pub mod context;
pub mod diff;
pub mod document;
pub mod fault;
pub mod format;
pub mod guard;
pub mod json;
pub mod keys;
pub mod layout;
pub mod readers;
pub mod registry;
pub mod search;
pub mod spreadsheet;
pub mod table;
pub mod validate;

pub use context::Context;
pub use document::ListDocument;
pub use fault::Fault;
pub use layout::Layout;
pub use readers::ReadError;
pub use registry::{ListType, Registry, Shape, registry};

use domain::Language;
use domain::civil::Tongue;
use std::sync::LazyLock;

/// Reads a payload that [`validate::validate`] has admitted.
///
/// # Errors
/// [`ReadError`] for a payload of another shape, or for a list type that is a file only.
pub fn read(payload: &serde_json::Value, context: &Context<'_>) -> Result<ListDocument, ReadError> {
    let mut document = match context.list_type.table() {
        Some(table) => table::read(table, payload, context),
        None => readers::read(payload, context)?,
    };
    document.header.written_in = match context.language {
        Language::English => Some(Tongue::En),
        Language::Welsh => Some(Tongue::Cy),
        Language::BiLingual => None,
    };
    Ok(document)
}

/// How a list type is laid out; a type that is a file only has a layout without tables.
pub fn layout(list_type: &ListType) -> &'static Layout {
    static NONE: LazyLock<Layout> = LazyLock::new(Layout::default);
    let known = registry().get(&list_type.name);
    let table = known.and_then(ListType::table).map(table::Table::layout);
    table.or_else(|| readers::layout(list_type.reader()?)).unwrap_or(&NONE)
}
