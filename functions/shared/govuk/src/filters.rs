//! Filters whose Nunjucks meaning differs from minijinja's: they read `undefined` as JavaScript does and keep safe text safe.

use minijinja::value::ValueKind;
use minijinja::{Environment, Value};

use crate::js;

pub(crate) fn add_to(environment: &mut Environment<'_>) {
    environment.add_filter("default", default);
    environment.add_filter("escape", |value: Value| Value::from_safe_string(js::html(&value)));
    environment.add_filter("indent", indent);
    environment.add_filter("length", length);
    environment.add_filter("safe", |value: Value| Value::from_safe_string(js::text(&value)));
    environment.add_filter("string", |value: Value| as_safe_as(&value, js::text(&value)));
    environment.add_filter("trim", |value: Value| as_safe_as(&value, js::text(&value).trim().to_owned()));
    environment.add_filter("_plus", |left: Value, right: Value| js::plus(&left, &right));
}

/// `value | default(other)` replaces only `undefined`; `default(other, true)` replaces all that is false.
fn default(value: Value, other: Value, any_false: Option<bool>) -> Value {
    let replace = value.is_undefined() || (any_false == Some(true) && !js::truthy(&value));
    if replace { other } else { value }
}

/// Indents every line but the first, and the first as well when `first` is true.
fn indent(value: Value, width: usize, first: Option<bool>) -> Value {
    let text = js::text(&value);
    let pad = " ".repeat(width);
    let lines = text.replace('\n', &format!("\n{pad}"));
    as_safe_as(&value, if first == Some(true) { pad + &lines } else { lines })
}

/// The number of characters, items or entries; zero for what has none.
fn length(value: Value) -> usize {
    match value.kind() {
        ValueKind::String => value.as_str().map_or(0, |text| text.chars().count()),
        _ => value.len().unwrap_or(0),
    }
}

fn as_safe_as(value: &Value, text: String) -> Value {
    if value.is_safe() { Value::from_safe_string(text) } else { Value::from(text) }
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    fn render(template: &str) -> String {
        let context = context! { nothing => (), empty => "", html => minijinja::Value::from_safe_string("<i>\n".into()) };
        crate::environment().render_str(template, context).expect("the template is valid")
    }

    #[test]
    fn default_replaces_undefined_and_on_request_all_that_is_false() {
        assert_eq!(render("{{ missing | default('x') }}"), "x");
        assert_eq!(render("{{ nothing | default('x') }}"), "");
        assert_eq!(render("{{ nothing | default('x', true) }}{{ empty | default('y', true) }}"), "xy");
    }

    #[test]
    fn safe_text_stays_safe_and_other_text_stays_unsafe() {
        assert_eq!(render("{{ html | trim }}"), "<i>");
        assert_eq!(render("{{ ' <i> ' | trim }}"), "&lt;i&gt;");
        assert_eq!(render("{{ '<i>' | safe | string }}"), "<i>");
    }

    #[test]
    fn indent_leaves_the_first_line_alone_unless_told() {
        assert_eq!(render("{{ 'a\nb' | indent(2) }}"), "a\n  b");
        assert_eq!(render("{{ 'a\nb' | indent(2, true) }}"), "  a\n  b");
    }

    #[test]
    fn length_of_nothing_is_zero() {
        assert_eq!(
            render("{{ missing | length }}{{ nothing | length }}{{ 'é' | length }}{{ [1, 2] | length }}"),
            "0012"
        );
    }
}
