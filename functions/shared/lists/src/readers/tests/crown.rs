//! Crown Court lists: masking above all, then days, reserve list, instructions and custody.

use super::{example, headings, read, read_example, rows, with};
use crate::document::{ListDocument, Name};
use crate::{format, search};
use domain::civil::Tongue;
use serde_json::{Value, json};

const PERSON: &str = "/DailyList/CourtLists/0/Sittings/0/Hearings/0/Defendants/0/PersonalDetails";

fn says(document: &ListDocument, words: &str) -> bool {
    serde_json::to_string(document).expect("documents are JSON").contains(words)
        || rows(document).iter().flatten().any(|cell| cell.contains(words))
        || search::rows(document).iter().any(|row| row.parties.iter().any(|party| party.contains(words)))
}

fn masked(flag: &str, mask: Option<&str>) -> ListDocument {
    let mut payload = with(example("CROWN_DAILY_PDDA_LIST"), &format!("{PERSON}/IsMasked"), json!(flag));
    if let Some(mask) = mask {
        payload.pointer_mut(PERSON).expect("a person")["MaskedName"] = json!(mask);
    }
    read("CROWN_DAILY_PDDA_LIST", &payload)
}

#[test]
fn a_masked_name_is_never_shown_however_the_flag_is_written() {
    for flag in ["yes", "YES", "Yes", " yes "] {
        let document = masked(flag, Some("Defendant X"));
        assert!(!says(&document, "Underhay"), "{flag}");
        assert!(says(&document, "Defendant X"), "{flag}");
    }
    assert!(says(&masked("no", Some("Defendant X")), "Underhay"));
    assert!(says(&masked("NO", None), "Underhay"));
}

#[test]
fn a_masked_name_without_a_replacement_is_withheld() {
    for mask in [None, Some(""), Some("  ")] {
        let document = masked("yes", mask);
        assert!(!says(&document, "Underhay"));
        assert_eq!(rows(&document)[0][2], "Name withheld, Defendant B");
        let first = document.hearings().next().expect("a hearing");
        assert!(first.parties.iter().any(|party| party.name == Name::Withheld));
    }
}

#[test]
fn representatives_of_masked_people_and_masked_representatives_stay_unnamed() {
    let document = read_example("CROWN_FIRM_PDDA_LIST");
    for hidden in ["Vandermolen", "Hidden Chambers", "Secretname", "Unseen", "Cloaked"] {
        assert!(!says(&document, hidden), "{hidden}");
    }
    assert!(rows(&document).iter().flatten().any(|cell| cell == "Name withheld"), "a masked solicitor");
    assert!(says(&document, "Isis Defence Solicitors") && says(&document, "Ms Clementine Oddie"));
    assert!(!says(&read_example("CROWN_WARNED_PDDA_LIST"), "Hidden Chambers"));
}

#[test]
fn a_sitting_time_with_an_offset_is_the_time_on_the_clock_in_london() {
    let place = "/DailyList/CourtLists/0/Sittings/0/SittingAt";
    for (sent, said) in [
        ("10:00:00", "Sitting at 10am"),
        ("09:00:00Z", "Sitting at 10am"),
        ("10:00:00+01:00", "Sitting at 10am"),
        ("10:00+01:00", "Sitting at 10am"),
    ] {
        let payload = with(example("CROWN_DAILY_PDDA_LIST"), place, json!(sent));
        let payload = with(payload, "/DailyList/ListHeader/StartDate", json!("2026-07-06"));
        let document = read("CROWN_DAILY_PDDA_LIST", &payload);
        assert_eq!(document.sections[0].sections[0].lines[0].en, said, "{sent}");
        let start = &document.hearings().next().expect("a hearing").start;
        let ten = chrono::NaiveTime::from_hms_opt(10, 0, 0);
        assert!(matches!(start, crate::document::When::On(_, at) if *at == ten), "{sent}");
    }
}

#[test]
fn a_daily_list_says_what_it_should() {
    let document = read_example("CROWN_DAILY_PDDA_LIST");
    assert_eq!(
        headings(&document),
        [
            "Oxford Crown Court",
            "COURT 1: HHJ Pemberton KC, Mrs Una Goodge JP",
            "COURT 4: Recorder Fothergill"
        ]
    );
    assert_eq!(document.sections[0].sections[1].lines[0].en, "Sitting at 2:15pm");
    assert_eq!(
        rows(&document)[0],
        [
            "NOT BEFORE 10:30",
            "T20260011",
            "Mr Silas Underhay, Defendant B",
            "Trial (Part Heard)",
            "Crown Prosecution Service",
            "Jury in waiting"
        ]
    );
    assert_eq!(rows(&document)[2][2], "Mr Bram Ostler Jr");
    assert_eq!(format::list_for(&document.header, Tongue::En), "List for 05 January 2026");
    assert_eq!(format::last_updated(&document.header, Tongue::En), "Last updated 04 January 2026 at 3:40pm");
    assert_eq!(format::version(&document.header, Tongue::En), "Version: 1.2");
}

#[test]
fn a_case_is_found_by_both_numbers_and_every_urn() {
    let rows = search::rows(&read_example("CROWN_DAILY_PDDA_LIST"));
    let found = |number: &str| {
        rows.iter()
            .any(|row| row.case_number.as_deref() == Some(number) || row.urn.as_deref() == Some(number))
    };
    for number in ["T20260011", "43XX0300126", "43XX0300226", "A20260002", "A20260099"] {
        assert!(found(number), "{number}");
    }
}

#[test]
fn firm_days_are_in_the_order_of_the_calendar_and_the_reserve_list_follows() {
    let document = read_example("CROWN_FIRM_PDDA_LIST");
    let days: Vec<&str> = document.sections.iter().map(|section| section.heading.en.as_str()).collect();
    assert_eq!(days, ["Monday 05 January 2026", "Wednesday 07 January 2026", "Reserve list"]);
    let reserve = document.sections[2].hearings.first().expect("the reserve list is shown");
    assert_eq!(reserve.cases[0].number.as_deref(), Some("T20250877"));
    assert_eq!(format::list_for(&document.header, Tongue::En), "List for 05 January 2026 to 09 January 2026");
}

#[test]
fn warned_groups_are_sorted_by_date_and_custody_and_instructions_are_shown() {
    let document = read_example("CROWN_WARNED_PDDA_LIST");
    assert_eq!(headings(&document), ["Oxford Crown Court", "For trial", "For sentence", "To be allocated"]);
    let all = rows(&document);
    let dates: Vec<&str> = all.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(dates, ["12/01/2026", "03/02/2026", "13/01/2026", ""], "3 February is not 2 March");
    assert_eq!(all[0][2], "Name withheld");
    assert_eq!(
        all[1][2..],
        ["Mr Jethro Nankivell*", "Crown Prosecution Service", "T20250701, T20250702", "Two days"]
    );
    assert_eq!(all[2][2], "Mr Lorcan Tweddle", "on bail");
    let notices: Vec<&str> = document.header.notices.iter().map(|notice| notice.text.en.as_str()).collect();
    assert!(notices.contains(&"Representations to the listing officer by noon on Thursday"));
    assert!(notices.contains(&"* denotes a defendant in custody."));
    assert!(notices.contains(&"These cases may be heard in the week that starts on 05 January 2026."));
}

#[test]
fn a_hearing_that_lacks_nearly_everything_is_still_a_row() {
    let bare = json!({ "HearingDetails": { "HearingDescription": "Mention" }, "CaseNumber": "T1", "CaseNumberCaTH": "" });
    let place = "/DailyList/CourtLists/0/Sittings/0/Hearings";
    let payload: Value = with(example("CROWN_DAILY_PDDA_LIST"), place, json!([bare]));
    assert_eq!(rows(&read("CROWN_DAILY_PDDA_LIST", &payload))[0], ["", "T1", "", "Mention", "", ""]);
}
