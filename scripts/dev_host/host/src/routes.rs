//! The table of HTTP functions, in the order in which the host asks them.

use crate::function_json::{Function, FunctionError, HttpTrigger, Trigger};
use crate::host_json::HttpMode;
use crate::template::{RouteValues, Template};
use hyper::Method;
use std::sync::Arc;

/// One HTTP function.
#[derive(Debug)]
pub(crate) struct Route {
    pub function: Arc<Function>,
    pub mode: HttpMode,
    template: Template,
}

impl Route {
    /// The trigger of its function.
    pub(crate) fn trigger(&self) -> &HttpTrigger {
        match &self.function.trigger {
            Trigger::Http(trigger) => trigger,
            _ => unreachable!("only HTTP functions become routes"),
        }
    }

    fn takes(&self, method: &Method) -> bool {
        self.trigger().methods.as_ref().is_none_or(|methods| methods.contains(method))
    }
}

/// All routes; the first that matches wins, however specific another one is.
#[derive(Debug, Default)]
pub(crate) struct RouteTable(Vec<Arc<Route>>);

impl RouteTable {
    /// Builds the table from functions in the host's order. A function whose template is wrong, or whose
    /// route an earlier one already serves, is in error. Disabled functions have no route.
    pub(crate) fn build(
        functions: &[Arc<Function>],
        prefix: &str,
        mode: HttpMode,
    ) -> (Self, Vec<FunctionError>) {
        let (mut table, mut errors) = (Self::default(), Vec::new());
        for function in functions {
            let Trigger::Http(trigger) = &function.trigger else { continue };
            match table.conflict(trigger) {
                Some(other) => errors.push(FunctionError {
                    name: function.name.to_string(),
                    reason: format!("the route {} is already served by {other}", trigger.route),
                }),
                None => match Template::parse(format!("{prefix}/{}", trigger.route).trim_matches('/')) {
                    Ok(template) => table.0.push(Arc::new(Route {
                        function: Arc::clone(function),
                        mode: function.http_mode(mode),
                        template,
                    })),
                    Err(reason) => errors.push(FunctionError { name: function.name.to_string(), reason }),
                },
            }
        }
        table.0.retain(|route| !route.function.disabled);
        (table, errors)
    }

    /// An earlier function with the same route and a common method.
    fn conflict(&self, new: &HttpTrigger) -> Option<Arc<str>> {
        let overlaps = |old: &HttpTrigger| match (&old.methods, &new.methods) {
            (Some(old), Some(new)) => old.iter().any(|method| new.contains(method)),
            _ => true,
        };
        self.0
            .iter()
            .find(|route| {
                let old = route.trigger();
                old.route.to_lowercase() == new.route.to_lowercase() && overlaps(old)
            })
            .map(|route| Arc::clone(&route.function.name))
    }

    /// The first route that takes the method and matches the decoded path.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Option<(&Arc<Route>, RouteValues)> {
        self.0
            .iter()
            .filter(|route| route.takes(method))
            .find_map(|route| route.template.matches(path).map(|values| (route, values)))
    }
}
