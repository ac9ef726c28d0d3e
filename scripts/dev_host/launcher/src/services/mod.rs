//! The real servers that development and tests run against.

pub mod account;
pub mod azurite;
pub mod postgres;
pub mod postgres_programs;
pub mod redis;
pub mod store;

/// Whether a server's data are kept for the next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Kept on disk: `scripts/run`.
    Data,
    /// Thrown away at the end: tests.
    Nothing,
}

/// The value of a variable that is set and not empty.
#[must_use]
pub fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.trim().is_empty())
}
