//! The few words the surfaces add to a list, in both languages.

use domain::civil::Tongue;

/// A phrase in English and Welsh.
pub(crate) struct Phrase(&'static str, &'static str);

impl Phrase {
    /// The phrase in `tongue`.
    pub(crate) fn in_tongue(&self, tongue: Tongue) -> &'static str {
        match tongue {
            Tongue::En => self.0,
            Tongue::Cy => self.1,
        }
    }
}

pub(crate) const IMPORTANT: Phrase = Phrase("Important information", "Gwybodaeth bwysig");
pub(crate) const SEARCH: Phrase = Phrase("Search Cases", "Chwilio Achosion");
pub(crate) const TELEPHONE: Phrase = Phrase("Telephone", "Ffôn");
pub(crate) const EMAIL: Phrase = Phrase("Email", "E-bost");
pub(crate) const HEARINGS: Phrase = Phrase("Hearings", "Gwrandawiadau");
pub(crate) const HEARING: Phrase = Phrase("Hearing", "Gwrandawiad");
pub(crate) const OFFENCE: Phrase = Phrase("Offence", "Trosedd");
pub(crate) const OFFENCES: Phrase = Phrase("Offences", "Troseddau");
pub(crate) const INFORMATION: Phrase = Phrase("Information", "Gwybodaeth");
pub(crate) const COURT_HOUSE: Phrase = Phrase("Court house", "Llys");
pub(crate) const DAY: Phrase = Phrase("Day", "Diwrnod");
pub(crate) const ROOM: Phrase = Phrase("Court room", "Ystafell llys");
pub(crate) const GROUP: Phrase = Phrase("Part of the list", "Rhan o’r rhestr");
pub(crate) const MORE: Phrase = Phrase(
    "There are more cases in this list. See the attached list or the list online for all of them.",
    "Mae mwy o achosion ar y rhestr hon. Gweler y rhestr sydd ynghlwm neu’r rhestr ar-lein i weld pob un.",
);
pub(crate) const SERVICE: Phrase =
    Phrase("HM Courts & Tribunals Service", "Gwasanaeth Llysoedd a Thribiwnlysoedd EF");

/// `Page 1 of 3`.
pub(crate) fn page_of(page: usize, pages: usize, tongue: Tongue) -> String {
    match tongue {
        Tongue::En => format!("Page {page} of {pages}"),
        Tongue::Cy => format!("Tudalen {page} o {pages}"),
    }
}
