//! Room for large uploads: small bodies are received at once, larger ones wait until there is memory for them.

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use runtime::{App, Problem};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Bodies up to this size never wait.
const SMALL: usize = 64 * 1024;
/// How long a large upload waits for room before its sender is asked to come back.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a body may take to arrive: a sender that has fallen silent does not keep the room for ever.
const ARRIVAL: Duration = Duration::from_secs(60);
/// What a form is larger than its file.
const AROUND: usize = 64 * 1024;

/// Takes room for a body as large as it says it is, or as large as it may be; given back when dropped.
///
/// # Errors
/// 503 when other uploads have not made room in time.
pub(crate) async fn take(app: &App, headers: &HeaderMap) -> Result<Option<OwnedSemaphorePermit>, Problem> {
    let form = headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"multipart/"));
    let limits = &app.settings.limits;
    let most = if form { limits.file } else { limits.json } + AROUND;
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let size = announced.unwrap_or(most).min(most);
    if size <= SMALL {
        return Ok(None);
    }
    let kib = u32::try_from(size.div_ceil(1024)).unwrap_or(u32::MAX).min(runtime::app::UPLOAD_ROOM_KIB);
    let room = Arc::clone(&app.upload_room).acquire_many_owned(kib);
    match tokio::time::timeout(PATIENCE, room).await {
        Ok(Ok(room)) => Ok(Some(room)),
        _ => Err(Problem::unavailable(&std::io::Error::other("there is no room for another large upload"))),
    }
}

/// Waits for a body, but not for ever.
///
/// # Errors
/// 400 when it has not arrived in time; otherwise what receiving it met.
pub(crate) async fn in_time<T>(receiving: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    let late = || Problem::invalid("The request's body did not arrive in time.", Vec::new());
    tokio::time::timeout(ARRIVAL, receiving).await.unwrap_or_else(|_| Err(late()))
}
