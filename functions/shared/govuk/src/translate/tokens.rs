//! The words of a tag: enough of a lexer to tell code from string literals and names from keys.

/// A piece of the code in a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub text: String,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Space,
    /// A name, keyword or literal such as `true`.
    Word,
    Number,
    /// A string literal with its quotes.
    Text,
    /// An operator, bracket or separator.
    Sign,
}

/// Operators of more than one character, longest first.
const LONG_SIGNS: [&str; 8] = ["===", "!==", "==", "!=", "<=", ">=", "//", "**"];

impl Token {
    pub(crate) fn new(kind: Kind, text: &str) -> Self {
        Self { kind, text: text.to_owned() }
    }

    pub(crate) fn is_space(&self) -> bool {
        self.kind == Kind::Space
    }

    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    /// `1` for an opening bracket, `-1` for a closing one, else `0`.
    pub(crate) fn nesting(&self) -> i32 {
        match self.text.as_str() {
            "(" | "[" | "{" if self.kind == Kind::Sign => 1,
            ")" | "]" | "}" if self.kind == Kind::Sign => -1,
            _ => 0,
        }
    }

    /// A word that cannot be a variable.
    pub(crate) fn is_keyword(&self) -> bool {
        const KEYWORDS: [&str; 13] = [
            "and",
            "or",
            "not",
            "if",
            "elif",
            "else",
            "in",
            "is",
            "true",
            "false",
            "none",
            "null",
            "undefined",
        ];
        self.kind == Kind::Word && KEYWORDS.contains(&self.text.as_str())
    }
}

/// Splits code into tokens; their texts in a row are the code again.
pub(crate) fn split(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if let Some(length) = string_len(rest) {
            (Kind::Text, length)
        } else if first.is_whitespace() {
            (Kind::Space, run(rest, char::is_whitespace))
        } else if first.is_ascii_digit() {
            (Kind::Number, run(rest, |c| c.is_ascii_digit()))
        } else if first.is_alphabetic() || first == '_' {
            (Kind::Word, run(rest, |c| c.is_alphanumeric() || c == '_'))
        } else {
            let long = LONG_SIGNS.iter().find(|sign| rest.starts_with(**sign));
            (Kind::Sign, long.map_or(first.len_utf8(), |sign| sign.len()))
        };
        tokens.push(Token::new(kind, &rest[..length]));
        rest = &rest[length..];
    }
    tokens
}

/// The length in bytes of the string literal that `code` starts with, quotes included.
pub(crate) fn string_len(code: &str) -> Option<usize> {
    let quote = code.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (at, character) in code.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    Some(code.len())
}

fn run(code: &str, belongs: impl Fn(char) -> bool) -> usize {
    code.find(|c| !belongs(c)).unwrap_or(code.len())
}
