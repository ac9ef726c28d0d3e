//! Changes between versions, by example and by property.

use super::*;
use crate::document::{Bilingual, Case, Header, Section, SectionKind, When};
use crate::keys::Keys;
use chrono::NaiveTime;
use proptest::prelude::*;

fn hearing(case: &str, hour: u32, room: &str) -> Hearing {
    Hearing {
        start: NaiveTime::from_hms_opt(hour, 0, 0).map_or(When::Unsaid, When::Time),
        room: Some(room.to_owned()),
        cases: vec![Case { number: Some(case.to_owned()), ..Case::default() }],
        ..Hearing::default()
    }
}

fn list_of(hearings: Vec<Hearing>) -> ListDocument {
    let mut keys = Keys::default();
    let keyed = hearings.into_iter().map(|hearing| {
        let key = keys.next(hearing.cases[0].number.as_deref().unwrap_or_default());
        Hearing { key, ..hearing }
    });
    let section = Section::of_hearings(SectionKind::Room, Bilingual::default(), keyed.collect());
    ListDocument { list_type: "X".to_owned(), header: Header::default(), sections: vec![section] }
}

fn words(changes: &[Change]) -> Vec<String> {
    let word = |change: &Change| match change {
        Change::Added { hearing } => format!("+{}", hearing.key),
        Change::Removed { hearing } => format!("-{}", hearing.key),
        Change::Changed { what, after, .. } => format!("{}{what:?}", after.key),
    };
    changes.iter().map(word).collect()
}

#[test]
fn hearings_are_added_removed_and_moved() {
    let before = list_of(vec![hearing("A", 9, "1"), hearing("B", 10, "1"), hearing("C", 11, "2")]);
    let mut moved = hearing("A", 10, "3");
    moved.judges = vec!["Judge Byrd".to_owned()];
    let after = list_of(vec![moved, hearing("C", 11, "2"), hearing("D", 12, "2")]);
    assert_eq!(words(&diff(&before, &after)), ["A[Time, Room, Judge]", "+D", "-B"]);
}

#[test]
fn a_change_of_details_is_told_apart_from_a_move() {
    let before = list_of(vec![hearing("A", 9, "1")]);
    let mut renamed = hearing("A", 9, "1");
    renamed.cases[0].name = Some("Ash v Birch".to_owned());
    assert_eq!(words(&diff(&before, &list_of(vec![renamed]))), ["A[Details]"]);
}

#[test]
fn an_earlier_hearing_of_the_same_case_is_added_and_the_rest_stay() {
    let before = list_of(vec![hearing("A", 10, "1"), hearing("A", 14, "1")]);
    let after = list_of(vec![hearing("A", 9, "1"), hearing("A", 10, "1"), hearing("A", 14, "1")]);
    assert_eq!(words(&diff(&before, &after)), ["+A"]);
    assert_eq!(words(&diff(&after, &before)), ["-A"]);
}

fn hearings() -> impl Strategy<Value = Vec<Hearing>> {
    let one = ("[A-D]", 8_u32..18, "[1-3]").prop_map(|(case, hour, room)| hearing(&case, hour, &room));
    proptest::collection::vec(one, 0..12)
}

proptest! {
    #[test]
    fn nothing_changes_between_a_list_and_itself(hearings in hearings()) {
        let list = list_of(hearings);
        prop_assert_eq!(diff(&list, &list), Vec::new());
    }

    #[test]
    fn the_order_of_hearings_is_not_a_change(
        (first, second) in hearings().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        let (first, second) = (list_of(first), list_of(second));
        let keys = |list: &ListDocument| {
            let mut keys: Vec<String> = list.hearings().map(|hearing| hearing.key.clone()).collect();
            keys.sort();
            keys
        };
        prop_assert_eq!(keys(&first), keys(&second));
        prop_assert_eq!(diff(&first, &second), Vec::new());
    }

    #[test]
    fn every_hearing_is_accounted_for(first in hearings(), second in hearings()) {
        let (before, after) = (list_of(first), list_of(second));
        let changes = diff(&before, &after);
        let count = |wanted: fn(&Change) -> bool| changes.iter().filter(|change| wanted(change)).count();
        let added = count(|change| matches!(change, Change::Added { .. }));
        let removed = count(|change| matches!(change, Change::Removed { .. }));
        prop_assert_eq!(before.hearings().count() + added, after.hearings().count() + removed);
    }
}
