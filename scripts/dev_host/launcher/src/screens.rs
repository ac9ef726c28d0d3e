//! The court screens: each court's name and the address its screens show.

use anyhow::{Context, Result};
use async_trait::async_trait;
use domain::LocationId;
use stand_ins::outside::{CourtScreen, Screens};
use tokio_postgres::NoTls;

/// The screens of all courts, read from the database each time.
#[derive(Debug, Clone)]
pub struct CourtScreens {
    /// The database.
    pub database_url: String,
    /// The app's address, such as `http://localhost:7071`.
    pub app: String,
}

impl CourtScreens {
    /// Every court's screen, by the court's name.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn read(&self) -> Result<Vec<CourtScreen>> {
        let (client, connection) = tokio_postgres::connect(&self.database_url, NoTls)
            .await
            .context("the database cannot be reached")?;
        tokio::spawn(connection);
        let rows = client.query("select location_id, name from location order by name", &[]).await?;
        rows.iter()
            .map(|row| {
                let token = domain::screen::token_of(LocationId(row.try_get(0)?));
                Ok(CourtScreen { court: row.try_get(1)?, url: format!("{}/in-court/{token}", self.app) })
            })
            .collect()
    }
}

#[async_trait]
impl Screens for CourtScreens {
    async fn list(&self) -> Vec<CourtScreen> {
        // The dashboard shows none while the database starts.
        self.read().await.unwrap_or_default()
    }
}
