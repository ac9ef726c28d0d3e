//! What a producer says about a publication: each header, missing and wrong.

use crate::support::{World, civil_daily_cause_list};

#[tokio::test]
async fn a_producer_is_told_which_header_is_missing() {
    let world = World::new().await;
    let needed = [
        "x-provenance",
        "x-type",
        "x-language",
        "x-court-id",
        "x-content-date",
        "x-display-from",
        "x-display-to",
        "x-list-type",
    ];
    for header in needed {
        let refused = world.publisher().publishes(civil_daily_cause_list().without(header)).await.expect(400);
        assert_eq!(
            (refused.problem().as_str(), refused.faulty_fields()),
            ("invalid-request", vec![header.to_owned()])
        );
    }
    assert_eq!(world.count("publication").await, 0);
}
