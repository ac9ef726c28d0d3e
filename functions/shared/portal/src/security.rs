//! The security headers of every response: pages, assets, API, redirects and errors.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

/// Browser features no page uses.
const FEATURES: [&str; 18] = [
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
];

/// What differs between environments.
#[derive(Debug, Clone, Default)]
pub struct SecuritySettings {
    /// The service is reached over HTTPS, so plain requests are upgraded.
    pub https: bool,
    /// Origins a form may be redirected to: the identity providers, `https://login.example`.
    pub form_targets: Vec<String>,
    /// Where browsers report what the policy has blocked.
    pub report_url: Option<String>,
}

/// The headers, made once.
#[derive(Debug, Clone)]
pub struct SecurityHeaders {
    /// Set whatever the handler says.
    fixed: Arc<[(HeaderName, HeaderValue)]>,
    /// Set unless the handler has: a feed may be read across origins, an uploaded file has a stricter policy.
    defaults: Arc<[(HeaderName, HeaderValue)]>,
}

/// A setting that cannot stand in a header.
#[derive(Debug, thiserror::Error)]
#[error("the setting \"{value}\" cannot stand in a security header")]
pub struct InvalidSetting {
    /// The offending value.
    pub value: String,
}

impl SecurityHeaders {
    /// The headers for these settings.
    ///
    /// # Errors
    /// When a form target or the report address would break out of its place in a header.
    pub fn new(settings: &SecuritySettings) -> Result<Self, InvalidSetting> {
        for value in settings.form_targets.iter().chain(&settings.report_url) {
            let foul = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ';' | ',' | '"' | '\'');
            if value.is_empty() || value.contains(foul) || !value.is_ascii() {
                return Err(InvalidSetting { value: value.clone() });
            }
        }
        let mut fixed = vec![
            (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains; preload".to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (header::REFERRER_POLICY, "no-referrer".to_owned()),
            (
                HeaderName::from_static("permissions-policy"),
                FEATURES.map(|name| format!("{name}=()")).join(", "),
            ),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin".to_owned()),
        ];
        if let Some(url) = &settings.report_url {
            fixed.push((HeaderName::from_static("reporting-endpoints"), format!("csp=\"{url}\"")));
        }
        let defaults = vec![
            (header::CONTENT_SECURITY_POLICY, content_security_policy(settings)),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin".to_owned()),
            (header::CACHE_CONTROL, "no-store".to_owned()),
            (HeaderName::from_static("x-robots-tag"), "noindex".to_owned()),
        ];
        Ok(Self { fixed: values(fixed)?, defaults: values(defaults)? })
    }

    /// Puts the headers on a response and takes off those that name the software.
    pub fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in self.fixed.iter() {
            headers.insert(name, value.clone());
        }
        for (name, value) in self.defaults.iter() {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        headers.remove(header::SERVER);
        headers.remove("x-powered-by");
    }

    /// Puts the headers on every response of a router, its fallbacks and errors included.
    pub fn protect<S: Clone + Send + Sync + 'static>(self, router: Router<S>) -> Router<S> {
        router.layer(middleware::map_response(move |mut response: Response| {
            let headers = self.clone();
            async move {
                headers.apply(response.headers_mut());
                response
            }
        }))
    }
}

fn values(headers: Vec<(HeaderName, String)>) -> Result<Arc<[(HeaderName, HeaderValue)]>, InvalidSetting> {
    let value = |(name, text): (HeaderName, String)| match HeaderValue::try_from(&text) {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(InvalidSetting { value: text }),
    };
    headers.into_iter().map(value).collect()
}

/// Nothing is allowed but our own files; the one inline script, GOV.UK Frontend's, is allowed by its hash.
fn content_security_policy(settings: &SecuritySettings) -> String {
    let script = BASE64.encode(Sha256::digest(govuk::inline_script()));
    let mut policy = vec![
        "default-src 'none'".to_owned(),
        format!("script-src 'self' 'sha256-{script}'"),
        "style-src 'self'".to_owned(),
        "img-src 'self'".to_owned(),
        "font-src 'self'".to_owned(),
        "manifest-src 'self'".to_owned(),
        "connect-src 'self'".to_owned(),
        format!(
            "form-action {}",
            ["'self'"]
                .into_iter()
                .chain(settings.form_targets.iter().map(String::as_str))
                .collect::<Vec<_>>()
                .join(" ")
        ),
        "frame-ancestors 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        "object-src 'none'".to_owned(),
    ];
    if settings.https {
        policy.push("upgrade-insecure-requests".to_owned());
    }
    if settings.report_url.is_some() {
        policy.push("report-to csp".to_owned());
    }
    policy.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_providers_may_receive_forms_and_nothing_else_changes() {
        let settings = SecuritySettings {
            https: true,
            form_targets: vec!["https://login.example".to_owned()],
            report_url: Some("https://reports.example/csp".to_owned()),
        };
        let policy = content_security_policy(&settings);
        assert!(policy.contains("form-action 'self' https://login.example;"));
        assert!(policy.ends_with("upgrade-insecure-requests; report-to csp"));
        assert!(!policy.contains("unsafe"));
    }

    #[test]
    fn a_setting_cannot_add_a_directive() {
        for value in ["https://a.example; script-src *", "", "https://a.example b", "https://é.example"] {
            let settings = SecuritySettings { form_targets: vec![value.to_owned()], ..Default::default() };
            assert!(SecurityHeaders::new(&settings).is_err(), "{value}");
        }
    }
}
