//! What list pages must be: sound markup, in order, and nothing from a payload taken for markup.

use super::*;
use crate::samples::{self, HOSTILE};
use scraper::{Html, Selector};
use std::collections::{BTreeMap, BTreeSet, HashSet};

fn select<'a>(html: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    html.select(&Selector::parse(selector).expect("a fixed selector")).collect()
}

fn parsed(sample: &(ListDocument, Layout), tongue: Tongue) -> Html {
    Html::parse_fragment(&fragment(&sample.0, &sample.1, tongue))
}

fn all_samples() -> Vec<(ListDocument, Layout)> {
    vec![
        samples::civil(40),
        samples::cards(5, 2),
        samples::two_tables(&["one", "two\nlines"]),
        samples::hostile(),
        samples::empty(),
    ]
}

#[test]
fn hostile_text_adds_no_element_and_no_attribute() {
    let names = |sample: &(ListDocument, Layout)| -> BTreeSet<String> {
        let html = parsed(sample, Tongue::En);
        let elements = select(&html, "*");
        let attributes = elements.iter().flat_map(|one| one.value().attrs().map(|(name, _)| name.to_owned()));
        elements.iter().map(|one| one.value().name().to_owned()).chain(attributes).collect()
    };
    let tame = names(&samples::two_tables(&["tame"]));
    let extra: Vec<String> = names(&samples::hostile()).difference(&tame).cloned().collect();
    assert_eq!(extra, Vec::<String>::new());
    let html = parsed(&samples::hostile(), Tongue::En);
    let text: String = html.root_element().text().collect();
    for hostile in HOSTILE.iter().take(4) {
        assert!(text.contains(hostile), "{hostile} is shown as it is");
    }
    assert!(select(&html, "a").is_empty(), "neither the javascript: link nor the odd address is a link");
}

#[test]
fn what_shows_nothing_is_neither_heading_nor_link_nor_summary() {
    for text in samples::INVISIBLE {
        let mut everywhere = samples::everywhere(&[text]);
        let notice = &mut everywhere.0.header.notices[0];
        notice.link.as_mut().expect("a link").href = "https://www.gov.uk".to_owned();
        for sample in [everywhere, samples::cards_saying(text)] {
            let html = parsed(&sample, Tongue::En);
            for element in select(&html, "h2, h3, h4, h5, h6, caption, summary, a, dt, dd, th, p.govuk-body")
            {
                let said: String = element.text().collect();
                let is_status = element.attr("role") == Some("status");
                assert!(is_status || !crate::blank::is_blank(&said), "{} is empty", element.html());
            }
        }
    }
}

#[test]
fn the_producers_own_words_are_marked_where_they_are_in_another_language() {
    let written = samples::written_in(Tongue::En);
    assert!(!fragment(&written.0, &written.1, Tongue::En).contains("lang="));
    let both = samples::civil(1);
    assert!(!fragment(&both.0, &both.1, Tongue::Cy).contains("lang="));
    let html = parsed(&written, Tongue::Cy);
    let marked: Vec<bool> =
        select(&html, "tbody tr:first-child td").iter().map(|cell| cell.attr("lang") == Some("en")).collect();
    assert_eq!(marked, [true, true, true, true, true, true, false], "how long it takes is said in our words");
    for theirs in ["h2.govuk-heading-m", "summary h3", ".app-list-below td"] {
        assert_eq!(select(&html, theirs)[0].attr("lang"), Some("en"), "{theirs}");
    }
    for ours in ["th", ".govuk-details__text > p", "caption"] {
        assert_eq!(select(&html, ours)[0].attr("lang"), None, "{ours}");
    }
    let (mut document, layout) = samples::cards(1, 1);
    document.header.written_in = Some(Tongue::En);
    let html = parsed(&(document, layout), Tongue::Cy);
    let lang = |selector: &str| select(&html, selector)[0].attr("lang");
    assert_eq!(lang("dd"), None, "that a name is withheld is said in our words");
    let wording =
        select(&html, "dd").into_iter().find(|fact| fact.text().any(|text| text.contains("Oxford")));
    assert_eq!(wording.and_then(|fact| fact.attr("lang")), Some("en"));
}

#[test]
fn ids_and_region_names_are_unique() {
    for sample in all_samples() {
        let html = parsed(&sample, Tongue::En);
        for attribute in ["id", "aria-label"] {
            let mut seen = HashSet::new();
            for element in select(&html, &format!("[{attribute}]")) {
                let value = element.attr(attribute).expect("selected by it");
                assert!(!value.is_empty() && seen.insert(value), "{attribute} {value} repeats");
            }
        }
    }
}

#[test]
fn headings_follow_each_other_without_a_gap() {
    for sample in all_samples() {
        let html = parsed(&sample, Tongue::En);
        let mut level = 1;
        for heading in select(&html, "h1, h2, h3, h4, h5, h6") {
            let next: u32 = heading.value().name()[1..].parse().expect("a heading's level");
            assert!(next > 1 && next <= level + 1, "h{next} follows h{level}");
            level = next;
        }
    }
}

#[test]
fn a_table_names_its_columns_and_every_row_is_as_wide() {
    let html = parsed(&samples::civil(40), Tongue::En);
    let tables = select(&html, "table");
    assert_eq!(tables.len(), 4);
    for table in tables {
        let inside = |selector: &str| -> Vec<scraper::ElementRef<'_>> {
            table.select(&Selector::parse(selector).expect("a fixed selector")).collect()
        };
        assert_eq!(inside("caption.govuk-visually-hidden").len(), 1);
        assert_eq!(inside("thead th[scope=col]").len(), 7);
        for row in inside("tr") {
            let cells =
                row.child_elements().map(|cell| cell.attr("colspan").map_or(1, |n| n.parse().unwrap_or(0)));
            assert_eq!(cells.sum::<usize>(), 7);
        }
        for below in inside("tr.app-list-below") {
            let header = below.child_elements().next().expect("a header");
            assert_eq!((header.value().name(), header.attr("scope")), ("th", Some("row")));
        }
        let scroll = table.parent().and_then(scraper::ElementRef::wrap).expect("a wrapper");
        assert_eq!((scroll.attr("role"), scroll.attr("tabindex")), (Some("region"), Some("0")));
    }
    assert_eq!(select(&html, "tr.app-list-below").len(), 5);
}

#[test]
fn cells_say_what_the_formatter_says_and_lines_are_kept() {
    let html = parsed(&samples::civil(1), Tongue::En);
    let cells: Vec<String> = select(&html, "tbody td").iter().map(|cell| cell.text().collect()).collect();
    let said = ["9am", "K01OX00000", "Smith v Jones [2 of 3]", "Small Claims", "Case management conference"];
    assert_eq!(cells[..5], said);
    assert_eq!(cells[5..7], ["In person, Teams", "1 hour 5 mins"]);
    let start = select(&html, "tbody td")[0];
    assert_eq!(start.attr("data-sort-value"), Some("2026-01-05T09:00"));
    let lines = fragment_of(&samples::two_tables(&["one\ntwo"]));
    assert!(lines.contains("<td class=\"govuk-table__cell\">one<br>two</td>"), "{lines}");
}

fn fragment_of(sample: &(ListDocument, Layout)) -> String {
    fragment(&sample.0, &sample.1, Tongue::En)
}

#[test]
fn rooms_open_and_close_inside_their_court_house_and_start_open() {
    let html = parsed(&samples::civil(40), Tongue::Cy);
    assert_eq!(select(&html, "h2.govuk-heading-m").len(), 2);
    assert_eq!(select(&html, "details.app-list-section[open] > summary > h3").len(), 4);
    assert_eq!(select(&html, "details.app-list-section[open] table").len(), 4);
}

#[test]
fn welsh_pages_speak_welsh() {
    let html = parsed(&samples::civil(2), Tongue::Cy);
    let text: String = html.root_element().text().collect();
    for words in ["Rhestr ar gyfer 05 Ionawr 2026", "Gwybodaeth bwysig", "Amser", "1 awr 5 munud", "Ffôn"] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn a_card_has_its_facts_and_offences_and_withholds_names() {
    let html = parsed(&samples::cards(2, 2), Tongue::En);
    let titles: Vec<String> =
        select(&html, "h4.govuk-summary-card__title").iter().map(|title| title.text().collect()).collect();
    assert_eq!(titles, ["Name withheld*", "Surname1, Forename Middle (male)"]);
    let charges: Vec<String> =
        select(&html, "details.govuk-details[open] summary").iter().map(|one| one.text().collect()).collect();
    assert_eq!(charges.iter().filter(|one| one.contains("1. CJ88111 - Assault by beating")).count(), 2);
    let keys: Vec<String> = select(&html, "dt").iter().map(|key| key.text().collect()).collect();
    assert!(!keys.contains(&"Panel".to_owned()), "a fact with nothing to say is left out");
    assert!(keys.contains(&"Wording".to_owned()) && !keys.contains(&"Code".to_owned()));
}

#[test]
fn an_empty_list_says_so_without_search_or_table() {
    let html = parsed(&samples::empty(), Tongue::En);
    let text: String = html.root_element().text().collect();
    assert!(text.contains("no hearings"), "{text}");
    assert!(select(&html, "table, #list-search").is_empty());
}

#[test]
fn the_search_box_is_hidden_until_a_script_shows_it() {
    let html = parsed(&samples::civil(2), Tongue::En);
    assert_eq!(select(&html, "[data-module=app-list-search][hidden] label[for=list-search]").len(), 1);
    assert!(select(&parsed(&samples::cards(1, 1), Tongue::En), "#list-search").is_empty());
}

#[test]
fn pages_of_a_long_list_hold_every_hearing_once() {
    let (document, layout) = samples::civil(100);
    let mut rows = BTreeMap::new();
    for number in 1..=4 {
        let page = page(&document, &layout, Tongue::En, number, 30).expect("there are four pages");
        assert_eq!((page.pages, page.hearings), (4, 100));
        let html = Html::parse_fragment(&page.html);
        for row in select(&html, "tbody tr:not(.app-list-below) td:nth-child(2)") {
            *rows.entry(row.text().collect::<String>()).or_insert(0) += 1;
        }
    }
    assert_eq!(rows.len(), 100);
    assert!(rows.values().all(|count| *count == 1));
    assert!(page(&document, &layout, Tongue::En, 5, 30).is_none());
    assert!(page(&document, &layout, Tongue::En, 0, 30).is_none());
    let (document, layout) = samples::empty();
    assert_eq!(page(&document, &layout, Tongue::En, 1, 30).map(|page| page.pages), Some(1));
}
