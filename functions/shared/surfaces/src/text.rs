//! Text: the summary of a list in a mail, in the Markdown of GOV.UK Notify.
//!
//! A case is a line `---`, then a line `Label - value` for each thing said of it, then an empty line. A part
//! of the list that has a heading starts with `---` and `##` and the heading. Nothing from a payload starts a
//! line, so nothing in it can become a heading, a list or an inset; links and placeholders are broken up.

use domain::civil::Tongue;
use lists::document::{Hearing, Section};
use lists::{Layout, ListDocument, format};

use crate::blank::{is_blank, is_invisible};
use crate::words;

/// The longest summary, in characters: a mail is to be read, and the list itself is attached or linked.
pub const LONGEST: usize = 20_000;

/// No single value takes more than this many characters of a summary.
const LONGEST_VALUE: usize = 500;

/// The summary, or `None` where the list type has none.
///
/// Where the list is longer than [`LONGEST`], whole cases are left out at the end and a line says so.
pub fn summary(document: &ListDocument, layout: &Layout, tongue: Tongue) -> Option<String> {
    if layout.summary.is_empty() {
        return None;
    }
    let mut summary = Summary { document, layout, tongue, text: String::new(), length: 0, is_full: false };
    summary.sections(&document.sections);
    if summary.text.is_empty() && !summary.is_full {
        return Some(format::no_hearings(tongue).to_owned());
    }
    if summary.is_full {
        summary.text.push_str("---\n");
        summary.text.push_str(words::MORE.in_tongue(tongue));
    }
    Some(summary.text.trim_end().to_owned())
}

struct Summary<'a> {
    document: &'a ListDocument,
    layout: &'a Layout,
    tongue: Tongue,
    text: String,
    length: usize,
    is_full: bool,
}

impl Summary<'_> {
    /// The outermost headings are said, the ones inside (rooms, sessions) are not.
    fn sections(&mut self, sections: &[Section]) {
        for section in sections {
            let heading = neutral(format::heading(section, self.tongue));
            let mut heading = Some(format!("---\n##{heading}\n\n")).filter(|_| !heading.is_empty());
            for hearing in section.all_hearings() {
                let case = self.case(hearing);
                if case.is_empty() {
                    continue;
                }
                self.add(&(heading.take().unwrap_or_default() + &case));
                if self.is_full {
                    return;
                }
            }
        }
    }

    /// One case, or nothing where nothing is said of it.
    fn case(&self, hearing: &Hearing) -> String {
        let lines = self.layout.summary.iter().filter_map(|column| {
            let value = neutral(&format::cell(self.document, hearing, column, self.tongue));
            let label = column.label.in_tongue(self.tongue);
            (!value.is_empty()).then(|| format!("{label} - {value}\n"))
        });
        let lines: String = lines.collect();
        if lines.is_empty() { lines } else { format!("---\n{lines}\n") }
    }

    fn add(&mut self, text: &str) {
        let length = text.chars().count();
        if self.length + length > LONGEST {
            self.is_full = true;
            return;
        }
        self.length += length;
        self.text.push_str(text);
    }
}

/// A value on one line in which Notify finds no link, placeholder, heading, list or inset.
fn neutral(value: &str) -> String {
    let lines: Vec<&str> = value.lines().map(str::trim).filter(|line| !is_blank(line)).collect();
    let one_line: String =
        lines.join(", ").chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let marks = ['#', '*', '^', '>', '~', '•', '`', ' '];
    let mut text = one_line.trim_start_matches(marks).to_owned();
    for (mark, broken) in [
        ("](", "] ("),
        ("][", "] ["),
        ("]:", "] :"),
        ("((", "( ("),
        ("((", "( ("),
        ("))", ") )"),
        ("))", ") )"),
        ("://", ": //"),
        ("<", "‹"),
        (">", "›"),
    ] {
        text = text.replace(mark, broken);
    }
    if text.chars().count() > LONGEST_VALUE {
        text = text.chars().take(LONGEST_VALUE).chain(['…']).collect();
    }
    text
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
