//! The Postgres server from the npm packages, for machines that have none installed.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use launcher::ports;
use launcher::project::Project;
use launcher::services::Keep;
use launcher::services::account::Account;
use launcher::services::postgres::{Plan, Postgres};
use launcher::services::postgres_programs::Programs;
use launcher::services::store::Store;
use launcher::watchdog::Watchdog;
use std::path::Path;
use tokio_postgres::{Client, NoTls};

async fn client(server: &Postgres) -> Client {
    let (client, connection) = tokio_postgres::connect(&server.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn the_packaged_server_keeps_its_data_from_one_start_to_the_next() {
    let executable = Path::new(env!("CARGO_BIN_EXE_pi-dev"));
    let watchdog = Watchdog::start(executable, "a-test-of-the-packaged-server").unwrap();
    let account = Account::for_postgres().unwrap();
    let programs = Programs::packaged(&Project::find().unwrap(), account).unwrap();
    let store = Store::thrown_away(&watchdog).unwrap();
    let start = async || {
        let port = ports::free().unwrap();
        let plan = Plan { programs: &programs, account, store: &store, keep: Keep::Data, port };
        Postgres::start(plan, &watchdog).await.unwrap()
    };

    let first = start().await;
    let batch = "create table kept (name text); insert into kept values ('Llŷn')";
    client(&first).await.batch_execute(batch).await.unwrap();
    first.stop().await;

    let second = start().await;
    let row = client(&second).await.query_one("select upper(name) from kept", &[]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "LLŶN");
    second.stop().await;
    store.remove();
}
