//! Where things lie in the checkout, wherever the command was started from.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// A checkout of this project.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The checkout this executable was built in, or else the one around the current directory.
    ///
    /// # Errors
    /// When neither is inside a checkout.
    pub fn find() -> Result<Self> {
        let starts = [std::env::current_exe(), std::env::current_dir()];
        let root = starts.iter().flatten().flat_map(|start| start.ancestors()).find(|dir| is_root(dir));
        match root {
            Some(root) => Ok(Self { root: root.to_owned() }),
            None => {
                bail!("this is not a checkout of the project: no folder above holds scripts/package.json")
            }
        }
    }

    /// The top folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The installed npm packages.
    #[must_use]
    pub fn node_modules(&self) -> PathBuf {
        self.root.join("scripts/node_modules")
    }

    /// The data of the demonstration, as files.
    #[must_use]
    pub fn demo(&self) -> PathBuf {
        self.root.join("scripts/demo")
    }

    /// The deployable package that `scripts/stage` lays out.
    #[must_use]
    pub fn package(&self) -> PathBuf {
        self.root.join("target/package")
    }

    /// What a running instance tells about itself; emptied at each start.
    #[must_use]
    pub fn run_folder(&self) -> PathBuf {
        self.root.join("target/run")
    }

    /// An npm package's file, or the advice to install it.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn npm_file(&self, path: &str) -> Result<PathBuf> {
        let file = self.node_modules().join(path);
        file.try_exists()
            .ok()
            .filter(|exists| *exists)
            .with_context(|| format!("scripts/node_modules/{path} is missing: run scripts/install"))?;
        Ok(file)
    }
}

fn is_root(dir: &Path) -> bool {
    dir.join("Cargo.toml").is_file() && dir.join("scripts/package.json").is_file()
}

/// Finds a program on the PATH.
#[must_use]
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_is_found_from_the_test_executable() {
        let project = Project::find().expect("the tests run in a checkout");
        assert!(project.root().join("scripts/dev_host/launcher").is_dir());
    }

    #[test]
    fn a_missing_npm_package_names_the_remedy() {
        let project = Project::find().expect("the tests run in a checkout");
        let error = project.npm_file("no-such-package/index.js").expect_err("it is not there");
        assert!(error.to_string().contains("scripts/install"), "{error}");
    }
}
