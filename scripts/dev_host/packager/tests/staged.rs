//! The staged package under the local host, as it is deployed: from a read-only directory, with no database, no store
//! and nothing to write to but TMPDIR.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How soon the package must be ready on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).expect("the crate lies three folders deep")
}

fn staged() -> PathBuf {
    let package = project().join("target/package");
    assert!(package.join("handler").exists(), "there is no package: run scripts/stage first");
    package
}

/// The local host, stopped when dropped.
struct Host {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Host {
    /// Starts it on the package in a mount namespace in which nothing can be written but `writable`.
    fn start(package: &Path, writable: &Path) -> Self {
        let host = Path::new(env!("CARGO_BIN_EXE_pi-package")).with_file_name("dev_host");
        assert!(host.exists(), "{} is missing: cargo build --workspace", host.display());
        const READ_ONLY: &str = r#"set -e
            mount --bind "$1" "$1"
            mount -o remount,bind,ro "$1"
            if touch "$1/written" 2>/dev/null; then echo "the package can be written to" >&2; exit 1; fi
            exec "$2" --script-root "$1" --settings "$3" --port 0"#;
        let settings = project().join("local.settings.sample.json");
        let mut child = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", READ_ONLY, "sh"])
            .args([package, &host, &settings])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TMPDIR", writable)
            // Nothing listens there: neither database nor store.
            .envs(ABSENT)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("unshare is there (util-linux)");
        let (write, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().expect("its output"));
        // Read to the end, whoever listens: the host must not meet a closed pipe.
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).for_each(|line| drop(write.send(line)))
        });
        Self { child, lines }
    }

    /// The functions it has loaded, once the handler has answered its ping too.
    fn loaded(&self) -> Vec<String> {
        let (mut said, mut loaded, mut ready) = (String::new(), None, false);
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            assert!(!line.contains(" fail ") && !line.contains("in error"), "{line}");
            ready |= line.ends_with("Worker process started and initialized.");
            loaded =
                loaded.or_else(|| Some(line.strip_prefix("Functions at ")?.split_once(": ")?.1.to_owned()));
            if let (Some(names), true) = (&loaded, ready) {
                let mut names: Vec<_> = names.split(", ").map(str::to_owned).collect();
                names.sort();
                return names;
            }
            said = said + &line + "\n";
        }
        panic!(
            "the package did not start; this test needs user namespaces \
             (sysctl kernel.unprivileged_userns_clone=1, or run as root):\n{said}"
        )
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The host was executed in the place of unshare and the shell; its handler dies with it.
        let _ended = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ended = self.child.wait();
    }
}

const ABSENT: [(&str, &str); 3] = [
    ("DATABASE_URL", "postgres://pi_handler@127.0.0.1:1/pi"),
    ("PiStorage", STORE),
    ("AzureWebJobsStorage", STORE),
];
const STORE: &str = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm90aGluZw==;\
    BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;QueueEndpoint=http://127.0.0.1:1/devstoreaccount1;";

/// The functions of the package: its folders.
fn functions(package: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(package).expect("a package").flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn items_52_and_53_the_package_runs_read_only_and_the_host_loads_every_function() {
    let (package, writable) =
        (staged(), std::env::temp_dir().join(format!("pi-staged-{}", std::process::id())));
    std::fs::create_dir_all(&writable).expect("a temporary folder");
    let host = Host::start(&package, &writable);
    assert_eq!(host.loaded(), functions(&package));
    drop(host);
    std::fs::remove_dir_all(&writable).expect("the folder is removed");
}

#[test]
fn item_51_the_staged_zip_starts_on_any_image() {
    let zip = std::fs::File::open(staged().with_extension("zip")).expect("scripts/stage makes the zip");
    let mut zip = zip::ZipArchive::new(zip).expect("a zip");
    let mut names: Vec<_> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
    names.sort();
    let mut wanted: Vec<_> =
        functions(&staged()).iter().map(|name| format!("{name}/function.json")).collect();
    wanted.extend(["handler".to_owned(), "host.json".to_owned()]);
    wanted.sort();
    assert_eq!(names, wanted, "host.json and the executable in the root, and nothing else");
    let mut handler = zip.by_name("handler").expect("the executable");
    assert_eq!(handler.unix_mode().map(|mode| mode & 0o777), Some(0o755));
    let mut bytes = Vec::new();
    handler.read_to_end(&mut bytes).expect("the executable");
    assert_eq!(packager::elf::faults(&bytes), Vec::<String>::new());
    let file = std::fs::metadata(staged().join("handler")).expect("the executable");
    assert_eq!(file.permissions().mode() & 0o777, 0o755);
}
