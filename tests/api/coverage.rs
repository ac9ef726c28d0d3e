//! Every HTTP route and who may call it, in one table. A route that is not in the table fails the test.

use crate::support::World;
use axum::body::Body;
use runtime::Routes;
use std::collections::BTreeSet;

const ID: &str = "6b7ac1f0-41a5-4e0e-8b2c-2f0a7f3c9d11";

/// Function, route, method, a path of it, and the statuses for: anyone, a publisher, a third party, an operator.
type Row = (&'static str, &'static str, &'static str, &'static str, [u16; 4]);

const TABLE: &[Row] = &[
    ("api_docs", "/openapi.json", "GET", "/openapi.json", [200; 4]),
    ("court_screen", "/in-court/live-case-status", "GET", "/in-court/live-case-status", [404; 4]),
    ("court_screen", "/in-court/{token}", "GET", "/in-court/none", [404; 4]),
    ("health", "/health", "GET", "/health", [200; 4]),
    ("health", "/health/liveness", "GET", "/health/liveness", [200; 4]),
    ("health", "/health/readiness", "GET", "/health/readiness", [200; 4]),
    ("health", "/info", "GET", "/info", [200; 4]),
    ("locations", "/locations", "GET", "/locations", [401, 403, 200, 200]),
    ("locations", "/locations/name", "GET", "/locations/name?locationName=x", [401, 403, 404, 404]),
    ("locations", "/locations/filter", "GET", "/locations/filter", [401, 403, 200, 200]),
    ("locations", "/locations/upload", "POST", "/locations/upload", [401, 403, 403, 400]),
    ("locations", "/locations/import", "POST", "/locations/import", [401, 403, 403, 0]),
    ("locations", "/locations/imports", "GET", "/locations/imports", [401, 403, 403, 200]),
    ("locations", "/locations/download/csv", "GET", "/locations/download/csv", [401, 403, 403, 200]),
    ("locations", "/locations/{id}", "GET", "/locations/1", [401, 403, 200, 200]),
    ("locations", "/locations/{id}", "DELETE", "/locations/99999", [401, 403, 403, 404]),
    ("locations", "/locations/{id}/metadata", "GET", "/locations/1/metadata", [401, 403, 403, 200]),
    ("locations", "/locations/{id}/metadata", "PUT", "/locations/1/metadata", [401, 403, 403, 415]),
    ("locations", "/locations/{id}/metadata", "DELETE", "/locations/1/metadata", [401, 403, 403, 404]),
    ("portal_court", "/summary-of-publications", "GET", "/summary-of-publications?locationId=1", [200; 4]),
    ("portal_file", "/file-publication", "GET", "/file-publication?artefactId=x", [404; 4]),
    ("portal_find_court", "/courts-tribunals-list", "GET", "/courts-tribunals-list", [200; 4]),
    ("portal_glossary", "/case-event-glossary", "GET", "/case-event-glossary", [200; 4]),
    ("portal_home", "/", "GET", "/", [200; 4]),
    ("portal_list", "/{list_path}", "GET", "/daily-cause-list?artefactId=x", [404; 4]),
    ("portal_live_status", "/live-case-status", "GET", "/live-case-status", [200; 4]),
    ("portal_options", "/view-option", "GET", "/view-option", [200; 4]),
    ("portal_options", "/view-option", "POST", "/view-option", [400; 4]),
    ("portal_policy", "/accessibility-statement", "GET", "/accessibility-statement", [200; 4]),
    ("portal_policy", "/cookie-policy", "GET", "/cookie-policy", [200; 4]),
    ("portal_search", "/search", "GET", "/search", [200; 4]),
    ("publication_ingest", "/publication", "POST", "/publication", [401, 400, 403, 403]),
    (
        "publication_ingest",
        "/publication/non-strategic",
        "POST",
        "/publication/non-strategic",
        [401, 400, 403, 403],
    ),
    ("publication_ingest_v1", "/v1/publication", "POST", "/v1/publication", [401, 400, 403, 403]),
    ("publication_read", "/publication/search", "GET", "/publication/search", [401, 403, 400, 400]),
    (
        "publication_read",
        "/publication/search/caseNumber",
        "GET",
        "/publication/search/caseNumber",
        [401, 403, 400, 400],
    ),
    (
        "publication_read",
        "/publication/search/caseName",
        "GET",
        "/publication/search/caseName",
        [401, 403, 400, 400],
    ),
    (
        "publication_read",
        "/publication/count-by-location",
        "GET",
        "/publication/count-by-location",
        [401, 403, 403, 200],
    ),
    ("publication_read", "/publication/mi-data", "GET", "/publication/mi-data?days=1", [401, 403, 403, 200]),
    (
        "publication_read",
        "/publication/{id}/deleteArtefacts",
        "DELETE",
        "/publication/99999/deleteArtefacts",
        [401, 403, 403, 404],
    ),
    ("publication_read", "/publication/no-match", "GET", "/publication/no-match", [401, 403, 403, 200]),
    (
        "publication_read",
        "/publication/locationId/{location_id}",
        "GET",
        "/publication/locationId/1",
        [401, 403, 200, 200],
    ),
    (
        "publication_read",
        "/publication/location-type/{list_type}",
        "GET",
        "/publication/location-type/SJP_PUBLIC_LIST",
        [401, 403, 200, 200],
    ),
    ("publication_read", "/publication/{id}", "GET", "/publication/ID", [401, 403, 404, 404]),
    ("publication_read", "/publication/{id}", "DELETE", "/publication/ID", [401, 403, 403, 404]),
    ("publication_read", "/publication/{id}/archive", "PUT", "/publication/ID/archive", [401, 403, 403, 404]),
    (
        "publication_read",
        "/publication/{id}/versions",
        "GET",
        "/publication/ID/versions",
        [401, 403, 404, 404],
    ),
    (
        "publication_read",
        "/publication/{id}/versions/{number}",
        "GET",
        "/publication/ID/versions/1",
        [401, 403, 404, 404],
    ),
    (
        "publication_read",
        "/publication/{id}/versions/{number}/payload",
        "GET",
        "/publication/ID/versions/1/payload",
        [401, 403, 403, 404],
    ),
    ("publication_read", "/publication/{id}/diff", "GET", "/publication/ID/diff", [401, 403, 404, 404]),
    ("publication_read", "/publication/{id}/exists", "GET", "/publication/ID/exists", [401, 403, 404, 404]),
    ("publication_read", "/publication/{id}/sizes", "GET", "/publication/ID/sizes", [401, 403, 404, 404]),
    ("publication_read", "/publication/{id}/{form}", "GET", "/publication/ID/pdf", [401, 403, 404, 404]),
    ("robots", "/robots.txt", "GET", "/robots.txt", [200; 4]),
    ("subscription", "/subscription", "PUT", "/subscription", [401, 403, 403, 415]),
    ("subscription", "/subscription/{id}", "DELETE", "/subscription/ID", [401, 403, 403, 404]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_each_kind_of_caller_as_the_table_says() {
    let world = World::new().await;
    let callers =
        [world.anyone(), world.publisher(), world.third_party("VERIFIED_THIRD_PARTY_CFT"), world.operator()];
    for (function, _, method, path, expected) in TABLE {
        for (caller, status) in callers.iter().zip(expected) {
            let answer = caller.request(method, &path.replace("ID", ID), &[], Body::empty()).await;
            // Zero: any answer but a refusal, since it depends on what lies in storage.
            let good = if *status == 0 {
                ![401, 403, 405].contains(&answer.status)
            } else {
                answer.status == *status
            };
            assert!(
                good,
                "{function} {method} {path}: {} instead of {status}: {}",
                answer.status,
                answer.text()
            );
        }
    }
}

#[test]
fn every_route_is_in_the_table() {
    let known: BTreeSet<(&str, &str)> = TABLE.iter().map(|row| (row.0, row.1)).collect();
    for function in functions::ALL {
        for path in Routes::of(function).finish().1 {
            let documented = function.name == "api_docs" && path != "/openapi.json";
            assert!(
                documented || known.contains(&(function.name, path.as_str())),
                "{} {path} is not in the table",
                function.name
            );
        }
    }
}
