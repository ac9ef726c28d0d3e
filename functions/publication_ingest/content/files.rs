//! Which files may be published: the types the courts use, known by their first bytes and their extension
//! together, without anything that would act in the reader's hands.

mod doc;
mod office;
mod pdf;

use serde::de::IgnoredAny;

/// A type of file that may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileType {
    /// JSON: a list as data, or a file where its list type has no form as data.
    Json,
    /// PDF.
    Pdf,
    /// Comma-separated values.
    Csv(Encoding),
    /// Plain text.
    Txt(Encoding),
    /// Rich text.
    Rtf,
    /// Word, before 2007.
    Doc,
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
    /// An HTML page, which says its encoding itself.
    Html,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8.
    Utf8,
    /// Another way, which nothing says.
    Unknown,
}

impl Encoding {
    fn of(bytes: &[u8]) -> Self {
        if std::str::from_utf8(bytes).is_ok() { Self::Utf8 } else { Self::Unknown }
    }
}

impl FileType {
    /// The media type it is served with.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Pdf => "application/pdf",
            Self::Csv(Encoding::Utf8) => "text/csv; charset=utf-8",
            Self::Csv(Encoding::Unknown) => "text/csv",
            Self::Txt(Encoding::Utf8) => "text/plain; charset=utf-8",
            Self::Txt(Encoding::Unknown) => "text/plain",
            Self::Rtf => "application/rtf",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Html => "text/html",
        }
    }

    fn of_extension(name: &str, encoding: Encoding) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match extension.as_str() {
            "json" => Self::Json,
            "pdf" => Self::Pdf,
            "csv" => Self::Csv(encoding),
            "txt" => Self::Txt(encoding),
            "rtf" => Self::Rtf,
            "doc" => Self::Doc,
            "docx" => Self::Docx,
            "xlsx" => Self::Xlsx,
            "htm" | "html" => Self::Html,
            _ => return None,
        })
    }
}

const MISMATCH: &str = "does not hold what its extension says";

/// The type of a file, if it may be published; otherwise why not.
pub(crate) fn kind_of(name: &str, bytes: &[u8]) -> Result<FileType, &'static str> {
    let kind = FileType::of_extension(name, Encoding::of(bytes))
        .ok_or("must be a PDF, DOC, DOCX, CSV, TXT, RTF, HTM, HTML, XLSX or JSON file, by its extension")?;
    let check = match kind {
        FileType::Pdf if bytes.starts_with(b"%PDF-") => pdf::check(bytes),
        FileType::Doc if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) => doc::check(bytes),
        FileType::Docx | FileType::Xlsx if bytes.starts_with(b"PK\x03\x04") => office::check(kind, bytes),
        FileType::Rtf if bytes.starts_with(b"{\\rtf") => rtf(bytes),
        FileType::Json if Encoding::of(bytes) == Encoding::Utf8 => Ok(()),
        FileType::Csv(_) | FileType::Txt(_) | FileType::Html if is_text(bytes) => Ok(()),
        _ => Err(MISMATCH),
    };
    check.map(|()| kind)
}

/// Whether a file that is kept as it is holds JSON, as its extension says. A list as data is read closely elsewhere.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
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

fn rtf(bytes: &[u8]) -> Result<(), &'static str> {
    if contains(bytes, b"\\objdata") || contains(bytes, b"\\objocx") {
        return Err("is a rich-text file with embedded objects");
    }
    Ok(())
}
