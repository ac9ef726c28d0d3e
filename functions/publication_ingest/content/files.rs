//! Which files may be published: the types the courts use, known by their first bytes and their extension
//! together, without anything that would act in the reader's hands.

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
        FileType::Pdf if bytes.starts_with(b"%PDF-") => pdf(bytes),
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

fn pdf(bytes: &[u8]) -> Result<FileType, &'static str> {
    const ACTIVE: [&[u8]; 7] =
        [b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA", b"/OpenAction"];
    if contains(bytes, b"/Encrypt") {
        return Err("is an encrypted PDF; publish it without a password");
    }
    if contains(bytes, b"<html") || contains(bytes, b"<script") || contains(bytes, b"PK\x03\x04") {
        return Err("is a PDF with another kind of file inside");
    }
    let active = |name: &&[u8]| names(bytes, name);
    if ACTIVE.iter().any(active) {
        return Err("is a PDF with active content (scripts, actions, forms or embedded files)");
    }
    Ok(FileType::Pdf)
}

/// Whether a PDF name occurs as a whole, so that `/JS` does not find `/JSON`.
fn names(bytes: &[u8], name: &[u8]) -> bool {
    bytes
        .windows(name.len() + 1)
        .any(|window| window.starts_with(name) && !window[name.len()].is_ascii_alphanumeric())
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
        let name = part.name().map_err(|_| "is a damaged Office file")?.into_owned();
        has_main |= name == main;
        if name.ends_with("vbaProject.bin") {
            return Err("is an Office file with macros");
        }
        if name.to_ascii_lowercase().ends_with(".zip") {
            return Err("is an Office file with an archive inside");
        }
        if name.ends_with(".rels") && links_outside(part) {
            return Err("is an Office file that loads content from elsewhere");
        }
    }
    if has_main { Ok(kind) } else { Err("does not hold what its extension says") }
}

/// A relationship to something outside other than an ordinary link.
fn links_outside(part: impl Read) -> bool {
    let mut text = String::new();
    if part.take(MOST_UNPACKED).read_to_string(&mut text).is_err() {
        return true;
    }
    text.split('<').any(|tag| tag.contains("TargetMode=\"External\"") && !tag.contains("/hyperlink\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_and_its_extension_say_together() {
        assert_eq!(kind_of("list.pdf", b"%PDF-1.7\n1 0 obj"), Ok(FileType::Pdf));
        assert_eq!(kind_of("LIST.HTM", b"<!doctype html><p>List"), Ok(FileType::Html));
        assert_eq!(kind_of("list.csv", b"a,b\r\n"), Ok(FileType::Csv));
        for (name, bytes) in [
            ("list.pdf", b"<html>".as_slice()),
            ("list.csv", b"%PDF-1.7"),
            ("list.exe", b"MZ"),
            ("list", b"text"),
            ("list.docx", b"not a zip"),
            ("list.txt", b"a\0b"),
        ] {
            assert!(kind_of(name, bytes).is_err(), "{name}");
        }
    }

    #[test]
    fn active_and_encrypted_pdfs_are_refused_and_json_in_a_name_is_not_script() {
        for hostile in
            ["/OpenAction 3 0 R", "/JS (app.alert(1))", "/Encrypt 5 0 R", "<script>alert(1)</script>"]
        {
            assert!(kind_of("a.pdf", format!("%PDF-1.7\n<< {hostile} >>").as_bytes()).is_err(), "{hostile}");
        }
        assert_eq!(kind_of("a.pdf", b"%PDF-1.7\n<< /JSON 1 >>"), Ok(FileType::Pdf));
    }
}
