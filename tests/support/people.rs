//! Who calls: producers, operators, third parties and readers, with tokens of the stand-in for Entra ID.

use super::{Answer, Upload, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use stand_ins::issuer::{Claims, Flaw, Version};

/// The audience of this API.
pub const AUDIENCE: &str = "api://publishing-information";

/// Somebody with a token, or without.
#[derive(Clone)]
pub struct Caller<'w> {
    world: &'w World,
    authorization: Option<String>,
}

/// A subscriber as entered by an operator.
#[derive(Debug, Clone)]
pub struct Subscriber {
    pub subscription_id: String,
}

impl World {
    /// The claims of a good token, valid for an hour of this world's time.
    pub fn claims(&self, client: &str, roles: &[&str]) -> Claims {
        let now = self.now().timestamp();
        let claims = self.stand_ins.issuer.claims(Version::V2, client, AUDIENCE, roles);
        claims.with("iat", now).with("nbf", now).with("exp", now + 3600)
    }

    /// A caller whose token has these claims.
    pub fn bearer(&self, claims: &Claims) -> Caller<'_> {
        self.with_authorization(format!("Bearer {}", self.stand_ins.issuer.token(claims)))
    }

    /// A caller with a token that is right but for one thing.
    pub fn flawed(&self, claims: &Claims, flaw: Flaw) -> Caller<'_> {
        self.with_authorization(format!("Bearer {}", self.stand_ins.issuer.broken(claims, flaw)))
    }

    /// A caller who sends this header.
    pub fn with_authorization(&self, authorization: String) -> Caller<'_> {
        Caller { world: self, authorization: Some(authorization) }
    }

    /// The producers' client, which may publish for every system but manual upload.
    pub fn publisher(&self) -> Caller<'_> {
        self.bearer(&self.claims("hmi", &["api.publisher.user"]))
    }

    /// Court staff's client, which may publish by hand.
    pub fn staff(&self) -> Caller<'_> {
        self.bearer(&self.claims("staff", &["api.publisher.user"]))
    }

    /// An operator's client.
    pub fn operator(&self) -> Caller<'_> {
        self.bearer(&self.claims("operations", &["api.request.admin"]))
    }

    /// A machine consumer with this role.
    pub fn third_party(&self, role: &str) -> Caller<'_> {
        self.bearer(&self.claims("courtel", &[role]))
    }

    /// Anyone, without a token.
    pub fn anyone(&self) -> Caller<'_> {
        Caller { world: self, authorization: None }
    }

    /// A subscriber to one court, entered by an operator.
    pub async fn subscriber_to_court(&self, email: &str, court: i32) -> Subscriber {
        self.subscriber(email, "LOCATION_ID", &court.to_string(), json!({})).await
    }

    /// A subscriber, entered by an operator.
    pub async fn subscriber(&self, email: &str, search_type: &str, value: &str, more: Value) -> Subscriber {
        let mut entry = json!({"email": email, "searchType": search_type, "searchValue": value});
        for (name, value) in more.as_object().into_iter().flatten() {
            entry[name] = value.clone();
        }
        let entered = self.operator().sends("PUT", "/subscription", &entry).await.expect(201).json();
        let text = |name: &str| entered[name].as_str().expect("an id").to_owned();
        Subscriber { subscription_id: text("subscriptionId") }
    }
}

impl Caller<'_> {
    /// A request of this caller, through the host's proxy.
    pub async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.world.through_the_proxy(request.body(body).expect("a request")).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], Body::empty()).await
    }

    pub async fn deletes(&self, path: &str) -> Answer {
        self.request("DELETE", path, &[], Body::empty()).await
    }

    /// Sends JSON.
    pub async fn sends(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.request(method, path, &[("content-type", "application/json")], Body::from(body.to_string()))
            .await
    }

    /// Posts a publication.
    pub async fn publishes(&self, upload: Upload) -> Answer {
        let headers: Vec<_> =
            upload.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.request("POST", upload.path, &headers, upload.to_body()).await
    }
}

impl<'w> Caller<'w> {
    /// As [`Caller::request`], with a form's body, for a caller made on the spot.
    pub async fn request_owned(self, method: &'w str, path: &'w str, body: Body) -> Answer {
        self.request(method, path, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }
}
