//! The register's types: what a function is, how it mounts its routes, and what a trigger answers the host.

use crate::App;
use crate::envelope::{Envelope, EnvelopeError, Trigger};
use crate::problem::{Problem, chain};
use crate::telemetry;
use adapters::postgres::audit;
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;

/// One Azure function: a folder, a module and a line in the register.
#[derive(Clone, Copy)]
pub struct Function {
    /// Its name: the folder's, and the path of its trigger endpoint.
    pub name: &'static str,
    /// Its function.json, the only statement of trigger and route.
    pub bindings: &'static str,
    /// Mounts its routes.
    pub mount: fn(Routes) -> Routes,
}

/// A function.json, as far as the handler reads it.
#[derive(Debug, Deserialize)]
struct Bindings {
    bindings: Vec<Binding>,
}

/// One binding.
#[derive(Debug, Clone, Deserialize)]
pub struct Binding {
    /// `httpTrigger`, `timerTrigger`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The route of an HTTP trigger.
    pub route: Option<String>,
    /// The methods of an HTTP trigger.
    #[serde(default)]
    pub methods: Vec<String>,
}

impl Function {
    /// The binding that triggers the function.
    ///
    /// # Panics
    /// When the function.json compiled in is not one; a test reads them all.
    pub fn trigger(&self) -> Binding {
        let bindings: Bindings =
            serde_json::from_str(self.bindings).expect("a test reads every function.json");
        let trigger = bindings.bindings.into_iter().find(|binding| binding.kind.ends_with("Trigger"));
        trigger.expect("a test finds the trigger of every function.json")
    }
}

/// Where a function mounts its routes.
pub struct Routes {
    function: &'static str,
    binding: String,
    router: Router<App>,
    paths: Vec<String>,
}

impl Routes {
    /// Mounts a function: the routes it asks for, each request observed under its name.
    pub fn of(function: &Function) -> Self {
        let routes = Self {
            function: function.name,
            binding: function.trigger().name,
            router: Router::new(),
            paths: Vec::new(),
        };
        (function.mount)(routes)
    }

    /// Answers HTTP requests at a path under the function's route.
    pub fn http(mut self, path: &str, methods: MethodRouter<App>) -> Self {
        self.paths.push(path.to_owned());
        self.router = self.router.route(path, methods);
        self
    }

    /// Answers pages: as [`Routes::http`], with problems shown as GOV.UK pages and the language remembered.
    pub fn page(mut self, path: &str, methods: MethodRouter<App>) -> Self {
        self.paths.push(path.to_owned());
        self.router = self.router.route(path, crate::server::as_pages(methods));
        self
    }

    /// Adds a whole router, such as the assets'.
    pub fn nest(mut self, router: Router<App>) -> Self {
        self.router = self.router.merge(router);
        self
    }

    /// Answers the host's invocations of a timer, queue or blob function at `POST /<function name>`.
    pub fn trigger<T, H, F>(mut self, handler: H) -> Self
    where
        T: Trigger,
        H: Fn(App, T) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Outcome, TriggerError>> + Send,
    {
        let (function, binding) = (self.function, self.binding.clone());
        let invoke =
            move |axum::extract::State(app): axum::extract::State<App>, headers: HeaderMap, body: Bytes| {
                let (handler, binding) = (handler.clone(), binding.clone());
                async move {
                    if is_proxied(&headers) {
                        tracing::warn!("an outside request to a trigger endpoint was refused");
                        return Problem::not_found("page").into_response();
                    }
                    invoked(app, function, &body, &binding, handler).await
                }
            };
        let limited = post(invoke).layer(axum::extract::DefaultBodyLimit::max(MOST_ENVELOPE));
        self.router = self.router.route(&format!("/{}", self.function), limited);
        self
    }

    /// The finished router, and the paths it answers over HTTP.
    pub fn finish(self) -> (Router<App>, Vec<String>) {
        let name = self.function;
        let observe = from_fn(move |request, next| telemetry::observe(name, request, next));
        let router = match self.router.has_routes() {
            true => self.router.route_layer(crate::server::catch_panics()).route_layer(observe),
            false => self.router,
        };
        (router, self.paths)
    }
}

/// The largest blob handed over is 64 MiB; base64 makes it a third larger.
const MOST_ENVELOPE: usize = 64 * 1024 * 1024 * 14 / 10;

/// What an invocation did, in numbers: for the log and the host.
#[derive(Debug, Clone, Default)]
pub struct Outcome(pub Vec<(&'static str, i64)>);

impl Outcome {
    /// Counts something.
    pub fn count(mut self, what: &'static str, number: impl TryInto<i64>) -> Self {
        self.0.push((what, number.try_into().unwrap_or(i64::MAX)));
        self
    }

    /// The counts as JSON.
    pub fn to_json(&self) -> Value {
        self.0
            .iter()
            .map(|(what, number)| ((*what).to_owned(), json!(number)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

/// An invocation that failed and that the host should repeat.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct TriggerError {
    what: &'static str,
    status: StatusCode,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl TriggerError {
    /// A failure with its cause.
    pub fn new(what: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what, status: StatusCode::INTERNAL_SERVER_ERROR, cause: Some(cause.into()) }
    }

    /// An invocation that is not what the trigger expects.
    fn unreadable(cause: EnvelopeError) -> Self {
        let what = "the invocation could not be read";
        Self { status: StatusCode::BAD_REQUEST, ..Self::new(what, cause) }
    }
}

impl From<adapters::postgres::DbError> for TriggerError {
    fn from(error: adapters::postgres::DbError) -> Self {
        Self::new("the database refused", error)
    }
}

impl From<adapters::blob::BlobError> for TriggerError {
    fn from(error: adapters::blob::BlobError) -> Self {
        Self::new("the blob store refused", error)
    }
}

/// A request that came through the host's proxy carries its marks; an invocation by the host never does
/// (README.md, invariant 8).
pub fn is_proxied(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded-") || name == "forwarded" || name == "x-ms-invocation-id"
    })
}

/// Answers one invocation. What failed is answered 5xx or 400, and the host repeats it.
async fn invoked<T, H, F>(
    app: App,
    function: &'static str,
    body: &[u8],
    binding: &str,
    handler: H,
) -> Response
where
    T: Trigger,
    H: Fn(App, T) -> F,
    F: Future<Output = Result<Outcome, TriggerError>>,
{
    let envelope = Envelope::read(body);
    let is_last = envelope.as_ref().is_ok_and(Envelope::is_last_attempt);
    let failure = match envelope.and_then(|envelope| T::read(&envelope, binding)) {
        Ok(input) => match handler(app.clone(), input).await {
            Ok(outcome) => return succeeded(&outcome),
            Err(error) => error,
        },
        Err(error) => TriggerError::unreadable(error),
    };
    tracing::error!(error = %chain(&failure), "invocation failed");
    if is_last {
        record_loss(&app, function, &failure).await;
    }
    failure.status.into_response()
}

fn succeeded(outcome: &Outcome) -> Response {
    let counts: Vec<_> = outcome.0.iter().map(|(what, number)| format!("{what}={number}")).collect();
    let line = counts.join(" ");
    tracing::info!(outcome = line, "invocation succeeded");
    Json(json!({"Outputs": {}, "Logs": [line], "ReturnValue": null})).into_response()
}

/// The host gives the message up after this failure: that is written down where it stays, not only in the log.
async fn record_loss(app: &App, function: &str, failure: &TriggerError) {
    let details = json!({"error": failure.what});
    let recorded = async {
        let db = app.worker_db.connect().await?;
        audit::record(&db, function, "MESSAGE_GIVEN_UP", function, &details).await
    };
    match recorded.await {
        Ok(()) => tracing::error!("the last delivery failed; the message goes to the poison queue"),
        Err(error) => {
            tracing::error!(error = %chain(&error), "the last delivery failed, and that could not be recorded");
        }
    }
}
