//! Magistrates' and single justice lists.

use super::{below, context, example, headings, read, read_example, row, rows, with};
use crate::format;
use crate::layout::Body;
use domain::civil::Tongue;
use serde_json::json;

#[test]
fn every_co_defendant_has_a_row_and_an_application_has_its_hearings_type() {
    let all = rows(&read_example("MAGISTRATES_PUBLIC_LIST"));
    assert_eq!(
        all[0],
        ["10am", "43XX0100126", "Redfern, Callum James", "First hearing", "Crown Prosecution Service"]
    );
    assert_eq!(all[1][1..3], ["43XX0100126", "Abernethy, Shona"]);
    assert_eq!(all[2][2], "Cotswold Skip Hire Limited");
    assert_eq!(all[3][1..4], ["APP26000031", "Oakhurst, Duncan", "First hearing"]);
}

#[test]
fn sessions_that_share_room_and_judges_keep_all_their_sittings() {
    let document = read_example("MAGISTRATES_PUBLIC_LIST");
    assert_eq!(headings(&document)[1..], ["Courtroom 1: District Judge Hollingbery, Mr Prentice JP"]);
    assert_eq!(rows(&document).last().expect("a row")[..2], ["2pm", "43XX0099826"]);
    let document = read_example("MAGISTRATES_STANDARD_LIST");
    let groups = &document.sections[0].sections[0].sections;
    let words: Vec<&str> = groups.iter().map(|group| group.heading.en.as_str()).collect();
    assert_eq!(words, ["Sitting at 10am [1 of 2]", "Sitting at 11am"]);
}

#[test]
fn excluded_rooms_are_not_shown() {
    let document = read_example("MAGISTRATES_PUBLIC_LIST");
    assert!(!serde_json::to_string(&document).expect("JSON").contains("43XX0000001"));
}

#[test]
fn a_restriction_without_words_gets_ours_and_nobody_stands_beside_anothers_offences() {
    let document = read_example("MAGISTRATES_PUBLIC_LIST");
    let below = |n| below(&document, document.hearings().nth(n).expect("a hearing"), Tongue::En);
    let [first, second] = [0, 1].map(below);
    assert_eq!(first[0], ("Offence Details", "Theft from a shop".to_owned()));
    assert_eq!(second[0], ("Offence Details", "Theft from a shop, Assault by beating".to_owned()));
    for below in [first, second] {
        assert!(below[1].1.starts_with("A reporting restriction applies"));
    }
}

#[test]
fn each_of_several_subjects_of_an_application_has_their_own_offences() {
    let subject = |surname: &str, title: &str| {
        json!({ "partyRole": "DEFENDANT", "subject": true, "offence": [{ "offenceTitle": title }],
                "individualDetails": { "individualForenames": "Jo", "individualSurname": surname } })
    };
    let mut payload = example("MAGISTRATES_PUBLIC_LIST");
    let room = &mut payload["courtLists"][0]["courtHouse"]["courtRoom"][0];
    room["session"][0]["sittings"][0]["hearing"] = json!([{ "hearingType": "Breach", "application": [{
        "applicationReference": "APP1",
        "party": [subject("Ash", "Theft"), subject("Birch", "Assault"), {
            "partyRole": "DEFENDANT_REPRESENTATIVE",
            "organisationDetails": { "organisationName": "Finch Solicitors" } }],
    }] }]);
    let document = read("MAGISTRATES_PUBLIC_LIST", &payload);
    let said: Vec<(String, String)> = document
        .hearings()
        .filter(|hearing| hearing.cases[0].number.as_deref() == Some("APP1"))
        .map(|hearing| (row(&document, hearing)[2].clone(), hearing.offences[0].title.en.clone()))
        .collect();
    let pair = |name: &str, title: &str| (name.to_owned(), title.to_owned());
    assert_eq!(said, [pair("Ash, Jo", "Theft"), pair("Birch, Jo", "Assault")]);
    assert!(
        !serde_json::to_string(&document).expect("JSON").contains("Finch"),
        "representatives are not named"
    );
}

#[test]
fn there_is_a_card_for_each_defendant_and_each_subject() {
    let document = read_example("MAGISTRATES_STANDARD_LIST");
    let all = rows(&document);
    let names: Vec<&str> = all.iter().map(|card| card[0].as_str()).collect();
    assert_eq!(
        names,
        [
            "Wetherell, Tobias Finn (male)*",
            "Marchbanks, Isolde (female)",
            "Crannock, Hamish (male)",
            "Evenlode Waste Services Limited"
        ]
    );
    assert_eq!(all[0][2..5], ["02/11/1988", "37", "7 Larkspur Close\nAbingdon\nOxfordshire\nOX14 0ZZ"]);
    assert_eq!(all[2][1], "To remove the curfew");
    assert_eq!(all[2][8..10], ["APP26000077", "Bail"]);
    assert_eq!(all[0][7], "The complainant may not be identified");
}

#[test]
fn an_offence_is_told_in_full_and_one_without_a_title_is_left_out() {
    let document = read_example("MAGISTRATES_STANDARD_LIST");
    let first = document.hearings().next().expect("a card");
    let layout = crate::layout(context("MAGISTRATES_STANDARD_LIST").list_type);
    let Body::Cards { per_offence, .. } = &layout.bodies[0] else { panic!("cards") };
    let cell = |column| format::offence_cell(first, &first.offences[0], column, Tongue::En);
    assert_eq!(
        per_offence.iter().map(cell).collect::<Vec<_>>(),
        [
            "TH68001",
            "On 1 October 2025 at Abingdon stole a bicycle.",
            "Theft Act 1968, section 1",
            "7 years",
            "Guilty",
            "01/12/2025",
            "01/12/2025",
            "15/12/2025 - For the trial",
            "No picture of the complainant"
        ]
    );
    let titles = "/courtLists/0/courtHouse/courtRoom/0/session/0/sittings/0/hearing/0/case/0/party/1/offence/0/offenceTitle";
    let payload = with(example("MAGISTRATES_STANDARD_LIST"), titles, json!(""));
    let document = read("MAGISTRATES_STANDARD_LIST", &payload);
    assert_eq!(document.hearings().next().expect("a card").offences.len(), 1);
}

#[test]
fn a_case_without_a_defendant_still_has_a_card() {
    let place = "/courtLists/0/courtHouse/courtRoom/1/session/0/sittings/0/hearing/0/case";
    let payload = with(example("MAGISTRATES_STANDARD_LIST"), place, json!([{ "caseUrn": "43XX0999926" }]));
    let all = rows(&read("MAGISTRATES_STANDARD_LIST", &payload));
    assert_eq!(all.last().expect("a card")[8], "43XX0999926");
}

#[test]
fn adult_court_lists_group_by_court_and_speak_welsh_where_libra_does() {
    let document = read_example("MAGISTRATES_ADULT_COURT_LIST_DAILY");
    assert_eq!(
        headings(&document),
        [
            "Oxford Magistrates’ Court",
            "Sitting at Courtroom 1",
            "Banbury Magistrates’ Court",
            "Sitting at Courtroom 3"
        ]
    );
    let first = document.hearings().next().expect("a hearing");
    assert_eq!(
        row(&document, first),
        [
            "9:30am",
            "Mr Leopold Bassett",
            "14/02/1980",
            "12 Cherwell Row, Bicester, OX26 0ZZ",
            "45",
            "POL43",
            "2600000101"
        ]
    );
    let full = below(&document, first, Tongue::Cy);
    assert_eq!(full[0], ("Trosedd", "RT88191 - Gyrru dros y terfyn".to_owned()));
    assert_eq!(full[3].1, "On 3 December 2025 used a car without a certificate.");
    assert_eq!(format::last_updated(&document.header, Tongue::En), "Last updated 04 January 2026 at 5:45pm");
}

#[test]
fn the_public_adult_list_says_no_more_than_it_should_whatever_it_is_given() {
    let full = example("MAGISTRATES_ADULT_COURT_LIST_DAILY");
    let document = read("MAGISTRATES_PUBLIC_ADULT_COURT_LIST_DAILY", &full);
    let json = serde_json::to_string(&document).expect("JSON");
    assert!(!json.contains("Cherwell") && !json.contains("1980") && json.contains("Leopold Bassett"));
}

#[test]
fn the_public_single_justice_list_keeps_an_initial_and_an_area() {
    let document = read_example("SJP_PUBLIC_LIST");
    assert_eq!(
        rows(&document)[0],
        ["D Thistlewood", "OX", "Use a television set without a licence", "TV Licensing"]
    );
    assert_eq!(rows(&document)[2][..2], ["Corvid Couriers Limited", "SE"]);
    assert_eq!(document.header.subtitles[0].en, "3 cases");
    let document = read("SJP_PUBLIC_LIST", &example("SJP_PRESS_LIST"));
    let json = serde_json::to_string(&document).expect("JSON");
    for private in ["Dorothea", "Larkspur", "1975", "OX14"] {
        assert!(!json.contains(private), "{private}");
    }
}

#[test]
fn the_public_does_not_see_a_case_that_lacks_one_of_the_four() {
    let place = "/courtLists/0/courtHouse/courtRoom/0/session/0/sittings/0/hearing/0";
    for (what, value) in [
        ("/party/0/individualDetails/individualSurname", json!("")),
        ("/party/0/individualDetails/address/postCode", json!("")),
        ("/offence", json!([])),
        ("/party/1/organisationDetails/organisationName", json!("")),
    ] {
        let mut payload = with(example("SJP_PUBLIC_LIST"), &format!("{place}{what}"), value);
        if what.ends_with("Surname") {
            let name = format!("{place}/party/0/individualDetails/individualForenames");
            payload = with(payload, &name, json!(""));
        }
        assert_eq!(read("SJP_PUBLIC_LIST", &payload).hearings().count(), 2, "{what}");
    }
}

#[test]
fn the_press_sees_everything() {
    let document = read_example("SJP_PRESS_LIST");
    assert_eq!(
        rows(&document)[0],
        [
            "Ms Dorothea Thistlewood",
            "12 June 1975 (50)",
            "TV00000126",
            "7 Larkspur Close, Abingdon, Oxfordshire, OX14 0ZZ",
            "TV Licensing"
        ]
    );
    assert_eq!(rows(&document)[1][1..3], ["1 February 1990", "DV00000226, DV00000227"]);
    let second = document.hearings().nth(1).expect("a card");
    let layout = crate::layout(context("SJP_PRESS_LIST").list_type);
    let Body::Cards { per_offence, .. } = &layout.bodies[0] else { panic!("cards") };
    let cells: Vec<String> = per_offence
        .iter()
        .map(|column| format::offence_cell(second, &second.offences[0], column, Tongue::En))
        .collect();
    assert_eq!(cells, ["True", "On 5 September 2025 kept a car without a licence."]);
}

#[test]
fn the_whole_countrys_single_justice_cases_of_a_day_are_read_and_none_is_lost() {
    const CASES: usize = 30_000;
    let list = "/courtLists/0/courtHouse/courtRoom/0/session/0/sittings/0/hearing";
    let hearing = |number: usize| {
        json!({
            "party": [
                { "partyRole": "ACCUSED",
                  "individualDetails": { "individualForenames": "A", "individualSurname": format!("Li{number}"),
                                         "address": { "postCode": "M1" } } },
                { "partyRole": "PROSECUTOR", "organisationDetails": { "organisationName": "TfL" } },
            ],
            "offence": [{ "offenceTitle": "Speeding" }],
        })
    };
    let payload = with(example("SJP_PUBLIC_LIST"), list, (0..CASES).map(hearing).collect());
    let public = context("SJP_PUBLIC_LIST");
    let bytes = payload.to_string().into_bytes();
    assert!(bytes.len() < 10 * 1024 * 1024, "it is shorter than the longest body");
    let admitted = crate::validate::validate(public.list_type, &bytes).expect("a valid list");
    let document = crate::read(&admitted, &public).expect("a list");
    let last = document.hearings().last().expect("a hearing");
    assert_eq!((document.hearings().count(), row(&document, last)[0].as_str()), (CASES, "A Li29999"));
}
