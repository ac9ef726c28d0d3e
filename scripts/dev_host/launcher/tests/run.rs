//! `pi-dev run`, on ports of its own and in a checkout of its own: what it starts, keeps and leaves behind.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod checkout;

use checkout::{Checkout, Run};
use launcher::demo::{Demo, SUBSCRIBER};
use launcher::project::Project;
use serde_json::Value;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;
use tokio_postgres::NoTls;

const COURTS: &str = "select count(*) from location";

/// How many courts the demonstration brings.
fn courts() -> i64 {
    let demo = Project::find().unwrap().demo();
    Demo::read(&demo, chrono::Utc::now()).unwrap().courts_expected
}

/// A number the run's database answers.
async fn ask(run: &Run<'_>, sql: &str) -> i64 {
    let (client, connection) = tokio_postgres::connect(&run.endpoint("database_url"), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_second_start_keeps_the_data_and_fresh_begins_anew() {
    let checkout = Checkout::new();
    let publications = "select count(*) from publication_version";
    let first = checkout.start(&[]);
    assert_eq!(ask(&first, COURTS).await, courts());
    let published = ask(&first, publications).await;
    let mark = "with marked as (insert into audit_log (actor, action, subject) values ('test', 'MARK', '') \
        returning 1) select count(*) from marked";
    assert!(published > 0 && ask(&first, mark).await == 1);
    first.ends_by_ctrl_c_and_leaves_nothing();

    let second = checkout.start(&[]);
    let marks = "select count(*) from audit_log where action = 'MARK'";
    assert_eq!((ask(&second, marks).await, ask(&second, publications).await), (1, published));
    second.ends_by_ctrl_c_and_leaves_nothing();

    let third = checkout.start(&["--fresh"]);
    assert_eq!((ask(&third, marks).await, ask(&third, COURTS).await), (0, courts()));
    third.ends_by_ctrl_c_and_leaves_nothing();
}

/// The first mail that Notify's stand-in takes.
async fn first_mail(run: &Run<'_>) -> Value {
    let http = storage::http_client().unwrap();
    loop {
        let answer = http.get(run.endpoint("notify_outbox")).send().await.unwrap();
        if let Some(mail) = answer.json::<Vec<Value>>().await.unwrap().into_iter().next() {
            return mail;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn the_demonstration_s_subscriber_gets_a_mail_that_leads_to_the_list() {
    let checkout = Checkout::new();
    let run = checkout.start(&[]);
    let dispatch = format!("{}/subscription_dispatch", run.endpoint("fire"));
    let fired = storage::http_client().unwrap().post(dispatch).send().await.unwrap();
    assert!(fired.status().is_success());
    let mail = tokio::time::timeout(Duration::from_secs(90), first_mail(&run)).await.expect("a mail");
    assert_eq!(mail["address"], SUBSCRIBER);
    assert_ne!(mail["subject"], "");
    assert!(mail["body"].as_str().unwrap().contains(&run.endpoint("app")), "{mail}");
    run.ends_by_ctrl_c_and_leaves_nothing();
}

/// Notes how it was started and how it was stopped; our own host does the work.
const FUNC: &str = r#"#!/bin/sh
echo "$@" > "$NOTES/arguments"
pwd > "$NOTES/folder"
trap 'echo SIGINT > "$NOTES/signal"' INT
"$DEV_HOST" --script-root . --settings local.settings.json --port "$3" &
wait $!
wait $!
"#;

#[tokio::test]
async fn core_tools_load_the_demonstration_too_and_are_stopped_as_by_ctrl_c() {
    let checkout = Checkout::new();
    checkout.puts_on_the_path("func", FUNC);
    let run = checkout.start(&["--func"]);
    assert_eq!(ask(&run, COURTS).await, courts());
    let told = |name: &str| std::fs::read_to_string(checkout.root().join(name)).unwrap().trim().to_owned();
    let port = run.endpoint("app").rsplit(':').next().unwrap().to_owned();
    assert_eq!(told("arguments"), format!("start --port {port}"));
    let folder = checkout.root().join("target/func");
    assert_eq!(Path::new(&told("folder")), folder);
    let settings: Value = serde_json::from_str(&told("target/func/local.settings.json")).unwrap();
    assert_eq!(settings["IsEncrypted"], false);
    assert_eq!(settings["Values"]["AzureWebJobsStorage"], run.endpoint("blob_connection"));
    assert_eq!(settings["Values"]["FUNCTIONS_WORKER_RUNTIME"], "custom");
    let import = told("target/func/reference_import/function.json");
    assert!(import.contains("blobTrigger") && !import.contains("source"), "it polls: {import}");
    run.ends_by_ctrl_c_and_leaves_nothing();
    assert_eq!(told("signal"), "SIGINT");
}

#[test]
fn a_taken_port_is_named_with_the_variable_that_moves_it() {
    let checkout = Checkout::new();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let number = taken.local_addr().unwrap().port().to_string();
    let output = checkout.command(&[]).env("PI_STANDINS_PORT", &number).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(told.contains(&number) && told.contains("PI_STANDINS_PORT="), "{told}");
    assert!(!checkout.root().join("scripts/.data").exists(), "nothing was started");
}
