//! A template as text, comments and tags; joining the unchanged parts gives back the source.

use super::tokens::{self, Token};

/// A part of a template.
#[derive(Debug, Clone)]
pub(crate) enum Segment {
    /// Text or a comment: copied.
    Verbatim(String),
    /// `{% … %}` or `{{ … }}`.
    Tag(Tag),
}

/// A statement or an expression.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    /// The opening delimiter with its whitespace mark: `{%`, `{%-`, `{{`, `{{-`.
    pub open: &'static str,
    /// What stands between the delimiters, whitespace included.
    pub tokens: Vec<Token>,
    /// The closing delimiter with its whitespace mark.
    pub close: &'static str,
}

impl Tag {
    /// A statement without whitespace marks.
    pub(crate) fn statement(code: &str) -> Self {
        Self { open: "{%", tokens: tokens::split(code), close: "%}" }
    }

    /// The statement's first word: `set`, `for`, `endif`… `None` for an expression.
    pub(crate) fn keyword(&self) -> Option<&str> {
        if !self.open.starts_with("{%") {
            return None;
        }
        self.code().first().map(|token| token.text.as_str())
    }

    /// The tokens that are not whitespace.
    pub(crate) fn code(&self) -> Vec<&Token> {
        self.tokens.iter().filter(|token| !token.is_space()).collect()
    }
}

/// Splits a template. An unclosed tag or comment is copied, for the parser to complain about.
pub(crate) fn split(source: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = source;
    while let Some(at) = ["{#", "{%", "{{"].iter().filter_map(|mark| rest.find(mark)).min() {
        let (text, from_tag) = rest.split_at(at);
        push_text(&mut segments, text);
        let Some((segment, after)) = take(from_tag) else {
            rest = from_tag;
            break;
        };
        segments.push(segment);
        rest = after;
    }
    push_text(&mut segments, rest);
    segments
}

fn push_text(segments: &mut Vec<Segment>, text: &str) {
    if !text.is_empty() {
        segments.push(Segment::Verbatim(text.to_owned()));
    }
}

/// The tag or comment `source` starts with, and what follows it.
fn take(source: &str) -> Option<(Segment, &str)> {
    if source.starts_with("{#") {
        let end = source.find("#}")? + 2;
        return Some((Segment::Verbatim(source[..end].to_owned()), &source[end..]));
    }
    let (opens, closes): ([&'static str; 2], [&'static str; 2]) = if source.starts_with("{%") {
        (["{%-", "{%"], ["-%}", "%}"])
    } else {
        (["{{-", "{{"], ["-}}", "}}"])
    };
    let open = opens.into_iter().find(|open| source.starts_with(open))?;
    let inside = &source[open.len()..];
    let end = end_of_code(inside, closes[1])?;
    let after = &inside[end + closes[1].len()..];
    let (code, close) = match inside[..end].strip_suffix('-') {
        Some(code) => (code, closes[0]),
        None => (&inside[..end], closes[1]),
    };
    Some((Segment::Tag(Tag { open, tokens: tokens::split(code), close }), after))
}

/// Where `close` stands outside string literals. An object literal that ends at the tag's end (`}}}`) keeps its brace.
fn end_of_code(code: &str, close: &str) -> Option<usize> {
    let mut at = 0;
    let mut braces = 0_usize;
    while at < code.len() {
        let rest = &code[at..];
        let character = rest.chars().next()?;
        if rest.starts_with(close) && (braces == 0 || close == "%}") {
            return Some(at);
        }
        match character {
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            _ => {}
        }
        at += tokens::string_len(rest).unwrap_or(character.len_utf8());
    }
    None
}

/// The tags among the segments.
pub(crate) fn tags_mut(segments: &mut [Segment]) -> impl Iterator<Item = &mut Tag> {
    segments.iter_mut().filter_map(|segment| match segment {
        Segment::Tag(tag) => Some(tag),
        Segment::Verbatim(_) => None,
    })
}

/// The source the segments stand for.
pub(crate) fn join(segments: &[Segment]) -> String {
    let mut source = String::new();
    for segment in segments {
        match segment {
            Segment::Verbatim(text) => source.push_str(text),
            Segment::Tag(tag) => {
                source.push_str(tag.open);
                source.extend(tag.tokens.iter().map(|token| token.text.as_str()));
                source.push_str(tag.close);
            }
        }
    }
    source
}
