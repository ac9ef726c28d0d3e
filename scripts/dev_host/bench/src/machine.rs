//! Where the numbers come from: they mean nothing without the machine.

use anyhow::Result;
use launcher::project::Project;
use launcher::services::postgres_programs::Programs;
use std::fs;
use std::process::Command;

/// The machine and the versions, a line each.
///
/// # Errors
/// When the package is not there.
pub fn describe(project: &Project, programs: &Programs) -> Result<Vec<String>> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let cpu =
        field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "an unnamed processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kilobytes = field(&read("/proc/meminfo"), "MemTotal");
    let kilobytes =
        kilobytes.and_then(|text| text.trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0);
    let load = read("/proc/loadavg");
    let load = load.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    let handler = fs::metadata(project.package().join("handler"))?.len();
    let azurite = read(&project.npm_file("azurite/package.json")?.display().to_string());
    let azurite: serde_json::Value = serde_json::from_str(&azurite).unwrap_or_default();
    Ok(vec![
        format!(
            "{cpu}, {cores} cores, {:.1} GB of memory, Linux {}",
            kilobytes / 1e6,
            read("/proc/sys/kernel/osrelease").trim()
        ),
        format!(
            "load average at the start {load}; load generator, host, Postgres and Azurite share the machine"
        ),
        format!(
            "{}; Azurite {} in memory; Node {}; {}",
            said(programs.program("postgres").as_os_str(), "--version"),
            azurite["version"].as_str().unwrap_or("?"),
            said("node".as_ref(), "--version"),
            said("rustc".as_ref(), "--version"),
        ),
        format!(
            "the package's handler has {:.1} MB; {} on top of commit {}",
            handler as f64 / 1e6,
            changes(project),
            commit(project)
        ),
    ])
}

fn said(program: &std::ffi::OsStr, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    output.map_or_else(|_| "?".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn git(project: &Project, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(project.root()).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn commit(project: &Project) -> String {
    git(project, &["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "unknown".to_owned())
}

fn changes(project: &Project) -> &'static str {
    match git(project, &["status", "--porcelain", "--untracked-files=no"]) {
        Some(text) if text.is_empty() => "nothing",
        Some(_) => "uncommitted changes",
        None => "an unknown state",
    }
}
