//! What JavaScript and Nunjucks mean by "true", "as text" and "escaped", for values of minijinja.

use std::fmt;

use minijinja::Value;
use minijinja::value::ValueKind;

/// Is the value true in a JavaScript condition? Unlike in Jinja, an empty list or map is.
pub(crate) fn truthy(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None | ValueKind::Invalid => false,
        ValueKind::Bool | ValueKind::Number | ValueKind::String | ValueKind::Bytes => {
            value.is_true() && !f64::try_from(value.clone()).is_ok_and(f64::is_nan)
        }
        _ => true,
    }
}

/// The value as text, before escaping: nothing for undefined and null, `true` and `false`, whole numbers without `.0`.
#[must_use]
pub fn text(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => String::new(),
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Number if !value.is_integer() => {
            f64::try_from(value.clone()).map_or_else(|_| value.to_string(), |number| number.to_string())
        }
        _ => value.to_string(),
    }
}

/// The value as a page prints it: as text, escaped for HTML unless it is marked safe already.
#[must_use]
pub fn html(value: &Value) -> String {
    let plain = text(value);
    if value.is_safe() {
        return plain;
    }
    let mut escaped = String::with_capacity(plain.len());
    // Writing to a string cannot fail.
    let _ = escape_to(&mut escaped, &plain);
    escaped
}

/// Writes `text` with the characters escaped that Nunjucks escapes: `& " ' < >` and the backtick.
pub(crate) fn escape_to(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '"', '\'', '<', '>', '`']) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&#96;",
        })?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)
}

/// JavaScript's `+`: a sum of two numbers, else a string; never a safe string.
pub(crate) fn plus(left: &Value, right: &Value) -> Value {
    if left.is_number() && right.is_number() {
        if let (Ok(left), Ok(right)) = (i64::try_from(left.clone()), i64::try_from(right.clone()))
            && let Some(sum) = left.checked_add(right)
        {
            return Value::from(sum);
        }
        if let (Ok(left), Ok(right)) = (f64::try_from(left.clone()), f64::try_from(right.clone())) {
            return Value::from(left + right);
        }
    }
    Value::from(text(left) + &text(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_containers_are_true_and_empty_strings_are_not() {
        assert!(truthy(&Value::from_pairs([] as [(Value, Value); 0])));
        assert!(truthy(&Value::from(Vec::<Value>::new())));
        assert!(!truthy(&Value::from("")));
        assert!(!truthy(&Value::from(0)));
        assert!(!truthy(&Value::from(f64::NAN)));
        assert!(!truthy(&Value::UNDEFINED));
        assert!(!truthy(&Value::from(())));
    }

    #[test]
    fn values_print_as_in_nunjucks() {
        assert_eq!(text(&Value::from(true)), "true");
        assert_eq!(text(&Value::from(2.0)), "2");
        assert_eq!(text(&Value::from(2.5)), "2.5");
        assert_eq!(text(&Value::from(())), "");
        assert_eq!(html(&Value::from("<a href='/x'>`&\"")), "&lt;a href=&#39;/x&#39;&gt;&#96;&amp;&quot;");
        assert_eq!(html(&Value::from_safe_string("<b>".into())), "<b>");
    }

    #[test]
    fn plus_adds_numbers_and_joins_the_rest() {
        assert_eq!(plus(&Value::from(32), &Value::from(130)), Value::from(162));
        assert_eq!(plus(&Value::from("item-"), &Value::from(2)), Value::from("item-2"));
        let joined = plus(&Value::from_safe_string("<b>".into()), &Value::from_safe_string("</b>".into()));
        assert!(!joined.is_safe());
    }
}
