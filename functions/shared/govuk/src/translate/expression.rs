//! Rewrites inside one tag: operators, keys, conditions.

use super::tokens::{self, Kind, Token};

/// Applies every rewrite. The order matters: conditions look for bare paths after `.length` has become a filter,
/// and `+` takes its right operand with all that the earlier rewrites have made of it.
pub(crate) fn rewrite(tokens: &mut Vec<Token>) {
    compare_loosely(tokens);
    spell_elif(tokens);
    quote_keys(tokens);
    filter_length(tokens);
    loop_over_entries(tokens);
    test_bare_conditions(tokens);
    join_with_plus(tokens);
}

/// `===` and `!==`, and the comparisons with `undefined`, which becomes a test.
fn compare_loosely(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let (operator, test) = match tokens[at].text.as_str() {
            "===" if tokens[at].kind == Kind::Sign => ("==", "is"),
            "!==" if tokens[at].kind == Kind::Sign => ("!=", "is"),
            _ => continue,
        };
        let negated = operator == "!=";
        match next(tokens, at).filter(|next| tokens[*next].is_word("undefined")) {
            Some(undefined) => {
                tokens[at] = Token::new(Kind::Word, test);
                tokens[undefined].text = if negated { "defined" } else { "undefined" }.to_owned();
            }
            None => tokens[at].text = operator.to_owned(),
        }
    }
}

fn spell_elif(tokens: &mut [Token]) {
    if let Some(token) = tokens.iter_mut().find(|token| !token.is_space())
        && token.is_word("elseif")
    {
        token.text = "elif".to_owned();
    }
}

/// Quotes the bare names before a colon in an object literal.
fn quote_keys(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let starts_entry =
            previous(tokens, at).is_some_and(|p| tokens[p].is_sign("{") || tokens[p].is_sign(","));
        let ends_key = next(tokens, at).is_some_and(|n| tokens[n].is_sign(":"));
        if tokens[at].kind == Kind::Word && starts_entry && ends_key {
            tokens[at] = Token::new(Kind::Text, &format!("\"{}\"", tokens[at].text));
        }
    }
}

/// `path.length` becomes `path|length`.
fn filter_length(tokens: &mut [Token]) {
    for at in 1..tokens.len() {
        let called = tokens.get(at + 1).is_some_and(|token| token.is_sign("("));
        if tokens[at].is_word("length") && tokens[at - 1].is_sign(".") && !called {
            tokens[at - 1].text = "|".to_owned();
        }
    }
}

/// `for key, value in map` becomes `for key, value in _entries(map)`.
fn loop_over_entries(tokens: &mut Vec<Token>) {
    let code: Vec<usize> = (0..tokens.len()).filter(|at| !tokens[*at].is_space()).collect();
    let [first, _, comma, _, keyword, start, ..] = code[..] else { return };
    if tokens[first].is_word("for") && tokens[comma].is_sign(",") && tokens[keyword].is_word("in") {
        let end = code[code.len() - 1];
        tokens.insert(end + 1, Token::new(Kind::Sign, ")"));
        tokens.splice(start..start, tokens::split("_entries("));
    }
}

/// Adds `is truthy` to every variable that stands alone in a condition, or alone between `and`, `or` and `not`.
fn test_bare_conditions(tokens: &mut Vec<Token>) {
    let mut insert_after = Vec::new();
    for at in 0..tokens.len() {
        if tokens[at].is_word("if") || tokens[at].is_word("elif") {
            let end = end_of_condition(tokens, at + 1);
            bare_paths(tokens, at + 1, end, &mut insert_after);
        }
    }
    insert_after.sort_unstable();
    insert_after.dedup();
    for at in insert_after.into_iter().rev() {
        tokens.splice(at + 1..at + 1, tokens::split(" is truthy"));
    }
}

/// The condition goes up to `else`, a comma, a nested `if`, or the bracket it stands in.
fn end_of_condition(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        depth += token.nesting();
        let ends = token.is_word("else") || token.is_sign(",") || token.is_word("if");
        if depth < 0 || (depth == 0 && ends) {
            return at;
        }
    }
    tokens.len()
}

/// Collects the last token of every bare path in `start..end`.
fn bare_paths(tokens: &[Token], start: usize, end: usize, found: &mut Vec<usize>) {
    for at in start..end {
        if tokens[at].kind != Kind::Word || tokens[at].is_keyword() {
            continue;
        }
        let last = end_of_path(tokens, at);
        let opens = match previous(tokens, at).filter(|p| *p >= start) {
            None => true,
            Some(p) => is_connective(&tokens[p]) || (tokens[p].is_sign("(") && groups(tokens, p)),
        };
        let closes = match next(tokens, last).filter(|n| *n < end) {
            None => true,
            Some(n) => is_connective(&tokens[n]) || tokens[n].is_sign(")"),
        };
        if opens && closes {
            found.push(last);
        }
    }
}

fn is_connective(token: &Token) -> bool {
    ["and", "or", "not"].iter().any(|word| token.is_word(word))
}

/// Does the bracket at `at` group, rather than call a function or a filter?
fn groups(tokens: &[Token], at: usize) -> bool {
    previous(tokens, at)
        .is_none_or(|p| is_connective(&tokens[p]) || tokens[p].is_word("if") || tokens[p].is_sign("("))
}

/// The last token of the dotted path that starts at `at`.
fn end_of_path(tokens: &[Token], at: usize) -> usize {
    let mut last = at;
    while tokens.get(last + 1).is_some_and(|token| token.is_sign("."))
        && tokens.get(last + 2).is_some_and(|token| token.kind == Kind::Word)
    {
        last += 2;
    }
    last
}

/// `left + right` becomes `left|_plus(right)`. A filter binds its left side as tightly as `+` needs here, since the
/// only operators of GOV.UK Frontend's templates that bind tighter than `+` are filters themselves.
fn join_with_plus(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        let binary = previous(tokens, at).is_some_and(|p| !tokens[p].is_keyword() || is_literal(&tokens[p]));
        if tokens[at].is_sign("+") && binary {
            replace_plus(tokens, at);
        }
        at += 1;
    }
}

fn is_literal(token: &Token) -> bool {
    ["true", "false", "none", "null", "undefined"].iter().any(|word| token.is_word(word))
}

fn replace_plus(tokens: &mut Vec<Token>, at: usize) {
    let Some(start) = next(tokens, at) else { return };
    let end = end_of_operand(tokens, start);
    tokens.insert(end, Token::new(Kind::Sign, ")"));
    let before = previous(tokens, at).map_or(at, |p| p + 1);
    tokens.splice(before..start, tokens::split("|_plus("));
}

/// One past the operand that starts at `start`: a literal, name or group, with its fields, calls and filters.
fn end_of_operand(tokens: &[Token], start: usize) -> usize {
    let mut end = end_of_primary(tokens, start);
    loop {
        let Some(at) = next(tokens, end - 1) else { return end };
        let token = &tokens[at];
        if token.is_sign(".") || token.is_sign("|") {
            let Some(name) = next(tokens, at) else { return end };
            end = name + 1;
        } else if at == end && (token.is_sign("(") || token.is_sign("[")) {
            end = end_of_primary(tokens, at);
        } else {
            return end;
        }
    }
}

/// One past the token at `start`, or past the bracket that closes it.
fn end_of_primary(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        depth += token.nesting();
        if depth <= 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The nearest token before `at` that is not whitespace.
fn previous(tokens: &[Token], at: usize) -> Option<usize> {
    (0..at).rev().find(|index| !tokens[*index].is_space())
}

/// The nearest token after `at` that is not whitespace.
fn next(tokens: &[Token], at: usize) -> Option<usize> {
    (at + 1..tokens.len()).find(|index| !tokens[*index].is_space())
}
