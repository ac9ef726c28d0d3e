//! The dashboard: what went out, what ran, and buttons to make things happen or go wrong.

mod api;
mod forms;
mod guard;
mod pages;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use minijinja::Environment;

use crate::faults::Board;
use crate::identity::{Identity, TokenError};
use crate::issuer::Issuer;
use crate::key_vault::KeyVault;
use crate::notify::Notify;
use crate::outside::{Containers, Functions, Screens};

/// The largest file that can be dropped, in bytes.
const LARGEST_DROP: usize = 64 * 1024 * 1024;

/// Everything the dashboard shows; clones share it.
#[derive(Clone)]
pub(crate) struct Dashboard(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    /// The port, for telling own requests from others'.
    pub(crate) port: u16,
    /// The address of the API that tokens are for, shown in examples.
    pub(crate) api_url: String,
    pub(crate) notify: Notify,
    pub(crate) key_vault: KeyVault,
    pub(crate) issuer: Issuer,
    pub(crate) identity: Option<Identity>,
    pub(crate) functions: Arc<dyn Functions>,
    pub(crate) containers: Arc<dyn Containers>,
    pub(crate) screens: Arc<dyn Screens>,
    pub(crate) templates: Environment<'static>,
    /// What the last button did, shown once.
    pub(crate) notice: Mutex<Option<String>>,
}

impl Parts {
    /// The stand-ins whose faults can be switched, by name.
    fn boards(&self) -> Vec<(&'static str, &dyn Board)> {
        let mut boards = Vec::from(self.notify.boards());
        boards.push(("key-vault", self.key_vault.board()));
        boards.push(("issuer", self.issuer.board()));
        if let Some(identity) = &self.identity {
            boards.push(("identity", identity.board()));
        }
        boards
    }

    /// Has the issuer and the identity provider sign with new keys.
    async fn rotate_keys(&self) -> Result<(), TokenError> {
        self.issuer.rotate();
        match &self.identity {
            Some(identity) => identity.rotate().await,
            None => Ok(()),
        }
    }

    /// Has them stop publishing the old ones.
    async fn withdraw_old_keys(&self) -> Result<(), TokenError> {
        self.issuer.withdraw_old_keys();
        match &self.identity {
            Some(identity) => identity.withdraw_old_keys().await,
            None => Ok(()),
        }
    }

    fn board(&self, name: &str) -> Option<&dyn Board> {
        self.boards().into_iter().find_map(|(known, board)| (known == name).then_some(board))
    }
}

/// The templates of the pages, compiled in.
pub(crate) fn templates() -> Environment<'static> {
    let mut templates = Environment::new();
    for (name, source) in [
        ("layout.html", include_str!("layout.html")),
        ("home.html", include_str!("home.html")),
        ("mail.html", include_str!("mail.html")),
        ("token.html", include_str!("token.html")),
        ("problem.html", include_str!("problem.html")),
    ] {
        templates.add_template(name, source).expect("the templates are compiled in and a test renders each");
    }
    templates
}

impl Dashboard {
    /// The dashboard's routes, which only this machine's own pages and programs may use.
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/", get(pages::home))
            .route("/mails/{id}", get(pages::mail))
            .route("/favicon.ico", get(no_icon))
            .route("/dashboard/style.css", get(style))
            .route("/dashboard/refresh.js", get(refresh_script))
            .route("/dashboard/fire", post(forms::fire))
            .route("/dashboard/drop", post(forms::drop_file))
            .route("/dashboard/token", post(forms::issue_token))
            .route("/dashboard/fault", post(forms::switch_fault))
            .route("/dashboard/heal", post(forms::heal))
            .route("/dashboard/secret", post(forms::set_secret))
            .route("/dashboard/rotate", post(forms::rotate_keys))
            .route("/dashboard/clear", post(forms::clear_outbox))
            .route("/outbox", get(api::outbox).delete(api::clear_outbox))
            .route("/outbox/{id}/files/{index}", get(api::file))
            .route("/fire/{name}", post(api::fire))
            .route("/faults", get(api::faults).delete(api::heal_all))
            .route("/faults/{stand_in}", post(api::switch_fault).merge(delete(api::heal)))
            .route("/screens", get(api::screens))
            .route("/keys/rotate", post(api::rotate_keys))
            .route("/keys/withdraw", post(api::withdraw_old_keys))
            .layer(DefaultBodyLimit::max(LARGEST_DROP))
            .layer(middleware::from_fn_with_state(self.clone(), guard::admit))
            .with_state(self)
    }
}

async fn no_icon() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css"))
}

async fn refresh_script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("refresh.js"))
}
