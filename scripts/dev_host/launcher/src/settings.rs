//! The app settings of a run: those of local.settings.sample.json, with what this run decides put in their place.

use crate::project::Project;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use url::Url;

/// App settings by name.
pub type Settings = BTreeMap<String, String>;

/// The app's own database login; the migration makes it. Its password guards nothing: the server trusts this machine.
const APP_LOGIN: (&str, &str) = ("pi_handler", "local-only");
/// Variables of the machine that any program may need, and the mark by which the watchdog knows this run's processes.
const MACHINE: [&str; 6] = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", crate::watchdog::MARK];

/// The sample's settings; a variable of the environment with the same name wins.
///
/// # Errors
/// When the sample cannot be read.
pub fn sample(project: &Project) -> Result<Settings> {
    let path = project.root().join("local.settings.sample.json");
    let mut settings = dev_host::read_local_settings(&path).context("the sample settings cannot be used")?;
    for (name, value) in &mut settings {
        if let Ok(chosen) = std::env::var(name) {
            *value = chosen;
        }
    }
    settings.extend(MACHINE.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))));
    Ok(settings)
}

/// The address under which the app reaches a database that `owner_url` reaches as its owner.
///
/// # Errors
/// When it is not a URL.
pub fn app_database_url(owner_url: &str) -> Result<String> {
    let mut url = Url::parse(owner_url).context("DATABASE_URL is not a postgres:// URL")?;
    let (user, password) = APP_LOGIN;
    let set = url.set_username(user).and_then(|()| url.set_password(Some(password)));
    set.ok().context("DATABASE_URL has no host")?;
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_logs_in_under_its_own_name() {
        let app =
            app_database_url("postgres://postgres:secret@127.0.0.1:7075/pi?sslmode=disable").expect("a URL");
        assert_eq!(app, "postgres://pi_handler:local-only@127.0.0.1:7075/pi?sslmode=disable");
        assert!(app_database_url("host=localhost").is_err());
    }

    #[test]
    fn the_sample_is_readable() {
        let settings = sample(&Project::find().expect("a checkout")).expect("a sample");
        assert_eq!(settings["FUNCTIONS_WORKER_RUNTIME"], "custom");
    }
}
