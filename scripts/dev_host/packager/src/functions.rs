//! What the host demands of a function's folder name and bindings, and what this project adds.

use serde_json::Value;

/// The longest name the host accepts.
const LONGEST_NAME: usize = 128;

/// What is wrong with a function's name.
#[must_use]
pub fn name_fault(name: &str) -> Option<String> {
    let fault = if name == "host" {
        "the host keeps this name for itself"
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.len() > LONGEST_NAME {
        "a name starts with a letter and has at most 128 characters"
    } else if name.contains('-') {
        "a function with a hyphen in its name cannot be disabled on Linux"
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        "a name has only letters, digits and underscores"
    } else {
        return None;
    };
    Some(format!("{name}: {fault}"))
}

/// What is wrong with a function.json.
#[must_use]
pub fn binding_faults(name: &str, function: &Value) -> Vec<String> {
    let empty = Vec::new();
    let bindings = function["bindings"].as_array().unwrap_or(&empty);
    let kind = |binding: &Value| binding["type"].as_str().unwrap_or_default().to_owned();
    let triggers: Vec<_> =
        bindings.iter().filter(|b| kind(b).to_ascii_lowercase().ends_with("trigger")).collect();
    let mut faults = Vec::new();
    if triggers.len() != 1 {
        faults.push(format!("it has {} triggers, not one", triggers.len()));
    }
    if function.get("scriptFile").is_some() {
        faults.push("scriptFile would have to exist in the package: leave it out".into());
    }
    for (index, binding) in bindings.iter().enumerate() {
        let own = binding["name"].as_str().unwrap_or_default();
        if !is_binding_name(own) {
            faults.push(format!("the binding name {own:?} is not a letter followed by letters and digits"));
        }
        if bindings[..index].iter().any(|earlier| earlier["name"] == binding["name"]) {
            faults.push(format!("two bindings are named {own:?}"));
        }
        if !matches!(binding["direction"].as_str(), Some("in" | "out")) {
            faults.push(format!("the binding {own:?} has no direction in or out"));
        }
    }
    for trigger in triggers {
        if kind(trigger).eq_ignore_ascii_case("blobTrigger") && trigger["source"] != "EventGrid" {
            faults
                .push("a blob trigger needs \"source\": \"EventGrid\": the Flex plan has no polling".into());
        }
        if trigger["direction"] == "out" {
            faults.push("its trigger has the direction out".into());
        }
    }
    faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
}

fn is_binding_name(name: &str) -> bool {
    name == "$return"
        || (name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_the_host_cannot_serve_or_disable_are_refused() {
        for good in ["court_screen", "a1", "Portal"] {
            assert_eq!(name_fault(good), None);
        }
        let long = "a".repeat(129);
        for bad in ["host", "1st", "court-screen", "court screen", "llys_ŵ", &long] {
            assert!(name_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_function_has_exactly_one_trigger() {
        let http = json!({"type": "httpTrigger", "direction": "in", "name": "req"});
        let out = json!({"type": "http", "direction": "out", "name": "res"});
        assert!(binding_faults("a", &json!({"bindings": [http, out]})).is_empty());
        assert_eq!(binding_faults("a", &json!({"bindings": [out]})).len(), 1);
        let second = json!({"type": "timerTrigger", "direction": "in", "name": "timer"});
        assert_eq!(
            binding_faults("a", &json!({"bindings": [http, second]})),
            ["a: it has 2 triggers, not one"]
        );
        assert!(!binding_faults("a", &json!({})).is_empty());
    }

    #[test]
    fn a_polling_blob_trigger_and_doubled_names_are_refused() {
        let blob = json!({"type": "blobTrigger", "direction": "in", "name": "blob", "path": "c/{name}"});
        assert!(binding_faults("a", &json!({"bindings": [blob]}))[0].contains("EventGrid"));
        let http = json!({"type": "httpTrigger", "direction": "in", "name": "x"});
        let out = json!({"type": "http", "direction": "out", "name": "x"});
        assert!(binding_faults("a", &json!({"bindings": [http, out]}))[0].contains("two bindings"));
        let odd = json!({"type": "httpTrigger", "direction": "inout", "name": "my_req"});
        assert_eq!(binding_faults("a", &json!({"bindings": [odd]})).len(), 2);
    }
}
