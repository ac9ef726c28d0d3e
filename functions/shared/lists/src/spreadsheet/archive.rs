//! Limits on an uploaded workbook's archive, held before anything else reads it.

use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most files in a workbook.
const MOST_ENTRIES: usize = 200;
/// The most bytes all its files may inflate to.
const MOST_BYTES: u64 = 20 * 1024 * 1024;
/// How many times larger than its compressed form a file may be. Small files are excused: a blank sheet
/// compresses well.
const MOST_RATIO: u64 = 100;
const SMALL: u64 = 64 * 1024;

/// Why an archive is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("is not a workbook in the .xlsx format")]
    NotAnArchive,
    #[error("has more than {MOST_ENTRIES} files in it")]
    TooManyEntries,
    #[error("is larger than 20 MiB when unpacked")]
    TooLarge,
    #[error("is compressed more than a spreadsheet would be")]
    TooDense,
    #[error("has macros; save it as a workbook without them (.xlsx)")]
    Macros,
    #[error("declares a document type or entities, which a workbook does not")]
    DocumentType,
    #[error("is protected by a password")]
    Encrypted,
}

/// Inflates every file of the archive against the limits and looks for what a list has no use for. The sizes
/// an archive declares are not believed.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refused> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::NotAnArchive)?;
    if archive.len() > MOST_ENTRIES {
        return Err(Refused::TooManyEntries);
    }
    let mut left = MOST_BYTES;
    for index in 0..archive.len() {
        let raw = archive.by_index_raw(index).map_err(|_| Refused::NotAnArchive)?;
        if raw.encrypted() {
            return Err(Refused::Encrypted);
        }
        let name = raw.name().map_err(|_| Refused::NotAnArchive)?.to_ascii_lowercase();
        let compressed = raw.compressed_size();
        drop(raw);
        if name.ends_with("vbaproject.bin") {
            return Err(Refused::Macros);
        }
        let is_markup = [".xml", ".rels", ".vml"].iter().any(|ending| name.ends_with(ending));
        let size = inflate(&mut archive, index, left, is_markup)?;
        if size > SMALL && size / MOST_RATIO > compressed {
            return Err(Refused::TooDense);
        }
        left -= size;
    }
    Ok(())
}

/// The true size of a file, at most `left` bytes.
fn inflate(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: u64,
    is_markup: bool,
) -> Result<u64, Refused> {
    let file = archive.by_index(index).map_err(|_| Refused::NotAnArchive)?;
    let mut content = Vec::new();
    file.take(left + 1).read_to_end(&mut content).map_err(|_| Refused::NotAnArchive)?;
    let size = content.len() as u64;
    if size > left {
        return Err(Refused::TooLarge);
    }
    if is_markup && declares_a_type(&content) {
        return Err(Refused::DocumentType);
    }
    Ok(size)
}

/// A document type or entity declaration, or an encoding (UTF-16 has zero bytes) that could hide one.
fn declares_a_type(markup: &[u8]) -> bool {
    let holds = |mark: &[u8]| markup.windows(mark.len()).any(|window| window == mark);
    holds(b"<!DOCTYPE") || holds(b"<!ENTITY") || markup.contains(&0)
}
