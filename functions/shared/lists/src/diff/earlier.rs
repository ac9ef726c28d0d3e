//! What an earlier version said of a hearing, as far as it may still be told.
//!
//! An amendment may mask somebody, give a name in the place of the real one or take it out; nothing tells these apart
//! from a corrected spelling. So whatever names somebody is told only while the later version says it of the same case:
//! the names of parties with all that is said of them, their representatives, and the names of cases. The rest (times,
//! room, judges, numbers, offences) is told as it was, unless it repeats a name that is not told.

use crate::document::{Bilingual, Hearing, Name, Offence, Party, Value};
use crate::format;
use crate::layout::Kind;
use domain::civil::Tongue;
use std::collections::BTreeMap;

/// The hearing as it was, without the names that `later`, the hearings of its case in the later version, do not say.
pub(super) fn still_told(before: &Hearing, later: &[&Hearing]) -> Hearing {
    let mut told = before.clone();
    let mut hidden = Vec::new();
    for case in &mut told.cases {
        let stands = later.iter().flat_map(|hearing| &hearing.cases).any(|now| now.name == case.name);
        if !stands {
            hidden.extend(case.name.take());
        }
    }
    for party in &mut told.parties {
        let same: Vec<&Party> =
            later.iter().flat_map(|hearing| &hearing.parties).filter(|now| now.name == party.name).collect();
        withhold(party, &same, &mut hidden);
    }
    hidden.retain(|name| !name.trim().is_empty());
    if !hidden.is_empty() {
        leave_out(&mut told, &hidden);
    }
    told
}

/// Leaves of a party what those of the same name are still said to be; without such, only what it is in the case.
fn withhold(party: &mut Party, same: &[&Party], hidden: &mut Vec<String>) {
    if !same.iter().any(|now| now.representative == party.representative) {
        hidden.extend(party.representative.take().into_iter().flat_map(|words| [words.en, words.cy]));
    }
    party.fields.retain(|name, _| same.iter().any(|now| now.fields.contains_key(name)));
    if same.is_empty() {
        party.in_custody = false;
        if let Name::Shown(name) = std::mem::replace(&mut party.name, Name::Withheld) {
            hidden.push(name);
        }
    }
}

/// Leaves out every other text that repeats a hidden name, as the cells of a table do.
fn leave_out(told: &mut Hearing, hidden: &[String]) {
    let says = |text: &str| hidden.iter().any(|name| text.contains(name.as_str()));
    let both = |text: &Bilingual| says(&text.en) || says(&text.cy);
    let value = |value: &Value| {
        [Tongue::En, Tongue::Cy].iter().any(|tongue| says(&format::value(value, Kind::Multiline, *tongue)))
    };
    let facts = |facts: &mut BTreeMap<String, Value>| facts.retain(|_, fact| !value(fact));
    told.notes.retain(|note| !says(note));
    told.restrictions.retain(|text| !both(text));
    told.offences.retain(|Offence { title, .. }| !both(title));
    told.offences.iter_mut().for_each(|offence| facts(&mut offence.fields));
    facts(&mut told.fields);
}
