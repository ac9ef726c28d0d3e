//! Files and workbooks.

use crate::support::{World, civil_daily_cause_list, flat_file};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

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

/// A PDF of some objects and one stream with this dictionary and data.
fn pdf(objects: &str, dictionary: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("%PDF-1.7\n{objects}\n9 0 obj\n<< {dictionary} >>\nstream\n");
    [head.as_bytes(), data, b"\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"].concat()
}

fn deflated(text: &str) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).expect("packed");
    packer.finish().expect("packed")
}

/// Bytes in which every short sequence occurs, as in a packed picture.
fn noise() -> Vec<u8> {
    let mut state = 1u64;
    let mut bytes: Vec<u8> = (0..1_500_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        })
        .collect();
    bytes.splice(700_000..700_008, *b" /JS /AA");
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_is_refused_for_what_it_would_do_and_not_for_how_its_bytes_fall() {
    let world = World::new().await;
    let packed =
        |objects: &str| pdf("", "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &deflated(objects));
    let good = [
        ("packed bytes", pdf("1 0 obj << /Type /Catalog >> endobj", "/Filter /DCTDecode", &noise())),
        ("a place to begin", pdf("1 0 obj << /OpenAction [3 0 R /XYZ null null 0] >> endobj", "", b"")),
        ("objects packed", packed("1 0 << /Type /Catalog /JSON 1 >>")),
        ("a drawing", pdf("", "/Filter /FlateDecode", &deflated("1 0 0 1 72 720 cm BT (hello) Tj ET"))),
    ];
    for (day, (name, bytes)) in (6..).zip(good) {
        let upload = flat_file("list.pdf", &bytes).with("x-content-date", &format!("2026-01-{day:02}"));
        let answer = world.publisher().publishes(upload).await;
        assert_eq!(answer.status, 201, "{name}: {}", answer.text());
    }
    let script = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";
    let hostile = [
        ("a script", pdf(&format!("1 0 obj {script} endobj"), "", b"")),
        ("a script packed", packed(&format!("1 0 {script}"))),
        (
            "a script packed without saying so",
            pdf("", "/Filter /Fl#61teDecode", &deflated(&format!("1 0 {script}"))),
        ),
        ("a script spelled otherwise", pdf("1 0 obj << /S /J#61vaScript /J#53 (1) >> endobj", "", b"")),
        ("an action of a page", pdf("1 0 obj << /Type /Page /AA << /O 2 0 R >> >> endobj", "", b"")),
        ("a program", pdf("1 0 obj << /S /Launch >> endobj", "", b"")),
        ("objects in text", pdf("", "/Type /ObjStm /Filter /ASCII85Decode", b"87cURD]i,\"Ebo80~>")),
        ("a bomb", packed(&format!("1 0 {}", " ".repeat(21 * 1024 * 1024)))),
        ("too many pages", pdf(&"1 0 obj << /Type /Page >> endobj ".repeat(501), "", b"")),
    ];
    for (name, bytes) in hostile {
        let refused = world.publisher().publishes(flat_file("list.pdf", &bytes)).await;
        assert_eq!(refused.status, 400, "{name}");
        assert_eq!(refused.faulty_fields(), ["file"], "{name}");
    }
}

/// A Word document of its main part and others.
fn word(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("word/document.xml", "<document/>")].iter().chain(parts) {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(text.as_bytes()).expect("packed");
    }
    archive.finish().expect("an archive").into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_file_may_link_but_neither_load_nor_act() {
    let world = World::new().await;
    const RELS: &str = "word/_rels/document.xml.rels";
    let link =
        r#"<Relationship Type="http://x/relationships/hyperlink" Target="https://x" TargetMode="External"/>"#;
    world.publisher().publishes(flat_file("list.docx", &word(&[(RELS, link)]))).await.expect(201);
    let template = |mode: &str| {
        let rest = r#"Type="http://x/relationships/attachedTemplate" Target="http://x/hyperlink""#;
        format!("<Relationship {rest} {mode}/>")
    };
    for (name, text) in [
        ("word/vbaProject.bin", "x".to_owned()),
        ("word/VBAPROJECT.BIN", "x".to_owned()),
        (
            "[Content_Types].xml",
            r#"<Override ContentType="application/vnd.ms-office.vbaProject"/>"#.to_owned(),
        ),
        (RELS, template(r#"TargetMode="External""#)),
        (RELS, template("TargetMode='External'")),
        (RELS, template("TargetMode = \"External\"")),
        (RELS, template("TargetMode=\"&#69;xternal\"")),
        ("word/_RELS/document.xml.RELS", template("TargetMode='External'")),
        ("word/embeddings/more.ZIP", "x".to_owned()),
    ] {
        let refused = world.publisher().publishes(flat_file("list.docx", &word(&[(name, &text)]))).await;
        assert_eq!(refused.status, 400, "{name} {text}");
    }
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
    assert_eq!(refused.faulty_fields(), ["sheet Sheet1, row 3, column A"]);
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
