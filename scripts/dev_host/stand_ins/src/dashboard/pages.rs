//! The dashboard's pages.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Dashboard, Parts};
use crate::held;
use crate::notify::Mail;

/// How many mails the first page shows.
const SHOWN_MAILS: usize = 100;

/// A mail in the list.
#[derive(Serialize)]
struct MailRow {
    id: Uuid,
    address: String,
    subject: String,
    reference: Option<String>,
    status: &'static str,
    time: String,
    files: Vec<FileLink>,
}

/// A file to download.
#[derive(Serialize)]
struct FileLink {
    name: String,
    url: String,
    kilobytes: usize,
}

/// A stand-in with its faults.
#[derive(Serialize)]
struct FaultRow {
    stand_in: &'static str,
    kinds: Vec<String>,
    active: Vec<String>,
}

/// The page with everything on it.
pub(super) async fn home(State(dashboard): State<Dashboard>, headers: HeaderMap) -> Response {
    let parts = &*dashboard.0;
    let mails = parts.notify.sent();
    let rows: Vec<MailRow> = mails.iter().rev().take(SHOWN_MAILS).map(MailRow::of).collect();
    let clients: Vec<&str> = parts
        .identity
        .iter()
        .flat_map(|identity| identity.tenants())
        .flat_map(|tenant| &tenant.clients)
        .map(|client| client.id.as_str())
        .collect();
    // A page that renews itself in the background must not use up what somebody is about to read.
    let notice = if headers.contains_key("x-refresh") { None } else { held(&parts.notice).take() };
    render(
        parts,
        StatusCode::OK,
        "home.html",
        json!({
            "title": "Stand-ins",
            "notice": notice,
            "mails": rows,
            "mail_count": mails.len(),
            "clients": clients,
            "functions": parts.functions.list().await,
            "containers": parts.containers.list().await,
            "screens": parts.screens.list().await,
            "faults": fault_rows(parts),
            "secrets": parts.key_vault.names(),
            "notify_url": parts.notify.url(),
            "key_vault_url": parts.key_vault.url(),
            "issuer_url": parts.issuer.v2_issuer(),
        }),
    )
}

/// One mail in full.
pub(super) async fn mail(State(dashboard): State<Dashboard>, Path(id): Path<String>) -> Response {
    let parts = &*dashboard.0;
    let found = Uuid::parse_str(&id).ok().and_then(|id| parts.notify.mail(id));
    let Some(mail) = found else { return problem(parts, StatusCode::NOT_FOUND, "There is no such mail.") };
    let personalisation: Vec<(String, String)> =
        mail.personalisation.iter().map(|(name, value)| (name.clone(), as_text(value))).collect();
    render(
        parts,
        StatusCode::OK,
        "mail.html",
        json!({
            "title": if mail.subject.is_empty() { "A mail" } else { mail.subject.as_str() },
            "mail": MailRow::of(&mail),
            "body": mail.body,
            "template": mail.template,
            "version": mail.template_version,
            "unsubscribe_url": mail.unsubscribe_url,
            "personalisation": personalisation,
        }),
    )
}

/// A page that says what went wrong.
pub(super) fn problem(parts: &Parts, status: StatusCode, text: &str) -> Response {
    render(
        parts,
        status,
        "problem.html",
        json!({
            "title": "That did not work",
            "text": text,
        }),
    )
}

/// Renders a template; each is rendered by a test.
pub(super) fn render(parts: &Parts, status: StatusCode, name: &str, values: Value) -> Response {
    let page = parts
        .templates
        .get_template(name)
        .and_then(|template| template.render(minijinja::value::Serde(values)));
    match page {
        Ok(page) => (status, Html(page)).into_response(),
        Err(error) => {
            tracing::error!(%error, name, "a page of the dashboard cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn fault_rows(parts: &Parts) -> Vec<FaultRow> {
    let row = |(stand_in, board): (&'static str, &dyn crate::faults::Board)| FaultRow {
        stand_in,
        kinds: board.kinds(),
        active: board.shown().as_array().into_iter().flatten().map(described).collect(),
    };
    parts.boards().into_iter().map(row).collect()
}

/// A fault in words.
fn described(fault: &Value) -> String {
    let mut words = as_text(&fault["kind"]);
    if let Some(times) = fault["times"].as_u64() {
        words += &format!(", {times} times");
    }
    if let Some(probability) = fault["probability"].as_f64() {
        words += &format!(", with probability {probability}");
    }
    if let Some(milliseconds) = fault["milliseconds"].as_u64() {
        words += &format!(", {milliseconds} ms");
    }
    words
}

impl MailRow {
    fn of(mail: &Mail) -> Self {
        let file = |(index, file): (usize, &crate::notify::File)| FileLink {
            name: file.name.clone(),
            url: format!("/outbox/{}/files/{index}", mail.id),
            kilobytes: file.bytes.len().div_ceil(1024),
        };
        Self {
            id: mail.id,
            address: mail.address.clone(),
            subject: mail.subject.clone(),
            reference: mail.reference.clone(),
            status: mail.status.name(),
            time: mail.accepted_at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
            files: mail.files.iter().enumerate().map(file).collect(),
        }
    }
}
