//! Where servers keep their files: beside the scripts, or in the temporary folder when they cannot be there.

use super::account::Account;
use crate::project::Project;
use crate::throw_away::{MEMORY, PREFIX};
use crate::watchdog::{Watchdog, unique};
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// How many bytes must be free in memory for it to be used.
const ROOM: u64 = 4 * 1024 * 1024 * 1024;

/// A folder for servers' data, held by one run at a time.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    _lock: Option<File>,
}

impl Store {
    /// The folder that is kept between starts. `fresh` empties it first.
    ///
    /// # Errors
    /// When it cannot be made, or another run holds it.
    pub fn kept(project: &Project, account: Option<Account>, fresh: bool) -> Result<Self> {
        let folder = kept_folder(project, account)?;
        create(&folder, 0o755)?;
        let lock = File::create(folder.join("lock")).context("the data folder cannot be written")?;
        if lock.try_lock().is_err() {
            bail!(
                "another scripts/run of this checkout is running; stop it first (its data are in {})",
                folder.display()
            );
        }
        if fresh {
            empty(&folder)?;
        }
        Ok(Self { folder, _lock: Some(lock) })
    }

    /// A folder that vanishes at the end of the run.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn thrown_away(watchdog: &Watchdog) -> Result<Self> {
        Self::for_one_run(&std::env::temp_dir(), watchdog)
    }

    /// The same, in memory where there is plenty of it: making and removing a database for each test is then a matter of
    /// milliseconds.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn in_memory(watchdog: &Watchdog) -> Result<Self> {
        let has_room = rustix::fs::statvfs(MEMORY)
            .is_ok_and(|memory| memory.f_bavail.saturating_mul(memory.f_frsize) >= ROOM);
        if has_room && let Ok(store) = Self::for_one_run(Path::new(MEMORY), watchdog) {
            return Ok(store);
        }
        Self::thrown_away(watchdog)
    }

    fn for_one_run(place: &Path, watchdog: &Watchdog) -> Result<Self> {
        let folder = place.join(format!("{PREFIX}{}-{}", std::process::id(), unique()));
        create(&folder, 0o755)?;
        watchdog.remove_at_end(&folder);
        Ok(Self { folder, _lock: None })
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A sub-folder, given to `account` when there is one.
    ///
    /// # Errors
    /// When it cannot be made or given away.
    pub fn subfolder(&self, name: &str, account: Option<Account>) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        create(&folder, 0o700)?;
        if let Some(account) = account {
            chown(&folder, Some(account.uid), Some(account.gid))
                .with_context(|| format!("{} cannot be given to Postgres's user", folder.display()))?;
        }
        Ok(folder)
    }

    /// Removes the folder and all in it.
    pub fn remove(self) {
        // The watchdog tries again when this process ends.
        let _ignored = std::fs::remove_dir_all(&self.folder);
    }
}

/// `scripts/.data`, unless this user cannot write there or Postgres's user cannot reach it.
fn kept_folder(project: &Project, account: Option<Account>) -> Result<PathBuf> {
    let usual = project.root().join("scripts/.data");
    let reachable = account.is_none_or(|account| account.can_reach(&usual));
    let writable = std::fs::create_dir_all(&usual).is_ok() && File::create(usual.join("lock")).is_ok();
    if reachable && writable { Ok(usual) } else { temporary_folder(project.root()) }
}

/// A folder in the temporary one that belongs to this checkout and this user.
///
/// # Errors
/// When it cannot be made, or somebody else made it: its name can be guessed.
pub fn temporary_folder(root: &Path) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    let user = rustix::process::geteuid().as_raw();
    let folder = std::env::temp_dir().join(format!("pi-data-{user}-{:016x}", hasher.finish()));
    let made = std::fs::create_dir(&folder);
    let meta =
        std::fs::symlink_metadata(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    if !meta.is_dir() || meta.uid() != user {
        bail!("{} belongs to somebody else; remove it, or set TMPDIR to another folder", folder.display());
    }
    if made.is_ok() {
        create(&folder, 0o755)?;
    }
    Ok(folder)
}

fn create(folder: &Path, mode: u32) -> Result<()> {
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::set_permissions(folder, PermissionsExt::from_mode(mode)))
        .with_context(|| format!("the folder {} cannot be made", folder.display()))
}

fn empty(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)?.flatten().filter(|entry| entry.path().is_dir()) {
        std::fs::remove_dir_all(entry.path())
            .with_context(|| format!("{} cannot be removed", entry.path().display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_checkout_has_a_temporary_folder_of_its_own_and_a_stranger_s_is_refused() {
        let name = format!("/no/such/checkout/{}", std::process::id());
        let folder = temporary_folder(Path::new(&name)).expect("made");
        assert_eq!(temporary_folder(Path::new(&name)).expect("found again"), folder);
        std::fs::remove_dir(&folder).expect("ours");

        std::os::unix::fs::symlink("/", &folder).expect("a stranger could do this");
        let refused = temporary_folder(Path::new(&name)).is_err();
        std::fs::remove_file(&folder).expect("ours");
        assert!(refused);
    }
}
