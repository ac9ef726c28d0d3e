//! Polling blob triggers (not available on Flex Consumption): existing blobs fire too, once per ETag.

use crate::blob::{BlobFunction, notify};
use crate::host::Shared;
use crate::log::Level;
use crate::storage_access::{HOST_CONTAINER, HOST_STORAGE, list_blobs, write_blob};
use bytes::Bytes;
use std::collections::HashSet;
use std::sync::Arc;
use storage::Account;

/// Name and ETag.
type Version = (String, String);

/// Polls a function's container for ever. What goes wrong is reported once and tried again at the next look.
pub(crate) async fn run(shared: Arc<Shared>, target: BlobFunction) -> Result<(), String> {
    let account = shared.storage.account(&target.connection)?;
    let mut handled: HashSet<Version> = HashSet::new();
    let mut trouble = None;
    loop {
        let looked = look(&shared, &account, &target, &mut handled).await.err();
        if let Some(reason) = looked.as_ref().filter(|_| trouble.is_none()) {
            let text = format!("The container {} cannot be polled: {reason}", target.pattern.container);
            shared.log.write(Level::Warning, "Host.Blobs", text);
        }
        trouble = looked;
        tokio::time::sleep(shared.options.timings.blob_poll).await;
    }
}

/// Notifies of each version that has no receipt yet.
async fn look(
    shared: &Shared,
    account: &Account,
    target: &BlobFunction,
    handled: &mut HashSet<Version>,
) -> Result<(), String> {
    let found = list_blobs(account, &target.pattern.container).await.map_err(|error| error.to_string())?;
    for (blob, etag) in found {
        let version = (blob, etag);
        if handled.contains(&version) || target.pattern.captures(&version.0).is_none() {
            continue;
        }
        if !has_receipt(shared, target, &version.0, &version.1).await? {
            notify(shared, target, &version.0, &version.1, "BlockBlob").await?;
            write_receipt(shared, target, &version.0, &version.1).await?;
        }
        handled.insert(version);
    }
    Ok(())
}

/// The blob that says an ETag has been handled.
fn receipt(shared: &Shared, target: &BlobFunction, blob: &str, etag: &str) -> String {
    let etag = etag.trim_matches('"');
    format!("blobreceipts/{}/{}/{etag}/{}/{blob}", shared.host_id, target.id(), target.pattern.container)
}

async fn has_receipt(shared: &Shared, target: &BlobFunction, blob: &str, etag: &str) -> Result<bool, String> {
    let account = shared.storage.account(HOST_STORAGE)?;
    let receipt = account.blobs().blob_client(HOST_CONTAINER, &receipt(shared, target, blob, etag));
    receipt.exists().await.map_err(|error| error.to_string())
}

async fn write_receipt(shared: &Shared, target: &BlobFunction, blob: &str, etag: &str) -> Result<(), String> {
    let account = shared.storage.account(HOST_STORAGE)?;
    let name = receipt(shared, target, blob, etag);
    write_blob(&account, HOST_CONTAINER, &name, Bytes::new()).await.map_err(|error| error.to_string())
}
