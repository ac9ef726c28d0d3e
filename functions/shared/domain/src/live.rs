//! Live case status (LCSU): what is happening in a court room now.

use serde::{Deserialize, Serialize};

/// The latest of one court room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomUpdate {
    /// Court room number or name.
    pub court_room: String,
    /// Case number; empty while the room is idle.
    #[serde(default)]
    pub case_number: String,
    /// Case name; empty while the room is idle.
    #[serde(default)]
    pub case_name: String,
    /// What happened last; empty while the room is idle.
    #[serde(default)]
    pub event: RoomEvent,
}

/// What happened last in a court room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomEvent {
    /// Id of the glossary entry.
    #[serde(default)]
    pub event_id: String,
    /// Status word, e.g. "Committal for Sentence".
    #[serde(default)]
    pub event_status: String,
    /// Name of the glossary entry.
    #[serde(default)]
    pub event_name: String,
    /// When, as the court writes it.
    #[serde(default)]
    pub event_time: String,
}

impl RoomEvent {
    /// Nothing is happening.
    pub fn is_empty(&self) -> bool {
        self.event_name.is_empty() && self.event_status.is_empty()
    }
}
