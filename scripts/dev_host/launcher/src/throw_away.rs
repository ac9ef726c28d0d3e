//! Where folders lie that vanish with their run, and how they are named. The watchdog removes no others.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Where files are in memory, on machines that have such a place.
pub const MEMORY: &str = "/dev/shm";
/// What the folders' names begin with.
pub const PREFIX: &str = "pi-dev-";

/// The two places.
#[must_use]
pub fn places() -> [PathBuf; 2] {
    [std::env::temp_dir(), MEMORY.into()]
}

/// Whether a folder is one of them.
#[must_use]
pub fn is_one(folder: &Path) -> bool {
    let name = folder.file_name().and_then(OsStr::to_str);
    name.is_some_and(|name| name.starts_with(PREFIX))
        && folder.parent().is_some_and(|place| places().iter().any(|known| known == place))
}
