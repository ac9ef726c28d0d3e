//! The Notify service that is stood in for: its keys, templates and limits.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::templates::Template;

/// Everything about the stand-in that is decided before it starts.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The service whose keys are accepted.
    pub service: Service,
    /// Its API keys, revoked ones included.
    pub api_keys: Vec<ApiKey>,
    /// Its templates; when there are none, every template id is accepted and no personalisation is missing.
    pub templates: Vec<Template>,
    /// Messages a minute for each type of key.
    pub rate_per_minute: u32,
    /// E-mails a day, UTC, all keys but test keys together.
    pub daily_limit: u32,
    /// What happens after a message was accepted.
    #[serde(skip)]
    pub delivery: Delivery,
}

impl Default for Settings {
    fn default() -> Self {
        let service = Service::default();
        let key = |name: &str, kind, number: u128| ApiKey {
            name: name.to_owned(),
            kind,
            secret: Uuid::from_u128(0x2222_2222_2222_4222_8222_2222_2222_2220 + number).to_string(),
            revoked: false,
        };
        Self {
            service,
            api_keys: vec![
                key("local", KeyKind::Live, 2),
                key("local-team", KeyKind::Team, 3),
                key("local-test", KeyKind::Test, 4),
            ],
            templates: Vec::new(),
            rate_per_minute: 3_000,
            daily_limit: 250_000,
            delivery: Delivery::default(),
        }
    }
}

impl Settings {
    /// The default service with the templates that the sample settings name.
    #[must_use]
    pub fn demo() -> Self {
        Self { templates: super::demo::templates(), ..Self::default() }
    }

    /// The first key of this kind as its owner was shown it: name, service id and secret in one string.
    #[must_use]
    pub fn api_key(&self, kind: KeyKind) -> Option<String> {
        let key = self.api_keys.iter().find(|key| key.kind == kind)?;
        Some(format!("{}-{}-{}", key.name, self.service.id, key.secret))
    }
}

/// A service of GOV.UK Notify.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// Its id, the issuer of its tokens.
    pub id: Uuid,
    /// The address its mails come from.
    pub from_email: String,
    /// In trial mode only the guest list can be written to.
    pub trial: bool,
    /// An archived service is refused everything.
    pub archived: bool,
    /// Whether it may send e-mail at all.
    pub may_send_emails: bool,
    /// Contact details must be set before files can be sent.
    pub has_contact_link: bool,
    /// The reply-to addresses it has, by id.
    pub reply_to_ids: Vec<Uuid>,
    /// Its team and guest list.
    pub guest_list: Vec<String>,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            id: Uuid::from_u128(0x1111_1111_1111_4111_8111_1111_1111_1111),
            from_email: "publishing.information@notifications.service.gov.uk".to_owned(),
            trial: false,
            archived: false,
            may_send_emails: true,
            has_contact_link: true,
            reply_to_ids: Vec::new(),
            guest_list: Vec::new(),
        }
    }
}

/// One API key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// The name its owner gave it; may contain dashes.
    pub name: String,
    /// What it may do.
    pub kind: KeyKind,
    /// The secret half: a UUID whose 36 characters are the HMAC key.
    pub secret: String,
    /// A revoked key is still recognised, and refused.
    #[serde(default)]
    pub revoked: bool,
}

/// The three types of API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// Sends to anyone.
    Live,
    /// Sends to the team and the guest list.
    Team,
    /// Sends nothing, and reports as if it had.
    Test,
}

impl KeyKind {
    /// The name in rate-limit messages.
    pub(super) fn shouted(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::Team => "TEAM",
            Self::Test => "TEST",
        }
    }
}

/// When an accepted message reaches its final status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// By itself, after this time.
    After(Duration),
    /// Only when the test says so.
    ByHand,
}

impl Default for Delivery {
    fn default() -> Self {
        Self::After(Duration::from_millis(200))
    }
}

/// Where delivery receipts are posted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Callback {
    /// The address; the real Notify insists on https.
    pub url: String,
    /// The bearer token the receiver chose.
    pub token: String,
}
