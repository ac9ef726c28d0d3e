//! The staged executable starts where there is nothing: an empty root with a resolver's address and no library, no
//! certificate, no name service. It resolves a name through a local resolver and gets as far as the connection.
//! The test runs in a user and a network namespace of its own, so that anybody may bind port 53 and change the root.

use simple_dns::rdata::{A, RData};
use simple_dns::{CLASS, Packet, QTYPE, ResourceRecord, TYPE};
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

const NAME: &str = "database.pi.test";

/// The package that scripts/stage made.
fn staged() -> PathBuf {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).expect("the crate lies three folders deep");
    let handler = root.join("target/package/handler");
    assert!(handler.exists(), "there is no package: run scripts/stage first");
    handler
}

/// Answers every question for an address with 127.0.0.1 and tells which names were asked for.
fn resolver() -> io::Result<mpsc::Receiver<String>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 53))?;
    let (asked, questions) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let query = Packet::parse(&buffer[..length]).expect("a question");
            let question = query.questions[0].clone();
            let mut reply = query.into_reply();
            if question.qtype == QTYPE::TYPE(TYPE::A) {
                let address = RData::A(A::from(Ipv4Addr::LOCALHOST));
                reply.answers.push(ResourceRecord::new(question.qname.clone(), CLASS::IN, 60, address));
            }
            if reply.questions.is_empty() {
                reply.questions.push(question.clone());
            }
            let bytes = reply.build_bytes_vec().expect("an answer");
            socket.send_to(&bytes, from).expect("the answer leaves");
            let _ = asked.send(question.qname.to_string());
        }
    });
    Ok(questions)
}

/// Set in the namespace.
const INSIDE: &str = "PI_IN_A_NAMESPACE";

#[test]
fn the_executable_resolves_a_name_in_an_empty_root() {
    if std::env::var_os(INSIDE).is_some() {
        return resolves_a_name();
    }
    let enters =
        Command::new("unshare").args(["--map-root-user", "--net", "ip", "link", "set", "lo", "up"]).output();
    let enters = enters.expect("unshare is there (util-linux)");
    assert!(
        enters.status.success(),
        "this test needs ip (iproute2) and user namespaces, which are switched off for this user \
         (sysctl kernel.unprivileged_userns_clone=1, or run as root): {}",
        String::from_utf8_lossy(&enters.stderr)
    );
    let again = "ip link set lo up && exec \"$0\" --exact the_executable_resolves_a_name_in_an_empty_root --nocapture";
    let inside = Command::new("unshare")
        .args(["--map-root-user", "--net", "sh", "-c", again])
        .arg(std::env::current_exe().expect("a test runs"))
        .env(INSIDE, "yes")
        .output()
        .expect("unshare runs");
    let said = [inside.stdout, inside.stderr].concat();
    assert!(inside.status.success(), "{}", String::from_utf8_lossy(&said));
}

fn resolves_a_name() {
    let questions = resolver().expect("port 53 is free in a network of one's own");
    let root = std::env::temp_dir().join(format!("pi-empty-root-{}", std::process::id()));
    std::fs::create_dir_all(root.join("etc")).expect("an empty root");
    std::fs::write(root.join("etc/resolv.conf"), "nameserver 127.0.0.1\n").expect("a resolver's address");
    std::fs::copy(staged(), root.join("handler")).expect("the executable");
    std::fs::set_permissions(root.join("handler"), std::fs::Permissions::from_mode(0o755)).expect("its mode");
    let run = Command::new("chroot")
        .arg(&root)
        .args(["/handler", "migrate"])
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("MIGRATOR_DATABASE_URL", format!("postgres://nobody@{NAME}:1/none?connect_timeout=5"))
        .output()
        .expect("chroot runs");
    std::fs::remove_dir_all(&root).expect("the root is removed");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success());
    assert!(said.contains("Connection refused"), "the name was not resolved: {said}");
    assert_eq!(questions.recv_timeout(Duration::from_secs(1)).as_deref(), Ok(NAME));
}
