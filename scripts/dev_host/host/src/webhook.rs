//! The Event Grid endpoint of the blob extension: `POST /runtime/webhooks/blobs`.

use crate::blob::{BlobFunction, notify};
use crate::body::{Body, json, status};
use crate::host::Shared;
use crate::log::Level;
use crate::uri::merged_query;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::Value;

/// Answers everything below `/runtime/`; only the blob extension lives there.
pub(crate) async fn handle(shared: &Shared, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().trim_end_matches('/').to_lowercase();
    if path != "/runtime/webhooks/blobs" || request.method() != Method::POST {
        return status(StatusCode::NOT_FOUND);
    }
    if shared.options.auth && !shared.options.keys.admit_event(&request) {
        return status(StatusCode::UNAUTHORIZED);
    }
    let query = merged_query(request.uri().query().unwrap_or_default());
    let named = query.iter().find(|(name, _)| name.eq_ignore_ascii_case("functionName"));
    let target = named.and_then(|(_, id)| {
        shared.blob_functions.iter().find(|target| target.event_grid && target.id().eq_ignore_ascii_case(id))
    });
    let Some(target) = target else { return status(StatusCode::NOT_FOUND) };
    let kind =
        request.headers().get("aeg-event-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.to_lowercase();
    let Ok(body) = Limited::new(request.into_body(), shared.body_limit).collect().await else {
        return status(StatusCode::BAD_REQUEST);
    };
    let events: Value = serde_json::from_slice(&body.to_bytes()).unwrap_or_default();
    let events = match events {
        Value::Array(events) => events,
        single => vec![single],
    };
    match kind.as_str() {
        "subscriptionvalidation" => {
            match events.first().and_then(|event| event["data"]["validationCode"].as_str()) {
                Some(code) => json(StatusCode::OK, &serde_json::json!({"validationResponse": code})),
                None => status(StatusCode::BAD_REQUEST),
            }
        }
        "notification" => accept(shared, target, &events).await,
        "unsubscribe" => status(StatusCode::ACCEPTED),
        _ => status(StatusCode::BAD_REQUEST),
    }
}

/// Queues each event as it is: no filter by type, path or ETag.
async fn accept(shared: &Shared, target: &BlobFunction, events: &[Value]) -> Response<Body> {
    for event in events {
        let data = &event["data"];
        let Some(blob) = data["url"].as_str().and_then(|url| blob_name(shared, target, url)) else {
            return status(StatusCode::BAD_REQUEST);
        };
        let etag = data["eTag"].as_str().unwrap_or_default();
        let kind = data["blobType"].as_str().unwrap_or("BlockBlob");
        if let Err(error) = notify(shared, target, &blob, etag, kind).await {
            shared.log.write(Level::Error, "Host.Blobs", format!("An event cannot be queued: {error}"));
            return status(StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
    status(StatusCode::ACCEPTED)
}

/// The blob's name in its container: the URL's path without the account (of an emulator) and the container.
fn blob_name(shared: &Shared, target: &BlobFunction, url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let path = crate::uri::decode_path(url.path()).into_owned();
    let account = shared.storage.account(&target.connection).ok()?;
    let base = account.blobs().url().path().trim_end_matches('/').to_owned();
    let inside = path.strip_prefix(&base).unwrap_or(&path).trim_start_matches('/');
    let (_container, blob) = inside.split_once('/')?;
    Some(blob.replace("%2F", "/"))
}
