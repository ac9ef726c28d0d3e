//! The requests: what a producer sends and what a reader asks for.

use crate::courts::{identity, snl_id};
use crate::load::{Demand, Maker, once};
use crate::payload::Template;
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use chrono::{Days, NaiveDate, Utc};
use http_body_util::Full;
use hyper::{Request, StatusCode};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// Numbers the lists of a run, so that no list is published twice.
#[derive(Debug, Clone, Default)]
pub struct Numbers(Arc<AtomicU32>);

impl Numbers {
    /// A number nobody has.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// `GET path`, answered with 200.
#[must_use]
pub fn get(address: SocketAddr, path: String) -> Demand {
    let maker: Maker = Arc::new(move || of(Request::get(path.as_str()), Bytes::new()));
    Demand { address, maker, expected: StatusCode::OK }
}

/// The same as a browser asks for it: compressed, if that can be had.
#[must_use]
pub fn browse(address: SocketAddr, path: String) -> Demand {
    let request = move || Request::get(path.as_str()).header("accept-encoding", "gzip, deflate, br");
    let maker: Maker = Arc::new(move || of(request(), Bytes::new()));
    Demand { address, maker, expected: StatusCode::OK }
}

/// The list with the next number, posted to the floor.
#[must_use]
pub fn post_to_floor(address: SocketAddr, template: &Template) -> Demand {
    let (template, numbers) = (template.clone(), Numbers::default());
    let maker: Maker = Arc::new(move || of(Request::post("/publication"), template.numbered(numbers.next())));
    Demand { address, maker, expected: StatusCode::OK }
}

/// The list with the next number, published: each time another list of another court or date.
#[must_use]
pub fn publish(address: SocketAddr, template: &Template, token: &str, numbers: &Numbers) -> Demand {
    let (template, token, numbers) = (template.clone(), token.to_owned(), numbers.clone());
    let maker: Maker = Arc::new(move || {
        let number = numbers.next();
        let (court, date) = identity(number);
        publication(&template, &token, number, court, date)
    });
    Demand { address, maker, expected: StatusCode::CREATED }
}

/// The list with the next number, published: each time as one more version of the same publication.
#[must_use]
pub fn amend(address: SocketAddr, template: &Template, token: &str, court: u32, date: NaiveDate) -> Demand {
    let (template, token, numbers) = (template.clone(), token.to_owned(), Numbers::default());
    let maker: Maker = Arc::new(move || publication(&template, &token, numbers.next(), court, date));
    Demand { address, maker, expected: StatusCode::CREATED }
}

/// Publishes one list, and gives the publication's id.
///
/// # Errors
/// When it is refused.
pub async fn publish_one(
    address: SocketAddr,
    template: &Template,
    token: &str,
    number: u32,
    court: u32,
    date: NaiveDate,
) -> Result<Uuid> {
    let (status, body) = once(address, publication(template, token, number, court, date)).await?;
    if status != StatusCode::CREATED {
        bail!("a list was answered with {status}: {}", String::from_utf8_lossy(&body));
    }
    let answer: Value = serde_json::from_slice(&body)?;
    let id = answer["artefactId"].as_str().context("the answer has no artefactId")?;
    Ok(id.parse()?)
}

fn publication(
    template: &Template,
    token: &str,
    number: u32,
    court: u32,
    date: NaiveDate,
) -> Request<Full<Bytes>> {
    let today = Utc::now().date_naive();
    let ends = today.checked_add_days(Days::new(7)).unwrap_or(today);
    let request = Request::post("/publication")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("x-provenance", "SNL")
        .header("x-type", "LIST")
        .header("x-list-type", template.list_type)
        .header("x-court-id", snl_id(court).to_string())
        .header("x-sensitivity", "PUBLIC")
        .header("x-language", "ENGLISH")
        .header("x-source-artefact-id", format!("bench-{number}"))
        .header("x-content-date", format!("{date}T00:00:00Z"))
        .header("x-display-from", format!("{today}T00:00:00Z"))
        .header("x-display-to", format!("{ends}T23:59:00Z"));
    of(request, template.numbered(number))
}

fn of(request: hyper::http::request::Builder, body: Bytes) -> Request<Full<Bytes>> {
    request.body(Full::new(body)).expect("paths, header names and values here are well-formed")
}
