//! What changed between two versions of a list, hearing by hearing.

mod earlier;

use crate::document::{Hearing, ListDocument};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A hearing that the earlier version did not have.
    Added {
        /// The hearing as it is now.
        hearing: Box<Hearing>,
    },
    /// A hearing that the later version no longer has.
    Removed {
        /// The hearing as it was, as far as it may still be told.
        hearing: Box<Hearing>,
    },
    /// A hearing that both versions have and that is no longer the same.
    Changed {
        /// What is different, each once.
        what: Vec<Aspect>,
        /// The hearing as it was, as far as it may still be told.
        before: Box<Hearing>,
        /// The hearing as it is now.
        after: Box<Hearing>,
    },
}

/// What of a hearing is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// It starts or ends at another time.
    Time,
    /// It is in another room.
    Room,
    /// Other judges hear it.
    Judge,
    /// It is held another way: in person, by video.
    Channel,
    /// Its cases, parties, offences, restrictions or anything else.
    Details,
}

impl Change {
    /// The key of the hearing that changed.
    pub fn key(&self) -> &str {
        match self {
            Self::Added { hearing } | Self::Removed { hearing } => &hearing.key,
            Self::Changed { after, .. } => &after.key,
        }
    }
}

/// The changes that turn one version into the other: hearings as they stand in the later version, then those
/// it no longer has. The order of hearings is not a change. Of the earlier version nobody is named whom the later one
/// does not name in the same case ([`earlier::still_told`]).
///
/// Hearings of one case differ in their key by a counter only, so that an inserted or dropped hearing would
/// shift the rest. They are therefore matched as a group: first those that are the same in both versions,
/// then those of the same parties, then those that start at the same time, then what is left in order.
pub fn diff(before: &ListDocument, after: &ListDocument) -> Vec<Change> {
    let earlier = by_case(before);
    let later = by_case(after);
    let mut partner: HashMap<&str, Option<&Hearing>> = HashMap::new();
    let mut removed: HashSet<&str> = HashSet::new();
    for (case, now) in &later {
        let then = earlier.get(case).map(Vec::as_slice).unwrap_or_default();
        let (pairs, gone) = match_up(then, now);
        partner.extend(pairs.into_iter().map(|(now, then)| (now.key.as_str(), then)));
        removed.extend(gone.into_iter().map(|hearing| hearing.key.as_str()));
    }
    let is_gone = |hearing: &Hearing| {
        !later.contains_key(case_of(&hearing.key)) || removed.contains(hearing.key.as_str())
    };
    let arrived = after.hearings().filter_map(|now| match partner.get(now.key.as_str()).copied().flatten() {
        Some(then) => changed(then, now, later.get(case_of(&now.key)).map_or(&[], Vec::as_slice)),
        None => Some(Change::Added { hearing: Box::new(now.clone()) }),
    });
    let gone = before.hearings().filter(|hearing| is_gone(hearing)).map(|hearing| {
        let of_case = later.get(case_of(&hearing.key)).map_or(&[][..], Vec::as_slice);
        Change::Removed { hearing: Box::new(earlier::still_told(hearing, of_case)) }
    });
    arrived.chain(gone).collect()
}

type Pairs<'a> = Vec<(&'a Hearing, Option<&'a Hearing>)>;

/// Pairs each later hearing of a case with an earlier one, if there is one left; then the earlier ones left over.
fn match_up<'a>(then: &[&'a Hearing], now: &[&'a Hearing]) -> (Pairs<'a>, Vec<&'a Hearing>) {
    let mut left: Vec<&Hearing> = then.to_vec();
    let mut pairs: Pairs<'a> = now.iter().map(|hearing| (*hearing, None)).collect();
    let rules: [fn(&Hearing, &Hearing) -> bool; 4] = [
        |a, b| aspects(a, b).is_empty(),
        |a, b| a.parties == b.parties,
        |a, b| a.start == b.start,
        |_, _| true,
    ];
    for alike in rules {
        for (hearing, pair) in pairs.iter_mut().filter(|(_, pair)| pair.is_none()) {
            if let Some(position) = left.iter().position(|earlier| alike(earlier, hearing)) {
                *pair = Some(left.remove(position));
            }
        }
    }
    (pairs, left)
}

fn by_case(document: &ListDocument) -> HashMap<&str, Vec<&Hearing>> {
    let mut cases: HashMap<&str, Vec<&Hearing>> = HashMap::new();
    for hearing in document.hearings() {
        cases.entry(case_of(&hearing.key)).or_default().push(hearing);
    }
    cases
}

/// The key without its counter.
fn case_of(key: &str) -> &str {
    match key.rsplit_once('#') {
        Some((case, counter)) if !counter.is_empty() && counter.bytes().all(|b| b.is_ascii_digit()) => case,
        _ => key,
    }
}

fn changed(before: &Hearing, after: &Hearing, of_case: &[&Hearing]) -> Option<Change> {
    let what = aspects(before, after);
    (!what.is_empty()).then(|| Change::Changed {
        what,
        before: Box::new(earlier::still_told(before, of_case)),
        after: Box::new(after.clone()),
    })
}

fn aspects(before: &Hearing, after: &Hearing) -> Vec<Aspect> {
    let details_differ = before.kind != after.kind
        || before.cases != after.cases
        || before.parties != after.parties
        || before.restrictions != after.restrictions
        || before.offences != after.offences
        || before.notes != after.notes
        || before.fields != after.fields;
    let differences = [
        (before.start != after.start || before.end != after.end, Aspect::Time),
        (before.room != after.room, Aspect::Room),
        (before.judges != after.judges, Aspect::Judge),
        (before.channel != after.channel, Aspect::Channel),
        (details_differ, Aspect::Details),
    ];
    differences.into_iter().filter(|(differs, _)| *differs).map(|(_, aspect)| aspect).collect()
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
