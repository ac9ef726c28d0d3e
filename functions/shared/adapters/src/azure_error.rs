//! One call to Azure storage: its time limit, and what the service meant by an error.

use azure_core::error::ErrorKind;
use azure_core::http::StatusCode;
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// What lies behind a failed call to storage.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The client library's report.
    #[error(transparent)]
    Azure(#[from] azure_core::Error),
    /// Nothing came back in time.
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// Metadata that cannot travel in an HTTP header.
    #[error("metadata {0} is not a plain name with a plain ASCII value")]
    Metadata(String),
}

/// The two ways a call fails: nobody answered, or somebody said no.
#[derive(Debug)]
pub(crate) enum Fault {
    Unavailable(Cause),
    Refused(Cause),
}

impl From<azure_core::Error> for Fault {
    fn from(error: azure_core::Error) -> Self {
        if is_transient(&error) { Self::Unavailable(error.into()) } else { Self::Refused(error.into()) }
    }
}

/// Runs one call with its time limit.
pub(crate) async fn within<T>(
    limit: Duration,
    call: impl Future<Output = Result<T, azure_core::Error>>,
) -> Result<T, Fault> {
    match timeout(limit, call).await {
        Ok(result) => Ok(result?),
        Err(_elapsed) => Err(Fault::Unavailable(Cause::TimedOut(limit))),
    }
}

/// The service's own name for an error, such as `BlobNotFound`.
pub(crate) fn code(error: &azure_core::Error) -> Option<&str> {
    match error.kind() {
        ErrorKind::HttpResponse { error_code, .. } => error_code.as_deref(),
        _ => None,
    }
}

/// Whether the same call may well succeed later: no answer, or an answer that blames the service itself.
pub(crate) fn is_transient(error: &azure_core::Error) -> bool {
    match error.http_status() {
        None => matches!(error.kind(), ErrorKind::Connection | ErrorKind::Io | ErrorKind::Credential),
        Some(status) => {
            status.is_server_error()
                || matches!(status, StatusCode::RequestTimeout | StatusCode::TooManyRequests)
                || code(error).is_some_and(|code| code.ends_with("BeingDeleted"))
        }
    }
}
