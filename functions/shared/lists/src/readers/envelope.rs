//! The envelope that civil, family, tribunal, magistrates and single justice lists share: document, venue, and
//! court lists → court house → room → session → sitting → hearing → case. Each list type fills a part of it;
//! what is absent is empty here.

use serde::Deserialize;

/// The whole payload.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Envelope<'a> {
    #[serde(borrow)]
    pub document: Document<'a>,
    #[serde(borrow)]
    pub venue: Venue<'a>,
    #[serde(borrow)]
    pub location_details: LocationDetails<'a>,
    #[serde(borrow)]
    pub court_lists: Vec<CourtList<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Document<'a> {
    pub publication_date: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Venue<'a> {
    pub venue_name: &'a str,
    #[serde(borrow)]
    pub venue_address: Address<'a>,
    #[serde(borrow)]
    pub venue_contact: Contact<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Contact<'a> {
    pub venue_telephone: &'a str,
    pub venue_email: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Address<'a> {
    #[serde(borrow)]
    pub line: Vec<&'a str>,
    pub town: &'a str,
    pub county: &'a str,
    pub post_code: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct LocationDetails<'a> {
    #[serde(borrow)]
    pub region: Region<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Region<'a> {
    pub name: &'a str,
    #[serde(borrow, rename = "regionalJOH")]
    pub lead_judges: Vec<Judge<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Judge<'a> {
    pub joh_known_as: &'a str,
    pub joh_title: &'a str,
    pub joh_name_surname: &'a str,
    pub is_presiding: bool,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct CourtList<'a> {
    pub court_list_name: &'a str,
    #[serde(borrow)]
    pub court_house: CourtHouse<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct CourtHouse<'a> {
    pub court_house_name: &'a str,
    pub lja: &'a str,
    #[serde(borrow)]
    pub court_house_address: Address<'a>,
    #[serde(borrow)]
    pub court_room: Vec<Room<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Room<'a> {
    pub court_room_name: &'a str,
    pub exclude: bool,
    #[serde(borrow)]
    pub session: Vec<Session<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Session<'a> {
    #[serde(borrow)]
    pub session_channel: Vec<&'a str>,
    #[serde(borrow)]
    pub judiciary: Vec<Judge<'a>>,
    #[serde(borrow)]
    pub sittings: Vec<Sitting<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Sitting<'a> {
    pub sitting_start: &'a str,
    pub sitting_end: &'a str,
    #[serde(borrow)]
    pub channel: Vec<&'a str>,
    #[serde(borrow)]
    pub judiciary: Vec<Judge<'a>>,
    #[serde(borrow)]
    pub hearing: Vec<HearingItem<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct HearingItem<'a> {
    pub hearing_type: &'a str,
    pub panel: &'a str,
    #[serde(borrow)]
    pub channel: Vec<&'a str>,
    #[serde(borrow)]
    pub case: Vec<CaseItem<'a>>,
    #[serde(borrow)]
    pub application: Vec<Application<'a>>,
    #[serde(borrow)]
    pub party: Vec<PartyItem<'a>>,
    #[serde(borrow)]
    pub offence: Vec<OffenceItem<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct CaseItem<'a> {
    pub case_number: &'a str,
    pub case_urn: &'a str,
    pub case_name: &'a str,
    pub case_type: &'a str,
    pub case_sequence_indicator: &'a str,
    pub language: &'a str,
    #[serde(borrow)]
    pub reporting_restriction_detail: Vec<&'a str>,
    #[serde(borrow)]
    pub reporting_restriction_details: Vec<&'a str>,
    pub reporting_restrictions: &'a str,
    pub reporting_restriction: bool,
    #[serde(borrow)]
    pub party: Vec<PartyItem<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Application<'a> {
    pub application_reference: &'a str,
    pub application_type: &'a str,
    pub application_particulars: &'a str,
    pub reporting_restriction: bool,
    #[serde(borrow)]
    pub reporting_restriction_details: Vec<&'a str>,
    #[serde(borrow)]
    pub party: Vec<PartyItem<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct PartyItem<'a> {
    pub party_role: &'a str,
    pub subject: bool,
    #[serde(borrow)]
    pub individual_details: Option<Individual<'a>>,
    #[serde(borrow)]
    pub organisation_details: Option<Organisation<'a>>,
    #[serde(borrow)]
    pub offence: Vec<OffenceItem<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Individual<'a> {
    pub title: &'a str,
    pub individual_forenames: &'a str,
    pub individual_middle_name: &'a str,
    pub individual_surname: &'a str,
    pub date_of_birth: &'a str,
    pub age: Option<u32>,
    pub gender: &'a str,
    pub asn: &'a str,
    pub pnc_id: &'a str,
    pub in_custody: bool,
    #[serde(borrow)]
    pub address: Address<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Organisation<'a> {
    pub organisation_name: &'a str,
    #[serde(borrow)]
    pub organisation_address: Address<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct OffenceItem<'a> {
    pub offence_code: &'a str,
    pub offence_title: &'a str,
    pub offence_wording: &'a str,
    pub offence_max_pen: &'a str,
    pub offence_legislation: &'a str,
    pub plea: &'a str,
    pub plea_date: &'a str,
    pub conviction_date: &'a str,
    pub adjourned_date: &'a str,
    pub reporting_restriction: Option<bool>,
    #[serde(borrow)]
    pub reporting_restriction_details: Vec<&'a str>,
}

impl Address<'_> {
    /// Lines, town, county and postcode, without the blank ones.
    pub fn full(&self) -> Vec<String> {
        let rest = [self.town, self.county, self.post_code];
        filled(self.line.iter().copied().chain(rest)).map(str::to_owned).collect()
    }

    /// Lines and postcode alone, as headings write an address.
    pub fn short(&self) -> Vec<String> {
        filled(self.line.iter().copied().chain([self.post_code])).map(str::to_owned).collect()
    }
}

/// The words that say something, trimmed.
pub fn filled<'a>(words: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    words.into_iter().map(str::trim).filter(|word| !word.is_empty())
}

/// The words that say something, joined with `separator`.
pub fn joined<'a>(words: impl IntoIterator<Item = &'a str>, separator: &str) -> String {
    filled(words).collect::<Vec<_>>().join(separator)
}

/// The text, unless it says nothing.
pub fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The judges' names, presiding first, otherwise in the order given.
pub fn judges(judiciary: &[Judge<'_>]) -> Vec<String> {
    let named = |presiding: bool| {
        judiciary.iter().filter(move |judge| judge.is_presiding == presiding).map(|judge| {
            if judge.joh_known_as.trim().is_empty() {
                joined([judge.joh_title, judge.joh_name_surname], " ")
            } else {
                judge.joh_known_as.trim().to_owned()
            }
        })
    };
    named(true).chain(named(false)).filter(|name| !name.is_empty()).collect()
}
