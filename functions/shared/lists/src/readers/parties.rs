//! Parties: role codes, the three ways of writing a name, and representatives.

use super::envelope::{Individual, PartyItem, filled, joined, some};
use crate::document::{Bilingual, Name, Party, Role};
use std::collections::BTreeMap;

/// How a family of lists writes the name of a person.
#[derive(Clone, Copy, PartialEq)]
pub enum Style {
    /// `Mr Forenames Middle Surname`.
    Full,
    /// `Mr F. Surname`, as employment tribunals write it.
    Initial,
    /// `Surname, Forenames Middle`, as the criminal courts write it.
    SurnameFirst,
}

/// What a party role code stands for.
#[derive(Clone, Copy, PartialEq)]
pub enum Code {
    /// A party.
    Party(Role),
    /// The representative of the parties of a role.
    Representative(Role),
}

/// The meaning of a role code. An unknown code is some other party, unless its name says that it represents one; who
/// has no role is nobody in particular.
pub fn code(word: &str) -> Code {
    match word.trim() {
        "" => Code::Party(Role::Unsaid),
        "APPLICANT_PETITIONER" | "CLAIMANT_PETITIONER" | "APL" | "APP" | "CLP20" | "CRED" | "OTH" | "PET" => {
            Code::Party(Role::Applicant)
        }
        "APPLICANT_PETITIONER_REPRESENTATIVE" | "CLAIMANT_PETITIONER_REPRESENTATIVE" | "CREP" | "CREP20" => {
            Code::Representative(Role::Applicant)
        }
        "RESPONDENT" | "DEBT" | "DEF" | "DEF20" | "RES" => Code::Party(Role::Respondent),
        "RESPONDENT_REPRESENTATIVE" | "DREP" | "DREP20" | "RREP" => Code::Representative(Role::Respondent),
        "DEFENDANT" | "ACCUSED" => Code::Party(Role::Defendant),
        "DEFENDANT_REPRESENTATIVE" => Code::Representative(Role::Defendant),
        "PROSECUTING_AUTHORITY" | "PROSECUTOR" => Code::Party(Role::Prosecutor),
        other if other.to_ascii_uppercase().contains("REPRESENTATIVE") => Code::Representative(Role::Other),
        _ => Code::Party(Role::Other),
    }
}

/// The name of a party, a person's before an organisation's; empty where the payload has none.
pub fn name(party: &PartyItem<'_>, style: Style) -> String {
    let person = party.individual_details.as_ref().map(|person| person_name(person, style));
    match person.filter(|words| !words.is_empty()) {
        Some(words) => words,
        None => organisation_name(party).unwrap_or_default(),
    }
}

/// The name of the organisation that a party is, or is named with.
pub fn organisation_name(party: &PartyItem<'_>) -> Option<String> {
    party.organisation_details.as_ref().and_then(|organisation| some(organisation.organisation_name))
}

fn person_name(person: &Individual<'_>, style: Style) -> String {
    let (forenames, middle) = (person.individual_forenames, person.individual_middle_name);
    let surname = person.individual_surname;
    match style {
        Style::Full => joined([person.title, forenames, middle, surname], " "),
        Style::Initial => {
            let initial =
                forenames.trim().chars().next().map(|letter| format!("{letter}.")).unwrap_or_default();
            joined([person.title, &initial, surname], " ")
        }
        Style::SurnameFirst => joined([surname, &joined([forenames, middle], " ")], ", "),
    }
}

/// A party without fields.
pub fn party(role: Role, words: String) -> Party {
    Party { role, name: Name::Shown(words), representative: None, in_custody: false, fields: BTreeMap::new() }
}

/// Every named party, in order, with the representatives of each role on its last party. The payload does not
/// say which of several parties a representative stands for.
pub fn parties<'a>(items: impl IntoIterator<Item = &'a PartyItem<'a>>, style: Style) -> Vec<Party> {
    parties_named(items, |item| name(item, style))
}

/// As [`parties`], for lists that write names in a way of their own.
pub fn parties_named<'a>(
    items: impl IntoIterator<Item = &'a PartyItem<'a>>,
    name: impl Fn(&PartyItem<'a>) -> String,
) -> Vec<Party> {
    let mut parties = Vec::new();
    let mut representatives: BTreeMap<Role, Vec<String>> = BTreeMap::new();
    for item in items {
        let words = name(item);
        if words.is_empty() {
            continue;
        }
        match code(item.party_role) {
            Code::Party(role) => parties.push(party(role, words)),
            Code::Representative(role) => representatives.entry(role).or_default().push(words),
        }
    }
    for (role, names) in representatives {
        represent(&mut parties, role, joined(names.iter().map(String::as_str), ", "));
    }
    parties
}

/// Puts a representative on the last party of a role; a nameless party stands in where there is none.
fn represent(parties: &mut Vec<Party>, role: Role, representative: String) {
    match parties.iter_mut().rev().find(|party| party.role == role) {
        Some(last) => last.representative = Some(Bilingual::same(representative)),
        None => {
            let representative = Some(Bilingual::same(representative));
            parties.push(Party { representative, ..party(role, String::new()) });
        }
    }
}

/// The parties of a case: its own or, where it has none, those of its hearing.
pub fn of_case<'a, 'b>(case: &'b [PartyItem<'a>], hearing: &'b [PartyItem<'a>]) -> &'b [PartyItem<'a>] {
    if case.is_empty() { hearing } else { case }
}

/// Channels of the sitting or, where it names none, of the session.
pub fn channels(sitting: &[&str], session: &[&str]) -> Vec<String> {
    let own: Vec<String> = filled(sitting.iter().copied()).map(str::to_owned).collect();
    if own.is_empty() { filled(session.iter().copied()).map(str::to_owned).collect() } else { own }
}
