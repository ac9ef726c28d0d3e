//! What a list can be found by: one row for each number a case is known by.

use crate::document::{Case, Hearing, ListDocument, Name, Party, Role, Value};
use serde::{Deserialize, Serialize};

/// One way to find a hearing of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRow {
    /// Unique within the list and stable across its versions. The row of the listed case has its hearing's
    /// key; the row of a linked case, a second number or a further URN has that key, `/` and the number.
    pub key: String,
    /// Case number or application reference.
    pub case_number: Option<String>,
    /// Unique reference number of a criminal case.
    pub urn: Option<String>,
    /// Case name or title.
    pub case_name: Option<String>,
    /// The names of the parties as listed, without representatives, withheld names and whoever has no role.
    pub parties: Vec<String>,
}

/// Every row of a list, in the order of its hearings.
pub fn rows(document: &ListDocument) -> Vec<SearchRow> {
    document.hearings().flat_map(of_hearing).collect()
}

fn of_hearing(hearing: &Hearing) -> Vec<SearchRow> {
    let parties: Vec<String> = hearing.parties.iter().filter_map(shown).collect();
    let listed = hearing.cases.first().cloned().unwrap_or_default();
    let mut rows = vec![row(hearing.key.clone(), listed, parties)];
    let others = hearing.cases.iter().skip(1).cloned();
    let second = number_of(hearing, "case_number");
    let further = urns_of(hearing).filter(|urn| rows[0].urn.as_deref() != Some(urn.as_str()));
    let known: Vec<Case> = others.chain(second).chain(further.map(by_urn)).collect();
    for case in known {
        let number = case.number.as_ref().or(case.urn.as_ref()).cloned().unwrap_or_default();
        let key = format!("{}/{number}", hearing.key);
        if !number.is_empty() && rows.iter().all(|row| row.key != key) {
            rows.push(row(key, case, Vec::new()));
        }
    }
    rows
}

fn row(key: String, case: Case, parties: Vec<String>) -> SearchRow {
    SearchRow { key, case_number: case.number, urn: case.urn, case_name: case.name, parties }
}

/// A second number the case is known by, which some lists carry beside the one they show.
fn number_of(hearing: &Hearing, field: &str) -> Option<Case> {
    match hearing.fields.get(field) {
        Some(Value::Text(number)) => Some(Case { number: Some(number.clone()), ..Case::default() }),
        _ => None,
    }
}

/// The URNs of all defendants, where a list has one for each.
fn urns_of(hearing: &Hearing) -> impl Iterator<Item = String> {
    let urns = match hearing.fields.get("urns") {
        Some(Value::Lines(urns)) => urns.clone(),
        _ => Vec::new(),
    };
    urns.into_iter()
}

fn by_urn(urn: String) -> Case {
    Case { urn: Some(urn), ..Case::default() }
}

fn shown(party: &Party) -> Option<String> {
    match &party.name {
        Name::Shown(name) if !name.is_empty() && party.role != Role::Unsaid => Some(name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Bilingual, Header, Section, SectionKind};

    fn party(role: Role, name: Name, representative: Option<&str>) -> Party {
        let representative = representative.map(Bilingual::same);
        Party { role, name, representative, in_custody: false, fields: Default::default() }
    }

    fn list_of(hearing: Hearing) -> ListDocument {
        let section = Section::of_hearings(SectionKind::Room, Bilingual::default(), vec![hearing]);
        ListDocument { list_type: "X".to_owned(), header: Header::default(), sections: vec![section] }
    }

    #[test]
    fn parties_are_found_by_the_names_shown_and_representatives_are_not() {
        let parties = vec![
            party(Role::Defendant, Name::Shown("Ash, Tom".to_owned()), Some("Finch LLP")),
            party(Role::Defendant, Name::Withheld, None),
            party(Role::Unsaid, Name::Shown("Wren, Ida".to_owned()), None),
        ];
        let cases = vec![Case { number: Some("T20260001".to_owned()), ..Case::default() }];
        let hearing = Hearing { key: "T20260001".to_owned(), cases, parties, ..Hearing::default() };
        let rows = rows(&list_of(hearing));
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].parties, ["Ash, Tom"]);
        assert_eq!(rows[0].case_number.as_deref(), Some("T20260001"));
    }

    #[test]
    fn linked_cases_second_numbers_and_further_urns_have_rows_of_their_own() {
        let numbered = |number: &str| Case { number: Some(number.to_owned()), ..Case::default() };
        let listed = Case { urn: Some("01AA1".to_owned()), ..numbered("T1") };
        let fields = [
            ("case_number".to_owned(), Value::Text("U1".to_owned())),
            ("urns".to_owned(), Value::Lines(vec!["01AA1".to_owned(), "01AA2".to_owned()])),
        ];
        let hearing = Hearing {
            key: "T1".to_owned(),
            cases: vec![listed, numbered("T2"), numbered("T2")],
            fields: fields.into(),
            ..Hearing::default()
        };
        let keys: Vec<String> = rows(&list_of(hearing)).into_iter().map(|row| row.key).collect();
        assert_eq!(keys, ["T1", "T1/T2", "T1/U1", "T1/01AA2"]);
    }
}
