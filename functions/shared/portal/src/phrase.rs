//! A text that may be in another language than its page: a screen reader is told, and says it right (WCAG 3.1.2).

use serde::Serialize;

use crate::Locale;

/// A text, and its language where that is not the page's. The macro `phrase` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phrase {
    text: String,
    lang: Option<&'static str>,
}

impl Phrase {
    /// A text of one language, on a page of the same or the other.
    #[must_use]
    pub fn new(text: impl Into<String>, language: Locale, page: Locale) -> Self {
        Self { text: text.into(), lang: (language != page).then(|| language.lang()) }
    }

    /// The Welsh text on a Welsh page if there is one, else the English.
    #[must_use]
    pub fn pick(en: &str, cy: &str, page: Locale) -> Self {
        match page {
            Locale::Cy if !cy.is_empty() => Self::new(cy, Locale::Cy, page),
            Locale::Cy | Locale::En => Self::new(en, Locale::En, page),
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}
