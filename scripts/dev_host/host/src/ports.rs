//! Ports of 127.0.0.1 for what listens a moment later.

use crate::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// The first of them. They lie below those the system gives to outgoing connections: such a connection could take the
/// port in the meantime, and a probe of it could even connect to itself.
const FIRST: u32 = 20_000;
/// How many there are.
const COUNT: u32 = 12_000;
/// How far apart two processes begin that were started one after the other.
const STRIDE: u32 = 97;

/// A port nobody uses at this moment, and another one at each call. Somebody else may take it before it is used, so be
/// ready to ask again.
///
/// # Errors
/// When all are taken.
pub fn free_port() -> Result<u16, Error> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(STRIDE);
    (0..COUNT)
        .map(|_| FIRST + begin.wrapping_add(CALLS.fetch_add(1, Ordering::Relaxed)) % COUNT)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| is_free(*port))
        .ok_or_else(|| Error::Network("there is no free port".into()))
}

/// Whether nobody listens there.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_call_gives_another_port_below_those_of_outgoing_connections() {
        let ports: BTreeSet<u16> = (0..100).map(|_| free_port().expect("a free port")).collect();
        assert_eq!(ports.len(), 100);
        assert!(ports.iter().all(|port| (20_000..32_000).contains(port)), "{ports:?}");
    }
}
