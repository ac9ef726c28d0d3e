//! The dashboard's data as JSON, for scripts and tests that run in another process.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Dashboard;
use crate::identity::TokenError;
use crate::notify::{File, Mail};
use crate::outside::OutsideError;

/// Every mail with its files, oldest first.
pub(super) async fn outbox(State(dashboard): State<Dashboard>) -> Json<Vec<Value>> {
    Json(dashboard.0.notify.sent().iter().map(as_json).collect())
}

fn as_json(mail: &Mail) -> Value {
    let files: Vec<Value> = mail
        .files
        .iter()
        .map(|file| {
            json!({
                "name": file.name, "field": file.field, "content_type": file.content_type,
                "base64": BASE64_STANDARD.encode(&file.bytes),
            })
        })
        .collect();
    json!({
        "id": mail.id, "address": mail.address, "reference": mail.reference, "template": mail.template,
        "subject": mail.subject, "body": mail.body, "personalisation": mail.personalisation, "files": files,
        "unsubscribe_url": mail.unsubscribe_url, "status": mail.status, "time": mail.accepted_at,
    })
}

/// Forgets every mail.
pub(super) async fn clear_outbox(State(dashboard): State<Dashboard>) -> Response {
    match dashboard.0.notify.clear() {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// One file of a mail, as a download.
pub(super) async fn file(
    State(dashboard): State<Dashboard>,
    Path((id, index)): Path<(Uuid, usize)>,
) -> Response {
    let mail = dashboard.0.notify.mail(id);
    match mail.as_ref().and_then(|mail| mail.files.get(index)) {
        Some(file) => download(file),
        None => problem(StatusCode::NOT_FOUND, "there is no such file"),
    }
}

fn download(file: &File) -> Response {
    let name: String = file
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' })
        .collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, file.content_type.clone()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, file.bytes.clone()).into_response()
}

/// Runs a function now.
pub(super) async fn fire(State(dashboard): State<Dashboard>, Path(name): Path<String>) -> Response {
    match dashboard.0.functions.fire(&name).await {
        Ok(report) => Json(json!({ "function": name, "report": report })).into_response(),
        Err(error @ OutsideError::Unknown(_)) => problem(StatusCode::NOT_FOUND, &error.to_string()),
        Err(error) => problem(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

/// What every stand-in can do wrong and does wrong now.
pub(super) async fn faults(State(dashboard): State<Dashboard>) -> Json<Value> {
    let all: Map<String, Value> = dashboard
        .0
        .boards()
        .into_iter()
        .map(|(name, board)| (name.to_owned(), json!({ "active": board.shown(), "kinds": board.kinds() })))
        .collect();
    Json(Value::Object(all))
}

/// Switches a fault on; the kind "none" switches all of that stand-in off.
pub(super) async fn switch_fault(
    State(dashboard): State<Dashboard>,
    Path(stand_in): Path<String>,
    body: Bytes,
) -> Response {
    let Some(board) = dashboard.0.board(&stand_in) else { return no_such_stand_in() };
    let fault: Value = match serde_json::from_slice(&body) {
        Ok(fault) => fault,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    if fault["kind"] == "none" {
        board.switch_off();
    } else if let Err(error) = board.add_json(fault) {
        return problem(StatusCode::BAD_REQUEST, &error.to_string());
    }
    Json(json!({ "active": board.shown() })).into_response()
}

/// Switches every fault of one stand-in off.
pub(super) async fn heal(State(dashboard): State<Dashboard>, Path(stand_in): Path<String>) -> Response {
    let Some(board) = dashboard.0.board(&stand_in) else { return no_such_stand_in() };
    board.switch_off();
    StatusCode::NO_CONTENT.into_response()
}

/// Switches every fault off.
pub(super) async fn heal_all(State(dashboard): State<Dashboard>) -> StatusCode {
    dashboard.0.boards().into_iter().for_each(|(_, board)| board.switch_off());
    StatusCode::NO_CONTENT
}

/// The court screens.
pub(super) async fn screens(State(dashboard): State<Dashboard>) -> Response {
    Json(dashboard.0.screens.list().await).into_response()
}

/// Has tokens signed with new keys from now on.
pub(super) async fn rotate_keys(State(dashboard): State<Dashboard>) -> Response {
    done(dashboard.0.rotate_keys().await)
}

/// Stops publishing the keys of before the last rotation.
pub(super) async fn withdraw_old_keys(State(dashboard): State<Dashboard>) -> Response {
    done(dashboard.0.withdraw_old_keys().await)
}

fn done(result: Result<(), TokenError>) -> Response {
    match result {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => problem(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

fn no_such_stand_in() -> Response {
    problem(StatusCode::NOT_FOUND, "there is no such stand-in")
}

fn problem(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "status": status.as_u16(), "detail": detail }))).into_response()
}
