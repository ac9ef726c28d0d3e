//! Tests of Nunjucks that minijinja lacks: `is null`, `is truthy`, `is falsy`.

use minijinja::{Environment, Value};

use crate::js;

pub(crate) fn add_to(environment: &mut Environment<'_>) {
    environment.add_test("null", |value: Value| value.is_none());
    environment.add_test("truthy", |value: Value| js::truthy(&value));
    environment.add_test("falsy", |value: Value| !js::truthy(&value));
}
