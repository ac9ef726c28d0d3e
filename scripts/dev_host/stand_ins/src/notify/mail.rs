//! A mail that was accepted, and the statuses it goes through.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::files::File;
use super::settings::KeyKind;

/// A mail as a test or the dashboard reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mail {
    /// Notify's id for it.
    pub id: Uuid,
    /// The recipient.
    pub address: String,
    /// The sender's own reference; Notify does not care whether it is unique.
    pub reference: Option<String>,
    /// The template's id.
    pub template: Uuid,
    /// The template's version at that time.
    pub template_version: u32,
    /// The subject with the personalisation filled in; empty when no templates are configured.
    pub subject: String,
    /// The text with the personalisation filled in; empty when no templates are configured.
    pub body: String,
    /// What was sent to fill the template, a link standing for each file.
    pub personalisation: Map<String, Value>,
    /// The files, in the order of their personalisation keys.
    pub files: Vec<File>,
    /// The personalisation keys whose Markdown and links were to be made harmless.
    #[serde(default)]
    pub sanitised: Vec<String>,
    /// The address for one-click unsubscribing, if one was given.
    pub unsubscribe_url: Option<String>,
    /// The type of key it was sent with.
    pub key: KeyKind,
    /// Where it is now.
    pub status: Status,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// When it was handed to the mail provider.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it reached its final status.
    pub completed_at: Option<DateTime<Utc>>,
}

/// The statuses of an e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Accepted.
    Created,
    /// With the mail provider.
    Sending,
    /// Arrived.
    Delivered,
    /// The address does not exist or refuses mail.
    PermanentFailure,
    /// The mailbox could not take it now.
    TemporaryFailure,
    /// Notify itself failed.
    TechnicalFailure,
}

impl Status {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::PermanentFailure => "permanent-failure",
            Self::TemporaryFailure => "temporary-failure",
            Self::TechnicalFailure => "technical-failure",
        }
    }

    /// Whether it is one of the three failures.
    pub(super) fn is_failure(self) -> bool {
        matches!(self, Self::PermanentFailure | Self::TemporaryFailure | Self::TechnicalFailure)
    }

    /// Whether nothing comes after it.
    pub(super) fn is_final(self) -> bool {
        self == Self::Delivered || self.is_failure()
    }

    /// What becomes of a mail to this address.
    pub(super) fn destined_for(address: &str) -> Self {
        match address.to_lowercase().as_str() {
            "perm-fail@simulator.notify" => Self::PermanentFailure,
            "temp-fail@simulator.notify" => Self::TemporaryFailure,
            _ => Self::Delivered,
        }
    }
}

/// Whether mail to this address is checked, answered and forgotten.
pub(super) fn is_simulated(address: &str) -> bool {
    let simulated = ["simulate-delivered", "simulate-delivered-2", "simulate-delivered-3"];
    address.strip_suffix("@notifications.service.gov.uk").is_some_and(|local| simulated.contains(&local))
}

/// An instant as Notify writes it: microseconds and a Z.
fn stamp(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl Mail {
    /// The template as answers name it.
    pub(super) fn template_link(&self, base: &str) -> Value {
        let (id, version) = (self.template, self.template_version);
        json!({ "id": id, "version": version, "uri": format!("{base}/v2/template/{id}/version/{version}") })
    }

    /// The mail as a look-up answers it.
    pub(super) fn as_notification(&self, base: &str) -> Value {
        let mut shown = json!({
            "id": self.id, "reference": self.reference, "email_address": self.address, "type": "email",
            "status": self.status.name(), "template": self.template_link(base),
            "body": self.body, "subject": self.subject,
            "created_at": stamp(self.accepted_at), "sent_at": self.sent_at.map(stamp),
            "completed_at": self.completed_at.map(stamp), "created_by_name": null,
            "one_click_unsubscribe_url": self.unsubscribe_url, "scheduled_for": null,
            "is_cost_data_ready": true, "cost_in_pounds": 0.0, "cost_details": {},
        });
        for of_other_channels in [
            "phone_number",
            "line_1",
            "line_2",
            "line_3",
            "line_4",
            "line_5",
            "line_6",
            "postcode",
            "postage",
        ] {
            shown[of_other_channels] = Value::Null;
        }
        shown
    }

    /// The delivery receipt.
    pub(super) fn as_receipt(&self) -> Value {
        json!({
            "id": self.id, "reference": self.reference, "to": self.address, "status": self.status.name(),
            "created_at": stamp(self.accepted_at), "completed_at": self.completed_at.map(stamp),
            "sent_at": self.sent_at.map(stamp), "notification_type": "email",
            "template_id": self.template, "template_version": self.template_version,
        })
    }
}
