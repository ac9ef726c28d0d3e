//! The page template with a site's own blocks, and the files it refers to.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use minijinja::context;

const PAGE: &str = r##"
{% extends "govuk/template.njk" %}
{% from "govuk/components/back-link/macro.njk" import govukBackLink %}
{% from "govuk/components/fieldset/macro.njk" import govukFieldset %}
{% block pageTitle %}{{ title }} - GOV.UK{% endblock %}
{% block head %}<link rel="stylesheet" href="/assets/govuk-frontend.min.css">{% endblock %}
{% block beforeContent %}{{ govukBackLink({"text": "Back", "href": "/"}) }}{% endblock %}
{% block content %}<h1>{{ title }}</h1>{% call govukFieldset({"legend": {"text": "Where"}}) %}<p>In a call</p>{% endcall %}{% endblock %}
"##;

fn page(template: &'static str) -> String {
    let mut site = govuk::environment();
    site.add_template("page.html", template).unwrap();
    site.get_template("page.html").unwrap().render(context! { title => "Courts & tribunals" }).unwrap()
}

#[test]
fn a_page_fills_the_blocks_of_the_template() {
    let html = page(PAGE);
    assert!(html.contains("<title>Courts &amp; tribunals - GOV.UK</title>"));
    assert!(html.contains("<h1>Courts &amp; tribunals</h1>"));
    assert!(html.contains(r#"<a href="/" class="govuk-back-link">Back</a>"#));
    assert!(html.contains("<p>In a call</p>"));
    assert!(html.contains(r#"<header class="govuk-template__header">"#));
    assert!(html.contains("govuk-header__logotype"));
    assert!(html.contains(r#"<footer class="govuk-template__footer">"#));
    assert!(html.contains("Crown copyright"));
    assert!(html.contains(r#"<html lang="en" class="govuk-template">"#));
}

#[test]
fn an_emptied_header_or_footer_leaves_no_element_behind() {
    let html = page(
        r#"{% extends "govuk/template.njk" %}{% block govukHeader %}{% endblock %}{% block govukFooter %}{% endblock %}"#,
    );
    assert!(!html.contains("<header"));
    assert!(!html.contains("<footer"));
}

#[test]
fn the_inline_script_is_the_one_on_the_page() {
    let script = govuk::inline_script();
    assert!(script.starts_with("document.body.className"));
    assert!(script.ends_with(';'));
    assert!(page(PAGE).contains(&format!("<script>{script}</script>")));
}

#[test]
fn the_files_are_there_and_keep_no_source_map() {
    let css = govuk::asset("govuk-frontend.min.css").unwrap();
    assert_eq!(css.content_type, "text/css; charset=utf-8");
    assert_eq!(css.hash.len(), 16);
    let text = std::str::from_utf8(css.bytes).unwrap();
    assert!(text.contains(".govuk-button{"));
    for name in ["govuk-frontend.min.css", "govuk-frontend.min.js"] {
        let text = std::str::from_utf8(govuk::asset(name).unwrap().bytes).unwrap();
        assert!(!text.contains("sourceMappingURL"));
    }
    assert!(
        std::str::from_utf8(govuk::asset("govuk-frontend.min.js").unwrap().bytes)
            .unwrap()
            .contains("initAll")
    );
    assert!(govuk::asset("manifest.json").is_some());
    assert!(govuk::asset("images/favicon.svg").is_some());
    assert!(govuk::asset("nothing").is_none());
}

#[test]
fn every_file_the_style_sheet_names_is_there() {
    let css = std::str::from_utf8(govuk::asset("govuk-frontend.min.css").unwrap().bytes).unwrap();
    let named: Vec<&str> = css.split("url(").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let files: Vec<&str> =
        named.iter().filter_map(|url| url.trim_matches(['"', '\'']).strip_prefix("/assets/")).collect();
    assert!(!files.is_empty());
    for file in files {
        assert!(govuk::asset(file).is_some(), "{file}");
    }
}
