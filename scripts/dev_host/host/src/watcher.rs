//! Event Grid in small: watches containers of the emulator and notifies functions of new and changed blobs.
//!
//! What a container held when it was first seen causes no event, as with a new subscription. What was seen
//! is remembered in storage, so that blobs written while the host was down cause their events later.

use crate::blob::{BlobFunction, notify};
use crate::host::Shared;
use crate::log::Level;
use crate::storage_access::{HOST_CONTAINER, HOST_STORAGE, list_blobs, read_blob, write_blob};
use std::collections::BTreeMap;
use std::sync::Arc;
use storage::Account;

/// ETags by blob name.
type Seen = BTreeMap<String, String>;

/// One container, and the functions that subscribe to it.
pub(crate) struct Watcher {
    pub connection: String,
    pub container: String,
    pub targets: Vec<BlobFunction>,
    seen: Option<Seen>,
}

impl Watcher {
    /// The watchers for a set of functions, one per account and container.
    pub(crate) fn for_functions(functions: &[BlobFunction]) -> Vec<Self> {
        let mut groups: BTreeMap<(String, String), Vec<BlobFunction>> = BTreeMap::new();
        for function in functions.iter().filter(|function| function.event_grid) {
            let key = (function.connection.clone(), function.pattern.container.clone());
            groups.entry(key).or_default().push(function.clone());
        }
        groups
            .into_iter()
            .map(|((connection, container), targets)| Self { connection, container, targets, seen: None })
            .collect()
    }

    /// Remembers what was seen before, or else looks for the first time. Whatever is written from now on causes an event;
    /// if the container cannot be looked into yet, from the first look on.
    pub(crate) async fn begin(&mut self, shared: &Shared) {
        self.seen = self.load(shared).await;
        if self.seen.is_none()
            && let Ok(account) = shared.storage.account(&self.connection)
        {
            // Should it fail, the next look says why.
            let _first = self.look(shared, &account).await;
        }
    }

    /// Watches for ever. What goes wrong is reported once and tried again at the next look.
    pub(crate) async fn run(mut self, shared: Arc<Shared>) -> Result<(), String> {
        let account = shared.storage.account(&self.connection)?;
        let mut trouble = None;
        loop {
            let looked = self.look(&shared, &account).await.err();
            if let Some(reason) = looked.as_ref().filter(|_| trouble.is_none()) {
                let text = format!("The container {} cannot be watched: {reason}", self.container);
                shared.log.write(Level::Warning, "Host.Blobs", text);
            }
            trouble = looked;
            tokio::time::sleep(shared.options.timings.event_grid_scan).await;
        }
    }

    /// One look: events first, then the memory, so that a failure in between repeats events rather than losing them.
    async fn look(&mut self, shared: &Shared, account: &Account) -> Result<(), String> {
        let found = list_blobs(account, &self.container).await.map_err(|error| error.to_string())?;
        if let Some(seen) = &self.seen {
            self.tell(shared, seen, &found).await?;
        }
        if self.seen.as_ref() != Some(&found) {
            self.save(shared, &found).await?;
            self.seen = Some(found);
        }
        Ok(())
    }

    /// One event per new ETag and subscribed function.
    async fn tell(&self, shared: &Shared, seen: &Seen, found: &Seen) -> Result<(), String> {
        for (blob, etag) in found.iter().filter(|(blob, etag)| seen.get(*blob) != Some(etag)) {
            for target in self.targets.iter().filter(|target| target.pattern.captures(blob).is_some()) {
                notify(shared, target, blob, etag, "BlockBlob").await?;
            }
        }
        Ok(())
    }

    fn memory(&self, shared: &Shared) -> String {
        format!("eventgrid/{}/{}/{}.json", shared.host_id, self.connection, self.container)
    }

    async fn load(&self, shared: &Shared) -> Option<Seen> {
        let account = shared.storage.account(HOST_STORAGE).ok()?;
        let bytes = read_blob(&account, HOST_CONTAINER, &self.memory(shared)).await.ok().flatten()?;
        serde_json::from_slice(&bytes).ok()
    }

    async fn save(&self, shared: &Shared, seen: &Seen) -> Result<(), String> {
        let account = shared.storage.account(HOST_STORAGE)?;
        let text = serde_json::to_vec(seen).map_err(|error| error.to_string())?;
        let written = write_blob(&account, HOST_CONTAINER, &self.memory(shared), text.into()).await;
        written.map_err(|error| error.to_string())
    }
}
