//! The adapters against what they talk to: Azurite and Redis themselves, and small servers in the place of
//! GOV.UK Notify, an identity provider and Key Vault.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "emulators have real clocks, and names must not repeat between runs"
)]

mod blob;
mod cache;
mod identity;
mod identity_keys;
mod key_vault;
mod notify;
mod notify_errors;
mod queue;
mod support;
