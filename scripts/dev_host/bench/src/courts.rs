//! The courts that lists are published for: four hundred, as many as the real reference data has.

use chrono::{Days, NaiveDate};
use std::fmt::Write;

/// How many courts there are, numbered from 1.
pub const COURTS: u32 = 400;
/// The courts of the ingest measures; the last ones are left to the pages, so that these do not grow.
pub const INGEST_COURTS: u32 = 380;
/// The court whose page is measured.
pub const SHOWN: u32 = 400;

/// SNL's own number of a court.
#[must_use]
pub const fn snl_id(court: u32) -> u32 {
    2000 + court
}

/// Court and date of the list with this number: no two lists of one type share both.
///
/// # Panics
/// Beyond the year 2100, which is after eleven million lists.
#[must_use]
pub fn identity(number: u32) -> (u32, NaiveDate) {
    let first = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a date that exists");
    let date = first.checked_add_days(Days::new(u64::from(number / INGEST_COURTS)));
    (1 + number % INGEST_COURTS, date.expect("a date within a century"))
}

/// The reference file.
#[must_use]
pub fn file() -> String {
    const REGIONS: [(&str, &str); 4] = [
        ("South East", "De-ddwyrain Lloegr"),
        ("London", "Llundain"),
        ("North West", "Gogledd-orllewin Lloegr"),
        ("Wales", "Cymru"),
    ];
    let mut file = String::from(
        "P&I ID,Court Desc,Welsh Court Desc,Region,Welsh Region,Jurisdiction,Welsh Jurisdiction,Jurisdiction Type,\
         Welsh Jurisdiction Type,Provenance,Provenance Location ID,Provenance Location Type,Email,Contact No\n",
    );
    for court in 1..=COURTS {
        let letter = char::from(b'A' + u8::try_from(court % 26).unwrap_or(0));
        let (region, welsh_region) = REGIONS[court as usize % REGIONS.len()];
        let snl = snl_id(court);
        writeln!(
            file,
            "{court},{letter}lderford {court} Combined Court Centre,Canolfan Llysoedd Cyfun {letter}lderford {court},\
             {region},{welsh_region},Civil;Family,Sifil;Teulu,Civil Court;Family Court,Llys Sifil;Llys Teulu,\
             SNL,{snl},venue,court.{court}@courts.example.com,01632 960001"
        )
        .expect("a string takes any text");
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn identities_do_not_repeat_and_leave_the_shown_court_alone() {
        let all: HashSet<_> = (0..5_000).map(identity).collect();
        assert_eq!(all.len(), 5_000);
        assert!(all.iter().all(|(court, _)| (1..=INGEST_COURTS).contains(court) && *court != SHOWN));
    }

    #[test]
    fn the_file_has_a_row_a_court() {
        assert_eq!(file().lines().count(), 1 + COURTS as usize);
    }
}
