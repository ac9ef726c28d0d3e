//! The filter of single justice lists: or within a group, and between groups. Cases are many, so a reader looks by where
//! the accused live and who prosecutes. The values offered are those the list has.

use crate::portal_find_court::filter::{Group, Item, slug};
use lists::document::{Hearing, Name, Party, Role, Value};
use lists::readers::sjp;
use lists::{ListDocument, ListType};
use std::collections::{BTreeMap, BTreeSet};

/// Parameters of the query, in the order their groups are shown.
const POSTCODE: &str = "postcode";
const PROSECUTOR: &str = "prosecutor";
/// More are not read from a query.
const MOST_CHOSEN: usize = 100;

/// The choice that means every postcode of London, and the areas it means.
const LONDON: &str = "london";
const LONDON_AREAS: [&str; 8] = ["E", "EC", "N", "NW", "SE", "SW", "W", "WC"];

/// What a reader has chosen, by stable id.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    values: BTreeSet<(&'static str, String)>,
}

impl Chosen {
    /// Reads the query; only single justice lists have a filter.
    pub(super) fn read(list_type: &ListType, query: &str) -> Self {
        let mut chosen = Self::default();
        if !has_filter(list_type) {
            return chosen;
        }
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).take(MOST_CHOSEN) {
            let group = [POSTCODE, PROSECUTOR].into_iter().find(|group| *group == name);
            let value = slug(&value);
            if let Some(group) = group.filter(|_| !value.is_empty() && value.len() <= 100) {
                chosen.values.insert((group, value));
            }
        }
        chosen
    }

    pub(super) fn is_any(&self) -> bool {
        !self.values.is_empty()
    }

    /// The choices as a query, each time in the same order; empty without any.
    pub(super) fn query(&self) -> String {
        self.query_without(None)
    }

    fn query_without(&self, left_out: Option<(&str, &str)>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (group, value) in &self.values {
            if left_out != Some((group, value)) {
                query.append_pair(group, value);
            }
        }
        query.finish()
    }

    fn has(&self, group: &'static str, id: &str) -> bool {
        self.values.contains(&(group, id.to_owned()))
    }

    /// Whether one of the ids of a group is chosen, or none of that group.
    fn admits_one_of(&self, group: &'static str, ids: impl Iterator<Item = String>) -> bool {
        let mut chosen = self.values.iter().filter(|(of, _)| *of == group).peekable();
        let ids: BTreeSet<String> = ids.collect();
        chosen.peek().is_none() || chosen.any(|(_, id)| ids.contains(id))
    }

    fn admits(&self, hearing: &Hearing) -> bool {
        let codes: Vec<String> = postcodes(hearing).collect();
        let london = codes.iter().any(|code| is_london(code)).then(|| LONDON.to_owned());
        let ids = codes.iter().map(|code| slug(code)).chain(london);
        self.admits_one_of(POSTCODE, ids)
            && self.admits_one_of(PROSECUTOR, prosecutors(hearing).map(prosecutor_id))
    }

    /// The list with only the cases that are chosen.
    pub(super) fn of(&self, document: &ListDocument) -> ListDocument {
        sjp::only(document, |hearing| self.admits(hearing))
    }

    /// Without what the list does not offer: an unknown value chooses nothing, and cannot be unchosen either.
    pub(super) fn among(&self, offered: &Offered) -> Self {
        let values = self.values.iter().filter(|(group, id)| match *group {
            PROSECUTOR => offered.prosecutors.contains_key(id),
            _ => offered.postcodes.contains_key(id) || (offered.outward && id == LONDON),
        });
        Self { values: values.cloned().collect() }
    }

    /// Whether the list has a case that is chosen.
    pub(super) fn finds(&self, document: &ListDocument) -> bool {
        document.hearings().any(|hearing| self.admits(hearing))
    }

    /// The groups to be shown; `path` is the list's address, its query begun. London stands first where the list has
    /// outward codes, which areas alone are not.
    pub(super) fn groups(&self, offered: &Offered, london: &str, path: &str) -> Vec<Group> {
        let mut postcodes = self.group(POSTCODE, "group_postcode", &offered.postcodes, path);
        if offered.outward {
            postcodes.items.insert(0, self.item(POSTCODE, LONDON.to_owned(), london.to_owned(), path));
        }
        let prosecutors = self.group(PROSECUTOR, "group_prosecutor", &offered.prosecutors, path);
        [postcodes, prosecutors].into_iter().filter(|group| !group.items.is_empty()).collect()
    }

    fn group(
        &self,
        name: &'static str,
        title: &'static str,
        offered: &BTreeMap<String, String>,
        path: &str,
    ) -> Group {
        let item = |(id, text): (&String, &String)| self.item(name, id.clone(), text.clone(), path);
        let mut items: Vec<Item> = offered.iter().map(item).collect();
        items.sort_by_cached_key(|item| item.text.to_lowercase());
        Group { name, title, items }
    }

    fn item(&self, group: &'static str, id: String, text: String, path: &str) -> Item {
        let rest = self.query_without(Some((group, &id)));
        let without = if rest.is_empty() { path.to_owned() } else { format!("{path}&{rest}") };
        Item { checked: self.has(group, &id), id, text, without }
    }
}

/// What a list offers to choose from: ids and what they are called.
pub(super) struct Offered {
    postcodes: BTreeMap<String, String>,
    prosecutors: BTreeMap<String, String>,
    /// There are outward codes, not areas alone.
    outward: bool,
}

impl Offered {
    pub(super) fn by(document: &ListDocument) -> Self {
        let mut codes = BTreeMap::new();
        let mut names = BTreeMap::new();
        for hearing in document.hearings() {
            codes.extend(postcodes(hearing).map(|code| (slug(&code), code)));
            names.extend(prosecutors(hearing).map(|name| (prosecutor_id(name), name.to_owned())));
        }
        let outward = codes.values().any(|code: &String| code.len() > 2);
        Self { postcodes: codes, prosecutors: names, outward }
    }
}

/// Whether the list type's page has the filter.
pub(super) fn has_filter(list_type: &ListType) -> bool {
    list_type.reader().is_some_and(|reader| reader.starts_with("single_justice_procedure"))
}

fn of_role(hearing: &Hearing, role: Role) -> impl Iterator<Item = &Party> {
    hearing.parties.iter().filter(move |party| party.role == role)
}

/// The outward codes of the accused: `OX14` of `OX14 0ZZ`, all of `OX`.
fn postcodes(hearing: &Hearing) -> impl Iterator<Item = String> + '_ {
    of_role(hearing, Role::Defendant).filter_map(|party| match party.fields.get("postcode") {
        Some(Value::Text(code)) => outward(code),
        _ => None,
    })
}

fn outward(postcode: &str) -> Option<String> {
    let code: String =
        postcode.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    // The inward part is always three characters, and its first is a digit.
    let inward = code.len().checked_sub(3).filter(|at| *at >= 2 && code.as_bytes()[*at].is_ascii_digit());
    let code = inward.map_or(code.as_str(), |at| &code[..at]);
    (!code.is_empty()).then(|| code.to_owned())
}

fn is_london(outward: &str) -> bool {
    let area = outward.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    let area = area.find(|c: char| c.is_ascii_digit()).map_or(area, |at| &area[..at]);
    LONDON_AREAS.contains(&area)
}

fn prosecutors(hearing: &Hearing) -> impl Iterator<Item = &str> {
    of_role(hearing, Role::Prosecutor).filter_map(|party| match &party.name {
        Name::Shown(name) => Some(name.trim()),
        Name::Withheld => None,
    })
}

/// Names that differ by spaces and commas alone are the same prosecutor.
fn prosecutor_id(name: &str) -> String {
    slug(&name.replace([' ', ','], ""))
}
