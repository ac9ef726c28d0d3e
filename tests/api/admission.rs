//! Who may publish: tokens and roles.

use crate::support::{World, civil_daily_cause_list};
use stand_ins::issuer::Flaw;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_hold_is_refused_whatever_is_wrong_with_it() {
    let world = World::new().await;
    let claims = world.claims("hmi", &["api.publisher.user"]);
    let now = world.now().timestamp();
    for wrong in [
        claims.clone().with("aud", "api://another-service"),
        claims.clone().with("iss", "https://login.example/other/v2.0"),
        claims.clone().with("tid", "99999999-0000-4000-8000-000000000000"),
        claims.clone().with("exp", now - 61),
        claims.clone().with("nbf", now + 61),
        claims.clone().with("scp", "user_impersonation"),
    ] {
        world.bearer(&wrong).publishes(civil_daily_cause_list()).await.expect(401);
    }
    for flaw in
        [Flaw::AlgNone, Flaw::HmacWithPublicKey, Flaw::UnknownKid, Flaw::WrongKey, Flaw::TamperedClaims]
    {
        world.flawed(&claims, flaw).publishes(civil_daily_cause_list()).await.expect(401);
    }
    for header in ["", "Bearer", "Bearer x.y.z", "Basic aGk6aGk="] {
        let caller = world.with_authorization(header.to_owned());
        let refused = caller.publishes(civil_daily_cause_list()).await.expect(401);
        assert_eq!(refused.header("www-authenticate"), "Bearer");
    }
    world.anyone().publishes(civil_daily_cause_list()).await.expect(401);
    assert_eq!(world.count("publication").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_publishes_only_for_the_systems_it_is_bound_to() {
    let world = World::new().await;
    world
        .publisher()
        .publishes(civil_daily_cause_list().with("x-provenance", "MANUAL_UPLOAD"))
        .await
        .expect(403);
    let xhibit = world.bearer(&world.claims("xhibit", &["api.publisher.user"]));
    xhibit.publishes(civil_daily_cause_list()).await.expect(403);
    let stranger = world.bearer(&world.claims("stranger", &["api.publisher.user"]));
    stranger.publishes(civil_daily_cause_list()).await.expect(403);
    world.third_party("VERIFIED_THIRD_PARTY_CFT").publishes(civil_daily_cause_list()).await.expect(403);
    assert_eq!(world.count("publication").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_keys_asks_the_issuer_once() {
    let world = World::new().await;
    world.publisher().publishes(civil_daily_cause_list()).await.expect(201);
    let claims = world.claims("hmi", &["api.publisher.user"]);
    let before = world.stand_ins.issuer.jwks_fetches();
    for _ in 0..20 {
        world.flawed(&claims, Flaw::UnknownKid).publishes(civil_daily_cause_list()).await.expect(401);
    }
    assert!(world.stand_ins.issuer.jwks_fetches() <= before + 1);
}
