//! The deployable package: what goes into it, what must be true of it, and its zip.
//!
//! The Functions host reads `host.json` and the function.json of each immediate sub-folder, and starts
//! the executable that host.json names; nothing else belongs here.

pub mod archive;
pub mod elf;
pub mod functions;
pub mod layout;
pub mod verify;

/// The executable's name in the package. It must equal `defaultExecutablePath` character for character:
/// the publishing tools give the execute bit to no other entry.
pub const EXECUTABLE: &str = "handler";
/// The host's own settings.
pub const HOST_JSON: &str = "host.json";
/// A function's trigger and bindings.
pub const FUNCTION_JSON: &str = "function.json";
