//! What is printed: each number with its target and whether it was met.

use crate::load::Measured;

/// What a number should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    text: String,
    met: bool,
}

impl Target {
    /// A target in words, and whether it was met.
    #[must_use]
    pub fn new(text: impl Into<String>, met: bool) -> Self {
        Self { text: text.into(), met }
    }

    fn judged(&self) -> String {
        format!("{}: {}", self.text, if self.met { "met" } else { "NOT met" })
    }
}

/// The medians of the runs of one measure.
#[derive(Debug, Clone, Copy, Default)]
pub struct Medians {
    /// Answers a second.
    pub per_second: f64,
    /// Milliseconds that half of the requests did not exceed.
    pub p50: f64,
    /// Milliseconds that 95 of 100 did not exceed.
    pub p95: f64,
    /// Milliseconds that 99 of 100 did not exceed.
    pub p99: f64,
    /// The handler's processor time a request, in milliseconds.
    pub cpu: Option<f64>,
    /// Requests that failed, in all runs.
    pub failed: usize,
}

impl Medians {
    /// Of the runs, each with the handler's processor time a request where that is known.
    #[must_use]
    pub fn of(runs: &[(Measured, Option<f64>)]) -> Self {
        let of = |number: fn(&Measured) -> f64| median(runs.iter().map(|(run, _)| number(run)).collect());
        let cpu: Vec<_> = runs.iter().filter_map(|(_, cpu)| *cpu).collect();
        Self {
            per_second: of(Measured::per_second),
            p50: of(|run| run.percentile(50.0)),
            p95: of(|run| run.percentile(95.0)),
            p99: of(|run| run.percentile(99.0)),
            cpu: Some(cpu).filter(|cpu| !cpu.is_empty()).map(median),
            failed: runs.iter().map(|(run, _)| run.failed).sum(),
        }
    }
}

/// The middle one; of an even number, the mean of the two in the middle.
#[must_use]
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match (numbers.len(), numbers.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => numbers[middle],
        (_, middle) => f64::midpoint(numbers[middle - 1], numbers[middle]),
    }
}

/// The report; printed as it comes, so that a run that breaks off has said what it knew.
#[derive(Debug, Default)]
pub struct Report {
    met: usize,
    missed: Vec<String>,
    section: String,
}

impl Report {
    /// Begins a section.
    pub fn section(&mut self, heading: &str) {
        heading.clone_into(&mut self.section);
        println!("\n{heading}");
    }

    /// A remark.
    pub fn note(&self, text: &str) {
        println!("  {text}");
    }

    /// One number.
    pub fn line(&mut self, what: &str, value: String, target: Option<Target>) {
        let judged = target.as_ref().map_or_else(String::new, Target::judged);
        println!("{}", format!("  {what:<44} {value:>14}   {judged}").trim_end());
        self.count(what, target);
    }

    /// The columns of [`Report::load`].
    pub fn load_heading(&mut self, what: &str) {
        self.section(what);
        println!(
            "  {:<30} {:>9} {:>9} {:>9} {:>9} {:>9}   of it",
            "", "a second", "p50 ms", "p95 ms", "p99 ms", "CPU ms"
        );
    }

    /// One line of load; `ratio` is the package's rate as a part of this one's.
    pub fn load(&self, what: &str, medians: &Medians, ratio: Option<f64>) {
        let Medians { per_second, p50, p95, p99, cpu, failed } = *medians;
        let cpu = cpu.map_or_else(String::new, |cpu| format!("{cpu:.3}"));
        let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"));
        let failed = if failed == 0 { String::new() } else { format!("   {failed} FAILED") };
        let line = format!(
            "  {what:<30} {per_second:>9.1} {p50:>9.2} {p95:>9.2} {p99:>9.2} {cpu:>9}   {ratio}{failed}"
        );
        println!("{}", line.trim_end());
    }

    /// A target of the section.
    pub fn target(&mut self, target: Target) {
        println!("  {}", target.judged());
        let what = self.section.clone();
        self.count(&what, Some(target));
    }

    fn count(&mut self, what: &str, target: Option<Target>) {
        match target {
            Some(target) if target.met => self.met += 1,
            Some(target) => self.missed.push(format!("{what}: {}", target.text)),
            None => {}
        }
    }

    /// The end: how many targets were met, and which were not.
    pub fn finish(self) {
        println!("\n{} targets met, {} not met", self.met, self.missed.len());
        for missed in self.missed {
            println!("  not met: {missed}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(Vec::new()).is_nan());
    }
}
