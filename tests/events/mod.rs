//! What happens by timer, queue and blob.
