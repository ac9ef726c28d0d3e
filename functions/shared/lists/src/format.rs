//! The one formatter: how a fact is written in words, the same on pages, in files, mails and feeds.
//!
//! A [`Column`] names a path; this file is the only place that knows what each path means. A path is one of
//! [`HEARING_PATHS`], `parties.<role>` with one of [`PARTY_FORMS`], `<role>.<field>` for a field of a party,
//! `offence.<field>` for a fact of one offence, or the bare name of an extra field of the hearing.

mod full_width;
mod header;

pub use full_width::{FullWidthRow, full_width_rows};
pub use header::{data_source, heading, last_updated, list_for, no_hearings, notice, title, version};

use crate::document::{
    Bilingual, Case, Header, Hearing, ListDocument, Name, Offence, Party, Role, Value, When,
};
use crate::layout::{Column, Kind};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::civil::{self, Tongue, london};

/// The paths that speak of a hearing or its case.
pub const HEARING_PATHS: &[&str] = &[
    "start",
    "end",
    "duration",
    "duration_and_sequence",
    "room",
    "judges",
    "channel",
    "kind",
    "case.number",
    "case.number_and_sequence",
    "case.urn",
    "case.reference",
    "cases.references",
    "case.name",
    "case.name_and_sequence",
    "case.kind",
    "case.sequence",
    "cases.linked",
    "restrictions",
    "offences",
    "notes",
];

/// The paths that speak of one offence beyond its own fields.
pub const OFFENCE_PATHS: &[&str] = &["offence.title", "offence.code_and_title"];

/// What may follow `parties.<role>`: the names alone, the names with their representatives on the same line
/// or on a line of their own, the representatives alone, and the names with gender.
pub const PARTY_FORMS: &[&str] = &["", "_with_rep", "_with_rep_line", "_rep", "_with_gender"];

/// The roles as paths spell them; `main` is whom a criminal list is about.
const ROLES: [(&str, &[Role]); 7] = [
    ("main", &[Role::Defendant, Role::Subject]),
    ("applicant", &[Role::Applicant]),
    ("respondent", &[Role::Respondent]),
    ("defendant", &[Role::Defendant]),
    ("prosecutor", &[Role::Prosecutor]),
    ("subject", &[Role::Subject]),
    ("other", &[Role::Other]),
];

/// Whether `field` means something: a path of this file, or one of `extra`, the field names a reader emits
/// (spelled as layouts spell them: `defendant.address`, `offence.wording`, `panel`).
pub fn resolves(field: &str, extra: &[&str]) -> bool {
    HEARING_PATHS.contains(&field)
        || OFFENCE_PATHS.contains(&field)
        || field.strip_prefix("parties.").is_some_and(|rest| party_path(rest).is_some())
        || extra.contains(&field)
}

/// What one column says of one hearing; lines are separated by `\n`, nothing to say is empty.
pub fn cell(document: &ListDocument, hearing: &Hearing, column: &Column, tongue: Tongue) -> String {
    let (field, kind) = (column.field.as_str(), column.kind);
    match field {
        "start" => start(&document.header, &hearing.start, kind, tongue),
        "end" => hearing.end.map(|end| instant(end, kind, tongue)).unwrap_or_default(),
        "duration" => duration(hearing, tongue),
        "duration_and_sequence" => with_sequence(duration(hearing, tongue), hearing.cases.first()),
        "room" => text(hearing.room.as_deref().unwrap_or_default(), kind, tongue),
        "judges" => items(&hearing.judges, kind),
        "channel" => items(&hearing.channel, kind),
        "kind" => text(hearing.kind.as_deref().unwrap_or_default(), kind, tongue),
        "restrictions" => bilinguals(&hearing.restrictions, kind, tongue),
        "offences" => offence_titles(hearing, kind, tongue),
        "notes" => items(&hearing.notes, kind),
        "cases.linked" => references(hearing, 1, kind),
        "cases.references" => references(hearing, 0, kind),
        _ => nested_cell(hearing, field, kind, tongue),
    }
}

/// What one column says of one offence; a path that is not `offence.…` is empty here.
pub fn offence_cell(_hearing: &Hearing, offence: &Offence, column: &Column, tongue: Tongue) -> String {
    let field =
        |name: &str| offence.fields.get(name).map(|v| value(v, column.kind, tongue)).unwrap_or_default();
    let title = || text(offence.title.in_tongue(tongue), column.kind, tongue);
    match column.field.strip_prefix("offence.") {
        Some("title") => title(),
        Some("code_and_title") => dashed(field("code"), title()),
        Some(name) => field(name),
        None => String::new(),
    }
}

/// The fact that a path leads to, where it is an extra field of the hearing or of a party: of the first such party.
pub fn fact<'h>(hearing: &'h Hearing, field: &str) -> Option<&'h Value> {
    let Some((role, name)) = field.split_once('.') else { return hearing.fields.get(field) };
    let (_, roles) = ROLES.iter().find(|(word, _)| *word == role)?;
    hearing
        .parties
        .iter()
        .filter(|party| roles.contains(&party.role))
        .find_map(|party| party.fields.get(name))
}

/// A value in words.
pub fn value(value: &Value, kind: Kind, tongue: Tongue) -> String {
    match value {
        Value::Text(words) => text(words, kind, tongue),
        Value::Both(words) => text(words.in_tongue(tongue), kind, tongue),
        Value::Lines(lines) => items(lines, kind),
        Value::Date(day) => date(*day, kind, tongue),
        Value::Time(at) => time(*at, kind),
        Value::Instant(at) => instant(*at, kind, tongue),
        Value::Minutes(minutes) => civil::duration(*minutes, tongue),
        Value::Flag(true) => tongue.pick("True", "Gwir").to_owned(),
        Value::Flag(false) => tongue.pick("False", "Anghywir").to_owned(),
    }
}

/// A party's name, or the fixed words for a name the court withholds.
pub fn name(name: &Name, tongue: Tongue) -> &str {
    match name {
        Name::Shown(words) => words,
        Name::Withheld => tongue.pick("Name withheld", "Enw wedi’i atal"),
    }
}

/// A party's name as lists write it: an asterisk follows who is in custody.
pub fn party(party: &Party, tongue: Tongue) -> String {
    let words = name(&party.name, tongue);
    if party.in_custody && !words.is_empty() { format!("{words}*") } else { words.to_owned() }
}

fn nested_cell(hearing: &Hearing, field: &str, kind: Kind, tongue: Tongue) -> String {
    match field.split_once('.') {
        Some(("case", rest)) => case_cell(hearing.cases.first(), rest, kind, tongue),
        Some(("parties", rest)) => parties_cell(hearing, rest, kind, tongue),
        Some((role, rest)) => match ROLES.iter().find(|(word, _)| *word == role) {
            Some((_, roles)) => party_fields(hearing, roles, rest, kind, tongue),
            None => String::new(),
        },
        None => hearing.fields.get(field).map(|v| value(v, kind, tongue)).unwrap_or_default(),
    }
}

fn case_cell(case: Option<&Case>, rest: &str, kind: Kind, tongue: Tongue) -> String {
    let Some(case) = case else { return String::new() };
    let fact = |fact: &Option<String>| text(fact.as_deref().unwrap_or_default(), kind, tongue);
    match rest {
        "number" => fact(&case.number),
        "number_and_sequence" => with_sequence(fact(&case.number), Some(case)),
        "urn" => fact(&case.urn),
        "reference" => text(reference(case), kind, tongue),
        "name" => fact(&case.name),
        "name_and_sequence" => with_sequence(fact(&case.name), Some(case)),
        "kind" => fact(&case.kind),
        "sequence" => fact(&case.sequence),
        _ => String::new(),
    }
}

/// The roles and form of what follows `parties.`.
fn party_path(rest: &str) -> Option<(&'static [Role], &str)> {
    ROLES.iter().find_map(|(word, roles)| {
        let form = rest.strip_prefix(word)?;
        PARTY_FORMS.contains(&form).then_some((*roles, form))
    })
}

fn parties_cell(hearing: &Hearing, rest: &str, kind: Kind, tongue: Tongue) -> String {
    let Some((roles, form)) = party_path(rest) else { return String::new() };
    let of_role = || hearing.parties.iter().filter(|party| roles.contains(&party.role));
    let separator = if kind == Kind::Multiline { "\n" } else { ", " };
    let names = joined(of_role().map(|one| party_in_form(one, form, tongue)), separator);
    let withheld = of_role().any(|party| party.name == Name::Withheld);
    let representatives = joined(
        of_role().filter_map(|party| Some(party.representative.as_ref()?.in_tongue(tongue).to_owned())),
        separator,
    );
    match form {
        "_rep" => representatives,
        "_with_rep" if representatives.is_empty() => names,
        "_with_rep" => {
            let advisor = tongue.pick("Legal Advisor", "Cynghorydd Cyfreithiol");
            joined([names, format!("{advisor}: {representatives}")].into_iter(), separator)
        }
        "_with_rep_line" => with_line(names, &representatives, withheld, tongue),
        _ => names,
    }
}

fn party_in_form(one: &Party, form: &str, tongue: Tongue) -> String {
    match one.fields.get("gender") {
        Some(gender) if form == "_with_gender" && one.name != Name::Withheld => {
            let star = if one.in_custody { "*" } else { "" };
            format!("{} ({}){star}", name(&one.name, tongue), value(gender, Kind::Text, tongue))
        }
        _ => party(one, tongue),
    }
}

fn with_line(names: String, representatives: &str, withheld: bool, tongue: Tongue) -> String {
    let rep = tongue.pick("Rep", "Cynrychiolydd");
    if names.is_empty() && representatives.is_empty() {
        return String::new();
    }
    if !representatives.is_empty() {
        let line = format!("{rep}: {representatives}");
        return if names.is_empty() { line } else { format!("{names}\n{line}") };
    }
    if withheld {
        return names;
    }
    format!("{names}\n{rep}: {}", tongue.pick("No Representative", "Dim Cynrychiolydd"))
}

/// A field of the parties of a role: one line a party where there are several.
fn party_fields(hearing: &Hearing, roles: &[Role], field: &str, kind: Kind, tongue: Tongue) -> String {
    let of_role = hearing.parties.iter().filter(|party| roles.contains(&party.role));
    let values = of_role.filter_map(|party| party.fields.get(field)).map(|v| value(v, kind, tongue));
    values.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n")
}

fn start(header: &Header, when: &When, kind: Kind, tongue: Tongue) -> String {
    match when {
        When::Unsaid => String::new(),
        When::At(at) => instant(*at, kind, tongue),
        When::On(day, None) => date(*day, kind, tongue),
        When::On(day, Some(at)) => on(*day, *at, kind, tongue),
        When::Time(at) => match header.list_for {
            Some(day) => on(day, *at, kind, tongue),
            None => time(*at, kind),
        },
        When::AsWritten(words) => text(words, kind, tongue),
    }
}

fn on(day: NaiveDate, at: NaiveTime, kind: Kind, tongue: Tongue) -> String {
    if matches!(kind, Kind::Date | Kind::NumericDate) { date(day, kind, tongue) } else { time(at, kind) }
}

/// An instant as a London date or, for every other kind, a London time.
fn instant(at: DateTime<Utc>, kind: Kind, tongue: Tongue) -> String {
    let civil = london(at);
    on(civil.date(), civil.time(), kind, tongue)
}

fn date(day: NaiveDate, kind: Kind, tongue: Tongue) -> String {
    if kind == Kind::NumericDate {
        day.format("%d/%m/%Y").to_string()
    } else {
        civil::long_date(day, tongue, false)
    }
}

fn time(at: NaiveTime, kind: Kind) -> String {
    if kind == Kind::FullTime { civil::full_time(at) } else { civil::short_time(at) }
}

/// Text as its kind wants it: spreadsheet dates in words, spreadsheet times with a colon.
fn text(words: &str, kind: Kind, tongue: Tongue) -> String {
    let words = words.trim();
    match kind {
        Kind::Date => match NaiveDate::parse_from_str(words, "%d/%m/%Y") {
            Ok(day) => date(day, kind, tongue),
            Err(_) => words.to_owned(),
        },
        Kind::Time | Kind::FullTime if is_dotted_time(words) => words.replace('.', ":"),
        Kind::Multiline => words.replace("\r\n", "\n"),
        _ if words.contains(['\n', '\r']) => {
            words.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
        }
        _ => words.to_owned(),
    }
}

/// `9.30am`, as spreadsheets write it.
fn is_dotted_time(words: &str) -> bool {
    let digits = words.strip_suffix("am").or_else(|| words.strip_suffix("pm")).unwrap_or(words);
    digits.split_once('.').is_some_and(|(hour, minute)| {
        (1..=2).contains(&hour.len())
            && minute.len() == 2
            && hour.chars().chain(minute.chars()).all(|digit| digit.is_ascii_digit())
    })
}

/// Whole minutes between start and end, rounded; empty without an end or with one before the start.
fn duration(hearing: &Hearing, tongue: Tongue) -> String {
    let (When::At(start), Some(end)) = (&hearing.start, hearing.end) else { return String::new() };
    let seconds = (end - *start).num_seconds();
    u32::try_from((seconds + 30).div_euclid(60)).map(|m| civil::duration(m, tongue)).unwrap_or_default()
}

fn with_sequence(words: String, case: Option<&Case>) -> String {
    match case.and_then(|case| case.sequence.as_deref()) {
        Some(sequence) if words.is_empty() => format!("[{sequence}]"),
        Some(sequence) => format!("{words} [{sequence}]"),
        None => words,
    }
}

/// The number of a case or, where it has none, its URN.
fn reference(case: &Case) -> &str {
    case.number.as_deref().or(case.urn.as_deref()).unwrap_or_default()
}

fn references(hearing: &Hearing, from: usize, kind: Kind) -> String {
    let numbers: Vec<String> =
        hearing.cases.iter().skip(from).map(|case| reference(case).to_owned()).collect();
    items(&numbers, kind)
}

fn offence_titles(hearing: &Hearing, kind: Kind, tongue: Tongue) -> String {
    let titles: Vec<Bilingual> = hearing.offences.iter().map(|offence| offence.title.clone()).collect();
    bilinguals(&titles, kind, tongue)
}

fn bilinguals(texts: &[Bilingual], kind: Kind, tongue: Tongue) -> String {
    items(&texts.iter().map(|text| text.in_tongue(tongue).to_owned()).collect::<Vec<_>>(), kind)
}

/// Several items: one a line where line breaks are kept, otherwise joined with a comma.
fn items(items: &[String], kind: Kind) -> String {
    let shown: Vec<&str> = items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).collect();
    shown.join(if kind == Kind::Multiline { "\n" } else { ", " })
}

fn joined(words: impl Iterator<Item = String>, separator: &str) -> String {
    words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(separator)
}

/// `first - second`, or whichever says something.
fn dashed(first: String, second: String) -> String {
    joined([first, second].into_iter(), " - ")
}

#[cfg(test)]
#[path = "format_tests.rs"]
mod tests;
