//! Times the writers on lists of usual sizes and, given a folder, leaves the files there to look at.
//!
//! `cargo run --release -p surfaces --example pdf_bench [folder]`

#[path = "../src/samples.rs"]
mod samples;

use domain::civil::Tongue;
use lists::{Layout, ListDocument};
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;
use surfaces::{html, pdf, text, xlsx};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let long = "A hearing before the court. ".repeat(400);
    for (name, (document, layout)) in [
        ("civil_200", samples::civil(200)),
        ("civil_2000", samples::civil(2000)),
        ("cards_60", samples::cards(60, 3)),
        (
            "two_tables",
            samples::two_tables(&["Court 1\nRoyal Courts of Justice", "Mr Justice Example", &long]),
        ),
        ("hostile", samples::hostile()),
        ("invisible", samples::cards_saying(&samples::INVISIBLE.concat())),
        ("english", samples::written_in(Tongue::En)),
        ("empty", samples::empty()),
    ] {
        time(name, &document, &layout);
        let Some(folder) = &folder else { continue };
        for tongue in [Tongue::En, Tongue::Cy] {
            let stem = format!("{name}_{}", tongue.tag());
            std::fs::write(folder.join(format!("{stem}.pdf")), pdf::write(&document, &layout, tongue)?)?;
            std::fs::write(folder.join(format!("{stem}.xlsx")), xlsx::write(&document, &layout, tongue)?)?;
            std::fs::write(folder.join(format!("{stem}.html")), html::fragment(&document, &layout, tongue))?;
            let summary = text::summary(&document, &layout, tongue).unwrap_or_default();
            std::fs::write(folder.join(format!("{stem}.txt")), summary)?;
        }
    }
    Ok(())
}

fn time(name: &str, document: &ListDocument, layout: &Layout) {
    let tongue = Tongue::En;
    let html = median(|| html::fragment(document, layout, tongue).len());
    let pdf = median(|| pdf::write(document, layout, tongue).map_or(0, |bytes| bytes.len()));
    let xlsx = median(|| xlsx::write(document, layout, tongue).map_or(0, |bytes| bytes.len()));
    println!("{name:12} html {html}   pdf {pdf}   xlsx {xlsx}");
}

/// The median time of eleven runs, and the size of what came out.
fn median(run: impl Fn() -> usize) -> String {
    let size = run();
    let mut times: Vec<f64> = (0..11)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    format!("{:8.2} ms {:7} B", times[5], size)
}
