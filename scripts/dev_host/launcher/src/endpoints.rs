//! What a running instance tells scripts about itself: `target/run/endpoints.json`, and `target/run/ready` once all is up.

use crate::project::Project;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The addresses and credentials of a running instance. The names are an interface of this project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// The app.
    pub app: String,
    /// The stand-ins and the dashboard.
    pub standins: String,
    /// Where the demonstration's publisher asks for tokens.
    pub token_url: String,
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// What it asks for.
    pub scope: String,
    /// The storage account.
    pub blob_connection: String,
    /// The database, as the role that owns the schema.
    pub database_url: String,
    /// Answers the mails sent, as JSON.
    pub notify_outbox: String,
    /// Answers each court's screen URL, as JSON.
    pub screen_urls: String,
    /// `POST <fire>/<function_name>` runs a trigger once.
    pub fire: String,
}

impl Endpoints {
    /// Empties the run folder: what it said is no longer true.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn clear(project: &Project) -> Result<()> {
        let folder = project.run_folder();
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))
    }

    /// Writes them for others to read.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, project: &Project) -> Result<()> {
        self.write_to(&project.run_folder())
    }

    fn write_to(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        // Written beside and renamed, so that a reader never sees half of it.
        let draft = folder.join("endpoints.draft");
        fs::write(&draft, text + "\n")
            .and_then(|()| fs::rename(&draft, folder.join("endpoints.json")))
            .with_context(|| format!("{} cannot be written", folder.join("endpoints.json").display()))
    }

    /// Says that all is up.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn mark_ready(project: &Project) -> Result<()> {
        fs::write(project.run_folder().join("ready"), "").context("target/run/ready cannot be written")
    }

    /// The files that say that something runs, and so must go when it ends. The logs stay.
    #[must_use]
    pub fn files(project: &Project) -> [PathBuf; 2] {
        ["ready", "endpoints.json"].map(|name| project.run_folder().join(name))
    }

    /// Those of the instance that runs now.
    ///
    /// # Errors
    /// When none runs.
    pub fn read(project: &Project) -> Result<Self> {
        let path = project.run_folder().join("endpoints.json");
        let text = fs::read_to_string(path).context("nothing is running: start it with scripts/run")?;
        serde_json::from_str(&text).context("target/run/endpoints.json is not what this version writes")
    }

    /// A shell command that prints an access token of the demonstration's publisher.
    #[must_use]
    pub fn token_command(&self) -> String {
        let Self { token_url, client_id, client_secret, scope, .. } = self;
        format!(
            "curl -s -d grant_type=client_credentials -d client_id={client_id} -d client_secret={client_secret} \
             -d scope={scope} {token_url} | sed -E 's/.*\"access_token\": ?\"([^\"]+)\".*/\\1/'"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints() -> Endpoints {
        let text = |name: &str| format!("http://localhost/{name}");
        Endpoints {
            app: text("app"),
            standins: text("standins"),
            token_url: text("token"),
            client_id: "hmi".into(),
            client_secret: "secret".into(),
            scope: "api://pi/.default".into(),
            blob_connection: "UseDevelopmentStorage=true".into(),
            database_url: "postgres://localhost/pi".into(),
            notify_outbox: text("outbox"),
            screen_urls: text("screens"),
            fire: text("fire"),
        }
    }

    #[test]
    fn the_file_has_exactly_the_names_scripts_rely_on() {
        let folder = std::env::temp_dir().join(format!("pi-endpoints-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        endpoints().write_to(&folder).expect("written");
        let text = fs::read_to_string(folder.join("endpoints.json")).expect("there");
        fs::remove_dir_all(&folder).expect("ours");
        let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let names: Vec<_> = file.as_object().expect("an object").keys().map(String::as_str).collect();
        let wanted = [
            "app",
            "standins",
            "token_url",
            "client_id",
            "client_secret",
            "scope",
            "blob_connection",
            "database_url",
            "notify_outbox",
            "screen_urls",
            "fire",
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn the_token_command_cuts_the_token_out_of_the_answer() {
        let command = endpoints().token_command();
        let (_, filter) = command.split_once("| ").expect("a pipe");
        for answer in [
            r#"{"token_type":"Bearer","access_token":"abc.def-_","expires_in":3599}"#,
            r#"{"access_token": "abc.def-_"}"#,
        ] {
            let script = format!("echo '{answer}' | {filter}");
            let output = std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell");
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "abc.def-_");
        }
    }
}
