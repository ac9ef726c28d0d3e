//! The stand-ins of a run, and the settings that lead the app to them.

use super::functions::HostFunctions;
use super::servers::Addresses;
use super::storage_room::StorageRoom;
use crate::client::{AppClient, fetch_token};
use crate::endpoints::Endpoints;
use crate::project::{Project, on_path};
use crate::screens::CourtScreens;
use crate::settings::{self, Settings};
use anyhow::{Context, Result};
use stand_ins::identity::{Client, Identity, Tenant};
use stand_ins::notify::KeyKind;
use stand_ins::{Options, StandIns, identity, notify};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The client that publishes in the demonstration.
const PUBLISHER: &str = "hmi";
/// The client that administers.
const ADMINISTRATOR: &str = "admin";
/// The name of Notify's key among the secrets in Key Vault.
const NOTIFY_SECRET: &str = "notify-api-key";
/// The vault's address; the app is told to ask the stand-in in its place.
const VAULT: &str = "https://publishing-information.vault.azure.net";

/// What the stand-ins are started with.
pub struct Company {
    /// Their port.
    pub port: u16,
    /// The app's address.
    pub app: String,
    /// Where mails are kept between starts.
    pub mails: PathBuf,
    /// The servers.
    pub addresses: Addresses,
    /// The storage account.
    pub room: StorageRoom,
    /// The functions.
    pub functions: Arc<HostFunctions>,
}

/// Starts them all, the identity provider included.
///
/// # Errors
/// When Node is missing, or one does not start.
pub async fn start(company: Company) -> Result<StandIns> {
    let notify = notify::Settings::demo();
    let key = notify.api_key(KeyKind::Live).context("Notify's stand-in has no live key")?;
    let node = on_path("node").context("Node was not found on the PATH; install version 20 or newer")?;
    let screens = CourtScreens { database_url: company.addresses.owner_database, app: company.app.clone() };
    let options = Options {
        port: company.port,
        data_directory: Some(company.mails),
        notify,
        identity: Some(identity::Settings { node, ..Default::default() }),
        secrets: BTreeMap::from([(NOTIFY_SECRET.to_owned(), key)]),
        api_url: company.app,
        functions: company.functions,
        containers: Arc::new(company.room),
        screens: Arc::new(screens),
        ..Default::default()
    };
    StandIns::start(options).await.context("the stand-ins did not start")
}

/// The app settings of this run.
///
/// # Errors
/// When the sample cannot be read.
pub fn app_settings(
    project: &Project,
    stand_ins: &StandIns,
    addresses: &Addresses,
    app: &str,
) -> Result<Settings> {
    let identity = identity_of(stand_ins)?;
    let tenant = &tenant_of(identity, PUBLISHER)?.0.id;
    let mut settings = settings::sample(project)?;
    // The handler runs without the schema owner's login.
    settings.remove("MIGRATOR_DATABASE_URL");
    for (name, value) in [
        ("AzureWebJobsStorage", addresses.storage.clone()),
        ("PiStorage", addresses.storage.clone()),
        ("DATABASE_URL", addresses.app_database.clone()),
        ("PUBLIC_BASE_URL", app.to_owned()),
        ("ENTRA_TENANT_ID", tenant.clone()),
        ("ENTRA_AUDIENCES", Tenant::DEMO_AUDIENCE.to_owned()),
        ("ENTRA_ISSUER_V2", identity.v2_issuer(tenant)),
        ("ENTRA_JWKS_URL", identity.jwks_url(tenant)),
        ("NOTIFY_BASE_URL", stand_ins.notify.url()),
        // Empty, so that the key comes from the vault.
        ("NOTIFY_API_KEY", String::new()),
        ("KEY_VAULT_URL", VAULT.to_owned()),
        ("KEY_VAULT_STAND_IN", stand_ins.key_vault.url()),
        // The dashboard's button is to show a mail at any hour.
        ("SUBSCRIPTION_DISPATCH_HOUR", "any".to_owned()),
    ] {
        settings.insert(name.to_owned(), value);
    }
    Ok(settings)
}

/// What scripts and people are told.
///
/// # Errors
/// When the demonstration's client is not known to the identity provider.
pub fn endpoints(stand_ins: &StandIns, addresses: &Addresses, app: &str) -> Result<Endpoints> {
    let identity = identity_of(stand_ins)?;
    let (tenant, client) = tenant_of(identity, PUBLISHER)?;
    let at = |path: &str| format!("{}/{path}", stand_ins.url());
    Ok(Endpoints {
        app: app.to_owned(),
        standins: stand_ins.url().to_owned(),
        token_url: identity.token_url(&tenant.id),
        client_id: client.id.clone(),
        client_secret: client.secret.clone(),
        scope: format!("{}/.default", client.audience),
        blob_connection: addresses.storage.clone(),
        database_url: addresses.owner_database.clone(),
        notify_outbox: at("outbox"),
        screen_urls: at("screens"),
        fire: at("fire"),
    })
}

/// The app as the administrator's client sees it.
///
/// # Errors
/// When no token can be had.
pub async fn administrator(stand_ins: &StandIns, app: &str) -> Result<AppClient> {
    let identity = identity_of(stand_ins)?;
    let (tenant, Client { id, secret, audience, .. }) = tenant_of(identity, ADMINISTRATOR)?;
    let token =
        fetch_token(&identity.token_url(&tenant.id), id, secret, &format!("{audience}/.default")).await?;
    AppClient::new(app, token)
}

fn identity_of(stand_ins: &StandIns) -> Result<&Identity> {
    stand_ins.identity.as_ref().context("the identity provider was not started")
}

fn tenant_of<'a>(identity: &'a Identity, client: &str) -> Result<(&'a Tenant, &'a Client)> {
    identity.client(client).with_context(|| format!("the identity provider has no client {client}"))
}
