//! The fixed vocabularies as schemas of the API's description, each read from where the code itself reads it.

use domain::civil::Tongue;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

macro_rules! schemas {
    ($($(#[doc = $doc:literal])+ $name:ident = $schema:expr;)+) => {$(
        $(#[doc = $doc])+
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.description(Some(concat!($($doc),+).trim())).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

schemas! {
    /// The system a publication comes from.
    Provenance = one_of(domain::Provenance::ALL.iter().map(|word| word.as_str()));
    /// What kind of artefact is published.
    ArtefactType = one_of(domain::ArtefactType::ALL.iter().map(|word| word.as_str()));
    /// Who may read a publication.
    Sensitivity = one_of(domain::Sensitivity::ALL.iter().map(|word| word.as_str()));
    /// The language of a publication.
    Language = one_of(domain::Language::ALL.iter().map(|word| word.as_str()));
    /// The level at which a list type's court ids are matched with reference data.
    LocationLevel = one_of(domain::LocationLevel::ALL.iter().map(|word| word.as_str()));
    /// Where a user's account lives.
    UserProvenance = one_of(domain::UserProvenance::ALL.iter().map(|word| word.as_str()));
    /// A list type that is published now.
    ListType = one_of(published().map(|list_type| list_type.name.as_str()));
    /// A list type by its name of either generation.
    ListTypeOrAlias = one_of(published().flat_map(|list_type| {
        std::iter::once(list_type.name.as_str()).chain(list_type.aliases.iter().map(String::as_str))
    }));
    /// A list type, those no longer published included.
    AnyListType = one_of(lists::registry().all().iter().map(|list_type| list_type.name.as_str()));
    /// A list type that is published as a workbook too.
    WorkbookListType = one_of(published().filter(|list_type| list_type.table().is_some()).map(|list_type| list_type.name.as_str()));
    /// A date and time in ISO 8601, from the year 2000 to 2100. An offset is honoured; none means London civil time.
    DateTime = matching(&format!("^{YEAR}{MONTH_AND_DAY}{TIME}$"), "2026-01-05T09:00:00Z");
    /// A date and time in ISO 8601, from the year 2000 to 9999. An offset is honoured; none means London civil time.
    EndOfDisplay = matching(&format!("^[2-9][0-9]{{3}}{MONTH_AND_DAY}{TIME}$"), "2026-01-06T00:00:00Z");
    /// The day a list is for: a date, or a date and time whose London date counts.
    ContentDate = matching(&format!("^{YEAR}{MONTH_AND_DAY}({TIME})?$"), "2026-01-05");
    /// The list as its producer has it, in the form of its list type; a live case status, for the type LCSU.
    ListPayload = AnyOfBuilder::new()
        .item(ObjectBuilder::new())
        .item(ArrayBuilder::new().items(ObjectBuilder::new().schema_type(SchemaType::AnyValue)))
        .examples([example()]);
    /// A list as P&I reads it: what every page, file, mail and feed is written from. Names that the court withholds are not in it.
    ListDocument = ObjectBuilder::new()
        .property("list_type", Ref::from_schema_name("AnyListType"))
        .property("header", described("What stands above the hearings: title, dates, venue, notices, source."))
        .property("sections", sections())
        .required("list_type").required("header").required("sections");
    /// The list as its producer has it, or as P&I reads it, whichever was asked for.
    JsonForm = AnyOfBuilder::new().item(Ref::from_schema_name("ListPayload")).item(Ref::from_schema_name("ListDocument"));
    /// One difference between two versions of a list.
    Change = ObjectBuilder::new()
        .property("change", one_of(["added", "removed", "changed"].into_iter()))
        .property("hearing", described("The hearing that was added or removed."))
        .property("what", aspects())
        .property("before", described("The hearing as it was, as far as that may still be told, where it changed."))
        .property("after", described("The hearing as it is now, where it changed."))
        .required("change");
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.map(str::to_owned).collect::<Vec<_>>()))
}

fn published() -> impl Iterator<Item = &'static lists::ListType> {
    lists::registry().all().iter().filter(|list_type| !list_type.deprecated)
}

const YEAR: &str = "(20[0-9]{2}|2100)";
const MONTH_AND_DAY: &str = "-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const TIME: &str =
    r"T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?";

fn matching(pattern: &str, example: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).examples([Value::from(example)])
}

fn described(text: &'static str) -> ObjectBuilder {
    ObjectBuilder::new().description(Some(text))
}

fn sections() -> ArrayBuilder {
    let section =
        described("A court house, day, room or group: its heading, and sections or hearings in it.");
    ArrayBuilder::new().items(section)
}

fn aspects() -> ArrayBuilder {
    let aspect = one_of(["time", "room", "judge", "channel", "details"].into_iter());
    ArrayBuilder::new().items(aspect).description(Some("What is different, each once."))
}

/// A list that its schema's own tests keep valid.
pub(super) fn example() -> Value {
    let text = include_str!("../../schemas/examples/CIVIL_DAILY_CAUSE_LIST.json");
    serde_json::from_str(text).expect("a test of the list types reads every example")
}

/// The language a caller asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Spoken {
    /// English; also for a caller who says nothing.
    #[default]
    #[serde(rename = "en", alias = "")]
    English,
    /// Welsh.
    #[serde(rename = "cy")]
    Welsh,
}

impl Spoken {
    /// The language it stands for.
    pub(crate) fn tongue(self) -> Tongue {
        match self {
            Self::English => Tongue::En,
            Self::Welsh => Tongue::Cy,
        }
    }
}

/// A language by its tag; empty is English.
pub(crate) fn spoken() -> ObjectBuilder {
    one_of(["en", "cy", ""].into_iter()).examples([Value::from("en")])
}

/// An instant as the API writes it.
pub(crate) fn instant() -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(format))
        .examples([Value::from("2026-01-05T09:00:00Z")])
}
