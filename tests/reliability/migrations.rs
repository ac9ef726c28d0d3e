//! Migrations expand before they contract: while one is applied, the release before it still runs. Each migration is applied
//! in turn to a real database, and whatever the schema offered before it must still be offered after it. A migration that
//! means to take something away says so, and why, in a line `-- contracts: …`, once no running release uses it.

use crate::support::database::superuser;
use crate::support::unique;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tokio_postgres::Client;

const MARKER: &str = "-- contracts: ";

/// The migrations in their order.
fn migrations() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "sql")).collect();
    files.sort();
    files
}

/// Everything a running release may rely on, one line each.
async fn offers(db: &Client) -> BTreeSet<String> {
    const OFFERS: &str = "
        select format('column %s.%s of type %s', relation.relname, attribute.attname, format_type(atttypid, atttypmod))
          from pg_attribute attribute join pg_class relation on relation.oid = attrelid
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') and attnum > 0 and not attisdropped
        union all
        select format('a row of %s may be inserted without %s', relation.relname, attribute.attname)
          from pg_attribute attribute join pg_class relation on relation.oid = attrelid
         where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
           and (not attnotnull or atthasdef or attidentity <> '')
        union all
        select format('function %s returns %s', oid::regprocedure, pg_get_function_result(oid))
          from pg_proc where pronamespace = 'public'::regnamespace
        union all
        select format('%s %s is unique by %s', relation.relname, conname, pg_get_constraintdef(known.oid))
          from pg_constraint known join pg_class relation on relation.oid = conrelid
         where connamespace = 'public'::regnamespace and contype in ('p', 'u')
        union all
        select format('the app may %s %s', lower(privilege_type), table_name)
          from information_schema.table_privileges where grantee = 'pi_app' and table_schema = 'public'";
    let rows = db.query(OFFERS, &[]).await.expect("the catalogue can be read");
    rows.iter().map(|row| row.get(0)).collect()
}

/// Rules an existing table has that a release before did not know: they may refuse what it writes.
async fn demands(db: &Client) -> BTreeSet<(String, String)> {
    const DEMANDS: &str = "
        select relation.relname::text, format('%s: %s', conname, pg_get_constraintdef(known.oid))
          from pg_constraint known join pg_class relation on relation.oid = conrelid
         where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'u', 'x')
        union all
        select relation.relname::text, format('%s is never null', attname)
          from pg_attribute join pg_class relation on relation.oid = attrelid
         where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and attnotnull and not atthasdef and attidentity = ''";
    let rows = db.query(DEMANDS, &[]).await.expect("the catalogue can be read");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn tables(db: &Client) -> BTreeSet<String> {
    let sql =
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'";
    db.query(sql, &[]).await.expect("the catalogue can be read").iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_migration_leaves_the_release_before_it_what_it_needs() {
    let admin = superuser("postgres").await;
    let name = unique(&format!("pi_test_{}_migrations", std::process::id())).replace('-', "_");
    admin.batch_execute(&format!("create database {name}")).await.expect("the superuser creates databases");
    let db = superuser(&name).await;
    for migration in migrations() {
        let text = std::fs::read_to_string(&migration).expect("a migration");
        let file = migration.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (offered, demanded, known) = (offers(&db).await, demands(&db).await, tables(&db).await);
        db.batch_execute(&format!("begin; {text}; commit"))
            .await
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let taken: Vec<_> = offered.difference(&offers(&db).await).cloned().collect();
        let imposed = demands(&db)
            .await
            .difference(&demanded)
            .filter(|(table, _)| known.contains(table))
            .cloned()
            .collect::<Vec<_>>();
        let says_so = text.lines().any(|line| line.strip_prefix(MARKER).is_some_and(|why| why.len() > 20));
        assert!(
            says_so || taken.is_empty(),
            "{file} takes away {taken:#?}; expand first, or say why in a line {MARKER:?}"
        );
        assert!(
            says_so || imposed.is_empty(),
            "{file} imposes {imposed:#?}; expand first, or say why in a line {MARKER:?}"
        );
    }
    drop(db);
    admin.batch_execute(&format!("drop database {name} with (force)")).await.expect("dropped");
}

#[tokio::test]
async fn what_was_classified_before_the_versions_had_a_sensitivity_of_their_own_stays_so() {
    let admin = superuser("postgres").await;
    let name = unique(&format!("pi_test_{}_backfill", std::process::id())).replace('-', "_");
    admin.batch_execute(&format!("create database {name}")).await.expect("the superuser creates databases");
    let db = superuser(&name).await;
    let is_before = |path: &PathBuf| path.file_name().is_some_and(|file| *file.to_string_lossy() < *"V14");
    let (before, after): (Vec<_>, Vec<_>) = migrations().into_iter().partition(is_before);
    let apply = async |files: Vec<PathBuf>| {
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a migration");
            db.batch_execute(&text).await.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
    };
    // As the release before recorded it; that release's statement still works afterwards.
    let record = async |sensitivity: &str, bytes: &str, number: i32| -> String {
        let sql = format!(
            "select outcome from record_publication(gen_random_uuid(), gen_random_uuid(), 'hmi', now(), 'SNL', '1', 'VENUE', \
             false, '2026-01-05', 'ENGLISH', 'CIVIL_DAILY_CAUSE_LIST', 'LIST', '{sensitivity}', '2026-01-05Z', null, '{bytes}', 1, \
             'application/json', false, null, null, {number}, 'key-{number}', null, '{{}}', '{{}}', '{{}}', '{{}}')"
        );
        db.query_one(&sql, &[]).await.expect("an outcome").get(0)
    };
    apply(before).await;
    for (sensitivity, bytes, number) in [("CLASSIFIED", "1", 3), ("CLASSIFIED", "2", 4), ("PUBLIC", "2", 9)] {
        record(sensitivity, bytes, number).await;
    }
    record("PUBLIC", "3", 7).await;
    apply(after).await;
    let sql = "select string_agg(version_sensitivity, ' ' order by number) from publication_version";
    let sensitivities: String = db.query_one(sql, &[]).await.expect("versions").get(0);
    assert_eq!(sensitivities, "CLASSIFIED PUBLIC PUBLIC");
    assert_eq!(record("PUBLIC", "3", 7).await, "repeated", "the key is known");
    assert_eq!(record("CLASSIFIED", "1", 6).await, "outdated");
    drop(db);
    admin.batch_execute(&format!("drop database {name} with (force)")).await.expect("dropped");
}
