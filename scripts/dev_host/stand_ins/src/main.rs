//! The stand-ins as a program of their own, for use without the local host: `stand_ins [--help]`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use stand_ins::notify::KeyKind;
use stand_ins::{Options, StandIns, USUAL_PORT, identity, notify};

const HELP: &str = "\
Stand-ins for GOV.UK Notify, Entra ID and Key Vault, with a dashboard.

  --port NUMBER        where to listen on 127.0.0.1 (7072)
  --data DIRECTORY     keep the mails there between starts
  --config FILE        JSON with any of: notify, identity, secrets, callback, api_url
  --without-identity   do not start the identity provider, which needs Node";

/// What the configuration file may say.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    notify: Option<notify::Settings>,
    identity: Option<IdentityConfig>,
    secrets: BTreeMap<String, String>,
    callback: Option<notify::Callback>,
    api_url: Option<String>,
}

/// The part of the identity provider's settings that belongs in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityConfig {
    tenants: Vec<identity::Tenant>,
}

/// What the command line says.
struct Arguments {
    port: u16,
    data: Option<PathBuf>,
    config: Option<PathBuf>,
    with_identity: bool,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut read = Self { port: USUAL_PORT, data: None, config: None, with_identity: true };
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--port" => read.port = value()?.parse().context("the port is not a number")?,
                "--data" => read.data = Some(value()?.into()),
                "--config" => read.config = Some(value()?.into()),
                "--without-identity" => read.with_identity = false,
                "--help" | "-h" => return Ok(None),
                other => bail!("unknown argument {other}\n\n{HELP}"),
            }
        }
        Ok(Some(read))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let Some(arguments) = Arguments::read(std::env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    let config = match &arguments.config {
        Some(path) => {
            let text =
                fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
            serde_json::from_str(&text)
                .with_context(|| format!("{} is not a configuration", path.display()))?
        }
        None => Config::default(),
    };
    let stand_ins = StandIns::start(options(arguments, config)).await?;
    introduce(&stand_ins);
    tokio::signal::ctrl_c().await.context("the signal to stop cannot be awaited")?;
    Ok(())
}

fn options(arguments: Arguments, config: Config) -> Options {
    let mut identity = identity::Settings::default();
    if let Some(configured) = config.identity {
        identity.tenants = configured.tenants;
    }
    let defaults = Options::default();
    Options {
        port: arguments.port,
        data_directory: arguments.data,
        notify: config.notify.unwrap_or_else(notify::Settings::demo),
        callback: config.callback,
        identity: arguments.with_identity.then_some(identity),
        secrets: config.secrets,
        api_url: config.api_url.unwrap_or_else(|| defaults.api_url.clone()),
        ..defaults
    }
}

/// Says where everything is.
fn introduce(stand_ins: &StandIns) {
    println!("dashboard      {}/", stand_ins.url());
    println!("notify         {}", stand_ins.notify.url());
    if let Some(key) = stand_ins.notify.settings().api_key(KeyKind::Live) {
        println!("notify key     {key}");
    }
    println!("key vault      {}", stand_ins.key_vault.url());
    for tenant in stand_ins.identity.iter().flat_map(identity::Identity::tenants) {
        println!("identity       {}/identity/{}", stand_ins.url(), tenant.id);
    }
}
