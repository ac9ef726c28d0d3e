//! host.json: reading, defaults, and the settings that override it.

use crate::error::Error;
use crate::retry::RetryPolicy;
use crate::settings::Settings;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Duration;

/// Settings of this form replace values of host.json: `AzureFunctionsJobHost__section__key`.
const OVERRIDE: &str = "AzureFunctionsJobHost__";

/// What the host takes from host.json.
#[derive(Clone, Debug)]
pub(crate) struct HostJson {
    pub handler: HandlerConfig,
    pub http: HttpConfig,
    pub queues: QueueConfig,
    /// Attempts before a blob's notification is set aside.
    pub poison_blob_threshold: u32,
    /// `None` is unlimited.
    pub function_timeout: Option<Duration>,
    pub retry: Option<RetryPolicy>,
    /// The allow-list of functions.
    pub functions: Option<Vec<String>>,
}

/// How HTTP functions without further bindings reach the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HttpMode {
    Envelope,
    Forward,
    Proxy,
}

/// Section `customHandler`.
#[derive(Clone, Debug)]
pub(crate) struct HandlerConfig {
    pub executable: String,
    pub working_directory: String,
    pub arguments: Vec<String>,
    pub stderr_for_errors_only: bool,
    pub mode: HttpMode,
    pub initialization_timeout: Duration,
    pub port: Option<u16>,
}

/// Section `extensions.http`.
#[derive(Clone, Debug)]
pub(crate) struct HttpConfig {
    pub route_prefix: String,
    pub custom_headers: Vec<(String, String)>,
    pub max_outstanding: Option<usize>,
    pub max_concurrent: Option<usize>,
}

/// Section `extensions.queues`.
#[derive(Clone, Debug)]
pub(crate) struct QueueConfig {
    pub batch_size: usize,
    pub new_batch_threshold: usize,
    pub max_polling_interval: Duration,
    pub max_dequeue_count: u32,
    pub visibility_timeout: Duration,
    pub base64: bool,
}

impl HostJson {
    /// Reads the file in `script_root`, or takes the defaults when there is none.
    pub(crate) fn read(script_root: &Path, settings: &Settings) -> Result<Self, Error> {
        let path = script_root.join("host.json");
        let mut file = match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(text.trim_start_matches('\u{feff}'))
                .map_err(|error| Error::Configuration(format!("host.json is not JSON: {error}")))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => json!({"version": "2.0"}),
            Err(error) => return Err(Error::File { path, reason: error.to_string() }),
        };
        if file["version"] != "2.0" {
            return Err(Error::Configuration("host.json must say \"version\": \"2.0\"".into()));
        }
        for (name, value) in settings.iter() {
            if let Some(keys) = strip_prefix_ignoring_case(name, OVERRIDE) {
                let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
                put(&mut file, &keys.split("__").collect::<Vec<_>>(), value);
            }
        }
        Self::from_value(&file)
    }

    fn from_value(file: &Value) -> Result<Self, Error> {
        let function_timeout = match find(file, &["functionTimeout"]).map(text) {
            None => Some(Duration::from_secs(30 * 60)),
            Some(unlimited) if unlimited == "-1" => None,
            Some(span) => Some(time_span(&span).ok_or_else(|| bad("functionTimeout"))?),
        };
        Ok(Self {
            handler: HandlerConfig::from_value(file)?,
            http: HttpConfig::from_value(file),
            queues: QueueConfig::from_value(file)?,
            poison_blob_threshold: number(file, &["extensions", "blobs", "poisonBlobThreshold"]).unwrap_or(5),
            function_timeout,
            retry: find(file, &["retry"]).map(RetryPolicy::read).transpose().map_err(|_| bad("retry"))?,
            functions: find(file, &["functions"])
                .and_then(Value::as_array)
                .map(|names| names.iter().map(text).collect()),
        })
    }
}

impl HandlerConfig {
    fn from_value(file: &Value) -> Result<Self, Error> {
        let at = |key: &str| find(file, &["customHandler", key]);
        let description = |key: &str| find(file, &["customHandler", "description", key]);
        let executable = description("defaultExecutablePath").map(text).unwrap_or_default();
        if executable.is_empty() {
            return Err(bad("customHandler.description.defaultExecutablePath"));
        }
        if find(file, &["customHandler", "http", "routes"]).is_some() {
            return Err(Error::Configuration(
                "customHandler.http.routes cannot be combined with function.json files".into(),
            ));
        }
        let mode = if flag(at("enableProxyingHttpRequest"), false) {
            HttpMode::Proxy
        } else if flag(at("enableForwardingHttpRequest"), false) {
            HttpMode::Forward
        } else {
            HttpMode::Envelope
        };
        let timeout = at("initializationTimeout").map(text).unwrap_or_else(|| "00:00:30".into());
        Ok(Self {
            executable,
            working_directory: description("workingDirectory").map(text).unwrap_or_default(),
            arguments: description("arguments")
                .and_then(Value::as_array)
                .map(|all| all.iter().map(text).collect())
                .unwrap_or_default(),
            stderr_for_errors_only: flag(description("useStdErrorStreamForErrorsOnly"), true),
            mode,
            initialization_timeout: time_span(&timeout).ok_or_else(|| bad("initializationTimeout"))?,
            port: number(file, &["customHandler", "port"]),
        })
    }
}

impl HttpConfig {
    fn from_value(file: &Value) -> Self {
        let at = |key: &str| find(file, &["extensions", "http", key]);
        let limit = |key: &str| number::<i64>(file, &["extensions", "http", key]);
        Self {
            route_prefix: at("routePrefix")
                .map_or_else(|| "api".to_owned(), text)
                .trim_matches('/')
                .to_owned(),
            custom_headers: at("customHeaders")
                .and_then(Value::as_object)
                .map(|headers| headers.iter().map(|(name, value)| (name.clone(), text(value))).collect())
                .unwrap_or_default(),
            max_outstanding: limit("maxOutstandingRequests").and_then(|n| usize::try_from(n).ok()),
            max_concurrent: limit("maxConcurrentRequests").and_then(|n| usize::try_from(n).ok()),
        }
    }
}

impl QueueConfig {
    fn from_value(file: &Value) -> Result<Self, Error> {
        let at = |key: &'static str| ["extensions", "queues", key];
        let span = |key: &'static str, default: Duration| match find(file, &at(key)).map(text) {
            Some(written) => time_span(&written).ok_or_else(|| bad(key)),
            None => Ok(default),
        };
        let batch_size = number(file, &at("batchSize")).unwrap_or(16);
        if !(1..=32).contains(&batch_size) {
            return Err(bad("extensions.queues.batchSize (1 to 32)"));
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            batch_size,
            new_batch_threshold: number(file, &at("newBatchThreshold")).unwrap_or(batch_size / 2 * cores),
            max_polling_interval: span("maxPollingInterval", Duration::from_secs(60))?,
            max_dequeue_count: number(file, &at("maxDequeueCount")).unwrap_or(5),
            visibility_timeout: span("visibilityTimeout", Duration::ZERO)?,
            base64: find(file, &at("messageEncoding")).is_none_or(|v| !text(v).eq_ignore_ascii_case("none")),
        })
    }
}

fn bad(what: &str) -> Error {
    Error::Configuration(format!("host.json: {what} is missing or not valid"))
}

/// A value by its keys, which are matched without case.
pub(crate) fn find<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    let Some((first, rest)) = keys.split_first() else { return Some(value) };
    let object = value.as_object()?;
    let (_, inner) = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(first))?;
    find(inner, rest)
}

/// A scalar as text, however it was written.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A truth value, written as such or as text.
pub(crate) fn flag(value: Option<&Value>, default: bool) -> bool {
    value.map_or(default, |value| text(value).eq_ignore_ascii_case("true"))
}

fn number<T: std::str::FromStr>(file: &Value, keys: &[&str]) -> Option<T> {
    text(find(file, keys)?).parse().ok()
}

/// A span such as `00:05:00`, `1.00:00:00` or `00:00:00.250`.
pub(crate) fn time_span(written: &str) -> Option<Duration> {
    let (days, clock) = match written.split_once('.') {
        Some((days, rest)) if rest.contains(':') => (days.parse::<u64>().ok()?, rest),
        _ => (0, written),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let [hours, minutes, seconds] = parts[..] else { return None };
    let whole = days * 86_400 + hours.parse::<u64>().ok()? * 3600 + minutes.parse::<u64>().ok()? * 60;
    let seconds: f64 = seconds.parse().ok().filter(|seconds| (0.0..60.0).contains(seconds))?;
    Some(Duration::from_secs(whole) + Duration::from_secs_f64(seconds))
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Sets a value by its keys, making the objects on the way.
fn put(target: &mut Value, keys: &[&str], value: Value) {
    let Some((first, rest)) = keys.split_first() else {
        *target = value;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let object = target.as_object_mut().expect("it was made an object above");
    let key = object.keys().find(|key| key.eq_ignore_ascii_case(first)).cloned();
    put(object.entry(key.unwrap_or_else(|| (*first).to_owned())).or_insert(Value::Null), rest, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_days_and_fractions() {
        assert_eq!(time_span("00:05:00"), Some(Duration::from_secs(300)));
        assert_eq!(time_span("1.00:00:01"), Some(Duration::from_secs(86_401)));
        assert_eq!(time_span("00:00:00.250"), Some(Duration::from_millis(250)));
        assert_eq!(time_span("five"), None);
    }

    #[test]
    fn a_setting_overrides_a_value_without_regard_to_case() {
        let mut file = json!({"extensions": {"http": {"routePrefix": "api"}}});
        put(&mut file, &["Extensions", "HTTP", "RoutePrefix"], json!(""));
        assert_eq!(file, json!({"extensions": {"http": {"routePrefix": ""}}}));
    }
}
