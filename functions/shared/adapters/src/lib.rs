//! Everything outside the process: database, storage, Notify, identity, secrets and caches. The domain knows none of it.

mod azure_error;
pub mod blob;
pub mod cache;
pub mod credential;
pub mod http;
pub mod identity;
pub mod key_vault;
pub mod notify;
pub mod postgres;
pub mod queue;
