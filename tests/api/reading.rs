//! Reading: search, paging, conditional requests, forms, exports.

use crate::support::upload::list;
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
    let whole = "/publication/search/caseName?fuzzySearch=false&searchValue=ashdown%20lettings%20limited";
    assert_eq!(courtel.get(whole).await.expect(200).text(), "[]");
    let whole = courtel.get(&format!("{whole}%20v%20quill")).await.expect(200).json();
    assert_eq!(whole.as_array().map(Vec::len), Some(1), "{whole}");
    assert_eq!(
        courtel.get("/publication/search?searchTerm=PARTY&searchValue=abc").await.expect(400).faulty_fields(),
        ["searchTerm"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_of_the_older_contract_answers_publications_and_404_for_none() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    let hidden = civil_daily_cause_list().of_sensitivity("CLASSIFIED").with("x-content-date", "2026-01-06");
    let hidden = world.publisher().publishes(hidden).await.artefact_id();
    let search =
        |term: &str, value: &str| format!("/publication/search?searchTerm={term}&searchValue={value}");
    let other = world.third_party("GENERAL_THIRD_PARTY");
    for (term, value) in [("CASE_ID", "k01ox204"), ("CASE_NAME", "thornbury")] {
        let found = other.get(&search(term, value)).await.expect(200);
        assert_eq!(found.header("x-total-count"), "1", "{term}");
        assert_eq!(
            (&found.json()[0]["artefactId"], &found.json()[0]["version"]),
            (&id.as_str().into(), &1.into())
        );
    }
    let court = world.third_party("VERIFIED_THIRD_PARTY_CFT");
    let both = court.get(&search("CASE_ID", "K01OX204")).await.expect(200).text();
    assert!(both.contains(&id) && both.contains(&hidden), "{both}");
    let exported = format!("audit_log where action = 'DATA_EXPORT' and subject = '{hidden}'");
    assert_eq!(world.count(&exported).await, 1);
    assert_eq!(other.get(&search("CASE_NAME", "nobody")).await.expect(404).problem(), "not-found");
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

/// What is read of one private list, by every operation that reads a list or lists them.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_read_of_a_private_list_is_recorded_with_its_version() {
    let world = World::new().await;
    let private = civil_daily_cause_list().of_sensitivity("PRIVATE");
    let id = world.publisher().publishes(private.clone()).await.artefact_id();
    let waiting = world.publisher().publishes(private.for_court("7007")).await.artefact_id();
    let description = serde_json::to_value(functions::api_docs::description()).expect("a description");
    let paths = description["paths"].as_object().expect("paths");
    let reads = |path: &&String| path.starts_with("/publication/") && paths[*path].get("get").is_some();
    let operator = world.operator();
    let mut asked = 0;
    for path in paths
        .keys()
        .filter(reads)
        .filter(|path| !path.ends_with("{list_type}") && !path.ends_with("count-by-location"))
    {
        let path = path.replace("{id}", &id).replace("{number}", "1").replace("{location_id}", "1");
        let path = match path.as_str() {
            "/publication/search" => format!("{path}?searchTerm=CASE_NUMBER&searchValue=K01OX204"),
            "/publication/search/caseNumber" => format!("{path}?searchValue=K01OX204"),
            "/publication/search/caseName" => format!("{path}?searchValue=thornbury"),
            other => other.to_owned(),
        };
        let subject = if path.ends_with("no-match") { &waiting } else { &id };
        for form in ["payload", "document", "pdf", "xlsx", "summary"] {
            let recorded = format!(
                "audit_log where action = 'DATA_EXPORT' and subject = '{subject}' and details->>'version' = '1'"
            );
            let before = world.count(&recorded).await;
            let path = path.replace("{form}", form);
            operator.get(&path).await.expect(200);
            assert_eq!(world.count(&recorded).await, before + 1, "{path}");
            asked += 1;
            if !path.ends_with(form) {
                break;
            }
        }
    }
    assert!(asked >= 14, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listing_comes_in_pages_with_a_total_links_and_a_tag() {
    let world = World::new().await;
    for number in 1..=3 {
        let date = format!("2026-01-0{number}");
        world.publisher().publishes(civil_daily_cause_list().with("x-content-date", &date)).await.expect(201);
        world
            .publisher()
            .publishes(civil_daily_cause_list().for_court("7007").with("x-content-date", &date))
            .await
            .expect(201);
    }
    let operator = world.operator();
    for (path, rows) in [
        ("/publication/locationId/1", 3),
        ("/publication/no-match", 3),
        ("/publication/search/caseNumber?searchValue=K01OX204", 3),
        ("/locations", world.count("location").await),
        ("/locations/filter?language=cy", world.count("location").await),
        ("/locations/imports", 2),
    ] {
        let all = operator.get(path).await.expect(200);
        assert_eq!(all.header("x-total-count"), rows.to_string(), "{path}");
        let known = [("if-none-match", all.header("etag"))];
        operator.request("GET", path, &known, Body::empty()).await.expect(304);
        operator.request("GET", path, &[("if-none-match", "*")], Body::empty()).await.expect(304);
        let sign = if path.contains('?') { '&' } else { '?' };
        let second = operator.get(&format!("{path}{sign}page=1&size=1")).await.expect(200);
        assert_eq!(second.json()[0], all.json()[1], "{path}");
        assert_eq!(second.json().as_array().map(Vec::len), Some(1), "{path}");
        assert_eq!(second.header("link").contains("page=2&size=1>; rel=\"next\""), rows > 2, "{path}");
        operator.get(&format!("{path}{sign}size=0")).await.expect(400);
        operator.get(&format!("{path}{sign}size=101")).await.expect(400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_is_given_the_form_it_accepts_and_told_when_there_is_none() {
    let world = World::new().await;
    let id = world.publisher().publishes(civil_daily_cause_list()).await.artefact_id();
    let file = flat_file("list.html", b"<!DOCTYPE html><html><body><p>a list</p></body></html>");
    let file = world.publisher().publishes(file.with("x-content-date", "2026-01-06")).await.artefact_id();
    let courtel = world.third_party("VERIFIED_THIRD_PARTY_CFT");
    let accepting = async |id: &str, accept: &str| {
        courtel.request("GET", &format!("/publication/{id}"), &[("accept", accept)], Body::empty()).await
    };
    for (accept, media_type) in [
        ("*/*", "application/json"),
        ("application/pdf", "application/pdf"),
        (
            "application/json;q=0.2, application/vnd.hmcts.pi.document+json",
            "application/vnd.hmcts.pi.document+json",
        ),
        ("application/vnd.hmcts.pi.payload+json", "application/vnd.hmcts.pi.payload+json"),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ] {
        let answer = accepting(&id, accept).await.expect(200);
        assert_eq!(
            (answer.header("content-type"), answer.header("vary")),
            (media_type, "accept"),
            "{accept}"
        );
    }
    let payload = accepting(&id, "application/vnd.hmcts.pi.payload+json").await;
    assert_eq!(payload.body, civil_daily_cause_list().body);
    for (id, accept) in [(&id, "text/html"), (&file, "text/html"), (&file, "text/*")] {
        let refused = accepting(id, accept).await.expect(406);
        assert_eq!((refused.problem().as_str(), refused.header("vary")), ("not-acceptable", "accept"));
    }
    let table = flat_file("list.csv", b"a,list").with("x-content-date", "2026-01-07");
    let table = world.publisher().publishes(table).await.artefact_id();
    for accept in ["text/csv", "text/*", "text/csv; charset=utf-8"] {
        let answer = accepting(&table, accept).await.expect(200);
        assert_eq!(
            (answer.header("content-type"), answer.text().as_str()),
            ("text/csv; charset=utf-8", "a,list")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_an_earlier_version_are_given_to_operators_alone() {
    let world = World::new().await;
    let first = flat_file("first.txt", b"the first");
    let id = world.publisher().publishes(first.clone()).await.artefact_id();
    world.publisher().publishes(civil_daily_cause_list().of_sensitivity("CLASSIFIED")).await.expect(201);
    world.publisher().publishes(first.file("third.txt", b"the third")).await.expect(201);
    let version = |number: usize| format!("/publication/{id}/versions/{number}/payload");
    let exports = "audit_log where action = 'DATA_EXPORT' and details->>'form' = 'payload' \
                   and details->>'version' = '2' and details->>'sensitivity' = 'CLASSIFIED'";
    let operator = world.operator();
    let file = operator.get(&version(1)).await.expect(200);
    assert_eq!(
        (file.header("content-type"), file.text().as_str()),
        ("text/plain; charset=utf-8", "the first")
    );
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"first.txt\""));
    let known = [("if-none-match", file.header("etag"))];
    operator.request("GET", &version(1), &known, Body::empty()).await.expect(304);
    let list = operator.get(&version(2)).await.expect(200);
    assert_eq!(
        (list.header("content-type"), list.body.clone()),
        ("application/json", civil_daily_cause_list().body)
    );
    assert_eq!(world.count(exports).await, 1);
    operator.get(&version(4)).await.expect(404);
    let courtel = world.third_party("VERIFIED_THIRD_PARTY_ALL");
    for number in [1, 3] {
        courtel.get(&version(number)).await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_found_by_a_partys_name_where_it_has_no_name_of_its_own() {
    let world = World::new().await;
    let named = "select parties from hearing where case_name = '' and parties <> '' limit 1";
    let superuser = world.database.superuser().await;
    for (list_type, provenance) in [
        ("CROWN_DAILY_PDDA_LIST", "PDDA"),
        ("SSCS_DAILY_LIST", "SNL"),
        ("SJP_PUBLIC_LIST", "COMMON_PLATFORM"),
    ] {
        let court = if list_type.starts_with("SJP") { "9" } else { "101" };
        world.publisher().publishes(list(list_type, provenance).for_court(court)).await.expect(201);
    }
    let parties: String = superuser.query_one(named, &[]).await.expect("such a case").get(0);
    let name = parties.lines().next().unwrap_or_default().to_uppercase().replace(' ', "%20");
    let courtel = world.third_party("VERIFIED_THIRD_PARTY_ALL");
    let search = async |value: &str| {
        let path = format!("/publication/search/caseName?searchValue={value}");
        courtel.get(&path).await.expect(200).json().as_array().map_or(0, Vec::len)
    };
    assert!(search(&name).await > 0, "{name}");
    assert_eq!((search("%25%25%25").await, search("___").await), (0, 0), "a pattern is text");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_court_is_asked_for_by_a_name_and_a_region_may_have_a_comma() {
    let world = World::new().await;
    let csv = "P&I ID,Court Desc,Region,Jurisdiction\n77,Wallingford,\"Thames, Upper\",Civil\n";
    world.imports(&format!("{}.csv", crate::support::unique("courts")), csv.as_bytes()).await.expect(200);
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let operator = world.operator();
    assert_eq!(
        operator.get("/locations/name?language=cy").await.expect(400).faulty_fields(),
        ["locationName"]
    );
    let found =
        operator.get("/locations/filter?regions=South%20East,thames,%20upper&jurisdictions=Civil").await;
    let found = found.expect(200).json().to_string();
    assert!(found.contains("Wallingford") && found.contains("Oxford"), "{found}");
    assert_eq!(operator.get("/locations/filter?regions=thames").await.expect(200).text(), "[]");
}
