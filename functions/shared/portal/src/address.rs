//! Addresses of this service, with one parameter of the query changed.

/// The address with the parameter set, at the end of its query, or taken away.
///
/// A path that a browser would take for another host (`//host`) is reduced to `/`.
pub(crate) fn with_parameter(path_and_query: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let foreign = !path.starts_with('/') || path.starts_with("//") || path.starts_with("/\\");
    let path = if foreign { "/" } else { path };
    let is_it = |pair: &str| pair.split('=').next() == Some(name);
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !is_it(pair));
    let set = value.map(|value| format!("{name}={value}"));
    let query: Vec<&str> = kept.chain(set.as_deref()).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_set_and_taken_away_and_the_others_stay() {
        assert_eq!(
            with_parameter("/live?id=1&lng=cy", "refresh", Some("off")),
            "/live?id=1&lng=cy&refresh=off"
        );
        assert_eq!(with_parameter("/live?id=1&refresh=off&lng=cy", "refresh", None), "/live?id=1&lng=cy");
        assert_eq!(with_parameter("/screen?refresh=off", "refresh", None), "/screen");
        assert_eq!(with_parameter("//evil.example/x", "refresh", None), "/");
    }
}
