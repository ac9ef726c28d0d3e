//! Lays the package out in a folder.

use crate::{EXECUTABLE, FUNCTION_JSON, HOST_JSON};
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Mode of the executable and of folders.
pub const OPEN: u32 = 0o755;
/// Mode of every other file.
pub const READABLE: u32 = 0o644;

/// Lays out the package of the project at `root`, with this executable, in place of what `package` held before.
///
/// # Errors
/// When something is missing or cannot be written.
pub fn lay_out(root: &Path, executable: &Path, package: &Path) -> Result<()> {
    let draft = package.with_extension("draft");
    remove(&draft)?;
    folder(&draft)?;
    copy(&root.join(HOST_JSON), &draft.join(HOST_JSON), READABLE)?;
    let mut functions = 0;
    for entry in fs::read_dir(root.join("functions")).context("there is no folder functions")?.flatten() {
        let source = entry.path().join(FUNCTION_JSON);
        if source.is_file() {
            let target = draft.join(entry.file_name());
            folder(&target)?;
            copy(&source, &target.join(FUNCTION_JSON), READABLE)?;
            functions += 1;
        }
    }
    if functions == 0 {
        bail!("no folder below functions has a {FUNCTION_JSON}");
    }
    copy(executable, &draft.join(EXECUTABLE), OPEN)?;
    remove(package)?;
    fs::rename(&draft, package).with_context(|| format!("{} cannot be replaced", package.display()))
}

fn copy(from: &Path, to: &Path, mode: u32) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    fs::set_permissions(to, PermissionsExt::from_mode(mode))?;
    Ok(())
}

fn folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).with_context(|| format!("{} cannot be made", path.display()))?;
    fs::set_permissions(path, PermissionsExt::from_mode(OPEN))?;
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}
