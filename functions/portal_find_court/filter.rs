//! The filter: or within a group, and between groups. A jurisdiction with chosen kinds of court means those kinds;
//! without, all of it. The values offered are those the reference data has.

use adapters::postgres::locations::Location;
use domain::civil::Tongue;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Parameters of the query, in the order their groups are shown.
const JURISDICTION: &str = "jurisdiction";
const KIND: &str = "type";
const REGION: &str = "region";

/// Which kinds of court belong to a jurisdiction (the reference data lists both without saying).
const KINDS: [(&str, &[&str]); 3] = [
    ("civil", &["civil-court", "high-court", "court-of-appeal-civil-division"]),
    ("family", &["family-court", "high-court-of-the-family-division"]),
    ("crime", &["crown-court", "magistrates-court", "court-of-appeal-criminal-division"]),
];

/// What a reader has chosen, by stable id.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    values: BTreeMap<&'static str, BTreeSet<String>>,
}

/// A group of the filter, as the page shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    /// Query parameter.
    pub name: &'static str,
    /// Key of the group's title in the wording.
    pub title: &'static str,
    /// What may be chosen.
    pub items: Vec<Item>,
}

/// What may be chosen.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    /// Its value in the query.
    pub id: String,
    /// What it is called.
    pub text: String,
    /// It is chosen.
    pub checked: bool,
    /// Where the list is without this choice.
    pub without: String,
}

impl Chosen {
    /// Reads the query; unknown values choose nothing that exists and harm nobody.
    pub(super) fn read(query: &str) -> Self {
        let mut chosen = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let Some(group) = [JURISDICTION, KIND, REGION].into_iter().find(|group| *group == name) else {
                continue;
            };
            let value = slug(&value);
            if !value.is_empty() && value.len() <= 100 {
                chosen.values.entry(group).or_default().insert(value);
            }
        }
        chosen
    }

    pub(super) fn is_any(&self) -> bool {
        !self.values.is_empty()
    }

    fn has(&self, group: &str, id: &str) -> bool {
        self.values.get(group).is_some_and(|values| values.contains(id))
    }

    /// Whether a court is shown.
    pub(super) fn admits(&self, court: &Location) -> bool {
        let in_region = match self.values.get(REGION) {
            None => true,
            Some(regions) => court.regions.iter().any(|region| regions.contains(&slug(region))),
        };
        let empty = BTreeSet::new();
        let jurisdictions = self.values.get(JURISDICTION).unwrap_or(&empty);
        let kinds = self.values.get(KIND).unwrap_or(&empty);
        if jurisdictions.is_empty() && kinds.is_empty() {
            return in_region;
        }
        let of_kind = court.jurisdiction_types.iter().any(|kind| kinds.contains(&slug(kind)));
        // A jurisdiction stands for all of it unless kinds of it are chosen.
        let whole = |jurisdiction: &String| !kinds.iter().any(|kind| parent_of(kind) == jurisdiction);
        let of_whole = court
            .jurisdictions
            .iter()
            .map(|name| slug(name))
            .any(|id| jurisdictions.contains(&id) && whole(&id));
        in_region && (of_kind || of_whole)
    }

    /// The groups to be shown: jurisdiction, kinds of the chosen jurisdictions, region.
    pub(super) fn groups<'a>(
        &self,
        courts: impl Iterator<Item = &'a Location> + Clone,
        tongue: Tongue,
        path: &str,
    ) -> Vec<Group> {
        let group = |name, title, offered: BTreeMap<String, String>| {
            let mut items: Vec<_> = offered
                .into_iter()
                .map(|(id, text)| Item {
                    checked: self.has(name, &id),
                    without: self.without(name, &id, path),
                    id,
                    text,
                })
                .collect();
            items.sort_by_cached_key(|item| item.text.to_lowercase());
            Group { name, title, items }
        };
        let jurisdictions =
            offered(courts.clone().map(|court| (&court.jurisdictions, &court.welsh_jurisdictions)), tongue);
        let mut kinds = offered(
            courts.clone().map(|court| (&court.jurisdiction_types, &court.welsh_jurisdiction_types)),
            tongue,
        );
        kinds.retain(|id, _| self.has(JURISDICTION, parent_of(id)) || self.has(KIND, id));
        let regions = offered(courts.map(|court| (&court.regions, &court.welsh_regions)), tongue);
        let groups = [
            group(JURISDICTION, "group_jurisdiction", jurisdictions),
            group(KIND, "group_type", kinds),
            group(REGION, "group_region", regions),
        ];
        groups.into_iter().filter(|group| !group.items.is_empty()).collect()
    }

    fn without(&self, name: &str, id: &str, path: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (group, values) in &self.values {
            for value in values.iter().filter(|value| (*group, value.as_str()) != (name, id)) {
                query.append_pair(group, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// The jurisdiction a kind of court belongs to; all that are not courts are tribunals.
fn parent_of(kind: &str) -> &'static str {
    KINDS.iter().find(|(_, kinds)| kinds.contains(&kind)).map_or("tribunal", |(parent, _)| parent)
}

/// The values the courts have, by stable id, in the reader's language where the data has it.
fn offered<'a>(
    values: impl Iterator<Item = (&'a Vec<String>, &'a Vec<String>)>,
    tongue: Tongue,
) -> BTreeMap<String, String> {
    let mut offered = BTreeMap::new();
    for (english, welsh) in values {
        for (index, name) in english.iter().enumerate() {
            let translated = welsh.get(index).map(String::as_str).unwrap_or_default();
            let text = tongue.pick(name, translated);
            let known = offered.entry(slug(name)).or_insert_with(|| text.to_owned());
            if text != name && known == name {
                text.clone_into(known);
            }
        }
    }
    offered
}

/// A stable id: small letters and digits, everything else one hyphen.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars().filter(|c| *c != '\'' && *c != '’') {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}
