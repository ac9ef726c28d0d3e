//! What the host sets off: timers, queue messages, blobs.

mod dispatch;
mod reference;
mod sending;
mod triggers;
