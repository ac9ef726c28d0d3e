//! Everything that must be true of a package before it is deployed or run.

use crate::functions::{binding_faults, name_fault};
use crate::layout::{OPEN, READABLE};
use crate::{EXECUTABLE, FUNCTION_JSON, HOST_JSON, elf};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The faults of the package in this folder, as sentences; none if it is good.
#[must_use]
pub fn faults(package: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(package) else {
        return vec![format!("{} is not there", package.display())];
    };
    let mut faults = host_faults(package);
    faults.extend(executable_faults(package));
    let mut functions = 0;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            functions += 1;
            faults.extend(function_faults(&path, &name));
        } else if name != HOST_JSON && name != EXECUTABLE {
            faults.push(format!("{name} does not belong in the package"));
        }
    }
    if functions == 0 {
        faults.push("it has no functions".into());
    }
    faults
}

fn host_faults(package: &Path) -> Vec<String> {
    let host = match json(&package.join(HOST_JSON)) {
        Ok(host) => host,
        Err(fault) => return vec![fault],
    };
    let mut faults = Vec::new();
    if host["version"] != "2.0" {
        faults.push(r#"host.json: version must be "2.0", or the host runs nothing"#.to_owned());
    }
    let handler = &host["customHandler"];
    if handler["description"]["defaultExecutablePath"] != EXECUTABLE {
        faults.push(format!("host.json: defaultExecutablePath must be {EXECUTABLE:?}, without ./"));
    }
    if !handler["http"]["routes"].is_null() {
        faults.push("host.json: customHandler.http.routes makes the host refuse every function.json".into());
    }
    faults.extend(mode_fault(&package.join(HOST_JSON), READABLE));
    faults
}

fn executable_faults(package: &Path) -> Vec<String> {
    let path = package.join(EXECUTABLE);
    let Ok(file) = fs::read(&path) else { return vec![format!("{EXECUTABLE} is missing")] };
    let mut faults: Vec<_> =
        elf::faults(&file).into_iter().map(|fault| format!("{EXECUTABLE}: {fault}")).collect();
    faults.extend(mode_fault(&path, OPEN));
    faults
}

fn function_faults(folder: &Path, name: &str) -> Vec<String> {
    let mut faults: Vec<_> = name_fault(name).into_iter().collect();
    let path = folder.join(FUNCTION_JSON);
    match json(&path) {
        Ok(function) => faults.extend(binding_faults(name, &function)),
        Err(fault) => faults.push(fault),
    }
    faults.extend(mode_fault(&path, READABLE));
    let strangers = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    for stranger in strangers.filter(|file| file != FUNCTION_JSON) {
        faults.push(format!("{name}/{} does not belong in the package", stranger.to_string_lossy()));
    }
    faults
}

fn json(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|_| format!("{} is missing", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{} is not JSON: {error}", path.display()))
}

fn mode_fault(path: &Path, wanted: u32) -> Option<String> {
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode != wanted).then(|| format!("{} has mode {mode:o}, not {wanted:o}", path.display()))
}
