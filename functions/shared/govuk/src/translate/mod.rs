//! Nunjucks to Jinja: rewrites the source of a template so that minijinja reads it with the meaning it had.
//!
//! Nunjucks runs on JavaScript, and its templates show it. What differs, and what becomes of it:
//!
//! | Nunjucks | Jinja, for minijinja |
//! | --- | --- |
//! | `a === b`, `a !== undefined` | `a == b`, `a is defined` |
//! | `{% elseif %}` | `{% elif %}` |
//! | `{text: "x"}` | `{"text": "x"}` |
//! | `items.length` | <code>items\|length</code> |
//! | `a + b` (sum or joined text) | <code>a\|_plus(b)</code>, a filter that decides as JavaScript does |
//! | `{% if params.meta %}`, where an empty object is true | `{% if params.meta is truthy %}` |
//! | `{% for key, value in map %}` | `{% for key, value in _entries(map) %}` |
//! | `set` in a `for` changes the outer variable | a `namespace` carries the variable through the loop |
//! | `{% block %}` inside `{% call %}` | the body is captured first and handed to the macro |
//! | `{% call %}` of a macro whose included template asks for `caller` | the macro itself mentions `caller` |
//!
//! `macros/attributes.njk` is replaced by a function, since its loop builds up text over several branches.
//! Text outside tags and string literals is never touched. What the translation does not know passes unchanged.

mod blocks;
mod expression;
mod segments;
mod tokens;

/// The whole of `macros/attributes.njk`.
const ATTRIBUTES: &str =
    "{% macro govukAttributes(attributes) -%}{{ _govuk_attributes(attributes) }}{%- endmacro %}";

/// Jinja source with the meaning of the Nunjucks `source`, for an environment made by [`crate::environment`].
///
/// `name` is the template's name, by which the attributes macro is recognised. Besides the templates of this crate
/// it suits others written against GOV.UK Frontend, such as those of the Ministry of Justice's library.
#[must_use]
pub fn to_jinja(name: &str, source: &str) -> String {
    if name.ends_with("macros/attributes.njk") {
        return ATTRIBUTES.to_owned();
    }
    let mut segments = segments::split(source);
    for tag in segments::tags_mut(&mut segments) {
        expression::rewrite(&mut tag.tokens);
    }
    let segments = blocks::carry_through_loops(segments);
    let segments = blocks::capture_before_call(segments);
    let segments = blocks::pass_caller_to_includes(segments);
    segments::join(&segments)
}

#[cfg(test)]
mod tests {
    use super::to_jinja;

    fn translated(source: &str) -> String {
        to_jinja("a.njk", source)
    }

    #[test]
    fn comparisons_lose_their_third_sign() {
        assert_eq!(translated("{% if a === b or c !== 1 %}"), "{% if a == b or c != 1 %}");
        assert_eq!(translated("{% if a.b !== undefined %}"), "{% if a.b is defined %}");
        assert_eq!(translated("{{ 1 if a === undefined }}"), "{{ 1 if a is undefined }}");
    }

    #[test]
    fn object_keys_are_quoted_and_ternaries_and_arguments_are_not() {
        assert_eq!(
            translated("{{ f({text: x, 'a-b': y, for: {id: z}}) }}"),
            r#"{{ f({"text": x, 'a-b': y, "for": {"id": z}}) }}"#
        );
        assert_eq!(translated("{{ f(a, b) }}"), "{{ f(a, b) }}");
    }

    #[test]
    fn plus_becomes_a_filter_with_its_right_operand() {
        assert_eq!(translated(r#"{{ "a" + b.c + "d" }}"#), r#"{{ "a"|_plus(b.c)|_plus("d") }}"#);
        assert_eq!(translated("{{ a + (b if c) | trim }}"), "{{ a|_plus((b if c is truthy) | trim) }}");
        assert_eq!(translated("{{ x[a + 1].y + f(2)[0] }}"), "{{ x[a|_plus(1)].y|_plus(f(2)[0]) }}");
    }

    #[test]
    fn bare_conditions_follow_javascript() {
        assert_eq!(translated("{% if a.b %}"), "{% if a.b is truthy %}");
        assert_eq!(
            translated("{%- elseif not a and (b or c.d) -%}"),
            "{%- elif not a is truthy and (b is truthy or c.d is truthy) -%}"
        );
        assert_eq!(translated("{{ x if a else y }}"), "{{ x if a is truthy else y }}");
        assert_eq!(translated("{{ f(x if a, y) }}"), "{{ f(x if a is truthy, y) }}");
        assert_eq!(
            translated("{% if a == b and f(c) and d | length %}"),
            "{% if a == b and f(c) and d | length %}"
        );
        assert_eq!(translated("{% if true %}"), "{% if true %}");
    }

    #[test]
    fn length_is_a_filter_and_loops_over_maps_see_their_entries() {
        assert_eq!(translated("{% if a.items.length == 1 %}"), "{% if a.items|length == 1 %}");
        assert_eq!(translated("{% for k, v in a.b %}"), "{% for k, v in _entries(a.b) %}");
        assert_eq!(translated("{% for v in a.b %}"), "{% for v in a.b %}");
    }

    #[test]
    fn text_comments_and_strings_stay_as_they_are() {
        for source in ["a + b === {c: d}", "{# a === b -#}", "{{ 'a === {b: c} + %}' }}", "{{ 'it''s' }}"] {
            assert_eq!(translated(source), source);
        }
    }

    #[test]
    fn a_set_in_a_loop_reaches_the_variable_outside() {
        let source = "{% set n = 0 %}{% for i in [1, 2, 3] %}{% set n = n + i %}{% endfor %}{{ n }}";
        let html =
            crate::environment().render_str(&translated(source), ()).expect("the translation is valid");
        assert_eq!(html, "6");
    }

    #[test]
    fn a_set_in_a_loop_that_starts_anew_each_time_is_left_alone() {
        let source = "{% for i in a %}{% set n = i %}{{ n }}{% endfor %}";
        assert_eq!(translated(source), source);
    }

    #[test]
    fn a_macro_that_includes_its_template_can_be_called_with_a_body() {
        let source = "{% macro box(params) %}{% include './template.njk' %}{% endmacro %}";
        let macros = translated(source);
        let mut environment = crate::environment();
        environment.add_template("box/template.njk", "<b>{{ caller() if caller }}</b>").expect("it is valid");
        environment.add_template("box/macro.njk", &macros).expect("the translation is valid");
        let page = "{% from 'box/macro.njk' import box %}{% call box() %}1{% endcall %}{{ box() }}";
        assert_eq!(environment.render_str(page, ()).expect("the page is valid"), "<b>1</b><b></b>");
    }

    #[test]
    fn blocks_inside_a_call_can_be_overridden() {
        let source = "{% macro box() %}<b>{{ caller() }}</b>{% endmacro %}{% call box() %}{% block x %}1{% endblock %}{% endcall %}";
        let base = translated(source);
        let mut environment = crate::environment();
        environment.add_template("base.html", &base).expect("the translation is valid");
        let page = "{% extends 'base.html' %}{% block x %}2 & {{ super() }}{% endblock %}";
        assert_eq!(environment.render_str(page, ()).expect("the page is valid"), "<b>2 & 1</b>");
    }
}
