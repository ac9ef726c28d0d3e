//! A small project is packed, and everything that would fail in Azure is found before.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use packager::{archive, layout, verify};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const HOST: &str =
    r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "handler"}}}"#;
const HTTP: &str = r#"{"bindings": [{"type": "httpTrigger", "direction": "in", "name": "req"},
                                    {"type": "http", "direction": "out", "name": "res"}]}"#;

/// A project in a temporary folder, removed at the end.
struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("pi-package-{name}-{}", std::process::id()));
        fs::create_dir_all(root.join("functions/court_screen")).unwrap();
        fs::create_dir_all(root.join("functions/shared")).unwrap();
        fs::write(root.join("host.json"), HOST).unwrap();
        fs::write(root.join("functions/court_screen/function.json"), HTTP).unwrap();
        fs::write(root.join("functions/court_screen/mod.rs"), "//! not deployed").unwrap();
        fs::write(root.join("executable"), static_executable()).unwrap();
        Self(root)
    }

    fn lay_out(&self) -> PathBuf {
        let package = self.0.join("package");
        layout::lay_out(&self.0, &self.0.join("executable"), &package).unwrap();
        package
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// The head of a static x86-64 executable: enough for the verification.
fn static_executable() -> Vec<u8> {
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(64, 0);
    file[18] = 62;
    file
}

fn only_fault(package: &Path) -> String {
    let faults = verify::faults(package);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.into_iter().next().unwrap()
}

#[test]
fn a_package_holds_the_host_s_settings_the_functions_and_the_executable_alone() {
    let project = Project::new("good");
    let package = project.lay_out();
    assert_eq!(verify::faults(&package), Vec::<String>::new());
    assert!(!package.join("shared").exists() && !package.join("court_screen/mod.rs").exists());

    fs::write(package.join("local.settings.json"), "{}").unwrap();
    assert!(only_fault(&package).contains("does not belong"));
    project.lay_out();
    assert!(verify::faults(&package).is_empty(), "a second staging starts clean");
}

#[test]
fn the_zip_keeps_the_modes_and_is_the_same_twice() {
    let project = Project::new("zip");
    let package = project.lay_out();
    let [first, second] = ["first.zip", "second.zip"].map(|name| project.0.join(name));
    archive::pack(&package, &first).unwrap();
    archive::pack(&package, &second).unwrap();
    assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap());

    let mut zip = zip::ZipArchive::new(fs::File::open(&first).unwrap()).unwrap();
    let names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["court_screen/function.json", "handler", "host.json"]);
    assert_eq!(zip.by_name("handler").unwrap().unix_mode().unwrap() & 0o777, 0o755);
}

#[test]
fn a_host_json_that_stops_the_host_is_refused() {
    let project = Project::new("host");
    for (bad, hint) in [
        (HOST.replace("2.0", "1.0"), "version"),
        (HOST.replace("\"handler\"", "\"./handler\""), "defaultExecutablePath"),
        (
            HOST.replace(
                "\"customHandler\": {",
                r#""customHandler": {"http": {"routes": [{"route": "a"}]}, "#,
            ),
            "routes",
        ),
        ("{".to_owned(), "JSON"),
    ] {
        fs::write(project.0.join("host.json"), bad).unwrap();
        let fault = only_fault(&project.lay_out());
        assert!(fault.contains(hint), "{fault}");
    }
}

#[test]
fn an_executable_that_would_not_start_is_refused() {
    let project = Project::new("executable");
    let package = project.lay_out();
    fs::set_permissions(package.join("handler"), PermissionsExt::from_mode(0o644)).unwrap();
    assert!(only_fault(&package).contains("mode 644"));
    fs::write(project.0.join("executable"), "#!/bin/sh").unwrap();
    assert!(only_fault(&project.lay_out()).contains("ELF"));
}

#[test]
fn a_function_the_host_would_refuse_is_refused_here() {
    let project = Project::new("function");
    let bad = project.0.join("functions/court-screen");
    fs::rename(project.0.join("functions/court_screen"), &bad).unwrap();
    assert!(only_fault(&project.lay_out()).contains("hyphen"));
    fs::rename(&bad, project.0.join("functions/court_screen")).unwrap();
    fs::write(project.0.join("functions/court_screen/function.json"), r#"{"bindings": []}"#).unwrap();
    assert!(only_fault(&project.lay_out()).contains("0 triggers"));
}
