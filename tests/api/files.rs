//! Files and workbooks.

use crate::support::{World, civil_daily_cause_list, flat_file};
use rust_xlsxwriter::Workbook;

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_is_shown_and_an_html_page_is_downloaded_into_a_sandbox() {
    let world = World::new().await;
    let pdf =
        world.publisher().publishes(flat_file("Daily list.pdf", b"%PDF-1.7\n%%EOF")).await.artefact_id();
    let shown = world.page(&format!("/file-publication?artefactId={pdf}")).await.expect(200);
    assert_eq!(shown.header("content-type"), "application/pdf");
    assert!(shown.header("content-disposition").starts_with("inline; filename=\"Daily list.pdf\""));
    let page = flat_file("list.html", b"<!doctype html><script>alert(1)</script>")
        .with("x-content-date", "2026-01-06");
    let html = world.publisher().publishes(page).await.artefact_id();
    let downloaded = world.page(&format!("/file-publication?artefactId={html}")).await.expect(200);
    assert!(downloaded.header("content-disposition").starts_with("attachment"));
    assert!(downloaded.header("content-security-policy").starts_with("sandbox;"));
    assert_eq!(downloaded.header("x-content-type-options"), "nosniff");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_would_act_in_a_readers_hands_are_refused_with_the_reason() {
    let world = World::new().await;
    for (name, bytes) in [
        ("list.exe", b"MZ".as_slice()),
        ("list.pdf", b"<html>"),
        ("list.pdf", b"%PDF-1.7 /OpenAction 1 0 R"),
        ("list.pdf", b"%PDF-1.7 /Encrypt 1 0 R"),
        ("list.docx", b"PK\x03\x04 not a zip"),
        ("list.rtf", b"{\\rtf1 \\objdata 00}"),
        ("list.csv", b"%PDF-1.7"),
    ] {
        let refused = world.publisher().publishes(flat_file(name, bytes)).await.expect(400);
        assert_eq!(refused.faulty_fields(), ["file"], "{name}");
    }
    assert_eq!(world.count("publication").await, 0);
}

fn workbook(rows: &[[&str; 6]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, *cell).expect("a cell");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

const HEADINGS: [&str; 6] =
    ["Date", "Case name", "Hearing length", "Hearing type", "Venue", "Additional information"];

#[tokio::test(flavor = "multi_thread")]
async fn court_staff_publish_a_workbook_as_a_list() {
    let world = World::new().await;
    let book = workbook(&[
        HEADINGS,
        ["05/01/2026", "A v B", "1 hour", "Substantive", "Oxford", ""],
        ["06/01/2026", "C v D", "2 hours", "Substantive", "Bath", "By video"],
    ]);
    let upload = civil_daily_cause_list()
        .at("/publication/non-strategic")
        .with("x-provenance", "MANUAL_UPLOAD")
        .with("x-court-id", "1")
        .with("x-list-type", "CST_WEEKLY_HEARING_LIST")
        .file("list.xlsx", &book);
    let id = world.staff().publishes(upload.clone()).await.artefact_id();
    let page = world.html(&format!("/cst-weekly-hearing-list?artefactId={id}")).await;
    assert!(page.contains("A v B") && page.contains("6 January 2026"));
    let bad = workbook(&[
        HEADINGS,
        ["05/01/2026", "A v B", "1 hour", "Substantive", "Oxford", ""],
        ["soon", "C v D", "", "", "", ""],
    ]);
    let refused = world.staff().publishes(upload.file("list.xlsx", &bad)).await.expect(400);
    assert_eq!(refused.faulty_fields(), ["/1/date"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_workbook_is_refused() {
    let world = World::new().await;
    let upload = civil_daily_cause_list()
        .at("/publication/non-strategic")
        .with("x-list-type", "CST_WEEKLY_HEARING_LIST");
    world.publisher().publishes(upload.clone()).await.expect(415);
    world.publisher().publishes(upload.clone().file("list.xlsx", b"no workbook")).await.expect(400);
    let wrong_type =
        upload.with("x-list-type", "CIVIL_DAILY_CAUSE_LIST").file("list.xlsx", &workbook(&[HEADINGS]));
    assert_eq!(world.publisher().publishes(wrong_type).await.expect(400).faulty_fields(), ["x-list-type"]);
}
