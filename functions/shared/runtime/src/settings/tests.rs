//! The settings against their sample, and what is refused.

use super::*;
use std::collections::BTreeSet;

/// Read by commands alone.
const OF_COMMANDS: [&str; 1] = ["MIGRATOR_DATABASE_URL"];

fn sample() -> BTreeMap<String, String> {
    #[derive(serde::Deserialize)]
    struct Sample {
        #[serde(rename = "Values")]
        values: BTreeMap<String, String>,
    }
    let text = include_str!("../../../../../local.settings.sample.json");
    let mut values = serde_json::from_str::<Sample>(text).expect("the sample is JSON").values;
    values.insert("FUNCTIONS_CUSTOMHANDLER_PORT".to_owned(), "7000".to_owned());
    values
}

#[test]
fn the_sample_starts_the_handler() {
    let settings = Settings::read(&sample()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(settings.identity.publishers["hmi"].len(), 4);
}

/// Where settings are read: by the handler, and by its commands.
const CODE: [&str; 2] = [include_str!("../settings.rs"), include_str!("../../../../commands.rs")];

/// The names that the code reads.
fn names() -> BTreeSet<&'static str> {
    let calls =
        ["required(\"", "optional(\"", "secret(\"", "number(\"", "url(\"", "seconds(\"", "NAME: &str = \""];
    let after = |code: &'static str, call: &'static str| code.split(call).skip(1);
    CODE.into_iter()
        .flat_map(|code| calls.into_iter().flat_map(move |call| after(code, call)))
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn every_variable_the_code_reads_is_in_the_sample() {
    for name in names() {
        assert!(sample().contains_key(name), "{name} is not in local.settings.sample.json");
    }
    assert!(names().contains("MIGRATOR_DATABASE_URL") && names().contains("PiStorage__queueServiceUri"));
}

#[test]
fn every_variable_of_the_sample_is_read_by_the_code_or_the_host() {
    const HOST: [&str; 4] = [
        "FUNCTIONS_WORKER_RUNTIME",
        "AzureWebJobsStorage",
        "AzureWebJobsDisableHomepage",
        "SUBSCRIPTION_DISPATCH_SCHEDULE",
    ];
    for name in sample().keys().filter(|name| !HOST.contains(&name.as_str())) {
        assert!(names().contains(name.as_str()), "{name} is read by nobody");
    }
}

#[test]
fn any_setting_that_is_an_unresolved_key_vault_reference_stops_the_start() {
    let reference = "@Microsoft.KeyVault(SecretUri=https://pi.vault.azure.net/secrets/some-secret)";
    for name in names() {
        let values = BTreeMap::from([(name.to_owned(), reference.to_owned())]);
        let refusal = Source(&values).required(name).expect_err("a reference is no value");
        assert!(refusal.to_string().contains("Key Vault"), "{refusal}");
        assert!(!refusal.to_string().contains("vault.azure.net"), "{refusal}");
        if OF_COMMANDS.contains(&name) {
            continue;
        }
        let mut values = sample();
        values.insert(name.to_owned(), reference.to_owned());
        assert_eq!(Settings::read(&values).err(), Some(refusal));
    }
}

#[test]
fn a_wrong_value_names_its_setting_and_not_itself() {
    for (name, value) in
        [("DATABASE_CONNECTIONS", "many"), ("SUBSCRIPTION_DISPATCH_HOUR", "24"), ("PUBLIC_BASE_URL", "/")]
    {
        let mut values = sample();
        values.insert(name.to_owned(), value.to_owned());
        assert_eq!(Settings::read(&values).err().map(|error| error.name), Some(name));
    }
}
