//! Files and workbooks.

use crate::support::{World, civil_daily_cause_list, flat_file};
use flate2::write::{DeflateEncoder, ZlibEncoder};
use flate2::{Compression, Crc};
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

/// A Word document of one part, made by hand, with what it says of the part's size: packed, and unpacked.
fn of_said_size(text: &str, said: impl Fn(u64, u64) -> (u64, u64)) -> Vec<u8> {
    const NAME: &[u8] = b"word/document.xml";
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).expect("packed");
    let packed = packer.finish().expect("packed");
    let mut checksum = Crc::new();
    checksum.update(text.as_bytes());
    let (said_packed, said_size) = said(packed.len() as u64, text.len() as u64);
    // Version 4.5, deflated; sizes that say they stand in a field of 64 bits each behind the name.
    let checksum = checksum.sum().to_le_bytes();
    let head = [&[45, 0, 0, 0, 8, 0, 0, 0, 0x21, 0], &checksum[..], &[0xff; 8], &[17, 0, 20, 0]].concat();
    let field = [&[1, 0, 16, 0], &said_size.to_le_bytes()[..], &said_packed.to_le_bytes()].concat();
    let local = [b"PK\x03\x04", &head[..], NAME, &field, &packed].concat();
    let entry = [b"PK\x01\x02\x2d\0", &head[..], &[0; 14], NAME, &field].concat();
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).expect("short").to_le_bytes();
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &length(&entry)[..], &length(&local), &[0; 2]].concat();
    [local, entry, end].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_file_says_of_its_size_is_not_believed() {
    let world = World::new().await;
    let honest = of_said_size("<document/>", |packed, size| (packed, size));
    world.publisher().publishes(flat_file("list.docx", &honest)).await.expect(201);
    let bomb = " ".repeat(21 * 1024 * 1024);
    for (name, bytes) in [
        ("far larger", of_said_size("<document/>", |packed, _| (packed, 1 << 60))),
        ("as large as can be", of_said_size("<document/>", |_, _| (u64::MAX, u64::MAX))),
        ("packed in far more", of_said_size("<document/>", |_, size| (1 << 60, size + 1))),
        ("smaller", of_said_size(&bomb, |packed, _| (packed, 11))),
        ("packed no better than others", of_said_size(&bomb, |_, size| (1 << 60, size))),
    ] {
        let upload = flat_file("list.docx", &bytes).with("x-content-date", "2026-01-06");
        let refused = world.publisher().publishes(upload).await;
        assert_eq!(refused.status, 400, "{name}: {}", refused.text());
        assert_eq!(refused.faulty_fields(), ["file"], "{name}");
    }
}

/// A Word document of before 2007 with these flags: the header, the directory, and the main stream, which is in a
/// sector of its own unless it is short.
fn old_word(flags: u16, is_short: bool) -> Vec<u8> {
    let mut bytes = vec![0; 512 * 12];
    let mut set = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    set(0, &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    set(0x1e, &[9, 0]);
    let name: Vec<u8> = "WordDocument".bytes().flat_map(|letter| [letter, 0]).collect();
    set(512, &name);
    let (first, size): (u32, u32) = if is_short { (7, 1000) } else { (2, 4096) };
    set(512 + 0x74, &first.to_le_bytes());
    set(512 + 0x78, &size.to_le_bytes());
    let at = if is_short { 512 * 2 + 7 * 64 } else { 512 * 3 };
    set(at, &[0xec, 0xa5, 0xc1, 0]);
    set(at + 0x0a, &flags.to_le_bytes());
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_word_document_is_published_unless_it_needs_a_password() {
    let world = World::new().await;
    for is_short in [false, true] {
        let open = flat_file("list.doc", &old_word(0x1200, is_short));
        world.publisher().publishes(open).await.expect(201);
        let locked = flat_file("list.doc", &old_word(0x1300, is_short));
        let refused = world.publisher().publishes(locked).await.expect(400);
        assert!(refused.text().contains("password"), "{}", refused.text());
    }
    let mut empty = old_word(0, false);
    empty.truncate(512 * 3);
    let refused = world.publisher().publishes(flat_file("list.doc", &empty)).await.expect(400);
    assert_eq!(refused.faulty_fields(), ["file"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_utf_8_is_said_to_be() {
    let world = World::new().await;
    let courtel = world.third_party("VERIFIED_THIRD_PARTY_CFT");
    for (day, (name, bytes, media_type)) in (6..).zip([
        ("list.csv", "Llŷn".as_bytes(), "text/csv; charset=utf-8"),
        ("list.csv", b"Ll\xfdn", "text/csv"),
        ("list.txt", b"\xff\xfeL\0", "text/plain"),
        ("list.html", b"<p>Ll\xfdn</p>", "text/html"),
    ]) {
        let upload = flat_file(name, bytes).with("x-content-date", &format!("2026-01-{day:02}"));
        let id = world.publisher().publishes(upload).await.artefact_id();
        let file = courtel.get(&format!("/publication/{id}/file")).await.expect(200);
        assert_eq!(file.header("content-type"), media_type, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_json_file_is_data_where_its_list_type_is_read_and_a_file_where_it_is_not() {
    let world = World::new().await;
    let file = |list_type: &str, body: &str| {
        let upload = civil_daily_cause_list().with("x-list-type", list_type);
        upload.file("list.json", body.as_bytes())
    };
    let sample = crate::support::sample("CIVIL_DAILY_CAUSE_LIST");
    let data = world.publisher().publishes(file("CIVIL_DAILY_CAUSE_LIST", &sample)).await.expect(201);
    assert_eq!(data.json()["isFlatFile"], false);
    let kept = world.publisher().publishes(file("PCOL_DAILY_CAUSE_LIST", "{\"a\": 1}")).await.expect(201);
    assert_eq!(kept.json()["isFlatFile"], true);
    let id = kept.artefact_id();
    let courtel = world.third_party("VERIFIED_THIRD_PARTY_CFT");
    let given = courtel.get(&format!("/publication/{id}/file")).await.expect(200);
    assert_eq!((given.header("content-type"), given.text().as_str()), ("application/json", "{\"a\": 1}"));
    let told = courtel.get(&format!("/publication/{id}")).await.expect(200);
    assert_eq!(told.json()["artefactId"], id.as_str());
    let refused = world.publisher().publishes(file("PCOL_DAILY_CAUSE_LIST", "{")).await.expect(400);
    assert_eq!(refused.faulty_fields(), ["file"]);
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
