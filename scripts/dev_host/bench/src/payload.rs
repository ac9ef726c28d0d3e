//! The lists that are published: written here, in the shapes producers send, each with a number of its own.

use bytes::Bytes;
use serde_json::{Value, json};

/// Where a list's own number is put: eight digits.
const PLACE: &str = "########";

/// A list with places for its number, so that no two uploads are the same and no two cases share a number.
#[derive(Debug, Clone)]
pub struct Template {
    /// The list type.
    pub list_type: &'static str,
    /// How many cases, which are as many search rows.
    pub cases: usize,
    text: Vec<u8>,
    places: Vec<usize>,
}

impl Template {
    /// A civil daily cause list of about 10 KB: a dozen cases in two courtrooms.
    #[must_use]
    pub fn daily() -> Self {
        let sitting = |case: usize| {
            json!({
                "sittingStart": format!("2030-01-07T{:02}:{:02}:00Z", 9 + case / 4, case % 4 * 15),
                "sittingEnd": format!("2030-01-07T{:02}:{:02}:00Z", 10 + case / 4, case % 4 * 15),
                "channel": [CHANNELS[case % CHANNELS.len()]],
                "hearing": [{
                    "hearingType": "Case management conference",
                    "case": [{
                        "caseName": format!("{PLACE} Lettings Ltd v {}", SURNAMES[case % SURNAMES.len()]),
                        "caseNumber": format!("{PLACE}{case:03}"),
                        "caseType": "Small Claims",
                        "caseSequenceIndicator": "1 of 2",
                    }],
                }],
            })
        };
        let room = |number: usize| {
            let sittings: Vec<_> = (number * 6..number * 6 + 6).map(sitting).collect();
            courtroom(number, "District Judge Amberley", sittings)
        };
        Self::of("CIVIL_DAILY_CAUSE_LIST", 12, &document((0..2).map(room).collect()))
    }

    /// A civil and family daily cause list: one sitting, a hearing a case, four parties a case, so that 200 cases
    /// come to about 420 KB and 800 to 1.7 MB.
    #[must_use]
    pub fn civil_and_family(cases: usize) -> Self {
        let hearing = |case: usize| json!({"hearingType": "Directions hearing", "case": [family_case(case)]});
        let sitting = json!({
            "sittingStart": "2030-01-07T09:40:00Z",
            "sittingEnd": "2030-01-07T16:30:00Z",
            "channel": ["In person", "Video hearing"],
            "hearing": (0..cases).map(hearing).collect::<Vec<_>>(),
        });
        let room = courtroom(1, "Her Honour Judge Ferrars", vec![sitting]);
        Self::of("CIVIL_AND_FAMILY_DAILY_CAUSE_LIST", cases, &document(vec![room]))
    }

    fn of(list_type: &'static str, cases: usize, document: &Value) -> Self {
        // Producers indent, which is more than half of the bytes.
        let text = serde_json::to_vec_pretty(document).expect("a JSON value is written to memory");
        let places = text.windows(PLACE.len()).enumerate();
        let places = places.filter(|(_, window)| *window == PLACE.as_bytes()).map(|(at, _)| at).collect();
        Self { list_type, cases, text, places }
    }

    /// The list with this number.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Bytes {
        let digits = format!("{:08}", number % 100_000_000);
        let mut text = self.text.clone();
        for &place in &self.places {
            text[place..place + PLACE.len()].copy_from_slice(digits.as_bytes());
        }
        text.into()
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text.len()
    }
}

const CHANNELS: [&str; 3] = ["In person", "Video", "Telephone"];
const SURNAMES: [&str; 7] =
    ["Finch", "Okonjo-Vale", "Castellan", "Penhaligon", "Bracken", "Sorrel", "Llewelyn"];

fn family_case(case: usize) -> Value {
    let (one, other) = (SURNAMES[case % SURNAMES.len()], SURNAMES[case / 7 % SURNAMES.len()]);
    json!({
        "caseName": format!("{one} {PLACE} v {other}"),
        "caseNumber": format!("{PLACE}{case:03}"),
        "caseType": "Private law children",
        "caseSequenceIndicator": "2 of 3",
        "reportingRestrictionDetail": ["No child may be identified", "Section 97 Children Act 1989"],
        "party": [
            {"partyRole": "APPLICANT_PETITIONER", "individualDetails": {"individualSurname": one}},
            {"partyRole": "RESPONDENT", "individualDetails": {"individualSurname": other}},
            {
                "partyRole": "APPLICANT_PETITIONER_REPRESENTATIVE",
                "friendlyRoleName": "Legal adviser",
                "individualDetails": {
                    "individualForenames": "Odile",
                    "individualMiddleName": "Marguerite",
                    "individualSurname": "Brunswick",
                    "title": "Ms",
                },
            },
            {"partyRole": "RESPONDENT_REPRESENTATIVE", "friendlyRoleName": "Legal adviser"},
        ],
    })
}

fn courtroom(number: usize, judge: &str, sittings: Vec<Value>) -> Value {
    json!({
        "courtRoomName": format!("Courtroom {}", number + 1),
        "session": [{
            "sessionChannel": ["In person"],
            "judiciary": [{"johKnownAs": judge, "isPresiding": true}],
            "sittings": sittings,
        }],
    })
}

fn document(rooms: Vec<Value>) -> Value {
    let address = json!({"line": ["1 Measured Street"], "town": "Oxford", "postCode": "OX1 1TL"});
    let contact = json!({"venueTelephone": "01632 960001", "venueEmail": "court@courts.example.com"});
    json!({
        "document": {
            "publicationDate": "2030-01-06T17:15:00Z",
            "documentName": format!("Daily list {PLACE}"),
            "version": "1.0",
        },
        "venue": {"venueName": "Measured Court", "venueAddress": address, "venueContact": contact},
        "courtLists": [{
            "courtHouse": {
                "courtHouseName": "Measured Court",
                "courtHouseAddress": address,
                "courtRoom": rooms,
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_have_the_sizes_they_are_named_for_and_are_accepted() {
        let sizes = [
            (Template::daily(), 12, 9_000..13_000),
            (Template::civil_and_family(200), 200, 390_000..450_000),
            (Template::civil_and_family(800), 800, 1_600_000..1_800_000),
        ];
        for (template, cases, size) in sizes {
            assert!(size.contains(&template.size()), "{} bytes", template.size());
            let list_type = lists::registry().get(template.list_type).expect("a list type");
            let payload = lists::validate::validate(list_type, &template.numbered(7)).expect("a valid list");
            let document =
                lists::read(&payload, &crate::in_process::context(list_type)).expect("a readable list");
            assert_eq!(lists::search::rows(&document).len(), cases);
        }
    }

    #[test]
    fn no_two_numbers_give_the_same_bytes() {
        let template = Template::daily();
        assert_ne!(template.numbered(1), template.numbered(2));
        assert!(!template.numbered(1).windows(PLACE.len()).any(|window| window == PLACE.as_bytes()));
    }
}
