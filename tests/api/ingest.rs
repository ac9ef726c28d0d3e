//! What a producer gets for a publication, good or bad.

use crate::support::upload::list;
use crate::support::{World, civil_daily_cause_list, live_case_status, sample};
use serde_json::Value;
use stand_ins::notify::Mail;
use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};

#[tokio::test(flavor = "multi_thread")]
async fn a_published_list_is_acknowledged_and_read_by_anyone() {
    let world = World::new().await;
    let answer = world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    let artefact = answer.json();
    assert_eq!(artefact["locationId"], "1");
    assert_eq!(artefact["listType"], "CIVIL_DAILY_CAUSE_LIST");
    assert_eq!(artefact["contentDate"], "2026-01-05T00:00:00Z");
    assert_eq!(artefact["displayFrom"], "2026-01-05T00:00:00Z");
    assert_eq!(artefact["supersededCount"], 0);
    assert_eq!(answer.header("etag"), "\"1\"");
    let id = answer.artefact_id();
    let page = world.html(&format!("/daily-cause-list?artefactId={id}")).await;
    for said in [
        "K01OX204",
        "Ashdown Lettings Limited v Quill",
        "K02OX118",
        "Fairweather v Castellan Insurance plc",
        "10am",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let court = world.html("/summary-of-publications?locationId=1").await;
    assert!(court.contains(&format!("/daily-cause-list?artefactId={id}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_type_with_an_example_is_accepted_read_and_returned_to_the_byte() {
    let world = World::new().await;
    let operator = world.operator();
    for list_type in lists::registry().all().iter().filter(|list_type| list_type.is_readable()) {
        let upload = list(&list_type.name, "SNL");
        let bytes = upload.body.clone();
        let id = world.publisher().publishes(upload).await.artefact_id();
        let payload = operator.get(&format!("/publication/{id}/payload")).await.expect(200);
        assert_eq!(payload.body, bytes, "{}", list_type.name);
        let path = list_type.path.as_deref().expect("a readable list has a page");
        world.page(&format!("/{path}?artefactId={id}&lng=cy")).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_its_schema_is_refused_with_the_place_of_each_fault() {
    let world = World::new().await;
    let faults: Value =
        serde_json::from_str(&std::fs::read_to_string("schemas/examples/faults.json").expect("the faults"))
            .expect("JSON");
    for list_type in
        ["CIVIL_DAILY_CAUSE_LIST", "SJP_PUBLIC_LIST", "CROWN_DAILY_PDDA_LIST", "CST_WEEKLY_HEARING_LIST"]
    {
        let invalid = sample(&format!("{list_type}.invalid"));
        let refused = world.publisher().publishes(list(list_type, "SNL").body(invalid)).await.expect(400);
        let expected = faults[list_type]["pointer"].as_str().expect("a pointer").to_owned();
        assert!(refused.faulty_fields().contains(&expected), "{list_type}: {:?}", refused.faulty_fields());
    }
    assert_eq!(world.count("publication").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_json_is_a_clear_400_and_never_a_500() {
    let world = World::new().await;
    let deep = "[".repeat(5_000);
    let many = format!("[{}1]", "1,".repeat(60_000));
    for body in
        ["", "{", "nul", "[1e400]", "{\"a\":1,\"a\":2}", "\u{feff}{}", "\"\\ud800\"", "{} {}", &deep, &many]
    {
        let refused =
            world.publisher().publishes(civil_daily_cause_list().body(body.to_owned())).await.expect(400);
        assert_eq!(refused.problem(), "invalid-request", "{}", &body[..body.len().min(20)]);
    }
    let html =
        civil_daily_cause_list().amended("Ashdown Lettings Limited v Quill", "<script>alert(1)</script>");
    let refused = world.publisher().publishes(html).await.expect(400);
    assert_eq!(refused.faulty_fields().len(), 1);
    assert!(!refused.text().contains("alert"), "the value is not repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_413_with_and_without_its_length() {
    let world = World::new()
        .with_setting("JSON_LIMIT_BYTES", "20000")
        .with_setting("FILE_LIMIT_BYTES", "20000")
        .await;
    let large = format!("{}{}", sample("CIVIL_DAILY_CAUSE_LIST"), " ".repeat(20_000));
    world.publisher().publishes(civil_daily_cause_list().body(large.clone())).await.expect(413);
    world.publisher().publishes(civil_daily_cause_list().body(large).streamed()).await.expect(413);
    let file = [b"%PDF-1.7\n".as_slice(), &[b' '; 30_000]].concat();
    world.publisher().publishes(civil_daily_cause_list().file("list.pdf", &file)).await.expect(413);
    world.publisher().publishes(civil_daily_cause_list().streamed()).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_with_an_offset_is_that_instant_and_a_time_without_is_london() {
    let world = World::new().await;
    let upload = civil_daily_cause_list().shown("2026-07-01T09:00:00", "2026-07-01T10:00:00+02:00");
    let refused = world.publisher().publishes(upload).await.expect(201).json();
    assert_eq!(
        (refused["displayFrom"].as_str(), refused["displayTo"].as_str()),
        (Some("2026-07-01T08:00:00Z"), Some("2026-07-01T08:00:00Z"))
    );
    let backwards = civil_daily_cause_list().shown("2026-07-02T09:00:00Z", "2026-07-01T09:00:00Z");
    assert_eq!(world.publisher().publishes(backwards).await.expect(400).faulty_fields(), ["x-display-to"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_published_however_long_its_case_numbers_are() {
    let world = World::new().await;
    // Random letters: a text that repeats itself would be stored compressed.
    let mut state = 17_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'A' + u8::try_from(state >> 24).expect("a byte") % 26)
    };
    let number: String = (0..3_000).map(|_| letter()).collect();
    world.publisher().publishes(civil_daily_cause_list().amended("K01OX204", &number)).await.expect(201);
    assert_eq!(world.count(&format!("hearing where lower(case_number) = lower('{number}')")).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_case_status_is_of_a_known_court_and_its_faults_name_the_place_but_not_the_value() {
    let world = World::new().await;
    let by_hand = || live_case_status().with("x-provenance", "MANUAL_UPLOAD");
    world.staff().publishes(by_hand().for_court("1")).await.expect(201);
    for unknown in ["987654", "Oxford", "99999999999999"] {
        let refused = world.staff().publishes(by_hand().for_court(unknown)).await.expect(400);
        assert_eq!(refused.faulty_fields(), ["x-court-id"], "{unknown}");
    }
    let wrong = live_case_status().body(r#"{"locationUpdates": [{"courtRoom": ["secret"]}]}"#);
    let refused = world.publisher().publishes(wrong).await.expect(400);
    assert_eq!(refused.faulty_fields(), ["/locationUpdates/0/courtRoom"]);
    let wrong = live_case_status().body(r#"[{"locationUpdates": "secret"}]"#);
    let refused = world.publisher().publishes(wrong).await.expect(400);
    assert_eq!(refused.faulty_fields(), ["/0/locationUpdates"]);
    assert!(!refused.text().contains("secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_live_case_status_is_a_page() {
    let world = World::new().await;
    let page = b"<!DOCTYPE html><html><body>Court 1: in progress</body></html>";
    for (name, bytes) in [("status.pdf", b"%PDF-1.7\n".as_slice()), ("status.txt", b"Court 1")] {
        let refused = world.publisher().publishes(live_case_status().file(name, bytes)).await.expect(400);
        assert_eq!(refused.faulty_fields(), ["file"], "{name}");
    }
    for name in ["status.htm", "status.html"] {
        world.publisher().publishes(live_case_status().file(name, page)).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_court_reports_what_is_happening_and_its_screen_shows_it() {
    let world = World::new().await;
    world.publisher().publishes(live_case_status()).await.expect(201);
    let screen = world.html("/in-court/djE6MQ").await;
    for said in
        ["Oxford Combined Court Centre", "T20260117", "Wetherfold", "6:58am", "http-equiv=\"refresh\""]
    {
        assert!(screen.contains(said), "{said}");
    }
    assert!(screen.contains("/case-event-glossary?locationId=1#event-2"));
    assert_eq!(
        world
            .html("/in-court/aW4tY291cnQvbGl2ZS1jYXNlLXN0YXR1cz9jb3VydElkPTE")
            .await
            .matches("T20260117")
            .count(),
        1
    );
    let older = live_case_status().amended("2026-01-05T06:58:00Z", "2026-01-05T06:00:00Z");
    assert_eq!(world.publisher().publishes(older).await.expect(409).problem(), "outdated-version");
    let ahead = live_case_status().amended("2026-01-05T06:58:00Z", "2026-01-05T08:58:00Z");
    assert_eq!(world.publisher().publishes(ahead).await.expect(400).faulty_fields(), ["/0/lastUpdated"]);
    for hostile in ["djE6MDE", "djE6MQ%3D%3D", "Li4vYWRtaW4", "djE6OTk5", "%2e%2e%2fadmin"] {
        world.page(&format!("/in-court/{hostile}")).await.expect(404);
    }
    let unknown = live_case_status().for_court("404");
    assert_eq!(world.publisher().publishes(unknown).await.expect(400).faulty_fields(), ["x-court-id"]);
}

/// The example of a Crown list in which every defendant is called Unmaskable, and masked or not.
fn crown_list(list_type: &str, masked: &str, version: &str) -> String {
    fn change(value: &mut Value, masked: &str) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| change(item, masked)),
            Value::Object(members) => {
                if let Some(Value::Array(defendants)) = members.get_mut("Defendants") {
                    for defendant in defendants {
                        let person = &mut defendant["PersonalDetails"];
                        person["Name"] = serde_json::json!({ "CitizenNameSurname": "Unmaskable" });
                        person["IsMasked"] = masked.into();
                        person.as_object_mut().expect("details").remove("MaskedName");
                    }
                }
                members.values_mut().for_each(|member| change(member, masked));
            }
            _ => {}
        }
    }
    let mut payload: Value = serde_json::from_str(&sample(list_type)).expect("JSON");
    change(&mut payload, masked);
    for list in payload.as_object_mut().expect("a list").values_mut() {
        list["ListHeader"]["Version"] = version.into();
    }
    payload.to_string()
}

/// What a PDF or a workbook says.
fn text_of(form: &str, bytes: &[u8]) -> String {
    let mut said = String::new();
    if form == "pdf" {
        let mut reader = Command::new("pdftotext")
            .args(["-", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("pdftotext, of poppler");
        let mut input = reader.stdin.take().expect("its input");
        let bytes = bytes.to_vec();
        let writing = std::thread::spawn(move || input.write_all(&bytes));
        let text = reader.wait_with_output().expect("text").stdout;
        writing.join().expect("no panic").expect("written");
        return String::from_utf8_lossy(&text).into_owned();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    for index in 0..archive.len() {
        archive.by_index(index).expect("a part").read_to_string(&mut said).expect("XML");
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_defendant_is_shown_on_no_surface_and_another_on_each() {
    let world = World::new().await;
    let operator = world.operator();
    for (list_type, path) in [
        ("CROWN_DAILY_PDDA_LIST", "crown-daily-list"),
        ("CROWN_FIRM_PDDA_LIST", "crown-firm-list"),
        ("CROWN_WARNED_PDDA_LIST", "crown-warned-list"),
    ] {
        for masked in ["no", "yes"] {
            let mut id = String::new();
            for version in ["1", "2"] {
                let body = crown_list(list_type, masked, version);
                let day = if masked == "yes" { "2026-01-05" } else { "2026-01-06" };
                let upload = list(list_type, "PDDA").body(body).with("x-content-date", day);
                id = world.publisher().publishes(upload).await.artefact_id();
            }
            for page in [format!("/{path}?artefactId={id}"), format!("/{path}?artefactId={id}&lng=cy")] {
                let said = world.html(&page).await.contains("Unmaskable");
                assert_eq!(said, masked == "no", "{page} {masked}");
            }
            world.runs("publication_files").await;
            for form in ["document", "summary", "pdf", "xlsx"] {
                let answer = operator.get(&format!("/publication/{id}/{form}")).await.expect(200);
                let text = match form {
                    "pdf" | "xlsx" => text_of(form, &answer.body),
                    _ => answer.text(),
                };
                assert_eq!(text.contains("Unmaskable"), masked == "no", "{list_type} {form} {masked}");
            }
            let changes = operator.get(&format!("/publication/{id}/diff")).await.expect(200).text();
            assert!(!changes.contains("Unmaskable"), "{list_type}: nothing of a defendant has changed");
        }
    }
    let found = |day| {
        let sql = "hearing join publication using (publication_id) where parties ilike '%unmaskable%'";
        format!("{sql} and content_date = '{day}'")
    };
    assert_eq!(world.count(&found("2026-01-05")).await, 0, "no search finds the masked");
    assert!(world.count(&found("2026-01-06")).await > 0, "and every search the others");
    assert_eq!(mails_that_name(&world, "Unmaskable").await, (6, 3), "a mail a list, and those of the others");
}

/// Has a follower of the court sent everything; how many mails there were, and how many named somebody, in the text or
/// in the file.
async fn mails_that_name(world: &World, name: &str) -> (usize, usize) {
    world.subscriber_to_court("press@example.com", 1).await;
    world.runs("subscription_dispatch").await;
    world.runs("effect_send").await;
    let sent = world.notify.sent_to("press@example.com");
    let names = |mail: &&Mail| {
        let filled = serde_json::to_string(&mail.personalisation).expect("JSON");
        let files: String = mail.files.iter().map(|file| text_of("pdf", &file.bytes)).collect();
        [filled, mail.body.clone(), mail.subject.clone(), files].iter().any(|text| text.contains(name))
    };
    (sent.len(), sent.iter().filter(names).count())
}
