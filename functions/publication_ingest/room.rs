//! Room for large uploads: small bodies are received at once, larger ones wait until there is memory for them.

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
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

/// The room one upload takes up; given back when dropped.
pub(crate) struct Room {
    app: App,
    size: usize,
    permit: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for a body as large as it says it is. A body that does not say takes room once it turns out to be large, but
    /// for forms, which do at once.
    ///
    /// # Errors
    /// 503 when other uploads have not made room in time.
    pub(crate) async fn of(app: &App, headers: &HeaderMap) -> Result<Self, Problem> {
        let form = headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"multipart/"));
        let limits = &app.settings.limits;
        let most = if form { limits.file } else { limits.json } + AROUND;
        let announced =
            headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let mut room = Self { app: app.clone(), size: announced.unwrap_or(most).min(most), permit: None };
        if (announced.is_some() || form) && room.size > SMALL {
            room.take().await?;
        }
        Ok(room)
    }

    async fn take(&mut self) -> Result<(), Problem> {
        if self.permit.is_some() {
            return Ok(());
        }
        let room = Arc::clone(&self.app.upload_room).acquire_many_owned(kib(self.size));
        match tokio::time::timeout(PATIENCE, room).await {
            Ok(Ok(permit)) => self.permit = Some(permit),
            _ => {
                return Err(Problem::unavailable(&std::io::Error::other(
                    "there is no room for another large upload",
                )));
            }
        }
        Ok(())
    }

    /// Gives back what a body of this size does not need.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        if bytes <= SMALL {
            self.permit = None;
        } else if let Some(permit) = &mut self.permit {
            drop(permit.split(permit.num_permits().saturating_sub(kib(bytes) as usize)));
        }
    }

    /// A whole body within a limit, kept as it streams in; one byte more and the rest is not read.
    ///
    /// # Errors
    /// 413 for more than the limit; 400 when it breaks off; 503 when there is no room.
    pub(crate) async fn collect(&mut self, body: Body, limit: usize) -> Result<Bytes, Problem> {
        let mut body = Limited::new(body, limit);
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| match error.is::<LengthLimitError>() {
                true => Problem::too_large(limit),
                false => Problem::invalid("The request's body ended before it was complete.", Vec::new()),
            })?;
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > SMALL {
                self.take().await?;
            }
            bytes.extend_from_slice(&data);
        }
        Ok(bytes.into())
    }
}

fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).min(runtime::app::UPLOAD_ROOM_KIB)
}

/// Waits for a body, but not for ever.
///
/// # Errors
/// 400 when it has not arrived in time; otherwise what receiving it met.
pub(crate) async fn in_time<T>(receiving: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    let late = || Problem::invalid("The request's body did not arrive in time.", Vec::new());
    tokio::time::timeout(ARRIVAL, receiving).await.unwrap_or_else(|_| Err(late()))
}
