//! Which PDFs may be published. The file is searched, not interpreted: viewers forgive much, and an object one of them
//! finds must not escape us because a parser of ours would not.

use flate2::read::ZlibDecoder;
use std::io::Read;

/// Objects may be packed in streams of their own; all of a file's together unpack to at most so much.
const MOST_UNPACKED: u64 = 20 * 1024 * 1024;
/// More pages than any list has.
const MOST_PAGES: usize = 500;

/// What makes a file act, by names too long to occur by chance in packed bytes.
const ACTIVE: [&[u8]; 8] = [
    b"/JavaScript",
    b"/Launch",
    b"/EmbeddedFile",
    b"/EmbeddedFiles",
    b"/RichMedia",
    b"/SubmitForm",
    b"/ImportData",
    b"/OpenAction",
];
/// The short ones, which count outside packed bytes only: `/JS` alone is in every twelfth file of two megabytes.
const ACTIVE_OUTSIDE_STREAMS: [&[u8]; 3] = [b"/JS", b"/AA", b"/XFA"];

/// Ways of packing other than the one that every present program uses for objects. Older programs use these, but pack no
/// objects.
const OTHER_PACKINGS: [&[u8]; 8] = [
    b"/ASCIIHexDecode",
    b"/AHx",
    b"/ASCII85Decode",
    b"/A85",
    b"/LZWDecode",
    b"/LZW",
    b"/RunLengthDecode",
    b"/RL",
];
const UNCHECKABLE: &str = "is a PDF whose objects are packed in a way that cannot be checked";

/// Whether a PDF may be published; otherwise why not.
pub(super) fn check(bytes: &[u8]) -> Result<(), &'static str> {
    let is_archive = contains(bytes, b"PK\x03\x04") && contains(bytes, b"PK\x05\x06");
    if is_archive || contains(bytes, b"<html") || contains(bytes, b"<script") {
        return Err("is a PDF with another kind of file inside");
    }
    let plain = unescaped(bytes);
    if has_name(&plain, b"/Encrypt") {
        return Err("is an encrypted PDF; publish it without a password");
    }
    let packed = unescaped(&packed_objects(bytes)?);
    let outside = without_streams(&plain);
    if has_name(&outside, b"/ObjStm") && OTHER_PACKINGS.iter().any(|name| has_name(&outside, name)) {
        return Err(UNCHECKABLE);
    }
    let acts = |text: &[u8], names: &[&[u8]]| names.iter().any(|name| acts_by(text, name));
    if acts(&plain, &ACTIVE)
        || acts(&packed, &ACTIVE)
        || [&outside, &packed].into_iter().any(|text| acts(text, &ACTIVE_OUTSIDE_STREAMS))
    {
        return Err("is a PDF with active content (scripts, actions, forms or embedded files)");
    }
    if pages(&outside) + pages(&packed) > MOST_PAGES {
        return Err("is a PDF of more than 500 pages");
    }
    Ok(())
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    positions(bytes, needle).next().is_some()
}

fn positions<'b>(bytes: &'b [u8], needle: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    bytes.windows(needle.len()).enumerate().filter(move |(_, window)| *window == needle).map(|(at, _)| at)
}

/// What follows each place where a PDF name stands as a whole: `/JS` is not in `/JSON`.
fn after_name<'b>(bytes: &'b [u8], name: &'b [u8]) -> impl Iterator<Item = &'b [u8]> + 'b {
    let rest = positions(bytes, name).map(move |at| &bytes[at + name.len()..]);
    rest.filter(|rest| !rest.first().is_some_and(u8::is_ascii_alphanumeric))
}

fn has_name(bytes: &[u8], name: &[u8]) -> bool {
    after_name(bytes, name).next().is_some()
}

/// Whether the name makes the file act. An open action that is an array only says where on the page to begin.
fn acts_by(bytes: &[u8], name: &[u8]) -> bool {
    let is_destination = |rest: &[u8]| name == b"/OpenAction" && rest.trim_ascii_start().starts_with(b"[");
    after_name(bytes, name).any(|rest| !is_destination(rest))
}

/// The bytes with `#4a` read as `J`: names may be spelled so.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'#', [high, low, ..]) => digit(high).zip(digit(low)),
            _ => None,
        };
        plain.push(escaped.map_or(*first, |(high, low)| high << 4 | low));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    plain
}

/// Where each stream is spoken of, and where its data begins: behind the word and the end of its line.
fn streams(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let spoken_of = positions(bytes, b"stream").filter(|at| !bytes[..*at].ends_with(b"end"));
    spoken_of.map(|at| {
        let rest = &bytes[at + b"stream".len()..];
        let rest = &rest[rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()..];
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        (at, bytes.len() - rest.len())
    })
}

/// The file without what its streams hold.
fn without_streams(bytes: &[u8]) -> Vec<u8> {
    let mut outside = Vec::new();
    let mut from = 0;
    for (at, data) in streams(bytes) {
        if at >= from && bytes[..at].trim_ascii_end().ends_with(b">>") {
            outside.extend_from_slice(&bytes[from..data]);
            from = positions(&bytes[data..], b"endstream").next().map_or(bytes.len(), |end| data + end);
        }
    }
    outside.extend_from_slice(&bytes[from..]);
    outside
}

/// What the packed streams of objects hold, one behind the other. A stream is known by what it holds, whatever its
/// dictionary says, and wherever it stands, so that none hides behind or within something else.
fn packed_objects(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut objects = Vec::new();
    for (_, data) in streams(bytes) {
        let packed = &bytes[data..];
        let [first, second, ..] = packed else { continue };
        let is_deflated = first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0;
        if !is_deflated {
            continue;
        }
        let mut head = Vec::new();
        // What a damaged stream holds up to its damage is what a viewer would show.
        let _ = ZlibDecoder::new(packed).take(64).read_to_end(&mut head);
        if begins_with_numbers(&head) {
            let left = (MOST_UNPACKED + 1).saturating_sub(objects.len() as u64);
            let _ = ZlibDecoder::new(packed).take(left).read_to_end(&mut objects);
            objects.push(b'\n');
        } else if head.first().is_some_and(|tag| *tag < 5) && begins_with_numbers(&head[1..]) {
            return Err(UNCHECKABLE);
        }
        if objects.len() as u64 > MOST_UNPACKED {
            return Err("is a PDF that unpacks to too much");
        }
    }
    Ok(objects)
}

/// As a stream of objects does, which begins with the number and place of each. So do some drawings, which do no harm.
fn begins_with_numbers(text: &[u8]) -> bool {
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut is_number = || words.next().is_some_and(|word| word.iter().all(u8::is_ascii_digit));
    text.trim_ascii_start().starts_with(b"%") || (is_number() && is_number())
}

fn pages(bytes: &[u8]) -> usize {
    let is_page = |rest: &&[u8]| {
        let kind = rest.trim_ascii_start().strip_prefix(b"/Page");
        kind.is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphanumeric))
    };
    after_name(bytes, b"/Type").filter(is_page).count()
}
