//! The JSON contract of the 2026 rewrite.

use crate::support::upload::{Upload, list};
use crate::support::{World, live_case_status, sample};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn body() -> Value {
    json!({
        "court_id": "101", "provenance": "SNL", "content_date": "2026-01-05", "list_type": "CROWN_DAILY_LIST",
        "sensitivity": "PUBLIC", "language": "BILINGUAL", "display_from": "2026-01-05T00:00:00Z",
        "display_to": "2026-01-07T00:00:00Z",
        "hearing_list": serde_json::from_str::<Value>(&sample("CROWN_DAILY_PDDA_LIST")).expect("JSON"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_of_the_newer_generation_is_answered_in_its_own_shape() {
    let world = World::new().await;
    let accepted = world.publisher().sends("POST", "/v1/publication", &body()).await.expect(201).json();
    assert_eq!((accepted["success"].as_bool(), accepted["no_match"].as_bool()), (Some(true), Some(false)));
    let id = accepted["artefact_id"].as_str().expect("an id");
    assert!(world.html(&format!("/crown-daily-list?artefactId={id}")).await.contains("govuk"));
    let mut unknown = body();
    unknown["court_id"] = "404".into();
    assert_eq!(
        world.publisher().sends("POST", "/v1/publication", &unknown).await.expect(201).json()["no_match"],
        true
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn its_faults_have_that_shape_too() {
    let world = World::new().await;
    let mut wrong = body();
    wrong["provenance"] = "SOMEWHERE".into();
    wrong["display_to"] = "2026-01-04T00:00:00Z".into();
    wrong["court_id"] = Value::Null;
    let refused = world.publisher().sends("POST", "/v1/publication", &wrong).await.expect(400).json();
    let fields: Vec<_> = refused["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| error["field"].as_str().expect("a field"))
        .collect();
    assert_eq!(fields, ["court_id", "provenance", "display_to"]);
    let mut invalid = body();
    invalid["hearing_list"] = json!({"DailyList": 1});
    let refused = world.publisher().sends("POST", "/v1/publication", &invalid).await.expect(400).json();
    assert_eq!(refused["success"], false);
    let fields = refused["errors"].as_array().expect("errors").iter().map(|error| error["field"].as_str());
    assert!(fields.flatten().all(|field| field.starts_with("/hearing_list/DailyList")), "{refused}");
    let mut number = body();
    number["court_id"] = 5.into();
    let refused = world.publisher().sends("POST", "/v1/publication", &number).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "court_id");
    world.anyone().sends("POST", "/v1/publication", &body()).await.expect(401);
    let mut extra = body();
    extra["role"] = "SYSTEM_ADMIN".into();
    world.publisher().sends("POST", "/v1/publication", &extra).await.expect(400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_type_is_known_by_its_name_of_either_generation_on_both_contracts() {
    let world = World::new().await;
    let published = lists::registry().all().iter().filter(|list_type| list_type.is_readable());
    let aliases =
        published.flat_map(|list_type| list_type.aliases.iter().map(move |alias| (list_type, alias)));
    let mut refused = Vec::new();
    for (list_type, alias) in aliases {
        let mut newer = body();
        newer["list_type"] = alias.as_str().into();
        newer["hearing_list"] = serde_json::from_str(&sample(&list_type.name)).expect("JSON");
        world.publisher().sends("POST", "/v1/publication", &newer).await.expect(201);
        let level = world.operator().get(&format!("/publication/location-type/{alias}")).await.expect(200);
        assert_eq!(level.json(), list_type.level.as_str());
        newer["list_type"] = list_type.name.as_str().into();
        world.publisher().sends("POST", "/v1/publication", &newer).await.expect(201);
        let older = list(&list_type.name, "SNL").with("x-list-type", alias);
        let answer = world.publisher().publishes(older).await;
        match answer.status {
            201 => assert_eq!(answer.json()["listType"], list_type.name),
            _ => refused.push((answer.faulty_fields().concat(), alias.as_str())),
        }
    }
    // Deprecated types of the older generation have these names.
    let crown = ["CROWN_DAILY_LIST", "CROWN_FIRM_LIST", "CROWN_WARNED_LIST"];
    assert_eq!(refused, crown.map(|name| ("x-list-type".to_owned(), name)));
}

/// A page as PDDA sends it: a form of these fields and a file.
fn page(fields: &[(&str, &str)], name: &str) -> Upload {
    let upload =
        live_case_status().at("/v1/publication").file(name, b"<!DOCTYPE html><p>Court 1: sitting</p>");
    let mut form = Vec::new();
    for (name, text) in fields {
        let head = format!(
            "--edge-of-the-form\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
        );
        form.extend_from_slice(head.as_bytes());
    }
    form.extend_from_slice(&upload.body);
    upload.body(form)
}

const FIELDS: [(&str, &str); 8] = [
    ("type", "LCSU"),
    ("court_id", "101"),
    ("provenance", "PDDA"),
    ("content_date", "2026-01-05"),
    ("sensitivity", "PUBLIC"),
    ("language", "ENGLISH"),
    ("display_from", "2026-01-05T00:00:00Z"),
    ("display_to", "2026-01-07T00:00:00Z"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_live_case_status_is_the_same_publication_on_both_contracts() {
    let world = World::new().await;
    let accepted = world.publisher().publishes(page(&FIELDS, "status.htm")).await.expect(201).json();
    assert_eq!((accepted["success"].as_bool(), accepted["no_match"].as_bool()), (Some(true), Some(false)));
    let file = b"<!DOCTYPE html><p>Court 1: sitting</p>";
    let older = world.publisher().publishes(live_case_status().file("status.htm", file)).await.expect(201);
    assert_eq!(older.json()["artefactId"], accepted["artefact_id"]);
    assert_eq!(world.count("publication_version").await, 1, "the same bytes are a repeat");
}

#[test]
fn the_description_knows_the_form_by_the_fields_it_needs() {
    let description = serde_json::to_value(functions::api_docs::description()).expect("a description");
    let needed = &description["components"]["schemas"]["LiveStatusFormV1"]["required"];
    let needed: BTreeSet<_> = needed.as_array().expect("names").iter().filter_map(Value::as_str).collect();
    assert_eq!(needed, FIELDS.map(|(name, _)| name).into_iter().chain(["file"]).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_no_such_page_is_told_which_field_is_wrong() {
    let world = World::new().await;
    let fields = async |upload: Upload| {
        let refused = world.publisher().publishes(upload).await.expect(400);
        assert_eq!(refused.json()["success"], false);
        refused.faulty_fields()
    };
    assert_eq!(fields(page(&FIELDS[1..], "status.htm")).await, ["type"]);
    assert_eq!(fields(page(&[("type", "LIST")], "status.htm")).await, ["type"]);
    let twice = [FIELDS.as_slice(), &[("court_id", "102")]].concat();
    assert_eq!(fields(page(&twice, "status.htm")).await, ["court_id"]);
    let other = [&FIELDS[..1], &FIELDS[2..], &[("role", "x")]].concat();
    assert_eq!(fields(page(&other, "status.txt")).await, ["role", "court_id", "file"]);
    assert_eq!(world.count("publication").await, 0);
    let stranger = world.staff();
    stranger.publishes(page(&FIELDS, "status.htm")).await.expect(403);
}
