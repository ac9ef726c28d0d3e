//! What must hold when things break: the real executable behind the local host with proxies before its components and
//! `kill -9`, and the router where a process is not what matters. The slow ones are `#[ignore]`d; `scripts/test --all`
//! runs them.

mod blob_store;
pub mod chaos;
mod checker;
mod contention;
mod history;
mod kills;
mod memory;
mod migrations;
mod outage;
mod plan;
mod redelivery;
mod sweep;
mod system;
