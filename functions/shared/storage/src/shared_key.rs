//! `SharedKey` authorisation: each attempt is signed with the account's key.
//!
//! Rules: Microsoft's "Authorize with Shared Key", version 2015-02-21 and later (an empty body signs an empty length).

use azure_core::credentials::Secret;
use azure_core::hmac::hmac_sha256;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Method, Request};
use azure_core::time::{OffsetDateTime, to_rfc7231};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// A pipeline step that dates and signs requests. It belongs among the per-try policies,
/// because a repeated attempt needs a fresh date.
#[derive(Debug)]
pub struct SharedKey {
    account: String,
    key: Secret,
}

impl SharedKey {
    /// Signs for `account` with its base64 `key`.
    #[must_use]
    pub fn new(account: impl Into<String>, key: impl Into<String>) -> Self {
        Self { account: account.into(), key: Secret::new(key.into()) }
    }

    /// The text whose signature proves the request.
    fn text_to_sign(&self, request: &Request) -> String {
        let header = |name: &'static str| request.headers().get_optional_str(&name.into()).unwrap_or("");
        let length = request.body().len().filter(|length| *length > 0).map(|length| length.to_string());
        let standard = [
            method_name(request.method()),
            header("content-encoding"),
            header("content-language"),
            length.as_deref().unwrap_or(""),
            header("content-md5"),
            header("content-type"),
            "", // the date travels in x-ms-date
            header("if-modified-since"),
            header("if-match"),
            header("if-none-match"),
            header("if-unmodified-since"),
            header("range"),
        ];
        format!("{}\n{}{}", standard.join("\n"), storage_headers(request), self.resource(request))
    }

    /// Account, path as sent, and the query parameters in order, decoded.
    fn resource(&self, request: &Request) -> String {
        let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in request.url().query_pairs() {
            parameters.entry(name.to_lowercase()).or_default().push(value.into_owned());
        }
        let mut text = format!("/{}{}", self.account, request.url().path());
        for (name, mut values) in parameters {
            values.sort();
            write!(text, "\n{name}:{}", values.join(",")).expect("writing to a String does not fail");
        }
        text
    }
}

/// The `x-ms-` headers, one a line, in order of their names.
fn storage_headers(request: &Request) -> String {
    let headers: BTreeMap<&str, &str> = request
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("x-ms-"))
        .map(|(name, value)| (name.as_str(), value.as_str().trim()))
        .collect();
    headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect()
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Delete => "DELETE",
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Patch => "PATCH",
        Method::Post => "POST",
        Method::Put => "PUT",
        _ => "",
    }
}

#[async_trait::async_trait]
impl Policy for SharedKey {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        request.insert_header("x-ms-date", to_rfc7231(&OffsetDateTime::now_utc()));
        let signature = hmac_sha256(&self.text_to_sign(request), &self.key)?;
        request.insert_header("authorization", format!("SharedKey {}:{signature}", self.account));
        let (following, rest) = next.split_first().expect("the transport always follows a per-try policy");
        following.send(ctx, request, rest).await
    }
}
