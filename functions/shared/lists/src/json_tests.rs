//! Tests of reading JSON within bounds.

use super::*;
use proptest::prelude::*;

fn refused(text: impl AsRef<[u8]>) -> (String, &'static str) {
    let fault = parse(text.as_ref()).expect_err("this is refused");
    (fault.pointer, fault.rule)
}

fn whole(rule: &'static str) -> (String, &'static str) {
    (String::new(), rule)
}

#[test]
fn a_member_said_twice_is_refused_where_it_stands() {
    assert_eq!(refused(r#"{"a": [{}, {"b/c": 1, "x": 2, "b/c": 1}]}"#).0, "/a/1/b~1c");
    assert_eq!(refused(r#"{"a": 1, "\u0061": 2}"#), ("/a".to_owned(), "json.duplicate"));
}

#[test]
fn a_member_a_producer_is_known_to_repeat_counts_as_last_said() {
    let may_repeat = ["Advocate".to_owned()];
    let parse = |text: &str| parse_with_repeats(text.as_bytes(), &may_repeat);
    let value = parse(r#"{"Advocate": 1, "a": 2, "Advocate": 3}"#).expect("a known repeat");
    assert_eq!(value, serde_json::json!({"Advocate": 3, "a": 2}));
    assert_eq!(parse(r#"{"a": 1, "a": 2}"#).expect_err("not this one").pointer, "/a");
}

#[test]
fn what_parsers_disagree_on_has_one_answer() {
    assert_eq!(refused("\u{feff}{}"), whole("json.byte_order_mark"));
    assert_eq!(refused(b"\xFF\xFE{\0}\0"), whole("json.encoding"));
    assert_eq!(refused(b"[\"\xC3\x28\"]"), whole("json.encoding"));
    assert_eq!(refused("[1e400]"), whole("json.number"));
    assert_eq!(refused("{} {}"), whole("json.trailing"));
    for wrong in [
        "",
        " ",
        "nul",
        "[NaN]",
        "[Infinity]",
        "[01]",
        "[1,]",
        "{a:1}",
        "['a']",
        "[\"\\ud800\"]",
        "[\"a\u{1}\"]",
        "{\"a\"",
    ] {
        assert_eq!(refused(wrong), whole("json.syntax"), "{wrong}");
    }
    assert_eq!(parse(br#"["\ud83d\ude00"]"#).expect("a pair of surrogates"), serde_json::json!(["😀"]));
}

#[test]
fn a_refusal_never_repeats_what_the_payload_says() {
    let fault = parse(br#"{"name": "Jane Doe" "Jane Roe"}"#).expect_err("a comma is missing");
    assert!(!fault.to_string().contains("Jane"), "{fault}");
}

#[test]
fn nesting_items_and_strings_have_limits() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(parse(nested(DEEPEST).as_bytes()).is_ok());
    let (pointer, rule) = refused(nested(DEEPEST + 1));
    assert_eq!((pointer, rule), ("/0".repeat(DEEPEST), "json.depth"));
    assert_eq!(refused("[".repeat(1_000_000)).1, "json.depth");

    let items = |count: usize| format!("{{\"a\":[{}0]}}", "0,".repeat(count - 1));
    assert!(parse(items(MOST_ITEMS).as_bytes()).is_ok());
    assert_eq!(refused(items(MOST_ITEMS + 1)), ("/a".to_owned(), "json.items"));

    let string = |length: usize| format!("[\"{}\"]", "x".repeat(length));
    assert!(parse(string(LONGEST_STRING).as_bytes()).is_ok());
    assert_eq!(refused(string(LONGEST_STRING + 1)), ("/0".to_owned(), "json.string"));
}

#[test]
fn values_are_counted_across_the_whole_document() {
    let rows =
        |count: usize| format!("[{}]", vec![format!("[{}]", vec!["1"; 999].join(",")); count].join(","));
    assert!(parse(rows(MOST_VALUES / 1000).as_bytes()).is_err(), "the outer array is a value too");
    assert!(parse(rows(MOST_VALUES / 1000 - 1).as_bytes()).is_ok());
}

#[test]
fn a_longer_text_may_hold_more_values_but_only_in_proportion() {
    let spaced = |bytes: usize| {
        let value = format!("1{}", " ".repeat(bytes - 2));
        format!("[{}]", vec![format!("[{}]", vec![value; 999].join(",")); MOST_VALUES / 500].join(","))
    };
    assert!(parse(spaced(BYTES_OF_A_VALUE + 1).as_bytes()).is_ok());
    assert_eq!(refused(spaced(BYTES_OF_A_VALUE - 1)).1, "json.values");
}

#[test]
fn members_keep_their_order() {
    let value = parse(br#"{"z": 1, "a": 2, "m": 3}"#).expect("JSON");
    let names: Vec<&String> = value.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["z", "a", "m"]);
}

proptest! {
    #[test]
    fn nothing_makes_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        drop(parse(&bytes));
    }

    #[test]
    fn what_it_accepts_is_what_the_plain_parser_reads(text in "[\\[\\]{}:,\"a0-9.e -]{0,24}") {
        if let Ok(value) = parse(text.as_bytes()) {
            prop_assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
        }
    }
}
