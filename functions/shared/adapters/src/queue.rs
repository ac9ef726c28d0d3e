//! Wake-ups: short messages that make a queue function look at the table now rather than at its next tick.
//!
//! Losing one loses nothing but time, so a failure to send is worth a line in the log and no more.

use crate::azure_error::{Cause, Fault, code, within};
use azure_core::http::RequestContent;
use azure_storage_queue::models::QueueMessage;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use storage::Account;

/// A wake-up waits no longer than this, retries included.
const LIMIT: Duration = Duration::from_secs(5);
/// Storage refuses longer messages (64 KiB, as sent).
const LONGEST: usize = 64 * 1024;

/// How the Functions host reads message text: `extensions.queues.messageEncoding` in host.json.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MessageEncoding {
    /// The host decodes base64 before it hands the text on. Its default.
    #[default]
    Base64,
    /// The host hands the text on as it is.
    None,
}

impl MessageEncoding {
    /// What a host.json says; where it says nothing or cannot be read, the host's default.
    #[must_use]
    pub fn from_host_json(text: &str) -> Self {
        let host: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        match host.pointer("/extensions/queues/messageEncoding").and_then(serde_json::Value::as_str) {
            Some(encoding) if encoding.eq_ignore_ascii_case("none") => Self::None,
            _ => Self::Base64,
        }
    }

    fn encode(self, text: &str) -> String {
        match self {
            Self::Base64 => STANDARD.encode(text),
            Self::None => text.to_owned(),
        }
    }
}

/// Why a wake-up was not sent.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Queue storage did not answer, or not in time.
    #[error("queue storage is unavailable")]
    Unavailable(#[source] Cause),
    /// Queue storage understood and refused: wrong key, no such queue.
    #[error("queue storage refused the call")]
    Refused(#[source] Cause),
    /// The text does not fit into a message.
    #[error("a message of {0} bytes does not fit into a queue")]
    TooLong(usize),
}

impl From<Fault> for QueueError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unavailable(cause) => Self::Unavailable(cause),
            Fault::Refused(cause) => Self::Refused(cause),
        }
    }
}

/// The queues of this service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WakeUps {
    account: Account,
    encoding: MessageEncoding,
    /// Queues a wake-up is about to be sent to.
    about_to: Arc<Mutex<HashSet<&'static str>>>,
}

/// Wake-ups of one queue that are wanted within this time are one message.
const GATHER: Duration = Duration::from_millis(100);

impl WakeUps {
    /// The queues of this account, written the way the host will read them.
    #[must_use]
    pub fn new(account: Account, encoding: MessageEncoding) -> Self {
        Self { account, encoding, about_to: Arc::default() }
    }

    /// Sends one message soon, and one only for all that ask within a moment; off the caller's path. One that cannot be
    /// sent is logged: nothing depends on it.
    pub fn send_soon(&self, queue: &'static str, text: &'static str) {
        let about_to = || self.about_to.lock().unwrap_or_else(PoisonError::into_inner);
        if !about_to().insert(queue) {
            return;
        }
        let wake_ups = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(GATHER).await;
            wake_ups.about_to.lock().unwrap_or_else(PoisonError::into_inner).remove(queue);
            if let Err(error) = wake_ups.send(queue, text).await {
                tracing::warn!(error = %error, "a wake-up was not sent");
            }
        });
    }

    /// Sends one message. It may arrive twice.
    ///
    /// # Errors
    /// [`QueueError`]; nothing depends on a wake-up, so log it and go on.
    pub async fn send(&self, queue: &str, text: &str) -> Result<(), QueueError> {
        let message_text = self.encoding.encode(text);
        if message_text.len() > LONGEST {
            return Err(QueueError::TooLong(message_text.len()));
        }
        let client = self.account.queues().queue_client(queue).map_err(Fault::from)?;
        let message = QueueMessage { message_text: Some(message_text) };
        let content = RequestContent::try_from(message).map_err(Fault::from)?;
        within(LIMIT, client.send_message(content, None)).await?;
        Ok(())
    }

    /// Creates the queues that do not exist yet.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn ensure_queues(&self, queues: &[&str]) -> Result<(), QueueError> {
        for name in queues {
            let queue = self.account.queues().queue_client(name).map_err(Fault::from)?;
            within(LIMIT, async {
                match queue.create(None).await {
                    // 204 says it exists with the same metadata, 409 with other metadata; both will do.
                    Err(error) if code(&error) == Some("QueueAlreadyExists") => Ok(()),
                    result => result.map(drop),
                }
            })
            .await?;
        }
        Ok(())
    }
}
