//! Civil, family and tribunal lists: the rules, and the defects that are designed out.

use super::{below, example, headings, read, read_example, row, rows, with};
use crate::document::{Name, Role, SectionKind};
use crate::format;
use crate::readers::parties::{Code, code};
use domain::civil::Tongue;
use serde_json::json;

const FIRST_CASE: &str = "/courtLists/0/courtHouse/courtRoom/0/session/0/sittings/0/hearing/0/case/0";
const FIRST_SESSION: &str = "/courtLists/0/courtHouse/courtRoom/0/session/0";

#[test]
fn a_civil_list_says_what_it_should() {
    let document = read_example("CIVIL_DAILY_CAUSE_LIST");
    assert_eq!(
        rows(&document)[0],
        [
            "10am",
            "K01OX204",
            "Ashdown Lettings Limited v Quill [1 of 2]",
            "Part 7 claim",
            "Case management conference",
            "In person, Teams",
            "1 hour 5 mins"
        ]
    );
    assert_eq!(rows(&document)[1][5], "Video hearing", "the session's channel, where the sitting has none");
    assert_eq!(format::list_for(&document.header, Tongue::En), "List for 07 January 2026");
    assert_eq!(format::last_updated(&document.header, Tongue::En), "Last updated 04 January 2026 at 4:30pm");
    assert_eq!(document.header.venue, ["St Aldate's", "OX1 1TL"]);
    assert_eq!(document.header.source, "ListAssist");
}

#[test]
fn the_presiding_judge_comes_first_and_the_heading_is_welsh_in_welsh() {
    let document = read_example("CIVIL_DAILY_CAUSE_LIST");
    let presiding = "Court 1: His Honour Judge Pembury, District Judge Marlowe";
    assert_eq!(headings(&document)[..3], ["Oxford Combined Court Centre", presiding, "Court 2"]);
    let welsh = document.header.title.in_tongue(Tongue::Cy);
    assert_eq!(welsh, "Rhestr Achosion Dyddiol y Llys Sifil ar gyfer Canolfan Llysoedd Cyfun Rhydychen");
}

#[test]
fn the_open_justice_notice_names_court_email_and_telephone() {
    let document = read_example("CIVIL_DAILY_CAUSE_LIST");
    assert_eq!(document.header.notices.len(), 5);
    let ask = &document.header.notices[1].text;
    for words in ["Oxford Combined Court Centre", "oxford.listing@example.invalid", "01632 960101"] {
        assert!(ask.en.contains(words), "{words}");
    }
    assert!(ask.cy.contains("Canolfan Llysoedd Cyfun Rhydychen"));
    assert!(document.header.notices.iter().all(|notice| !notice.text.cy.is_empty()));
}

#[test]
fn an_offset_is_honoured_and_none_means_london() {
    let place = format!("{FIRST_SESSION}/sittings/0/sittingStart");
    let starts = |text: &str| {
        let payload = with(example("CIVIL_DAILY_CAUSE_LIST"), &place, json!(text));
        rows(&read("CIVIL_DAILY_CAUSE_LIST", &payload))[0][0].clone()
    };
    assert_eq!(starts("2026-07-06T09:40:00Z"), "10:40am");
    assert_eq!(starts("2026-07-06T10:40:00"), "10:40am");
    assert_eq!(starts("2026-07-06T11:40:00+02:00"), "10:40am");
}

#[test]
fn a_sitting_without_an_end_has_no_duration() {
    let place = format!("{FIRST_SESSION}/sittings/0/sittingEnd");
    let payload = with(example("CIVIL_DAILY_CAUSE_LIST"), &place, json!(""));
    assert_eq!(rows(&read("CIVIL_DAILY_CAUSE_LIST", &payload))[0][6], "");
}

#[test]
fn only_magistrates_exclude_rooms() {
    for list_type in [
        "CIVIL_DAILY_CAUSE_LIST",
        "FAMILY_DAILY_CAUSE_LIST",
        "SSCS_DAILY_LIST",
        "IAC_DAILY_LIST",
        "ET_DAILY_LIST",
        "ET_FORTNIGHTLY_PRESS_LIST",
        "SJP_PUBLIC_LIST",
    ] {
        let mut payload = example(list_type);
        payload["courtLists"][0]["courtHouse"]["courtRoom"][0]["exclude"] = json!(true);
        assert_eq!(read(list_type, &payload), read_example(list_type), "{list_type}");
    }
}

#[test]
fn family_parties_stand_with_their_legal_advisors_and_none_is_lost() {
    let document = read_example("FAMILY_DAILY_CAUSE_LIST");
    let parties: Vec<Vec<String>> = rows(&document).iter().map(|row| row[7..].to_vec()).collect();
    assert_eq!(
        parties,
        [
            [
                "Ms Rowena Jane Alder, Legal Advisor: Kingfisher Family Law LLP",
                "Mr Gareth Alder, Legal Advisor: Ms Odile Brunswick"
            ],
            [
                "Oxfordshire County Council",
                "Ms Imogen Bracken, Mr Dafydd Bracken, Legal Advisor: Willow & Stone Solicitors"
            ],
            ["Mrs Tamsin Sorrel", "Mr Piers Sorrel"],
        ]
    );
    assert_eq!(headings(&document)[1], "Court 3, Before: Her Honour Judge Ferrars, Recorder Bexley");
    let first = document.hearings().next().expect("a hearing");
    let full = below(&document, first, Tongue::En);
    let restriction = "No child in this case may be identified, Section 97 Children Act 1989".to_owned();
    assert_eq!(full, [("Reporting Restriction", restriction)]);
}

#[test]
fn parties_of_the_case_come_before_parties_of_the_hearing() {
    let mut payload = example("FAMILY_DAILY_CAUSE_LIST");
    let hearing = "/courtLists/0/courtHouse/courtRoom/0/session/0/sittings/0/hearing/0";
    payload.pointer_mut(hearing).expect("a hearing")["party"] =
        json!([{ "partyRole": "PET", "organisationDetails": { "organisationName": "Someone else" } }]);
    let document = read("FAMILY_DAILY_CAUSE_LIST", &payload);
    assert!(rows(&document)[0][7].starts_with("Ms Rowena Jane Alder"));
    let payload = with(payload, &format!("{FIRST_CASE}/party"), json!([]));
    assert_eq!(rows(&read("FAMILY_DAILY_CAUSE_LIST", &payload))[0][7], "Someone else");
}

#[test]
fn an_unknown_role_is_a_blank_cell_and_still_a_fact() {
    let party = json!([{ "partyRole": "MYSTERY", "individualDetails": { "individualSurname": "Quince" } }]);
    let payload = with(example("FAMILY_DAILY_CAUSE_LIST"), &format!("{FIRST_CASE}/party"), party);
    let document = read("FAMILY_DAILY_CAUSE_LIST", &payload);
    assert_eq!(rows(&document)[0][7..], ["", ""]);
    let first = document.hearings().next().expect("a hearing");
    assert_eq!(
        (first.parties[0].role, &first.parties[0].name),
        (Role::Other, &Name::Shown("Quince".to_owned()))
    );
}

#[test]
fn the_court_of_protection_names_region_and_lead_judge() {
    let document = read_example("COP_DAILY_CAUSE_LIST");
    assert_eq!(document.header.title.en, "In the Court of Protection: South East");
    let lines: Vec<&str> = document.header.subtitles.iter().map(|line| line.en.as_str()).collect();
    assert_eq!(
        lines,
        ["Regional Lead Judge Her Honour Judge Langdale", "Sitting at Oxford Combined Court Centre"]
    );
    assert_eq!(rows(&document)[0][5], "2 hours [1 of 2]");
    let mut payload = example("COP_DAILY_CAUSE_LIST");
    payload.as_object_mut().expect("an object").remove("locationDetails");
    let document = read("COP_DAILY_CAUSE_LIST", &payload);
    assert_eq!(
        document.header.title.cy, "Yn y Llys Gwarchod: De-ddwyrain",
        "the court's own region steps in"
    );
}

#[test]
fn social_security_shows_organisations_as_respondents_and_the_sittings_panel() {
    let document = read_example("SSCS_DAILY_LIST");
    assert_eq!(document.header.title.en, "Oxford Combined Court Centre hearings for 07 January 2026");
    let all = rows(&document);
    assert_eq!(
        all[0][2..],
        [
            "Telephone",
            "Mr Basil Trent, Legal Advisor: Calder Valley Advice Centre",
            "Department for Work and Pensions",
            "Judge Haverford, Dr Nkemelu"
        ]
    );
    assert_eq!(all[1][3], "Miss Orla Whitcombe", "parties of the hearing, where the case has none");
    assert_eq!(all[2][5], "Judge Sandringham", "the sitting's own judge");
    let party =
        json!([{ "partyRole": "RESPONDENT", "individualDetails": { "individualSurname": "Quince" } }]);
    let payload = with(example("SSCS_DAILY_LIST"), &format!("{FIRST_CASE}/party"), party);
    assert_eq!(rows(&read("SSCS_DAILY_LIST", &payload))[0][4], "");
    let party = json!([{ "partyRole": "RESPONDENT", "individualDetails": { "individualSurname": "Quince" },
                         "organisationDetails": { "organisationName": "Crannock Council" } }]);
    let payload = with(example("SSCS_DAILY_LIST"), &format!("{FIRST_CASE}/party"), party);
    assert_eq!(rows(&read("SSCS_DAILY_LIST", &payload))[0][4], "Crannock Council");
}

#[test]
fn every_role_code_means_what_producers_mean_by_it() {
    use Code::{Party, Representative};
    let table: [(Code, &[&str]); 11] = [
        (Party(Role::Applicant), &["APPLICANT_PETITIONER", "APL", "APP", "CLP20", "CRED", "OTH", "PET"]),
        (Party(Role::Applicant), &["CLAIMANT_PETITIONER"]),
        (
            Representative(Role::Applicant),
            &["APPLICANT_PETITIONER_REPRESENTATIVE", "CREP", "CREP20", "CLAIMANT_PETITIONER_REPRESENTATIVE"],
        ),
        (Party(Role::Respondent), &["RESPONDENT", "DEBT", "DEF", "DEF20", "RES"]),
        (Representative(Role::Respondent), &["RESPONDENT_REPRESENTATIVE", "DREP", "DREP20", "RREP"]),
        (Party(Role::Defendant), &["DEFENDANT", "ACCUSED"]),
        (Representative(Role::Defendant), &["DEFENDANT_REPRESENTATIVE"]),
        (Party(Role::Prosecutor), &["PROSECUTING_AUTHORITY", "PROSECUTOR"]),
        (
            Representative(Role::Other),
            &["PROSECUTOR_REPRESENTATIVE", "Representative", "LEGAL_REPRESENTATIVE_2"],
        ),
        (Party(Role::Other), &["MYSTERY", "WITNESS"]),
        (Party(Role::Unsaid), &["", "  "]),
    ];
    for (meaning, words) in table {
        for word in words {
            assert!(code(word) == meaning, "{word}");
        }
    }
}

#[test]
fn who_only_represents_or_has_no_role_is_found_by_nobody() {
    let named = |role: &str, name: &str| json!({ "partyRole": role, "individualDetails": { "individualSurname": name } });
    let parties =
        json!([named("PET", "Quince"), named("INTERVENER_REPRESENTATIVE", "Finch"), named("", "Wren"),]);
    let payload = with(example("FAMILY_DAILY_CAUSE_LIST"), &format!("{FIRST_CASE}/party"), parties);
    let rows = crate::search::rows(&read("FAMILY_DAILY_CAUSE_LIST", &payload));
    assert_eq!(rows[0].parties, ["Quince"]);
}

#[test]
fn immigration_lists_name_their_lists_and_say_who_has_no_representative() {
    let document = read_example("IAC_DAILY_LIST");
    assert_eq!(
        headings(&document),
        [
            "Bail List",
            "Court 2, Before Judge Adeyemi, Judge Merriweather",
            "Float List",
            "Hearing Room: Court 7"
        ]
    );
    let all = rows(&document);
    assert_eq!(
        all[0][..5],
        [
            "9:00am",
            "HU/10021/2025 [1 of 1]",
            "Mr Yonas Tesfay\nRep: Harbour Immigration Practice",
            "Secretary of State for the Home Department",
            "Tigrinya"
        ]
    );
    assert_eq!(all[1][2..4], ["Ms Leyla Demirci\nRep: No Representative", "Entry Clearance Officer"]);
}

#[test]
fn employment_names_are_initials_and_rooms_keep_all_their_sessions() {
    let document = read_example("ET_DAILY_LIST");
    assert_eq!(document.header.title.en, "Employment Tribunals Daily List: South East");
    let all = rows(&document);
    assert_eq!(
        all[0][..5],
        ["10am", "6 hours [2 of 3]", "2600101/2025", "Mr I. Vaughan", "Bluebell Bakeries Limited"]
    );
    let rooms: Vec<usize> = document.sections[0].sections.iter().map(|room| room.hearings.len()).collect();
    assert_eq!(rooms, [2, 1]);
}

#[test]
fn fortnightly_days_are_in_the_order_of_the_calendar_and_days_in_the_order_of_the_clock() {
    let document = read_example("ET_FORTNIGHTLY_PRESS_LIST");
    let days = &document.sections[0].sections;
    assert!(days.iter().all(|day| day.kind == SectionKind::Day));
    let words: Vec<&str> = days.iter().map(|day| day.heading.en.as_str()).collect();
    assert_eq!(words, ["Tuesday 06 January 2026", "Wednesday 14 January 2026"]);
    assert_eq!(days[0].heading.cy, "Dydd Mawrth 06 Ionawr 2026");
    let first: Vec<Vec<String>> = days[0].hearings.iter().map(|hearing| row(&document, hearing)).collect();
    assert_eq!(
        first[0][3..5],
        ["Mrs G. Pryce\nRep: Mr C. Lock", "Sherwood Logistics plc\nRep: Redgrave LLP"]
    );
    assert_eq!((first[0][0].as_str(), first[1][0].as_str()), ("9:30am", "2:00pm"));
    assert_eq!(first[1][3], "Ms B. Hollis\nRep: No Representative");
}
