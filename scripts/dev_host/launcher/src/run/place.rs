//! Which servers a run starts itself, and the ports it needs for them.

use super::Options;
use crate::ports::{self, Port};
use crate::project::on_path;
use crate::services::given;
use anyhow::{Result, bail};

/// The ports of a run. Those of servers that are given are absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The app's.
    pub app: u16,
    /// The stand-ins'.
    pub stand_ins: u16,
    /// Postgres's, unless `DATABASE_URL` is set.
    pub postgres: Option<u16>,
    /// Azurite's for blobs and queues, unless `AzureWebJobsStorage` is set.
    pub storage: Option<(u16, u16)>,
}

impl Place {
    /// Claims every port, and tells of all that are taken at once.
    ///
    /// # Errors
    /// When ports are taken, or Core Tools are asked for and missing.
    pub fn claim(options: Options) -> Result<Self> {
        if options.core_tools && on_path("func").is_none() {
            bail!(
                "Azure Functions Core Tools (func) were not found on the PATH; leave out --func to use the local host"
            );
        }
        let mut taken = Vec::new();
        let mut claim = |port: Port| match port.claim() {
            Ok(number) => number,
            Err(error) => {
                taken.push(error.to_string());
                0
            }
        };
        let own_storage = given("AzureWebJobsStorage").is_none();
        let place = Self {
            app: claim(ports::APP),
            stand_ins: claim(ports::STAND_INS),
            postgres: given("DATABASE_URL").is_none().then(|| claim(ports::POSTGRES)),
            storage: own_storage.then(|| (claim(ports::BLOB), claim(ports::QUEUE))),
        };
        if taken.is_empty() { Ok(place) } else { bail!("{}", taken.join("\n")) }
    }
}
