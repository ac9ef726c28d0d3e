//! E-mail addresses made fit for a log.

/// The address with all but the first character of its local part hidden: `a****@example.com`.
///
/// Text that is no address is hidden altogether.
#[must_use]
pub fn mask_address(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return "*".repeat(3) };
    let mut characters = local.chars();
    let first = characters.next().map(String::from).unwrap_or_default();
    format!("{first}{}@{domain}", "*".repeat(characters.count()))
}

#[cfg(test)]
mod tests {
    use super::mask_address;

    #[test]
    fn only_the_first_letter_and_the_domain_remain() {
        assert_eq!(mask_address("amira@example.com"), "a****@example.com");
        assert_eq!(mask_address("é@b"), "é@b");
        assert_eq!(mask_address("\"a@b\"@example.com"), "\"****@example.com");
        assert_eq!(mask_address("@example.com"), "@example.com");
        assert_eq!(mask_address("not an address"), "***");
    }
}
