//! Blob triggers: notifications in the internal queue, and what is done with them.

use crate::bindings::BlobPattern;
use crate::envelope::{self, Envelope};
use crate::function_json::{Function, Trigger};
use crate::host::Shared;
use crate::host_json::QueueConfig;
use crate::invoke::invoke;
use crate::queue::Pump;
use crate::storage_access::{enqueue, failed_with, read_blob};
use azure_core::http::StatusCode;
use azure_storage_blob::models::BlobClientGetPropertiesResultHeaders;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use storage::Account;

/// Where notifications go that fail too often.
const POISON: &str = "webjobs-blobtrigger-poison";

/// A blob-triggered function with its path read.
#[derive(Clone)]
pub(crate) struct BlobFunction {
    pub function: Arc<Function>,
    pub pattern: Arc<BlobPattern>,
    pub connection: String,
    pub event_grid: bool,
}

impl BlobFunction {
    /// Reads the trigger of a function; `None` for other triggers.
    pub(crate) fn of(function: &Arc<Function>) -> Result<Option<Self>, String> {
        let Trigger::Blob { path, connection, event_grid } = &function.trigger else { return Ok(None) };
        Ok(Some(Self {
            function: Arc::clone(function),
            pattern: Arc::new(BlobPattern::parse(path)?),
            connection: connection.clone(),
            event_grid: *event_grid,
        }))
    }

    /// The id the host's own messages and addresses use.
    pub(crate) fn id(&self) -> String {
        format!("Host.Functions.{}", self.function.name)
    }
}

/// The queue with the notifications of this host.
fn internal_queue(shared: &Shared) -> String {
    format!("azure-webjobs-blobtrigger-{}", shared.host_id)
}

/// Notes that a blob is to be handed to a function.
pub(crate) async fn notify(
    shared: &Shared,
    target: &BlobFunction,
    blob: &str,
    etag: &str,
    blob_type: &str,
) -> Result<(), String> {
    let account = shared.storage.account(&target.connection)?;
    let message = json!({
        "Type": "BlobTrigger", "FunctionId": target.id(), "BlobType": blob_type,
        "ContainerName": target.pattern.container, "BlobName": blob, "ETag": etag,
    });
    let text = STANDARD.encode(message.to_string());
    enqueue(&account, &internal_queue(shared), &text).await.map_err(|error| error.to_string())
}

/// The consumer of one account's notifications.
pub(crate) fn consumer(
    shared: &Arc<Shared>,
    connection: &str,
    targets: Vec<BlobFunction>,
) -> Result<Pump, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rules = QueueConfig {
        // Notifications are always base64, and at most eight per core run at once.
        batch_size: (4 * cores).min(32),
        new_batch_threshold: 4 * cores,
        max_dequeue_count: shared.config.poison_blob_threshold,
        base64: true,
        ..shared.config.queues.clone()
    };
    let (shared_in_work, targets) = (Arc::clone(shared), Arc::new(targets));
    Ok(Pump {
        account: shared.storage.account(connection)?,
        queue: internal_queue(shared),
        poison: Some(POISON.into()),
        rules,
        timings: shared.options.timings.clone(),
        work: Arc::new(move |_, content| {
            let (shared, targets) = (Arc::clone(&shared_in_work), Arc::clone(&targets));
            Box::pin(async move { consume(&shared, &targets, &content).await })
        }),
        log: shared.log.clone(),
    })
}

async fn consume(shared: &Arc<Shared>, targets: &[BlobFunction], content: &[u8]) -> Result<(), String> {
    let message: Value = serde_json::from_slice(content).map_err(|error| error.to_string())?;
    let id = message["FunctionId"].as_str().unwrap_or_default();
    let Some(target) = targets.iter().find(|target| target.id() == id) else {
        return Err(format!("{id} is not a function of this host"));
    };
    let blob = message["BlobName"].as_str().ok_or("the notification names no blob")?;
    let expected = message["ETag"].as_str().filter(|_| !target.event_grid);
    run(shared, target, blob, expected).await
}

/// One invocation for one blob. A blob that is gone is no failure; with an expected ETag that has
/// changed, a new notification takes the place of the invocation.
pub(crate) async fn run(
    shared: &Arc<Shared>,
    target: &BlobFunction,
    blob: &str,
    expected: Option<&str>,
) -> Result<(), String> {
    let account = shared.storage.account(&target.connection)?;
    let Some((etag, properties, metadata)) = describe(&account, &target.pattern.container, blob).await?
    else {
        return Ok(());
    };
    if expected.is_some_and(|expected| expected != etag) {
        return notify(shared, target, blob, &etag, "BlockBlob").await;
    }
    let bytes =
        read_blob(&account, &target.pattern.container, blob).await.map_err(|error| error.to_string())?;
    let Some(bytes) = bytes else { return Ok(()) };
    let mut envelope = Envelope::new(&target.function.name);
    envelope.put_data(&target.function.trigger_name, envelope::bytes(&bytes));
    // The client escapes the slashes within a name; addresses as the service writes them do not.
    let uri = account.blobs().blob_client(&target.pattern.container, blob).url().as_str().replace("%2F", "/");
    envelope.put_metadata("Uri", envelope::text(&uri));
    envelope.put_metadata("Properties", properties);
    envelope.put_metadata("Metadata", metadata);
    envelope.put_binding_data("BlobTrigger", format!("{}/{blob}", target.pattern.container));
    envelope.put_binding_data("Uri", uri);
    for (name, text) in target.pattern.captures(blob).unwrap_or_default() {
        envelope.put_metadata(&name, envelope::text(&text));
        envelope.put_binding_data(&name, text);
    }
    invoke(shared, &target.function, envelope).await.map(drop)
}

/// ETag, properties and metadata of a blob, or `None` when it does not exist.
async fn describe(
    account: &Account,
    container: &str,
    blob: &str,
) -> Result<Option<(String, Value, Value)>, String> {
    let response = match account.blobs().blob_client(container, blob).get_properties(None).await {
        Ok(response) => response,
        Err(error) if failed_with(&error, StatusCode::NotFound) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let read = || -> azure_core::Result<(String, Value, Value)> {
        let etag = response.etag()?.map(|etag| etag.to_string()).unwrap_or_default();
        let date = |time: Option<azure_core::time::OffsetDateTime>| {
            time.and_then(|time| DateTime::from_timestamp(time.unix_timestamp(), 0))
                .map(|instant| instant.to_rfc3339_opts(SecondsFormat::Secs, false))
        };
        let metadata: Map<String, Value> =
            response.metadata()?.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let properties = json!({
            "LastModified": date(response.last_modified()?),
            "CreatedOn": date(response.creation_time()?),
            "Metadata": metadata,
            "BlobType": 0,
            "ContentLength": response.content_length()?,
            "ContentType": response.content_type()?,
            "ContentEncoding": response.content_encoding()?,
            "ContentLanguage": response.content_language()?,
            "ContentDisposition": response.content_disposition()?,
            "CacheControl": response.cache_control()?,
            "ContentHash": response.content_md5()?.map(|hash| STANDARD.encode(hash)),
            "ETag": etag,
        });
        Ok((etag, properties, Value::Object(metadata)))
    };
    read().map(Some).map_err(|error| error.to_string())
}
