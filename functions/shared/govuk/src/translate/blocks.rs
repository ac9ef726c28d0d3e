//! Rewrites that span several tags: variables changed in loops, blocks inside calls, callers of included templates.

use super::segments::{Segment, Tag};
use super::tokens::{self, Kind, Token};

/// Lets a variable that a loop builds up (`set x = … x …`) keep its value after the loop.
///
/// Nunjucks writes to the variable outside; Jinja starts anew on each turn. A namespace made before the loop holds
/// the variable meanwhile, and hands it back after. Only the innermost loop around the `set` is considered.
pub(crate) fn carry_through_loops(segments: Vec<Segment>) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::with_capacity(segments.len());
    let mut loops: Vec<Loop> = Vec::new();
    for segment in segments {
        let keyword = keyword(&segment).map(str::to_owned);
        match keyword.as_deref() {
            Some("for") => loops.push(Loop { start: out.len(), carried: Vec::new() }),
            Some("set") => {
                if let (Some(innermost), Some(name)) = (loops.last_mut(), accumulator(&segment)) {
                    innermost.carried.push(name);
                }
            }
            _ => {}
        }
        out.push(segment);
        if keyword.as_deref() == Some("endfor")
            && let Some(finished) = loops.pop()
        {
            finished.carry(&mut out);
        }
    }
    out
}

/// A `for` whose `endfor` has not been reached.
struct Loop {
    /// The index of its `for` tag.
    start: usize,
    /// The variables it builds up.
    carried: Vec<String>,
}

impl Loop {
    /// Rewrites the loop that ends with the last of `segments`.
    fn carry(mut self, segments: &mut Vec<Segment>) {
        self.carried.sort();
        self.carried.dedup();
        for name in &self.carried {
            let holder = format!("_loop_{name}");
            for segment in &mut segments[self.start..] {
                if let Segment::Tag(tag) = segment {
                    rename(&mut tag.tokens, name, &holder);
                }
            }
            let mut before = Tag::statement(&format!(" set {holder} = namespace(value={name}) "));
            if let Some(Segment::Tag(start)) = segments.get(self.start) {
                before.open = start.open;
            }
            let mut after = Tag::statement(&format!(" set {name} = {holder}.value "));
            if let Some(Segment::Tag(end)) = segments.last() {
                after.close = end.close;
            }
            segments.insert(self.start, Segment::Tag(before));
            segments.push(Segment::Tag(after));
        }
    }
}

/// Makes each use of the variable a use of the holder's `value`.
fn rename(code: &mut Vec<Token>, name: &str, holder: &str) {
    for at in (0..code.len()).rev() {
        let is_field = at > 0 && code[at - 1].is_sign(".");
        if code[at].is_word(name) && !is_field {
            code.splice(at..=at, tokens::split(&format!("{holder}.value")));
        }
    }
}

/// The variable's name when the tag is `set name = …` and the right side uses the name.
fn accumulator(segment: &Segment) -> Option<String> {
    let Segment::Tag(tag) = segment else { return None };
    let code = tag.code();
    let [_, name, equals, value @ ..] = &code[..] else { return None };
    let fields = value.windows(2).filter(|pair| pair[0].is_sign(".") && pair[1].is_word(&name.text)).count();
    let uses = value.iter().filter(|token| token.is_word(&name.text)).count();
    (equals.is_sign("=") && name.kind == Kind::Word && uses > fields).then(|| name.text.clone())
}

/// Takes blocks out of `call` bodies, where minijinja refuses them.
///
/// `{% call m() %}body{% endcall %}` becomes a captured body that is handed to the macro as an argument, and the
/// macro's `caller()` becomes that argument. Calls without blocks, and their macros, stay as they are.
pub(crate) fn capture_before_call(mut segments: Vec<Segment>) -> Vec<Segment> {
    let mut macros = Vec::new();
    let mut at = 0;
    while at < segments.len() {
        if keyword(&segments[at]) == Some("call")
            && let Some(end) = end_of_call(&segments, at)
            && segments[at..end].iter().any(|segment| keyword(segment) == Some("block"))
            && let Some(name) = capture(&mut segments, at, end)
        {
            macros.push(name);
        }
        at += 1;
    }
    for name in macros {
        take_body_as_argument(&mut segments, &name);
    }
    segments
}

/// The index of the `endcall` that belongs to the `call` at `start`.
fn end_of_call(segments: &[Segment], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, segment) in segments.iter().enumerate().skip(start) {
        match keyword(segment) {
            Some("call") => depth += 1,
            Some("endcall") => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Rewrites one call without arguments and returns the macro's name.
fn capture(segments: &mut [Segment], start: usize, end: usize) -> Option<String> {
    let Segment::Tag(call) = &segments[start] else { return None };
    let code = call.code();
    let [_, name, open, close] = code[..] else { return None };
    if !open.is_sign("(") || !close.is_sign(")") {
        return None;
    }
    let name = name.text.clone();
    let (first, last) = (call.open, call.close);
    segments[start] = Segment::Tag(Tag { open: first, close: last, ..Tag::statement(" set _body ") });
    // The end tag and the call stay one segment, so that the indices of the caller hold.
    segments[end] = Segment::Verbatim(format!("{{% endset %}}{{{{ {name}(_body) }}}}"));
    Some(name)
}

/// Gives the macro `name` the parameter `_body` in place of its caller.
fn take_body_as_argument(segments: &mut [Segment], name: &str) {
    let mut inside = false;
    for segment in segments {
        let Segment::Tag(tag) = segment else { continue };
        let code = tag.code();
        if let [keyword, macro_name, ..] = code[..]
            && keyword.is_word("macro")
            && macro_name.is_word(name)
        {
            *tag =
                Tag { open: tag.open, close: tag.close, ..Tag::statement(&format!(" macro {name}(_body) ")) };
            inside = true;
        } else if tag.keyword() == Some("endmacro") {
            inside = false;
        } else if inside {
            use_body(&mut tag.tokens);
        }
    }
}

/// `caller()` becomes `_body`.
fn use_body(code: &mut Vec<Token>) {
    for at in (0..code.len().saturating_sub(2)).rev() {
        if code[at].is_word("caller") && code[at + 1].is_sign("(") && code[at + 2].is_sign(")") {
            code.splice(at..at + 3, [Token::new(Kind::Word, "_body")]);
        }
    }
}

/// Lets a macro that includes its template be used with `{% call %}`.
///
/// minijinja hands a caller only to a macro that names it, and each component's macro leaves that to the template it
/// includes. An empty condition on `caller` is enough.
pub(crate) fn pass_caller_to_includes(segments: Vec<Segment>) -> Vec<Segment> {
    let mut out = Vec::with_capacity(segments.len());
    for segment in segments {
        if keyword(&segment) == Some("include") {
            out.extend([
                Segment::Tag(Tag::statement("- if caller ")),
                Segment::Tag(Tag::statement(" endif -")),
            ]);
        }
        out.push(segment);
    }
    out
}

fn keyword(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Tag(tag) => tag.keyword(),
        Segment::Verbatim(_) => None,
    }
}
