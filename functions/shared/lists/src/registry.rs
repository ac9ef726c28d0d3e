//! The list types, as data: `schemas/list_types.json` and the tables in `schemas/tables`.
//!
//! A list type that is a table needs an entry there and, if its columns are new, a table; no code.

use crate::document::Bilingual;
use crate::table::Table;
use domain::access::Audience;
use domain::{LocationLevel, Sensitivity, ThirdPartyRole, UserProvenance};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

const LIST_TYPES: &str = include_str!("../../../../schemas/list_types.json");
static TABLES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../../schemas/tables");

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let tables = TABLES.files().map(|file| {
        let name = file.path().file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        (name, file.contents_utf8().unwrap_or_default())
    });
    Registry::from_json(LIST_TYPES, tables).expect("a test reads every list type and table")
});

/// Every list type P&I knows.
pub fn registry() -> &'static Registry {
    &REGISTRY
}

/// One list type.
#[derive(Debug, Clone)]
pub struct ListType {
    /// The name producers send in `x-list-type`, e.g. `CIVIL_DAILY_CAUSE_LIST`.
    pub name: String,
    /// Other names for it, as some producers and consumers spell it.
    pub aliases: Vec<String>,
    /// What people call it.
    pub friendly: Bilingual,
    /// A shorter form of a long name.
    pub short: Option<String>,
    /// The path of its page, without a leading slash; none where it has no page of its own.
    pub path: Option<String>,
    /// Other paths its page is known under elsewhere; they lead to its own.
    pub alias_paths: Vec<String>,
    /// The level at which its court ids are matched with the reference data.
    pub level: LocationLevel,
    /// Users whose account lives here may read its CLASSIFIED publications.
    pub user_provenances: Vec<UserProvenance>,
    /// Machine consumers that may read its CLASSIFIED publications.
    pub third_party_roles: Vec<ThirdPartyRole>,
    /// Only these users are offered it for subscription; everyone, if empty.
    pub offered_to: Vec<UserProvenance>,
    /// The sensitivity a manual upload starts from. A publication that states none through the API is
    /// CLASSIFIED where this is, and PUBLIC otherwise.
    pub default_sensitivity: Sensitivity,
    /// The jurisdiction types of the courts that publish it, as the reference data names them.
    pub jurisdiction_types: Vec<String>,
    /// Its content date is the first day of a week.
    pub weekly: bool,
    /// Left out of upload and subscription choices.
    pub hidden: bool,
    /// No longer accepted.
    pub deprecated: bool,
    /// Subscribers are told in the morning of its day instead of at once.
    pub scheduled: bool,
    /// Members its producer is known to say twice in one object, of which the last counts; everywhere else
    /// that is refused.
    pub may_repeat: Vec<String>,
    /// What its payload looks like.
    pub shape: Shape,
}

/// What the payload of a list type looks like.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A structured payload, read by the reader of this name and checked against the schema of this name.
    Strategic(String),
    /// Rows of a spreadsheet.
    Table(Arc<Table>),
    /// A file only: no payload is read.
    FlatFile,
}

impl ListType {
    /// Who may read its CLASSIFIED publications.
    pub fn audience(&self) -> Audience<'_> {
        Audience {
            list_type: &self.name,
            provenances: &self.user_provenances,
            third_parties: &self.third_party_roles,
        }
    }

    /// Its table, if it is table-shaped.
    pub fn table(&self) -> Option<&Table> {
        match &self.shape {
            Shape::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The name of its reader, if it is structured.
    pub fn reader(&self) -> Option<&str> {
        match &self.shape {
            Shape::Strategic(reader) => Some(reader),
            _ => None,
        }
    }

    /// It has a payload that can be read, not only a file.
    pub fn is_readable(&self) -> bool {
        !self.deprecated && !matches!(self.shape, Shape::FlatFile)
    }
}

/// Every list type, by name and by path.
#[derive(Debug)]
pub struct Registry {
    types: Vec<ListType>,
    names: HashMap<String, usize>,
    aliases: HashMap<String, usize>,
    paths: HashMap<String, usize>,
}

/// Why the registry's data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The list of types is not in its form.
    #[error("the list types cannot be read")]
    ListTypes(#[source] serde_json::Error),
    /// A table is not in its form.
    #[error("the table {table} cannot be read")]
    Table {
        /// The table's name.
        table: String,
        /// Why.
        source: serde_json::Error,
    },
    /// A list type names a table that is not there.
    #[error("{list_type} names the table {table}, which is not there")]
    NoTable {
        /// The list type.
        list_type: String,
        /// The table it names.
        table: String,
    },
    /// Two list types share a name, an alias or a path.
    #[error("{0} is used twice")]
    Twice(String),
}

impl Registry {
    /// Reads list types and, by name, the tables they use.
    ///
    /// # Errors
    /// [`RegistryError`] for data that is not in its form, contradicts itself or lacks a table.
    pub fn from_json<'a>(
        list_types: &str,
        tables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RegistryError> {
        let entries: Vec<Entry> = serde_json::from_str(list_types).map_err(RegistryError::ListTypes)?;
        let tables: HashMap<&str, &str> = tables.into_iter().collect();
        let mut shared: HashMap<String, Arc<Table>> = HashMap::new();
        let mut registry =
            Self { types: Vec::new(), names: HashMap::new(), aliases: HashMap::new(), paths: HashMap::new() };
        for entry in entries {
            if let EntryShape::Table(name) = &entry.shape
                && !shared.contains_key(name)
            {
                let missing =
                    || RegistryError::NoTable { list_type: entry.name.clone(), table: name.clone() };
                let text = tables.get(name.as_str()).copied().ok_or_else(missing)?;
                let table = Table::from_json(name, text)
                    .map_err(|source| RegistryError::Table { table: name.clone(), source })?;
                shared.insert(name.clone(), Arc::new(table));
            }
            registry.add(entry.into_list_type(&shared))?;
        }
        Ok(registry)
    }

    fn add(&mut self, list_type: ListType) -> Result<(), RegistryError> {
        let index = self.types.len();
        let claim = |map: &mut HashMap<String, usize>, key: &str| match map.insert(key.to_owned(), index) {
            Some(_) => Err(RegistryError::Twice(key.to_owned())),
            None => Ok(()),
        };
        claim(&mut self.names, &list_type.name)?;
        for alias in &list_type.aliases {
            claim(&mut self.aliases, alias)?;
        }
        for path in list_type.path.iter().chain(&list_type.alias_paths) {
            claim(&mut self.paths, path)?;
        }
        self.types.push(list_type);
        Ok(())
    }

    /// Every list type, in the order of the data.
    pub fn all(&self) -> &[ListType] {
        &self.types
    }

    /// The list type of this canonical name, deprecated ones included.
    pub fn get(&self, name: &str) -> Option<&ListType> {
        self.names.get(name).map(|index| &self.types[*index])
    }

    /// The list type a consumer or producer that spells names the newer way means: an alias first, then a
    /// canonical name. `CROWN_DAILY_LIST` is a deprecated type to [`Registry::get`] and the present Crown
    /// daily list here.
    pub fn get_alias(&self, name: &str) -> Option<&ListType> {
        self.aliases.get(name).map(|index| &self.types[*index]).or_else(|| self.get(name))
    }

    /// The list type that is called so by anyone: a canonical name first, then an alias.
    pub fn find(&self, name: &str) -> Option<&ListType> {
        self.get(name).or_else(|| self.get_alias(name))
    }

    /// The list type whose page has this path (without a leading slash), or is known under it elsewhere.
    pub fn by_path(&self, path: &str) -> Option<&ListType> {
        self.paths.get(path).map(|index| &self.types[*index])
    }

    /// Who may read the CLASSIFIED publications of each list type.
    pub fn audiences(&self) -> impl Iterator<Item = Audience<'_>> {
        self.types.iter().map(ListType::audience)
    }
}

/// A list type as its data file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    friendly: Bilingual,
    short: Option<String>,
    path: Option<String>,
    #[serde(default)]
    alias_paths: Vec<String>,
    level: LocationLevel,
    user_provenances: Vec<UserProvenance>,
    third_party_roles: Vec<ThirdPartyRole>,
    #[serde(default)]
    offered_to: Vec<UserProvenance>,
    #[serde(default = "public")]
    default_sensitivity: Sensitivity,
    #[serde(default)]
    jurisdiction_types: Vec<String>,
    #[serde(default)]
    weekly: bool,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    deprecated: bool,
    #[serde(default)]
    scheduled: bool,
    #[serde(default)]
    may_repeat: Vec<String>,
    shape: EntryShape,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EntryShape {
    Strategic(String),
    Table(String),
    FlatFile,
}

fn public() -> Sensitivity {
    Sensitivity::Public
}

impl Entry {
    /// The list type, given the tables read so far; [`Registry::from_json`] has put its own there.
    fn into_list_type(self, tables: &HashMap<String, Arc<Table>>) -> ListType {
        let shape = match self.shape {
            EntryShape::Strategic(reader) => Shape::Strategic(reader),
            EntryShape::Table(name) => Shape::Table(Arc::clone(&tables[&name])),
            EntryShape::FlatFile => Shape::FlatFile,
        };
        ListType {
            name: self.name,
            aliases: self.aliases,
            friendly: self.friendly,
            short: self.short,
            path: self.path,
            alias_paths: self.alias_paths,
            level: self.level,
            user_provenances: self.user_provenances,
            third_party_roles: self.third_party_roles,
            offered_to: self.offered_to,
            default_sensitivity: self.default_sensitivity,
            jurisdiction_types: self.jurisdiction_types,
            weekly: self.weekly,
            hidden: self.hidden,
            deprecated: self.deprecated,
            scheduled: self.scheduled,
            may_repeat: self.may_repeat,
            shape,
        }
    }
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
