//! Queue listening: batches, concurrency, renewal, and what happens to messages that fail.

use crate::envelope::Envelope;
use crate::function_json::{Function, Trigger};
use crate::host::Shared;
use crate::host_json::QueueConfig;
use crate::invoke::invoke;
use crate::log::{Level, Log};
use crate::message::Message;
use crate::options::Timings;
use crate::storage_access::{enqueue, failed_with};
use azure_core::http::StatusCode;
use azure_storage_queue::QueueClient;
use azure_storage_queue::models::QueueClientReceiveMessagesOptions;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use storage::Account;
use tokio::task::JoinSet;

/// What is done with a message; the second argument is its decoded content.
pub(crate) type Work = Arc<dyn Fn(Message, Vec<u8>) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// A listener on one queue.
pub(crate) struct Pump {
    pub account: Account,
    pub queue: String,
    /// Where messages go that fail too often; `None` for queues that are themselves such a place.
    pub poison: Option<String>,
    pub rules: QueueConfig,
    pub timings: Timings,
    pub work: Work,
    pub log: Log,
}

/// The listener of a queue-triggered function.
pub(crate) fn listener(shared: &Arc<Shared>, function: &Arc<Function>) -> Result<Option<Pump>, String> {
    let Trigger::Queue { queue, connection, .. } = &function.trigger else { return Ok(None) };
    let (shared_in_work, function) = (Arc::clone(shared), Arc::clone(function));
    Ok(Some(Pump {
        account: shared.storage.account(connection)?,
        queue: queue.clone(),
        poison: (!queue.ends_with("-poison")).then(|| format!("{queue}-poison")),
        rules: shared.config.queues.clone(),
        timings: shared.options.timings.clone(),
        work: Arc::new(move |message, content| {
            let (shared, function) = (Arc::clone(&shared_in_work), Arc::clone(&function));
            Box::pin(async move { run(&shared, &function, &message, &content).await })
        }),
        log: shared.log.clone(),
    }))
}

/// One invocation for one message.
pub(crate) async fn run(
    shared: &Arc<Shared>,
    function: &Arc<Function>,
    message: &Message,
    content: &[u8],
) -> Result<(), String> {
    let binary = matches!(function.trigger, Trigger::Queue { binary: true, .. });
    let mut envelope = Envelope::new(&function.name);
    message.fill(&mut envelope, &function.trigger_name, content, binary);
    invoke(shared, function, envelope).await.map(drop)
}

impl Pump {
    /// Listens for ever. The next batch is fetched when the number of running messages falls to the
    /// threshold, so at most batch size plus threshold run at once.
    pub(crate) async fn run(self) {
        let Ok(queue) = self.account.queues().queue_client(&self.queue) else { return };
        let (pump, queue) = (Arc::new(self), Arc::new(queue));
        let mut running = JoinSet::new();
        let mut pause = pump.timings.queue_poll_floor;
        loop {
            while running.try_join_next().is_some() {}
            if running.len() > pump.rules.new_batch_threshold {
                running.join_next().await;
                continue;
            }
            let batch = pump.fetch(&queue).await;
            if batch.is_empty() {
                tokio::time::sleep(pause).await;
                let ceiling = pump.rules.max_polling_interval.min(pump.timings.queue_poll_ceiling);
                pause = (pause * 3 / 2).min(ceiling.max(pump.timings.queue_poll_floor));
                continue;
            }
            pause = pump.timings.queue_poll_floor;
            for message in batch {
                let (pump, queue) = (Arc::clone(&pump), Arc::clone(&queue));
                running.spawn(async move { pump.process(&queue, message).await });
            }
        }
    }

    /// The next messages; none while the queue does not exist or storage is unreachable.
    async fn fetch(&self, queue: &QueueClient) -> Vec<Message> {
        let options = QueueClientReceiveMessagesOptions {
            number_of_messages: i32::try_from(self.rules.batch_size).ok(),
            visibility_timeout: Some(seconds(self.timings.queue_visibility).max(1)),
            ..Default::default()
        };
        let received = queue.receive_messages(Some(options)).await.and_then(|response| response.into_model());
        match received {
            Ok(list) => list.items.unwrap_or_default().into_iter().filter_map(Message::received).collect(),
            // The listener does not create its queue.
            Err(error) if failed_with(&error, StatusCode::NotFound) => Vec::new(),
            Err(error) => {
                let text = format!("The queue {} cannot be read: {error}", self.queue);
                self.log.write(Level::Warning, "Host.Queues", text);
                Vec::new()
            }
        }
    }

    async fn process(&self, queue: &QueueClient, message: Message) {
        let mut pop_receipt = message.pop_receipt.clone();
        let Some(content) = message.content(self.rules.base64) else {
            self.log.write(Level::Error, "Host.Queues", format!("A message in {} is not base64", self.queue));
            return self.set_aside(queue, &message, &pop_receipt).await;
        };
        if message.dequeue_count > self.rules.max_dequeue_count {
            return self.set_aside(queue, &message, &pop_receipt).await;
        }
        let work = (self.work)(message.clone(), content);
        tokio::pin!(work);
        let mut renewal = tokio::time::interval(self.timings.queue_visibility / 2);
        renewal.tick().await;
        let result = loop {
            tokio::select! {
                result = &mut work => break result,
                _ = renewal.tick() => {
                    let hidden = seconds(self.timings.queue_visibility);
                    if let Some(renewed) = self.hide(queue, &message.id, &pop_receipt, hidden).await {
                        pop_receipt = renewed;
                    }
                }
            }
        };
        match result {
            Ok(()) => drop(queue.delete_message(&message.id, &pop_receipt, None).await),
            Err(_) if message.dequeue_count >= self.rules.max_dequeue_count => {
                self.set_aside(queue, &message, &pop_receipt).await;
            }
            Err(_) => {
                let pause = seconds(self.rules.visibility_timeout);
                self.hide(queue, &message.id, &pop_receipt, pause).await;
            }
        }
    }

    /// Hides a message for some seconds more, or shows it at once with zero; gives the new receipt.
    async fn hide(&self, queue: &QueueClient, id: &str, pop_receipt: &str, seconds: i32) -> Option<String> {
        let updated = queue.update_message(id, pop_receipt, seconds, None).await.ok()?;
        updated.headers().get_optional_str(&"x-ms-popreceipt".into()).map(str::to_owned)
    }

    /// Moves a message to the poison queue.
    async fn set_aside(&self, queue: &QueueClient, message: &Message, pop_receipt: &str) {
        if let Some(poison) = &self.poison {
            let text = format!(
                "Message has reached MaxDequeueCount of {}. Moving message to queue '{poison}'.",
                self.rules.max_dequeue_count
            );
            self.log.write(Level::Warning, "Host.Queues", text);
            if let Err(error) = enqueue(&self.account, poison, &message.raw).await {
                self.log.write(Level::Error, "Host.Queues", format!("{poison} cannot be written: {error}"));
                return;
            }
        }
        // Failing that, the message returns and is set aside once more.
        let _deleted = queue.delete_message(&message.id, pop_receipt, None).await;
    }
}

fn seconds(span: Duration) -> i32 {
    i32::try_from(span.as_secs()).unwrap_or(i32::MAX)
}
