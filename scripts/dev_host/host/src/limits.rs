//! Limits on requests: the size of a body, and how many may be under way.

use crate::body::{Body, BodyError, status};
use crate::host_json::HttpConfig;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode, header};
use std::error::Error;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The default of FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, in bytes.
pub(crate) const DEFAULT_BODY_LIMIT: usize = 104_857_600;

/// Counts requests under way.
pub(crate) struct Gate {
    outstanding: Option<Arc<Semaphore>>,
    concurrent: Option<Arc<Semaphore>>,
}

/// Leave to proceed; given back when dropped.
pub(crate) struct Pass {
    _outstanding: Option<OwnedSemaphorePermit>,
    _concurrent: Option<OwnedSemaphorePermit>,
}

impl Gate {
    pub(crate) fn new(config: &HttpConfig) -> Self {
        let semaphore = |limit: Option<usize>| limit.map(|limit| Arc::new(Semaphore::new(limit)));
        Self { outstanding: semaphore(config.max_outstanding), concurrent: semaphore(config.max_concurrent) }
    }

    /// Waits for a place among the concurrent; `None` (429) when too many are outstanding.
    pub(crate) async fn enter(&self) -> Option<Pass> {
        let outstanding = match &self.outstanding {
            Some(places) => Some(Arc::clone(places).try_acquire_owned().ok()?),
            None => None,
        };
        let concurrent = match &self.concurrent {
            Some(places) => Some(Arc::clone(places).acquire_owned().await.ok()?),
            None => None,
        };
        Some(Pass { _outstanding: outstanding, _concurrent: concurrent })
    }
}

/// 413 for a request that announces more than the limit.
pub(crate) fn refuse_announced(request: &Request<Incoming>, limit: usize) -> Option<Response<Body>> {
    let length: usize = request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()?;
    (length > limit).then(|| status(StatusCode::PAYLOAD_TOO_LARGE))
}

/// The body, which fails once it exceeds the limit.
pub(crate) fn limited(body: Incoming, limit: usize) -> Body {
    Limited::new(body, limit).map_err(|error: BodyError| error).boxed_unsync()
}

/// Whether an error, or what caused it, is the exceeded limit.
pub(crate) fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let mut current = Some(error);
    while let Some(error) = current {
        if error.is::<LengthLimitError>() {
            return true;
        }
        current = error.source();
    }
    false
}
