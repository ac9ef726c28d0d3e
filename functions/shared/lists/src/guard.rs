//! The guard against markup and control characters, over every string of every payload.
//!
//! Each string is scanned once from left to right; nothing backtracks.

use crate::fault::{Fault, MOST_FAULTS, Step, pointer_of};
use serde_json::Value;

/// Fields whose text may hold a lone `<name>`: names of organisations and wordings of offences do.
const SOFT: [&str; 5] = ["organisationName", "OrganisationName", "offenceWording", "sum", "cy_sum"];

/// The faults of every string and member name, in document order, at most [`MOST_FAULTS`].
pub fn check(payload: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    walk(payload, &mut Vec::new(), &mut faults);
    faults
}

fn walk<'a>(value: &'a Value, steps: &mut Vec<Step<'a>>, faults: &mut Vec<Fault>) {
    if faults.len() >= MOST_FAULTS {
        return;
    }
    match value {
        Value::String(text) => {
            if let Some((rule, message)) = fault_of(text, is_soft(steps)) {
                faults.push(Fault { pointer: pointer_of(steps), rule, message: message.to_owned() });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                steps.push(Step::Item(index));
                walk(item, steps, faults);
                steps.pop();
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if let Some((rule, _)) = fault_of(name, false) {
                    let message = "has a member whose name is not plain text".to_owned();
                    faults.push(Fault { pointer: pointer_of(steps), rule, message });
                }
                steps.push(Step::Member(name));
                walk(member, steps, faults);
                steps.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The field this string belongs to, itself or as one of its items, takes the soft form.
fn is_soft(steps: &[Step<'_>]) -> bool {
    let field = steps.iter().rev().find_map(|step| match step {
        Step::Member(name) => Some(*name),
        Step::Item(_) => None,
    });
    field.is_some_and(|field| SOFT.contains(&field))
}

fn fault_of(text: &str, soft: bool) -> Option<(&'static str, &'static str)> {
    let suspicious = |byte: u8| byte < 0x20 || matches!(byte, b'<' | b'&' | 0x7F | 0xC2);
    if !text.bytes().any(suspicious) {
        return None;
    }
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Some(("text.control", "must not contain control characters"));
    }
    let markup = if soft { has_tag(text) } else { has_brackets(text) };
    markup.then_some(("text.html", "must not contain HTML"))
}

/// A `<` that is followed, however far on, by a `>`.
pub fn has_brackets(text: &str) -> bool {
    followed_by(text, "<", ">")
}

/// A closing or self-closing tag, or any tag written with entities.
pub fn has_tag(text: &str) -> bool {
    followed_by(text, "</", ">") || followed_by(text, "<", "/>") || followed_by(text, "&lt;", "&gt;")
}

fn followed_by(text: &str, first: &str, then: &str) -> bool {
    text.find(first).is_some_and(|at| text[at + first.len()..].contains(then))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn faults(payload: &Value) -> Vec<(String, &'static str)> {
        check(payload).into_iter().map(|fault| (fault.pointer, fault.rule)).collect()
    }

    #[test]
    fn markup_is_refused_wherever_it_stands() {
        let payload = json!({"a": [{"b": "x <td> y"}, "1 < 2"], "c": "two\nlines <\n>", "d": "3 > 2"});
        assert_eq!(faults(&payload), [("/a/0/b".to_owned(), "text.html"), ("/c".to_owned(), "text.html")]);
    }

    #[test]
    fn organisation_names_and_offence_wordings_may_have_brackets_but_no_tags() {
        let name = |text: &str| json!({"organisationName": text});
        assert!(check(&name("Smith <Holdings> Ltd")).is_empty());
        assert!(check(&name("Smith & Co")).is_empty());
        for tag in ["Smith </b>", "Smith <br/>", "&lt;script&gt;"] {
            assert_eq!(check(&name(tag)).len(), 1, "{tag}");
        }
    }

    #[test]
    fn control_characters_are_refused_and_line_breaks_are_not() {
        assert!(check(&json!("one\r\n\ttwo")).is_empty());
        for hidden in ["\u{0}", "\u{b}", "\u{1b}[31m", "\u{7f}", "\u{9f}"] {
            assert_eq!(check(&json!([hidden]))[0].rule, "text.control");
        }
        assert!(check(&json!("£5 and \u{a0} Siân")).is_empty());
    }

    #[test]
    fn a_member_name_is_text_too() {
        assert_eq!(faults(&json!({"<b>": 1})), [(String::new(), "text.html")]);
    }

    #[test]
    fn no_more_than_fifty_faults_are_named() {
        assert_eq!(check(&json!(vec!["<p>"; 500])).len(), MOST_FAULTS);
    }

    #[test]
    fn a_megabyte_of_brackets_takes_no_time() {
        let hostile = "<".repeat(1 << 20);
        let started = std::time::Instant::now();
        assert!(!has_brackets(&hostile) && !has_tag(&hostile));
        assert!(started.elapsed().as_millis() < 500);
    }

    proptest! {
        #[test]
        fn the_guard_agrees_with_its_definition(text in "[<>/&lgt;a\n]{0,12}") {
            let pairs = |first: &str, then: &str| {
                text.match_indices(first).any(|(at, _)| text[at + first.len()..].contains(then))
            };
            prop_assert_eq!(has_brackets(&text), pairs("<", ">"));
            prop_assert_eq!(has_tag(&text), pairs("</", ">") || pairs("<", "/>") || pairs("&lt;", "&gt;"));
        }
    }
}
