//! What PDFs must be: accepted by the PDF/UA-1 rules, with the tree a screen reader needs.

use super::*;
use crate::samples;
use lopdf::{Document, Object};

fn pdf(sample: &(ListDocument, Layout), tongue: Tongue) -> Document {
    let bytes = write(&sample.0, &sample.1, tongue).expect("the rules of PDF/UA-1 are kept");
    Document::load_mem(&bytes).expect("the PDF is read back")
}

/// The structure types of a document, in the order of its objects.
fn structure(document: &Document) -> Vec<String> {
    let of = |object: &Object| {
        let element = object.as_dict().ok()?;
        element.get(b"P").ok()?;
        element.get(b"K").ok()?;
        let kind = element.get(b"S").ok()?.as_name().ok()?;
        Some(String::from_utf8_lossy(kind).into_owned())
    };
    document.objects.values().filter_map(of).collect()
}

fn count(document: &Document, kind: &str) -> usize {
    structure(document).iter().filter(|one| *one == kind).count()
}

#[test]
fn a_pdf_is_tagged_titled_and_in_its_language() {
    for (tongue, language) in [(Tongue::En, "en-GB"), (Tongue::Cy, "cy")] {
        let document = pdf(&samples::civil(30), tongue);
        let catalog = document.catalog().expect("a catalog");
        let marked = catalog.get(b"MarkInfo").and_then(Object::as_dict).expect("mark info");
        assert!(marked.get(b"Marked").and_then(Object::as_bool).expect("a flag"));
        let lang = catalog.get(b"Lang").and_then(Object::as_str).expect("a language");
        assert_eq!(String::from_utf8_lossy(lang), language);
        for key in [b"StructTreeRoot".as_slice(), b"Outlines", b"Metadata", b"ViewerPreferences"] {
            assert!(catalog.get(key).is_ok(), "{}", String::from_utf8_lossy(key));
        }
        let metadata = catalog.get(b"Metadata").and_then(Object::as_reference).expect("metadata");
        let metadata = document.get_object(metadata).and_then(Object::as_stream).expect("a stream");
        let xml = String::from_utf8_lossy(&metadata.content).into_owned();
        assert!(xml.contains("pdfuaid:part"), "{xml}");
        let title = if tongue == Tongue::En { "Civil Daily Cause List" } else { "Rhestr Achosion Dyddiol" };
        assert!(xml.contains(title), "{xml}");
    }
}

#[test]
fn every_cell_of_every_table_is_in_the_tree() {
    let document = pdf(&samples::civil(30), Tongue::En);
    assert_eq!(count(&document, "H1"), 1);
    assert_eq!(count(&document, "Table"), 3);
    assert_eq!(count(&document, "THead"), 3);
    // Seven column headers a table, and a row header for each of the four restrictions.
    assert_eq!(count(&document, "TH"), 3 * 7 + 4);
    assert_eq!(count(&document, "TD"), 30 * 7 + 4);
    assert_eq!(count(&document, "TR"), 3 + 30 + 4);
}

#[test]
fn an_empty_cell_stays_a_cell() {
    let (mut document, layout) = samples::civil(2);
    for hearing in
        document.sections.iter_mut().flat_map(|house| &mut house.sections).flat_map(|room| &mut room.hearings)
    {
        hearing.kind = None;
        hearing.cases.clear();
    }
    assert_eq!(count(&pdf(&(document, layout), Tongue::En), "TD"), 2 * 7 + 1);
}

#[test]
fn what_a_cell_says_is_read_back() {
    let document = pdf(&samples::civil(3), Tongue::En);
    let text = document.extract_text(&[1]).expect("text");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["K01OX00001", "1 hour 5 mins", "Small Claims", "Dŵr Cymru"] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn hostile_and_unusual_text_is_written_not_refused() {
    for tongue in [Tongue::En, Tongue::Cy] {
        pdf(&samples::hostile(), tongue);
    }
    let every: String = (0..0x3000).chain(0xE000..0x10000).filter_map(char::from_u32).collect();
    pdf(&samples::two_tables(&[&every]), Tongue::En);
}

#[test]
fn what_shows_nothing_is_no_heading() {
    let whole = samples::INVISIBLE.concat();
    for text in samples::INVISIBLE.iter().copied().chain([whole.as_str()]) {
        let document = pdf(&samples::everywhere(&[text]), Tongue::En);
        let headings: Vec<String> =
            structure(&document).into_iter().filter(|kind| kind.starts_with('H')).collect();
        assert_eq!(headings, ["H1", "H2"], "the list's own name, and ours above what is important");
        assert_eq!(count(&document, "TD"), 6 * 3 + 3 * 2, "its cells stay cells");
        let document = pdf(&samples::cards_saying(text), Tongue::Cy);
        assert_eq!(count(&document, "H2"), 1 + 2, "a card is known by its number in the list");
    }
}

#[test]
fn the_producers_own_words_are_marked_where_they_are_in_another_language() {
    let langs = |sample: &(ListDocument, Layout), tongue| {
        let document = pdf(sample, tongue);
        let lang = |object: &Object| {
            let element = object.as_dict().ok()?;
            let (kind, lang) = (element.get(b"S").ok()?.as_name().ok()?, element.get(b"Lang").ok()?);
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Some((text(kind), text(lang.as_str().ok()?)))
        };
        document.objects.values().filter_map(lang).collect::<Vec<_>>()
    };
    let written = samples::written_in(Tongue::En);
    assert_eq!(langs(&written, Tongue::En), []);
    let marked = langs(&written, Tongue::Cy);
    assert!(marked.iter().all(|(_, lang)| lang == "en"), "{marked:?}");
    // Of seven cells all but the length of the hearing, which is in our words, and the full-width restriction.
    assert_eq!(marked.iter().filter(|(kind, _)| kind == "TD").count(), 6 + 1, "{marked:?}");
    assert!(marked.iter().any(|(kind, _)| kind == "H2"), "{marked:?}");
}

#[test]
fn a_row_taller_than_a_page_goes_on_over_pages() {
    let long = "word ".repeat(2000);
    let document = pdf(&samples::two_tables(&[&long]), Tongue::En);
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    assert!(pages.len() > 5, "{} pages", pages.len());
    // Six rows of three columns and a fact below, three of two and a fact: all of it is there.
    let words = document.extract_text(&pages).expect("text").matches("word").count();
    assert_eq!(words, (6 * 4 + 3 * 3) * 2000);
    pdf(&samples::two_tables(&[&"x".repeat(8_000)]), Tongue::En);
}

#[test]
fn the_head_of_a_table_never_stands_alone_at_the_foot_of_a_page() {
    // Up to rows of half a page; one that nearly fills a page goes on a page of its own.
    for length in 1..30 {
        let document = pdf(&samples::two_tables(&[&"word ".repeat(8 * length)]), Tongue::En);
        for page in document.get_pages().keys() {
            let text = document.extract_text(&[*page]).expect("text");
            let (rows, _) = text.rsplit_once("Page ").expect("a foot");
            assert!(!rows.trim_end().ends_with("Case details"), "{length}: page {page} ends with a head");
            assert!(!rows.trim_end().ends_with("1/2 [a]"), "{length}: page {page} ends with a heading");
        }
    }
}

#[test]
fn wide_tables_turn_the_page_and_cards_do_not() {
    let size = |document: &Document| {
        let page = *document.get_pages().get(&1).expect("a page");
        let page = document.get_dictionary(page).expect("a page");
        let edges = page.get(b"MediaBox").and_then(Object::as_array).expect("a box");
        let edge = |at: usize| edges[at].as_float().expect("a number");
        (edge(2), edge(3))
    };
    let (width, height) = size(&pdf(&samples::civil(1), Tongue::En));
    assert!(width > height);
    let (width, height) = size(&pdf(&samples::cards(1, 1), Tongue::En));
    assert!(width < height);
}

#[test]
fn cards_are_headings_and_lists_and_an_empty_list_says_so() {
    let document = pdf(&samples::cards(3, 2), Tongue::En);
    assert_eq!(count(&document, "H4"), 3);
    assert!(count(&document, "LI") >= 3 * 8);
    let document = pdf(&samples::empty(), Tongue::En);
    assert!(document.extract_text(&[1]).expect("text").contains("no hearings"));
}

#[test]
fn one_list_gives_the_same_bytes_every_time() {
    let (document, layout) = samples::cards(3, 2);
    let once = write(&document, &layout, Tongue::En).expect("written");
    assert_eq!(once, write(&document, &layout, Tongue::En).expect("written"));
}
