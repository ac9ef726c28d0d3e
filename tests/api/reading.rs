//! Reading: search, paging, conditional requests, forms, exports.

use crate::support::{World, civil_daily_cause_list, flat_file};
use axum::body::Body;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_found_by_number_and_by_part_of_its_name() {
    let world = World::new().await;
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    let courtel = world.third_party("VERIFIED_THIRD_PARTY_CFT");
    let by_number =
        courtel.get("/publication/search/caseNumber?searchValue=k01ox204").await.expect(200).json();
    assert_eq!(by_number.as_array().map(Vec::len), Some(1), "{by_number}");
    let by_name = courtel.get("/publication/search/caseName?searchValue=thornbury").await.expect(200).json();
    assert_eq!(by_name.as_array().map(Vec::len), Some(2), "{by_name}");
    courtel.get("/publication/search/caseName?searchValue=ab").await.expect(400);
    let injected =
        courtel.get("/publication/search/caseName?searchValue=%27%20or%201=1--").await.expect(200).json();
    assert_eq!(injected.as_array().map(Vec::len), Some(0));
    assert_eq!(
        courtel.get("/publication/search?searchTerm=PARTY&searchValue=abc").await.expect(400).faulty_fields(),
        ["searchTerm"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_has_the_version_is_told_so() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    let courtel = world.third_party("VERIFIED_THIRD_PARTY_CFT");
    let path = format!("/publication/{id}/payload");
    let tag = courtel.get(&path).await.expect(200).header("etag").to_owned();
    courtel.request("GET", &path, &[("if-none-match", &tag)], Body::empty()).await.expect(304);
    world.publisher().publishes(civil_daily_cause_list().numbered(1)).await.expect(201);
    courtel.request("GET", &path, &[("if-none-match", &tag)], Body::empty()).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_can_be_had_as_pdf_workbook_document_and_summary_and_a_file_as_itself() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    let courtel = world.third_party("VERIFIED_THIRD_PARTY_CFT");
    let form = |form: &'static str| {
        let courtel = courtel.clone();
        let id = id.clone();
        async move { courtel.get(&format!("/publication/{id}/{form}")).await.expect(200) }
    };
    assert!(form("pdf").await.body.starts_with(b"%PDF-"));
    assert!(form("PDF").await.body.starts_with(b"%PDF-"));
    assert!(form("xlsx").await.body.starts_with(b"PK"));
    assert!(form("summary").await.text().contains("K01OX204"));
    assert_eq!(form("document").await.json()["list_type"], "CIVIL_DAILY_CAUSE_LIST");
    assert!(form("sizes").await.json()["primaryPdf"].as_u64().is_some_and(|size| size > 1000));
    courtel.get(&format!("/publication/{id}/file")).await.expect(404);
    courtel.get(&format!("/publication/{id}/pdf?maxFileSize=10")).await.expect(413);
    let file = world
        .publisher()
        .publishes(flat_file("list.txt", b"a list").with("x-content-date", "2026-01-06"))
        .await
        .artefact_id();
    assert_eq!(courtel.get(&format!("/publication/{file}/file")).await.expect(200).text(), "a list");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_version_are_made_once_and_soon() {
    let world = World::new().await;
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    let made = world.runs("publication_files").await.text();
    assert!(made.contains("made=1 failed=0"), "{made}");
    assert!(world.runs("publication_files").await.text().contains("made=0"));
    assert_eq!(world.count("effect where channel = 'file' and status = 'done'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_what_is_not_public_is_recorded_as_an_export() {
    let world = World::new().await;
    let public = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    let private = world
        .publisher()
        .publishes(civil_daily_cause_list().with("x-content-date", "2026-01-06").of_sensitivity("PRIVATE"))
        .await
        .artefact_id();
    let courtel = world.third_party("GENERAL_THIRD_PARTY");
    courtel.get(&format!("/publication/{public}/payload")).await.expect(200);
    courtel.get(&format!("/publication/{private}/payload")).await.expect(200);
    assert_eq!(world.count("audit_log where action = 'DATA_EXPORT' and actor = 'courtel'").await, 1);
}
