//! The life of the handler: start, readiness, restart, end.

use crate::body;
use crate::child::{LastErrors, Launch, scrub};
use crate::client::{Client, SendError};
use crate::error::Error;
use crate::host_json::HttpMode;
use crate::log::Level;
use crate::options::Timings;
use hyper::{Request, StatusCode, header};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::sync::{mpsc, watch};

const CATEGORY: &str = "Host.Worker";

/// Where the handler is in its life.
#[derive(Clone, Debug)]
pub(crate) enum State {
    Starting,
    /// It answered a probe. The number counts processes.
    Ready(u64),
    /// There will be no further process.
    Stopped(Option<Error>),
}

enum Command {
    /// Kill and start anew, not counted as a crash.
    Restart,
    /// Kill as a crash would.
    Kill,
    Stop,
}

/// How a process ended.
enum End {
    Exited(ExitStatus),
    NotReady,
    Restart,
    Stop,
}

/// The host's grip on the handler.
pub(crate) struct Handler {
    state: watch::Receiver<State>,
    commands: mpsc::UnboundedSender<Command>,
    pid: Arc<AtomicU32>,
}

impl Handler {
    /// Waits until the handler is ready, and gives the number of its process.
    pub(crate) async fn ready(&self, limit: Duration) -> Result<u64, Error> {
        if let State::Ready(process) = *self.state.borrow() {
            return Ok(process);
        }
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| !matches!(state, State::Starting));
        match tokio::time::timeout(limit, settled).await {
            Ok(Ok(state)) => match &*state {
                State::Ready(process) => Ok(*process),
                State::Stopped(Some(error)) => Err(error.clone()),
                _ => Err(Error::NeverReady),
            },
            _ => Err(Error::NeverReady),
        }
    }

    /// Returns when the process with this number is not the current one any more.
    pub(crate) async fn over(&self, process: u64) {
        let mut state = self.state.clone();
        let _closed =
            state.wait_for(|state| !matches!(state, State::Ready(current) if *current == process)).await;
    }

    /// Returns when no process will follow, with the error if there was one.
    pub(crate) async fn stopped(&self) -> Option<Error> {
        let mut state = self.state.clone();
        let last = state.wait_for(|state| matches!(state, State::Stopped(_))).await;
        match last.as_deref() {
            Ok(State::Stopped(error)) => error.clone(),
            _ => None,
        }
    }

    pub(crate) fn restart(&self) {
        let _gone = self.commands.send(Command::Restart);
    }

    pub(crate) fn kill(&self) {
        let _gone = self.commands.send(Command::Kill);
    }

    pub(crate) fn stop(&self) {
        let _gone = self.commands.send(Command::Stop);
    }

    /// The process id, while there is a process.
    pub(crate) fn pid(&self) -> Option<u32> {
        Some(self.pid.load(Ordering::Relaxed)).filter(|pid| *pid != 0)
    }
}

/// The task that owns the process.
pub(crate) struct Supervisor {
    pub launch: Launch,
    pub client: Client,
    pub timings: Timings,
    pub crash_limit: u32,
    pub initialization_timeout: Duration,
}

impl Supervisor {
    /// Starts supervising; without `enabled` (no function to serve) no process is started.
    pub(crate) fn start(self, enabled: bool) -> Handler {
        let (publish, state) = watch::channel(State::Starting);
        let (commands, orders) = mpsc::unbounded_channel();
        let pid = Arc::new(AtomicU32::new(0));
        if enabled {
            tokio::spawn(self.run(publish, orders, Arc::clone(&pid)));
        } else {
            tokio::spawn(idle(publish, orders));
        }
        Handler { state, commands, pid }
    }

    async fn run(
        self,
        publish: watch::Sender<State>,
        mut orders: mpsc::UnboundedReceiver<Command>,
        pid: Arc<AtomicU32>,
    ) {
        let mut crashes: Vec<Instant> = Vec::new();
        for process in 1.. {
            publish.send_replace(State::Starting);
            let (mut child, last_errors) = match self.launch.start() {
                Ok(started) => started,
                Err(error) => {
                    self.log(Level::Error, format!("The handler cannot be started: {error}"));
                    publish.send_replace(State::Stopped(Some(Error::Start(error.to_string()))));
                    return;
                }
            };
            pid.store(child.id().unwrap_or(0), Ordering::Relaxed);
            let mut end = self.attend(&mut child, process, &publish, &mut orders).await;
            pid.store(0, Ordering::Relaxed);
            // SIGKILL, as the platform does; a process that has ended is merely reaped.
            let _ended_before = child.kill().await;
            if matches!(&end, End::Exited(status) if status.code() == Some(0)) {
                self.log(
                    Level::Warning,
                    "The handler exited with code 0 and is not restarted; invocations will fail",
                );
                publish.send_replace(State::Ready(process));
                end = wait_for_order(&mut orders).await;
            }
            match self.judge(&end, &mut crashes, &last_errors) {
                Verdict::StartAgain => {}
                Verdict::GiveUp(error) => {
                    publish.send_replace(State::Stopped(error));
                    return;
                }
            }
        }
    }

    /// Follows one process until it ends or is to end.
    async fn attend(
        &self,
        child: &mut Child,
        process: u64,
        publish: &watch::Sender<State>,
        orders: &mut mpsc::UnboundedReceiver<Command>,
    ) -> End {
        let readiness = self.until_ready();
        tokio::pin!(readiness);
        let mut ready = false;
        let mut pings = tokio::time::interval(self.timings.status_ping);
        loop {
            tokio::select! {
                status = child.wait() => match status {
                    Ok(status) => return End::Exited(status),
                    Err(_) => return End::Restart,
                },
                order = orders.recv() => match order {
                    Some(Command::Restart) => return End::Restart,
                    // The exit is then seen by wait() above.
                    Some(Command::Kill) => drop(child.start_kill()),
                    Some(Command::Stop) | None => return End::Stop,
                },
                answered = &mut readiness, if !ready => {
                    if !answered {
                        return End::NotReady;
                    }
                    ready = true;
                    pings.reset();
                    publish.send_replace(State::Ready(process));
                    self.log(Level::Information, "Worker process started and initialized.");
                }
                _ = pings.tick(), if ready => {
                    let client = self.client.clone();
                    tokio::spawn(async move { client.send(probe_request(&client)).await.is_ok() });
                }
            }
        }
    }

    /// What follows from an end.
    fn judge(&self, end: &End, crashes: &mut Vec<Instant>, last_errors: &LastErrors) -> Verdict {
        let what = match end {
            End::Stop => return Verdict::GiveUp(None),
            End::Restart => return Verdict::StartAgain,
            End::Exited(status) if status.code() == Some(200) => {
                self.log(Level::Information, "The handler asked to be restarted (exit code 200)");
                return Verdict::StartAgain;
            }
            End::Exited(status) => format!("The handler ended: {status}"),
            End::NotReady => "Initializing HttpWorker timed out.".to_owned(),
        };
        let last = last_errors.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let last: Vec<String> = last.iter().map(|line| scrub(line)).collect();
        self.log(Level::Error, format!("{what} {}", last.join(" | ")).trim_end().to_owned());
        if crashes.last().is_some_and(|crash| crash.elapsed() > self.timings.crash_window) {
            crashes.clear();
        }
        crashes.push(Instant::now());
        if crashes.len() < self.crash_limit as usize {
            return Verdict::StartAgain;
        }
        self.log(Level::Error, "Exceeded http worker restart retry count. Shutting down Functions Host");
        Verdict::GiveUp(Some(Error::CrashLoop(self.crash_limit)))
    }

    /// Probes until something answers; `false` when the time is up, counted in probes.
    async fn until_ready(&self) -> bool {
        let step = self.timings.readiness_poll.max(Duration::from_millis(1));
        let steps = self.initialization_timeout.as_millis().div_ceil(step.as_millis());
        for _ in 0..steps {
            if self.answers().await {
                return true;
            }
            tokio::time::sleep(step).await;
        }
        false
    }

    /// Any HTTP answer counts, and any failure that is not one of the socket.
    async fn answers(&self) -> bool {
        match self.client.send(probe_request(&self.client)).await {
            Ok(response) if self.launch.config.mode != HttpMode::Forward => {
                redirect_leads_somewhere(response.status(), response.headers().get(header::LOCATION)).await
            }
            Ok(_) => true,
            Err(SendError::Lost(error)) => error.is_parse(),
            Err(SendError::Connect(_)) => false,
        }
    }

    fn log(&self, level: Level, text: impl Into<String>) {
        self.launch.log.write(level, CATEGORY, text);
    }
}

enum Verdict {
    StartAgain,
    GiveUp(Option<Error>),
}

/// Without a process only orders are left to wait for.
async fn wait_for_order(orders: &mut mpsc::UnboundedReceiver<Command>) -> End {
    loop {
        match orders.recv().await {
            Some(Command::Restart) => return End::Restart,
            Some(Command::Kill) => {}
            Some(Command::Stop) | None => return End::Stop,
        }
    }
}

/// A host without functions: nothing to supervise.
async fn idle(publish: watch::Sender<State>, mut orders: mpsc::UnboundedReceiver<Command>) {
    while !matches!(wait_for_order(&mut orders).await, End::Stop) {}
    publish.send_replace(State::Stopped(None));
}

fn probe_request(client: &Client) -> Request<body::Body> {
    let mut request = Request::new(body::empty());
    let host =
        header::HeaderValue::from_str(&client.authority()).expect("an address is a valid header value");
    request.headers_mut().insert(header::HOST, host);
    request
}

/// The probe follows redirects, so one to a host that cannot be reached looks like silence.
async fn redirect_leads_somewhere(status: StatusCode, location: Option<&header::HeaderValue>) -> bool {
    let target = location.filter(|_| status.is_redirection()).and_then(|value| value.to_str().ok());
    let Some(target) = target.and_then(|text| url::Url::parse(text).ok()) else { return true };
    match (target.host_str(), target.port_or_known_default()) {
        (Some(host), Some(port)) => TcpStream::connect((host, port)).await.is_ok(),
        _ => true,
    }
}
