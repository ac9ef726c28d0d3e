//! The API's description says what the API does: every operation, and nothing besides; and it can be read in a browser.

use crate::support::world::sample_settings;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use portal::{SecurityHeaders, SecuritySettings, Site};
use runtime::app::Clock;
use runtime::register::Routes;
use runtime::settings::Settings;
use runtime::{App, Function, server};
use serde_json::Value;
use std::collections::BTreeSet;
use tower::ServiceExt;

/// Functions that answer people and their browsers; so does every function whose name begins with `portal_`.
const NOT_API: [&str; 3] = ["assets", "court_screen", "robots"];

/// An app that is connected to nothing.
fn app() -> App {
    let mut values = sample_settings();
    values.insert("FUNCTIONS_CUSTOMHANDLER_PORT".to_owned(), "1".to_owned());
    let settings = Settings::read(&values).expect("the sample's settings");
    let site = Site::new(functions::PAGES).expect("the pages");
    App::new(settings, site, Clock::System, functions::HOST_JSON).expect("an app")
}

fn router() -> Router {
    let headers = SecurityHeaders::new(&SecuritySettings::default()).expect("headers");
    server::router(app(), functions::ALL, headers)
}

async fn ask(router: &Router, method: &str, uri: &str) -> Response {
    // The host's mark, without which `GET /` would be its probe.
    let request = Request::builder().method(method).uri(uri).header("x-forwarded-host", "pi.example");
    let request = request.body(Body::empty()).expect("a request");
    router.clone().oneshot(request).await.expect("an answer")
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 4_000_000).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn description() -> Value {
    serde_json::to_value(functions::api_docs::description()).expect("a description")
}

/// A path of the description or the router with something in the place of its parameters.
fn filled(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "9".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn operations(description: &Value) -> Vec<(String, String, Value)> {
    let paths = description["paths"].as_object().expect("paths").iter();
    let of_path = |(path, methods): (&String, &Value)| {
        let operation =
            |(method, operation): (&String, &Value)| (method.to_uppercase(), path.clone(), operation.clone());
        methods.as_object().expect("methods").iter().map(operation).collect::<Vec<_>>()
    };
    paths.flat_map(of_path).collect()
}

/// What a function answers over HTTP, by asking it: a method that is not allowed is answered with those that are.
async fn answered(function: &Function) -> Vec<(String, String)> {
    let (router, paths) = Routes::of(function).finish();
    let router = router.with_state(app());
    let mut answered = Vec::new();
    for path in paths {
        let refusal = ask(&router, "OPTIONS", &filled(&path)).await;
        assert_eq!(refusal.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let methods = header(&refusal, "allow").split(',').filter(|method| *method != "HEAD");
        answered.extend(methods.map(|method| (method.to_owned(), path.clone())));
    }
    answered
}

#[tokio::test]
async fn every_operation_of_the_api_is_described_and_nothing_else_is() {
    let is_api =
        |function: &&Function| !NOT_API.contains(&function.name) && !function.name.starts_with("portal_");
    let mut mounted = BTreeSet::new();
    for function in functions::ALL.iter().filter(is_api) {
        mounted.extend(answered(function).await);
    }
    let described: BTreeSet<_> =
        operations(&description()).into_iter().map(|(method, path, _)| (method, path)).collect();
    assert_eq!(described, mounted);
}

#[tokio::test]
async fn an_operation_that_is_said_to_need_a_token_refuses_a_caller_without_one_and_no_other_does() {
    let router = router();
    for (method, path, operation) in operations(&description()) {
        let needs_token = operation.get("security").is_some();
        let status = ask(&router, &method, &filled(&path)).await.status();
        assert_eq!(status == StatusCode::UNAUTHORIZED, needs_token, "{method} {path}: {status}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_allowed_is_a_problem_that_names_those_that_are() {
    let refused = ask(&router(), "PATCH", "/publication/9").await;
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    let allowed: BTreeSet<_> = header(&refused, "allow").split(',').collect();
    assert_eq!(allowed, BTreeSet::from(["DELETE", "GET", "HEAD"]));
    assert_eq!(header(&refused, "content-type"), "application/problem+json");
    assert!(text(refused).await.contains("urn:hmcts:pi:problem:method-not-allowed"));
}

#[test]
fn every_operation_has_a_name_of_its_own_and_its_problems_are_problems() {
    let description = description();
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&description) {
        let name = operation["operationId"].as_str().expect("a name").to_owned();
        assert!(names.insert(name), "{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{method} {path}");
    }
    for (name, response) in description["components"]["responses"].as_object().expect("responses") {
        assert!(response["content"]["application/problem+json"].is_object(), "{name}");
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let description = description();
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(description.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[test]
fn every_list_type_that_is_published_can_be_named() {
    let description = description();
    let named = description["components"]["schemas"]["ListType"]["enum"].as_array().expect("names").len();
    assert_eq!(named, lists::registry().all().iter().filter(|list_type| !list_type.deprecated).count());
}

#[tokio::test]
async fn swagger_ui_is_served_from_here_alone_and_runs_no_inline_script() {
    let router = router();
    let page = ask(&router, "GET", "/api-docs").await;
    assert_eq!(page.status(), StatusCode::OK);
    let policy = header(&page, "content-security-policy").to_owned();
    assert!(policy.contains("default-src 'none'; script-src 'self';"), "{policy}");
    let html = text(page).await;
    assert!(!html.contains("://"), "the page refers to another site");
    let sources = html.split(['"']).filter(|part| part.starts_with("/api-docs/"));
    let mut served = 0;
    for source in sources {
        let file = ask(&router, "GET", source).await;
        assert_eq!(file.status(), StatusCode::OK, "{source}");
        assert_ne!(header(&file, "content-type"), "", "{source}");
        served += 1;
    }
    assert_eq!(served, 4);
    assert_eq!(ask(&router, "GET", "/api-docs/").await.status(), StatusCode::OK);
    assert_eq!(ask(&router, "GET", "/api-docs/nothing.js").await.status(), StatusCode::NOT_FOUND);
}
