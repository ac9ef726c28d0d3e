//! The embedded font: cleaning, measuring and wrapping text.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

use crate::blank::is_invisible;

include!(concat!(env!("OUT_DIR"), "/fonts.rs"));

/// Characters below this stand in a table, the others in a map.
const COMMON: usize = 0x250;

/// Drawn in the place of a character the font does not have; what is read aloud or copied is the character.
const SUBSTITUTES: [char; 3] = ['\u{25A1}', '\u{FFFD}', '?'];

/// Both weights; `None` where the embedded files cannot be read as fonts.
pub(super) static FACES: LazyLock<Option<Faces>> =
    LazyLock::new(|| Some(Faces { regular: Face::new(REGULAR)?, bold: Face::new(BOLD)? }));

/// A font in two weights.
pub(super) struct Faces {
    regular: Face,
    bold: Face,
}

/// A weight and a size in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub bold: bool,
    pub size: f32,
}

impl Style {
    pub(super) const fn regular(size: f32) -> Self {
        Self { bold: false, size }
    }

    pub(super) const fn bold(size: f32) -> Self {
        Self { bold: true, size }
    }

    /// From one baseline to the next, in points.
    pub(super) fn line_height(self) -> f32 {
        self.size * 1.3
    }

    /// From the top of a line to its baseline, in points.
    pub(super) fn ascent(self) -> f32 {
        self.size
    }
}

impl Faces {
    pub(super) fn face(&self, style: Style) -> &Face {
        if style.bold { &self.bold } else { &self.regular }
    }

    /// The widest line and the widest word of a text, in points.
    pub(super) fn extent(&self, text: &str, style: Style) -> (f32, f32) {
        let face = self.face(style);
        text.split('\n').fold((0.0, 0.0), |(line, word): (f32, f32), text| {
            let words = text.split(' ').map(|one| face.width(one)).fold(0.0, f32::max);
            (line.max(face.width(text) * style.size), word.max(words * style.size))
        })
    }

    /// Breaks a clean text into lines no wider than `limit` points: after a space where there is one, else
    /// after a hyphen, slash or the like, else anywhere. Every line but the last ends with a space, so that
    /// the words stay apart when the text is read back.
    pub(super) fn wrap(&self, text: &str, style: Style, limit: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for line in text.split('\n') {
            if let Some(before) = lines.last_mut() {
                before.push(' ');
            }
            self.face(style).wrap(line, limit / style.size, &mut lines);
        }
        lines
    }
}

/// One weight of the font, with its advances at hand.
pub(super) struct Face {
    pub(super) font: Font,
    common: Vec<Option<Measured>>,
    others: HashMap<char, Measured>,
    substitute: Measured,
}

/// A glyph and its advance in ems.
#[derive(Debug, Clone, Copy)]
struct Measured {
    glyph: u32,
    advance: f32,
}

impl Face {
    fn new(data: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(data).ok()?;
        let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
        let mut common = vec![None; COMMON];
        let mut others = HashMap::new();
        for (code, glyph) in font.charmap().mappings() {
            let Some(character) = char::from_u32(code) else { continue };
            let Some(advance) = metrics.advance_width(glyph) else { continue };
            let measured = Measured { glyph: glyph.to_u32(), advance };
            match common.get_mut(code as usize) {
                Some(place) => *place = Some(measured),
                None => drop(others.insert(character, measured)),
            }
        }
        let known = |c: &char| others.get(c).or(common.get(*c as usize).and_then(Option::as_ref)).copied();
        let substitute = SUBSTITUTES.iter().find_map(known)?;
        Some(Self { font: Font::new(data.into(), 0)?, common, others, substitute })
    }

    fn measured(&self, character: char) -> Measured {
        match self.common.get(character as usize) {
            Some(Some(measured)) => *measured,
            Some(None) => self.substitute,
            None => self.others.get(&character).copied().unwrap_or(self.substitute),
        }
    }

    /// The width in ems.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().map(|character| self.measured(character).advance).sum()
    }

    /// The glyphs of a clean line, one a character.
    pub(super) fn glyphs(&self, line: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, character): (usize, char)| {
            let Measured { glyph, advance } = self.measured(character);
            let range = at..at + character.len_utf8();
            KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, range, None)
        };
        line.char_indices().map(glyph).collect()
    }

    fn wrap(&self, text: &str, limit: f32, lines: &mut Vec<String>) {
        let (mut start, mut width) = (0, 0.0);
        let (mut space, mut joint) = (None, None);
        for (at, character) in text.char_indices() {
            let advance = self.measured(character).advance;
            let next = at + character.len_utf8();
            if character == ' ' {
                space = Some(next);
                width += advance;
                continue;
            }
            if width + advance > limit && at > start {
                let cut = space.or(joint).filter(|cut| *cut > start).unwrap_or(at);
                lines.push(text[start..cut].to_owned());
                start = cut;
                width = self.width(&text[start..at]);
                (space, joint) = (None, None);
            }
            width += advance;
            if matches!(character, '-' | '/' | ',' | '.' | '@' | '_' | '&' | '–') {
                joint = Some(next);
            }
        }
        lines.push(text[start..].to_owned());
    }
}

/// Text as a PDF/UA may hold it: composed, without control, formatting and private characters; lines stay.
pub(super) fn clean(text: &str) -> String {
    let kept = |character: char| match character {
        '\n' => Some('\n'),
        other if is_invisible(other) => None,
        '\u{A0}' | '\u{202F}' => Some(' '),
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => Some('\u{FFFD}'),
        '\u{FDD0}'..='\u{FDEF}' => Some('\u{FFFD}'),
        other if (other as u32) & 0xFFFE == 0xFFFE => Some('\u{FFFD}'),
        other if other.is_control() => Some(' '),
        other => Some(other),
    };
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\n') {
        return text.to_owned();
    }
    text.nfc().filter_map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces() -> &'static Faces {
        FACES.as_ref().expect("the embedded files are fonts")
    }

    #[test]
    fn the_font_has_the_welsh_letters() {
        for style in [Style::regular(9.0), Style::bold(9.0)] {
            let face = faces().face(style);
            for letter in "ŵŷŴŶâêîôûïëẁỳ£’“”–*".chars() {
                assert_ne!(face.measured(letter).glyph, face.substitute.glyph, "{letter}");
            }
        }
    }

    #[test]
    fn lines_break_after_spaces_then_joints_then_anywhere() {
        let wrap = |text: &str, limit| faces().wrap(text, Style::regular(10.0), limit);
        assert_eq!(wrap("Smith v Jones", 45.0), ["Smith v ", "Jones"]);
        assert_eq!(wrap("PA/12345/2026", 55.0), ["PA/12345/", "2026"]);
        assert!(wrap(&"x".repeat(100), 45.0).iter().all(|line| line.len() <= 9));
        assert_eq!(wrap("one\ntwo", 500.0), ["one ", "two"]);
        assert_eq!(wrap("", 500.0), [""]);
        assert_eq!(wrap("abc", 1.0), ["a", "b", "c"]);
    }

    #[test]
    fn no_character_is_left_that_a_tagged_pdf_must_not_hold() {
        assert_eq!(
            clean("a\u{0}b\tc\u{202E}d\u{FEFF}e\u{E000}f\u{FFFE}g"),
            "a b cdef".replace("ef", "e\u{FFFD}f\u{FFFD}g")
        );
        assert_eq!(clean("w\u{302}"), "ŵ");
        assert_eq!(clean("two\nlines"), "two\nlines");
    }
}
