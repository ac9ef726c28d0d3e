//! The package as a zip, with the modes that make its executable start.

use crate::layout::{OPEN, READABLE};
use crate::{EXECUTABLE, FUNCTION_JSON, HOST_JSON};
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Zips the package into a file and reads it back. The same package gives the same bytes.
///
/// # Errors
/// When it cannot be written, or the modes do not come back as they were.
pub fn pack(package: &Path, zip: &Path) -> Result<u64> {
    let mut writer =
        ZipWriter::new(File::create(zip).with_context(|| format!("{} cannot be written", zip.display()))?);
    for (name, mode) in entries(package)? {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(mode);
        writer.start_file(&name, options)?;
        writer.write_all(&fs::read(package.join(&name))?)?;
    }
    writer.finish()?;
    check(zip)?;
    Ok(fs::metadata(zip)?.len())
}

/// Each file's name in the zip and its mode, in alphabetical order.
fn entries(package: &Path) -> Result<Vec<(String, u32)>> {
    let mut entries = vec![(EXECUTABLE.to_owned(), OPEN), (HOST_JSON.to_owned(), READABLE)];
    for entry in fs::read_dir(package)?.flatten().filter(|entry| entry.path().is_dir()) {
        entries.push((format!("{}/{FUNCTION_JSON}", entry.file_name().to_string_lossy()), READABLE));
    }
    entries.sort();
    Ok(entries)
}

fn check(zip: &Path) -> Result<()> {
    let mut archive = ZipArchive::new(File::open(zip)?)?;
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        let wanted = if name == EXECUTABLE { OPEN } else { READABLE };
        let mode = entry.unix_mode().unwrap_or_default() & 0o777;
        if mode != wanted {
            bail!("{name} has mode {mode:o} in the zip, not {wanted:o}");
        }
    }
    Ok(())
}
