//! The demonstration: brings its data in as the real producers would, through blob storage and the API.

mod dates;
mod files;

pub use files::{Demo, Publication};

use crate::client::AppClient;
use crate::project::Project;
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use storage::Account;
use tokio_postgres::NoTls;

/// The container whose blobs are imported as reference data.
pub const REFERENCE_CONTAINER: &str = "reference-data";
/// How long the import of the courts may take before the demonstration gives up.
const IMPORT_LIMIT: Duration = Duration::from_secs(60);
/// The subscriber that the daily dispatch writes to.
pub const SUBSCRIBER: &str = "amira.demo@example.com";

/// What was loaded before, so that a second start does not load it again.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Loaded {
    /// The reference data and the subscriber are there.
    reference: bool,
    /// The London date of the lists last published.
    lists: String,
}

/// Loads what is missing.
#[derive(Debug)]
pub struct Loader<'a> {
    /// The checkout.
    pub project: &'a Project,
    /// The storage account.
    pub account: Account,
    /// The database, as its owner, to see when the courts have arrived.
    pub database_url: &'a str,
    /// The app with a publisher's token.
    pub publisher: AppClient,
    /// The app with an administrator's token.
    pub administrator: AppClient,
    /// Where it is noted what was loaded; vanishes with the data.
    pub note: PathBuf,
}

impl Loader<'_> {
    /// Brings in the courts and the glossary, today's lists, the live status, and a subscriber.
    /// Whatever was loaded before is left alone, except the live status, which is always of now.
    ///
    /// # Errors
    /// When the app refuses something: the demonstration is an end-to-end check too.
    pub async fn load(&self, now: DateTime<Utc>) -> Result<()> {
        let demo = Demo::read(&self.project.demo(), now)?;
        demo.write_filled(&self.project.run_folder())?;
        let today = now.with_timezone(&London).date_naive().to_string();
        let mut loaded = self.loaded().await;
        if !loaded.reference {
            self.drop_reference_data(&demo).await?;
            self.wait_for_courts(demo.courts_expected).await?;
            self.subscribe().await?;
            loaded.reference = true;
        }
        let lists_are_old = loaded.lists != today;
        for publication in demo.publications.iter().filter(|p| lists_are_old || p.is_live()) {
            self.publisher
                .publish(&publication.headers, publication.payload.clone())
                .await
                .with_context(|| format!("{} was not published", publication.file))?;
        }
        loaded.lists = today;
        fs::write(&self.note, serde_json::to_string(&loaded)?)
            .context("the note of what was loaded cannot be written")
    }

    /// The note, unless the database has been emptied since.
    async fn loaded(&self) -> Loaded {
        let noted = fs::read_to_string(&self.note).ok().and_then(|text| serde_json::from_str(&text).ok());
        match self.courts().await {
            Ok(1..) => noted.unwrap_or_default(),
            _ => Loaded::default(),
        }
    }

    async fn drop_reference_data(&self, demo: &Demo) -> Result<()> {
        for (name, content) in [("courts.csv", &demo.courts), ("glossary.json", &demo.glossary)] {
            let blob = self.account.blobs().blob_client(REFERENCE_CONTAINER, name);
            let content = Bytes::copy_from_slice(content.as_bytes());
            blob.upload(content.into(), None).await.with_context(|| format!("{name} cannot be dropped"))?;
        }
        Ok(())
    }

    async fn wait_for_courts(&self, expected: i64) -> Result<()> {
        let deadline = Instant::now() + IMPORT_LIMIT;
        while self.courts().await? < expected {
            if Instant::now() > deadline {
                bail!("the courts did not arrive within {IMPORT_LIMIT:?}; target/run/host.log tells more");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    async fn courts(&self) -> Result<i64> {
        let (client, connection) = tokio_postgres::connect(self.database_url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client.query_one("select count(*) from location", &[]).await?.try_get(0)?)
    }

    /// The demonstration's subscriber follows the court in Oxford.
    async fn subscribe(&self) -> Result<()> {
        let subscription = json!({
            "email": SUBSCRIBER,
            "userProvenance": "PI_AAD",
            "searchType": "LOCATION_ID",
            "searchValue": "1",
        });
        let request = self.administrator.send_json(Method::PUT, "/subscription", &subscription);
        request.await.context("the demonstration's subscriber was not subscribed")
    }
}
