//! Trigger endpoints are the host's alone; the process is ready before anything else is.

use crate::support::{World, civil_daily_cause_list, envelopes, unique};
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use runtime::{Function, QueueMessage, TriggerError};

const TRIGGERS: [&str; 6] = [
    "effect_send",
    "effect_sweep",
    "publication_files",
    "reference_import",
    "retention",
    "subscription_dispatch",
];

#[tokio::test(flavor = "multi_thread")]
async fn item_49_an_outside_request_to_a_trigger_endpoint_is_refused_in_every_spelling() {
    let world = World::new().await;
    for function in TRIGGERS {
        for path in [
            format!("/{function}"),
            format!("/{function}/"),
            format!("//{function}"),
            format!("/{}", function.to_uppercase()),
            format!("/{}", function.replace('_', "%5F")),
            format!("/{function}?code=1"),
            format!("/./{function}"),
        ] {
            let envelope = envelopes::timer(function).to_string();
            let answer = world
                .anyone()
                .request("POST", &path, &[("content-type", "application/json")], Body::from(envelope))
                .await;
            assert!([403, 404, 405].contains(&answer.status), "{path}: {}", answer.status);
        }
    }
    for mark in
        ["x-forwarded-for", "x-forwarded-host", "X-Forwarded-Anything", "forwarded", "x-ms-invocation-id"]
    {
        let request = Request::post("/subscription_dispatch").header(mark, "1");
        let request = request
            .body(Body::from(envelopes::timer("subscription_dispatch").to_string()))
            .expect("a request");
        world.asked(request).await.expect(404);
    }
    assert_eq!(world.count("job_run").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn item_3_the_hosts_ping_is_answered_from_nothing_also_while_the_database_is_away() {
    let world = World::new().await;
    world.database.set_away(true).await;
    let ping = || Request::get("/").header("host", "127.0.0.1:41234").body(Body::empty()).expect("a request");
    let answer = world.asked(ping()).await.expect(200);
    assert!(answer.headers.get("set-cookie").is_none() && answer.headers.get("location").is_none());
    let down = world.page("/health/readiness").await.expect(503);
    assert!(!down.text().contains("postgres"));
    world.page("/health/liveness").await.expect(200);
    world.page("/view-option").await.expect(200);
    world.database.set_away(false).await;
    world.page("/health/readiness").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn item_23_and_26_what_is_no_envelope_fails_and_is_repeated_by_the_host() {
    let world = World::new().await;
    for body in ["", "{}", "null", "{\"Data\": {\"tick\": 7}, \"Metadata\": {}}"] {
        let request = Request::post("/subscription_dispatch").body(Body::from(body)).expect("a request");
        world.asked(request).await.expect(400);
    }
    let answer = world.runs("effect_sweep").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let answered = answer.json();
    assert!(answered["Outputs"].is_object() && answered["Logs"].is_array());
    assert!(answer.headers.get("content-encoding").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_request_is_a_500_and_the_next_is_answered() {
    async fn panics() -> &'static str {
        panic!("a defect, for the test")
    }
    let bindings = r#"{"bindings": [{"type": "httpTrigger", "name": "request", "route": "panics", "methods": ["get"]}]}"#;
    let function = Function {
        name: "panics",
        bindings,
        mount: |routes| routes.http("/panics", get(panics)).page("/panics/page", get(panics)),
    };
    let world = World::new().with_function(function).await;
    let answer = world.page("/panics").await.expect(500);
    assert_eq!(answer.problem(), "defect");
    assert!(!answer.text().contains("for the test") && !answer.header("x-correlation-id").is_empty());
    let page = world.page("/panics/page?lng=cy").await.expect(500);
    assert!(page.text().contains("<html lang=\"cy\""), "{}", page.text());
    world.page("/view-option").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_switched_off_does_not_answer_through_the_catch_all() {
    let world = World::new().with_setting("AzureWebJobs.publication_read.Disabled", "true").await;
    world.operator().get("/publication/no-match").await.expect(404);
    world.operator().get("/locations").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_database_a_producer_is_told_to_come_again_and_nothing_is_half_done() {
    let world = World::new().await;
    let list = crate::support::civil_daily_cause_list;
    let id = world.publisher().publishes(list()).await.artefact_id();
    let path = format!("/daily-cause-list?artefactId={id}");
    world.page(&path).await.expect(200);
    world.page("/summary-of-publications?locationId=1").await.expect(200);
    world.database.set_away(true).await;
    let refused = world.publisher().publishes(list().numbered(2)).await.expect(503);
    assert_eq!((refused.problem().as_str(), refused.header("retry-after")), ("unavailable", "2"));
    assert!(world.html(&path).await.contains("could not be brought up to date"));
    assert!(world.html("/summary-of-publications?locationId=1").await.contains(&id));
    world.database.set_away(false).await;
    world.publisher().publishes(list().numbered(2)).await.expect(201);
    assert!(!world.html(&path).await.contains("could not be brought up to date"));
    assert_eq!(world.count("publication_version").await, 2);
}

/// A queue function that can never do its work.
const HOPELESS: Function = Function {
    name: "hopeless",
    bindings: r#"{"bindings": [{"type": "queueTrigger", "name": "message", "queueName": "hopeless"}]}"#,
    mount: |routes| {
        routes.trigger(async |_: runtime::App, _: QueueMessage| {
            Err(TriggerError::new("it cannot be done", std::io::Error::other("Wetherfold")))
        })
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn item_31_a_failure_at_the_last_delivery_is_recorded_before_the_message_is_given_up() {
    let world = World::new().with_function(HOPELESS).await;
    let recorded = "audit_log where actor = 'hopeless' and action = 'MESSAGE_GIVEN_UP' \
        and details = '{\"error\": \"it cannot be done\"}'";
    for (delivery, records) in [(1, 0), (4, 0), (5, 1)] {
        world.invokes("hopeless", &envelopes::queue("hopeless", "wake", delivery)).await.expect(500);
        assert_eq!(world.count(recorded).await, records, "after delivery {delivery}");
    }
    let mut unreadable = envelopes::queue("hopeless", "wake", 5);
    unreadable["Data"]["message"] = "no base64!".into();
    world.invokes("hopeless", &unreadable).await.expect(400);
    assert_eq!(world.count("audit_log where action = 'MESSAGE_GIVEN_UP'").await, 2);
    world.database.set_away(true).await;
    world.invokes("hopeless", &envelopes::queue("hopeless", "wake", 5)).await.expect(500);
}

#[tokio::test(flavor = "multi_thread")]
async fn item_26_what_may_pass_is_a_5xx_and_what_was_dealt_with_a_2xx() {
    let world = World::new().await;
    let bad_row = b"P&I ID,Court Desc\nnot a number,Nowhere\n";
    world.imports(&format!("{}.csv", unique("bad")), bad_row).await.expect(200);
    world.database.set_away(true).await;
    for function in ["effect_sweep", "retention", "subscription_dispatch"] {
        world.invokes(function, &envelopes::timer(function)).await.expect(500);
    }
    world.invokes("effect_send", &envelopes::queue("effect_send", "wake", 1)).await.expect(500);
    world.imports(&format!("{}.csv", unique("late")), bad_row).await.expect(500);
}

#[tokio::test(flavor = "multi_thread")]
async fn item_43_nothing_of_ours_lies_under_the_hosts_own_prefixes() {
    for function in functions::ALL {
        let route = function.trigger().route.unwrap_or_default();
        let paths = runtime::Routes::of(function).finish().1;
        for path in paths.into_iter().chain([route]) {
            let path = path.trim_start_matches('/').to_lowercase();
            assert!(!path.starts_with("admin") && !path.starts_with("runtime"), "{}: {path}", function.name);
        }
    }
    let world = World::new().await;
    for path in ["/admin/functions/retention", "/admin/host/status", "/runtime/webhooks/blobs"] {
        world.page(path).await.expect(404);
        world.anyone().request("POST", path, &[], Body::empty()).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn item_50_addresses_and_cookies_follow_the_public_address_whatever_the_host_header_says() {
    let world = World::new().await;
    let upload = civil_daily_cause_list().with("host", "127.0.0.1:41234");
    let artefact = world.publisher().publishes(upload).await.expect(201).json();
    let payload = artefact["payload"].as_str().expect("an address");
    assert!(payload.starts_with("https://pi.example/"), "{payload}");
    let page = world
        .anyone()
        .request("GET", "/?lng=cy", &[("host", "127.0.0.1:41234")], Body::empty())
        .await
        .expect(200);
    assert!(page.header("set-cookie").contains("; Secure"), "{}", page.header("set-cookie"));
    assert!(!page.text().contains("127.0.0.1"));
}
