//! The command line.

use std::ffi::OsString;
use std::time::Duration;

/// What `--help` and a mistake show.
pub const USAGE: &str = "\
Measures the package in target/package on a throw-away Postgres and Azurite.

usage: scripts/bench [--quick] [--table-rows N]
  --quick           shorter runs: enough to see whether something broke, not to compare
  --table-rows N    then fills the tables to N publications and measures POST /publication again
";

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Runs of each measure, of which the median is shown.
    pub rounds: usize,
    /// How long one run takes.
    pub run: Duration,
    /// How long each measure runs before the first run that counts.
    pub warm_up: Duration,
    /// Starts of the handler alone.
    pub starts: usize,
    /// Repetitions of each measure in this process.
    pub repetitions: usize,
    /// Lists of which each is read once, for the page nobody has read yet.
    pub unread_lists: usize,
    /// How many publications to fill the tables to, if at all.
    pub table_rows: Option<u32>,
}

/// Connections of the load generator, and clients of the database floor.
pub const CONNECTIONS: usize = 8;

impl Options {
    const USUAL: Self = Self {
        rounds: 3,
        run: Duration::from_secs(5),
        warm_up: Duration::from_secs(1),
        starts: 20,
        repetitions: 51,
        unread_lists: 100,
        table_rows: None,
    };

    const QUICK: Self = Self {
        run: Duration::from_secs(2),
        warm_up: Duration::from_millis(500),
        repetitions: 15,
        unread_lists: 40,
        ..Self::USUAL
    };

    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(arguments: &[OsString]) -> Result<Self, String> {
        let mut options = Self::USUAL;
        let mut rows = None;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--quick") => options = Self::QUICK,
                Some("--table-rows") => {
                    let number = arguments.next().and_then(|text| text.to_str()?.parse().ok());
                    rows = Some(number.ok_or("--table-rows needs a number, such as 100000")?);
                }
                _ => return Err(format!("unknown option {}", argument.to_string_lossy())),
            }
        }
        Ok(Self { table_rows: rows, ..options })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options, String> {
        Options::read(&arguments.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_come_in_any_order_and_unknown_ones_are_refused() {
        let options = read(&["--table-rows", "100000", "--quick"]);
        assert_eq!(options, Ok(Options { table_rows: Some(100_000), ..Options::QUICK }));
        assert_eq!(read(&[]), Ok(Options::USUAL));
        for wrong in [&["--slow"][..], &["--table-rows"], &["--table-rows", "many"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
