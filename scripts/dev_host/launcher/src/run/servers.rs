//! Postgres and Azurite of a run whose data are kept, or those that the environment names.

use super::place::Place;
use crate::project::Project;
use crate::services::account::Account;
use crate::services::azurite::Azurite;
use crate::services::postgres::{Plan, Postgres};
use crate::services::postgres_programs::Programs;
use crate::services::store::Store;
use crate::services::{Keep, given};
use crate::settings::app_database_url;
use crate::watchdog::Watchdog;
use anyhow::{Context, Result};
use std::future::pending;
use std::path::PathBuf;

/// The servers this run started.
#[derive(Debug)]
pub struct Servers {
    store: Store,
    postgres: Option<Postgres>,
    azurite: Option<Azurite>,
}

/// How the servers are reached.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The database, as the role that owns the schema.
    pub owner_database: String,
    /// The database, as the app's own login.
    pub app_database: String,
    /// The storage account.
    pub storage: String,
}

impl Servers {
    /// Starts those that are not given. `fresh` empties their data first.
    ///
    /// # Errors
    /// When one cannot be started.
    pub async fn start(project: &Project, watchdog: &Watchdog, place: Place, fresh: bool) -> Result<Self> {
        let account = Account::for_postgres()?;
        let store = Store::kept(project, account, fresh)?;
        let postgres = async {
            let Some(port) = place.postgres else { return Ok(None) };
            let programs = Programs::find(project, account)?;
            let plan = Plan { programs: &programs, account, store: &store, keep: Keep::Data, port };
            Postgres::start(plan, watchdog).await.map(Some)
        };
        let azurite = async {
            let Some(ports) = place.storage else { return Ok(None) };
            Azurite::start(project, &store, Keep::Data, ports, watchdog).await.map(Some)
        };
        let (postgres, azurite): (Result<_>, Result<_>) = tokio::join!(postgres, azurite);
        let (postgres, azurite) = (postgres?, azurite?);
        Ok(Self { store, postgres, azurite })
    }

    /// How they are reached.
    ///
    /// # Errors
    /// When `DATABASE_URL` is not a URL.
    pub fn addresses(&self) -> Result<Addresses> {
        let owner_database = match &self.postgres {
            Some(server) => server.url(),
            None => {
                given("MIGRATOR_DATABASE_URL").or(given("DATABASE_URL")).context("DATABASE_URL is not set")?
            }
        };
        let app_database = match given("MIGRATOR_DATABASE_URL").and(given("DATABASE_URL")) {
            Some(url) if self.postgres.is_none() => url,
            _ => app_database_url(&owner_database)?,
        };
        let storage = match &self.azurite {
            Some(server) => server.connection_string(),
            None => given("AzureWebJobsStorage").context("AzureWebJobsStorage is not set")?,
        };
        Ok(Addresses { owner_database, app_database, storage })
    }

    /// A folder for what else is kept between starts.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        self.store.subfolder(name, None)
    }

    /// Waits until one ends by itself; says which.
    pub async fn ended(&mut self) -> String {
        let postgres = async {
            match &mut self.postgres {
                Some(server) => server.service().ended().await,
                None => pending().await,
            }
        };
        let azurite = async {
            match &mut self.azurite {
                Some(server) => server.service().ended().await,
                None => pending().await,
            }
        };
        tokio::select! { text = postgres => text, text = azurite => text }
    }

    /// Stops them, leaving their data in good order.
    pub async fn stop(self) {
        let postgres = async {
            if let Some(server) = self.postgres {
                server.stop().await
            }
        };
        let azurite = async {
            if let Some(server) = self.azurite {
                server.stop().await
            }
        };
        tokio::join!(postgres, azurite);
    }
}
