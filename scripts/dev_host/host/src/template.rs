//! ASP.NET Core route templates: parsed once when the host starts, matched per request.

use regex::Regex;

/// Values of route parameters by name.
pub(crate) type RouteValues = Vec<(String, String)>;

/// A parsed template.
#[derive(Debug)]
pub(crate) struct Template {
    segments: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(Parameter),
    /// Literals and parameters in one segment: a pattern with one group per parameter.
    Mixed(Regex, Vec<Parameter>),
    /// The rest of the path.
    Rest(Parameter),
}

#[derive(Debug)]
struct Parameter {
    name: String,
    optional: bool,
    default: Option<String>,
    constraints: Vec<Constraint>,
}

impl Template {
    /// Parses a template without outer slashes.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let segments =
            split_segments(text)?.into_iter().map(Segment::parse).collect::<Result<Vec<_>, _>>()?;
        let rest = segments.iter().position(|segment| matches!(segment, Segment::Rest(_)));
        match rest {
            Some(position) if position + 1 != segments.len() => {
                Err(format!("in {text:?} the catch-all parameter is not the last segment"))
            }
            _ => Ok(Self { segments }),
        }
    }

    /// Matches a decoded path, and gives the parameters.
    pub(crate) fn matches(&self, path: &str) -> Option<RouteValues> {
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        let mut values = RouteValues::new();
        for segment in &self.segments {
            if let Segment::Rest(parameter) = segment {
                let text = Some(rest).filter(|rest| !rest.is_empty());
                // A catch-all also matches nothing, unless a constraint wants to see something.
                let nothing = text.is_none() && parameter.constraints.is_empty();
                return (parameter.accept(text, &mut values) || nothing).then_some(values);
            }
            let (head, tail) = rest.split_once('/').unwrap_or((rest, ""));
            let present = !(rest.is_empty() || head.is_empty());
            if !segment.accept(present.then_some(head), &mut values) {
                return None;
            }
            rest = tail;
        }
        rest.is_empty().then_some(values)
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(inner) = whole_parameter(text) {
            return Ok(match inner.strip_prefix('*') {
                Some(name) => Self::Rest(Parameter::parse(name.trim_start_matches('*'))?),
                None => Self::Parameter(Parameter::parse(inner)?),
            });
        }
        if !text.contains(['{', '}']) {
            return Ok(Self::Literal(text.to_owned()));
        }
        let (mut pattern, mut parameters, mut rest) = ("(?is)^".to_owned(), Vec::new(), text);
        while let Some(open) = rest.find('{') {
            let close =
                closing_brace(&rest[open..]).ok_or_else(|| format!("{text:?} has unbalanced braces"))?;
            pattern.push_str(&regex::escape(&rest[..open]));
            pattern.push_str("(.+)");
            parameters.push(Parameter::parse(&rest[open + 1..open + close])?);
            rest = &rest[open + close + 1..];
        }
        pattern.push_str(&regex::escape(rest));
        pattern.push('$');
        let pattern = Regex::new(&pattern).map_err(|error| error.to_string())?;
        Ok(Self::Mixed(pattern, parameters))
    }

    fn accept(&self, text: Option<&str>, values: &mut RouteValues) -> bool {
        match (self, text) {
            (Self::Literal(literal), Some(text)) => {
                literal.eq_ignore_ascii_case(text) || literal.to_lowercase() == text.to_lowercase()
            }
            (Self::Parameter(parameter) | Self::Rest(parameter), text) => parameter.accept(text, values),
            (Self::Mixed(pattern, parameters), Some(text)) => match pattern.captures(text) {
                Some(found) => parameters.iter().enumerate().all(|(index, parameter)| {
                    parameter.accept(found.get(index + 1).map(|m| m.as_str()), values)
                }),
                None => false,
            },
            (Self::Literal(_) | Self::Mixed(..), None) => false,
        }
    }
}

impl Parameter {
    /// Parses `name:constraint(…):…=default?`, without the braces.
    fn parse(text: &str) -> Result<Self, String> {
        let (text, optional) = match text.strip_suffix('?') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (text, default) = match find_outside_parentheses(text, '=') {
            Some(at) => (&text[..at], Some(text[at + 1..].to_owned())),
            None => (text, None),
        };
        let mut parts = split_outside_parentheses(text, ':').into_iter();
        let name = parts.next().unwrap_or_default().to_owned();
        if name.is_empty() {
            return Err("a route parameter has no name".into());
        }
        let constraints = parts.map(Constraint::parse).collect::<Result<_, _>>()?;
        Ok(Self { name, optional, default, constraints })
    }

    /// Checks a value (`None`: the path ends before it) and notes it.
    fn accept(&self, text: Option<&str>, values: &mut RouteValues) -> bool {
        let Some(text) = text.or(self.default.as_deref()) else {
            return self.optional;
        };
        if !self.constraints.iter().all(|constraint| constraint.accepts(text)) {
            return false;
        }
        values.push((self.name.clone(), text.to_owned()));
        true
    }
}

#[derive(Debug)]
enum Constraint {
    Integer(i128, i128),
    Number,
    Bool,
    DateTime,
    Guid,
    Alpha,
    Length(usize, usize),
    File(bool),
    Pattern(Regex),
}

impl Constraint {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or(rest)),
            None => (text, ""),
        };
        let number = |text: &str| text.trim().parse::<i128>().map_err(|_| format!("{name} needs a number"));
        let size = |text: &str| text.trim().parse::<usize>().map_err(|_| format!("{name} needs a number"));
        Ok(match name.to_lowercase().as_str() {
            "int" => Self::Integer(i32::MIN.into(), i32::MAX.into()),
            "long" => Self::Integer(i64::MIN.into(), i64::MAX.into()),
            "min" => Self::Integer(number(argument)?, i64::MAX.into()),
            "max" => Self::Integer(i64::MIN.into(), number(argument)?),
            "range" => {
                let (low, high) = argument.split_once(',').ok_or("range needs two numbers")?;
                Self::Integer(number(low)?, number(high)?)
            }
            "decimal" | "double" | "float" => Self::Number,
            "bool" => Self::Bool,
            "datetime" => Self::DateTime,
            "guid" => Self::Guid,
            "alpha" => Self::Alpha,
            "required" => Self::Length(1, usize::MAX),
            "minlength" => Self::Length(size(argument)?, usize::MAX),
            "maxlength" => Self::Length(0, size(argument)?),
            "length" => match argument.split_once(',') {
                Some((low, high)) => Self::Length(size(low)?, size(high)?),
                None => Self::Length(size(argument)?, size(argument)?),
            },
            "file" => Self::File(true),
            "nonfile" => Self::File(false),
            "regex" => {
                let pattern = format!("(?i){}", argument.replace("{{", "{").replace("}}", "}"));
                Self::Pattern(Regex::new(&pattern).map_err(|error| format!("the route's regex: {error}"))?)
            }
            _ => return Err(format!("the route constraint {name} is unknown")),
        })
    }

    fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Integer(low, high) => text.parse::<i128>().is_ok_and(|n| (low..=high).contains(&&n)),
            Self::Number => text.parse::<f64>().is_ok(),
            Self::Bool => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
            Self::DateTime => is_date(text),
            Self::Guid => uuid::Uuid::parse_str(text).is_ok(),
            Self::Alpha => text.chars().all(|c| c.is_ascii_alphabetic()),
            Self::Length(low, high) => (low..=high).contains(&&text.encode_utf16().count()),
            Self::File(wanted) => text.rsplit('/').next().is_some_and(|name| name.contains('.')) == *wanted,
            Self::Pattern(pattern) => pattern.is_match(text),
        }
    }
}

fn is_date(text: &str) -> bool {
    text.parse::<chrono::NaiveDate>().is_ok()
        || text.parse::<chrono::NaiveDateTime>().is_ok()
        || chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

/// Splits at slashes that stand outside braces.
fn split_segments(text: &str) -> Result<Vec<&str>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let (mut segments, mut start, mut position) = (Vec::new(), 0, 0);
    while position < text.len() {
        match text.as_bytes()[position] {
            b'{' => {
                let close = closing_brace(&text[position..]);
                position += close.ok_or_else(|| format!("{text:?} has unbalanced braces"))?;
            }
            b'/' => {
                segments.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
        position += 1;
    }
    segments.push(&text[start..]);
    if segments.iter().any(|segment| segment.is_empty()) {
        return Err(format!("{text:?} has an empty segment"));
    }
    Ok(segments)
}

/// The place of the brace that closes the one `text` begins with; doubled braces are text.
fn closing_brace(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut position = 1;
    while position < bytes.len() {
        match bytes[position] {
            b'{' | b'}' if bytes.get(position + 1) == Some(&bytes[position]) => position += 1,
            b'}' => return Some(position),
            _ => {}
        }
        position += 1;
    }
    None
}

/// The inside of a segment that is one parameter and nothing else.
fn whole_parameter(segment: &str) -> Option<&str> {
    let close = segment.starts_with('{').then(|| closing_brace(segment)).flatten()?;
    (close + 1 == segment.len()).then(|| &segment[1..close])
}

fn find_outside_parentheses(text: &str, wanted: char) -> Option<usize> {
    let mut depth = 0usize;
    text.char_indices()
        .find(|(_, c)| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && *c == wanted
        })
        .map(|(at, _)| at)
}

fn split_outside_parentheses(mut text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    while let Some(at) = find_outside_parentheses(text, separator) {
        parts.push(&text[..at]);
        text = &text[at + separator.len_utf8()..];
    }
    parts.push(text);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(template: &str, path: &str) -> Option<String> {
        let values = Template::parse(template).unwrap().matches(path)?;
        Some(values.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
    }

    #[test]
    fn literals_match_without_regard_to_case_and_trailing_slash() {
        assert!(matched("court/list", "/Court/LIST").is_some());
        assert!(matched("court/list", "/court/list/").is_some());
        assert!(matched("court/list", "/court").is_none());
        assert!(matched("court", "/court/list").is_none());
    }

    #[test]
    fn parameters_may_be_optional_or_have_a_default() {
        assert_eq!(matched("c/{id}", "/c/7").as_deref(), Some("id=7"));
        assert_eq!(matched("c/{id}", "/c"), None);
        assert_eq!(matched("c/{id?}", "/c").as_deref(), Some(""));
        assert_eq!(matched("c/{id=7}", "/c").as_deref(), Some("id=7"));
    }

    #[test]
    fn a_catch_all_takes_slashes_and_nothing() {
        assert_eq!(matched("{*rest}", "/a/b").as_deref(), Some("rest=a/b"));
        assert_eq!(matched("{*rest}", "/").as_deref(), Some(""));
        assert_eq!(matched("in/{*rest}", "/in").as_deref(), Some(""));
        assert_eq!(matched("{*rest:alpha}", "/"), None);
    }

    #[test]
    fn constraints_refuse() {
        for (template, good, bad) in [
            ("{id:int}", "/7", "/x"),
            ("{id:guid}", "/6f0c1e9e-7d0b-4d57-9c0e-2f3b1f6a9a11", "/7"),
            ("{id:length(4)}", "/abcd", "/abc"),
            ("{id:alpha:minlength(2)}", "/ab", "/a"),
            ("{id:regex(^a{{2}}$)}", "/aa", "/aaa"),
            ("{id:range(1,5)}", "/5", "/6"),
            ("{id:bool}", "/True", "/yes"),
        ] {
            assert!(matched(template, good).is_some(), "{template} {good}");
            assert!(matched(template, bad).is_none(), "{template} {bad}");
        }
        assert!(matched("{ignored:maxlength(0)?}", "/").is_some());
        assert!(matched("{ignored:maxlength(0)?}", "/x").is_none());
    }

    #[test]
    fn a_segment_may_mix_text_and_parameters() {
        assert_eq!(matched("{name}.{ext}", "/a.b.pdf").as_deref(), Some("name=a.b&ext=pdf"));
        assert_eq!(matched("list-{id:int}", "/list-9").as_deref(), Some("id=9"));
    }

    #[test]
    fn what_cannot_be_a_template_is_refused() {
        for text in ["a//b", "{id", "{*all}/x", "{id:magic}", "{}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
