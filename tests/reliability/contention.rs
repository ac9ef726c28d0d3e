//! Other transactions are in the way: conflicts are repeated a few times and no more, a lock that is held costs the one who
//! needs it three seconds and nobody else anything, and nothing is ever done by halves.

use super::system::Turn;
use crate::support::{World, civil_daily_cause_list};
use std::time::{Duration, Instant};
use tokio_postgres::Client;

/// The first `times` versions to be stored fail with this error.
async fn fails(world: &World, code: &str, times: u32) {
    let sql = format!(
        "create sequence failures;
         grant usage on sequence failures to pi_app;
         create function fail() returns trigger language plpgsql as $$
         begin
             if nextval('failures') <= {times} then raise exception 'injected' using errcode = '{code}'; end if;
             return new;
         end $$;
         create trigger fail before insert on publication_version for each row execute function fail();"
    );
    world.database.superuser().await.batch_execute(&sql).await.expect("the superuser may");
}

#[tokio::test]
async fn a_conflict_with_other_transactions_is_repeated() {
    for code in ["40001", "40P01"] {
        let world = World::new().await;
        fails(&world, code, 3).await;
        world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
        assert_eq!(world.count("publication_version").await, 1);
        assert_eq!(world.count("audit_log where action = 'PUBLICATION_UPLOAD'").await, 1);
    }
}

#[tokio::test]
async fn a_conflict_that_does_not_end_is_a_503_that_leaves_nothing() {
    let world = World::new().await;
    fails(&world, "40001", 1_000).await;
    let refused = world.publisher().publishes(civil_daily_cause_list()).await.expect(503);
    assert!(!refused.header("retry-after").is_empty());
    assert!(refused.text().contains("the same request may be sent again"), "{}", refused.text());
    assert_eq!(world.count("publication").await, 0);
    assert_eq!(world.count("effect").await, 0);
}

#[tokio::test]
async fn a_deadlock_is_survived() {
    let world = World::new().await;
    let list = civil_daily_cause_list();
    let id = world.publisher().publishes(list.clone()).await.artefact_id();
    let db = world.database.superuser().await;
    // An upload holds its publication and then wants the turnstile; the other session takes them the other way about.
    let turnstile = "create table turnstile (token int); insert into turnstile values (1); grant all on turnstile to pi_app;
         create function pass() returns trigger language plpgsql as $$
         begin perform from turnstile for update; return new; end $$;
         create trigger pass before insert on publication_version for each row execute function pass();
         begin; select from turnstile for update;";
    db.batch_execute(turnstile).await.expect("the superuser may");
    let (publisher, other) = (world.publisher(), async {
        waits_for_a_lock(&world.database.superuser().await).await;
        let touch = format!("update publication set updated_at = updated_at where publication_id = '{id}'");
        // Either of the two may be chosen to give way.
        let _ = db.batch_execute(&touch).await;
        db.batch_execute("rollback").await.expect("the superuser may");
    });
    let (answer, ()) = tokio::join!(publisher.publishes(list.numbered(2)), other);
    answer.expect(201);
    assert_eq!(world.count("publication_version").await, 2);
}

async fn waits_for_a_lock(db: &Client) {
    let sql = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !db.query_one(sql, &[]).await.expect("an answer").get::<_, bool>(0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_lock_that_is_held_costs_its_claimant_three_seconds_and_nobody_else_anything() {
    let _turn = Turn::alone().await;
    let world = World::new().await;
    let list = civil_daily_cause_list();
    let id = world.publisher().publishes(list.clone()).await.artefact_id();
    let db = world.database.superuser().await;
    db.batch_execute(&format!("begin; select from publication where publication_id = '{id}' for update"))
        .await
        .expect("a lock");
    let publisher = world.publisher();
    let began = Instant::now();
    let refused = publisher.publishes(list.clone().numbered(2)).await;
    assert!(
        [409, 503].contains(&refused.status) && began.elapsed() < Duration::from_secs(5),
        "after {:?}",
        began.elapsed()
    );
    // A dozen wait for one another as well, up to the statement's own limit.
    let blocked = async {
        let began = Instant::now();
        let answers = (0..12).map(|number| publisher.publishes(list.clone().numbered(number + 2)));
        let answers = futures::future::join_all(answers).await;
        (answers, began.elapsed())
    };
    let others = async {
        waits_for_a_lock(&world.database.superuser().await).await;
        let began = Instant::now();
        world.html("/summary-of-publications?locationId=1").await;
        world.operator().get(&format!("/publication/{id}")).await.expect(200);
        began.elapsed()
    };
    let ((answers, waited), undisturbed) = tokio::join!(blocked, others);
    for answer in answers {
        assert!([409, 503].contains(&answer.status), "{} {}", answer.status, answer.text());
    }
    assert!(waited < Duration::from_secs(14), "refused after {waited:?}");
    assert!(undisturbed < Duration::from_secs(3), "others waited {undisturbed:?}");
    db.batch_execute("rollback").await.expect("the lock is given back");
    assert_eq!(world.count(&format!("publication_version where publication_id = '{id}'")).await, 1);
    publisher.publishes(list.numbered(2)).await.expect(201);
}
