//! A world for each test: its own database, stand-ins for GOV.UK Notify and Entra ID, a clock that stands still, and
//! the real router.

pub mod answer;
pub mod database;
pub mod envelopes;
pub mod executable;
pub mod people;
pub mod upload;
pub mod world;

pub use answer::Answer;
pub use upload::{Upload, civil_daily_cause_list, flat_file, live_case_status, sample};
pub use world::World;

/// An instant, written out.
pub fn instant(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().expect("an instant")
}

/// Before everything that the clock of the database or the storage will say.
pub const LONG_AGO: &str = "2026-01-01T00:00:00Z";
/// After everything that the database's own clock will have said.
pub const LATER: &str = "2090-01-01T00:00:00Z";

/// A name no other test uses.
#[expect(clippy::disallowed_methods, reason = "a name for one test; no behaviour depends on it")]
pub fn unique(prefix: &str) -> String {
    format!("{prefix}-{}", uuid::Uuid::new_v4().simple())
}
