//! `pi-dev with-services`: real servers for a command, and nothing left of them, however it ends.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use launcher::throw_away;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// `pi-dev with-services -- sh -c SCRIPT`, without the servers of an outer run.
fn with_services(script: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pi-dev"));
    for variable in ["DATABASE_URL", "AzureWebJobsStorage", "REDIS_URL"] {
        command.env_remove(variable);
    }
    command.args(["with-services", "--", "sh", "-c", script]).stderr(Stdio::null()).current_dir("/");
    command
}

fn within(limit: Duration, happened: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if happened() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    happened()
}

/// The port of `postgres://postgres@127.0.0.1:PORT/pi` or of the last `http://127.0.0.1:PORT/…`.
fn port_of(address: &str) -> u16 {
    let digits = address.rsplit("127.0.0.1:").next().unwrap();
    digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// The throw-away folders of a process.
fn folders_of(process: u32) -> Vec<PathBuf> {
    let name = format!("{}{process}-", throw_away::PREFIX);
    let entries = throw_away::places().into_iter().filter_map(|place| std::fs::read_dir(place).ok());
    let entries = entries.flatten().flatten();
    entries.filter(|e| e.file_name().to_string_lossy().starts_with(&name)).map(|e| e.path()).collect()
}

#[test]
fn the_command_s_exit_code_is_handed_on_and_the_servers_are_gone() {
    let output = with_services("echo $DATABASE_URL; echo $AzureWebJobsStorage; exit 7").output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let (database, storage) = (port_of(lines.next().unwrap()), port_of(lines.next().unwrap()));
    assert!(!listens(database) && !listens(storage));
}

#[test]
fn a_server_that_is_already_there_is_used_as_it_is() {
    let mut command = with_services("echo $DATABASE_URL $AzureWebJobsStorage");
    let output = command
        .env("DATABASE_URL", "postgres://mine")
        .env("AzureWebJobsStorage", "UseDevelopmentStorage=true")
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"postgres://mine UseDevelopmentStorage=true\n");
}

#[test]
fn sigkill_leaves_neither_servers_nor_command_nor_files() {
    let script = "echo $DATABASE_URL; echo $AzureWebJobsStorage; echo $$; setsid sleep 600 & echo $!; wait";
    let mut child = with_services(script).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told: Vec<_> = lines.take(4).map(Result::unwrap).collect();
    let ports = [port_of(&told[0]), port_of(&told[1])];
    assert!(ports.into_iter().all(listens));
    let folders = folders_of(child.id());
    assert!(!folders.is_empty(), "the servers' files are elsewhere");

    child.kill().unwrap();
    child.wait().unwrap();

    let ended = |pid: &String| !Path::new(&format!("/proc/{pid}/environ")).exists();
    let gone = || {
        !ports.into_iter().any(listens)
            && told[2..].iter().all(ended)
            && !folders.iter().any(|folder| folder.exists())
    };
    assert!(within(Duration::from_secs(15), gone), "something of the run is still there");
}
