//! Functions and methods the translated templates call: component attributes, map entries, `includes`.

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, State, Value};

use crate::js;

pub(crate) fn add_to(environment: &mut Environment<'_>) {
    environment.add_function("_govuk_attributes", attributes);
    environment.add_function("_entries", entries);
    environment.add_global("null", Value::from(()));
    environment.set_unknown_method_callback(method);
}

/// The HTML attributes of a component: a string as it is, or a map from name to value, or from name to
/// `{value, optional}`, where an optional one is left out when undefined, null or false, and bare when true.
fn attributes(attributes: Value) -> Result<Value, Error> {
    let mut html = String::new();
    match attributes.kind() {
        ValueKind::String => html.push_str(&js::text(&attributes)),
        ValueKind::Map => {
            for name in attributes.try_iter()? {
                attribute(&mut html, &name, attributes.get_item(&name)?)?;
            }
        }
        _ => {}
    }
    Ok(Value::from_safe_string(html))
}

fn attribute(html: &mut String, name: &Value, item: Value) -> Result<(), Error> {
    let (value, optional) = match item.kind() {
        ValueKind::Map => (item.get_attr("value")?, is_bool(&item.get_attr("optional")?, true)),
        _ => (item, false),
    };
    let absent = value.is_undefined() || value.is_none() || is_bool(&value, false);
    if optional && absent {
        return Ok(());
    }
    html.push(' ');
    html.push_str(&js::html(name));
    if !(optional && is_bool(&value, true)) {
        html.push_str("=\"");
        html.push_str(&js::html(&value));
        html.push('"');
    }
    Ok(())
}

fn is_bool(value: &Value, expected: bool) -> bool {
    value.kind() == ValueKind::Bool && value.is_true() == expected
}

/// The `[key, value]` pairs of a map, for `for key, value in map`; nothing for what is not a map.
fn entries(map: Value) -> Result<Value, Error> {
    if map.kind() != ValueKind::Map {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    let pairs = map.try_iter()?.map(|key| map.get_item(&key).map(|value| Value::from(vec![key, value])));
    Ok(Value::from(pairs.collect::<Result<Vec<_>, _>>()?))
}

/// The array methods of JavaScript that templates use: `includes`, `concat` and `join`.
fn method(_: &mut State<'_, '_>, receiver: &Value, name: &str, arguments: &[Value]) -> Result<Value, Error> {
    match (name, arguments) {
        ("includes", [wanted]) => {
            let found = receiver.try_iter()?.any(|item| item.kind() == wanted.kind() && item == *wanted);
            Ok(Value::from(found))
        }
        ("concat", [other]) => {
            let items = receiver.try_iter()?;
            match other.kind() {
                ValueKind::Seq | ValueKind::Iterable => Ok(items.chain(other.try_iter()?).collect()),
                _ => Ok(items.chain([other.clone()]).collect()),
            }
        }
        ("join", [separator]) => {
            let items: Vec<String> = receiver.try_iter()?.map(|item| js::text(&item)).collect();
            Ok(Value::from(items.join(&js::text(separator))))
        }
        _ => Err(Error::new(
            ErrorKind::UnknownMethod,
            format!("no method {name} with {} arguments", arguments.len()),
        )),
    }
}

#[cfg(test)]
mod tests {
    fn render(template: &str) -> String {
        crate::environment().render_str(template, ()).expect("the template is valid")
    }

    #[test]
    fn attributes_are_escaped_and_optional_ones_may_be_bare_or_absent() {
        assert_eq!(render("{{ _govuk_attributes({'data-a': '\"<'}) }}"), " data-a=\"&quot;&lt;\"");
        assert_eq!(
            render("{{ _govuk_attributes({'hidden': {'value': true, 'optional': true}}) }}"),
            " hidden"
        );
        assert_eq!(render("{{ _govuk_attributes({'hidden': {'value': false, 'optional': true}}) }}"), "");
        assert_eq!(
            render("{{ _govuk_attributes({'hidden': null, 'a': false}) }}"),
            " hidden=\"\" a=\"false\""
        );
        assert_eq!(render("{{ _govuk_attributes(' a=\"b\"') }}{{ _govuk_attributes(missing) }}"), " a=\"b\"");
    }

    #[test]
    fn array_methods_of_javascript_work() {
        assert_eq!(render("{{ [true, false].includes(missing) }}{{ [1, 2].includes(2) }}"), "falsetrue");
        assert_eq!(render("{{ ['a'].concat(['b'], ).concat('c').join('-') }}"), "a-b-c");
    }
}
