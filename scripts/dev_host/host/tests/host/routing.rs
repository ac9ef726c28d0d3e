//! Items 37 to 43: which function a request meets, keys, and the host's own addresses.

use crate::support::{World, header, http, raw, unique};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn item_37_the_admin_api_runs_a_function_once() {
    let timer =
        json!([{"type": "timerTrigger", "direction": "in", "name": "tick", "schedule": "0 0 0 1 1 *"}]);
    let queue = json!([{"type": "queueTrigger", "direction": "in", "name": "msg", "queueName": unique("q")}]);
    let world = World::new().with_storage().function("sweep", timer).function("mail", queue);
    let running = world.start().await;
    let post = async |name: &str, body: &str| {
        let request = running.http.post(running.url(&format!("/admin/functions/{name}")));
        request.body(body.to_owned()).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("sweep", r#"{"input":""}"#).await, 202);
    assert_eq!(post("MAIL", r#"{"input":"{\"id\":7}"}"#).await, 202);
    assert_eq!(post("nobody", r#"{"input":""}"#).await, 404);
    assert_eq!(post("sweep", "").await, 400);
    assert_eq!(running.envelope("/sweep").await["Data"]["tick"]["IsPastDue"], json!(false));
    assert_eq!(running.envelope("/mail").await["Data"]["msg"], json!("\"{\\\"id\\\":7}\""));
    assert_eq!(running.seen("/sweep").len(), 1);
    // A request to a function waits for the host to have started; one to the admin API does not.
    running.status("/").await;
    let status: Value = running.get("/admin/host/status").await.json().await.unwrap();
    assert_eq!(status["state"], "Running");
    assert_eq!(running.status("/admin/host/ping").await, 200);
    let functions: Value = running.get("/admin/functions").await.json().await.unwrap();
    assert_eq!(functions[0]["name"], "mail");
}

#[tokio::test]
async fn item_38_first_match_wins_in_ordinal_name_order() {
    let world = World::new()
        .function("b_special", http("court/list", &["get"]))
        .function("A_all", http("court/{*rest}", &["get"]))
        .function("zz_last", http("{*path}", &["get"]));
    let running = world.start().await;
    assert_eq!(running.status("/court/list").await, 200);
    assert_eq!(running.status("/other").await, 200);
    let runs = running.host.invocations();
    assert!(runs.contains_key("A_all") && runs.contains_key("zz_last") && !runs.contains_key("b_special"));
    assert_eq!(running.host.functions(), ["A_all", "b_special", "zz_last"]);
}

#[tokio::test]
async fn item_39_an_unlisted_method_is_404_and_head_is_not_implied() {
    let world =
        World::new().function("one", http("one", &["get"])).function("two", http("two", &["get", "head"]));
    let running = world.start().await;
    let status = async |method: Method, path: &str| {
        running.http.request(method, running.url(path)).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(Method::POST, "/one").await, 404);
    assert_eq!(status(Method::HEAD, "/one").await, 404);
    assert_eq!(status(Method::OPTIONS, "/one").await, 404);
    assert_eq!(status(Method::HEAD, "/TWO/").await, 200);
}

#[tokio::test]
async fn item_40_same_route_and_common_methods_put_the_second_function_in_error() {
    let world = World::new()
        .function("a_read", http("list/{id}", &["get"]))
        .function("b_again", http("/LIST/{id}/", &["get", "post"]))
        .function("c_write", http("list/{id}", &["post"]))
        .function("d_admin", http("administration", &["get"]));
    let running = world.start().await;
    let errors = running.host.function_errors();
    assert_eq!(errors.keys().collect::<Vec<_>>(), ["b_again", "d_admin"]);
    assert_eq!(running.status("/list/1").await, 200);
    assert_eq!(running.http.post(running.url("/list/1")).send().await.unwrap().status(), 200);
    assert!(running.host.invocations().contains_key("c_write"));
}

#[tokio::test]
async fn item_41_keys_are_demanded_with_authorisation_only() {
    let level = |level: Option<&str>| {
        let mut bindings = http("", &["get"]);
        match level {
            Some(level) => bindings[0]["authLevel"] = json!(level),
            None => drop(bindings[0].as_object_mut().unwrap().remove("authLevel")),
        }
        bindings
    };
    let world = |auth: bool| {
        World::new()
            .function("open", level(Some("anonymous")))
            .function("closed", level(None))
            .function("guarded", level(Some("admin")))
            .option(|options| {
                options.auth = auth;
                options.keys.master = "master".into();
                options.keys.host = "host".into();
                options.keys.functions.insert("closed".into(), "own".into());
            })
    };
    let running = world(true).start().await;
    assert_eq!(running.get("/closed").await.text().await.unwrap(), "");
    for (path, expected) in [
        ("/closed", 401),
        ("/closed?code=wrong", 401),
        ("/closed?code=own", 200),
        ("/closed?code=host", 200),
        ("/closed?code=master", 200),
        ("/guarded?code=host", 401),
        ("/guarded?code=master", 200),
        ("/open?code=from-identity-provider", 200),
        ("/admin/host/status", 401),
        ("/admin/host/status?code=master", 200),
    ] {
        assert_eq!(running.status(path).await, expected, "{path}");
    }
    assert_eq!(running.seen("/open")[0]["target"], "/open?code=from-identity-provider");
    let both =
        running.http.get(running.url("/closed?code=own")).header("x-functions-key", "wrong").send().await;
    assert_eq!(both.unwrap().status(), 401);
    let running = world(false).start().await;
    assert_eq!(running.status("/closed").await, 200);
    assert_eq!(running.status("/guarded").await, 200);
}

#[tokio::test]
async fn item_42_the_root_belongs_to_a_catch_all_or_to_the_home_page() {
    let running = World::with_catch_all().start().await;
    assert_eq!(running.get("/").await.text().await.unwrap(), "ok");
    assert!(running.host.invocations().contains_key("zz_all"));

    let world = || World::new().function("named", http("", &["get"]));
    let running = world().start().await;
    let page = running.get("/").await;
    assert_eq!(page.headers()["content-type"], "text/html");
    assert_eq!(running.status("/named").await, 200);
    let running = world().setting("AzureWebJobsDisableHomepage", "true").start().await;
    assert_eq!(running.status("/").await, 204);
}

#[tokio::test]
async fn item_42_the_route_prefix_is_api_by_default() {
    let world = World::new()
        .function("named", http("x/{id:int}", &["get"]))
        .host(|file| file["extensions"] = json!({}));
    let running = world.start().await;
    assert_eq!(running.status("/api/x/7").await, 200);
    assert_eq!(running.status("/api/x/seven").await, 404);
    assert_eq!(running.status("/x/7").await, 404);
    assert_eq!(running.seen("/api")[0]["target"], "/api/x/7");
}

#[tokio::test]
async fn item_43_admin_and_runtime_never_reach_the_handler() {
    let running = World::with_catch_all().start().await;
    running.host.ready().await.unwrap();
    for path in ["/admin", "/admin/x", "/ADMIN/x", "/runtime/webhooks/other", "/runtime/x", "/x/../admin/y"] {
        let answer =
            raw(&running, &format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path} {answer}");
    }
    assert!(running.seen("/").iter().all(|seen| header(seen, "x-ms-invocation-id").is_empty()));
}

#[tokio::test]
async fn a_disabled_function_is_404_by_file_or_by_setting() {
    let mut by_file = json!({"bindings": http("a", &["get"])});
    by_file["disabled"] = json!("%OFF%");
    let world = World::new()
        .function_json("a", by_file)
        .function("b", http("b", &["get"]))
        .function("c", http("c", &["get"]))
        .setting("OFF", "true")
        .setting("AzureWebJobs.b.Disabled", "true");
    let running = world.start().await;
    assert_eq!(
        (running.status("/a").await, running.status("/b").await, running.status("/c").await),
        (404, 404, 200)
    );
}

#[tokio::test]
async fn item_53_files_against_the_hosts_rules_are_named() {
    let two_triggers = json!([
        {"type": "timerTrigger", "direction": "in", "name": "a", "schedule": "0 0 0 * * *"},
        {"type": "timerTrigger", "direction": "in", "name": "b", "schedule": "0 0 0 * * *"}
    ]);
    let twice =
        json!([{"type": "httpTrigger", "name": "x"}, {"type": "http", "direction": "out", "name": "x"}]);
    let world = World::with_catch_all()
        .function("two_triggers", two_triggers)
        .function("same_name", twice)
        .function("unknown_type", json!([{"type": "psychicTrigger", "name": "x"}]))
        .function("9lives", http("nine", &["get"]));
    let running = world.start().await;
    let errors = running.host.function_errors();
    assert_eq!(errors.keys().collect::<Vec<_>>(), ["9lives", "same_name", "two_triggers", "unknown_type"]);
    assert_eq!(running.status("/still").await, 200);

    let world = World::with_catch_all().host(|file| file["version"] = json!("1.0"));
    std::fs::write(world.root.join("host.json"), world.host_json.to_string()).unwrap();
    assert!(matches!(dev_host::Host::start(world.options).await, Err(dev_host::Error::Configuration(_))));
    std::fs::remove_dir_all(world.root).unwrap();
}
