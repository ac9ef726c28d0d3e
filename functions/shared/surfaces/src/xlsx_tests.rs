//! What workbooks must be: read back whole, every cell text, no cell a formula.

use super::*;
use crate::samples;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

fn read(sample: &(ListDocument, Layout), tongue: Tongue) -> Xlsx<Cursor<Vec<u8>>> {
    let bytes = write(&sample.0, &sample.1, tongue).expect("the sample is written");
    Xlsx::new(Cursor::new(bytes)).expect("the workbook is read back")
}

fn rows(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(sheet).expect("the sheet is there");
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn a_list_is_read_back_cell_by_cell() {
    let mut book = read(&samples::civil(30), Tongue::En);
    assert_eq!(book.sheet_names(), ["Hearings", "Information"]);
    let rows = rows(&mut book, "Hearings");
    assert_eq!(rows[0][0], "Civil Daily Cause List for Oxford Combined Court Centre");
    assert_eq!(rows[1][0], "List for 05 January 2026");
    let head = rows.iter().position(|row| row[1] == "Court room").expect("a head");
    let labels = ["Court house", "Court room", "Time", "Case ID", "Case name", "Case type", "Hearing type"];
    assert_eq!(rows[head][..7], labels);
    assert_eq!(rows[head][7..], ["Location", "Duration", "Reporting restriction"]);
    assert_eq!(rows.len(), head + 1 + 30);
    let first = &rows[head + 1];
    assert_eq!(first[0], "Oxford Combined Court Centre, St Aldate's, Oxford OX1 1TL");
    assert_eq!(first[1], "Courtroom 1: District Judge Ŵyn, Sitting at 10am");
    assert_eq!(first[2..5], ["9am", "K01OX00000", "Smith v Jones [2 of 3]"]);
    assert!(first[9].starts_with("No details"));
}

#[test]
fn no_cell_is_a_formula_or_starts_like_one() {
    for sample in [
        samples::hostile(),
        samples::two_tables(&["=1+1", "+1", "-1", "@a", "\t=1", "\0=1", "\r\n=1", " =1"]),
    ] {
        let mut book = read(&sample, Tongue::En);
        for sheet in book.sheet_names() {
            let formulas = book.worksheet_formula(&sheet).expect("the sheet is there");
            assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
            let range = book.worksheet_range(&sheet).expect("the sheet is there");
            for (_, _, cell) in range.used_cells() {
                let Data::String(text) = cell else { panic!("{cell:?} is not text") };
                assert!(!text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\0', '\r']), "{text}");
            }
        }
    }
    assert_eq!(neutral("=cmd()"), "'=cmd()");
    assert_eq!(neutral("\0=cmd()"), "'=cmd()");
    assert_eq!(neutral("a=b"), "a=b");
}

#[test]
fn each_table_has_a_sheet_with_a_name_excel_accepts() {
    let mut book = read(&samples::two_tables(&["one", "two"]), Tongue::En);
    assert_eq!(book.sheet_names(), ["Hearings", "Planning Court 12 a", "Information"]);
    assert!(
        rows(&mut book, "Planning Court 12 a")
            .iter()
            .any(|row| row[..3] == ["Part of the list", "Date", "Case details"])
    );
    let mut names = Names::default();
    let mut give = |wish: &str| names.give(wish, Tongue::En);
    assert_eq!([give("History"), give("'"), give("hearings")], ["Hearings", "Hearings 2", "hearings 3"]);
    assert_eq!(give(&"x".repeat(40)).chars().count(), 31);
}

#[test]
fn a_sheet_whose_name_would_show_nothing_has_ours() {
    for text in samples::INVISIBLE {
        let book = read(&samples::everywhere(&[text]), Tongue::En);
        assert_eq!(book.sheet_names(), ["Hearings", "Hearings 2", "Information"]);
    }
}

#[test]
fn cards_become_rows_with_their_offences() {
    let mut book = read(&samples::cards(2, 2), Tongue::Cy);
    let rows = rows(&mut book, "Gwrandawiadau");
    let head = rows.iter().position(|row| row.contains(&"Enw".to_owned())).expect("a head");
    let offences = rows[head].iter().position(|label| label == "Troseddau").expect("a column of offences");
    assert!(rows[head + 1][offences].contains("2. CJ88112 - Ymosod drwy guro\nGeiriad: On 1 March 2025"));
    assert!(rows[head + 1].contains(&"Enw wedi’i atal*".to_owned()));
}

#[test]
fn an_empty_list_is_a_workbook_that_says_so() {
    let mut book = read(&samples::empty(), Tongue::En);
    assert!(rows(&mut book, "Hearings").iter().any(|row| row[0].contains("no hearings")));
}

#[test]
fn a_text_longer_than_a_cell_is_cut() {
    let long = "x".repeat(40_000);
    assert_eq!(neutral(&long).chars().count(), LONGEST);
    read(&samples::two_tables(&[&long]), Tongue::En);
}

#[test]
fn one_list_gives_the_same_bytes_every_time() {
    let (document, layout) = samples::civil(3);
    let once = write(&document, &layout, Tongue::En).expect("written");
    assert_eq!(once, write(&document, &layout, Tongue::En).expect("written"));
}
