//! A checkout for one test, so that it meets neither the developer's data nor a run of theirs.

use launcher::ports;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::{self, Permissions};
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start, and an end, may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often it is tried again on other ports when somebody was quicker.
const ATTEMPTS: usize = 3;
/// The variables that move the ports.
const PORTS: [&str; 5] =
    ["PI_APP_PORT", "PI_STANDINS_PORT", "PI_BLOB_PORT", "PI_QUEUE_PORT", "PI_POSTGRES_PORT"];

/// The checkout; dropping it removes it.
pub struct Checkout(PathBuf);

/// `pi-dev run` in a checkout.
pub struct Run<'c> {
    checkout: &'c Checkout,
    child: Child,
    ports: Vec<u16>,
    endpoints: Value,
}

/// What was built beside `pi-dev`.
fn built(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_BIN_EXE_pi-dev")).with_file_name(name);
    assert!(file.is_file(), "{} is missing: cargo build --workspace", file.display());
    file
}

/// Puts a program elsewhere. Not as a copy, if that can be helped: while it is written, a child that another thread starts
/// holds it open, and a file that is open for writing cannot be executed.
fn place(program: &Path, place: &Path) {
    fs::hard_link(program, place).or_else(|_| fs::copy(program, place).map(drop)).unwrap();
}

impl Checkout {
    /// What a run reads of the project, with the handler built for tests as its package.
    pub fn new() -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().unwrap();
        let name = format!("pi-checkout-{}-{}", std::process::id(), launcher::watchdog::unique());
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(root.join("scripts")).unwrap();
        for name in ["Cargo.toml", "local.settings.sample.json"].into_iter().chain([
            "scripts/package.json",
            "scripts/node_modules",
            "scripts/demo",
        ]) {
            symlink(project.join(name), root.join(name)).unwrap();
        }
        let package = root.join("target/package");
        for entry in fs::read_dir(project.join("functions")).unwrap().flatten() {
            let bindings = entry.path().join("function.json");
            if bindings.is_file() {
                let folder = package.join(entry.file_name());
                fs::create_dir_all(&folder).unwrap();
                fs::copy(bindings, folder.join("function.json")).unwrap();
            }
        }
        fs::copy(project.join("host.json"), package.join("host.json")).unwrap();
        place(&built("handler"), &package.join("handler"));
        // It looks for its checkout from where it lies.
        place(Path::new(env!("CARGO_BIN_EXE_pi-dev")), &root.join("target/pi-dev"));
        fs::create_dir(root.join("bin")).unwrap();
        Self(root)
    }

    pub fn root(&self) -> &Path {
        &self.0
    }

    /// A program that the run finds before any other of its name.
    pub fn puts_on_the_path(&self, name: &str, script: &str) {
        let file = self.0.join("bin").join(name);
        fs::write(&file, script).unwrap();
        fs::set_permissions(file, Permissions::from_mode(0o755)).unwrap();
    }

    /// `pi-dev run`, from a directory that is not the checkout's, without the servers of an outer run.
    pub fn command(&self, options: &[&str]) -> Command {
        let mut command = Command::new(self.0.join("target/pi-dev"));
        for variable in ["DATABASE_URL", "MIGRATOR_DATABASE_URL", "AzureWebJobsStorage", "REDIS_URL"] {
            command.env_remove(variable);
        }
        let path = std::env::var("PATH").unwrap();
        command
            .env("PATH", format!("{}:{path}", self.0.join("bin").display()))
            .env("NOTES", &self.0)
            .env("DEV_HOST", built("dev_host"));
        command.args(["run"]).args(options).current_dir("/").stdout(Stdio::null());
        command
    }

    /// Starts, and waits until it says that it is ready.
    pub fn start(&self, options: &[&str]) -> Run<'_> {
        let mut attempts = (0..ATTEMPTS).map(|_| self.start_on_free_ports(options));
        let port_is_taken = |told: &String| told.contains("is taken") || told.contains("in use");
        let settled = attempts.find(|attempt| !attempt.as_ref().is_err_and(port_is_taken));
        settled.expect("a port is always taken").unwrap_or_else(|told| panic!("it did not start: {told}"))
    }

    /// The run, or what it told when it did not start.
    fn start_on_free_ports(&self, options: &[&str]) -> Result<Run<'_>, String> {
        let ports: Vec<_> = PORTS.iter().map(|_| ports::free().unwrap()).collect();
        let mut command = self.command(options);
        command.envs(PORTS.iter().zip(ports.iter().map(u16::to_string)));
        let mut child = command.stderr(fs::File::create(self.0.join("told")).unwrap()).spawn().unwrap();
        let run = self.0.join("target/run");
        let ready = || run.join("ready").exists();
        let over = |child: &mut Child| child.try_wait().unwrap().is_some();
        within(PATIENCE, || ready() || over(&mut child));
        if !ready() {
            // Its watchdog takes the rest down.
            let _ended = child.kill().and_then(|()| child.wait());
            return Err(fs::read_to_string(self.0.join("told")).unwrap_or_default());
        }
        let endpoints = fs::read_to_string(run.join("endpoints.json")).unwrap();
        Ok(Run { checkout: self, child, ports, endpoints: serde_json::from_str(&endpoints).unwrap() })
    }
}

impl Run<'_> {
    /// One of the addresses that the run tells.
    pub fn endpoint(&self, name: &str) -> String {
        self.endpoints[name].as_str().unwrap().to_owned()
    }

    /// Ctrl-C: it ends well, and no server, process or claim to be running is left.
    pub fn ends_by_ctrl_c_and_leaves_nothing(mut self) {
        assert!(self.ports.iter().all(|port| listens(*port)));
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
        assert!(within(PATIENCE, || self.child.try_wait().unwrap().is_some()), "it goes on");
        assert!(self.child.wait().unwrap().success());
        assert!(!self.ports.iter().any(|port| listens(*port)));
        for claim in ["ready", "endpoints.json"] {
            assert!(!self.checkout.0.join("target/run").join(claim).exists(), "{claim}");
        }
        let gone = within(Duration::from_secs(15), || processes_of(&self.checkout.0).is_empty());
        assert!(gone, "{:?}", processes_of(&self.checkout.0));
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        // A test that failed: its watchdog takes the rest down.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        within(Duration::from_secs(15), || processes_of(&self.0).is_empty());
        let _ignored = fs::remove_dir_all(&self.0);
    }
}

fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// The command lines of the processes that have to do with a folder.
fn processes_of(folder: &Path) -> Vec<String> {
    let line = |entry: fs::DirEntry| fs::read(entry.path().join("cmdline")).ok();
    let lines = fs::read_dir("/proc").unwrap().flatten().filter_map(line);
    let text = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    text.filter(|line| line.contains(&*folder.to_string_lossy())).collect()
}

fn within(limit: Duration, mut happened: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    while !happened() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}
