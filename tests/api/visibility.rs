//! One question decides what is seen: the window to the instant, the matrix, and rule against predicate.

use crate::support::people::Caller;
use crate::support::upload::list;
use crate::support::{World, civil_daily_cause_list, instant};
use adapters::postgres::{effects, publications};
use domain::{Access, Classified, Principal, Sensitivity, ThirdPartyRole, UserProvenance, UserRole};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_appears_at_its_first_instant_and_is_gone_at_its_last_on_every_surface() {
    let world = World::new().at("2026-01-05T07:59:59Z").await;
    let upload = civil_daily_cause_list().shown("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z");
    let id = world.publisher().publishes(upload).await.artefact_id();
    for (now, seen) in [
        ("2026-01-05T07:59:59.999Z", false),
        ("2026-01-05T08:00:00Z", true),
        ("2026-01-05T08:59:59.999Z", true),
        ("2026-01-05T09:00:00Z", false),
    ] {
        world.at(now);
        let gone = if now > "2026-01-05T08:30" { 410 } else { 404 };
        world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(if seen { 200 } else { gone });
        assert_eq!(world.html("/summary-of-publications?locationId=1").await.contains(&id), seen, "{now}");
        let courtel = world.third_party("VERIFIED_THIRD_PARTY_CFT");
        for form in ["", "/payload", "/pdf", "/document", "/versions", "/diff"] {
            courtel.get(&format!("/publication/{id}{form}")).await.expect(if seen { 200 } else { 404 });
        }
        let found =
            courtel.get("/publication/search/caseNumber?searchValue=K01OX204").await.expect(200).json();
        assert_eq!(found.as_array().map(Vec::len), Some(usize::from(seen)), "{now}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_principal_reads_what_its_sensitivity_allows_on_every_surface() {
    let world = World::new().await;
    // PUBLIC, PRIVATE, CLASSIFIED, INTERNAL of a civil list: who reads it through the API.
    let matrix = [
        ("GENERAL_THIRD_PARTY", [true, true, false, false]),
        ("VERIFIED_THIRD_PARTY_CRIME", [true, true, false, false]),
        ("VERIFIED_THIRD_PARTY_CFT", [true, true, true, false]),
        ("VERIFIED_THIRD_PARTY_ALL", [true, true, true, false]),
        ("api.request.admin", [true, true, true, true]),
    ];
    for (index, sensitivity) in Sensitivity::ALL.iter().enumerate() {
        let upload = civil_daily_cause_list()
            .of_sensitivity(sensitivity.as_str())
            .with("x-content-date", &format!("2026-01-0{}", index + 1));
        let id = world.publisher().publishes(upload).await.artefact_id();
        let public = index == 0;
        world.page(&format!("/daily-cause-list?artefactId={id}")).await.expect(if public {
            200
        } else {
            404
        });
        assert_eq!(world.html("/summary-of-publications?locationId=1").await.contains(&id), public);
        for (role, reads) in matrix {
            let expected = if reads[index] { 200 } else { 404 };
            let caller = world.third_party(role);
            for form in ["", "/payload", "/pdf", "/summary"] {
                caller.get(&format!("/publication/{id}{form}")).await.expect(expected);
            }
            let listed = caller.get("/publication/locationId/1").await.expect(200).text();
            assert_eq!(listed.contains(&id), reads[index], "{role} {sensitivity}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_closed_before_it_was_redacted_stays_closed_to_whoever_may_read_the_redacted_list() {
    let world = World::new().await;
    let publisher = world.publisher();
    let redacted = civil_daily_cause_list().amended("Ashdown Lettings Limited v Quill", "A v B");
    let id = publisher.publishes(civil_daily_cause_list().of_sensitivity("CLASSIFIED")).await.artefact_id();
    publisher.publishes(redacted.clone()).await.expect(201);
    let (stranger, operator) = (world.third_party("GENERAL_THIRD_PARTY"), world.operator());
    stranger.get(&format!("/publication/{id}/payload")).await.expect(200);
    for earlier in ["/diff", "/diff?from=1&to=2", "/diff?from=2&to=1", "/versions/1"] {
        stranger.get(&format!("/publication/{id}{earlier}")).await.expect(404);
        operator.get(&format!("/publication/{id}{earlier}")).await.expect(200);
    }
    let path = format!("/publication/{id}/versions");
    let versions =
        async |caller: &Caller<'_>| caller.get(&path).await.expect(200).json().as_array().map(Vec::len);
    assert_eq!((versions(&stranger).await, versions(&operator).await), (Some(1), Some(2)));
    stranger.get(&format!("/publication/{id}/versions/2")).await.expect(200);
    let exports =
        "audit_log where action = 'DATA_EXPORT' and details ->> 'sensitivity' = 'CLASSIFIED' and actor";
    assert_eq!(world.count(&format!("{exports} = 'operations'")).await, 5);
    assert_eq!(world.count(&format!("{exports} = 'courtel'")).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_with_two_roles_reads_what_either_may_read() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for list_type in ["CIVIL_DAILY_CAUSE_LIST", "MAGISTRATES_STANDARD_LIST", "SJP_PRESS_LIST"] {
        let upload = list(list_type, "SNL").of_sensitivity("CLASSIFIED");
        ids.push(world.publisher().publishes(upload).await.artefact_id());
    }
    let roles = ["VERIFIED_THIRD_PARTY_CRIME", "VERIFIED_THIRD_PARTY_CFT"];
    let courtel = world.bearer(&world.claims("courtel", &roles));
    for (id, status) in ids.iter().zip([200, 200, 404]) {
        courtel.get(&format!("/publication/{id}/payload")).await.expect(status);
    }
}

fn principal() -> impl Strategy<Value = Principal> {
    let user = (proptest::sample::select(UserProvenance::ALL), proptest::sample::select(UserRole::ALL))
        .prop_map(|(provenance, role)| Principal::User { provenance, role });
    let third_party = proptest::sample::select(ThirdPartyRole::ALL).prop_map(Principal::ThirdParty);
    prop_oneof![Just(Principal::Public), Just(Principal::System), user, third_party]
}

/// Each role, and of which system's lists it reads the classified ones: civil lists of SNL, Crown lists of PDDA.
const ROLES: [(&str, [bool; 2]); 9] = [
    ("GENERAL_THIRD_PARTY", [false, false]),
    ("VERIFIED_THIRD_PARTY_CRIME", [false, true]),
    ("VERIFIED_THIRD_PARTY_CFT", [true, false]),
    ("VERIFIED_THIRD_PARTY_PRESS", [false, false]),
    ("VERIFIED_THIRD_PARTY_CRIME_CFT", [true, true]),
    ("VERIFIED_THIRD_PARTY_CRIME_PRESS", [false, true]),
    ("VERIFIED_THIRD_PARTY_CFT_PRESS", [true, false]),
    ("VERIFIED_THIRD_PARTY_ALL", [true, true]),
    ("api.request.admin", [true, true]),
];

/// Sensitivity × provenance × role × window × surface. An operator finds every publication by its id, whenever.
#[tokio::test(flavor = "multi_thread")]
async fn each_role_reads_each_list_of_each_system_before_within_and_after_its_window_as_the_matrix_says() {
    let world = World::new().at("2026-01-05T07:00:00Z").await;
    let mut published = Vec::new();
    for (system, (list_type, provenance)) in
        [("CIVIL_DAILY_CAUSE_LIST", "SNL"), ("CROWN_DAILY_PDDA_LIST", "PDDA")].into_iter().enumerate()
    {
        for (day, sensitivity) in (1..).zip(Sensitivity::ALL) {
            let upload = list(list_type, provenance)
                .of_sensitivity(sensitivity.as_str())
                .with("x-content-date", &format!("2026-01-0{day}"))
                .shown("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z");
            published.push((world.publisher().publishes(upload).await.artefact_id(), *sensitivity, system));
        }
    }
    for (now, open) in
        [("2026-01-05T07:30:00Z", false), ("2026-01-05T08:30:00Z", true), ("2026-01-05T09:30:00Z", false)]
    {
        world.at(now);
        for (role, classified) in ROLES {
            let caller = world.third_party(role);
            let operator = role == "api.request.admin";
            let listing = caller.get("/publication/locationId/1").await.expect(200).text();
            let found = "/publication/search/caseNumber?searchValue=K01OX204";
            let found = caller.get(found).await.expect(200).text();
            for (id, sensitivity, system) in &published {
                let reads = match sensitivity {
                    Sensitivity::Public | Sensitivity::Private => true,
                    Sensitivity::Classified => classified[*system],
                    Sensitivity::Internal => operator,
                };
                let cell = format!("{role} {sensitivity} {system} {now}");
                assert_eq!(listing.contains(id), open && reads, "listing: {cell}");
                assert_eq!(found.contains(id), open && reads && *system == 0, "search: {cell}");
                let expected = if operator || (open && reads) { 200 } else { 404 };
                for surface in ["", "/payload", "/document", "/pdf", "/versions", "/versions/1", "/exists"] {
                    let answer = caller.get(&format!("/publication/{id}{surface}")).await;
                    assert_eq!(answer.status, expected, "{surface}: {cell}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_and_its_sql_predicate_agree() {
    let world = World::new().await;
    let fill = "insert into publication (publication_id, provenance, court_id, location_id, court_level, content_date, \
            language, list_type, artefact_type, sensitivity, display_from, display_to, current_version, withdrawn_at, archived_at) \
        select gen_random_uuid(), 'SNL', n::text, case when n % 7 = 0 then null else 1 end, 'VENUE', date '2026-01-01' + n, \
            'ENGLISH', (array['CIVIL_DAILY_CAUSE_LIST', 'CROWN_FIRM_PDDA_LIST', 'SJP_PRESS_LIST', null])[1 + n % 4], 'LIST', \
            (array['PUBLIC', 'PRIVATE', 'CLASSIFIED', 'INTERNAL'])[1 + (n / 4) % 4], \
            timestamptz '2026-01-05 00:00Z' + make_interval(hours => n % 11), \
            case when n % 5 = 0 then null else timestamptz '2026-01-05 06:00Z' + make_interval(hours => n % 13) end, 1, \
            case when n % 17 = 0 then now() end, case when n % 19 = 0 then now() end \
          from generate_series(1, 300) n";
    let versions = "insert into publication_version (publication_id, number, version_id, sha256, size, media_type, is_flat_file, \
            published_by, received_at) select publication_id, 1, gen_random_uuid(), '', 0, 'application/json', false, 'test', now() from publication";
    let superuser = world.database.superuser().await;
    superuser.batch_execute(&format!("{fill}; {versions}")).await.expect("the rows");
    let db = world.app.db.connect().await.expect("a connection");
    let ids: Vec<uuid::Uuid> = superuser
        .query("select publication_id from publication", &[])
        .await
        .expect("ids")
        .iter()
        .map(|row| row.get(0))
        .collect();
    let mut all = Vec::new();
    for id in ids {
        all.push(
            publications::find(&db, domain::PublicationId(id))
                .await
                .expect("a publication")
                .expect("it is there"),
        );
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..60 {
        let (principal, minutes) =
            (principal(), 0i64..1440).new_tree(&mut runner).expect("a value").current();
        let access = Access::of(principal, lists::registry().audiences());
        let now = instant("2026-01-05T00:00:00Z") + chrono::TimeDelta::minutes(minutes);
        let mut by_rule: Vec<_> =
            all.iter().filter(|p| access.may_see(&p.displayed(), now)).map(|p| p.publication_id).collect();
        let mut by_sql = publications::visible_ids(&db, &access, now).await.expect("ids");
        by_rule.sort();
        by_sql.sort();
        assert_eq!(
            by_rule,
            by_sql,
            "{principal:?} at {now}, {:?}",
            matches!(access.classified, Classified::All)
        );
    }
    mails_agree(&world, &all).await;
}

/// The plan of mails is a third spelling of the rule: everybody follows the one court, and is owed what they may see.
async fn mails_agree(world: &World, all: &[publications::Publication]) {
    let superuser = world.database.superuser().await;
    let subscribe = "with person as (insert into subscriber (email, user_provenance, role) values ($1, $2, $3) \
            returning subscriber_id) \
        insert into subscription (subscriber_id, search_type, search_value) \
        select subscriber_id, 'LOCATION_ID', '1' from person returning subscriber_id::text";
    let mut people = Vec::new();
    for provenance in UserProvenance::ALL {
        for role in UserRole::ALL {
            let email = format!("{provenance}.{role}@example.com");
            let row = superuser.query_one(subscribe, &[&email, &provenance.as_str(), &role.as_str()]).await;
            let principal = Principal::User { provenance: *provenance, role: *role };
            people.push((row.expect("a subscriber").get::<_, String>(0), principal));
        }
    }
    let db = world.app.db.connect().await.expect("a connection");
    let audiences: Vec<_> = lists::registry().audiences().collect();
    for now in ["2026-01-05T03:00:00Z", "2026-01-05T07:00:00Z", "2026-01-05T11:00:00Z"].map(instant) {
        superuser.batch_execute("delete from effect").await.expect("the superuser may");
        effects::plan_mails(&db, now, &audiences).await.expect("a plan");
        for (person, principal) in &people {
            let owed = "select publication_id from effect where recipient = $1 order by 1";
            let owed = superuser.query(owed, &[person]).await.expect("what is owed");
            let owed: Vec<_> = owed.iter().map(|row| domain::PublicationId(row.get(0))).collect();
            let access = Access::of(*principal, lists::registry().audiences());
            let seen = all.iter().filter(|publication| access.may_see(&publication.displayed(), now));
            let mut seen: Vec<_> = seen.map(|publication| publication.publication_id).collect();
            seen.sort();
            assert_eq!(owed, seen, "{principal:?} at {now}");
        }
    }
}
