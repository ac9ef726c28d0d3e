//! Single justice lists: thousands of cases, and the filter that finds the reader's own.

use crate::support::World;
use crate::support::upload::list;
use serde_json::{Value, json};

/// A list of cases, each where it is and who prosecutes.
fn cases(list_type: &str, cases: &[(&str, &str)]) -> String {
    let hearing = |(number, (postcode, prosecutor)): (usize, &(&str, &str))| {
        json!({
            "case": [{ "caseUrn": format!("URN{number}") }],
            "party": [
                { "partyRole": "ACCUSED", "individualDetails": {
                    "individualForenames": "A", "individualSurname": format!("Case{number}x"),
                    "address": { "postCode": postcode } } },
                { "partyRole": "PROSECUTOR", "organisationDetails": { "organisationName": prosecutor } },
            ],
            "offence": [{ "offenceTitle": "Speeding", "offenceWording": "Drove", "reportingRestriction": false }],
        })
    };
    let mut payload: Value = serde_json::from_str(&crate::support::sample(list_type)).expect("JSON");
    let place = "/courtLists/0/courtHouse/courtRoom/0/session/0/sittings/0/hearing";
    *payload.pointer_mut(place).expect("hearings") = cases.iter().enumerate().map(hearing).collect();
    payload.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_looks_by_where_and_by_whom() {
    let world = World::new().await;
    let body = cases(
        "SJP_PUBLIC_LIST",
        &[("B1", "TV Licensing"), ("BS", "TV, Licensing"), ("B1", "Thames Valley Police"), ("SE", "DVLA")],
    );
    let id = world.publisher().publishes(list("SJP_PUBLIC_LIST", "SNL").body(body)).await.artefact_id();
    let shown = async |query: &str| {
        let page = world.html(&format!("/sjp-public-list?artefactId={id}{query}")).await;
        (0..4).filter(|number| page.contains(&format!("Case{number}x"))).collect::<Vec<_>>()
    };
    assert_eq!(shown("").await, [0, 1, 2, 3]);
    assert_eq!(shown("&postcode=b1").await, [0, 2]);
    assert_eq!(shown("&postcode=b").await, [0, 1, 2, 3], "what the list does not offer chooses nothing");
    assert_eq!(shown("&postcode=b1&postcode=b").await, [0, 2]);
    assert_eq!(shown("&postcode=b1&postcode=se").await, [0, 2, 3]);
    assert_eq!(shown("&prosecutor=tvlicensing").await, [0, 1]);
    assert_eq!(shown("&postcode=b1&prosecutor=tvlicensing").await, [0]);
    let page =
        world.html(&format!("/sjp-public-list?artefactId={id}&postcode=b1&prosecutor=dvla&lng=cy")).await;
    assert!(page.contains("Hidlwyr a ddewiswyd") && page.contains("Cod post"));
    assert!(page.contains("Nid oes unrhyw achosion yn cyfateb"), "no case is in both");
    let without = format!("href=\"/sjp-public-list?artefactId={id}&amp;prosecutor=dvla\"");
    assert!(page.contains(&without), "a tag leads to the list without its filter");
    assert!(!page.contains("Codau post Llundain"), "areas alone are no outward codes");
    let page = world.html(&format!("/sjp-public-list?artefactId={id}&postcode=b1")).await;
    assert!(page.contains(">2 cases<") && !page.contains("4 cases"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_press_chooses_london_at_once_and_b1_is_not_b10() {
    let world = World::new().await;
    let body = cases(
        "SJP_PRESS_LIST",
        &[
            ("B1 1AA", "DVLA"),
            ("B10 1AA", "DVLA"),
            ("SE1 2BB", "DVLA"),
            ("EC1A 1BB", "DVLA"),
            ("SS1 1AA", "DVLA"),
        ],
    );
    let upload = list("SJP_PRESS_LIST", "SNL").of_sensitivity("PUBLIC").body(body);
    let id = world.publisher().publishes(upload).await.artefact_id();
    let shown = async |query: &str| {
        let page = world.html(&format!("/sjp-press-list?artefactId={id}{query}")).await;
        (0..5).filter(|number| page.contains(&format!("Case{number}x"))).collect::<Vec<_>>()
    };
    assert_eq!(shown("&postcode=b1").await, [0]);
    assert_eq!(shown("&postcode=london").await, [2, 3]);
    assert!(world.html(&format!("/sjp-press-list?artefactId={id}")).await.contains("London postcodes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_long_list_keep_the_filter_and_leave_out_those_far_away() {
    let world = World::new().await;
    let many: Vec<(&str, &str)> = (0..12_001).map(|number| (["B1", "SE"][number % 2], "DVLA")).collect();
    let body = cases("SJP_PUBLIC_LIST", &many);
    let id = world.publisher().publishes(list("SJP_PUBLIC_LIST", "SNL").body(body)).await.artefact_id();
    let page = world.html(&format!("/sjp-public-list?artefactId={id}&page=7")).await;
    assert_eq!(page.matches("govuk-pagination__item--ellipsis").count(), 2);
    assert!(page.contains(", 5 January 2026, page 7 of 13 - "), "its title tells it from the other pages");
    assert!(page.contains("page=13") && page.contains("page=9") && !page.contains("page=10\""));
    let page = world.html(&format!("/sjp-public-list?artefactId={id}&postcode=b1")).await;
    assert!(page.contains(&format!("artefactId={id}&amp;postcode=b1&amp;page=7\"")));
    assert!(!page.contains("page=8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_another_service_leads_to_ours() {
    let world = World::new().await;
    let moved = world.page("/civil-daily-cause-list?artefactId=1&lng=cy").await.expect(308);
    assert_eq!(moved.header("location"), "/daily-cause-list?artefactId=1&lng=cy");
}
