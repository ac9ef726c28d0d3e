//! The host against the conformance checklist of the custom-handler protocol; each test carries its item's number.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
mod answers;
mod blobs;
mod envelopes;
mod forwarding;
mod process;
mod proxying;
mod queues;
mod routing;
mod support;
mod timers;
