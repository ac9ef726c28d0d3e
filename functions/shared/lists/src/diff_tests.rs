//! Changes between versions, by example and by property.

use super::*;
use crate::document::{Bilingual, Case, Header, Name, Party, Role, Section, SectionKind, Value, When};
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

fn defendant(name: Name) -> Party {
    let representative = (name != Name::Withheld).then(|| Bilingual::same("Finch LLP"));
    let address = ("address".to_owned(), Value::Lines(vec!["1 High Street".to_owned()]));
    let fields = if name == Name::Withheld { Default::default() } else { [address].into() };
    Party { role: Role::Defendant, name, representative, in_custody: true, fields }
}

fn named(name: &str) -> Party {
    defendant(Name::Shown(name.to_owned()))
}

/// A hearing of case `A`, of these people, whose table repeats their names.
fn hearing_of(case_name: &str, hour: u32, parties: Vec<Party>) -> Hearing {
    let mut hearing = hearing("A", hour, "1");
    hearing.cases[0].name = Some(case_name.to_owned());
    hearing.fields.insert("title".to_owned(), Value::Text(case_name.to_owned()));
    hearing.notes = vec![format!("{case_name}: by video")];
    Hearing { parties, ..hearing }
}

#[test]
fn nobody_masked_by_an_amendment_is_named_in_what_was_before() {
    let before = list_of(vec![hearing_of("R v Ash", 9, vec![named("Ash, Tom"), named("Birch, Una")])]);
    for masked in [defendant(Name::Withheld), Party { representative: None, ..named("Person A") }] {
        let later = list_of(vec![hearing_of("R v A", 9, vec![masked, named("Birch, Una")])]);
        let changes = diff(&before, &later);
        let [Change::Changed { before, .. }] = &changes[..] else { panic!("{changes:?}") };
        let hidden = Party { in_custody: false, ..defendant(Name::Withheld) };
        assert_eq!(before.parties, [hidden, named("Birch, Una")]);
        assert_eq!((&before.cases[0].number, &before.cases[0].name), (&Some("A".to_owned()), &None));
        let said = serde_json::to_string(&changes).expect("JSON");
        assert!(!said.contains("Ash"), "{said}");
    }
}

#[test]
fn a_representative_or_an_address_that_is_no_longer_given_is_not_told() {
    let before = list_of(vec![hearing_of("R v Ash", 9, vec![named("Ash, Tom")])]);
    let bare = Party { representative: None, fields: Default::default(), ..named("Ash, Tom") };
    let changes = diff(&before, &list_of(vec![hearing_of("R v Ash", 9, vec![bare.clone()])]));
    let [Change::Changed { before, .. }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(before.parties, [bare]);
}

#[test]
fn a_change_that_masks_nobody_tells_the_names_as_they_were() {
    let was = hearing_of("R v Ash", 9, vec![named("Ash, Tom"), named("Birch, Una")]);
    let changes = diff(&list_of(vec![was.clone()]), &list_of(vec![Hearing { room: None, ..was.clone() }]));
    let [Change::Changed { what, before, .. }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(what[..], [Aspect::Room]);
    assert_eq!(**before, Hearing { key: "A".to_owned(), ..was });
}

#[test]
fn a_removed_hearing_names_only_whom_its_case_still_names() {
    let [first, second] = [9, 14].map(|hour| hearing_of("R v Ash", hour, vec![named("Ash, Tom")]));
    let before = list_of(vec![first.clone(), second.clone()]);
    let names = |later: Vec<Hearing>| {
        let gone = diff(&before, &list_of(later)).into_iter().filter_map(|change| match change {
            Change::Removed { hearing } => Some(hearing.parties[0].name.clone()),
            _ => None,
        });
        gone.collect::<Vec<_>>()
    };
    assert_eq!(names(vec![first.clone()]), [Name::Shown("Ash, Tom".to_owned())]);
    let masked = hearing_of("R v A", 9, vec![defendant(Name::Withheld)]);
    assert_eq!(names(vec![masked]), [Name::Withheld]);
    assert_eq!(names(Vec::new()), [Name::Withheld, Name::Withheld], "it may stand under another number now");
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
