//! The two limits, seen from outside.

use std::time::Duration;

use stand_ins::notify::KeyKind;

use crate::support::{World, assert_refused, mail};

#[tokio::test]
async fn a_burst_ends_in_429_and_each_type_of_key_has_its_own_bucket() {
    let world = World::with(|options| options.notify.rate_per_minute = 60).await;
    for number in 1..=20 {
        assert_eq!(world.send(&mail()).await.status, 201, "mail {number}");
    }
    let message = "Exceeded rate limit for key type LIVE of 60 requests per 60 seconds";
    assert_refused(&world.send(&mail()).await, 429, "RateLimitError", message);
    assert_eq!(world.send_as(KeyKind::Test, &mail()).await.status, 201);
    world.clock.advance(Duration::from_secs(1));
    assert_refused(&world.send(&mail()).await, 429, "RateLimitError", message);
    world.clock.advance(Duration::from_millis(2_100));
    assert_eq!(world.send(&mail()).await.status, 201);
}

#[tokio::test]
async fn looking_up_is_not_limited() {
    let world = World::with(|options| options.notify.rate_per_minute = 3).await;
    for _ in 0..10 {
        assert_eq!(world.look_up(KeyKind::Live, "").await.status, 200);
    }
}

#[tokio::test]
async fn the_day_has_a_limit_that_ends_at_midnight() {
    let world = World::with(|options| options.notify.daily_limit = 2).await;
    for _ in 0..2 {
        assert_eq!(world.send(&mail()).await.status, 201);
    }
    let message = "Exceeded send limits (email: 2) for today";
    assert_refused(&world.send(&mail()).await, 429, "TooManyRequestsError", message);
    world.clock.advance(Duration::from_secs(17 * 3600));
    assert_eq!(world.send(&mail()).await.status, 201);
}
