//! Reading JSON within bounds, with one answer to everything parsers disagree on.
//!
//! A payload is read by us, by browsers and by third parties; what one of them would read differently (a
//! member said twice, a byte order mark, a number too large for a double) is refused here.

use crate::fault::{Fault, Step};
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Number, Value};
use std::cell::{Cell, RefCell};
use std::fmt;

/// The deepest nesting of arrays and objects.
pub const DEEPEST: usize = 64;
/// The most items of one array, and the most members of one object.
pub const MOST_ITEMS: usize = 50_000;
/// The most values of one document, nested ones included, unless its text is long enough for more: what is read takes
/// ten times the memory of the shortest text.
pub const MOST_VALUES: usize = 400_000;
/// A document may have a value for each of so many bytes of its text, however many that makes. Named members take 14
/// bytes or more each, so a true list never gets near; memory stays in proportion to the text, which has its own limit.
pub const BYTES_OF_A_VALUE: usize = 12;
/// The longest string, in bytes of UTF-8.
pub const LONGEST_STRING: usize = 64 * 1024;

/// Reads one JSON document; members keep their order.
///
/// # Errors
/// The first thing that is wrong, with a pointer where it has one.
pub fn parse(bytes: &[u8]) -> Result<Value, Fault> {
    parse_with_repeats(bytes, &[])
}

/// As [`parse`], but members of these names may be said more than once in one object, and the last counts.
/// Only for producers known to do so, whose lists are accepted today.
///
/// # Errors
/// As [`parse`].
pub fn parse_with_repeats(bytes: &[u8], may_repeat: &[String]) -> Result<Value, Fault> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(Fault::of_payload("json.byte_order_mark", "must not begin with a byte order mark"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Fault::of_payload("json.encoding", format!("must be UTF-8; byte {at} is not"))
    })?;
    let found = RefCell::new(None);
    let mut deserializer = Deserializer::from_str(text);
    let most = most_values(bytes.len());
    let left = Cell::new(most);
    let value = Bounded { depth: 0, may_repeat, most, left: &left, found: &found }
        .deserialize(&mut deserializer)
        .map_err(|error| found.take().unwrap_or_else(|| not_json(&error)))?;
    deserializer.end().map_err(|error| {
        let message = format!("nothing may follow the JSON document ({})", place(&error));
        Fault::of_payload("json.trailing", message)
    })?;
    Ok(value)
}

/// How many values a document of so many bytes may have.
fn most_values(bytes: usize) -> usize {
    MOST_VALUES.max(bytes / BYTES_OF_A_VALUE)
}

/// A syntax error in our words: the parser's own may quote the payload.
fn not_json(error: &serde_json::Error) -> Fault {
    let place = place(error);
    if error.is_eof() {
        return Fault::of_payload("json.syntax", format!("is not JSON: it ends too early ({place})"));
    }
    if error.to_string().starts_with("number out of range") {
        return Fault::of_payload("json.number", format!("has a number that is too large ({place})"));
    }
    Fault::of_payload("json.syntax", format!("is not JSON ({place})"))
}

fn place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// Reads a value at some depth; what it finds wrong is left in `found`, and each level on the way out puts
/// its own step before the pointer, so that a good document pays nothing for pointers.
#[derive(Clone, Copy)]
struct Bounded<'f> {
    depth: usize,
    may_repeat: &'f [String],
    most: usize,
    left: &'f Cell<usize>,
    found: &'f RefCell<Option<Fault>>,
}

impl Bounded<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == DEEPEST {
            return Err(self.refuse("json.depth", format!("must not be nested deeper than {DEEPEST} levels")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn count_one<E: serde::de::Error>(self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1);
        let left = left.ok_or_else(|| {
            self.refuse("json.values", format!("must not hold more than {} values", self.most))
        })?;
        self.left.set(left);
        Ok(())
    }

    fn refuse<E: serde::de::Error>(self, rule: &'static str, message: String) -> E {
        *self.found.borrow_mut() = Some(Fault::of_payload(rule, message));
        E::custom(rule)
    }

    /// Adds the step that led to what was found.
    fn below<E>(self, step: Step<'_>) -> impl FnOnce(E) -> E {
        move |error| {
            if let Some(fault) = self.found.borrow_mut().as_mut() {
                fault.pointer.insert_str(0, &step.to_string());
            }
            error
        }
    }

    fn short_enough<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text.len() > LONGEST_STRING {
            return Err(self.refuse("json.string", format!("must not be longer than {LONGEST_STRING} bytes")));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count_one()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        let finite = Number::from_f64(number).map(Value::Number);
        finite.ok_or_else(|| self.refuse("json.number", "is a number that is too large".to_owned()))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.short_enough(text)?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inside).map_err(self.below(Step::Item(array.len())))? {
            if array.len() == MOST_ITEMS {
                return Err(self.refuse("json.items", format!("must not have more than {MOST_ITEMS} items")));
            }
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            self.short_enough(&name)?;
            if object.contains_key(&name) && !self.may_repeat.contains(&name) {
                let repeated: A::Error = self.refuse("json.duplicate", "is there twice".to_owned());
                return Err(self.below(Step::Member(&name))(repeated));
            }
            if object.len() == MOST_ITEMS {
                return Err(
                    self.refuse("json.items", format!("must not have more than {MOST_ITEMS} members"))
                );
            }
            let value = members.next_value_seed(inside).map_err(self.below(Step::Member(&name)))?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
