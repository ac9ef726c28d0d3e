//! The token in a court screen's URL (LLD 3.2.1.2): base64 that hides the court id and nothing else.
//!
//! Only one spelling of each court decodes: base64url without padding of `v1:<court id>`. The design
//! document's own example, base64 of `in-court/live-case-status?courtId=44` with or without a leading
//! slash, is read by an exact pattern; the decoded text is never used as a path.

use crate::publication::LocationId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const LONGEST_TOKEN: usize = 64;
const WRITTEN_OUT: &str = "in-court/live-case-status?courtId=";

/// The token of a court's screen URL.
pub fn token_of(court: LocationId) -> String {
    URL_SAFE_NO_PAD.encode(format!("v1:{court}"))
}

/// The court a token names; `None` for anything but a canonical token.
pub fn court_of(token: &str) -> Option<LocationId> {
    if token.len() > LONGEST_TOKEN {
        return None;
    }
    let decoded = URL_SAFE_NO_PAD.decode(token).ok()?;
    if URL_SAFE_NO_PAD.encode(&decoded) != token {
        return None;
    }
    let text = std::str::from_utf8(&decoded).ok()?;
    let written_out = || text.strip_prefix('/').unwrap_or(text).strip_prefix(WRITTEN_OUT);
    let digits = text.strip_prefix("v1:").or_else(written_out)?;
    let court: i32 = digits.parse().ok()?;
    (court >= 0 && court.to_string() == digits).then_some(LocationId(court))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_written_out_as_in_the_design_document_names_its_court() {
        assert_eq!(court_of("aW4tY291cnQvbGl2ZS1jYXNlLXN0YXR1cz9jb3VydElkPTQ0"), Some(LocationId(44)));
        let token = URL_SAFE_NO_PAD.encode("/in-court/live-case-status?courtId=44");
        assert_eq!(court_of(&token), Some(LocationId(44)));
    }

    #[test]
    fn nothing_but_a_canonical_token_decodes() {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for hostile in [
            "//evil.example".to_owned(),
            encode("//evil.example"),
            encode("http://169.254.169.254/"),
            encode("v1:../44"),
            encode("v1:044"),
            encode("v1:+44"),
            encode("v1:44 "),
            encode("v1:44\0"),
            encode("v1:-1"),
            encode("v1:99999999999"),
            encode("/in-court/live-case-status?courtId=44&next=/admin"),
            format!("{}=", encode("v1:4")),
            "djE6ND".to_owned(),
            "A".repeat(10_000),
            String::new(),
        ] {
            assert_eq!(court_of(&hostile), None, "{hostile}");
        }
    }

    proptest! {
        #[test]
        fn every_court_reads_back_from_its_token(court in 0i32..) {
            prop_assert_eq!(court_of(&token_of(LocationId(court))), Some(LocationId(court)));
        }

        #[test]
        fn what_decodes_is_canonical(text in "[A-Za-z0-9_=-]{0,80}") {
            if let Some(court) = court_of(&text) {
                let written = |slash| URL_SAFE_NO_PAD.encode(format!("{slash}{WRITTEN_OUT}{court}"));
                prop_assert!(text == token_of(court) || text == written("") || text == written("/"));
            }
        }
    }
}
