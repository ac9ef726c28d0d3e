//! The JSON contract of the 2026 rewrite.

use crate::support::{World, sample};
use serde_json::{Value, json};

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
    world.anyone().sends("POST", "/v1/publication", &body()).await.expect(401);
    let mut extra = body();
    extra["role"] = "SYSTEM_ADMIN".into();
    world.publisher().sends("POST", "/v1/publication", &extra).await.expect(400);
}
