//! Files sent by e-mail: limits to the byte, types, names and periods.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use stand_ins::notify::LARGEST_FILE;

use crate::support::{World, assert_refused, get, mail};

/// A mail with this file object.
fn with_file(file: Value) -> Value {
    let mut mail = mail();
    mail["personalisation"]["link_to_file"] = file;
    mail
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// A PDF of exactly this many bytes.
fn pdf(length: usize) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.resize(length, b'x');
    pdf
}

#[tokio::test]
async fn a_file_arrives_as_it_was_and_can_be_downloaded_from_the_link_in_the_mail() {
    let world = World::new().await;
    let file = json!({ "file": encoded(&pdf(64)), "retention_period": "78 weeks", "confirm_email_before_download": false });
    let answer = world.send(&with_file(file)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let sent = world.stand_ins.notify.sent();
    let file = &sent[0].files[0];
    assert_eq!((file.name.as_str(), file.content_type.as_str()), ("link_to_file.pdf", "application/pdf"));
    assert_eq!(
        (&file.bytes[..], file.retention_weeks, file.confirm_before_download),
        (&pdf(64)[..], 78, false)
    );
    let link = sent[0].personalisation["link_to_file"].as_str().expect("a link");
    assert!(sent[0].body.contains(link));
    let download = get(link).await;
    assert_eq!(&download.body[..], &pdf(64)[..]);
    assert_eq!(download.header("content-disposition"), "attachment; filename=\"link_to_file.pdf\"");
    assert_eq!(download.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn the_largest_file_passes_and_one_byte_more_does_not() {
    assert_eq!(LARGEST_FILE, 2 * 1024 * 1024 + 1024);
    let world = World::new().await;
    let answer = world.send(&with_file(json!({ "file": encoded(&pdf(LARGEST_FILE)) }))).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let answer = world.send(&with_file(json!({ "file": encoded(&pdf(LARGEST_FILE + 1)) }))).await;
    assert_refused(&answer, 400, "BadRequestError", "Uploaded file exceeds file size limit");
}

#[tokio::test]
async fn files_that_cannot_be_uploaded_are_refused() {
    let world = World::new().await;
    let types =
        "'.csv', '.doc', '.docx', '.jpeg', '.jpg', '.json', '.odt', '.pdf', '.png', '.rtf', '.txt', '.xlsx'";
    let unsupported = |found: &str| format!("Unsupported file type '{found}'. Supported types are: {types}");
    for (file, message) in [
        (json!({ "file": "not base64!" }), "Document is not base64 encoded".to_owned()),
        (json!({ "file": "" }), "Document must not be empty".to_owned()),
        (json!({ "file": encoded(b"<!DOCTYPE html><p>A list") }), unsupported("text/html")),
        (json!({ "file": encoded(b"\0\x01\x02") }), unsupported("application/octet-stream")),
        (json!({ "file": encoded(b"a,b"), "filename": "list.html" }), unsupported(".html")),
    ] {
        assert_refused(&world.send(&with_file(file)).await, 400, "BadRequestError", &message);
    }
    let world = World::with(|options| options.notify.service.has_contact_link = false).await;
    let answer = world.send(&with_file(json!({ "file": encoded(b"a,b") }))).await;
    assert!(answer.text().contains("Send files by email has not been set up - add contact details"));
}

#[tokio::test]
async fn the_shape_of_a_file_is_part_of_the_schema() {
    let world = World::new().await;
    let csv = encoded(b"a,b");
    let period = "Supported periods are from 1 to 78 weeks.";
    for (file, message) in [
        (
            json!({ "file": csv, "colour": 1 }),
            "Additional properties are not allowed (colour was unexpected)".to_owned(),
        ),
        (
            json!({ "file": csv, "is_csv": null, "filename": "a.csv" }),
            "Do not set a value for `is_csv` if `filename` is set.".to_owned(),
        ),
        (
            json!({ "file": csv, "is_csv": "yes" }),
            "is_csv Unsupported value for is_csv: yes. Use a boolean true or false value.".to_owned(),
        ),
        (
            json!({ "file": csv, "retention_period": "79 weeks" }),
            format!("retention_period Unsupported value for retention_period: 79 weeks. {period}"),
        ),
        (
            json!({ "file": csv, "retention_period": 4 }),
            format!("retention_period Unsupported value for retention_period: 4. {period}"),
        ),
        (
            json!({ "file": csv, "filename": "list" }),
            "filename `filename` must end with a file extension. For example, filename.csv".to_owned(),
        ),
        (
            json!({ "file": csv, "filename": format!("{}.csv", "x".repeat(97)) }),
            "filename `filename` cannot be longer than 100 characters".to_owned(),
        ),
    ] {
        assert_refused(&world.send(&with_file(file)).await, 400, "ValidationError", &message);
    }
}

#[tokio::test]
async fn names_and_kinds_are_told_apart() {
    let world = World::new().await;
    let xlsx = [b"PK\x03\x04".as_slice(), b"....xl/workbook.xml...."].concat();
    for (file, name, kind) in [
        (json!({ "file": encoded(b"a,b"), "is_csv": true }), "link_to_file.csv", "text/csv"),
        (json!({ "file": encoded(b"a,b"), "filename": "x.csv" }), "x.csv", "text/csv"),
        (json!({ "file": encoded(b"{\"a\": 1}") }), "link_to_file.json", "application/json"),
        (
            json!({ "file": encoded(b"plain"), "retention_period": "1 week" }),
            "link_to_file.txt",
            "text/plain",
        ),
        (
            json!({ "file": encoded(&xlsx) }),
            "link_to_file.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ] {
        let answer = world.send(&with_file(file)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let sent = world.stand_ins.notify.sent();
        let file = &sent.last().expect("a mail").files[0];
        assert_eq!((file.name.as_str(), file.content_type.as_str()), (name, kind));
    }
}

#[tokio::test]
async fn a_file_within_a_list_is_printed_and_not_uploaded() {
    let world = World::new().await;
    let answer = world.send(&with_file(json!([{ "file": encoded(b"a,b") }]))).await;
    assert_eq!(answer.status, 201);
    let sent = world.stand_ins.notify.sent();
    assert!(sent[0].files.is_empty() && sent[0].body.contains(&encoded(b"a,b")));
}
