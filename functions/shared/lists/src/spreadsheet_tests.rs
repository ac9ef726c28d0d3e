//! Tests of reading workbooks, on workbooks written here.

use super::*;
use crate::registry::registry;
use crate::validate;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use serde_json::json;
use std::io::Write;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const TAX: [&str; 7] =
    ["Date", "Hearing Time", "Case name", "Case reference number", "Judge(s)", "Member(s)", "Venue/Platform"];

fn the(name: &str) -> &'static ListType {
    registry().get(name).expect("a list type of the registry")
}

fn tax() -> &'static ListType {
    the("FTT_TAX_WEEKLY_HEARING_LIST")
}

/// A workbook whose one sheet `fill` has filled.
fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().expect("a workbook")
}

fn row(sheet: &mut Worksheet, at: u32, from: u16, cells: &[&str]) {
    for (column, cell) in (from..).zip(cells) {
        sheet.write_string(at, column, *cell).expect("a cell");
    }
}

fn tax_row(name: &str) -> [&str; 7] {
    ["06/01/2026", "10am", name, "TC/1", "Judge A", "", "Taylor House"]
}

fn payload(list_type: &ListType, bytes: &[u8]) -> Value {
    let json = read_workbook(list_type, bytes).expect("a good workbook");
    validate::validate(list_type, &json).expect("a valid payload")
}

fn faults(list_type: &ListType, bytes: &[u8]) -> Vec<String> {
    let faults = read_workbook(list_type, bytes).expect_err("a bad workbook");
    faults.iter().map(|f| format!("{} {}{} {}", f.sheet, f.column, f.row, f.message)).collect()
}

#[test]
fn labels_are_matched_whatever_their_case_spaces_and_brackets() {
    let labels = [
        "DATE",
        "hearing  time ",
        "Case Name",
        "caseReferenceNumber",
        "Judges",
        "MEMBER (S)",
        "Venue / Platform",
    ];
    let bytes = workbook(|sheet| {
        row(sheet, 3, 2, &labels);
        row(sheet, 4, 2, &tax_row("A v B"));
    });
    let expected = json!([{
        "date": "06/01/2026", "hearingTime": "10am", "caseName": "A v B", "caseReferenceNumber": "TC/1",
        "judges": "Judge A", "members": "", "venue/platform": "Taylor House"
    }]);
    assert_eq!(payload(tax(), &bytes), expected);
}

#[test]
fn dates_times_numbers_and_flags_become_text() {
    let bytes = workbook(|sheet| {
        row(sheet, 0, 0, &TAX);
        let date = Format::new().set_num_format("dd/mm/yyyy");
        let time = Format::new().set_num_format("hh:mm");
        let at = |hour, minute| ExcelDateTime::from_hms(hour, minute, 0).expect("a time");
        sheet
            .write_with_format(1, 0, ExcelDateTime::from_ymd(2026, 1, 6).expect("a date"), &date)
            .expect("ok");
        sheet.write_with_format(1, 1, at(14, 5), &time).expect("a cell");
        sheet.write_number(1, 2, 12345).expect("a cell");
        sheet.write_number(1, 3, 0.5).expect("a cell");
        sheet.write_boolean(1, 4, true).expect("a cell");
        sheet
            .write_with_format(2, 0, ExcelDateTime::from_ymd(2026, 12, 31).expect("a date"), &date)
            .expect("ok");
        sheet.write_with_format(2, 1, at(0, 30), &time).expect("a cell");
    });
    let rows = payload(tax(), &bytes);
    let cells: Vec<&Value> = rows[0].as_object().expect("a row").values().collect();
    assert_eq!(cells, ["06/01/2026", "2:05pm", "12345", "0.5", "true", "", ""]);
    assert_eq!((&rows[1]["date"], &rows[1]["hearingTime"]), (&json!("31/12/2026"), &json!("12:30am")));
}

#[test]
fn rows_end_at_the_first_blank_one_and_missing_rows_are_passed_over() {
    let bytes = workbook(|sheet| {
        row(sheet, 0, 0, &TAX);
        row(sheet, 1, 0, &tax_row("first"));
        row(sheet, 5, 0, &tax_row("after a gap"));
        row(sheet, 6, 0, &["06/01/2026", "11am", "short"]);
        row(sheet, 7, 0, &["  ", " "]);
        row(sheet, 8, 0, &["Notes for the office"]);
    });
    let rows = payload(tax(), &bytes);
    let names: Vec<&Value> = rows.as_array().expect("rows").iter().map(|row| &row["caseName"]).collect();
    assert_eq!(names, ["first", "after a gap", "short"]);
    assert_eq!(rows[2]["venue/platform"], json!(""));
}

#[test]
fn a_hearing_after_a_blank_row_is_refused_rather_than_lost() {
    let bytes = workbook(|sheet| {
        row(sheet, 0, 0, &TAX);
        row(sheet, 1, 0, &tax_row("first"));
        row(sheet, 2, 0, &[" "]);
        row(sheet, 3, 0, &["Notes for the office"]);
        row(sheet, 4, 0, &tax_row("lost"));
        row(sheet, 5, 0, &tax_row("lost too"));
    });
    assert_eq!(
        faults(tax(), &bytes),
        ["Sheet1 5 comes after a blank row, where reading ends: remove the blank row"]
    );
}

#[test]
fn line_breaks_in_a_cell_are_kept() {
    let list_type = the("SSCS_LONDON_DAILY_HEARING_LIST");
    let columns = &list_type.table().expect("a table").parts[0].columns;
    let bytes = workbook(|sheet| {
        for (index, column) in (0..).zip(columns) {
            let text = if column.field == "hearingTime" { "9.30am" } else { "one\ntwo" };
            sheet.write_string(0, index, &column.label.en).expect("a cell");
            sheet.write_string(1, index, text).expect("a cell");
        }
    });
    assert_eq!(payload(list_type, &bytes)[0]["tribunal"], json!("one\ntwo"));
}

#[test]
fn a_list_of_two_tables_has_a_sheet_for_each() {
    let list_type = the("LONDON_ADMINISTRATIVE_COURT_DAILY_CAUSE_LIST");
    let labels =
        ["Venue", "Judge", "Time", "Case number", "Case details", "Hearing type", "Additional information"];
    let sheets = |names: &[&str]| {
        let mut workbook = Workbook::new();
        for name in names {
            let sheet = workbook.add_worksheet();
            sheet.set_name(*name).expect("a name");
            row(sheet, 0, 0, &labels);
            row(sheet, 1, 0, &["Court 1", "A", "10am", name, "", "", ""]);
        }
        workbook.save_to_buffer().expect("a workbook")
    };
    let read = payload(list_type, &sheets(&["Planning court", "London Administrative Court"]));
    assert_eq!(read["planningCourt"][0]["caseNumber"], json!("Planning court"));
    assert_eq!(read["londonAdministrativeCourt"][0]["caseNumber"], json!("London Administrative Court"));
    let wrong = faults(list_type, &sheets(&["Planning court", "Sheet1"]));
    assert_eq!(
        wrong,
        ["Sheet1 0 is not a sheet of this list type", " 0 lacks the sheet London administrative court"]
    );
}

#[test]
fn formulas_and_errors_are_refused_with_their_place() {
    let bytes = workbook(|sheet| {
        row(sheet, 0, 0, &TAX);
        row(sheet, 1, 0, &tax_row("A"));
        row(sheet, 2, 0, &tax_row("B"));
        sheet.write_formula(1, 2, "=1+1").expect("a cell");
        sheet.write_formula(2, 4, "=1/0").expect("a cell");
    });
    assert_eq!(
        faults(tax(), &bytes),
        [
            "Sheet1 C2 is a formula; paste its value in its place",
            "Sheet1 E3 is a formula; paste its value in its place"
        ]
    );
}

#[test]
fn columns_missing_or_there_twice_are_named_once() {
    let bytes = workbook(|sheet| {
        row(
            sheet,
            0,
            0,
            &["Date", "Hearing Time", "Case name", "Case Name", "Judge(s)", "Member(s)", "Ward"],
        );
        row(sheet, 1, 0, &tax_row("A"));
    });
    assert_eq!(
        faults(tax(), &bytes),
        [
            "Sheet1 D1 is a column that is there twice",
            "Sheet1 1 lacks the column Case reference number",
            "Sheet1 1 lacks the column Venue/Platform"
        ]
    );
}

#[test]
fn a_cell_in_the_far_corner_costs_nothing() {
    let bytes = workbook(|sheet| {
        row(sheet, 0, 0, &TAX);
        row(sheet, 1, 0, &tax_row("A"));
        sheet.write_string(1_048_575, 16_383, "far").expect("a cell");
    });
    assert_eq!(payload(tax(), &bytes).as_array().expect("rows").len(), 1);
}

#[test]
fn one_long_text_shared_by_many_cells_is_refused() {
    let long = "x".repeat(32_000);
    let bytes = workbook(|sheet| {
        row(sheet, 0, 0, &TAX);
        for at in 1..800 {
            row(sheet, at, 0, &tax_row(&long));
        }
    });
    assert!(bytes.len() < 100_000);
    assert_eq!(faults(tax(), &bytes), ["Sheet1 0 has more text than a list has"]);
}

/// A workbook with one more file in its archive.
fn with_file(name: &str, content: &[u8]) -> Vec<u8> {
    let bytes = workbook(|sheet| row(sheet, 0, 0, &TAX));
    let mut archive = ZipWriter::new_append(Cursor::new(bytes)).expect("an archive");
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file(name, options).expect("a file");
    archive.write_all(content).expect("its content");
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn macros_bombs_and_document_types_are_refused_before_anything_is_read() {
    let refusal = |bytes: &[u8]| faults(tax(), bytes).join("; ");
    assert!(refusal(&with_file("xl/vbaProject.bin", b"macro")).contains("macros"));
    assert!(refusal(&with_file("xl/bomb.xml", &vec![b' '; 10 << 20])).contains("compressed more"));
    let noise: Vec<u8> = (0..(21u32 << 20)).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert!(refusal(&with_file("xl/media/large.bin", &noise)).contains("20 MiB"));
    let entity = b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
    assert!(refusal(&with_file("xl/entity.xml", entity)).contains("document type"));
    assert!(refusal(b"PK\x03\x04 nothing").contains(".xlsx"));
    assert!(refusal(b"").contains(".xlsx"));
    assert!(refusal(&workbook(|_| ())).contains("no sheet"));
}

#[test]
fn too_many_files_are_refused() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..201 {
        archive.start_file(format!("{index}.xml"), SimpleFileOptions::default()).expect("a file");
    }
    let bytes = archive.finish().expect("an archive").into_inner();
    assert!(faults(tax(), &bytes)[0].contains("more than 200 files"));
}

#[test]
fn only_table_shaped_list_types_take_a_workbook() {
    let bytes = workbook(|sheet| row(sheet, 0, 0, &TAX));
    assert!(faults(the("CIVIL_DAILY_CAUSE_LIST"), &bytes)[0].contains("not published from a spreadsheet"));
}

#[test]
fn names_are_turned_into_fields_and_back() {
    assert_eq!(camel_case("Time Estimate"), "timeEstimate");
    assert_eq!(camel_case("Judge(s)"), "judges");
    assert_eq!(camel_case("Venue/Platform"), "venue/platform");
    assert_eq!(words_of("openJusticeStatementDetails"), "Open justice statement details");
    assert_eq!([letters(0), letters(25), letters(26), letters(16_383)], ["A", "Z", "AA", "XFD"]);
}

/// A workbook whose one sheet is this markup.
fn with_sheet(markup: &str) -> Vec<u8> {
    let good = workbook(|sheet| row(sheet, 0, 0, &TAX));
    let mut from = zip::ZipArchive::new(Cursor::new(good)).expect("an archive");
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut file = from.by_index(index).expect("a file");
        let name = file.name().expect("a name").into_owned();
        let mut content = String::new();
        std::io::Read::read_to_string(&mut file, &mut content).expect("text");
        let content = if name.ends_with("sheet1.xml") { markup } else { &content };
        to.start_file(name, SimpleFileOptions::default()).expect("a file");
        to.write_all(content.as_bytes()).expect("its content");
    }
    to.finish().expect("an archive").into_inner()
}

#[test]
fn a_malformed_sheet_is_refused_and_never_makes_the_reader_panic() {
    for cells in [
        r#"<row r="1"><c r="A1" t="s"><v>4294967296</v></c></row>"#,
        r#"<row r="1"><c r="A1" t="s"><v>-1</v></c></row>"#,
        r#"<row r="99999999999999"><c r="A99999999999999"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="ZZZZZZZZZZ1"><v>1</v></c></row>"#,
        r#"<row r="0"><c r="A0"><v>1</v></c></row>"#,
        r#"<row r="1"><c r=""><v>1e999</v></c></row>"#,
        r#"<row r="1"><c r="A1" t="d"><v>9999-99-99</v></c></row>"#,
        r#"<row r="1"><c r="A1" s="4000000000"><v>NaN</v></c></row>"#,
        r#"<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>"#,
        r#"<row r="1"><c r="A1"><f t="shared" si="4000000000" ref="A1:XFD1048576">A1</f><v>1</v></c></row>"#,
        "<row><c><v>",
    ] {
        let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
        assert!(read_workbook(tax(), &with_sheet(&sheet)).is_err(), "{cells}");
    }
    let good = workbook(|sheet| row(sheet, 0, 0, &TAX));
    for length in (0..good.len()).step_by(97) {
        assert!(read_workbook(tax(), &good[..length]).is_err());
    }
}
