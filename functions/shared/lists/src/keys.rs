//! Keys of hearings: the same case keeps its key from one version of a list to the next.

use crate::document::{Hearing, Name};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Gives each hearing of a list its key: what identifies its case, and a counter where that repeats.
#[derive(Debug, Default)]
pub struct Keys(HashMap<String, u32>);

impl Keys {
    /// The key of a hearing, which must have its case and parties by now.
    pub fn of(&mut self, hearing: &Hearing) -> String {
        self.next(&identity(hearing))
    }

    /// The key of the next hearing of this case: `ABC`, then `ABC#2`, `ABC#3` …
    pub fn next(&mut self, case: &str) -> String {
        let case = case.trim();
        let count = self.0.entry(case.to_owned()).or_default();
        *count += 1;
        if *count == 1 { case.to_owned() } else { format!("{case}#{count}") }
    }
}

/// The case's number or, where there is none, a digest: names do not belong in keys.
fn identity(hearing: &Hearing) -> String {
    let case = hearing.cases.first();
    match case.and_then(|case| case.number.as_ref().or(case.urn.as_ref())) {
        Some(number) => number.clone(),
        None => digest(hearing),
    }
}

fn digest(hearing: &Hearing) -> String {
    let mut digest = Sha256::new();
    let case = hearing.cases.first().and_then(|case| case.name.as_deref());
    digest.update(case.unwrap_or_default());
    for party in &hearing.parties {
        if let Name::Shown(name) = &party.name {
            digest.update([0]);
            digest.update(name);
        }
        for name in ["postcode", "date_of_birth"] {
            digest.update(party.fields.get(name).map(|value| format!("{value:?}")).unwrap_or_default());
        }
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
