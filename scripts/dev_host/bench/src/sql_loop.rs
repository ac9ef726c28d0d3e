//! The database floor where pgbench is not installed: the same statements in a loop over tokio-postgres.

use crate::load::Measured;
use crate::options::CONNECTIONS;
use crate::sql::{Script, court_and_day};
use anyhow::{Context, Result};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Statement};

/// Runs the statements for so long, over as many connections as the load generator has.
///
/// # Errors
/// The database's.
pub async fn run(database: &str, script: &Script, first_day: u32, duration: Duration) -> Result<Measured> {
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for client in 0..CONNECTIONS as u32 {
        let (connected, connection) = tokio_postgres::connect(database, NoTls).await?;
        tokio::spawn(connection);
        let statements = prepare(&connected, script).await?;
        let script = script.clone();
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            for n in 0.. {
                if started.elapsed() >= duration {
                    break;
                }
                let (court, day) = court_and_day(client, n, first_day);
                let begun = Instant::now();
                for (statement, names) in &statements {
                    let values: Vec<_> = names.iter().map(|name| script.value(name, court, day)).collect();
                    let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
                    connected.query(statement, &values).await?;
                }
                latencies.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Ok::<_, tokio_postgres::Error>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(task) = tasks.join_next().await {
        latencies.extend(task.context("a client's task failed")??);
    }
    Ok(Measured::of(latencies, 0, started.elapsed()))
}

async fn prepare(client: &Client, script: &Script) -> Result<Vec<(Statement, Vec<&'static str>)>> {
    let mut prepared = Vec::new();
    for (text, names) in script.numbered() {
        let types = vec![Type::TEXT; names.len()];
        prepared.push((client.prepare_typed(&text, &types).await?, names));
    }
    Ok(prepared)
}
