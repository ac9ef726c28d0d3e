//! What the Crown Court's three lists share: the payload's pieces, names and masking.
//!
//! Members are spelled as their XML original spells them. A person whose details are masked is known by the
//! name the court gives in place of the real one or by none; the flag counts in any case, and nothing else of a masked
//! person is kept.

use super::document::{date, instant};
use super::envelope::{filled, joined, some};
use super::notices;
use super::parties::party;
use crate::context::Context;
use crate::document::{Bilingual, Header, Name, Party, Role};
use crate::format;
use domain::civil::Tongue;
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct ListHeader<'a> {
    pub start_date: &'a str,
    pub end_date: &'a str,
    pub version: &'a str,
    pub published_time: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct Court<'a> {
    pub court_house_name: &'a str,
    #[serde(borrow)]
    pub court_house_address: PostalAddress<'a>,
    pub court_house_telephone: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct PostalAddress<'a> {
    #[serde(borrow)]
    pub line: Vec<&'a str>,
    #[serde(alias = "Postcode")]
    pub post_code: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct CitizenName<'a> {
    #[serde(rename = "CitizenNameTitle")]
    pub title: &'a str,
    #[serde(borrow, rename = "CitizenNameForename")]
    pub forename: Vec<&'a str>,
    #[serde(rename = "CitizenNameSurname")]
    pub surname: &'a str,
    #[serde(rename = "CitizenNameSuffix")]
    pub suffix: &'a str,
    #[serde(rename = "CitizenNameRequestedName")]
    pub requested: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct PersonalDetails<'a> {
    #[serde(borrow)]
    pub name: CitizenName<'a>,
    pub masked_name: &'a str,
    pub is_masked: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct Person<'a> {
    #[serde(borrow)]
    pub personal_details: PersonalDetails<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct OrganisationName<'a> {
    pub organisation_name: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct Prosecution<'a> {
    pub prosecuting_authority: &'a str,
    #[serde(borrow)]
    pub prosecuting_organisation: OrganisationName<'a>,
    #[serde(borrow)]
    pub advocate: Option<Person<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct Defendant<'a> {
    #[serde(borrow)]
    pub personal_details: PersonalDetails<'a>,
    #[serde(rename = "URN")]
    pub urn: &'a str,
    pub custody_status: &'a str,
    #[serde(borrow)]
    pub counsel: Vec<Counsel<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct Counsel<'a> {
    #[serde(borrow)]
    pub solicitor: Vec<Solicitor<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct Solicitor<'a> {
    #[serde(borrow)]
    pub party: SolicitorParty<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct SolicitorParty<'a> {
    #[serde(borrow)]
    pub person: Option<Person<'a>>,
    #[serde(borrow)]
    pub organisation: Option<OrganisationName<'a>>,
}

impl CitizenName<'_> {
    /// The name by which they ask to be known, else title, forenames, surname and suffix.
    pub fn written(&self) -> String {
        some(self.requested).unwrap_or_else(|| {
            let forenames = joined(self.forename.iter().copied(), " ");
            joined([self.title, &forenames, self.surname, self.suffix], " ")
        })
    }
}

impl PersonalDetails<'_> {
    fn is_masked(&self) -> bool {
        let flag = self.is_masked.trim();
        !flag.is_empty() && !flag.eq_ignore_ascii_case("no")
    }

    /// The name that may be shown; none for a person without any name.
    pub fn shown(&self) -> Option<Name> {
        if self.is_masked() {
            return Some(some(self.masked_name).map_or(Name::Withheld, Name::Shown));
        }
        some(&self.name.written()).map(Name::Shown)
    }
}

/// Representatives in words.
fn representatives(names: &[Name]) -> Option<Bilingual> {
    let words = |tongue| joined(names.iter().map(|name| format::name(name, tongue)), ", ");
    (!names.is_empty()).then(|| Bilingual::new(words(Tongue::En), words(Tongue::Cy)))
}

impl Defendant<'_> {
    /// The defendant as a party. Nobody is named as representing a masked person.
    pub fn party(&self) -> Option<Party> {
        let name = self.personal_details.shown()?;
        let names = if self.personal_details.is_masked() { Vec::new() } else { self.solicitors() };
        let mut defendant = party(Role::Defendant, String::new());
        defendant.name = name;
        defendant.representative = representatives(&names);
        Some(defendant)
    }

    fn solicitors(&self) -> Vec<Name> {
        let parties = self.counsel.iter().flat_map(|counsel| &counsel.solicitor).map(|one| &one.party);
        let named = parties.filter_map(|party| match (&party.person, &party.organisation) {
            (_, Some(organisation)) if !organisation.organisation_name.trim().is_empty() => {
                some(organisation.organisation_name).map(Name::Shown)
            }
            (Some(person), _) => person.personal_details.shown(),
            _ => None,
        });
        named.collect()
    }
}

impl Prosecution<'_> {
    /// The prosecuting authority or, where none is named, the organisation; its advocate represents it.
    pub fn party(&self) -> Option<Party> {
        let organisation = || some(self.prosecuting_organisation.organisation_name);
        let name = some(self.prosecuting_authority).or_else(organisation)?;
        let advocate = self.advocate.as_ref().and_then(|person| person.personal_details.shown());
        Some(Party { representative: representatives(advocate.as_slice()), ..party(Role::Prosecutor, name) })
    }
}

/// Prosecution, defendants and respondents, in that order.
pub fn parties(
    prosecution: &Prosecution<'_>,
    defendants: &[Defendant<'_>],
    respondents: &[&str],
) -> Vec<Party> {
    let mut parties: Vec<Party> = prosecution.party().into_iter().collect();
    parties.extend(defendants.iter().filter_map(Defendant::party));
    parties.extend(filled(respondents.iter().copied()).map(|name| party(Role::Respondent, name.to_owned())));
    parties
}

/// The URN of the first defendant who has one.
pub fn urn(defendants: &[Defendant<'_>]) -> Option<String> {
    defendants.iter().find_map(|defendant| some(defendant.urn))
}

/// The case's number as the list shows it, and the other one where they differ.
pub fn numbers(shown: &str, original: &str) -> (Option<String>, Option<String>) {
    match some(shown) {
        Some(number) => {
            let other = some(original).filter(|other| *other != number);
            (Some(number), other)
        }
        None => (some(original), None),
    }
}

/// The header all three lists share.
pub fn header(context: &Context<'_>, list: &ListHeader<'_>, court: &Court<'_>) -> Header {
    let name = &context.list_type.friendly;
    let start = date(list.start_date).unwrap_or(context.content_date);
    let address = &court.court_house_address;
    let lines = address.line.iter().copied().chain([address.post_code]);
    Header {
        title: super::document::title_for(&name.en, &name.cy, &context.location_name),
        list_for: Some(start),
        list_to: date(list.end_date).filter(|end| *end > start),
        last_updated: instant(list.published_time),
        version: some(list.version),
        venue: filled(lines).map(str::to_owned).collect(),
        telephone: some(court.court_house_telephone),
        notices: vec![notices::restrictions()],
        source: context.provenance.display_name().to_owned(),
        ..Header::default()
    }
}

/// Address and telephone below the name of a court house.
pub fn court_lines(court: &Court<'_>) -> Vec<Bilingual> {
    let address = &court.court_house_address;
    let lines = address.line.iter().copied().chain([address.post_code, court.court_house_telephone]);
    filled(lines).map(Bilingual::same).collect()
}
