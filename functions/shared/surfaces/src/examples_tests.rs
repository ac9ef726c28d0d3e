//! Every list type's own example, in its own layout, on every surface and in both languages.

use crate::view::{Rows, View};
use crate::{html, pdf, text, xlsx};
use calamine::Reader;
use domain::civil::Tongue;
use domain::{Language, Provenance};
use lists::document::Bilingual;
use lists::{Context, ListDocument, ListType, registry};
use scraper::Html;

fn example(list_type: &ListType) -> ListDocument {
    let path = format!("{}/../../../schemas/examples/{}.json", env!("CARGO_MANIFEST_DIR"), list_type.name);
    let text = std::fs::read_to_string(path).expect("every readable list type has an example");
    let context = Context {
        list_type,
        location_name: Bilingual::new("Oxford Combined Court Centre", "Canolfan Llysoedd Cyfun Rhydychen"),
        region: Bilingual::new("South East", "De-ddwyrain"),
        content_date: "2026-01-07".parse().expect("a fixed date"),
        language: Language::English,
        provenance: Provenance::Snl,
        last_received: "2026-01-04T17:00:00Z".parse().expect("a fixed instant"),
    };
    lists::read(&serde_json::from_str(&text).expect("JSON"), &context).expect("examples are read")
}

fn examples() -> impl Iterator<Item = (&'static ListType, ListDocument, Tongue)> {
    let readable = registry().all().iter().filter(|list_type| list_type.is_readable());
    readable.flat_map(|one| [Tongue::En, Tongue::Cy].map(|tongue| (one, example(one), tongue)))
}

#[test]
fn every_list_is_a_page_a_pdf_and_a_workbook_that_name_each_case() {
    for (list_type, document, tongue) in examples() {
        let layout = lists::layout(list_type);
        let name = &list_type.name;
        let page = Html::parse_fragment(&html::fragment(&document, layout, tongue));
        let said: String = page.root_element().text().collect();
        for case in document.hearings().flat_map(|hearing| &hearing.cases) {
            let reference = case.number.as_ref().or(case.urn.as_ref()).or(case.name.as_ref());
            assert!(reference.is_none_or(|words| said.contains(words.as_str())), "{name}: {reference:?}");
        }
        let bytes = pdf::write(&document, layout, tongue).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(lopdf::Document::load_mem(&bytes).expect("a PDF").get_pages().len() < 10, "{name}");
        assert!(xlsx::write(&document, layout, tongue).is_ok_and(|bytes| bytes.starts_with(b"PK")), "{name}");
    }
}

#[test]
fn no_page_repeats_an_offences_heading_below_it() {
    let mut charges = 0;
    for (list_type, document, tongue) in examples() {
        let layout = lists::layout(list_type);
        let view = View::of(&document, layout, tongue, 0..usize::MAX);
        let mut parts: Vec<_> = view.sections.iter().collect();
        while let Some(part) = parts.pop() {
            parts.extend(&part.parts);
            let Rows::Cards { cards } = &part.rows else { continue };
            for charge in cards.iter().flat_map(|card| &card.offences) {
                charges += 1;
                let title = charge.heading.rsplit(" - ").next().unwrap_or_default();
                let title = title.split_once(". ").map_or(title, |(_, title)| title);
                for fact in &charge.facts {
                    assert!(!fact.text.starts_with(title), "{}: {}", list_type.name, charge.heading);
                }
            }
        }
    }
    assert!(charges > 0);
}

#[test]
fn an_offence_is_headed_by_number_code_and_title() {
    let list_type = registry().get("MAGISTRATES_STANDARD_LIST").expect("a list type of the registry");
    let document = example(list_type);
    let page = html::fragment(&document, lists::layout(list_type), Tongue::En);
    assert!(page.contains("1. TH68001 - Theft by finding"));
    assert!(!page.contains("Offence code"), "what the heading says is not said again");
}

#[test]
fn what_a_workbook_says_of_an_offence_stands_with_that_offence() {
    let list_type =
        registry().get("MAGISTRATES_ADULT_COURT_LIST_DAILY").expect("a list type of the registry");
    let mut document = example(list_type);
    let hearing = &mut document.sections[0].sections[0].hearings[0];
    assert_eq!(hearing.offences.len(), 2);
    hearing.offences[0].fields.remove("summary");
    let bytes = xlsx::write(&document, lists::layout(list_type), Tongue::En).expect("written");
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).expect("read back");
    let rows = book.worksheet_range("Hearings").expect("the sheet is there");
    let rows: Vec<Vec<String>> =
        rows.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let head = rows.iter().position(|row| row.contains(&"Offences".to_owned())).expect("a head");
    assert!(!rows[head].contains(&"Offence Summary".to_owned()));
    let at = rows[head].iter().position(|label| label == "Offences").expect("a column of offences");
    let said: Vec<&str> = rows[head + 1][at].lines().collect();
    assert_eq!(said[0], "1. Offence: RT88191 - Drove over the limit");
    assert_eq!(said[1], "2. Offence: RT88500 - No test certificate");
    assert!(said[2].starts_with("Offence Summary: On 3 December 2025 used a car"), "{said:?}");
}

#[test]
fn no_mail_of_a_single_justice_list_has_a_summary_and_every_other_has() {
    for (list_type, document, tongue) in examples() {
        let summary = text::summary(&document, lists::layout(list_type), tongue);
        assert_eq!(summary.is_none(), list_type.name.starts_with("SJP_"), "{}", list_type.name);
    }
}

#[test]
fn defendants_sort_by_the_day_they_were_born_and_crown_cases_by_the_clock() {
    for (list_type, key) in
        [("MAGISTRATES_ADULT_COURT_LIST_DAILY", "1980-02-14"), ("CROWN_DAILY_PDDA_LIST", "10:30")]
    {
        let list_type = registry().get(list_type).expect("a list type of the registry");
        let page = html::fragment(&example(list_type), lists::layout(list_type), Tongue::En);
        assert!(page.contains(&format!("data-sort-value=\"{key}\"")), "{}", list_type.name);
    }
}
