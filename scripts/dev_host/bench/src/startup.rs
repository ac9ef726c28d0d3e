//! The handler alone: how long from its start to its first answer and to its first page from the database, and how
//! much memory it holds when nothing happens.

use crate::proc;
use anyhow::{Context, Result, bail};
use launcher::ports;
use launcher::settings::Settings;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A handler that is not there by then is not coming.
const LIMIT: Duration = Duration::from_secs(20);
/// How long the handler is left in peace before its memory is read.
const REST: Duration = Duration::from_secs(2);
/// The page of all courts: read from the database by the first who asks.
const PAGE: &str = "/courts-tribunals-list";

/// One start, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// To the first HTTP answer.
    pub answer: f64,
    /// To the first page that needed the database.
    pub page: f64,
}

/// A process that is killed when it is dropped.
struct Alone(Child);

impl Drop for Alone {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to kill, only to collect.
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

/// Starts the handler so many times.
///
/// # Errors
/// When it does not answer.
pub fn starts(package: &Path, settings: &Settings, times: usize) -> Result<Vec<Start>> {
    (0..times).map(|_| start(package, settings).map(|(start, _)| start)).collect()
}

/// Resident memory of a handler that has served one page and has been left alone since, in bytes.
///
/// # Errors
/// When it does not answer.
pub fn idle_memory(package: &Path, settings: &Settings) -> Result<u64> {
    let (_, alone) = start(package, settings)?;
    std::thread::sleep(REST);
    proc::resident(alone.0.id())
}

fn start(package: &Path, settings: &Settings) -> Result<(Start, Alone)> {
    let port = ports::free()?;
    let mut command = Command::new(package.join("handler"));
    command.env_clear().envs(settings).env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string());
    command.current_dir(package).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
    let started = Instant::now();
    let alone = Alone(command.spawn().context("target/package/handler cannot be executed")?);
    until_answer(port, started)?;
    let answer = milliseconds(started);
    match get(port, PAGE) {
        Ok(status) if status == "200" => {}
        other => bail!("the page of all courts was answered with {other:?}"),
    }
    Ok((Start { answer, page: milliseconds(started) }, alone))
}

fn until_answer(port: u16, started: Instant) -> Result<()> {
    while started.elapsed() < LIMIT {
        if get(port, "/").is_ok_and(|status| status == "200") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    bail!("the handler did not answer within {LIMIT:?}")
}

/// The status of the answer, once it has come completely.
fn get(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(LIMIT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split_whitespace().nth(1).unwrap_or_default().to_owned())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
