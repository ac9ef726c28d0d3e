//! Unknown page: whatever no other function answers is a GOV.UK 404. The router's fallback shows it; this function
//! exists so that the host forwards such requests at all. Only GET and HEAD: nothing can be invoked through it.

use runtime::Function;

/// Registered in the list of all functions.
pub const FUNCTION: Function =
    Function { name: "unknown_page", bindings: include_str!("function.json"), mount: |routes| routes };
