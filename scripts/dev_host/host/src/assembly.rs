//! Putting a host together from its files and options.

use crate::blob::BlobFunction;
use crate::child::Launch;
use crate::client::Client;
use crate::error::Error;
use crate::function_json::{self, Function, FunctionError, Trigger};
use crate::host::{STARTUP, Shared};
use crate::host_json::{HostJson, HttpMode};
use crate::limits::{DEFAULT_BODY_LIMIT, Gate};
use crate::log::{Level, Log};
use crate::options::HostOptions;
use crate::ports::{free_port, is_free};
use crate::process::Supervisor;
use crate::routes::RouteTable;
use crate::server;
use crate::settings::Settings;
use crate::storage_access::StorageAccess;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

/// Reads all configuration and starts the handler's supervision.
pub(crate) fn assemble(mut options: HostOptions, address: SocketAddr) -> Result<Shared, Error> {
    let log = Log::new(options.on_log.clone());
    options.script_root = options
        .script_root
        .canonicalize()
        .map_err(|error| Error::File { path: options.script_root.clone(), reason: error.to_string() })?;
    let settings = Settings::merge(&effective_values(&options, address), options.inherit_environment);
    let mut config = HostJson::read(&options.script_root, &settings)?;
    match options.forward_mode {
        Some(true) => config.handler.mode = HttpMode::Forward,
        Some(false) => config.handler.mode = HttpMode::Proxy,
        None => {}
    }
    let (functions, mut function_errors) =
        function_json::load(&options.script_root, &settings, config.functions.as_deref());
    let (routes, conflicts) = RouteTable::build(&functions, &config.http.route_prefix, config.handler.mode);
    function_errors.extend(conflicts);
    let mut blob_functions = Vec::new();
    for function in functions.iter().filter(|function| !function.disabled) {
        match BlobFunction::of(function) {
            Ok(found) => blob_functions.extend(found),
            Err(reason) => function_errors.push(FunctionError { name: function.name.to_string(), reason }),
        }
    }
    report(&log, &functions, &function_errors, config.retry.is_some());
    let port = handler_port(config.handler.port)?;
    let client = Client::new(port);
    let initialization_timeout =
        options.initialization_timeout.unwrap_or(config.handler.initialization_timeout);
    let supervisor = Supervisor {
        launch: Launch {
            config: config.handler.clone(),
            script_root: options.script_root.clone(),
            settings: settings.clone(),
            inherit_environment: options.inherit_environment,
            port,
            log: log.clone(),
        },
        client: client.clone(),
        timings: options.timings.clone(),
        crash_limit: options.crash_limit,
        initialization_timeout,
    };
    Ok(Shared {
        custom_headers: server::parse_headers(&config.http.custom_headers).map_err(Error::Configuration)?,
        body_limit: settings
            .get("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(DEFAULT_BODY_LIMIT),
        gate: Gate::new(&config.http),
        handler: supervisor.start(!functions.is_empty()),
        invocations: Arc::default(),
        storage: StorageAccess::new(settings.clone()),
        host_id: host_id(&settings, &options.script_root),
        started: Instant::now(),
        running: watch::Sender::new(false),
        options,
        settings,
        config,
        functions,
        function_errors,
        blob_functions,
        routes,
        client,
        log,
        initialization_timeout,
    })
}

/// The caller's settings with those a local host adds.
fn effective_values(options: &HostOptions, address: SocketAddr) -> BTreeMap<String, String> {
    let mut values = options.settings.clone();
    for (name, value) in [
        ("AZURE_FUNCTIONS_ENVIRONMENT", "Development".to_owned()),
        ("AzureWebJobsScriptRoot", options.script_root.display().to_string()),
        ("WEBSITE_HOSTNAME", format!("localhost:{}", address.port())),
    ] {
        values.entry(name.to_owned()).or_insert(value);
    }
    values
}

fn report(log: &Log, functions: &[Arc<Function>], errors: &[FunctionError], host_retry: bool) {
    for error in errors {
        let text = format!("The function '{}' is in error: {}", error.name, error.reason);
        log.write(Level::Error, STARTUP, text);
    }
    for function in functions {
        let retried = function.retry.is_some() || host_retry;
        if retried && !matches!(function.trigger, Trigger::Timer { .. }) {
            let text = format!("The retry policy does not apply to the trigger of '{}'", function.name);
            log.write(Level::Warning, STARTUP, text);
        }
    }
}

/// The configured port, which must be free, or any free one.
fn handler_port(configured: Option<u16>) -> Result<u16, Error> {
    match configured {
        None => free_port(),
        Some(port) if is_free(port) => Ok(port),
        Some(port) => Err(Error::Network(format!("port {port}, meant for the handler, is in use"))),
    }
}

/// The setting, else a name that depends on the script root alone.
fn host_id(settings: &Settings, script_root: &Path) -> String {
    if let Some(id) = settings.get("AzureFunctionsWebHost__hostid") {
        return id.to_lowercase();
    }
    // FNV-1a: stable across versions, unlike the standard library's hasher.
    let hash = script_root.to_string_lossy().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("local-{hash:016x}")
}
