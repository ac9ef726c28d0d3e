//! Every example of every component, as published in the npm package, is rendered and compared with its HTML.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Deserialize;

/// What version 6.6.0 publishes: a guard against reading none.
const COMPONENTS: usize = 39;
const EXAMPLES: usize = 725;

#[derive(Deserialize)]
struct Component {
    component: String,
    fixtures: Vec<Fixture>,
}

#[derive(Deserialize)]
struct Fixture {
    name: String,
    options: serde_json::Value,
    html: String,
}

#[test]
fn every_published_example_renders_to_the_published_html() {
    let environment = govuk::environment();
    let components = components();
    let mut differences = Vec::new();
    for component in &components {
        for fixture in &component.fixtures {
            let html = render(&environment, &component.component, &fixture.options);
            if normalised(&html) != normalised(&fixture.html) {
                differences.push(format!(
                    "{}: {}\n{html}\n-----\n{}",
                    component.component, fixture.name, fixture.html
                ));
            }
        }
    }
    assert_eq!(components.len(), COMPONENTS);
    assert_eq!(components.iter().map(|component| component.fixtures.len()).sum::<usize>(), EXAMPLES);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n=====\n"));
}

fn components() -> Vec<Component> {
    let folder = Path::new(env!("GOVUK_FRONTEND_DIR")).join("dist/govuk/components");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("fixtures.json")).collect();
    files.retain(|file| file.is_file());
    files.sort();
    files.iter().map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap()).collect()
}

fn render(environment: &Environment<'_>, component: &str, options: &serde_json::Value) -> String {
    let template = environment.get_template(&format!("govuk/components/{component}/template.njk")).unwrap();
    template
        .render(context! { params => minijinja::Value::from(Serde(options)) })
        .unwrap_or_else(|error| format!("{component}: {error:#}"))
}

/// Runs of white space become one space: indentation is not compared, a missing space between words is.
fn normalised(html: &str) -> String {
    html.split_whitespace().collect::<Vec<_>>().join(" ")
}
