//! Content negotiation (RFC 9110, 12.5.1): which of the forms offered a caller would rather have.

/// The offer that `accept` values most, the first of those it values alike; every offer will do where it says nothing.
/// `None` if it refuses all.
pub(super) fn choose<'o>(accept: &str, offers: &[&'o str]) -> Option<&'o str> {
    let ranges: Vec<_> = accept.split(',').filter_map(Range::read).collect();
    if ranges.is_empty() {
        return offers.first().copied();
    }
    let mut best = None;
    for offer in offers {
        let quality = quality(&ranges, offer);
        if quality > best.map_or(0, |(quality, _)| quality) {
            best = Some((quality, *offer));
        }
    }
    best.map(|(_, offer)| offer)
}

/// A media range with its weight in thousandths.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: u16,
}

impl<'a> Range<'a> {
    /// Reads one range; what is none is passed over. A weight that cannot be read counts in full.
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let weight = weight.and_then(|weight| weight.parse::<f32>().ok()).unwrap_or(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
        let quality = (weight.clamp(0.0, 1.0) * 1000.0) as u16;
        Some(Self { kind, subtype, quality })
    }

    /// How closely it names a media type: not at all, any, its kind, or itself.
    fn closeness(&self, kind: &str, subtype: &str) -> u8 {
        if self.kind == "*" && self.subtype == "*" {
            1
        } else if !self.kind.eq_ignore_ascii_case(kind) {
            0
        } else if self.subtype == "*" {
            2
        } else if self.subtype.eq_ignore_ascii_case(subtype) {
            3
        } else {
            0
        }
    }
}

/// A media type without its parameters.
pub(super) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The weight of an offer: that of the range which names it most closely. Its parameters are not asked for.
fn quality(ranges: &[Range<'_>], offer: &str) -> u16 {
    let offer = essence(offer);
    let (kind, subtype) = offer.split_once('/').unwrap_or((offer, ""));
    let named = ranges.iter().map(|range| (range.closeness(kind, subtype), range.quality));
    named.filter(|(closeness, _)| *closeness > 0).max().map_or(0, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_given_what_it_values_most() {
        const CSV: &str = "text/csv; charset=utf-8";
        let offers = ["application/json", "application/pdf", CSV];
        for (accept, chosen) in [
            ("", Some("application/json")),
            ("*/*", Some("application/json")),
            ("application/*", Some("application/json")),
            ("application/pdf", Some("application/pdf")),
            ("Application/PDF; q=0.5, text/*;q=0.8", Some(CSV)),
            ("text/csv", Some(CSV)),
            ("text/csv;charset=windows-1252", Some(CSV)),
            ("application/json;q=0.1, */*;q=0.2", Some("application/pdf")),
            ("application/json;q=0, application/*", Some("application/pdf")),
            ("text/html, application/xhtml+xml", None),
            ("*/*;q=0", None),
            ("nonsense", Some("application/json")),
        ] {
            assert_eq!(choose(accept, &offers), chosen, "{accept}");
        }
    }
}
