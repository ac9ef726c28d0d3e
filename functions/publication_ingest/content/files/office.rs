//! Which Office files may be published: archives of parts that, really unpacked, stay within bounds, none of which
//! loads or acts.

use super::FileType;
use std::io::{Cursor, Read, copy, sink};
use zip::ZipArchive;

/// A word document or workbook has few parts, packed at ordinary rates.
const MOST_PARTS: usize = 200;
const MOST_UNPACKED: u64 = 20 * 1024 * 1024;
const HIGHEST_RATIO: u64 = 100;

const DAMAGED: &str = "is a damaged Office file";
const TOO_MUCH: &str = "is an Office file that unpacks to too much";

/// Whether a document or workbook may be published; otherwise why not.
pub(super) fn check(kind: FileType, bytes: &[u8]) -> Result<(), &'static str> {
    let main = if kind == FileType::Docx { "word/document.xml" } else { "xl/workbook.xml" };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| "is not a complete Office file")?;
    if archive.len() > MOST_PARTS {
        return Err("is an Office file with too many parts");
    }
    let mut left = MOST_UNPACKED;
    let mut has_main = false;
    for index in 0..archive.len() {
        let Part { name, packed, size, text } = unpacked(&mut archive, index, left)?;
        // The part cannot be packed in more bytes than there are, whatever it says.
        let most = packed.min(bytes.len() as u64).max(1024).saturating_mul(HIGHEST_RATIO);
        left = left.checked_sub(size).filter(|_| size <= most).ok_or(TOO_MUCH)?;
        has_main |= name == main;
        if name.ends_with(".zip") {
            return Err("is an Office file with an archive inside");
        }
        if name.ends_with("vbaproject.bin") || has_macros(&text) {
            return Err("is an Office file with macros");
        }
        if text.split('<').any(links_outside) {
            return Err("is an Office file that loads content from elsewhere");
        }
    }
    if has_main { Ok(()) } else { Err(super::MISMATCH) }
}

/// A part, unpacked.
struct Part {
    /// Its name in small letters.
    name: String,
    /// How large it says it is as it is packed.
    packed: u64,
    /// How large it is, as far as was looked.
    size: u64,
    /// What it says, if it is an index of parts.
    text: String,
}

/// A part, looked at one byte further than `left`. What is said of its size is only held against what is there.
fn unpacked(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize, left: u64) -> Result<Part, &'static str> {
    let part = archive.by_index(index).map_err(|_| "is an encrypted or damaged Office file")?;
    let name = part.name().map_err(|_| DAMAGED)?.to_ascii_lowercase();
    let (packed, declared) = (part.compressed_size(), part.size());
    let mut content = part.take(left + 1);
    let mut text = String::new();
    let is_index = name == "[content_types].xml" || name.ends_with(".rels");
    let size = match is_index {
        true => content.read_to_string(&mut text).map(|size| size as u64),
        false => copy(&mut content, &mut sink()),
    };
    let size = size.map_err(|_| DAMAGED)?;
    if size <= left && size != declared {
        return Err(DAMAGED);
    }
    Ok(Part { name, packed, size, text })
}

/// Whether an index of parts speaks of macros, under whatever name they are filed.
fn has_macros(index: &str) -> bool {
    let index = index.to_ascii_lowercase();
    index.contains("macroenabled") || index.contains("vbaproject")
}

/// Whether an element is a relationship to something outside other than an ordinary link.
fn links_outside(element: &str) -> bool {
    let of = |name: &str| attributes(element).find(|(known, _)| *known == name).map(|(_, value)| value);
    of("TargetMode").is_some_and(|mode| mode != "Internal")
        && !of("Type").is_some_and(|kind| kind.ends_with("/hyperlink"))
}

/// The attributes of an element, in either kind of quotes.
fn attributes(element: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = element.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, next) = after[1..].split_once(quote)?;
        rest = next;
        Some((name.trim(), value))
    })
}
