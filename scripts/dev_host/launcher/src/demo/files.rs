//! The demonstration's files, with the dates of the day filled in.

use super::dates::fill;
use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// All of it, ready to be loaded.
#[derive(Debug)]
pub struct Demo {
    /// The courts, as CSV.
    pub courts: String,
    /// How many courts there are.
    pub courts_expected: i64,
    /// The glossary of court events, as JSON.
    pub glossary: String,
    /// What is published, in order.
    pub publications: Vec<Publication>,
}

/// One publication.
#[derive(Debug)]
pub struct Publication {
    /// The file it comes from, relative to the demonstration's folder.
    pub file: String,
    /// The headers it is posted with.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub payload: String,
}

impl Publication {
    /// It tells what happens now, rather than what is planned for a day.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.headers.get("x-type").is_some_and(|kind| kind == "LCSU")
    }
}

#[derive(Deserialize)]
struct Manifest {
    publications: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    headers: BTreeMap<String, String>,
}

impl Demo {
    /// Reads the files in `folder` and fills in the dates of `now`.
    ///
    /// # Errors
    /// When a file is missing or is not what it should be.
    pub fn read(folder: &Path, now: DateTime<Utc>) -> Result<Self> {
        let read = |name: &str| -> Result<String> {
            let text =
                fs::read_to_string(folder.join(name)).with_context(|| format!("{name} cannot be read"))?;
            fill(&text, now).with_context(|| format!("{name} has a wrong date"))
        };
        let manifest: Manifest = serde_json::from_str(&read("publications.json")?)
            .context("publications.json cannot be understood")?;
        let publications = manifest.publications.into_iter().map(|Entry { file, headers }| {
            let payload = read(&file)?;
            Ok(Publication { file, headers, payload })
        });
        let courts = read("courts.csv")?;
        Ok(Self {
            courts_expected: count_courts(&courts),
            courts,
            glossary: read("glossary.json")?,
            publications: publications.collect::<Result<_>>()?,
        })
    }

    /// Writes the publications with today's dates below `folder`, so that a person can post them again.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_filled(&self, folder: &Path) -> Result<()> {
        for Publication { file, payload, .. } in &self.publications {
            let target = folder.join("demo").join(file);
            let parent = target.parent().unwrap_or(folder);
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&target, payload))
                .with_context(|| format!("{} cannot be written", target.display()))?;
        }
        Ok(())
    }
}

/// Rows with the same id in the first column are one court.
fn count_courts(csv: &str) -> i64 {
    let ids: BTreeSet<_> = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    i64::try_from(ids.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;
    use serde_json::Value;

    fn demo() -> Demo {
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        Demo::read(&Project::find().unwrap().demo(), now).unwrap()
    }

    fn payload(demo: &Demo, file: &str) -> Value {
        let publication = demo.publications.iter().find(|p| p.file.ends_with(file)).unwrap();
        serde_json::from_str(&publication.payload).unwrap()
    }

    #[test]
    fn oxford_is_101_to_every_producer_at_every_level() {
        let demo = demo();
        let header: Vec<_> = demo.courts.lines().next().unwrap().split(',').collect();
        let column = |name| header.iter().position(|column| *column == name).unwrap();
        let [id, provenance, other, level] =
            ["P&I ID", "Provenance", "Provenance Location ID", "Provenance Location Type"].map(column);
        let mut seen = BTreeSet::new();
        for row in demo.courts.lines().skip(1) {
            let cells: Vec<_> = row.split(',').collect();
            assert_eq!(cells.len(), header.len(), "no cell of ours holds a comma: {row}");
            if cells[other] == "101" {
                assert_eq!((cells[id], cells[1]), ("1", "Oxford Combined Court Centre"));
                seen.insert((cells[provenance], cells[level]));
            }
        }
        for producer in ["SNL", "CP_CATH", "COMMON_PLATFORM", "PDDA"] {
            for level in ["venue", "region", "owning hearing location", "national"] {
                assert!(seen.contains(&(producer, level)), "{producer} {level}");
            }
        }
        assert!(demo.courts_expected >= 30);
    }

    #[test]
    fn every_list_is_json_and_no_address_is_real() {
        let demo = demo();
        let texts = demo.publications.iter().map(|p| p.payload.as_str()).chain([demo.courts.as_str()]);
        for text in texts {
            for (before, after) in text.match_indices('@').map(|(at, _)| text.split_at(at)) {
                let domain: String = after.chars().skip(1).take_while(|c| !",\"".contains(*c)).collect();
                assert!(domain.ends_with("example.com"), "{}{after:.20}", &before[before.len() - 10..]);
            }
        }
        assert!(demo.publications.iter().all(|p| serde_json::from_str::<Value>(&p.payload).is_ok()));
    }

    #[test]
    fn every_list_is_valid_by_its_list_type() {
        for Publication { file, headers, payload } in demo().publications.iter().filter(|p| !p.is_live()) {
            let list_type = lists::registry().get(&headers["x-list-type"]).unwrap();
            let faults = lists::validate::validate(list_type, payload.as_bytes()).err();
            assert!(faults.is_none(), "{file}: {faults:?}");
        }
    }

    #[test]
    fn every_live_event_is_in_the_glossary() {
        let demo = demo();
        let glossary: Vec<Value> = serde_json::from_str(&demo.glossary).unwrap();
        let id = |entry: &Value| entry["id"].as_str().map_or_else(|| entry["id"].to_string(), str::to_owned);
        let ids: BTreeSet<_> = glossary.iter().map(id).collect();
        assert_eq!(ids.len(), glossary.len(), "ids are unique");
        assert_eq!(glossary.iter().filter(|entry| entry["name"] == "Hearing Finished").count(), 2);
        for room in payload(&demo, "live-case-status.json")[0]["locationUpdates"].as_array().unwrap() {
            if let Some(event) = room["event"]["eventId"].as_str() {
                assert!(ids.contains(event), "{event}");
            }
        }
    }

    #[test]
    fn one_defendant_is_masked_and_the_single_justice_list_hides_what_it_must() {
        let demo = demo();
        let crown = payload(&demo, "crown-daily-pdda-list.json").to_string();
        assert_eq!(crown.matches(r#""IsMasked":"yes""#).count(), 1);
        let single = payload(&demo, "sjp-public-list.json").to_string();
        assert_eq!(single.matches(r#""ACCUSED""#).count(), 20);
        for forename in single.split(r#""individualForenames":""#).skip(1) {
            assert_eq!(forename.find('"'), Some(1), "one letter of the forename at most");
        }
    }
}
