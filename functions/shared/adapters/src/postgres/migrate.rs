//! Applies the migrations, as the role that owns the schema, and lets the app's login into `pi_app`.

use super::tls;
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::Config;

mod embedded {
    refinery::embed_migrations!("../../../migrations");
}

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The migrator's connection failed.
    #[error("the database refused the migrator")]
    Database(#[from] tokio_postgres::Error),
    /// A migration failed; those before it stand.
    #[error("a migration failed")]
    Migration(#[from] refinery::Error),
}

/// Two migrators at once take turns by this advisory lock.
const TURN: i64 = 0x5049_4d49;

/// Applies what has not been applied; answers the names applied.
///
/// `app_url` is the connection URL of the running app: its login is created, if it is not there, as a member of
/// `pi_app`, so that a development machine needs no further step. Where logins come from elsewhere (Entra ID),
/// it exists already and is only granted the membership.
///
/// # Errors
/// A migration that failed, or a database that refused.
pub async fn migrate(
    migrator_url: &SecretString,
    app_url: Option<&SecretString>,
) -> Result<Vec<String>, MigrateError> {
    let config: Config = migrator_url.expose_secret().parse()?;
    let (mut client, connection) = config.connect(tls::connector()).await?;
    let driver = tokio::spawn(connection);
    client.execute("select pg_advisory_lock($1)", &[&TURN]).await?;
    let report = embedded::migrations::runner().run_async(&mut client).await?;
    if let Some(url) = app_url {
        let app: Config = url.expose_secret().parse()?;
        if let Some(user) = app.get_user().filter(|user| Some(*user) != config.get_user()) {
            let password = app.get_password().map(String::from_utf8_lossy).unwrap_or_default();
            admit(&client, user, &password).await?;
        }
    }
    drop(client);
    driver.abort();
    Ok(report.applied_migrations().iter().map(ToString::to_string).collect())
}

async fn admit(
    client: &tokio_postgres::Client,
    user: &str,
    password: &str,
) -> Result<(), tokio_postgres::Error> {
    let known = client.query_opt("select 1 from pg_roles where rolname = $1", &[&user]).await?.is_some();
    let wanted = "select format('create role %I login password %L', $1::text, $2::text)";
    if !known {
        let statement: String = client.query_one(wanted, &[&user, &password]).await?.get(0);
        match client.batch_execute(&statement).await {
            Err(error) if error.code() == Some(&tokio_postgres::error::SqlState::DUPLICATE_OBJECT) => {}
            Err(error) if error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION) => {}
            other => other?,
        }
    }
    let grant: String =
        client.query_one("select format('grant pi_app to %I', $1::text)", &[&user]).await?.get(0);
    client.batch_execute(&grant).await
}
