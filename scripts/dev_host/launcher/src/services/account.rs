//! The user under which Postgres runs: it refuses to run as root.

use anyhow::{Context, Result};
use rustix::process::geteuid;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Accounts that root may lend to Postgres, the better one first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// An account of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The user's number.
    pub uid: u32,
    /// Its main group's number.
    pub gid: u32,
}

impl Account {
    /// The account to run Postgres under: none for an ordinary user, an unprivileged one for root.
    ///
    /// # Errors
    /// When root finds no such account on this machine.
    pub fn for_postgres() -> Result<Option<Self>> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        let users = std::fs::read_to_string("/etc/passwd").context("/etc/passwd cannot be read")?;
        CANDIDATES
            .iter()
            .find_map(|name| Self::named(&users, name))
            .map(Some)
            .context("Postgres does not run as root, and this machine has no user postgres or nobody")
    }

    fn named(users: &str, name: &str) -> Option<Self> {
        let mut fields =
            users.lines().map(|line| line.split(':')).find(|f| f.clone().next() == Some(name))?;
        let mut number = |position| fields.nth(position)?.parse().ok();
        Some(Self { uid: number(2)?, gid: number(0)? })
    }

    /// This account can pass through every folder on the way to `path`, and into it where it exists.
    #[must_use]
    pub fn can_reach(self, path: &Path) -> bool {
        path.ancestors().all(|folder| match std::fs::metadata(folder) {
            Ok(meta) => {
                let bits = meta.mode();
                bits & 0o001 != 0
                    || (meta.uid() == self.uid && bits & 0o100 != 0)
                    || (meta.gid() == self.gid && bits & 0o010 != 0)
            }
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str =
        "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:103:,,,:/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn an_account_is_read_from_the_list_of_users() {
        assert_eq!(Account::named(USERS, "postgres"), Some(Account { uid: 101, gid: 103 }));
        assert_eq!(Account::named(USERS, "nobody"), None);
    }

    #[test]
    fn a_private_folder_of_another_user_is_out_of_reach() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("pi-reach-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("inner")).expect("a temporary folder");
        let stranger = Account { uid: 65_000, gid: 65_000 };
        let set = |mode| std::fs::set_permissions(&folder, PermissionsExt::from_mode(mode)).expect("ours");
        set(0o755);
        let open = stranger.can_reach(&folder.join("inner/not-yet-there"));
        set(0o700);
        let closed = stranger.can_reach(&folder.join("inner"));
        std::fs::remove_dir_all(&folder).expect("ours");
        assert_eq!((open, closed), (true, false));
    }
}
