//! Keys of hearings: the same case keeps its key from one version of a list to the next.

use std::collections::HashMap;

/// Gives each hearing of a list its key: what identifies its case, and a counter where that repeats.
#[derive(Debug, Default)]
pub struct Keys(HashMap<String, u32>);

impl Keys {
    /// The key of the next hearing of this case: `ABC`, then `ABC#2`, `ABC#3` …
    pub fn next(&mut self, case: &str) -> String {
        let case = case.trim();
        let count = self.0.entry(case.to_owned()).or_default();
        *count += 1;
        if *count == 1 { case.to_owned() } else { format!("{case}#{count}") }
    }
}
