//! The floor for storage: the same bytes put to the same emulator, and nothing else. It tells how much of an ingest
//! is the emulator's own work, which on this machine takes the place of Azure Storage.

use crate::load::Measured;
use crate::options::CONNECTIONS;
use crate::payload::Template;
use crate::requests::Numbers;
use anyhow::{Context, Result};
use std::time::{Duration, Instant};
use storage::Account;
use tokio::task::JoinSet;
use uuid::Uuid;

/// The container of the floor's own blobs.
const CONTAINER: &str = "bench";
/// The container the package puts payloads in.
const PAYLOADS: &str = "artefact";

/// Removes the payloads published so far: the emulator searches all its blobs at each request, so that the next
/// measure would depend on those before it.
///
/// # Errors
/// When storage refuses.
pub async fn empty(account: &Account) -> Result<()> {
    let container = account.blobs().blob_container_client(PAYLOADS);
    container.delete(None).await.context("the payloads cannot be removed")?;
    container.create(None).await.context("the container of payloads cannot be made again")?;
    Ok(())
}

/// Puts blobs for so long, then removes them.
///
/// # Errors
/// When storage refuses one.
pub async fn run(account: &Account, template: &Template, duration: Duration) -> Result<Measured> {
    let container = account.blobs().blob_container_client(CONTAINER);
    container.create(None).await.context("the floor's container cannot be made")?;
    let measured = put(account, template, duration).await;
    container.delete(None).await.context("the floor's container cannot be removed")?;
    measured
}

async fn put(account: &Account, template: &Template, duration: Duration) -> Result<Measured> {
    let started = Instant::now();
    let (numbers, mut tasks) = (Numbers::default(), JoinSet::new());
    for _ in 0..CONNECTIONS {
        let (account, template, numbers) = (account.clone(), template.clone(), numbers.clone());
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < duration {
                let bytes = template.numbered(numbers.next());
                let blob = account.blobs().blob_client(CONTAINER, &Uuid::new_v4().to_string());
                let sent = Instant::now();
                blob.upload(bytes.into(), None).await?;
                latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Ok::<_, anyhow::Error>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(task) = tasks.join_next().await {
        latencies.extend(task.context("a task failed")??);
    }
    Ok(Measured::of(latencies, 0, started.elapsed()))
}
