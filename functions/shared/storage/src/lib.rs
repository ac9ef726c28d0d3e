//! Azure Storage accounts: how this service reaches blobs and queues, in the cloud and on a developer's machine.
//!
//! The official client crates know only Entra tokens and URLs that carry a shared access signature.
//! [`Account`] adds what the Functions runtime also accepts: connection strings with an account key
//! (and so the local emulator).

mod account;
#[cfg(feature = "azurite")]
pub mod azurite;
mod connection_string;
mod http_client;
mod shared_key;

pub use account::{Account, Error};
pub use connection_string::{ConnectionString, ParseError};
pub use http_client::http_client;
pub use shared_key::SharedKey;
