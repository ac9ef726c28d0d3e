//! Items 1 to 11: the life of the handler.

use crate::support::{World, header, http, unique};
use dev_host::{Error, Level, Outcome};
use serde_json::json;
use std::time::{Duration, Instant};
use uuid::Uuid;

#[tokio::test]
async fn item_01_the_child_gets_its_port_its_id_and_all_settings() {
    let world = World::with_catch_all().setting("COURT", "Oxford").host(|file| {
        file["customHandler"]["description"]["arguments"] =
            json!(["--court %COURT%", "%UNSET%", "\"two words\""]);
    });
    let running = world.start().await;
    running.host.ready().await.unwrap();
    let start = running.starts().remove(0);
    let variable = |name: &str| start["environment"][name].as_str().unwrap().to_owned();
    assert_eq!(variable("FUNCTIONS_CUSTOMHANDLER_PORT"), variable("FUNCTIONS_HTTPWORKER_PORT"));
    assert!(running.host.handler_address().ends_with(&variable("FUNCTIONS_HTTPWORKER_PORT")));
    assert_eq!(variable("FUNCTIONS_CUSTOMHANDLER_WORKER_ID"), variable("FUNCTIONS_HTTPWORKER_ID"));
    assert!(Uuid::parse_str(&variable("FUNCTIONS_HTTPWORKER_ID")).is_ok());
    assert_eq!(
        variable("FUNCTIONS_APP_ROOT_PATH"),
        running.root.canonicalize().unwrap().display().to_string()
    );
    assert_eq!(variable("COURT"), "Oxford");
    assert!(start["environment"].get("FUNCTIONS_CUSTOMHANDLER_REQUEST_ID").is_none());
    assert_eq!(start["arguments"], json!(["--court", "Oxford", "two words"]));
    assert_eq!(Some(start["pid"].as_u64().unwrap()), running.host.handler_pid().map(u64::from));
}

#[tokio::test]
async fn item_02_readiness_is_get_root_and_any_answer_counts() {
    let world =
        World::with_catch_all().script(json!({"/": {"status": 500}})).startup(json!({"delay_ms": 200}));
    let running = world.start().await;
    running.host.ready().await.unwrap();
    let probe = &running.seen("/")[0];
    assert_eq!(probe["method"], "GET");
    assert_eq!(header(probe, "host"), [running.host.handler_address()]);
    let names = probe["headers"].as_array().unwrap().iter().map(|pair| pair[0].as_str().unwrap());
    assert!(
        names.filter(|name| name.starts_with("x-azure-functions") || name.starts_with("x-ms")).count() == 0
    );
}

#[tokio::test]
async fn item_02_a_redirect_to_a_host_that_cannot_be_reached_is_not_ready() {
    let to_nowhere = json!({"/": {"status": 302, "headers": [["location", "http://127.0.0.1:1/"]]}});
    let world = World::with_catch_all().script(to_nowhere).option(|options| {
        options.initialization_timeout = Some(Duration::from_millis(250));
        options.crash_limit = 1;
    });
    let running = world.start().await;
    assert!(matches!(running.host.wait().await, Err(Error::CrashLoop(1))));
    assert!(running.logged(Level::Error, "Initializing HttpWorker timed out.").is_some());
}

#[tokio::test]
async fn item_05_requests_before_readiness_wait_and_none_is_lost() {
    let running = World::with_catch_all().startup(json!({"delay_ms": 400})).start().await;
    let (a, b, c) = tokio::join!(running.status("/a"), running.status("/b"), running.status("/c"));
    assert_eq!((a, b, c), (200, 200, 200));
}

#[tokio::test]
async fn item_06_exit_code_0_is_not_restarted_and_invocations_fail() {
    let world = World::with_catch_all().script(json!({"/leave": {"exit": 0}}));
    let running = world.option(|options| options.timings.connect_pauses.truncate(1)).start().await;
    assert_eq!(running.status("/leave").await, 500);
    running.wait_logged(Level::Warning, "exited with code 0").await;
    assert_eq!(running.status("/after").await, 500);
    assert_eq!(running.starts().len(), 1);
    assert_eq!(running.host.handler_pid(), None);
}

#[tokio::test]
async fn item_07_exit_code_200_restarts_uncounted_and_others_restart_on_the_same_port() {
    let world = World::with_catch_all().script(json!({"/again": {"exit": 200}, "/crash": {"exit": 3}}));
    let running = world.start().await;
    for path in ["/again", "/again", "/again", "/again", "/crash"] {
        running.host.ready().await.unwrap();
        let before = running.starts().len();
        assert_eq!(running.status(path).await, 500);
        running.until("a restart", || running.starts().len() > before).await;
    }
    assert_eq!(running.status("/after").await, 200);
    let ports: Vec<_> =
        running.starts().iter().map(|s| s["environment"]["FUNCTIONS_HTTPWORKER_PORT"].clone()).collect();
    assert_eq!(ports.len(), 6);
    assert!(ports.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn item_08_the_third_crash_stops_the_host() {
    let startup = json!({"exit": 7, "print": [["stderr", "no AccountKey=secret; here"]]});
    let running = World::with_catch_all().startup(startup).start().await;
    assert!(matches!(running.host.wait().await, Err(Error::CrashLoop(3))));
    assert_eq!(running.starts().len(), 3);
    assert!(running.logged(Level::Error, "Exceeded http worker restart retry count").is_some());
    assert!(
        running.logged(Level::Error, "ended: exit status: 7 no AccountKey=[Hidden Credential]").is_some()
    );
    let closed = async || running.http.get(running.url("/")).send().await.is_err();
    for _ in 0..100 {
        if closed().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the host still listens");
}

#[tokio::test]
async fn item_08_crashes_far_apart_do_not_add_up() {
    let world = World::with_catch_all().script(json!({"/crash": {"exit": 3}}));
    let running =
        world.option(|options| options.timings.crash_window = Duration::from_millis(150)).start().await;
    for count in 1..=4 {
        running.host.ready().await.unwrap();
        assert_eq!(running.status("/crash").await, 500);
        running.until("a restart", || running.starts().len() > count).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(running.status("/after").await, 200);
}

#[tokio::test]
async fn item_08_the_executable_ends_with_an_error() {
    let world = World::with_catch_all().startup(json!({"exit": 7}));
    std::fs::write(world.root.join("host.json"), world.host_json.to_string()).unwrap();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_dev_host"));
    command.arg("--script-root").arg(&world.root).args(["--port", "0"]).env("ECHO_DIR", &world.root);
    let output = command.output().await.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("3 times"));
    std::fs::remove_dir_all(world.root).unwrap();
}

#[tokio::test]
async fn item_09_stopping_kills_without_warning() {
    let running = World::with_catch_all().script(json!({"/slow": {"delay_ms": 3000}})).start().await;
    running.host.ready().await.unwrap();
    let url = running.url("/slow");
    let client = running.http.clone();
    let request = tokio::spawn(async move { client.get(url).send().await.map(|response| response.status()) });
    running.wait_seen("/slow", 1).await;
    let pid = running.host.handler_pid().unwrap();
    let began = Instant::now();
    running.host.stop().await;
    assert!(began.elapsed() < Duration::from_secs(1));
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    assert!(request.await.unwrap().is_err());
}

#[tokio::test]
async fn item_10_stdout_is_information_and_stderr_error_or_warning() {
    let print = json!({"print": [["stdout", "fatal but on stdout"], ["stderr", "a Warning here"], ["stderr", "bad"]]});
    let running = World::with_catch_all().startup(print).start().await;
    let line = running.wait_logged(Level::Information, "fatal but on stdout").await;
    assert_eq!(line.category, "Host.Function.Console");
    running.wait_logged(Level::Warning, "a Warning here").await;
    running.wait_logged(Level::Error, "bad").await;
}

#[tokio::test]
async fn item_10_stderr_may_be_read_by_its_words() {
    let print = json!({"print": [["stderr", "progress"], ["stderr", "it failed"]]});
    let world = World::with_catch_all().startup(print).host(|file| {
        file["customHandler"]["description"]["useStdErrorStreamForErrorsOnly"] = json!(false);
    });
    let running = world.start().await;
    running.wait_logged(Level::Information, "progress").await;
    running.wait_logged(Level::Error, "it failed").await;
}

#[tokio::test]
async fn item_11_the_timeout_kills_the_handler_and_all_requests_in_flight() {
    let name = unique("job").replace('-', "");
    let world = World::with_catch_all()
        .function(&name, http("job", &["get"]))
        .script(json!({"/job": {"delay_ms": 20000}, "/other": {"delay_ms": 20000}}))
        .host(|file| file["functionTimeout"] = json!("00:00:03"));
    let running = world.start().await;
    running.host.ready().await.unwrap();
    let (job, other) = tokio::join!(running.status("/job"), async {
        running.wait_seen("/job", 1).await;
        running.status("/other").await
    });
    assert_eq!((job, other), (500, 500));
    running.until("a restart", || running.starts().len() == 2).await;
    assert_eq!(running.status("/after").await, 200);
    assert_eq!(running.starts().len(), 2);
    assert_eq!(running.host.invocations()[&name].recent[0].outcome, Outcome::TimedOut);
}

#[tokio::test]
async fn a_killed_handler_comes_back() {
    let running = World::with_catch_all().start().await;
    running.host.ready().await.unwrap();
    let pid = running.host.handler_pid();
    running.host.kill_handler();
    running.until("a new process", || running.host.handler_pid().is_some_and(|new| Some(new) != pid)).await;
    assert_eq!(running.status("/after").await, 200);
}
