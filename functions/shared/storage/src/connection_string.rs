//! Storage connection strings, in every form the Functions runtime accepts.

use std::collections::HashMap;
use url::Url;

/// The account name every storage emulator answers to; public knowledge, not a secret.
pub(crate) const EMULATOR_ACCOUNT: &str = "devstoreaccount1";
/// The key that belongs to it, equally public.
pub(crate) const EMULATOR_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Why a connection string cannot be used. The text never repeats the string, which holds a key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A part is not of the form `Name=value`.
    #[error("part {0} of the storage connection string is not Name=value")]
    Malformed(usize),
    /// A needed part is absent.
    #[error("the storage connection string has no {0}")]
    Missing(&'static str),
    /// An endpoint is not an absolute http(s) URL.
    #[error("{0} in the storage connection string is not a URL")]
    Endpoint(&'static str),
}

/// How calls prove themselves.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The account's name and its base64 key.
    Key { account: String, key: String },
    /// A shared access signature: the query string without its question mark.
    Signature(String),
}

/// A connection string taken apart: where the services are, and how to prove oneself to them.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionString {
    pub(crate) blob: Url,
    pub(crate) queue: Url,
    pub(crate) proof: Proof,
}

impl std::fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionString")
            .field("blob", &self.blob.as_str())
            .field("queue", &self.queue.as_str())
            .finish_non_exhaustive()
    }
}

impl ConnectionString {
    /// Reads `UseDevelopmentStorage=true`, `AccountName=…;AccountKey=…[;EndpointSuffix=…]` or explicit
    /// endpoints with a key or a shared access signature. Part names are matched without case.
    ///
    /// # Errors
    /// [`ParseError`] names the part that is absent or malformed.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let parts = Parts::split(text)?;
        if parts.get("usedevelopmentstorage").is_some_and(|v| v.eq_ignore_ascii_case("true")) {
            return Self::emulator(parts.get("developmentstorageproxyuri").unwrap_or("http://127.0.0.1"));
        }
        Ok(Self {
            blob: parts.endpoint("BlobEndpoint", "blob")?,
            queue: parts.endpoint("QueueEndpoint", "queue")?,
            proof: parts.proof()?,
        })
    }

    /// The emulator on its usual ports: 10000 for blobs, 10001 for queues.
    fn emulator(host: &str) -> Result<Self, ParseError> {
        let host = host.trim_end_matches('/');
        let at = |port| {
            Url::parse(&format!("{host}:{port}/{EMULATOR_ACCOUNT}"))
                .map_err(|_| ParseError::Endpoint("DevelopmentStorageProxyUri"))
        };
        let proof = Proof::Key { account: EMULATOR_ACCOUNT.into(), key: EMULATOR_KEY.into() };
        Ok(Self { blob: at(10000)?, queue: at(10001)?, proof })
    }

    /// A string for an emulator on other ports of this machine.
    #[must_use]
    pub fn for_emulator(blob_port: u16, queue_port: u16) -> String {
        Self::for_emulated_account(EMULATOR_ACCOUNT, blob_port, queue_port)
    }

    /// The same for another account, which the emulator was told of.
    pub(crate) fn for_emulated_account(account: &str, blob_port: u16, queue_port: u16) -> String {
        format!(
            "DefaultEndpointsProtocol=http;AccountName={account};AccountKey={EMULATOR_KEY};\
             BlobEndpoint=http://127.0.0.1:{blob_port}/{account};\
             QueueEndpoint=http://127.0.0.1:{queue_port}/{account};"
        )
    }
}

/// The `Name=value` pairs, names in lower case.
struct Parts<'a>(HashMap<String, &'a str>);

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, ParseError> {
        let mut parts = HashMap::new();
        for (index, part) in text.split(';').map(str::trim).filter(|part| !part.is_empty()).enumerate() {
            let (name, value) = part.split_once('=').ok_or(ParseError::Malformed(index + 1))?;
            parts.insert(name.trim().to_ascii_lowercase(), value.trim());
        }
        Ok(Self(parts))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied().filter(|value| !value.is_empty())
    }

    /// The endpoint as written, else the one that follows from the account name.
    fn endpoint(&self, name: &'static str, service: &str) -> Result<Url, ParseError> {
        let text = match self.get(&name.to_ascii_lowercase()) {
            Some(written) => written.to_owned(),
            None => {
                let account = self.get("accountname").ok_or(ParseError::Missing("AccountName"))?;
                let scheme = self.get("defaultendpointsprotocol").unwrap_or("https");
                let suffix = self.get("endpointsuffix").unwrap_or("core.windows.net");
                format!("{scheme}://{account}.{service}.{suffix}")
            }
        };
        // A trailing slash would double when container names are appended.
        let url = Url::parse(text.trim_end_matches('/')).map_err(|_| ParseError::Endpoint(name))?;
        if url.has_host() && url.scheme().starts_with("http") {
            Ok(url)
        } else {
            Err(ParseError::Endpoint(name))
        }
    }

    fn proof(&self) -> Result<Proof, ParseError> {
        if let Some(signature) = self.get("sharedaccesssignature") {
            return Ok(Proof::Signature(signature.trim_start_matches('?').to_owned()));
        }
        let key = self.get("accountkey").ok_or(ParseError::Missing("AccountKey"))?;
        let account = self.get("accountname").ok_or(ParseError::Missing("AccountName"))?;
        Ok(Proof::Key { account: account.to_owned(), key: key.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_name_and_key_give_the_public_endpoints() {
        let read = ConnectionString::parse(
            "DefaultEndpointsProtocol=https;AccountName=pi;AccountKey=a2V5==;EndpointSuffix=core.windows.net",
        )
        .unwrap();
        assert_eq!(read.blob.as_str(), "https://pi.blob.core.windows.net/");
        assert_eq!(read.queue.as_str(), "https://pi.queue.core.windows.net/");
        assert!(read.proof == Proof::Key { account: "pi".into(), key: "a2V5==".into() });
    }

    #[test]
    fn the_emulator_has_a_short_form_and_a_form_with_ports() {
        let short = ConnectionString::parse("UseDevelopmentStorage=true").unwrap();
        let long = ConnectionString::parse(&ConnectionString::for_emulator(10000, 10001)).unwrap();
        assert!(short == long);
        assert_eq!(short.queue.as_str(), "http://127.0.0.1:10001/devstoreaccount1");
    }

    #[test]
    fn a_signature_needs_endpoints_but_no_account_name() {
        let read = ConnectionString::parse(
            "BlobEndpoint=https://pi.blob.core.windows.net/;QueueEndpoint=https://pi.queue.core.windows.net;SharedAccessSignature=?sv=1&sig=x%3D",
        )
        .unwrap();
        assert!(read.proof == Proof::Signature("sv=1&sig=x%3D".into()));
    }

    #[test]
    fn what_is_wrong_is_named_without_repeating_the_key() {
        assert_eq!(ConnectionString::parse("AccountName=pi"), Err(ParseError::Missing("AccountKey")));
        assert_eq!(ConnectionString::parse("AccountKey=k"), Err(ParseError::Missing("AccountName")));
        assert_eq!(ConnectionString::parse("AccountName=pi;nonsense"), Err(ParseError::Malformed(2)));
        let bad = "AccountName=pi;AccountKey=k;BlobEndpoint=pi.blob";
        assert_eq!(ConnectionString::parse(bad), Err(ParseError::Endpoint("BlobEndpoint")));
        assert!(!format!("{:?}", ConnectionString::parse("UseDevelopmentStorage=true")).contains("Eby8"));
    }
}
