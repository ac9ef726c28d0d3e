//! The containers that producers drop files into: in the cloud they are made with the infrastructure, here at start.

use crate::demo::REFERENCE_CONTAINER;
use anyhow::{Context, Result};
use async_trait::async_trait;
use bytes::Bytes;
use stand_ins::outside::{Containers, OutsideError};
use storage::Account;

/// Containers that files are dropped into.
const OPEN: [&str; 1] = [REFERENCE_CONTAINER];

/// The storage account, as the dashboard uses it.
#[derive(Debug, Clone)]
pub struct StorageRoom(pub Account);

impl StorageRoom {
    /// Makes the containers that are missing.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn prepare(&self) -> Result<()> {
        for name in OPEN {
            let container = self.0.blobs().blob_container_client(name);
            if !container.exists().await.context("blob storage cannot be asked")? {
                container
                    .create(None)
                    .await
                    .with_context(|| format!("the container {name} cannot be made"))?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Containers for StorageRoom {
    async fn list(&self) -> Vec<String> {
        OPEN.map(str::to_owned).to_vec()
    }

    async fn drop_file(&self, container: &str, name: &str, bytes: Bytes) -> Result<(), OutsideError> {
        if !OPEN.contains(&container) {
            return Err(OutsideError::Unknown(format!("container called {container}")));
        }
        let blob = self.0.blobs().blob_client(container, name);
        blob.upload(bytes.into(), None)
            .await
            .map(drop)
            .map_err(|error| OutsideError::Failed(error.to_string()))
    }
}
