//! What the API's answers share: entity tags with conditional requests (RFC 9110), and listings in pages (RFC 8288).

use axum::extract::FromRequestParts;
use axum::http::header::{CONTENT_TYPE, ETAG, LINK};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use runtime::{Fault, Problem};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::form_urlencoded;
use utoipa::IntoParams;

/// The most rows one page of a listing has.
pub(crate) const MOST_ROWS: usize = 100;
/// How many rows the whole listing has.
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// Which page of a listing.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// The page, from 0.
    #[serde(default)]
    #[param(value_type = i32, required = false, minimum = 0, maximum = 65535, example = 0)]
    page: u16,
    /// How many rows a page has, from 1 to 100. If it is not said, a page has all rows, of publications at most 100.
    #[param(value_type = i32, required = false, minimum = 1, maximum = 100, example = 100)]
    size: Option<u16>,
}

impl Paging {
    /// The page, a page having `default` rows where the caller does not say.
    ///
    /// # Errors
    /// 400 for a page that would be empty or too long.
    pub(crate) fn or(self, default: usize) -> Result<Page, Problem> {
        let size = self.size.map_or(default.max(1), usize::from);
        if self.size.is_some() && !(1..=MOST_ROWS).contains(&size) {
            let fault = Fault::new("size", format!("must be from 1 to {MOST_ROWS}"));
            return Err(Problem::invalid("The page cannot be that long.", vec![fault]));
        }
        Ok(Page { number: usize::from(self.page), size })
    }
}

/// A page that can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    number: usize,
    /// How many rows it has at most.
    pub size: usize,
}

impl Page {
    /// How many rows are before it.
    pub(crate) fn start(self) -> usize {
        self.number.saturating_mul(self.size)
    }

    /// What of all rows is on it.
    pub(crate) fn of<T>(self, rows: &[T]) -> &[T] {
        let start = self.start().min(rows.len());
        &rows[start..start.saturating_add(self.size).min(rows.len())]
    }
}

/// What was asked for, as far as the answer's form depends on it.
pub(crate) struct Asked {
    uri: Uri,
    known: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let known = parts.headers.get_all("if-none-match").iter().filter_map(|value| value.to_str().ok());
        Ok(Self { uri: parts.uri.clone(), known: known.collect::<Vec<_>>().join(",") })
    }
}

impl Asked {
    /// JSON with an entity tag of what it says; 304 for a caller who has it.
    ///
    /// # Errors
    /// 500 for what cannot be written.
    pub(crate) fn json<T: Serialize + ?Sized>(&self, body: &T) -> Result<Response, Problem> {
        Ok(self.written(serde_json::to_vec(body).map_err(|error| Problem::defect(&error))?))
    }

    /// The same, of JSON that is written already.
    pub(crate) fn written(&self, body: Vec<u8>) -> Response {
        let tag = hex::encode(&Sha256::digest(&body)[..16]);
        self.tagged(&tag, ([(CONTENT_TYPE, "application/json")], body).into_response())
    }

    /// One page of a listing of `total` rows, with links to the pages around it.
    ///
    /// # Errors
    /// 500 for what cannot be written.
    pub(crate) fn page<T: Serialize>(
        &self,
        page: Page,
        rows: &[T],
        total: usize,
    ) -> Result<Response, Problem> {
        let mut response = self.json(rows)?;
        let headers = response.headers_mut();
        headers.insert(TOTAL, HeaderValue::from(total));
        if let Ok(links) = self.links(page, total).parse() {
            headers.insert(LINK, links);
        }
        Ok(response)
    }

    /// A response with an entity tag; 304 for a caller who has it.
    pub(crate) fn tagged(&self, tag: &str, mut response: Response) -> Response {
        let tag = format!("\"{tag}\"");
        if self.knows(&tag) {
            response = StatusCode::NOT_MODIFIED.into_response();
        }
        if let Ok(tag) = tag.parse() {
            response.headers_mut().insert(ETAG, tag);
        }
        response
    }

    /// `If-None-Match` compares weakly, and `*` is whatever there is.
    fn knows(&self, tag: &str) -> bool {
        let known = self.known.split(',').map(str::trim);
        known.into_iter().any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    }

    fn links(&self, page: Page, total: usize) -> String {
        let last = total.saturating_sub(1) / page.size;
        let before = page.number.checked_sub(1).map(|before| before.min(last));
        let after = (page.number < last).then_some(page.number + 1);
        [("first", Some(0)), ("prev", before), ("next", after), ("last", Some(last))]
            .into_iter()
            .filter_map(|(relation, number)| {
                Some(format!("<{}>; rel=\"{relation}\"", self.address_of(number?, page.size)))
            })
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn address_of(&self, page: usize, size: usize) -> String {
        let query = form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        let others = query.filter(|(name, _)| name != "page" && name != "size");
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(others).append_pair("page", &page.to_string());
        if size <= MOST_ROWS {
            query.append_pair("size", &size.to_string());
        }
        format!("{}?{}", self.uri.path(), query.finish())
    }
}

/// What the caller has already.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header that `Asked` reads")]
pub(crate) struct Known {
    /// The `ETag` of the answer the caller has.
    #[param(rename = "if-none-match", required = false)]
    tag: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(uri: &str, known: &str) -> Asked {
        Asked { uri: uri.parse().expect("an address"), known: known.to_owned() }
    }

    #[test]
    fn a_caller_who_names_the_tag_among_others_weakly_or_any_has_it() {
        for (known, has) in [
            ("\"a\"", true),
            ("\"b\", W/\"a\"", true),
            ("*", true),
            ("", false),
            ("\"ab\"", false),
            ("\"b\"", false),
        ] {
            assert_eq!(asked("/x", known).knows("\"a\""), has, "{known}");
        }
    }

    #[test]
    fn a_page_leads_to_those_around_it_with_the_rest_of_the_question() {
        let page = Page { number: 1, size: 2 };
        assert_eq!(page.of(&[1, 2, 3, 4, 5]), [3, 4]);
        let links = asked("/x?page=1&q=a%26b&size=2", "").links(page, 5);
        let expected = [("first", 0), ("prev", 0), ("next", 2), ("last", 2)]
            .map(|(relation, page)| format!("</x?q=a%26b&page={page}&size=2>; rel=\"{relation}\""));
        assert_eq!(links, expected.join(", "));
        assert_eq!(Page { number: 9, size: 2 }.of(&[1]), [0; 0]);
    }
}
