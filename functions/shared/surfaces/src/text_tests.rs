//! What mail summaries must be: short, in the mail's shape, with nothing a payload could add to it.

use super::*;
use crate::samples;

#[test]
fn a_summary_has_a_block_a_case_below_its_heading() {
    let (document, layout) = samples::civil(2);
    let text = summary(&document, &layout, Tongue::En).expect("this list type has one");
    assert_eq!(
        text,
        "---\n##Oxford Combined Court Centre\n\n\
         ---\nCase reference - K01OX00000\nCase name - Smith v Jones\nHearing type - Case management conference\n\n\
         ---\nCase reference - K01OX00001\nCase name - Llŷr ap Gwŷn v Dŵr Cymru Cyfyngedig\nHearing type - Hearing"
    );
}

#[test]
fn nothing_from_a_payload_becomes_a_heading_a_link_or_a_placeholder() {
    let (document, layout) = samples::hostile();
    let text = summary(&document, &layout, Tongue::En).expect("this list type has one");
    for line in text.lines() {
        let ours =
            line == "---" || line.is_empty() || line.starts_with("##") || line.starts_with("Case details - ");
        assert!(ours, "{line}");
    }
    for mark in ["](", "((", "))", "://", "<"] {
        assert!(!text.contains(mark), "{mark} in {text}");
    }
    assert_eq!(neutral("# Heading\n* item"), "Heading, * item");
    assert_eq!(neutral("]\u{200B}(https\u{200B}://x"), "] (https: //x");
    for text in samples::INVISIBLE {
        assert_eq!(neutral(text), "", "what shows nothing is no heading");
    }
    assert_eq!(neutral("(((x)))"), "( ( (x) ) )");
    assert_eq!(neutral("Smith v Jones [2 of 3]"), "Smith v Jones [2 of 3]");
    assert_eq!(neutral("{{7*7}}"), "{{7*7}}");
}

#[test]
fn a_long_list_is_cut_at_a_case_and_says_so() {
    let (document, layout) = samples::civil(1000);
    let text = summary(&document, &layout, Tongue::Cy).expect("this list type has one");
    assert!(text.chars().count() < LONGEST + 200);
    assert!(text.ends_with(words::MORE.in_tongue(Tongue::Cy)), "{text}");
    let long = "x".repeat(30_000);
    let (document, layout) = samples::two_tables(&[&long]);
    let text = summary(&document, &layout, Tongue::En).expect("this list type has one");
    assert!(text.contains("x…"));
}

#[test]
fn an_empty_list_says_so_and_a_type_without_a_summary_has_none() {
    let (document, mut layout) = samples::empty();
    assert!(summary(&document, &layout, Tongue::En).is_some_and(|text| text.contains("no hearings")));
    layout.summary.clear();
    assert_eq!(summary(&document, &layout, Tongue::En), None);
}
