//! The registry of list types, as its command prints it.

use std::process::Command;

#[test]
fn an_operator_reads_every_fact_of_every_list_type_off_one_table() {
    let output = Command::new(env!("CARGO_BIN_EXE_handler")).arg("list-types").output().expect("it runs");
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).expect("text");
    assert_eq!(printed.lines().count(), 1 + 102);
    assert!(printed.lines().all(|line| line.split('\t').count() == 15));
    let expected = std::fs::read_to_string("tests/fixtures/list_types.tsv").expect("the committed table");
    for (line, expected) in printed.lines().zip(expected.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(printed, expected);
}

#[test]
fn as_many_list_types_belong_to_each_audience_and_level_as_in_production() {
    let all = lists::registry().all();
    let count = |admits: &dyn Fn(&lists::ListType) -> bool| all.iter().filter(|one| admits(one)).count();
    let read_by = |provenances: &[&str]| {
        count(&|one| one.user_provenances.iter().map(|p| p.as_str()).collect::<Vec<_>>() == provenances)
    };
    let by_audience = [
        read_by(&["CFT_IDAM"]),
        read_by(&["CRIME_IDAM", "PI_AAD"]) + read_by(&["PI_AAD", "CRIME_IDAM"]),
        read_by(&["PI_AAD"]),
        read_by(&["CRIME_IDAM"]),
    ];
    assert_eq!(by_audience, [83, 9, 6, 4]);
    let at = |level: &str| count(&|one| one.level.as_str() == level);
    assert_eq!([at("NATIONAL"), at("VENUE"), at("OWNING_HEARING_LOCATION")], [79, 19, 4]);
}
