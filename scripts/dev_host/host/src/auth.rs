//! Function keys: who may call what, when the host runs with authorisation.

use crate::function_json::AuthLevel;
use hyper::Request;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The keys a host accepts.
#[derive(Clone)]
pub struct Keys {
    /// Opens every level and the admin API.
    pub master: String,
    /// Opens the level `function` of every function.
    pub host: String,
    /// Opens the level `function` of one function, by its name.
    pub functions: BTreeMap<String, String>,
    /// Opens the Event Grid endpoint of the blob extension.
    pub blobs_extension: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl Keys {
    /// Random keys, and none for single functions.
    #[must_use]
    pub fn generate() -> Self {
        let random = || Uuid::new_v4().simple().to_string();
        Self { master: random(), host: random(), functions: BTreeMap::new(), blobs_extension: random() }
    }

    /// Whether a request may call a function of this level.
    pub(crate) fn admit<B>(&self, request: &Request<B>, level: AuthLevel, function: &str) -> bool {
        let opens_function = |key: &str| {
            key == self.master
                || key == self.host
                || self.functions.get(function).is_some_and(|own| own == key)
        };
        match (level, presented(request)) {
            (AuthLevel::Anonymous, _) => true,
            (_, None) => false,
            (AuthLevel::Function, Some(key)) => opens_function(&key),
            (AuthLevel::Admin, Some(key)) => key == self.master,
        }
    }

    /// Whether a request may use the endpoint of the blob extension.
    pub(crate) fn admit_event<B>(&self, request: &Request<B>) -> bool {
        presented(request).is_some_and(|key| key == self.blobs_extension || key == self.master)
    }
}

/// The key a request shows: the header first, else the query's `code`.
fn presented<B>(request: &Request<B>) -> Option<String> {
    if let Some(header) = request.headers().get("x-functions-key") {
        return header.to_str().ok().map(str::to_owned);
    }
    let query = request.uri().query()?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name.eq_ignore_ascii_case("code"))
        .map(|(_, value)| value.into_owned())
}
