//! Who may call, in the signature of the handler: each extractor admits or refuses before anything else happens.

use crate::App;
use crate::problem::Problem;
use adapters::identity::{Caller, TokenError};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::{Access, Principal, Provenance, ThirdPartyRole};

/// Anyone at all.
pub struct Anyone;

/// A producer: Entra ID app role `api.publisher.user` (production services: API Management's check).
pub struct Publisher {
    /// The app's client id.
    pub client_id: String,
    /// What it may publish for, by configuration.
    pub provenances: Vec<Provenance>,
}

/// Whoever reads through the API: an operator's or our own client (`api.request.admin`), or a third party, whose
/// app role is named as the third-party role.
pub struct Reader {
    /// The app's client id.
    pub client_id: String,
    /// What it may see.
    pub access: Access,
}

/// An operator's client (`api.request.admin`): may change what others only read.
pub struct Operator {
    /// The app's client id, for the audit log.
    pub client_id: String,
}

/// App role of producers.
pub const PUBLISHER_ROLE: &str = "api.publisher.user";
/// App role of operators.
pub const OPERATOR_ROLE: &str = "api.request.admin";

impl FromRequestParts<App> for Anyone {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

impl FromRequestParts<App> for Publisher {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = caller(parts, app).await?;
        if !caller.has_role(PUBLISHER_ROLE) {
            return Err(lacks(&caller, PUBLISHER_ROLE));
        }
        let provenances =
            app.settings.identity.publishers.get(&caller.client_id).cloned().unwrap_or_default();
        Ok(Self { client_id: caller.client_id.clone(), provenances })
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = caller(parts, app).await?;
        let roles = ThirdPartyRole::ALL.iter().copied().filter(|role| caller.has_role(role.as_str()));
        let operator = caller.has_role(OPERATOR_ROLE).then_some(Principal::System);
        let principals = operator.into_iter().chain(roles.map(Principal::ThirdParty));
        // Whoever has several roles reads what any of them may read.
        let access = principals
            .map(|principal| Access::of(principal, lists::registry().audiences()))
            .reduce(Access::or)
            .ok_or_else(|| lacks(&caller, "a reading role"))?;
        Ok(Self { client_id: caller.client_id.clone(), access })
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = caller(parts, app).await?;
        if !caller.has_role(OPERATOR_ROLE) {
            return Err(lacks(&caller, OPERATOR_ROLE));
        }
        Ok(Self { client_id: caller.client_id.clone() })
    }
}

fn lacks(caller: &Caller, role: &str) -> Problem {
    tracing::warn!(client = caller.client_id, lacks = role, "a caller was refused");
    Problem::forbidden("The caller has not been granted the role this operation needs.")
}

async fn caller(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header
        .and_then(|value| value.split_once(' '))
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = bearer else {
        return Err(Problem::unauthenticated("A bearer token of Entra ID is needed."));
    };
    app.tokens.verify(token.trim(), app.now()).await.map_err(|error| match error {
        TokenError::KeysUnavailable(_) => Problem::unavailable(&error),
        refused => {
            tracing::warn!(reason = %refused, "a token was refused");
            Problem::unauthenticated("The bearer token does not hold.")
        }
    })
}
