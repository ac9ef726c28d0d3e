//! The register and the schema: what must agree, agrees.

use crate::support::World;
use std::collections::BTreeSet;

#[test]
fn folders_list_names_and_function_json_agree() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("functions");
    let folders: BTreeSet<String> = std::fs::read_dir(&root)
        .expect("the folder of functions")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().join("function.json").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let names: Vec<_> = functions::ALL.iter().map(|function| function.name.to_owned()).collect();
    assert_eq!(folders, names.iter().cloned().collect());
    assert!(names.is_sorted(), "in the order the host tries them");
    for function in functions::ALL {
        let on_disk = std::fs::read_to_string(root.join(function.name).join("function.json"))
            .expect("its function.json");
        assert_eq!(on_disk, function.bindings, "{}", function.name);
        let trigger = function.trigger();
        if trigger.kind != "httpTrigger" {
            assert!(trigger.methods.is_empty());
        }
    }
    assert_eq!(names.last().map(String::as_str), Some("unknown_page"), "the catch-all comes last");
}

#[test]
fn every_list_page_is_matched_by_the_list_function_and_by_none_before_it() {
    let route = functions::portal_list::FUNCTION.trigger().route.expect("a route");
    let pattern = route.trim_start_matches("{path:regex(").trim_end_matches(")}");
    let pattern = regex::Regex::new(pattern).expect("a pattern");
    for list_type in lists::registry().all() {
        if let Some(path) = &list_type.path {
            assert!(pattern.is_match(path), "{path}");
            assert_ne!(path, "courts-tribunals-list");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_identity_is_unique_also_without_a_list_type_and_every_column_says_what_it_is() {
    let world = World::new().await;
    let constraint = "pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey) \
        where conname = 'publication_identity' and contype = 'u' and attnotnull";
    assert_eq!(world.count(constraint).await, 5, "each part of it is always there");
    let silent = "pg_class join pg_attribute on attrelid = pg_class.oid left join pg_description d on d.objoid = pg_class.oid and d.objsubid = attnum \
        where relkind = 'r' and relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped and description is null \
          and relname <> 'refinery_schema_history' and relname <> 'location_reference'";
    assert_eq!(world.count(silent).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_apps_login_cannot_change_the_schema_or_history() {
    let world = World::new().await;
    let app = world.database.as_app().await;
    for forbidden in [
        "create table mine (a int)",
        "drop table publication",
        "alter table publication add column a int",
        "update audit_log set actor = 'x'",
        "delete from audit_log",
        "update ledger set entry = 7",
        "delete from ledger",
        "update publication_version set sha256 = ''",
        "create role other",
    ] {
        assert!(app.batch_execute(forbidden).await.is_err(), "{forbidden}");
    }
}
