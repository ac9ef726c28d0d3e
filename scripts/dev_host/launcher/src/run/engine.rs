//! What runs the functions: the local Functions host, or Azure Functions Core Tools.

use super::functions::{Connected, HostFunctions};
use super::{Options, host_log};
use crate::process::Service;
use crate::progress::note;
use crate::project::{Project, on_path};
use crate::settings::Settings;
use crate::watchdog::{Stop, Watchdog};
use anyhow::{Context, Result};
use dev_host::{Host, HostOptions};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// The pause before a host that stopped is started again, as the platform would do; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A host that has run for so long has run well: what stopped it is new, and the pause is the first again.
const GOOD_RUN: Duration = Duration::from_secs(60);

/// The running host.
pub enum Engine {
    /// This project's own.
    Local(Box<LocalHost>),
    /// The vendor's.
    CoreTools(Box<Service>),
}

/// The local host, with what is needed to start it again.
pub struct LocalHost {
    host: Arc<Connected>,
    options: HostOptions,
    functions: Arc<HostFunctions>,
    started: Instant,
    pause: Duration,
}

impl Engine {
    /// Starts the host on the staged package.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start(
        project: &Project,
        watchdog: &Watchdog,
        options: Options,
        port: u16,
        settings: Settings,
        functions: &Arc<HostFunctions>,
    ) -> Result<Self> {
        let log = project.run_folder().join("host.log");
        if options.core_tools {
            return core_tools(project, watchdog, port, &settings, &log)
                .map(|service| Self::CoreTools(Box::new(service)));
        }
        let mut host_options = HostOptions::new(project.package());
        host_options.address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        host_options.settings = settings;
        // The environment has been merged already, with this run's own values above it.
        host_options.inherit_environment = false;
        host_options.on_log = Some(host_log::to_file(&log)?);
        let host = LocalHost::start(host_options, Arc::clone(functions)).await?;
        Ok(Self::Local(Box::new(host)))
    }

    /// Waits until the host stops for the first time; says why.
    pub async fn died(&mut self) -> String {
        match self {
            Self::Local(local) => match local.host.0.wait().await {
                Ok(()) => "the host has stopped".to_owned(),
                Err(error) => format!("the host has stopped: {error}"),
            },
            Self::CoreTools(service) => service.ended().await,
        }
    }

    /// Waits until the host ends for good; says why. The local host is started again each time it stops.
    pub async fn ended(&mut self) -> String {
        match self {
            Self::Local(host) => host.keep_up().await,
            Self::CoreTools(service) => service.ended().await,
        }
    }

    /// Stops it.
    pub async fn stop(self) {
        match self {
            // Somebody may be looking at its runs this moment; then the last to look stops it.
            Self::Local(local) => {
                if let Some(Connected(host)) = Arc::into_inner(local.host) {
                    host.stop().await;
                }
            }
            Self::CoreTools(service) => service.stop().await,
        }
    }
}

impl LocalHost {
    async fn start(options: HostOptions, functions: Arc<HostFunctions>) -> Result<Self> {
        let host = Arc::new(Connected(Host::start(options.clone()).await?));
        functions.connect(&host);
        Ok(Self { host, options, functions, started: Instant::now(), pause: Duration::ZERO })
    }

    /// Three crashes of the handler stop a host; in Azure the platform then starts another.
    async fn keep_up(&mut self) -> String {
        loop {
            let reason =
                self.host.0.wait().await.err().map_or_else(String::new, |error| format!(" ({error})"));
            self.pause = next_pause(self.pause, self.started.elapsed());
            note(&format!("The host has stopped{reason}; it starts again in {} s.", self.pause.as_secs()));
            tokio::time::sleep(self.pause).await;
            match Host::start(self.options.clone()).await {
                Ok(host) => {
                    self.host = Arc::new(Connected(host));
                    self.functions.connect(&self.host);
                    self.started = Instant::now();
                }
                Err(error) => return format!("the host could not be started again: {error}"),
            }
        }
    }
}

/// The pause after a run of this length, when the one before it was `last`.
fn next_pause(last: Duration, run: Duration) -> Duration {
    if run >= GOOD_RUN { FIRST_PAUSE } else { (last * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE) }
}

/// Starts `func` on a copy of the package, since it wants a local.settings.json beside host.json, and nobody here sends
/// it the events that the package's blob triggers wait for.
fn core_tools(
    project: &Project,
    watchdog: &Watchdog,
    port: u16,
    settings: &Settings,
    log: &Path,
) -> Result<Service> {
    let program = on_path("func").context("Azure Functions Core Tools (func) were not found on the PATH")?;
    let folder = project.root().join("target/func");
    copy_package(&project.package(), &folder)?;
    let file = json!({"IsEncrypted": false, "Values": settings});
    fs::write(folder.join("local.settings.json"), file.to_string())
        .context("local.settings.json cannot be written")?;
    let log = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
    let mut command = Command::new(program);
    // A variable of the environment wins over the file, so the values go there as well.
    command.args(["start", "--port", &port.to_string()]).envs(settings).current_dir(&folder);
    command.env("FUNCTIONS_CORE_TOOLS_TELEMETRY_OPTOUT", "1").stdout(log.try_clone()?).stderr(log);
    Service::start("Azure Functions Core Tools", &mut command, Stop::Interrupt, watchdog)
}

fn copy_package(package: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(package).context("there is no package")?.flatten() {
        let target = folder.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target)?;
            let function = fs::read_to_string(entry.path().join("function.json"))?;
            fs::write(target.join("function.json"), polling(&function)?)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A function.json whose blob triggers look for blobs themselves: Azurite sends no Event Grid events.
fn polling(function: &str) -> Result<String> {
    let mut function: Value = serde_json::from_str(function).context("a function.json is not JSON")?;
    for binding in function["bindings"].as_array_mut().into_iter().flatten() {
        if let Some(binding) = binding.as_object_mut() {
            binding.remove("source");
        }
    }
    Ok(function.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_the_longest_and_is_the_first_again_after_a_good_run() {
        let mut pause = Duration::ZERO;
        let mut after = |run: u64| {
            pause = next_pause(pause, Duration::from_secs(run));
            pause.as_secs()
        };
        assert_eq!([1; 7].map(&mut after), [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!([60, 1].map(after), [1, 2]);
    }
}
