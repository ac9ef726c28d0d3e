//! What is wrong with a payload, in a form a producer's program can act on.

use serde::Serialize;
use std::fmt;

/// The most faults one answer names, so that the reply to a hopeless payload stays small.
pub const MOST_FAULTS: usize = 50;

const LONGEST_SEGMENT: usize = 100;

/// One fault of a payload. It names the field and the rule and never repeats the payload's value, which may
/// be somebody's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}: {message}", if .pointer.is_empty() { "the payload" } else { .pointer.as_str() })]
pub struct Fault {
    /// JSON pointer (RFC 6901) to the field; empty for the payload as a whole.
    pub pointer: String,
    /// The rule it breaks: a stable code such as `schema.required`.
    pub rule: &'static str,
    /// The rule in words.
    pub message: String,
}

impl Fault {
    /// A fault of the payload as a whole.
    pub fn of_payload(rule: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: String::new(), rule, message: message.into() }
    }
}

/// One step of a JSON pointer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    /// Into a member of an object.
    Member(&'a str),
    /// Into an item of an array.
    Item(usize),
}

impl fmt::Display for Step<'_> {
    /// `/name` with RFC 6901 escapes. An absurdly long member name is cut, since the producer chose it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(index) => write!(f, "/{index}"),
            Self::Member(name) => {
                f.write_str("/")?;
                for letter in name.chars().take(LONGEST_SEGMENT) {
                    match letter {
                        '~' => f.write_str("~0")?,
                        '/' => f.write_str("~1")?,
                        _ => fmt::Write::write_char(f, letter)?,
                    }
                }
                Ok(())
            }
        }
    }
}

/// The JSON pointer that takes these steps from the root.
pub(crate) fn pointer_of(steps: &[Step<'_>]) -> String {
    steps.iter().map(ToString::to_string).collect()
}
