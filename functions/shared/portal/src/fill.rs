//! The filter `fill`: puts values into the gaps of a text, `{{ t.hearings_at | fill(court=name) }}`.

use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, Value};

/// Replaces each `{name}` with the argument of that name.
///
/// The result is plain text and escaped when printed. When an argument is safe HTML, such as a link captured with
/// `{% set %}`, the result is safe HTML in which the text and all other arguments have been escaped.
///
/// # Errors
/// When a gap has no argument, or an argument no gap.
pub(crate) fn fill(text: &str, values: Kwargs) -> Result<Value, Error> {
    let html = values.args().any(|name| values.peek::<Value>(name).is_ok_and(|value| value.is_safe()));
    let put = |filled: &mut String, part: &Value| {
        filled.push_str(&if html { govuk::html(part) } else { govuk::text(part) });
    };
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "the text has an open brace"))?;
        put(&mut filled, &Value::from(before));
        put(&mut filled, &values.get::<Value>(name)?);
        rest = after;
    }
    put(&mut filled, &Value::from(rest));
    values.assert_all_used()?;
    Ok(if html { Value::from_safe_string(filled) } else { Value::from(filled) })
}

/// The same for handlers, with plain values; gaps without a value are left as they are.
pub(crate) fn fill_plain(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after))
        });
        match value {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str) -> Result<String, Error> {
        let mut environment = govuk::environment();
        environment.add_filter("fill", fill);
        environment.render_str(template, minijinja::context! { text => "{n} < {m}", name => "<b>{m}</b>" })
    }

    #[test]
    fn values_are_escaped_and_not_filled_again() {
        let html = render("{{ text | fill(n=name, m=2) }}").expect("both gaps are filled");
        assert_eq!(html, "&lt;b&gt;{m}&lt;/b&gt; &lt; 2");
    }

    #[test]
    fn a_link_stays_a_link_and_the_rest_is_escaped() {
        let html = render("{{ text | fill(n='<a>' | safe, m=name) }}").expect("both gaps are filled");
        assert_eq!(html, "<a> &lt; &lt;b&gt;{m}&lt;/b&gt;");
    }

    #[test]
    fn a_gap_without_value_and_a_value_without_gap_are_errors() {
        assert!(render("{{ text | fill(n=1) }}").is_err());
        assert!(render("{{ text | fill(n=1, m=2, o=3) }}").is_err());
    }

    #[test]
    fn handlers_fill_plain_text() {
        assert_eq!(fill_plain("{a} at {b} {c}", &[("a", "{b}"), ("b", "Oxford")]), "{b} at Oxford {c}");
    }
}
