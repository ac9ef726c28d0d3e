//! The dashboard's buttons: each does one thing, notes what came of it and goes back to the page.

use axum::extract::{Form, Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Dashboard, Parts, pages};
use crate::held;

#[derive(Deserialize)]
pub(super) struct FireForm {
    function: String,
}

/// Runs a function.
pub(super) async fn fire(State(dashboard): State<Dashboard>, Form(form): Form<FireForm>) -> Response {
    match dashboard.0.functions.fire(&form.function).await {
        Ok(report) => back(&dashboard.0, format!("{} ran: {report}", form.function)),
        Err(error) => back(&dashboard.0, format!("{} did not run: {error}", form.function)),
    }
}

/// Stores a file in a container.
pub(super) async fn drop_file(State(dashboard): State<Dashboard>, form: Multipart) -> Response {
    let parts = &*dashboard.0;
    let (container, name, bytes) = match read_drop(form).await {
        Ok(Some(dropped)) => dropped,
        Ok(None) => return pages::problem(parts, StatusCode::BAD_REQUEST, "Choose a container and a file."),
        Err(error) => return pages::problem(parts, StatusCode::BAD_REQUEST, &error.to_string()),
    };
    match parts.containers.drop_file(&container, &name, bytes).await {
        Ok(()) => back(parts, format!("{name} was stored in {container}")),
        Err(error) => back(parts, format!("{name} was not stored: {error}")),
    }
}

/// The container, the file's name and its content.
async fn read_drop(
    mut form: Multipart,
) -> Result<Option<(String, String, Bytes)>, axum::extract::multipart::MultipartError> {
    let (mut container, mut name, mut file) = (String::new(), String::new(), None);
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("container") => container = field.text().await?,
            Some("file") => {
                field.file_name().unwrap_or_default().clone_into(&mut name);
                file = Some(field.bytes().await?);
            }
            _ => {}
        }
    }
    Ok(file.filter(|_| !container.is_empty() && !name.is_empty()).map(|bytes| (container, name, bytes)))
}

#[derive(Deserialize)]
pub(super) struct TokenForm {
    client: String,
}

/// Shows a token of a client, ready to paste.
pub(super) async fn issue_token(State(dashboard): State<Dashboard>, Form(form): Form<TokenForm>) -> Response {
    let parts = &*dashboard.0;
    let Some(identity) = &parts.identity else {
        return pages::problem(parts, StatusCode::NOT_FOUND, "The identity provider was not started.");
    };
    let token = match identity.token(&form.client).await {
        Ok(token) => token,
        Err(error) => return pages::problem(parts, StatusCode::BAD_GATEWAY, &error.to_string()),
    };
    let Some((tenant, client)) = identity.client(&form.client) else {
        return pages::problem(parts, StatusCode::NOT_FOUND, "There is no such client.");
    };
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(&token).unwrap_or_default();
    pages::render(
        parts,
        StatusCode::OK,
        "token.html",
        json!({
            "title": format!("A token for {}", client.id),
            "token": token,
            "client": client,
            "api_url": parts.api_url,
            "token_url": identity.token_url(&tenant.id),
            "claims": serde_json::to_string_pretty(&claims).unwrap_or_default(),
        }),
    )
}

#[derive(Deserialize)]
pub(super) struct FaultForm {
    stand_in: String,
    kind: String,
    #[serde(default)]
    times: String,
    #[serde(default)]
    probability: String,
    #[serde(default)]
    milliseconds: String,
}

/// Switches a fault on; empty fields are as if they were not there.
pub(super) async fn switch_fault(
    State(dashboard): State<Dashboard>,
    Form(form): Form<FaultForm>,
) -> Response {
    let parts = &*dashboard.0;
    let Some(board) = parts.board(&form.stand_in) else {
        return pages::problem(parts, StatusCode::NOT_FOUND, "There is no such stand-in.");
    };
    let mut fault = json!({ "kind": form.kind });
    for (name, text) in
        [("times", &form.times), ("probability", &form.probability), ("milliseconds", &form.milliseconds)]
    {
        if !text.trim().is_empty() {
            fault[name] = serde_json::from_str(text.trim()).unwrap_or(Value::Bool(false));
        }
    }
    match board.add_json(fault) {
        Ok(()) => back(parts, format!("{} now has the fault {}", form.stand_in, form.kind)),
        Err(error) => pages::problem(parts, StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

/// Switches every fault off.
pub(super) async fn heal(State(dashboard): State<Dashboard>) -> Response {
    dashboard.0.boards().into_iter().for_each(|(_, board)| board.switch_off());
    back(&dashboard.0, "every fault is switched off".to_owned())
}

#[derive(Deserialize)]
pub(super) struct SecretForm {
    name: String,
    value: String,
}

/// Sets a secret.
pub(super) async fn set_secret(State(dashboard): State<Dashboard>, Form(form): Form<SecretForm>) -> Response {
    let parts = &*dashboard.0;
    let is_name =
        !form.name.is_empty() && form.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_name {
        let text = "A secret's name is made of letters, digits and dashes.";
        return pages::problem(parts, StatusCode::BAD_REQUEST, text);
    }
    parts.key_vault.set(&form.name, &form.value);
    back(parts, format!("the secret {} has a new version", form.name))
}

/// Has the identity provider and the issuer sign with new keys.
pub(super) async fn rotate_keys(State(dashboard): State<Dashboard>) -> Response {
    let parts = &*dashboard.0;
    if let Err(error) = parts.rotate_keys().await {
        return pages::problem(parts, StatusCode::BAD_GATEWAY, &error.to_string());
    }
    back(parts, "tokens are signed with new keys from now on".to_owned())
}

/// Forgets every mail.
pub(super) async fn clear_outbox(State(dashboard): State<Dashboard>) -> Response {
    match dashboard.0.notify.clear() {
        Ok(()) => back(&dashboard.0, "the mails are forgotten".to_owned()),
        Err(error) => pages::problem(&dashboard.0, StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// Back to the page, which will say what happened.
fn back(parts: &Parts, notice: String) -> Response {
    *held(&parts.notice) = Some(notice);
    Redirect::to("/").into_response()
}
