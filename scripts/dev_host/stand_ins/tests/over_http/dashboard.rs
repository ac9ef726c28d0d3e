//! The dashboard: its pages, its buttons, its JSON, and who may use them.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Body;
use bytes::Bytes;
use serde_json::{Value, json};
use stand_ins::notify::KeyKind;
use stand_ins::outside::{Containers, CourtScreen, FunctionStatus, Functions, OutsideError, Run, Screens};

use crate::support::{Answer, World, call, get, mail, monday, post_form};

/// One function, one container and one screen.
#[derive(Clone, Default)]
struct Outside {
    done: Arc<Mutex<Vec<String>>>,
}

impl Outside {
    fn note(&self, what: String) {
        self.done.lock().expect("not poisoned").push(what);
    }
}

#[async_trait]
impl Functions for Outside {
    async fn list(&self) -> Vec<FunctionStatus> {
        let run =
            Run { started_at: monday(), milliseconds: 12, succeeded: true, detail: "sent <2> of 2".into() };
        vec![FunctionStatus {
            name: "subscription_dispatch".into(),
            trigger: "timer".into(),
            can_be_fired: true,
            last_run: Some(run),
        }]
    }

    async fn fire(&self, name: &str) -> Result<String, OutsideError> {
        if name != "subscription_dispatch" {
            return Err(OutsideError::Unknown(format!("function called {name}")));
        }
        self.note(format!("fired {name}"));
        Ok("sent 1 of 1".into())
    }
}

#[async_trait]
impl Containers for Outside {
    async fn list(&self) -> Vec<String> {
        vec!["reference-data".into()]
    }

    async fn drop_file(&self, container: &str, name: &str, bytes: Bytes) -> Result<(), OutsideError> {
        self.note(format!("{container}/{name}: {} bytes", bytes.len()));
        Ok(())
    }
}

#[async_trait]
impl Screens for Outside {
    async fn list(&self) -> Vec<CourtScreen> {
        vec![CourtScreen { court: "Oxford".into(), url: "http://localhost:7071/in-court/b3hmb3Jk".into() }]
    }
}

async fn world() -> (World, Outside) {
    let outside = Outside::default();
    let shared = Arc::new(outside.clone());
    let world = World::with(|options| {
        options.functions = Arc::clone(&shared) as Arc<dyn Functions>;
        options.containers = Arc::clone(&shared) as Arc<dyn Containers>;
        options.screens = shared;
    })
    .await;
    (world, outside)
}

async fn send_with_file(world: &World) {
    let mut mail = mail();
    mail["personalisation"]["name"] = json!("<b>Amira</b>");
    mail["personalisation"]["link_to_file"] = json!({ "file": "YSxi", "is_csv": true });
    assert_eq!(world.send_as(KeyKind::Live, &mail).await.status, 201);
}

#[tokio::test]
async fn the_pages_show_what_happened_and_escape_it() {
    let (world, _) = world().await;
    let empty = get(&world.url("/")).await;
    assert!(empty.text().contains("No mail has been sent yet."));
    send_with_file(&world).await;
    let home = get(&world.url("/")).await;
    assert_eq!(home.header("content-type"), "text/html; charset=utf-8");
    assert!(home.header("content-security-policy").starts_with("default-src 'none'"));
    for shown in [
        "amira@example.com",
        "New list for Oxford",
        "link_to_file.csv (1 KB)",
        "subscription_dispatch",
        "sent &lt;2&gt; of 2",
        "reference-data",
        "in-court",
        "reset_after_accept",
    ] {
        assert!(home.text().contains(shown), "{shown} in {}", home.text());
    }
    let id = world.stand_ins.notify.sent()[0].id;
    let page = get(&world.url(&format!("/mails/{id}"))).await.text();
    assert!(
        page.contains("&lt;b&gt;Amira&lt;&#x2f;b&gt;") || page.contains("&lt;b&gt;Amira&lt;/b&gt;"),
        "{page}"
    );
    assert_eq!(get(&world.url("/mails/none")).await.status, 404);
    for asset in ["/dashboard/style.css", "/dashboard/refresh.js"] {
        assert_eq!(get(&world.url(asset)).await.status, 200);
    }
}

#[tokio::test]
async fn the_buttons_do_what_they_say() {
    let (world, outside) = world().await;
    let press = |path: &'static str, form: &'static str| {
        let url = world.url(path);
        async move { post_form(&url, form).await }
    };
    let fired = press("/dashboard/fire", "function=subscription_dispatch").await;
    assert_eq!((fired.status, fired.header("location")), (303, "/"));
    assert!(get(&world.url("/")).await.text().contains("subscription_dispatch ran: sent 1 of 1"));
    assert!(!get(&world.url("/")).await.text().contains("ran: sent 1 of 1"), "the notice is shown once");
    let fault = "stand_in=notify&kind=server_error&times=1&probability=&milliseconds=";
    assert_eq!(press("/dashboard/fault", fault).await.status, 303);
    assert_eq!(world.send(&mail()).await.status, 500);
    assert_eq!(press("/dashboard/fault", "stand_in=notify&kind=sunshine").await.status, 400);
    assert_eq!(press("/dashboard/fault", "stand_in=notify&kind=hang&times=few").await.status, 400);
    assert_eq!(press("/dashboard/secret", "name=api-key&value=new").await.status, 303);
    assert_eq!(world.stand_ins.key_vault.names(), ["api-key"]);
    let before = world.stand_ins.issuer.key_id();
    assert_eq!(press("/dashboard/rotate", "").await.status, 303);
    assert_ne!(world.stand_ins.issuer.key_id(), before);
    assert_eq!(press("/dashboard/token", "client=hmi").await.status, 404, "no provider was started");
    world.send(&mail()).await;
    assert_eq!(press("/dashboard/clear", "").await.status, 303);
    assert!(world.stand_ins.notify.sent().is_empty());

    let form = "--x\r\ncontent-disposition: form-data; name=\"container\"\r\n\r\nreference-data\r\n\
                --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nabc\r\n--x--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    let dropped = call("POST", &world.url("/dashboard/drop"), &headers, form).await.expect("an answer");
    assert_eq!(dropped.status, 303, "{}", dropped.text());
    let done = outside.done.lock().expect("not poisoned").clone();
    assert_eq!(done, ["fired subscription_dispatch", "reference-data/a.csv: 3 bytes"]);
}

#[tokio::test]
async fn the_data_is_there_as_json() {
    let (world, _) = world().await;
    send_with_file(&world).await;
    let outbox = get(&world.url("/outbox")).await.json();
    assert_eq!(outbox[0]["address"], "amira@example.com");
    assert_eq!(outbox[0]["reference"], "reference-1");
    assert_eq!(outbox[0]["personalisation"]["court"], "Oxford");
    assert_eq!(
        (&outbox[0]["files"][0]["name"], &outbox[0]["files"][0]["base64"]),
        (&json!("link_to_file.csv"), &json!("YSxi"))
    );
    let screens = get(&world.url("/screens")).await.json();
    assert_eq!(screens, json!([{ "court": "Oxford", "url": "http://localhost:7071/in-court/b3hmb3Jk" }]));
    let act = |method: &'static str, path: &'static str, body: &'static str| {
        let url = world.url(path);
        async move { call(method, &url, &[], body).await.expect("an answer") }
    };
    assert_eq!(act("POST", "/fire/subscription_dispatch", "").await.json()["report"], "sent 1 of 1");
    assert_eq!(act("POST", "/fire/nothing", "").await.status, 404);
    assert_eq!(act("POST", "/faults/notify", "{\"kind\":\"hang\",\"times\":2}").await.status, 200);
    let active = |answer: Answer| answer.json()["notify"]["active"].clone();
    assert_eq!(active(get(&world.url("/faults")).await), json!([{ "kind": "hang", "times": 2 }]));
    assert_eq!(act("POST", "/faults/notify", "{\"kind\":\"none\"}").await.json()["active"], json!([]));
    let wrong = act("POST", "/faults/notify", "{\"kind\":\"sunshine\"}").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("reset_after_accept"), "it names the kinds it knows");
    assert_eq!(act("POST", "/faults/notify", "{\"kind\":\"hang\",\"probability\":2}").await.status, 400);
    assert_eq!(act("POST", "/faults/nobody", "{}").await.status, 404);
    assert_eq!(act("DELETE", "/faults", "").await.status, 204);
    let key = world.stand_ins.issuer.key_id();
    assert_eq!(act("POST", "/keys/rotate", "").await.status, 204);
    assert_ne!(world.stand_ins.issuer.key_id(), key);
    assert_eq!(world.stand_ins.issuer.jwks()["keys"].as_array().map(Vec::len), Some(2));
    assert_eq!(act("POST", "/keys/withdraw", "").await.status, 204);
    assert_eq!(world.stand_ins.issuer.jwks()["keys"].as_array().map(Vec::len), Some(1));
    assert_eq!(act("DELETE", "/outbox", "").await.status, 204);
    assert_eq!(get(&world.url("/outbox")).await.json(), Value::Array(Vec::new()));
}

#[tokio::test]
async fn other_websites_can_neither_press_nor_read() {
    let (world, outside) = world().await;
    let port = world.stand_ins.address().port();
    let own = format!("http://localhost:{port}");
    let press = |headers: Vec<(&'static str, String)>| {
        let url = world.url("/fire/subscription_dispatch");
        async move {
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            call("POST", &url, &headers, Body::empty()).await.expect("an answer").status
        }
    };
    assert_eq!(press(vec![("origin", "https://evil.example".into())]).await, 403);
    assert_eq!(press(vec![("origin", "null".into())]).await, 403);
    assert_eq!(press(vec![("origin", format!("{own}0"))]).await, 403);
    assert_eq!(press(vec![("sec-fetch-site", "cross-site".into())]).await, 403);
    assert!(outside.done.lock().expect("not poisoned").is_empty());
    assert_eq!(press(vec![("origin", own), ("sec-fetch-site", "same-origin".into())]).await, 200);
    assert_eq!(press(vec![]).await, 200);
    let rebound = call("GET", &world.url("/outbox"), &[("host", "evil.example")], Body::empty()).await;
    assert_eq!(rebound.expect("an answer").status, 421);
}

#[tokio::test]
async fn a_token_is_shown_ready_to_paste() {
    let world = World::with(|options| {
        options.clock = stand_ins::clock::Clock::system();
        options.identity = Some(stand_ins::identity::Settings::default());
    })
    .await;
    let page = post_form(&world.url("/dashboard/token"), "client=hmi").await;
    assert_eq!(page.status, 200);
    for shown in ["Authorization: Bearer ey", "client_id=hmi", "api.publisher.user"] {
        assert!(page.text().contains(shown), "{shown} in {}", page.text());
    }
    assert_eq!(post_form(&world.url("/dashboard/token"), "client=nobody").await.status, 502);
}
