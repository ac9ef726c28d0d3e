//! Payloads and files in blob storage: written once under a fresh name, read back whole.

pub use crate::azure_error::Cause;
use crate::azure_error::{Fault, code, is_transient, within};
use azure_core::http::StatusCode;
use azure_storage_blob::BlobClient;
use azure_storage_blob::models::{
    BlobClientDeleteOptions, BlobClientUploadOptions, BlobContainerClientListBlobsOptions, BlobItem,
    DeleteSnapshotsOptionType,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use std::collections::HashMap;
use std::time::Duration;
use storage::Account;
use tokio::time::sleep;

/// A page waits for its payload no longer than this, retries included.
const READ_LIMIT: Duration = Duration::from_secs(5);
/// A producer waits for its upload no longer than this, retries included.
const WRITE_LIMIT: Duration = Duration::from_secs(30);
/// Pauses before the second and the third attempt at a download that broke off.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];

/// Why blob storage did not do what was asked. That a blob is absent is never an error of a read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Storage did not answer, or not in time: the blob may or may not be there. Worth another try later.
    #[error("blob storage is unavailable")]
    Unavailable(#[source] Cause),
    /// Another blob with other content has this name already; it was left as it is.
    #[error("a blob named {0} exists and is never overwritten")]
    Exists(String),
    /// Storage understood and refused: wrong key, no such container, unusable name or metadata.
    #[error("blob storage refused the call")]
    Refused(#[source] Cause),
}

impl From<Fault> for BlobError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unavailable(cause) => Self::Unavailable(cause),
            Fault::Refused(cause) => Self::Refused(cause),
        }
    }
}

/// One line of a container's listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The blob's name, with the prefix that was asked for.
    pub name: String,
    /// When its content last changed, by the clock of storage.
    pub last_modified: DateTime<Utc>,
    /// Changes with every change of content.
    pub etag: String,
}

/// Blob storage of this service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BlobStore {
    account: Account,
    read_limit: Duration,
    write_limit: Duration,
}

impl BlobStore {
    /// The blobs of this account.
    #[must_use]
    pub fn new(account: Account) -> Self {
        Self { account, read_limit: READ_LIMIT, write_limit: WRITE_LIMIT }
    }

    /// The same with other time limits: a whole read (a page's patience) and a whole write.
    #[must_use]
    pub fn with_limits(self, read_limit: Duration, write_limit: Duration) -> Self {
        Self { read_limit, write_limit, ..self }
    }

    /// Stores bytes under a name that was never used before.
    ///
    /// An earlier attempt whose answer was lost counts as success: the blob there is compared byte by byte.
    ///
    /// # Errors
    /// [`BlobError::Exists`] when the name holds anything else; otherwise as every call.
    pub async fn put_new(
        &self,
        container: &str,
        name: &str,
        bytes: Bytes,
        content_type: &str,
        metadata: HashMap<String, String>,
    ) -> Result<(), BlobError> {
        check(&metadata)?;
        let options = options(content_type, metadata).if_not_exists();
        let blob = self.blob(container, name);
        let upload = blob.upload_all(bytes.clone(), options);
        match within(self.write_limit, upload).await {
            Err(Fault::Refused(Cause::Azure(error))) if says_exists(&error) => {
                match self.get(container, name).await? {
                    Some(there) if there == bytes => Ok(()),
                    _ => Err(BlobError::Exists(name.to_owned())),
                }
            }
            result => Ok(result?),
        }
    }

    /// Stores a small report beside other blobs and replaces what was there under that name.
    ///
    /// # Errors
    /// As every call.
    pub async fn put_beside(
        &self,
        container: &str,
        name: &str,
        bytes: Bytes,
        content_type: &str,
    ) -> Result<(), BlobError> {
        let options = options(content_type, HashMap::new());
        Ok(within(self.write_limit, self.blob(container, name).upload_all(bytes, options)).await?)
    }

    /// The whole blob, or nothing when there is none of that name.
    ///
    /// # Errors
    /// When storage did not say whether there is one. A missing *container* is refused, not absent: it is a
    /// fault of the deployment.
    pub async fn get(&self, container: &str, name: &str) -> Result<Option<Bytes>, BlobError> {
        let blob = self.blob(container, name);
        let read = async {
            let mut pauses = PAUSES.iter();
            loop {
                match blob.download_all().await {
                    Err(error) if error.http_status().is_none() && is_transient(&error) => {
                        // The client library has repeated the request; a body that broke off is ours to repeat.
                        let Some(pause) = pauses.next() else { return Err(error) };
                        sleep(*pause).await;
                    }
                    result => return result,
                }
            }
        };
        Ok(within(self.read_limit, read).await?)
    }

    /// The blobs whose names begin with `prefix`, in order of their names.
    ///
    /// # Errors
    /// As every call.
    pub async fn list(&self, container: &str, prefix: &str) -> Result<Vec<Listed>, BlobError> {
        let options = BlobContainerClientListBlobsOptions {
            prefix: Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty()),
            ..Default::default()
        };
        let client = self.account.blobs().blob_container_client(container);
        let items = async { client.list_blobs(Some(options))?.map_ok(listed).try_collect::<Vec<_>>().await };
        Ok(within(self.write_limit, items).await?.into_iter().flatten().collect())
    }

    /// Removes a blob; one that is gone already is a success.
    ///
    /// # Errors
    /// As every call.
    pub async fn delete(&self, container: &str, name: &str) -> Result<(), BlobError> {
        let options = BlobClientDeleteOptions {
            delete_snapshots: Some(DeleteSnapshotsOptionType::Include),
            ..Default::default()
        };
        let blob = self.blob(container, name);
        let deletion = async {
            match blob.0.delete(Some(options)).await {
                Err(error) if code(&error) == Some("BlobNotFound") => Ok(()),
                result => result.map(drop),
            }
        };
        Ok(within(self.write_limit, deletion).await?)
    }

    /// Creates the containers that do not exist yet, all of them private.
    ///
    /// # Errors
    /// As every call.
    pub async fn ensure_containers(&self, containers: &[&str]) -> Result<(), BlobError> {
        for name in containers {
            let container = self.account.blobs().blob_container_client(name);
            within(self.write_limit, async {
                match container.create(None).await {
                    Err(error) if code(&error) == Some("ContainerAlreadyExists") => Ok(()),
                    result => result.map(drop),
                }
            })
            .await?;
        }
        Ok(())
    }

    fn blob(&self, container: &str, name: &str) -> Blob {
        Blob(self.account.blobs().blob_client(container, name))
    }
}

/// One blob's client.
struct Blob(BlobClient);

impl Blob {
    async fn upload_all(
        &self,
        bytes: Bytes,
        options: BlobClientUploadOptions<'_>,
    ) -> Result<(), azure_core::Error> {
        self.0.upload(bytes.into(), Some(options)).await.map(drop)
    }

    async fn download_all(&self) -> Result<Option<Bytes>, azure_core::Error> {
        match self.0.download(None).await {
            Ok(found) => found.body.collect().await.map(Some),
            Err(error) if code(&error) == Some("BlobNotFound") => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn options(content_type: &str, metadata: HashMap<String, String>) -> BlobClientUploadOptions<'static> {
    BlobClientUploadOptions {
        blob_content_type: Some(content_type.to_owned()),
        metadata: Some(metadata).filter(|metadata| !metadata.is_empty()),
        ..Default::default()
    }
}

/// Metadata travels in headers: names are identifiers, values printable ASCII.
fn check(metadata: &HashMap<String, String>) -> Result<(), BlobError> {
    let plain = |(name, value): &(&String, &String)| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    match metadata.iter().find(|pair| !plain(pair)) {
        None => Ok(()),
        Some((name, _)) => Err(BlobError::Refused(Cause::Metadata(name.clone()))),
    }
}

/// Storage answers 409 to a conditional creation, and 412 when the last step of a long upload meets the condition.
fn says_exists(error: &azure_core::Error) -> bool {
    matches!(error.http_status(), Some(StatusCode::Conflict | StatusCode::PreconditionFailed))
        && matches!(code(error), Some("BlobAlreadyExists" | "ConditionNotMet"))
}

/// An entry without a name or a date does not occur in a listing of live blobs.
fn listed(item: BlobItem) -> Option<Listed> {
    let properties = item.properties?;
    let changed = properties.last_modified?;
    Some(Listed {
        name: item.name?,
        last_modified: DateTime::from_timestamp(changed.unix_timestamp(), changed.nanosecond())?,
        etag: properties.etag?.to_string(),
    })
}
