//! The stand-ins over HTTP, as their users meet them.

mod support;

mod dashboard;
mod identity;
mod issuer;
mod key_vault;
mod notify_delivery;
mod notify_faults;
mod notify_files;
mod notify_limits;
mod notify_refusals;
