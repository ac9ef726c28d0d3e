//! What is measured under load: each request of the package beside its floors, in turns, so that whatever else the
//! machine does falls on all of them.

use crate::blob;
use crate::courts::SHOWN;
use crate::load::{self, Demand, Measured};
use crate::options::{CONNECTIONS, Options};
use crate::payload::Template;
use crate::proc::{self, Peak};
use crate::report::{Medians, Report, Target};
use crate::requests::{Numbers, amend, browse, get, post_to_floor, publish, publish_one};
use crate::sql::{Floor, Script};
use crate::world::World;
use anyhow::{Context, Result};
use chrono::NaiveDate;
use dev_host::RunningHost;
use launcher::progress::step;
use std::time::Duration;
use uuid::Uuid;

/// Lists on the measured court's page, beside the one that is read.
const LISTS_OF_THE_COURT: u32 = 10;
/// Resident memory that the handler may reach whatever is sent to it, in bytes.
const MEMORY_LIMIT: u64 = 256 * 1024 * 1024;
/// Producers that send versions of one publication at once.
const CROWD: usize = 200;
/// The path of the measured list type's pages.
const LIST_PATH: &str = "/civil-and-family-daily-cause-list";

/// One kind of request, and what it is measured against.
pub struct Scenario {
    what: String,
    app: Demand,
    hello: Demand,
    /// The floor with an answer as long as the package's.
    as_long: Option<Demand>,
    sql: Option<Script>,
    blob: Option<Template>,
    judge: fn(&Medians, &Floors) -> Vec<Target>,
}

/// The medians of the floors; the missing ones do not apply.
#[derive(Default)]
pub struct Floors {
    hello: Medians,
    sql: Option<Medians>,
}

impl Floors {
    fn of_hello(&self, app: &Medians) -> f64 {
        app.per_second / self.hello.per_second
    }

    fn of_sql(&self, app: &Medians) -> f64 {
        self.sql.map_or(f64::NAN, |sql| app.per_second / sql.per_second)
    }
}

/// The three sizes of lists that are published.
#[must_use]
pub fn ingests(world: &World, numbers: &Numbers) -> Vec<Scenario> {
    let judges: [fn(&Medians, &Floors) -> Vec<Target>; 3] = [
        |app, floors| vec![Target::new("above half of its SQL alone", floors.of_sql(app) > 0.5)],
        |app, _| {
            vec![
                Target::new("60 a second or more", app.per_second >= 60.0),
                Target::new("p95 within 120 ms", app.p95 <= 120.0),
                Target::new("p99 under 250 ms", app.p99 < 250.0),
            ]
        },
        |app, _| vec![Target::new("p99 under 1.2 s", app.p99 < 1200.0)],
    ];
    let templates = [Template::daily(), Template::civil_and_family(200), Template::civil_and_family(800)];
    let scenario = |(template, judge): (Template, _)| Scenario {
        what: format!("POST /publication, {} cases, {} KB", template.cases, template.size() / 1000),
        app: publish(world.app.address(), &template, &world.token, numbers),
        hello: post_to_floor(world.hello.address(), &template),
        as_long: None,
        sql: Some(Script::record(&template)),
        blob: Some(template),
        judge,
    };
    templates.into_iter().zip(judges).map(scenario).collect()
}

/// The three pages that are read most; publishes what they show.
///
/// # Errors
/// When a list is refused.
pub async fn pages(world: &World) -> Result<Vec<Scenario>> {
    let address = world.app.address();
    let list = publish_for_pages(world).await?;
    let page = async |what: &str, path: String, sql, judge| {
        let (_, page) = load::once(address, (get(address, path.clone()).maker)()).await?;
        let app = browse(address, path);
        let (_, body) = load::once(address, (app.maker)()).await?;
        let hello = |path: String| get(world.hello.address(), path);
        anyhow::Ok(Scenario {
            what: format!("{what}, {} KB, {} KB as sent", page.len() / 1000, body.len() / 1000),
            app,
            hello: hello("/".to_owned()),
            as_long: Some(hello(format!("/?bytes={}", body.len()))),
            sql,
            blob: None,
            judge,
        })
    };
    let a_to_z = page("A to Z page, 400 courts", "/courts-tribunals-list".to_owned(), None, |app, _| {
        vec![Target::new("p99 under 2.5 s", app.p99 < 2500.0)]
    });
    let court = format!("/summary-of-publications?locationId={SHOWN}");
    let court = page("Court page, 11 lists", court, Some(Script::court()), |app, _| {
        vec![Target::new("p99 under 2.5 s", app.p99 < 2500.0)]
    });
    let list_page = format!("{LIST_PATH}?artefactId={list}");
    let list_page = page("List page, 200 cases", list_page, Some(Script::find(list)), |app, floors| {
        vec![
            Target::new("above a third of the floor", floors.of_hello(app) > 1.0 / 3.0),
            Target::new("3,000 a second or more", app.per_second >= 3000.0),
            Target::new("p99 within 20 ms", app.p99 <= 20.0),
        ]
    });
    Ok(vec![a_to_z.await?, court.await?, list_page.await?])
}

async fn publish_for_pages(world: &World) -> Result<Uuid> {
    let (address, token) = (world.app.address(), world.token.as_str());
    let date = |day| NaiveDate::from_ymd_opt(2030, 1, day).context("a date that exists");
    let daily = Template::daily();
    for day in 1..=LISTS_OF_THE_COURT {
        publish_one(address, &daily, token, day, SHOWN, date(day)?).await?;
    }
    publish_one(address, &Template::civil_and_family(200), token, 0, SHOWN, date(1)?).await
}

/// Answers a second of one scenario.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// The package's.
    app: f64,
    /// Those of what has no tables: the same blob alone, or else the floor behind the host.
    control: f64,
}

/// Runs the scenarios one after the other and reports them; gives their rates.
///
/// # Errors
/// When something cannot be run at all.
pub async fn run(
    scenarios: &[Scenario],
    world: &World,
    floor: &Floor,
    options: &Options,
    report: &mut Report,
) -> Result<Vec<Rates>> {
    let mut rates = Vec::new();
    for scenario in scenarios {
        let measured = step(&scenario.what, measure(scenario, world, floor, options)).await?;
        let control = measured.blob.unwrap_or(measured.floors.hello).per_second;
        rates.push(Rates { app: measured.app.per_second, control });
        show(scenario, &measured, floor, report);
    }
    Ok(rates)
}

/// The medians of one scenario.
struct Outcome {
    app: Medians,
    floors: Floors,
    as_long: Option<Medians>,
    blob: Option<Medians>,
    peak: u64,
}

async fn measure(scenario: &Scenario, world: &World, floor: &Floor, options: &Options) -> Result<Outcome> {
    load::run(&scenario.hello, CONNECTIONS, options.warm_up).await?;
    load::run(&scenario.app, CONNECTIONS, options.warm_up).await?;
    let peak = Peak::watch(pid(&world.app)?);
    let (mut app, mut hello, mut as_long, mut sql, mut blobs) = (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..options.rounds {
        hello.push(behind(&world.hello, &scenario.hello, options.run).await?);
        if let Some(demand) = &scenario.as_long {
            as_long.push(behind(&world.hello, demand, options.run).await?);
        }
        app.push(behind(&world.app, &scenario.app, options.run).await?);
        if let Some(script) = &scenario.sql {
            sql.push((floor.run(script, options.run).await?, None));
        }
        if let Some(template) = &scenario.blob {
            blobs.push((blob::run(&world.components.storage()?, template, options.run).await?, None));
        }
    }
    let some = |runs: Vec<(Measured, Option<f64>)>| (!runs.is_empty()).then(|| Medians::of(&runs));
    let floors = Floors { hello: Medians::of(&hello), sql: some(sql) };
    let (as_long, blob) = (some(as_long), some(blobs));
    Ok(Outcome { app: Medians::of(&app), floors, as_long, blob, peak: peak.stop() })
}

/// One run behind a host, with the handler's processor time a request.
async fn behind(host: &RunningHost, demand: &Demand, duration: Duration) -> Result<(Measured, Option<f64>)> {
    let pid = pid(host)?;
    let before = proc::cpu_seconds(pid)?;
    let measured = load::run(demand, CONNECTIONS, duration).await?;
    let used = proc::cpu_seconds(pid)? - before;
    let requests = (measured.completed() + measured.failed).max(1);
    Ok((measured, Some(used * 1000.0 / requests as f64)))
}

fn pid(host: &RunningHost) -> Result<u32> {
    host.handler_pid().context("the handler has ended")
}

fn show(scenario: &Scenario, outcome: &Outcome, floor: &Floor, report: &mut Report) {
    let Outcome { app, floors, as_long, blob, peak } = outcome;
    report.load_heading(&scenario.what);
    report.load("the package", app, None);
    let part = |of: &Medians| Some(app.per_second / of.per_second);
    report.load("hello behind the same host", &floors.hello, part(&floors.hello));
    if let Some(as_long) = as_long {
        report.load("as many bytes behind it", as_long, part(as_long));
    }
    if let Some(sql) = &floors.sql {
        report.load(floor.name(), sql, part(sql));
    }
    if let Some(blob) = blob {
        report.load("its blob alone to Azurite", blob, part(blob));
    }
    if let (Some(sql), Some(blob)) = (&floors.sql, blob) {
        // What the machine could do of both, were the one to begin when the other ends.
        let both = 1.0 / (1.0 / sql.per_second + 1.0 / blob.per_second);
        report.note(&format!(
            "SQL and blob in turn would come to {both:.1} a second; of it {:.3}",
            app.per_second / both
        ));
    }
    for target in (scenario.judge)(app, floors) {
        report.target(target);
    }
    let megabytes = *peak as f64 / 1e6;
    report.target(Target::new(format!("memory within 256 MiB ({megabytes:.0} MB)"), *peak <= MEMORY_LIMIT));
}

/// The first view of lists that nobody has read yet: from the blob, not from memory.
///
/// # Errors
/// When a list cannot be published or read.
pub async fn unread(world: &World, numbers: &Numbers, options: &Options, report: &mut Report) -> Result<()> {
    let (address, template) = (world.app.address(), Template::civil_and_family(200));
    let mut paths = Vec::new();
    for _ in 0..options.unread_lists {
        let number = numbers.next();
        let (court, date) = crate::courts::identity(number);
        let id = publish_one(address, &template, &world.token, number, court, date).await?;
        paths.push(format!("{LIST_PATH}?artefactId={id}"));
    }
    let next = Numbers::default();
    let requests = paths.len();
    let mut demand = browse(address, String::new());
    demand.maker = std::sync::Arc::new(move || {
        let path = &paths[next.next() as usize % paths.len()];
        (browse(address, path.clone()).maker)()
    });
    let measured = load::run_counted(&demand, 2, requests).await?;
    let medians = Medians::of(&[(measured, None)]);
    report.load_heading(&format!("List page, 200 cases, {requests} lists nobody has read, 2 readers"));
    report.load("the package", &medians, None);
    report.target(Target::new("p95 within 40 ms", medians.p95 <= 40.0));
    Ok(())
}

/// Two hundred producers at once, each with another version of one and the same publication.
///
/// # Errors
/// When no version is accepted.
pub async fn crowd(world: &World, options: &Options, report: &mut Report) -> Result<()> {
    let date = NaiveDate::from_ymd_opt(2030, 1, 1).context("a date that exists")?;
    let demand = amend(world.app.address(), &Template::daily(), &world.token, SHOWN - 1, date);
    let mut runs = Vec::new();
    for _ in 0..options.rounds {
        runs.push((load::run_counted(&demand, CROWD, CROWD).await?, None));
    }
    let medians = Medians::of(&runs);
    report.load_heading(&format!("POST /publication, {CROWD} versions of one publication at once"));
    report.load("the package", &medians, None);
    report.target(Target::new("p99 within 1 s", medians.p99 <= 1000.0));
    report.target(Target::new("none refused", medians.failed == 0));
    Ok(())
}

/// Compares ingest before and after the tables have grown. What became slower without having tables did so for other
/// reasons, and is allowed for.
pub fn compare_growth(what: &[Scenario], before: &[Rates], after: &[Rates], report: &mut Report) {
    report.section("POST /publication: the rate with filled tables as a part of that with empty ones");
    for ((scenario, before), after) in what.iter().zip(before).zip(after) {
        let (ratio, control) = (after.app / before.app, after.control / before.control);
        let what = scenario.what.trim_start_matches("POST /publication, ");
        let words = format!("no slower (its blob alone: {control:.2})");
        let target = Target::new(words, ratio > 0.9 * control.min(1.0));
        report.line(what, format!("{ratio:.2}"), Some(target));
    }
}
