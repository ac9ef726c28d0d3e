//! Forms, read part by part within their limits.

use axum::body::{Body, Bytes};
use multer::{Constraints, Field, Multipart, SizeLimit};
use runtime::{Fault, Problem};
use std::collections::BTreeMap;

/// No file system takes a longer name.
const LONGEST_NAME: usize = 255;

/// A named part of a form: its file name and bytes.
pub(crate) async fn form_part(
    body: Body,
    boundary: String,
    part: &str,
    limit: usize,
) -> Result<(String, Bytes), Problem> {
    let mut form = opened(body, boundary, part, limit);
    while let Some(field) = form.next_field().await.map_err(|error| refused(&error, part, limit))? {
        if field.name() == Some(part) {
            return file(field, part, limit).await;
        }
    }
    Err(missing(part))
}

/// A form of one file, its part `file`, and of texts that describe it, by their names.
pub(crate) async fn described_file(
    body: Body,
    boundary: String,
    limit: usize,
) -> Result<(BTreeMap<String, String>, Option<(String, Bytes)>), Problem> {
    const FILE: &str = "file";
    let mut form = opened(body, boundary, FILE, limit);
    let (mut texts, mut sent) = (BTreeMap::new(), None);
    while let Some(field) = form.next_field().await.map_err(|error| refused(&error, FILE, limit))? {
        let name = field.name().unwrap_or_default().to_owned();
        let again = if name == FILE {
            sent.replace(file(field, FILE, limit).await?).is_some()
        } else {
            let bytes = field.bytes().await.map_err(|error| refused(&error, &name, limit))?;
            let text =
                String::from_utf8(bytes.into()).map_err(|_| unreadable(&name, "must be UTF-8 text"))?;
            texts.insert(name.clone(), text).is_some()
        };
        if again {
            return Err(unreadable(&name, "must be sent once"));
        }
    }
    Ok((texts, sent))
}

fn opened(body: Body, boundary: String, part: &str, limit: usize) -> Multipart<'static> {
    let sizes = SizeLimit::new().for_field(part, limit as u64).whole_stream(limit as u64 + 64 * 1024);
    Multipart::with_constraints(body.into_data_stream(), boundary, Constraints::new().size_limit(sizes))
}

async fn file(field: Field<'_>, part: &str, limit: usize) -> Result<(String, Bytes), Problem> {
    let name: String =
        field.file_name().unwrap_or_default().chars().filter(|letter| !letter.is_control()).collect();
    if name.len() > LONGEST_NAME {
        let fault = Fault::new(part, format!("must have a file name of at most {LONGEST_NAME} bytes"));
        return Err(Problem::invalid("The file's name is too long.", vec![fault]));
    }
    let bytes = field.bytes().await.map_err(|error| refused(&error, part, limit))?;
    if bytes.is_empty() {
        return Err(Problem::invalid("The file is empty.", vec![Fault::new(part, "is empty")]));
    }
    Ok((name, bytes))
}

fn refused(error: &multer::Error, part: &str, limit: usize) -> Problem {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            Problem::too_large(limit)
        }
        _ => unreadable(part, "is not a complete form part"),
    }
}

fn unreadable(part: &str, message: &'static str) -> Problem {
    Problem::invalid("The form could not be read.", vec![Fault::new(part, message)])
}

fn missing(part: &str) -> Problem {
    Problem::invalid("The form has no file.", vec![Fault::new(part, "is missing")])
}
