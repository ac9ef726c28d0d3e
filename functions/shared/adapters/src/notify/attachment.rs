//! Files sent by e-mail: encoded once a publication, then shared by all its recipients.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// Notify's limit for a file, after decoding. (Its code allows a further KiB; its own clients do not.)
const LARGEST: usize = 2 * 1024 * 1024;
/// A file name may have this many characters.
const LONGEST_NAME: usize = 100;
/// Notify keeps a file for this many weeks at most.
const MOST_WEEKS: u8 = 78;
/// The kinds of file Notify takes.
const KINDS: [&str; 12] =
    ["csv", "doc", "docx", "jpeg", "jpg", "json", "odt", "pdf", "png", "rtf", "txt", "xlsx"];

/// Why a file cannot be attached: the e-mail must go without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Larger than Notify takes.
    #[error("the file has {size} bytes, {LARGEST} are allowed")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// No name, a long name, or a kind of file that Notify does not take (an HTML list, for one).
    #[error("files of this name are not taken: {0}")]
    Name(String),
    /// Files are kept for 1 to 78 weeks.
    #[error("a file cannot be kept for {0} weeks")]
    Retention(u8),
}

/// How a recipient gets a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttachmentOptions<'a> {
    /// The name it is saved under; Notify makes one up otherwise.
    pub filename: Option<&'a str>,
    /// Weeks it can be fetched for. Notify's own default is 26.
    pub retention_weeks: Option<u8>,
    /// Whether recipients must type their address first. Notify's own default is that they must.
    pub confirm_email: Option<bool>,
}

/// A file ready to be put into any number of e-mails; clones share its bytes.
#[derive(Clone)]
pub struct Attachment {
    json: Bytes,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment").field("encoded_bytes", &self.json.len()).finish()
    }
}

impl Attachment {
    /// Encodes a file.
    ///
    /// # Errors
    /// [`AttachmentError`] for what Notify would refuse.
    pub fn prepare(content: &[u8], options: AttachmentOptions<'_>) -> Result<Self, AttachmentError> {
        if content.is_empty() {
            return Err(AttachmentError::Empty);
        }
        if content.len() > LARGEST {
            return Err(AttachmentError::TooLarge { size: content.len() });
        }
        let mut json = String::with_capacity(content.len() / 3 * 4 + 200);
        json.push_str("{\"file\":\"");
        STANDARD.encode_string(content, &mut json);
        json.push('"');
        if let Some(name) = options.filename {
            json.push_str(",\"filename\":");
            json.push_str(&serde_json::Value::from(checked(name)?).to_string());
        }
        if let Some(weeks) = options.retention_weeks {
            if !(1..=MOST_WEEKS).contains(&weeks) {
                return Err(AttachmentError::Retention(weeks));
            }
            let unit = if weeks == 1 { "week" } else { "weeks" };
            json.push_str(&format!(",\"retention_period\":\"{weeks} {unit}\""));
        }
        if let Some(confirm) = options.confirm_email {
            json.push_str(&format!(",\"confirm_email_before_download\":{confirm}"));
        }
        json.push('}');
        Ok(Self { json: Bytes::from(json) })
    }

    /// The value of a personalisation key.
    pub(super) fn json(&self) -> Bytes {
        self.json.clone()
    }
}

fn checked(name: &str) -> Result<&str, AttachmentError> {
    let kind = name.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase());
    let known = kind.is_some_and(|kind| KINDS.contains(&kind.as_str()));
    if known && name.chars().count() <= LONGEST_NAME {
        Ok(name)
    } else {
        Err(AttachmentError::Name(name.chars().take(LONGEST_NAME).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_becomes_the_object_notify_expects() {
        let options = AttachmentOptions {
            filename: Some("list \"1\".pdf"),
            retention_weeks: Some(78),
            confirm_email: Some(false),
        };
        let file = Attachment::prepare(b"%PDF-1.7", options).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&file.json()).unwrap();
        assert_eq!(
            value,
            serde_json::json!({
                "file": "JVBERi0xLjc=", "filename": "list \"1\".pdf", "retention_period": "78 weeks",
                "confirm_email_before_download": false
            })
        );
        let plain = Attachment::prepare(b"x", AttachmentOptions::default()).unwrap();
        assert_eq!(&plain.json()[..], b"{\"file\":\"eA==\"}");
    }

    #[test]
    fn what_notify_would_refuse_is_refused_before_it_is_sent_to_everyone() {
        let prepare = |content: &[u8], options| Attachment::prepare(content, options).err();
        let none = AttachmentOptions::default();
        let named = |name| AttachmentOptions { filename: Some(name), ..none };
        let kept = |weeks| AttachmentOptions { retention_weeks: Some(weeks), ..none };
        assert_eq!(prepare(b"", none), Some(AttachmentError::Empty));
        let large = vec![0; LARGEST + 1];
        assert_eq!(prepare(&large, none), Some(AttachmentError::TooLarge { size: LARGEST + 1 }));
        assert_eq!(prepare(&large[1..], none), None);
        assert_eq!(prepare(b"x", named("list.html")), Some(AttachmentError::Name("list.html".into())));
        assert_eq!(prepare(b"x", named("LIST.PDF")), None);
        let long = format!("{}.pdf", "x".repeat(97));
        assert!(matches!(prepare(b"x", named(&long)), Some(AttachmentError::Name(_))));
        assert_eq!(prepare(b"x", kept(0)), Some(AttachmentError::Retention(0)));
        assert_eq!(prepare(b"x", kept(79)), Some(AttachmentError::Retention(79)));
    }
}
