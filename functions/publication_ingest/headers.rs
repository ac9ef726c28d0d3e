//! Request headers, read one by one: what is wrong with one does not hide what is wrong with the next, and a header that
//! is there twice means nothing.

use axum::http::HeaderMap;
use runtime::{Fault, Problem};
use std::fmt::Display;
use std::str::FromStr;

/// The longest header value that is taken: names and ids are far shorter.
const LONGEST: usize = 256;

/// The headers of a request, and the faults found in them so far.
pub(crate) struct Headers<'a> {
    headers: &'a HeaderMap,
    faults: Vec<Fault>,
}

impl<'a> Headers<'a> {
    /// No header read yet.
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        Self { headers, faults: Vec::new() }
    }

    /// What was read, if there was nothing wrong.
    ///
    /// # Errors
    /// 400 with every fault.
    pub(crate) fn finish<T>(self, read: Option<T>, detail: &'static str) -> Result<T, Problem> {
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ => Err(Problem::invalid(detail, self.faults)),
        }
    }

    /// Finds fault with a header.
    pub(super) fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(name, message));
    }

    /// A header's text, UTF-8; empty, if that is what it says.
    pub(super) fn stated(&mut self, name: &str) -> Option<String> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        let text = std::str::from_utf8(value.as_bytes()).map(str::trim);
        let fault = match text {
            _ if values.next().is_some() => "must be sent once".to_owned(),
            Err(_) => "must be UTF-8 text".to_owned(),
            Ok(text) if text.len() > LONGEST || text.chars().any(char::is_control) => {
                format!("must be at most {LONGEST} bytes of text without control characters")
            }
            Ok(text) => return Some(text.to_owned()),
        };
        self.fault(name, fault);
        None
    }

    /// A header's text; absent and empty are the same.
    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        self.stated(name).filter(|text| !text.is_empty())
    }

    /// A header's text, which must be there.
    pub(super) fn required(&mut self, name: &str) -> Option<String> {
        let before = self.faults.len();
        let text = self.optional(name);
        if text.is_none() && self.faults.len() == before {
            self.fault(name, "is missing");
        }
        text
    }

    /// A word of a fixed vocabulary, which must be there.
    pub(super) fn word<W: FromStr<Err: Display>>(&mut self, name: &str) -> Option<W> {
        let text = self.required(name);
        self.read(name, text, str::parse)
    }

    /// A header's text, read; a fault if it cannot be.
    pub(super) fn read<T, E: Display>(
        &mut self,
        name: &str,
        text: Option<String>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        read(&text?).map_err(|error| self.fault(name, error.to_string())).ok()
    }
}
