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

/// Puts blobs for so long.
///
/// # Errors
/// When storage refuses one.
pub async fn run(account: &Account, template: &Template, duration: Duration) -> Result<Measured> {
    // From the second run on it is there already; a real failure shows with the first blob.
    let _exists = account.blobs().blob_container_client(CONTAINER).create(None).await;
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
