//! Which files may be published: the types the courts use, known by their first bytes and their extension
//! together, without anything that would act in the reader's hands.

mod pdf;

use std::io::{Cursor, Read};

/// A type of file that may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileType {
    /// JSON: a list as data.
    Json,
    /// PDF.
    Pdf,
    /// Comma-separated values.
    Csv,
    /// Plain text.
    Txt,
    /// Rich text.
    Rtf,
    /// Word, before 2007.
    Doc,
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
    /// An HTML page.
    Html,
}

impl FileType {
    /// The media type it is served with.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Pdf => "application/pdf",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Txt => "text/plain; charset=utf-8",
            Self::Rtf => "application/rtf",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    fn of_extension(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match extension.as_str() {
            "json" => Self::Json,
            "pdf" => Self::Pdf,
            "csv" => Self::Csv,
            "txt" => Self::Txt,
            "rtf" => Self::Rtf,
            "doc" => Self::Doc,
            "docx" => Self::Docx,
            "xlsx" => Self::Xlsx,
            "htm" | "html" => Self::Html,
            _ => return None,
        })
    }
}

/// A word document or workbook has few parts, packed at ordinary rates.
const MOST_PARTS: usize = 200;
const MOST_UNPACKED: u64 = 20 * 1024 * 1024;
const HIGHEST_RATIO: u64 = 100;

/// The type of a file, if it may be published; otherwise why not.
pub(crate) fn kind_of(name: &str, bytes: &[u8]) -> Result<FileType, &'static str> {
    let kind = FileType::of_extension(name)
        .ok_or("must be a PDF, DOC, DOCX, CSV, TXT, RTF, HTM, HTML, XLSX or JSON file, by its extension")?;
    let mismatch = Err("does not hold what its extension says");
    match kind {
        FileType::Pdf if bytes.starts_with(b"%PDF-") => pdf::check(bytes).map(|()| kind),
        FileType::Doc if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) => doc(bytes),
        FileType::Docx | FileType::Xlsx if bytes.starts_with(b"PK\x03\x04") => office(kind, bytes),
        FileType::Rtf if bytes.starts_with(b"{\\rtf") => rtf(bytes),
        FileType::Json if std::str::from_utf8(bytes).is_ok() => Ok(kind),
        FileType::Csv | FileType::Txt if is_text(bytes) => Ok(kind),
        FileType::Html if is_text(bytes) => Ok(kind),
        _ => mismatch,
    }
}

/// Text of any encoding the courts use: no binary control bytes, and not a disguised document of another type.
fn is_text(bytes: &[u8]) -> bool {
    const OTHERS: [&[u8]; 5] =
        [b"%PDF-", b"PK\x03\x04", &[0xd0, 0xcf, 0x11, 0xe0], b"GIF8", &[0x89, b'P', b'N', b'G']];
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c);
    (utf16 || !bytes.iter().any(control)) && !OTHERS.iter().any(|magic| bytes.starts_with(magic))
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn doc(bytes: &[u8]) -> Result<FileType, &'static str> {
    let wide = |text: &str| text.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<_>>();
    if contains(bytes, &wide("_VBA_PROJECT")) || contains(bytes, &wide("Macros")) {
        return Err("is a Word document with macros");
    }
    if !contains(bytes, &wide("WordDocument")) {
        return Err("does not hold what its extension says");
    }
    Ok(FileType::Doc)
}

fn rtf(bytes: &[u8]) -> Result<FileType, &'static str> {
    if contains(bytes, b"\\objdata") || contains(bytes, b"\\objocx") {
        return Err("is a rich-text file with embedded objects");
    }
    Ok(FileType::Rtf)
}

fn office(kind: FileType, bytes: &[u8]) -> Result<FileType, &'static str> {
    let main = if kind == FileType::Docx { "word/document.xml" } else { "xl/workbook.xml" };
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| "is not a complete Office file")?;
    if archive.len() > MOST_PARTS {
        return Err("is an Office file with too many parts");
    }
    let mut unpacked = 0u64;
    let mut has_main = false;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| "is an encrypted or damaged Office file")?;
        unpacked += part.size();
        if unpacked > MOST_UNPACKED || part.size() > part.compressed_size().max(1024) * HIGHEST_RATIO {
            return Err("is an Office file that unpacks to too much");
        }
        let name = part.name().map_err(|_| "is a damaged Office file")?.to_ascii_lowercase();
        has_main |= name == main;
        if name.ends_with(".zip") {
            return Err("is an Office file with an archive inside");
        }
        let mut text = String::new();
        let is_index = name == "[content_types].xml" || name.ends_with(".rels");
        if is_index && part.take(MOST_UNPACKED).read_to_string(&mut text).is_err() {
            return Err("is a damaged Office file");
        }
        if name.ends_with("vbaproject.bin") || has_macros(&text) {
            return Err("is an Office file with macros");
        }
        if text.split('<').any(links_outside) {
            return Err("is an Office file that loads content from elsewhere");
        }
    }
    if has_main { Ok(kind) } else { Err("does not hold what its extension says") }
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
