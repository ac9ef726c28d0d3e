//! What Notify's refusals and silences mean for the e-mail.

use reqwest::StatusCode;
use serde::Deserialize;
use std::time::Duration;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why an e-mail was not certainly sent, and so what may be done next.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// This message never will be sent as it is.
    #[error("GOV.UK Notify refused the e-mail: {reason}")]
    Rejected {
        /// Why.
        reason: Reason,
    },
    /// The file was refused; the e-mail may go without it.
    #[error("GOV.UK Notify refused the attached file")]
    RejectedFile,
    /// The key or the address of Notify is wrong: no e-mail will be sent until somebody acts. Stop everything.
    #[error("GOV.UK Notify refused the service with status {status}")]
    Misconfigured {
        /// 401, 403 or 404.
        status: u16,
    },
    /// This machine's clock is off by more than 30 seconds. Stop everything; alert apart from a wrong key.
    #[error("GOV.UK Notify says that this machine's clock is wrong")]
    ClockSkew,
    /// Too fast. Nothing was sent, and the attempt does not count.
    #[error("GOV.UK Notify asks for a slower pace")]
    RateLimited {
        /// How long it asks to wait, if it says so.
        retry_after: Option<Duration>,
    },
    /// The day's quota is used up; it begins anew at midnight UTC.
    #[error("the day's quota of e-mails at GOV.UK Notify is used up")]
    DailyLimit,
    /// It may or may not have been sent: look it up by its reference after a while, before anything else.
    #[error("it is unknown whether GOV.UK Notify took the e-mail")]
    Unknown {
        /// What it answered, if it did.
        status: Option<u16>,
        /// What went wrong on the way.
        source: Option<Source>,
    },
    /// No connection: nothing was sent, safe to try again.
    #[error("GOV.UK Notify could not be reached")]
    NotSent(#[source] reqwest::Error),
}

impl SendError {
    /// One word for logs and metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rejected { .. } => "rejected",
            Self::RejectedFile => "rejected_file",
            Self::Misconfigured { .. } => "misconfigured",
            Self::ClockSkew => "clock_skew",
            Self::RateLimited { .. } => "rate_limited",
            Self::DailyLimit => "daily_limit",
            Self::Unknown { .. } => "unknown",
            Self::NotSent(_) => "not_sent",
        }
    }
}

/// Why a message was rejected. Nothing of the message itself is repeated, save names of placeholders.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The address is not one.
    #[error("the address is not valid")]
    Address,
    /// The service is in trial mode, or the key is for its team only.
    #[error("this service or key may not write to this recipient")]
    Recipient,
    /// No such template, or one of another kind. A fault of our configuration.
    #[error("the template cannot be used")]
    Template,
    /// Placeholders without a value. A fault of ours.
    #[error("values are missing for the template's {0}")]
    Personalisation(String),
    /// Too long, or empty.
    #[error("the message is too long or empty")]
    Length,
    /// The service is not set up for this. A fault of the configuration at Notify.
    #[error("the service is not allowed to do this")]
    NotAllowed,
    /// Anything else; Notify's word for the kind of error.
    #[error("{0}")]
    Other(String),
}

/// Why a lookup says nothing.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// No answer, or one that blames Notify itself. Ask again later.
    #[error("GOV.UK Notify could not be asked")]
    Unavailable(#[source] Option<Source>),
    /// An answer that is not a list of notifications.
    #[error("GOV.UK Notify's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// The key or the address of Notify is wrong.
    #[error("GOV.UK Notify refused the lookup with status {status}")]
    Misconfigured {
        /// 400, 401, 403 or 404.
        status: u16,
    },
    /// This machine's clock is off by more than 30 seconds.
    #[error("GOV.UK Notify says that this machine's clock is wrong")]
    ClockSkew,
}

#[derive(Deserialize, Default)]
struct Refusal {
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    error: String,
    message: String,
}

impl Refusal {
    /// The edge answers in HTML, an unknown route in another JSON; both say nothing more than their status.
    fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    fn mentions(&self, phrases: &[&str]) -> bool {
        self.errors.iter().any(|fault| phrases.iter().any(|phrase| fault.message.contains(phrase)))
    }

    fn is(&self, kind: &str) -> bool {
        self.errors.iter().any(|fault| fault.error == kind)
    }
}

const CLOCK: [&str; 1] = ["system clock"];
const FILE: [&str; 9] = [
    "Uploaded file exceeds",
    "Document must not be empty",
    "Document is not base64",
    "Unsupported file type",
    "virus scan",
    "Send files by email",
    "is_csv",
    "filename",
    "retention_period",
];

/// A request that brought no answer.
pub(super) fn not_answered(error: reqwest::Error) -> SendError {
    if error.is_connect() || error.is_builder() {
        SendError::NotSent(error)
    } else {
        SendError::Unknown { status: None, source: Some(Box::new(error)) }
    }
}

/// An answer other than 201.
pub(super) fn refused(
    status: StatusCode,
    body: &[u8],
    retry_after: Option<Duration>,
    has_file: bool,
) -> SendError {
    let refusal = Refusal::read(body);
    match status.as_u16() {
        400 | 413 if has_file && (status == 413 || refusal.mentions(&FILE)) => SendError::RejectedFile,
        400 => SendError::Rejected { reason: reason(&refusal) },
        413 => SendError::Rejected { reason: Reason::Length },
        403 if refusal.mentions(&CLOCK) => SendError::ClockSkew,
        401 | 403 | 404 => SendError::Misconfigured { status: status.as_u16() },
        429 if refusal.is("TooManyRequestsError") => SendError::DailyLimit,
        429 => SendError::RateLimited { retry_after },
        _ => SendError::Unknown { status: Some(status.as_u16()), source: None },
    }
}

/// An answer to a lookup other than 200.
pub(super) fn lookup_refused(status: StatusCode, body: &[u8]) -> LookupError {
    match status.as_u16() {
        403 if Refusal::read(body).mentions(&CLOCK) => LookupError::ClockSkew,
        400 | 401 | 403 | 404 => LookupError::Misconfigured { status: status.as_u16() },
        _ => LookupError::Unavailable(None),
    }
}

fn reason(refusal: &Refusal) -> Reason {
    let missing =
        refusal.errors.iter().find_map(|fault| fault.message.strip_prefix("Missing personalisation: "));
    if let Some(names) = missing {
        return Reason::Personalisation(names.chars().take(200).collect());
    }
    // In this order: the address is the recipient's matter, everything else is ours.
    let known: [(&[&str], Reason); 5] = [
        (&["email_address"], Reason::Address),
        (&["to this recipient"], Reason::Recipient),
        (&["emplate"], Reason::Template),
        (&["too long", "message is empty"], Reason::Length),
        (&["is not allowed to", "has not been set up", "does not exist in database"], Reason::NotAllowed),
    ];
    let matching = known.into_iter().find(|(phrases, _)| refusal.mentions(phrases));
    matching.map_or_else(|| Reason::Other(kind(refusal)), |(_, reason)| reason)
}

/// Notify's name for the first error, without anything that could be more than a name.
fn kind(refusal: &Refusal) -> String {
    let name = refusal.errors.first().map_or("BadRequest", |fault| fault.error.as_str());
    name.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}
