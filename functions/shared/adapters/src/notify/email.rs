//! One e-mail, and the request body made of it.

use super::Attachment;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

/// What to send to whom.
#[derive(Clone, Copy)]
pub struct Email<'a> {
    /// The template at Notify.
    pub template_id: Uuid,
    /// The recipient.
    pub address: &'a str,
    /// Our id of this e-mail, never used for another one; nothing personal in it.
    pub reference: &'a str,
    /// Values for the template's placeholders. Placeholders the template does not have do no harm.
    pub personalisation: &'a Map<String, Value>,
    /// Placeholders whose value is a file. They win over values of the same name.
    pub attachments: &'a [(&'a str, Attachment)],
    /// Placeholders with text from outside, whose links and markup Notify shall neutralise.
    pub sanitise_content_for: &'a [&'a str],
    /// Where a mail program can unsubscribe with one POST (https).
    pub one_click_unsubscribe_url: Option<&'a Url>,
}

impl std::fmt::Debug for Email<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither the address nor the contents belong in a log.
        f.debug_struct("Email")
            .field("template_id", &self.template_id)
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    email_address: &'a str,
    template_id: Uuid,
    reference: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    sanitise_content_for: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    one_click_unsubscribe_url: Option<&'a str>,
}

impl Email<'_> {
    /// The body in pieces, so that files are shared rather than copied.
    pub(super) fn body(&self) -> Vec<Bytes> {
        let mut pieces = Vec::with_capacity(self.attachments.len() * 2 + 1);
        let mut text = json(&Envelope {
            email_address: self.address,
            template_id: self.template_id,
            reference: self.reference,
            sanitise_content_for: self.sanitise_content_for,
            one_click_unsubscribe_url: self.one_click_unsubscribe_url.map(Url::as_str),
        });
        // The object stays open for its last member.
        text.pop();
        text.extend_from_slice(b",\"personalisation\":{");
        let mut separator: &[u8] = b"";
        let is_file = |name: &str| self.attachments.iter().any(|(key, _)| *key == name);
        for (name, value) in self.personalisation.iter().filter(|(name, _)| !is_file(name)) {
            text.extend_from_slice(separator);
            text.extend_from_slice(&json(name));
            text.push(b':');
            text.extend_from_slice(&json(value));
            separator = b",";
        }
        for (name, file) in self.attachments {
            text.extend_from_slice(separator);
            text.extend_from_slice(&json(name));
            text.push(b':');
            pieces.push(Bytes::from(std::mem::take(&mut text)));
            pieces.push(file.json());
            separator = b",";
        }
        text.extend_from_slice(b"}}");
        pieces.push(Bytes::from(text));
        pieces
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("texts, ids and JSON values can be written as JSON")
}
