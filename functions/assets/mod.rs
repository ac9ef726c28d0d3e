//! Assets: GOV.UK Frontend's and our own styles, scripts, fonts and images, from inside the executable.

use runtime::Function;

/// Registered in the list of all functions.
pub const FUNCTION: Function = Function {
    name: "assets",
    bindings: include_str!("function.json"),
    mount: |routes| routes.nest(portal::assets_router()),
};
