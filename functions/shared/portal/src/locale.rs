//! The two languages of the service, and how a reader's choice is read and remembered.

use std::fmt;

use crate::address::with_parameter;

/// The name of the cookie that remembers the language.
pub(crate) const COOKIE: &str = "locale";

/// How long the choice is remembered, in seconds: 30 days.
const REMEMBERED_FOR: u32 = 30 * 24 * 60 * 60;

/// The language a page is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Locale {
    /// English, the language of a reader who has not chosen.
    #[default]
    En,
    /// Welsh.
    Cy,
}

impl Locale {
    /// Both languages, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::Cy];

    /// Reads `en` or `cy`; anything else is no language.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "en" => Some(Self::En),
            "cy" => Some(Self::Cy),
            _ => None,
        }
    }

    /// The language tag, for `lang` attributes, the query and the cookie.
    #[must_use]
    pub fn lang(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cy => "cy",
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Cy => "Cymraeg",
        }
    }

    /// The language the query asks for with `lng`; the last one wins, as a reader would expect of an appended choice.
    #[must_use]
    pub fn from_query(query: &str) -> Option<Self> {
        query.split('&').filter_map(|pair| pair.strip_prefix("lng=")).filter_map(Self::parse).next_back()
    }

    /// The language remembered in a `Cookie` header.
    #[must_use]
    pub fn from_cookies(header: &str) -> Option<Self> {
        let pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(name, _)| *name == COOKIE).find_map(|(_, value)| Self::parse(value))
    }

    /// The `Set-Cookie` value that remembers this language. `secure` when the service is reached over HTTPS.
    #[must_use]
    pub fn cookie(self, secure: bool) -> String {
        let secure = if secure { "; Secure" } else { "" };
        format!("{COOKIE}={}; Path=/; Max-Age={REMEMBERED_FOR}; HttpOnly; SameSite=Lax{secure}", self.lang())
    }

    /// The address of the same page in this language: path and query kept, `lng` replaced.
    #[must_use]
    pub fn address(self, path_and_query: &str) -> String {
        with_parameter(path_and_query, "lng", Some(self.lang()))
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.lang())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_read_and_unknown_languages_are_not() {
        assert_eq!(Locale::from_query("a=1&lng=cy"), Some(Locale::Cy));
        assert_eq!(Locale::from_query("lng=en&lng=cy"), Some(Locale::Cy));
        assert_eq!(Locale::from_query("lng=fr&xlng=cy"), None);
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(Locale::from_cookies("a=b; locale=cy; c=d"), Some(Locale::Cy));
        assert_eq!(Locale::from_cookies("xlocale=cy; locale=de"), None);
    }

    #[test]
    fn the_cookie_is_secure_only_over_https() {
        assert_eq!(
            Locale::Cy.cookie(true),
            "locale=cy; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(!Locale::En.cookie(false).contains("Secure"));
    }

    #[test]
    fn the_other_language_has_the_same_path_and_query() {
        assert_eq!(Locale::Cy.address("/search?q=a%26b&lng=en&p=2"), "/search?q=a%26b&p=2&lng=cy");
        assert_eq!(Locale::En.address("/"), "/?lng=en");
        assert_eq!(Locale::En.address("//evil.example/x"), "/?lng=en");
        assert_eq!(Locale::En.address("/\\evil.example/x"), "/?lng=en");
    }
}
