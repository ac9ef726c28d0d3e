//! The courts file: CSV in the low level design's columns or the production service's. Every bad row is reported, not
//! only the first; a file with one imports nothing.

use csv::StringRecord;
use domain::LocationLevel;
use domain::reference::{CourtRow, RowFault};
use std::collections::{HashMap, HashSet};

/// The heading of the court's name.
pub(super) const NAME: &str = "Court Desc";
/// The heading of its Welsh name.
pub(super) const WELSH_NAME: &str = "Welsh Court Desc";
const MOST_ROWS: usize = 20_000;
const MOST_FAULTS: usize = 1_000;

/// What each heading means; headings are compared without case, and several may mean the same.
const HEADINGS: [(&str, Column); 20] = [
    ("p&i id", Column::Id),
    ("location_id", Column::Id),
    ("court desc", Column::Name),
    ("location_name", Column::Name),
    ("welsh court desc", Column::WelshName),
    ("region", Column::Regions),
    ("welsh region", Column::WelshRegions),
    ("jurisdiction", Column::Jurisdictions),
    ("welsh jurisdiction", Column::WelshJurisdictions),
    ("jurisdiction type", Column::JurisdictionTypes),
    ("welsh jurisdiction type", Column::WelshJurisdictionTypes),
    ("provenance", Column::Provenance),
    ("provenanceid", Column::ProvenanceId),
    ("provenance location id", Column::ProvenanceId),
    ("provenance_location_id", Column::ProvenanceId),
    ("provenance location type", Column::Level),
    ("provenance_location_type", Column::Level),
    ("email", Column::Email),
    ("contact no", Column::ContactNo),
    ("contact_no", Column::ContactNo),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Column {
    Id,
    Name,
    WelshName,
    Regions,
    WelshRegions,
    Jurisdictions,
    WelshJurisdictions,
    JurisdictionTypes,
    WelshJurisdictionTypes,
    Provenance,
    ProvenanceId,
    Level,
    Email,
    ContactNo,
}

/// Reads the file.
///
/// # Errors
/// Every fault, by row and column.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<CourtRow>, Vec<RowFault>> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|_| vec![whole_file("must be UTF-8 text")])?;
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| vec![whole_file("must be CSV with a heading row")])?.clone();
    let columns = Columns::of(&headings)?;
    let mut faults = Vec::new();
    let mut rows = Vec::new();
    let mut lines = Lines { text, at: 0, line: 1 };
    for record in reader.records() {
        let position = record.as_ref().map_or_else(csv::Error::position, StringRecord::position);
        let row = position.map_or(1, |position| lines.of(position.byte()));
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) if record.len() != headings.len() => {
                let message = format!("has {} cells where the heading has {}", record.len(), headings.len());
                faults.push(RowFault { row, column: String::new(), message });
            }
            Ok(record) => rows.push(columns.row(&record, row, &mut faults)),
            Err(_) => faults.push(RowFault { row, column: String::new(), message: "is not CSV".to_owned() }),
        }
        if rows.len() > MOST_ROWS {
            return Err(vec![whole_file("has more rows than there could be courts")]);
        }
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push(whole_file("has no rows below its heading"));
    }
    check_together(&rows, &mut faults);
    faults.sort_by_key(|fault| fault.row);
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// Which line of the file a record begins on.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line, given where the reader began to look for the record: it passes over blank lines without a word.
    fn of(&mut self, byte: u64) -> usize {
        let byte = usize::try_from(byte).map_or(self.text.len(), |byte| byte.min(self.text.len()));
        let rest = &self.text[byte..];
        let start = byte + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        self.line += self.text[self.at..start].matches('\n').count();
        self.at = start;
        self.line
    }
}

fn whole_file(message: &str) -> RowFault {
    RowFault { row: 1, column: String::new(), message: message.to_owned() }
}

/// Where each column is.
struct Columns {
    at: HashMap<Column, usize>,
    headings: Vec<String>,
}

impl Columns {
    fn of(headings: &StringRecord) -> Result<Self, Vec<RowFault>> {
        let meaning = |heading: &str| {
            let heading = heading.trim().to_lowercase();
            HEADINGS.iter().find(|(name, _)| *name == heading).map(|(_, column)| *column)
        };
        let at: HashMap<_, _> = headings
            .iter()
            .enumerate()
            .filter_map(|(index, heading)| Some((meaning(heading)?, index)))
            .collect();
        let needed =
            [(Column::Name, NAME), (Column::Regions, "Region"), (Column::Jurisdictions, "Jurisdiction")];
        let missing = needed.iter().filter(|(column, _)| !at.contains_key(column));
        let faults: Vec<_> = missing
            .map(|(_, heading)| RowFault {
                row: 1,
                column: (*heading).to_owned(),
                message: "is a column the file must have".to_owned(),
            })
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { at, headings: headings.iter().map(str::to_owned).collect() })
    }

    fn cell<'a>(&self, record: &'a StringRecord, column: Column) -> &'a str {
        self.at.get(&column).and_then(|index| record.get(*index)).unwrap_or_default()
    }

    fn values(&self, record: &StringRecord, column: Column) -> Vec<String> {
        let values = self.cell(record, column).split(';').map(str::trim);
        values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// A row, its faults noted.
    fn row(&self, record: &StringRecord, row: usize, faults: &mut Vec<RowFault>) -> CourtRow {
        self.check_text(record, row, faults);
        let mut fault = |column: Column, message: String| {
            let heading = self.at.get(&column).and_then(|index| self.headings.get(*index));
            faults.push(RowFault { row, column: heading.cloned().unwrap_or_default(), message });
        };
        let text = |column| self.cell(record, column).to_owned();
        let location_id =
            match (self.at.contains_key(&Column::Id), self.cell(record, Column::Id).parse::<i32>()) {
                (false, _) => None,
                (true, Ok(id)) if id >= 0 => Some(id),
                (true, _) => {
                    fault(Column::Id, "must be a whole number, zero or more".to_owned());
                    None
                }
            };
        let provenance = text(Column::Provenance);
        let provenance_location_id = text(Column::ProvenanceId);
        if provenance.is_empty() != provenance_location_id.is_empty() {
            fault(Column::ProvenanceId, "is needed together with Provenance".to_owned());
        }
        let provenance_location_type = self.level(record).unwrap_or_else(|message| {
            fault(Column::Level, message);
            String::new()
        });
        CourtRow {
            row,
            location_id,
            name: text(Column::Name),
            welsh_name: text(Column::WelshName),
            regions: self.values(record, Column::Regions),
            welsh_regions: self.values(record, Column::WelshRegions),
            jurisdictions: self.values(record, Column::Jurisdictions),
            welsh_jurisdictions: self.values(record, Column::WelshJurisdictions),
            jurisdiction_types: self.values(record, Column::JurisdictionTypes),
            welsh_jurisdiction_types: self.values(record, Column::WelshJurisdictionTypes),
            email: text(Column::Email),
            contact_no: text(Column::ContactNo),
            provenance,
            provenance_location_id,
            provenance_location_type,
        }
    }

    /// Notes what no cell may have, and what no name may.
    fn check_text(&self, record: &StringRecord, row: usize, faults: &mut Vec<RowFault>) {
        let known = |index: &usize| self.at.values().any(|at| at == index);
        let names = [Column::Name, Column::WelshName].map(|column| self.at.get(&column).copied());
        for ((index, cell), heading) in record.iter().enumerate().zip(&self.headings) {
            let is_name = names.contains(&Some(index));
            let message = if known(&index) && cell.chars().any(char::is_control) {
                "must not contain control characters"
            } else if is_name && cell.contains(['<', '>']) {
                "must not contain markup"
            } else if is_name && cell.len() > 255 {
                "must be at most 255 bytes"
            } else if names[0] == Some(index) && cell.is_empty() {
                "is missing"
            } else {
                continue;
            };
            faults.push(RowFault { row, column: heading.clone(), message: message.to_owned() });
        }
    }

    /// The level of the id; a file without that column means the court building. A row without an id needs none.
    fn level(&self, record: &StringRecord) -> Result<String, String> {
        if !self.at.contains_key(&Column::Level) || self.cell(record, Column::ProvenanceId).is_empty() {
            return Ok(LocationLevel::Venue.as_str().to_owned());
        }
        let word = self.cell(record, Column::Level).to_uppercase().replace(' ', "_");
        let level = word.parse::<LocationLevel>();
        level.map(|level| level.as_str().to_owned()).map_err(|error| format!("{error}, in capitals or not"))
    }
}

/// What rows must not say against each other: one name for two courts, two names for one. (Another system's id that
/// stands in two rows for two courts means the first; the production files contain such rows.)
fn check_together(rows: &[CourtRow], faults: &mut Vec<RowFault>) {
    let mut id_of_name: HashMap<&str, Option<i32>> = HashMap::new();
    let mut id_of_welsh: HashMap<&str, Option<i32>> = HashMap::new();
    let mut names_of_id: HashMap<i32, (&str, &str)> = HashMap::new();
    let mut reported = HashSet::new();
    let mut fault = |row: usize, column: &str, message: &str| {
        if reported.insert((row, column.to_owned())) {
            faults.push(RowFault { row, column: column.to_owned(), message: message.to_owned() });
        }
    };
    for row in rows.iter().filter(|row| !row.name.is_empty()) {
        if *id_of_name.entry(&row.name).or_insert(row.location_id) != row.location_id {
            fault(row.row, NAME, "is already the name of another court in this file");
        }
        if !row.welsh_name.is_empty()
            && *id_of_welsh.entry(&row.welsh_name).or_insert(row.location_id) != row.location_id
        {
            fault(row.row, WELSH_NAME, "is already the Welsh name of another court in this file");
        }
        let names = (row.name.as_str(), row.welsh_name.as_str());
        if row.location_id.is_some_and(|id| *names_of_id.entry(id).or_insert(names) != names) {
            fault(row.row, NAME, "is not the name this court has in a row above, in English and Welsh");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(usize, String)> {
        read(text.as_bytes())
            .expect_err("faults")
            .into_iter()
            .map(|fault| (fault.row, fault.column))
            .collect()
    }

    #[test]
    fn the_design_documents_columns_are_read() {
        let text = "Court Desc,Region,Jurisdiction,Provenance,ProvenanceID\nBATH COURT,South West,FAMILY; County Court,SNL,411234\n";
        let rows = read(text.as_bytes()).expect("rows");
        assert_eq!((rows[0].location_id, rows[0].jurisdictions.len()), (None, 2));
        assert_eq!(rows[0].provenance_location_type, "VENUE");
    }

    #[test]
    fn every_bad_row_is_reported() {
        let text = "P&I ID,Court Desc,Region,Jurisdiction,Provenance,Provenance Location ID,Provenance Location Type\n\
            1,Bath,South West,Civil,SNL,1,venue\nx,Wells,South West,Civil,SNL,2,venue\n3,,South West,Civil,SNL,3,venue\n\
            4,Frome,South West,Civil,SNL,4,castle\n5,Bath,South West,Civil,SNL,5,venue\n6,<b>Yeovil</b>,South West,Civil,SNL,6,venue\n7,short\n";
        let expected = [
            (3, "P&I ID"),
            (4, "Court Desc"),
            (5, "Provenance Location Type"),
            (6, "Court Desc"),
            (7, "Court Desc"),
            (8, ""),
        ];
        assert_eq!(faults(text), expected.map(|(row, column)| (row, column.to_owned())));
    }

    #[test]
    fn a_court_has_one_name_and_blank_lines_count_as_lines() {
        let text = "P&I ID,Court Desc,Region,Jurisdiction,Provenance,Provenance Location ID,Provenance Location Type\n\
            12,Bath,South West,Civil,SNL,500,venue\n\n12,Bath,South West,Civil,PDDA,500,venue\n12,Wells,South West,Civil,SNL,501,venue\n";
        assert_eq!(faults(text), [(5, NAME.to_owned())]);
    }

    #[test]
    fn a_control_character_in_any_cell_that_is_read_is_a_fault() {
        let text = "P&I ID,Court Desc,Region,Jurisdiction,Email,Notes\n1,Bath,South\0West,Civil,a\u{1}b,\0\n2,W\0ells,South West,Civil,,\n";
        let expected = [(2, "Region"), (2, "Email"), (3, "Court Desc")];
        assert_eq!(faults(text), expected.map(|(row, column)| (row, column.to_owned())));
    }

    #[test]
    fn a_file_that_is_no_courts_file_is_refused_as_a_whole() {
        assert_eq!(faults("a,b\n1,2\n").len(), 3);
        assert_eq!(faults("").len(), 3);
        assert_eq!(faults("Court Desc,Region,Jurisdiction\n"), [(1, String::new())]);
    }
}
