//! A database of its own for each test, copied from one template that is migrated once.

use adapters::postgres::migrate::migrate;
use secrecy::SecretString;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_postgres::{Client, NoTls};
use url::Url;

/// The least-privilege login the app runs as.
const LOGIN: &str = "pi_handler_test";
const PASSWORD: &str = "for-tests-only";

/// A database, and what else to know of it.
#[derive(Debug, Clone)]
pub struct Database {
    /// Its name.
    pub name: String,
}

fn server() -> Url {
    let text = std::env::var("DATABASE_URL").unwrap_or_default();
    assert!(
        !text.is_empty(),
        "DATABASE_URL is not set: these tests need a Postgres server and its superuser's URL. \
         A missing database is a red test, never a skipped one (scripts/test starts one)."
    );
    text.parse().expect("DATABASE_URL is a URL")
}

/// A fresh name: of this process and this test.
fn fresh(what: &str) -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!("pi_test_{}_{what}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst))
}

/// A connection as the superuser.
pub async fn superuser(database: &str) -> Client {
    let mut url = server();
    url.set_path(database);
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls)
        .await
        .expect("the database server of DATABASE_URL answers");
    tokio::spawn(connection);
    client
}

impl Database {
    /// An empty database with the schema, as the migrator leaves it.
    pub async fn migrated() -> Self {
        let admin = superuser("postgres").await;
        discard_old(&admin).await;
        let database = Self { name: fresh("template") };
        admin
            .batch_execute(&format!("create database {}", database.name))
            .await
            .expect("the superuser creates databases");
        let mut migrator = server();
        migrator.set_path(&database.name);
        migrate(&SecretString::from(migrator.to_string()), Some(&SecretString::from(database.app_url())))
            .await
            .expect("every migration applies");
        database
    }

    /// A copy of a database that nobody is connected to.
    pub async fn copy_of(template: &str) -> Self {
        let admin = superuser("postgres").await;
        let copy = Self { name: fresh("world") };
        // Copying files takes a fifth of the time of writing each page to the log.
        admin
            .batch_execute(&format!("create database {} template {template} strategy file_copy", copy.name))
            .await
            .expect("the template can be copied");
        copy
    }

    /// The URL of the app's own login.
    pub fn app_url(&self) -> String {
        let mut url = server();
        url.set_username(LOGIN).and_then(|()| url.set_password(Some(PASSWORD))).expect("a URL with a host");
        url.set_path(&self.name);
        url.to_string()
    }

    /// A connection as the superuser.
    pub async fn superuser(&self) -> Client {
        superuser(&self.name).await
    }

    /// A connection as the app's own login.
    pub async fn as_app(&self) -> Client {
        let (client, connection) =
            tokio_postgres::connect(&self.app_url(), NoTls).await.expect("the app may log in");
        tokio::spawn(connection);
        client
    }

    /// Ends every connection; `away` also keeps new ones out until the next call without.
    pub async fn set_away(&self, away: bool) {
        let admin = superuser("postgres").await;
        let sql = format!("alter database {} with allow_connections {}", self.name, !away);
        admin.batch_execute(&sql).await.expect("the superuser may");
        self.disconnect(&admin).await;
    }

    /// Ends every connection to it.
    pub async fn disconnect(&self, admin: &Client) {
        let sql = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
        admin.query(sql, &[&self.name]).await.expect("the superuser may");
    }

    /// Drops it.
    pub async fn discard(&self) {
        let admin = superuser("postgres").await;
        // What cannot be dropped now is dropped at the next run.
        let _ = admin.batch_execute(&format!("drop database if exists {} with (force)", self.name)).await;
    }
}

/// Drops what runs that were cut have left behind.
async fn discard_old(admin: &Client) {
    let rows = admin
        .query("select datname from pg_database where datname like 'pi\\_test\\_%'", &[])
        .await
        .expect("a list");
    for name in rows.iter().map(|row| row.get::<_, String>(0)) {
        let owner = name.split('_').nth(2).unwrap_or_default();
        if !std::path::Path::new("/proc").join(owner).exists() {
            let _ = admin.batch_execute(&format!("drop database if exists {name} with (force)")).await;
        }
    }
}
