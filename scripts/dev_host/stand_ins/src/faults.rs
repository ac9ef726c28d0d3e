//! Switches that make a stand-in misbehave: always, for the next few requests, or by chance.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::held;

/// The ways one stand-in can misbehave.
pub trait Kind: Copy + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Every way, in the order the dashboard offers them.
    const ALL: &'static [Self];
}

/// One misbehaviour and how often it happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault<K> {
    /// What goes wrong.
    pub kind: K,
    /// For how many requests; without a number, until it is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How likely each request is hit, from 0 to 1; without a number, every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// How long a slow answer takes, in milliseconds; other kinds ignore it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
}

impl<K: Kind> Fault<K> {
    /// A fault that hits every request until it is switched off.
    #[must_use]
    pub fn of(kind: K) -> Self {
        Self { kind, times: None, probability: None, milliseconds: None }
    }

    /// Only the next `times` requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only the next request.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Each request with this probability, from 0 to 1.
    #[must_use]
    pub fn with_probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    /// How long a slow answer takes.
    #[must_use]
    pub fn lasting(mut self, delay: Duration) -> Self {
        self.milliseconds = Some(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// The delay of a slow answer: two seconds unless said otherwise.
    #[must_use]
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.milliseconds.unwrap_or(2_000))
    }
}

/// Why a fault could not be switched on.
#[derive(Debug, Error)]
pub enum FaultError {
    /// The fault does not have the expected shape, or this stand-in cannot misbehave so.
    #[error("not a fault this stand-in knows; it knows: {known}")]
    Unreadable {
        /// The kinds it does know.
        known: String,
        /// What the JSON reader said.
        source: serde_json::Error,
    },
    /// The probability is not between 0 and 1.
    #[error("a probability lies between 0 and 1")]
    Probability,
}

/// The faults of one stand-in that are switched on now, drawn in the order they were added.
#[derive(Debug)]
pub struct Switch<K> {
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K> {
    faults: Vec<Fault<K>>,
    /// Own small generator (xorshift), so that a run with the same requests meets the same faults.
    chance: u64,
}

impl<K: Kind> Default for Switch<K> {
    fn default() -> Self {
        Self { state: Mutex::new(State { faults: Vec::new(), chance: 0x9E37_79B9_7F4A_7C15 }) }
    }
}

impl<K: Kind> Switch<K> {
    /// Switches a fault on, after those that are on already.
    pub fn add(&self, fault: Fault<K>) {
        held(&self.state).faults.push(fault);
    }

    /// Switches every fault off.
    pub fn clear(&self) {
        held(&self.state).faults.clear();
    }

    /// The faults that are on, with what is left of their counts.
    #[must_use]
    pub fn active(&self) -> Vec<Fault<K>> {
        held(&self.state).faults.clone()
    }

    /// The fault that hits this request, if any; its count falls by one.
    pub fn draw(&self, applies: impl Fn(K) -> bool) -> Option<Fault<K>> {
        let mut state = held(&self.state);
        let State { faults, chance } = &mut *state;
        let index = faults.iter().position(|fault| {
            applies(fault.kind) && fault.probability.is_none_or(|likely| next_fraction(chance) < likely)
        })?;
        let drawn = faults[index].clone();
        match drawn.times {
            Some(0 | 1) => drop(faults.remove(index)),
            Some(left) => faults[index].times = Some(left - 1),
            None => {}
        }
        Some(drawn)
    }
}

/// The next number of the generator, at least 0 and below 1.
fn next_fraction(state: &mut u64) -> f64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    f64::from(u32::try_from(*state >> 32).unwrap_or(u32::MAX)) / (f64::from(u32::MAX) + 1.0)
}

/// A switch as the dashboard sees it, whatever its kinds.
pub trait Board: Send + Sync {
    /// The names of the kinds it knows.
    fn kinds(&self) -> Vec<String>;
    /// The faults that are on, as JSON.
    fn shown(&self) -> Value;
    /// Switches on a fault written as JSON.
    ///
    /// # Errors
    /// When the JSON is not a fault of this stand-in.
    fn add_json(&self, fault: Value) -> Result<(), FaultError>;
    /// Switches every fault off.
    fn switch_off(&self);
}

impl<K: Kind> Board for Switch<K> {
    fn kinds(&self) -> Vec<String> {
        K::ALL.iter().map(name_of).collect()
    }

    fn shown(&self) -> Value {
        serde_json::to_value(self.active()).unwrap_or_default()
    }

    fn add_json(&self, fault: Value) -> Result<(), FaultError> {
        let fault: Fault<K> = serde_json::from_value(fault)
            .map_err(|source| FaultError::Unreadable { known: self.kinds().join(", "), source })?;
        if fault.probability.is_some_and(|likely| !(0.0..=1.0).contains(&likely)) {
            return Err(FaultError::Probability);
        }
        if fault.times != Some(0) {
            self.add(fault);
        }
        Ok(())
    }

    fn switch_off(&self) {
        self.clear();
    }
}

/// A kind's name on the wire.
fn name_of<K: Kind>(kind: &K) -> String {
    match serde_json::to_value(kind) {
        Ok(Value::String(name)) => name,
        other => format!("{other:?}"),
    }
}

/// Declares the kinds of one stand-in: an enum, its wire names and the list of all.
macro_rules! kinds {
    ($(#[$about:meta])* $name:ident { $($(#[$kind_about:meta])* $kind:ident,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$kind_about])* $kind,)+ }
        impl $crate::faults::Kind for $name {
            const ALL: &'static [Self] = &[$(Self::$kind),+];
        }
    };
}
pub(crate) use kinds;
