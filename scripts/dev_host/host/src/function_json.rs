//! function.json: which functions there are, and which of them are in error.

use crate::host_json::{HttpMode, find, flag, text};
use crate::retry::RetryPolicy;
use crate::settings::Settings;
use hyper::Method;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// One function that can run.
#[derive(Debug)]
pub(crate) struct Function {
    pub name: Arc<str>,
    /// The file's content, for the admin API.
    pub config: Value,
    pub trigger: Trigger,
    /// The trigger's binding name.
    pub trigger_name: String,
    pub inputs: Vec<Binding>,
    pub outputs: Vec<Binding>,
    pub retry: Option<RetryPolicy>,
    pub disabled: bool,
}

/// A function the host refuses, with the reason.
#[derive(Clone, Debug)]
pub(crate) struct FunctionError {
    pub name: String,
    pub reason: String,
}

/// What makes a function run.
#[derive(Debug)]
pub(crate) enum Trigger {
    Http(HttpTrigger),
    Timer { schedule: String, run_on_startup: bool, use_monitor: bool },
    Queue { queue: String, connection: String, binary: bool },
    Blob { path: String, connection: String, event_grid: bool },
}

/// An HTTP trigger.
#[derive(Debug)]
pub(crate) struct HttpTrigger {
    /// Without prefix and outer slashes.
    pub route: String,
    /// `None` takes every method.
    pub methods: Option<Vec<Method>>,
    pub level: AuthLevel,
}

/// The key a caller needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthLevel {
    Anonymous,
    Function,
    Admin,
}

/// A binding that is not the trigger.
#[derive(Debug)]
pub(crate) struct Binding {
    pub name: String,
    pub kind: BindingKind,
    /// `dataType` is `binary`.
    pub binary: bool,
}

/// What a binding reads or writes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BindingKind {
    Http,
    Blob { path: String, connection: String },
    Queue { queue: String, connection: String },
}

impl Function {
    /// How its HTTP requests travel: only a bare pair of HTTP bindings is proxied or forwarded.
    pub(crate) fn http_mode(&self, configured: HttpMode) -> HttpMode {
        let bare =
            self.inputs.is_empty() && matches!(&self.outputs[..], [only] if only.kind == BindingKind::Http);
        if bare { configured } else { HttpMode::Envelope }
    }
}

/// Reads every immediate sub-folder with a function.json, in the host's order of names.
pub(crate) fn load(
    script_root: &Path,
    settings: &Settings,
    allowed: Option<&[String]>,
) -> (Vec<Arc<Function>>, Vec<FunctionError>) {
    let mut names: Vec<String> = std::fs::read_dir(script_root)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| script_root.join(name).join("function.json").is_file())
        .filter(|name| allowed.is_none_or(|all| all.iter().any(|one| one.eq_ignore_ascii_case(name))))
        .collect();
    names.sort_by(|a, b| ordinal_ignoring_case(a, b));
    let (mut functions, mut errors) = (Vec::new(), Vec::new());
    for name in names {
        match read(script_root, &name, settings) {
            Ok(function) => functions.push(Arc::new(function)),
            Err(reason) => errors.push(FunctionError { name, reason }),
        }
    }
    (functions, errors)
}

/// Ordinal order of the upper-case forms: `_` sorts after the letters.
fn ordinal_ignoring_case(a: &str, b: &str) -> std::cmp::Ordering {
    a.to_uppercase().encode_utf16().cmp(b.to_uppercase().encode_utf16())
}

fn read(script_root: &Path, name: &str, settings: &Settings) -> Result<Function, String> {
    check_name(name)?;
    let folder = script_root.join(name);
    let file = std::fs::read_to_string(folder.join("function.json")).map_err(|error| error.to_string())?;
    let config: Value = serde_json::from_str(file.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("function.json is not JSON: {error}"))?;
    if let Some(script) = find(&config, &["scriptFile"]).map(text)
        && !folder.join(&script).is_file()
    {
        return Err(format!("the script file {script} does not exist"));
    }
    let bindings =
        find(&config, &["bindings"]).and_then(Value::as_array).ok_or("function.json has no bindings")?;
    check_binding_names(bindings)?;
    let is_trigger = |binding: &&Value| property(binding, "type").to_lowercase().ends_with("trigger");
    let triggers: Vec<&Value> = bindings.iter().filter(is_trigger).collect();
    let [trigger] = triggers[..] else {
        return Err(format!("it has {} triggers instead of one", triggers.len()));
    };
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    for binding in bindings.iter().filter(|binding| !is_trigger(binding)) {
        let out = property(binding, "direction").eq_ignore_ascii_case("out");
        (if out { &mut outputs } else { &mut inputs }).push(read_binding(binding, settings)?);
    }
    Ok(Function {
        name: name.into(),
        trigger: read_trigger(name, trigger, settings)?,
        trigger_name: property(trigger, "name"),
        inputs,
        outputs,
        retry: find(&config, &["retry"]).map(RetryPolicy::read).transpose()?,
        disabled: is_disabled(name, &config, settings),
        config,
    })
}

fn check_name(name: &str) -> Result<(), String> {
    let mut letters = name.chars();
    let valid = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && name.len() <= 128
        && !name.eq_ignore_ascii_case("host");
    if valid { Ok(()) } else { Err("this is not a valid function name".into()) }
}

fn check_binding_names(bindings: &[Value]) -> Result<(), String> {
    let mut seen: Vec<String> = Vec::new();
    for binding in bindings {
        let name = property(binding, "name");
        let mut letters = name.chars();
        let valid = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|c| c.is_ascii_alphanumeric());
        if !valid && name != "$return" {
            return Err(format!("the binding name {name:?} is not valid"));
        }
        if seen.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
            return Err(format!("the binding name {name:?} is used twice"));
        }
        seen.push(name);
    }
    Ok(())
}

fn is_disabled(name: &str, config: &Value, settings: &Settings) -> bool {
    let in_file = match find(config, &["disabled"]).map(text) {
        Some(reference) if reference.starts_with('%') => settings.is_true(reference.trim_matches('%')),
        Some(written) => written.eq_ignore_ascii_case("true"),
        None => false,
    };
    in_file
        || settings.is_true(&format!("AzureWebJobs.{name}.Disabled"))
        || settings.is_true(&format!("AzureWebJobs__{name}__Disabled"))
}

fn read_trigger(name: &str, binding: &Value, settings: &Settings) -> Result<Trigger, String> {
    let connection = connection(binding);
    Ok(match property(binding, "type").to_lowercase().as_str() {
        "httptrigger" => Trigger::Http(read_http(name, binding)?),
        "timertrigger" => Trigger::Timer {
            schedule: settings.expand(&property(binding, "schedule")),
            run_on_startup: flag(find(binding, &["runOnStartup"]), false),
            use_monitor: flag(find(binding, &["useMonitor"]), true),
        },
        "queuetrigger" => Trigger::Queue {
            queue: needed(binding, "queueName", settings)?.to_lowercase(),
            connection,
            binary: is_binary(binding),
        },
        "blobtrigger" => Trigger::Blob {
            path: needed(binding, "path", settings)?,
            connection,
            event_grid: property(binding, "source").eq_ignore_ascii_case("EventGrid"),
        },
        other => return Err(format!("the binding type {other} is unknown")),
    })
}

fn read_http(name: &str, binding: &Value) -> Result<HttpTrigger, String> {
    let written = property(binding, "route");
    let route = if written.trim().is_empty() { name } else { written.trim_matches('/') };
    let lower = route.to_lowercase();
    if lower.starts_with("admin") || lower.starts_with("runtime") {
        return Err(format!("the route {route} conflicts with a built-in route"));
    }
    let methods = find(binding, &["methods"]).and_then(Value::as_array).map(|all| {
        all.iter()
            .filter_map(|method| Method::from_bytes(text(method).to_uppercase().as_bytes()).ok())
            .collect()
    });
    let level = match property(binding, "authLevel").to_lowercase().as_str() {
        "anonymous" => AuthLevel::Anonymous,
        "" | "function" => AuthLevel::Function,
        "admin" => AuthLevel::Admin,
        other => return Err(format!("the authLevel {other} is unknown")),
    };
    Ok(HttpTrigger { route: route.to_owned(), methods, level })
}

fn read_binding(binding: &Value, settings: &Settings) -> Result<Binding, String> {
    let kind = match property(binding, "type").to_lowercase().as_str() {
        "http" => BindingKind::Http,
        "blob" => {
            BindingKind::Blob { path: needed(binding, "path", settings)?, connection: connection(binding) }
        }
        "queue" => BindingKind::Queue {
            queue: needed(binding, "queueName", settings)?.to_lowercase(),
            connection: connection(binding),
        },
        other => return Err(format!("the binding type {other} is unknown")),
    };
    Ok(Binding { name: property(binding, "name"), kind, binary: is_binary(binding) })
}

fn property(binding: &Value, key: &str) -> String {
    find(binding, &[key]).map(text).unwrap_or_default()
}

fn needed(binding: &Value, key: &str, settings: &Settings) -> Result<String, String> {
    let value = settings.expand(&property(binding, key));
    if value.is_empty() { Err(format!("a binding has no {key}")) } else { Ok(value) }
}

fn connection(binding: &Value) -> String {
    let written = property(binding, "connection");
    if written.is_empty() { "AzureWebJobsStorage".into() } else { written }
}

fn is_binary(binding: &Value) -> bool {
    property(binding, "dataType").eq_ignore_ascii_case("binary")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underscores_sort_after_letters_of_either_case() {
        let mut names = ["portal_home", "portalx", "Zeta", "alpha"];
        names.sort_by(|a, b| ordinal_ignoring_case(a, b));
        assert_eq!(names, ["alpha", "portalx", "portal_home", "Zeta"]);
    }

    #[test]
    fn names_of_functions_and_bindings_follow_the_hosts_rules() {
        assert!(check_name("court_screen-2").is_ok());
        assert!(check_name("2screens").is_err());
        assert!(check_name("Host").is_err());
        let twice = [serde_json::json!({"name": "a"}), serde_json::json!({"name": "A"})];
        assert!(check_binding_names(&twice).is_err());
    }
}
