//! Runs the local host in a terminal: `dev_host --script-root DIR [--port N] [--settings FILE] …`.

use anyhow::{Context, Result, bail};
use dev_host::{Host, HostOptions, LogLine, read_local_settings};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: dev_host --script-root DIR [--port 7071] [--settings FILE] \
    [--enable-auth] [--forward] [--content-length]";

#[tokio::main]
async fn main() -> Result<()> {
    let mut options = parse(std::env::args().skip(1))?;
    options.on_log = Some(Arc::new(print));
    let (auth, keys) = (options.auth, options.keys.clone());
    let host = Host::start(options).await?;
    println!("Functions at http://{}: {}", host.address(), host.functions().join(", "));
    if auth {
        println!(
            "Keys: master {}, host {}, blobs_extension {}",
            keys.master, keys.host, keys.blobs_extension
        );
    }
    tokio::select! {
        ended = host.wait() => ended?,
        asked = asked_to_stop() => {
            asked?;
            host.stop().await;
        }
    }
    Ok(())
}

/// Ctrl-C, or the ordinary request to end.
async fn asked_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<HostOptions> {
    let mut options = HostOptions::new(PathBuf::new());
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value; {USAGE}"));
        match argument.as_str() {
            "--script-root" => options.script_root = value()?.into(),
            "--port" => options.address.set_port(value()?.parse().context("--port needs a number")?),
            "--settings" => options.settings = read_local_settings(&PathBuf::from(value()?))?,
            "--enable-auth" => options.auth = true,
            "--forward" => options.forward_mode = Some(true),
            "--content-length" => options.content_length = true,
            _ => bail!("{argument} is unknown; {USAGE}"),
        }
    }
    if options.script_root.as_os_str().is_empty() {
        bail!(USAGE);
    }
    Ok(options)
}

fn print(line: &LogLine) {
    println!("{} {} {}: {}", line.at.format("%H:%M:%S%.3f"), line.level, line.category, line.text);
}
