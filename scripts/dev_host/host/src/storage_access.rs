//! Storage accounts by connection name, and the few operations the host needs of them.

use crate::settings::Settings;
use azure_core::http::{RequestContent, StatusCode};
use azure_storage_queue::models::QueueMessage;
use bytes::Bytes;
use futures::TryStreamExt;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use storage::Account;

/// The connection of the host itself, and of bindings that name none.
pub(crate) const HOST_STORAGE: &str = "AzureWebJobsStorage";
/// The container with the host's own state.
pub(crate) const HOST_CONTAINER: &str = "azure-webjobs-hosts";

/// Accounts, opened once each.
pub(crate) struct StorageAccess {
    settings: Settings,
    accounts: Mutex<HashMap<String, Account>>,
}

impl StorageAccess {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, accounts: Mutex::default() }
    }

    /// The account a binding's `connection` names.
    pub(crate) fn account(&self, connection: &str) -> Result<Account, String> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = accounts.get(connection) {
            return Ok(account.clone());
        }
        let text = self
            .settings
            .connection(connection)
            .ok_or_else(|| format!("the setting {connection} is missing"))?;
        let account = Account::parse(text).map_err(|error| format!("the setting {connection}: {error}"))?;
        accounts.insert(connection.to_owned(), account.clone());
        Ok(account)
    }
}

/// Whether a storage call failed with this status.
pub(crate) fn failed_with(error: &azure_core::Error, status: StatusCode) -> bool {
    error.http_status() == Some(status)
}

/// Adds a message to a queue, which is created when missing.
pub(crate) async fn enqueue(account: &Account, queue: &str, text: &str) -> azure_core::Result<()> {
    let client = account.queues().queue_client(queue)?;
    let content = || RequestContent::try_from(QueueMessage { message_text: Some(text.to_owned()) });
    match client.send_message(content()?, None).await {
        Err(error) if failed_with(&error, StatusCode::NotFound) => {
            client.create(None).await?;
            client.send_message(content()?, None).await.map(drop)
        }
        other => other.map(drop),
    }
}

/// Writes a blob, whose container is created when missing.
pub(crate) async fn write_blob(
    account: &Account,
    container: &str,
    name: &str,
    bytes: Bytes,
) -> azure_core::Result<()> {
    let blob = account.blobs().blob_client(container, name);
    match blob.upload(bytes.clone().into(), None).await {
        Err(error) if failed_with(&error, StatusCode::NotFound) => {
            create_container(account, container).await?;
            blob.upload(bytes.into(), None).await.map(drop)
        }
        other => other.map(drop),
    }
}

/// Creates a container unless it exists.
pub(crate) async fn create_container(account: &Account, container: &str) -> azure_core::Result<()> {
    match account.blobs().blob_container_client(container).create(None).await {
        Err(error) if failed_with(&error, StatusCode::Conflict) => Ok(()),
        other => other.map(drop),
    }
}

/// A blob's bytes, or `None` when there is no such blob.
pub(crate) async fn read_blob(
    account: &Account,
    container: &str,
    name: &str,
) -> azure_core::Result<Option<Bytes>> {
    match account.blobs().blob_client(container, name).download(None).await {
        Ok(answer) => answer.body.collect().await.map(Some),
        Err(error) if failed_with(&error, StatusCode::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The blobs of a container with their ETags; none when the container is missing.
pub(crate) async fn list_blobs(
    account: &Account,
    container: &str,
) -> azure_core::Result<BTreeMap<String, String>> {
    let pages = account.blobs().blob_container_client(container).list_blobs(None)?;
    let listed: azure_core::Result<Vec<_>> = pages.try_collect().await;
    match listed {
        Ok(items) => Ok(items
            .into_iter()
            .filter_map(|item| Some((item.name?, item.properties?.etag?.to_string())))
            .collect()),
        Err(error) if failed_with(&error, StatusCode::NotFound) => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}
