//! The real executable behind the local Functions host.
