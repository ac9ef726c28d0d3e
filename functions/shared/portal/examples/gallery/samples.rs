//! Pages that use all the shell offers, with made-up contents: for the gallery, the tests and the measurement.

use minijinja::{Value, context};
use portal::{ErrorPage, Locale, Page, PageSource, Site};

macro_rules! page {
    ($name:literal) => {
        PageSource {
            name: $name,
            template: include_str!(concat!($name, "/page.html")),
            en: include_str!(concat!($name, "/en.json")),
            cy: include_str!(concat!($name, "/cy.json")),
        }
    };
}

/// The sample pages, to build a site of.
pub const PAGES: [PageSource; 4] = [page!("list"), page!("places"), page!("form"), page!("screen")];

const COURT: &str = "Oxford Combined Court Centre";

/// A cause list of so many rows.
pub fn list(site: &Site, locale: Locale, rows: usize) -> Page<'static> {
    let title = site.fill(locale, "list", "title", &[("court", COURT)]).expect("the sample has a title");
    Page::new("list").title(title).back_link("/court/1").value(list_context(rows))
}

/// What the list shows; a party's name has characters that must be escaped.
pub fn list_context(rows: usize) -> Value {
    let hearings: Vec<Value> = (0..rows)
        .map(|row| {
            context! {
                time => format!("{}:{:02}am", 9 + row / 60 % 3, row % 60),
                reference => format!("K0{row:04}OX"),
                name => format!("Smith & Sons <{row}> v O'Neill"),
                kind => "Case management conference",
                duration => "30 minutes",
                channel => if row % 3 == 0 { "In person" } else { "Video" },
            }
        })
        .collect();
    context! { court => COURT, date => "5 January 2026", hearings }
}

/// Every sample in one language, with the name it goes by in the gallery.
pub fn all(site: &Site, locale: Locale) -> Vec<(String, Page<'static>)> {
    let error = site.text(locale, "form", "error_none").expect("the sample has the text").to_owned();
    let title = site.fill(locale, "screen", "title", &[("court", COURT)]).expect("the sample has a title");
    let mut samples = vec![
        ("list".to_owned(), list(site, locale, 12)),
        ("list-long".to_owned(), list(site, locale, 200)),
        ("places".to_owned(), Page::new("places").back_link("/").value(places())),
        (
            "form".to_owned(),
            Page::new("form").back_link("/").value(context! { errors => Vec::<Value>::new() }),
        ),
        (
            "form-error".to_owned(),
            Page::new("form")
                .back_link("/")
                .with_errors(true)
                .value(context! { errors => vec![context! { text => error, href => "#view-choice" }] }),
        ),
        ("screen".to_owned(), Page::new("screen").title(title).value(screen())),
    ];
    for page in ErrorPage::ALL {
        let context = context! { reference => "4f1c-22ab" };
        samples.push((page.name().replace("portal_", ""), Page::new(page.name()).value(context)));
    }
    samples
}

fn places() -> Value {
    let jurisdiction = |value: &str, text: &str| context! { value, text };
    let letter = |name: &str, courts: &[&'static str]| context! { name, courts => courts.to_vec() };
    context! {
        jurisdictions => vec![
            jurisdiction("civil", "Civil"),
            jurisdiction("crown", "Crown"),
            jurisdiction("family", "Family"),
            jurisdiction("magistrates", "Magistrates"),
            jurisdiction("tribunal", "Tribunal"),
        ],
        letters => vec![
            letter("A", &["Aberystwyth Justice Centre", "Aldershot Magistrates' Court"]),
            letter("B", &["Barrow-in-Furness County Court", "Birmingham Crown Court", "Bristol Civil and Family Justice Centre"]),
            letter("O", &[COURT]),
        ],
    }
}

fn screen() -> Value {
    let hearing = |room: &str, time: &str, name: &str, status: &str, look: &str| {
        context! { room, time, name, status, look }
    };
    context! {
        court => COURT,
        date => "Monday 5 January 2026, 10:04am",
        hearings => vec![
            hearing("1", "10:00am", "R v Example-One", "In progress", "live"),
            hearing("1", "11:30am", "R v Example-Two", "Waiting", "waiting"),
            hearing("2", "10:00am", "Smith & Sons v O'Neill", "Adjourned", "muted"),
            hearing("3", "2:00pm", "Re A (children)", "Waiting", "waiting"),
        ],
    }
}
