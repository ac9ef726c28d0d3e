//! Paths and queries as the host's web server reads and writes them.

use std::borrow::Cow;

/// The path with escapes resolved, except `%2F`, and dot segments removed.
pub(crate) fn decode_path(raw: &str) -> Cow<'_, str> {
    if !raw.contains('%') && !raw.contains("/.") {
        return Cow::Borrowed(raw);
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        match escape(rest) {
            Some(b'/') | None => bytes.push(first),
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
                continue;
            }
        }
        rest = tail;
    }
    let decoded = String::from_utf8(bytes).unwrap_or_else(|_| raw.to_owned());
    Cow::Owned(if decoded.contains("/.") { without_dot_segments(&decoded) } else { decoded })
}

/// The byte a `%xx` at the start of `text` stands for.
fn escape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: u8| (byte as char).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if segments.peek().is_none() {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    format!("/{}", kept.join("/"))
}

/// A decoded path as it goes on the wire again. What still looks like an escape stays one.
pub(crate) fn encode_path(decoded: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte);
    if decoded.bytes().all(plain) {
        return Cow::Borrowed(decoded);
    }
    let mut encoded = String::with_capacity(decoded.len() + 8);
    let bytes = decoded.as_bytes();
    for (index, &byte) in bytes.iter().enumerate() {
        if plain(byte) || escape(&bytes[index..]).is_some() {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    Cow::Owned(encoded)
}

/// The query's parameters, equal names (without regard to case) joined with commas, in order of appearance.
pub(crate) fn merged_query(query: &str) -> Vec<(String, String)> {
    let mut merged: Vec<(String, String)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match merged.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            Some((_, values)) => {
                values.push(',');
                values.push_str(&value);
            }
            None => merged.push((name.into_owned(), value.into_owned())),
        }
    }
    merged
}

/// Escapes everything but the unreserved characters.
pub(crate) fn escape_data(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(byte as char);
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_and_encoded_as_the_web_server_does() {
        assert_eq!(decode_path("/a%20b/%C3%A9/%2F"), "/a b/é/%2F");
        assert_eq!(encode_path("/a b/é/%2F"), "/a%20b/%C3%A9/%2F");
        assert_eq!(encode_path(&decode_path("/%2541")), "/%41");
        assert_eq!(decode_path("/a/../b/./c/.."), "/b/");
    }

    #[test]
    fn equal_names_are_merged() {
        let merged = merged_query("q=a&Q=b&flag");
        assert_eq!(merged, [("q".into(), "a,b".into()), ("flag".into(), String::new())]);
        assert_eq!(escape_data("a,b c"), "a%2Cb%20c");
    }
}
