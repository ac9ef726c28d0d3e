//! pi-package: lays out the deployable package in target/package, verifies it, and zips it beside.

use anyhow::{Context, Result, bail};
use packager::{archive, layout, verify};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match stage() {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("pi-package: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn stage() -> Result<String> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [root, executable, package] = arguments.as_slice() else {
        bail!("usage: pi-package PROJECT_FOLDER EXECUTABLE PACKAGE_FOLDER");
    };
    layout::lay_out(root, executable, package)?;
    let faults = verify::faults(package);
    if !faults.is_empty() {
        bail!("the package must not be deployed:\n  {}", faults.join("\n  "));
    }
    let zip = package.with_extension("zip");
    let bytes = archive::pack(package, &zip).context("the package cannot be zipped")?;
    Ok(format!("{} and {} ({:.1} MB)", package.display(), zip.display(), bytes as f64 / 1e6))
}
