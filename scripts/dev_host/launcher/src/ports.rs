//! The ports of 127.0.0.1 this project uses, each of which an environment variable can move.

use anyhow::{Context, Result, bail};
pub use dev_host::free_port as free;
use std::net::{Ipv4Addr, TcpListener};

/// A port with a purpose and the variable that moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// What listens there.
    pub purpose: &'static str,
    /// The environment variable that moves it.
    pub variable: &'static str,
    /// Where it is when the variable is absent.
    pub usual: u16,
}

/// The app, behind the local Functions host.
pub const APP: Port = Port { purpose: "the app", variable: "PI_APP_PORT", usual: 7071 };
/// Identity, GOV.UK Notify, Key Vault and the dashboard.
pub const STAND_INS: Port =
    Port { purpose: "the stand-ins and dashboard", variable: "PI_STANDINS_PORT", usual: 7072 };
/// Azurite's blobs.
pub const BLOB: Port = Port { purpose: "blob storage (Azurite)", variable: "PI_BLOB_PORT", usual: 7073 };
/// Azurite's queues.
pub const QUEUE: Port = Port { purpose: "queue storage (Azurite)", variable: "PI_QUEUE_PORT", usual: 7074 };
/// Postgres.
pub const POSTGRES: Port = Port { purpose: "Postgres", variable: "PI_POSTGRES_PORT", usual: 7075 };

impl Port {
    /// The number to use, if nothing listens there yet.
    ///
    /// # Errors
    /// When the variable is not a port number, or the port is taken: the message names the variable.
    pub fn claim(self) -> Result<u16> {
        self.claim_as(std::env::var(self.variable).ok().as_deref())
    }

    fn claim_as(self, chosen: Option<&str>) -> Result<u16> {
        let number = match chosen.map(str::trim).filter(|text| !text.is_empty()) {
            None => self.usual,
            Some(text) => text
                .parse()
                .ok()
                .filter(|number| *number != 0)
                .with_context(|| format!("{}={text} is not a port number", self.variable))?,
        };
        if TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_err() {
            let Self { purpose, variable, .. } = self;
            bail!(
                "port {number}, meant for {purpose}, is taken. Stop what listens there \
                 (perhaps another scripts/run), or choose another: {variable}={} scripts/run",
                number.checked_add(1000).unwrap_or(17_000)
            );
        }
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_its_variable() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let number = taken.local_addr().expect("bound").port();
        let error = APP.claim_as(Some(&number.to_string())).expect_err("it is taken").to_string();
        assert!(error.contains(&number.to_string()) && error.contains("PI_APP_PORT"), "{error}");
    }

    #[test]
    fn nonsense_is_refused_and_a_free_port_accepted() {
        assert!(POSTGRES.claim_as(Some("eighty")).is_err());
        assert!(POSTGRES.claim_as(Some("0")).is_err());
        let number = free().expect("a free port");
        assert_eq!(POSTGRES.claim_as(Some(&format!(" {number} "))).expect("free"), number);
    }

    #[test]
    fn no_two_purposes_share_a_port_or_a_variable() {
        let all = [APP, STAND_INS, BLOB, QUEUE, POSTGRES];
        for (index, one) in all.iter().enumerate() {
            for other in &all[index + 1..] {
                assert!(one.usual != other.usual && one.variable != other.variable);
            }
        }
    }
}
