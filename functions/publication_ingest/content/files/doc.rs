//! Which Word documents of before 2007 may be published. They are compound files: streams in sectors, and a directory
//! that names them ([MS-CFB], [MS-DOC]).

/// An entry of the directory.
const ENTRY: usize = 128;
/// Streams shorter than this lie together in sectors of their own size.
const SHORT_STREAM: u32 = 4096;
const SHORT_SECTOR: usize = 64;
/// How the main stream begins: Word since 97, and before.
const BEGINNINGS: [&[u8]; 2] = [&[0xec, 0xa5], &[0xdc, 0xa5]];
/// The bit of the flags that stand ten bytes into the main stream.
const ENCRYPTED: u16 = 0x0100;

/// Whether a document may be published; otherwise why not.
pub(super) fn check(bytes: &[u8]) -> Result<(), &'static str> {
    if super::contains(bytes, &wide("_VBA_PROJECT")) || super::contains(bytes, &wide("Macros")) {
        return Err("is a Word document with macros");
    }
    let flags = main_stream(bytes).and_then(|stream| u16_at(stream, 0x0a)).ok_or(super::MISMATCH)?;
    if flags & ENCRYPTED != 0 {
        return Err("is an encrypted Word document; publish it without a password");
    }
    Ok(())
}

/// The stream that makes it a Word document, from its beginning.
fn main_stream(bytes: &[u8]) -> Option<&[u8]> {
    let name = [wide("WordDocument"), vec![0, 0]].concat();
    let entry = bytes.chunks_exact(ENTRY).find(|entry| entry.starts_with(&name))?;
    let begins = |stream: &&[u8]| BEGINNINGS.iter().any(|beginning| stream.starts_with(beginning));
    if u32_at(entry, 0x78)? < SHORT_STREAM {
        return bytes
            .chunks(SHORT_SECTOR)
            .position(|sector| begins(&sector))
            .map(|at| &bytes[at * SHORT_SECTOR..]);
    }
    let sector = 1usize.checked_shl(u16_at(bytes, 0x1e)?.into())?;
    let at = usize::try_from(u32_at(entry, 0x74)?).ok()?.checked_add(1)?.checked_mul(sector)?;
    bytes.get(at..).filter(begins)
}

fn wide(text: &str) -> Vec<u8> {
    text.bytes().flat_map(|byte| [byte, 0]).collect()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
