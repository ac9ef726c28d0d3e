//! What one core needs for a list by itself: reading it and writing its surfaces, without any server.

use crate::options::Options;
use crate::payload::Template;
use crate::report::{Report, Target, median};
use anyhow::{Context as _, Result};
use domain::civil::Tongue;
use domain::{Language, Provenance};
use lists::document::Bilingual;
use lists::search::SearchRow;
use lists::{Context, ListDocument, ListType};
use serde_json::Value;
use std::hint::black_box;
use std::time::Instant;

/// The facts beside the payload.
///
/// # Panics
/// Never: the dates are fixed ones.
#[must_use]
pub fn context(list_type: &ListType) -> Context<'_> {
    Context {
        list_type,
        location_name: Bilingual::new("Measured Court", "Llys Mesuredig"),
        region: Bilingual::new("South East", "De-ddwyrain Lloegr"),
        content_date: "2030-01-07".parse().expect("a fixed date"),
        language: Language::English,
        provenance: Provenance::Snl,
        last_received: "2030-01-06T17:15:00Z".parse().expect("a fixed instant"),
    }
}

/// The search rows of a template's list number 0.
///
/// # Panics
/// When the template is not a valid list; a test validates each.
#[must_use]
pub fn search_rows(template: &Template) -> Vec<SearchRow> {
    let (_, _, document) = read(template).expect("templates are valid lists");
    lists::search::rows(&document)
}

fn read(template: &Template) -> Result<(&'static ListType, Value, ListDocument)> {
    let list_type = lists::registry().get(template.list_type).context("an unknown list type")?;
    let payload = lists::validate::validate(list_type, &template.numbered(0));
    let payload = payload.map_err(|faults| anyhow::anyhow!("the list is refused: {faults:?}"))?;
    let document = lists::read(&payload, &context(list_type))?;
    Ok((list_type, payload, document))
}

/// Measures, and reports the medians in milliseconds.
///
/// # Errors
/// When a list is refused or a surface cannot be written.
pub fn measure(options: &Options, report: &mut Report) -> Result<()> {
    let (hundreds, large) = (Template::civil_and_family(200), Template::civil_and_family(800));
    let (list_type, payload, document) = read(&hundreds)?;
    let (layout, context) = (lists::layout(list_type), context(list_type));
    let (bytes, large_bytes) = (hundreds.numbered(1), large.numbered(1));
    let times = options.repetitions;
    let mut line = |what: &str, limit: Option<f64>, milliseconds: f64| {
        let target = limit.map(|limit| Target::new(format!("under {limit} ms"), milliseconds < limit));
        report.line(what, format!("{milliseconds:.2} ms"), target);
    };
    let validate = |bytes: &[u8]| lists::validate::validate(list_type, bytes).is_ok();
    line("validate 200 cases", Some(5.0), timed(times, || validate(&bytes)));
    let large_label = format!("validate {:.1} MB", large.size() as f64 / 1e6);
    line(&large_label, Some(50.0), timed(times, || validate(&large_bytes)));
    line("read 200 cases", None, timed(times, || lists::read(&payload, &context).is_ok()));
    line("search rows of 200 cases", None, timed(times, || lists::search::rows(&document).len()));
    let html = || surfaces::html::fragment(&document, layout, Tongue::En).len();
    line("HTML of 200 cases", None, timed(times, html));
    let pdf = || surfaces::pdf::write(&document, layout, Tongue::En);
    let size = pdf()?.len();
    line("PDF of 200 cases", Some(300.0), timed(times.min(15), || pdf().is_ok()));
    let xlsx = || surfaces::xlsx::write(&document, layout, Tongue::En);
    let book = xlsx()?.len();
    line("XLSX of 200 cases", None, timed(times.min(15), || xlsx().is_ok()));
    report.note(&format!("The PDF has {} KB, the workbook {} KB.", size / 1000, book / 1000));
    Ok(())
}

/// The median of so many repetitions, in milliseconds, after one that is not counted.
fn timed<T>(times: usize, mut work: impl FnMut() -> T) -> f64 {
    black_box(work());
    let mut once = || {
        let started = Instant::now();
        black_box(work());
        started.elapsed().as_secs_f64() * 1000.0
    };
    median((0..times.max(1)).map(|_| once()).collect())
}
