//! What producers send.

use axum::body::{Body, Bytes};
use std::collections::BTreeMap;
use std::path::Path;

/// An upload in the making.
#[derive(Debug, Clone)]
pub struct Upload {
    pub path: &'static str,
    pub headers: BTreeMap<String, String>,
    pub body: Bytes,
    streamed: bool,
}

/// A list type's valid example.
pub fn sample(list_type: &str) -> String {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/examples").join(format!("{list_type}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A list of a type, with our example as its content.
pub fn list(list_type: &str, provenance: &str) -> Upload {
    Upload { path: "/publication", headers: BTreeMap::new(), body: sample(list_type).into(), streamed: false }
        .with("x-provenance", provenance)
        .with("x-type", "LIST")
        .with("x-list-type", list_type)
        .with("x-court-id", "101")
        .with("x-sensitivity", "PUBLIC")
        .with("x-language", "ENGLISH")
        .with("x-content-date", "2026-01-05T00:00:00Z")
        .with("x-display-from", "2026-01-05T00:00:00Z")
        .with("x-display-to", "2026-01-07T00:00:00Z")
        .with("content-type", "application/json")
}

/// A civil list of Oxford for Monday 5 January 2026, shown on that day and the next.
pub fn civil_daily_cause_list() -> Upload {
    list("CIVIL_DAILY_CAUSE_LIST", "SNL")
}

/// A file of any list type.
pub fn flat_file(name: &str, bytes: &[u8]) -> Upload {
    civil_daily_cause_list().file(name, bytes)
}

/// A live case status of Oxford.
pub fn live_case_status() -> Upload {
    civil_daily_cause_list()
        .with("x-type", "LCSU")
        .with("x-provenance", "PDDA")
        .without("x-list-type")
        .body(include_bytes!("../fixtures/live-case-status.json").as_slice())
}

impl Upload {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// For the court the producer knows by this id.
    pub fn for_court(self, id: &str) -> Self {
        self.with("x-court-id", id)
    }

    pub fn of_sensitivity(self, sensitivity: &str) -> Self {
        self.with("x-sensitivity", sensitivity)
    }

    /// Shown from one instant to another.
    pub fn shown(self, from: &str, to: &str) -> Self {
        self.with("x-display-from", from).with("x-display-to", to)
    }

    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// An amendment: the same list with one text in place of another.
    #[track_caller]
    pub fn amended(self, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.body.to_vec()).expect("text");
        assert!(text.contains(from), "the list does not say {from}");
        self.body(text.replace(from, to))
    }

    /// The n-th amendment of the list.
    pub fn numbered(self, number: usize) -> Self {
        self.amended(
            "Ashdown Lettings Limited v Quill",
            &format!("Ashdown Lettings Limited v Quill {number}"),
        )
    }

    /// A file in the place of the list.
    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        self.form_file("file", name, bytes)
    }

    /// A form with one file.
    pub fn form_file(self, part: &str, name: &str, bytes: &[u8]) -> Self {
        let mut form = format!(
            "--edge-of-the-form\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        form.extend_from_slice(bytes);
        form.extend_from_slice(b"\r\n--edge-of-the-form--\r\n");
        self.with("content-type", "multipart/form-data; boundary=edge-of-the-form").body(form)
    }

    /// To another operation.
    pub fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// Without a Content-Length, in small pieces.
    pub fn streamed(mut self) -> Self {
        self.streamed = true;
        self
    }

    pub fn to_body(&self) -> Body {
        if !self.streamed {
            return Body::from(self.body.clone());
        }
        let pieces: Vec<_> = self
            .body
            .chunks(64 * 1024)
            .map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)))
            .collect();
        Body::from_stream(futures::stream::iter(pieces))
    }
}
