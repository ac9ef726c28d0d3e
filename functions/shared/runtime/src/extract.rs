//! Paths, queries and JSON bodies as handlers take them. What cannot be read is a [`Problem`] that names the field;
//! the value itself is never repeated.

use crate::problem::{Fault, Problem};
use axum::body::{Body, Bytes};
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;
use url::form_urlencoded;

const UNREADABLE: &str = "is not of the form that the API's description gives";

/// The parameters of the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// The parameters of the query.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// A JSON body, sent as `application/json`, of at most the router's limit (2 MB unless it says otherwise).
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(read)) => Ok(Self(read)),
            Err(rejection) => {
                let named = RawPathParams::from_request_parts(parts, state).await.ok();
                let names: Vec<&str> = named.iter().flatten().map(|(name, _)| name).collect();
                Err(path_problem(&rejection, &names))
            }
        }
    }
}

fn path_problem(rejection: &PathRejection, names: &[&str]) -> Problem {
    let PathRejection::FailedToDeserializePathParams(failure) = rejection else {
        return Problem::defect(rejection);
    };
    let first = || names.first().copied().unwrap_or_default();
    let field = match failure.kind() {
        ErrorKind::ParseErrorAtKey { key, .. }
        | ErrorKind::DeserializeError { key, .. }
        | ErrorKind::InvalidUtf8InPathParam { key } => key.as_str(),
        ErrorKind::ParseErrorAtIndex { index, .. } => names.get(*index).copied().unwrap_or_else(first),
        ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. } => {
            return Problem::defect(rejection);
        }
        _ => first(),
    };
    Problem::invalid("The address cannot be read.", vec![Fault::new(field, UNREADABLE)])
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        read.map(Self).map_err(|failure| {
            let field = failure.path().iter().find_map(|segment| match segment {
                Segment::Map { key } => Some(key.clone()),
                _ => None,
            });
            let fault = Fault::new(field.unwrap_or_default(), UNREADABLE);
            Problem::invalid("The query cannot be read.", vec![fault])
        })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported_media_type("The body is sent as application/json."));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(MOST_JSON),
                _ => Problem::invalid("The request's body ended before it was complete.", Vec::new()),
            }
        })?;
        let mut text = serde_json::Deserializer::from_slice(&bytes);
        let read = from_json(&mut text);
        let whole = read.and_then(|read| text.end().map(|()| Self(read)).map_err(|_| unreadable("")));
        whole.map_err(|fault| Problem::invalid("The body cannot be read.", vec![fault]))
    }
}

/// Reads JSON, or JSON already parsed, into its form.
///
/// # Errors
/// The JSON pointer of what is not of that form, without its value.
pub fn from_json<'de, T: Deserialize<'de>>(json: impl Deserializer<'de>) -> Result<T, Fault> {
    serde_path_to_error::deserialize(json).map_err(|failure| unreadable(pointer(failure.path())))
}

fn unreadable(field: impl Into<String>) -> Fault {
    Fault::new(field, UNREADABLE)
}

/// The framework's own limit of a body that is read as a whole.
const MOST_JSON: usize = 2 * 1024 * 1024;

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type
        .split(';')
        .next()
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The JSON pointer of a place in the body (RFC 6901); empty for the body itself.
fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        #[serde(default)]
        page: u32,
        #[serde(default)]
        names: Vec<u32>,
    }

    fn get(uri: &str) -> Parts {
        Request::builder().uri(uri).body(()).expect("a request").into_parts().0
    }

    fn post(media_type: &str, body: &'static str) -> Request {
        Request::builder().header(CONTENT_TYPE, media_type).body(Body::from(body)).expect("a request")
    }

    #[tokio::test]
    async fn a_query_is_read_and_its_fault_names_the_parameter_but_not_the_value() {
        let read = Query::<Wanted>::from_request_parts(&mut get("/?page=3"), &()).await.expect("a page");
        assert_eq!((read.0.page, read.0.names.len()), (3, 0));
        let problem =
            Query::<Wanted>::from_request_parts(&mut get("/?page=secret"), &()).await.expect_err("no number");
        assert_eq!((problem.status, problem.faults[0].field.as_str()), (StatusCode::BAD_REQUEST, "page"));
        assert!(!format!("{problem:?}").contains("secret"));
    }

    #[tokio::test]
    async fn a_body_is_json_by_its_type_and_its_fault_is_a_pointer() {
        let read =
            Json::<Wanted>::from_request(post("application/json; charset=utf-8", "{\"page\": 2}"), &()).await;
        assert_eq!(read.expect("a body").0.page, 2);
        let status = async |media_type, body| {
            let problem =
                Json::<Wanted>::from_request(post(media_type, body), &()).await.expect_err("a problem");
            (problem.status.as_u16(), problem.faults.first().map(|fault| fault.field.clone()))
        };
        assert_eq!(status("text/plain", "{}").await, (415, None));
        assert_eq!(
            status("application/json", "{\"names\": [1, \"x\"]}").await,
            (400, Some("/names/1".to_owned()))
        );
        assert_eq!(status("application/json", "{} {}").await, (400, Some(String::new())));
    }

    #[tokio::test]
    async fn a_path_that_cannot_be_read_names_its_parameter() {
        use axum::routing::get;
        use tower::ServiceExt;
        let two = async |Path((_, number)): Path<(String, i32)>| number.to_string();
        let one = async |Path(id): Path<uuid::Uuid>| id.to_string();
        let router: axum::Router =
            axum::Router::new().route("/{id}/{number}", get(two)).route("/{id}", get(one));
        for (uri, field) in [("/a/b", "number"), ("/a", "id"), ("/%ff/1", "id")] {
            let request = Request::builder().uri(uri).body(Body::empty()).expect("a request");
            let response = router.clone().oneshot(request).await.expect("an answer");
            assert_eq!(response.status(), StatusCode::BAD_REQUEST);
            let problem = response.extensions().get::<Problem>().expect("a problem");
            assert_eq!(problem.faults[0].field, field, "{uri}");
        }
    }
}
