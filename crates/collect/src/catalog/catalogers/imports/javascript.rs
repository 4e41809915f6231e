//! The modules that JavaScript and TypeScript import, by `import`, `export … from` and `require`.

use super::modules::Modules;

/// Reads source text. Modules of Node itself, and paths, are left out.
pub(super) fn read(source: &[u8], modules: &mut Modules) {
    let mut tokens = Lexer::new(source).peekable();
    let mut before = Token::Other;
    let mut last = Token::Other;
    while let Some(token) = tokens.next() {
        let is_member = last == Token::Mark(b'.');
        match token {
            Token::Word(b"import") if !is_member => match tokens.peek() {
                Some(&Token::Text(name)) => push(name, modules),
                Some(Token::Mark(b'(')) => push_argument(&mut tokens, modules),
                _ => push_source(&mut tokens, modules),
            },
            Token::Word(b"export") if !is_member => {
                if matches!(tokens.peek(), Some(Token::Mark(b'*' | b'{') | Token::Word(b"type"))) {
                    push_source(&mut tokens, modules);
                }
            }
            Token::Word(b"require") if !is_member || before == Token::Word(b"module") => {
                if tokens.next_if_eq(&Token::Mark(b'.')).is_some() {
                    tokens.next_if_eq(&Token::Word(b"resolve"));
                }
                push_argument(&mut tokens, modules);
            }
            _ => {}
        }
        (before, last) = (last, token);
    }
}

/// Reads `("x")`, and also `("x", …)`.
fn push_argument<'a>(tokens: &mut Tokens<'a>, modules: &mut Modules) {
    if tokens.next_if_eq(&Token::Mark(b'(')).is_none() {
        return;
    }
    if let Some(Token::Text(name)) = tokens.next_if(|token| matches!(token, Token::Text(_)))
        && matches!(tokens.peek(), Some(Token::Mark(b')' | b',')))
    {
        push(name, modules);
    }
}

/// Reads what stands between `import` or `export` and `from "x"`, and that.
fn push_source<'a>(tokens: &mut Tokens<'a>, modules: &mut Modules) {
    let mut in_braces = false;
    let mut is_done = false;
    while let Some(token) = tokens.next_if(|token| match token {
        Token::Word(b"import" | b"export") => in_braces,
        Token::Word(word) => !is_done || *word == b"from",
        Token::Mark(mark) => matches!(mark, b'{' | b'}' | b',' | b'*') && !is_done,
        Token::Text(_) => in_braces,
        Token::Other => false,
    }) {
        match token {
            Token::Mark(b'{') => in_braces = true,
            Token::Mark(b'}') => (in_braces, is_done) = (false, true),
            Token::Word(b"from") if !in_braces => {
                if let Some(&Token::Text(name)) = tokens.peek() {
                    return push(name, modules);
                }
            }
            _ => {}
        }
    }
}

fn push(name: &[u8], modules: &mut Modules) {
    if is_module(name) {
        modules.push(name);
    }
}

/// Whether it is the name of a package, or a path in one, rather than a file, an address or a module of Node.
fn is_module(name: &[u8]) -> bool {
    let is_part = |part: &[u8]| {
        part.first().is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && part.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    };
    let mut parts = name.split(|&byte| byte == b'/');
    let Some(first) = parts.next() else { return false };
    let is_package = match first.strip_prefix(b"@") {
        Some(scope) => is_part(scope) && parts.next().is_some_and(is_part),
        None => is_part(first) && !BUILTIN.contains(&first),
    };
    is_package && name.iter().all(|byte| byte.is_ascii_graphic() && !b"?!:".contains(byte))
}

/// The modules of Node 24 (`module.builtinModules`) that need no `node:` before their name.
const BUILTIN: [&[u8]; 41] = [
    b"assert",
    b"async_hooks",
    b"buffer",
    b"child_process",
    b"cluster",
    b"console",
    b"constants",
    b"crypto",
    b"dgram",
    b"diagnostics_channel",
    b"dns",
    b"domain",
    b"events",
    b"fs",
    b"http",
    b"http2",
    b"https",
    b"inspector",
    b"module",
    b"net",
    b"os",
    b"path",
    b"perf_hooks",
    b"process",
    b"punycode",
    b"querystring",
    b"readline",
    b"repl",
    b"stream",
    b"string_decoder",
    b"sys",
    b"timers",
    b"tls",
    b"trace_events",
    b"tty",
    b"url",
    b"util",
    b"v8",
    b"vm",
    b"worker_threads",
    b"zlib",
];

type Tokens<'a> = std::iter::Peekable<Lexer<'a>>;

/// As much of a token as imports and names in texts need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Word(&'a [u8]),
    /// A string, or a template without holes, without its quotes.
    Text(&'a [u8]),
    Mark(u8),
    /// A number, a regular expression, a piece of a template.
    Other,
}

/// What is open, and how it is to be closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A bracket; behind the one of `if (…)` a statement starts.
    Bracket {
        is_condition: bool,
    },
    Brace,
    /// `${` in a template.
    Hole,
}

/// Splits source into tokens (ECMA-262, "Lexical grammar"). JSX is not distinguished from operators; what its text looks
/// like ends with the line.
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    /// Whether the last token can end an expression, so that `/` divides.
    is_value: bool,
    /// Whether the last word was `if`, `while`, `for` or `with`.
    is_condition: bool,
    is_member: bool,
    /// Whether the last token was `<`, or a closing brace: `/` may stand there in JSX.
    is_tag: bool,
    is_closed: bool,
    /// Up to where no regular expression ends.
    no_pattern: usize,
    /// Whether backticks are quotes.
    has_templates: bool,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            open: Vec::new(),
            is_value: false,
            is_condition: false,
            is_member: false,
            is_tag: false,
            is_closed: false,
            no_pattern: 0,
            has_templates: true,
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blank();
        let start = self.at;
        let byte = *self.bytes.get(start)?;
        self.at += 1;
        let is_condition = std::mem::take(&mut self.is_condition);
        let is_member = std::mem::take(&mut self.is_member);
        let is_value = std::mem::take(&mut self.is_value);
        let is_tag = std::mem::take(&mut self.is_tag);
        let is_closed = std::mem::take(&mut self.is_closed);
        let is_jsx = is_tag || is_closed && self.bytes.get(self.at) == Some(&b'>');
        Some(match byte {
            b'"' | b'\'' => {
                self.is_value = true;
                Token::Text(self.string(byte))
            }
            b'`' if self.has_templates => self.template(true),
            b'}' => {
                while self.open.pop_if(|open| matches!(open, Open::Bracket { .. })).is_some() {}
                if self.open.pop() == Some(Open::Hole) {
                    self.template(false)
                } else {
                    self.is_closed = true;
                    Token::Mark(byte)
                }
            }
            b'{' => {
                self.open.push(Open::Brace);
                Token::Mark(byte)
            }
            b'(' => {
                self.open.push(Open::Bracket { is_condition });
                Token::Mark(byte)
            }
            b')' => {
                let open = self.open.pop_if(|open| matches!(open, Open::Bracket { .. }));
                self.is_value = open != Some(Open::Bracket { is_condition: true });
                Token::Mark(byte)
            }
            b']' => {
                self.is_value = true;
                Token::Mark(byte)
            }
            b'/' if !is_value && !is_jsx => match self.pattern_end() {
                Some(end) => {
                    self.at = end;
                    self.is_value = true;
                    Token::Other
                }
                None => Token::Mark(byte),
            },
            _ if byte.is_ascii_digit() => {
                self.skip(|byte| is_word(byte) || byte == b'.');
                self.is_value = true;
                Token::Other
            }
            _ if is_word(byte) => {
                self.skip(is_word);
                let word = &self.bytes[start..self.at];
                self.is_value = is_member || !is_operator(word);
                self.is_condition = !is_member && matches!(word, b"if" | b"while" | b"for" | b"with");
                Token::Word(word)
            }
            _ => {
                self.is_member = byte == b'.';
                self.is_tag = byte == b'<';
                // `x++ / y`
                self.is_value =
                    is_value && matches!(byte, b'+' | b'-') && self.bytes.get(start + 1) == Some(&byte);
                self.is_value |=
                    start > 0 && matches!(self.bytes.get(start - 1..=start), Some(b"++" | b"--"));
                Token::Mark(byte)
            }
        })
    }
}

impl<'a> Lexer<'a> {
    fn skip(&mut self, is_part: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| !is_part(byte)).unwrap_or(rest.len());
    }

    /// Skips spaces and comments.
    fn skip_blank(&mut self) {
        if self.at == 0 && self.bytes.starts_with(b"#!") {
            self.skip(|byte| byte != b'\n');
        }
        loop {
            self.skip(|byte| byte.is_ascii_whitespace());
            match self.bytes.get(self.at..) {
                Some([b'/', b'/', ..]) => self.skip(|byte| !matches!(byte, b'\n' | b'\r')),
                Some([b'/', b'*', inner @ ..]) => {
                    let end = inner.windows(2).position(|pair| pair == b"*/");
                    self.at = end.map_or(self.bytes.len(), |end| self.at + end + 4);
                }
                _ => return,
            }
        }
    }

    /// Reads on behind the first quote of a string. One that is not closed ends with its line.
    fn string(&mut self, quote: u8) -> &'a [u8] {
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            let end = self.at;
            match byte {
                b'\\' => self.at += 2,
                b'\n' => return &self.bytes[start..end],
                byte if byte == quote => {
                    self.at += 1;
                    return &self.bytes[start..end];
                }
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
        &self.bytes[start..]
    }

    /// Reads on in a template, up to its end or its next hole.
    fn template(&mut self, is_first: bool) -> Token<'a> {
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            let end = self.at;
            match byte {
                b'\\' => self.at += 2,
                b'`' => {
                    self.at += 1;
                    self.is_value = true;
                    return if is_first { Token::Text(&self.bytes[start..end]) } else { Token::Other };
                }
                b'$' if self.bytes.get(end + 1) == Some(&b'{') => {
                    self.at += 2;
                    self.open.push(Open::Hole);
                    return Token::Other;
                }
                _ => self.at += 1,
            }
        }
        // A backtick that is never closed was none: it stood in the text of JSX, or in an expression misread.
        self.at = start;
        self.has_templates = false;
        Token::Other
    }

    /// Where a regular expression ends that starts before `at`; `None` if its line ends first.
    fn pattern_end(&mut self) -> Option<usize> {
        if self.at < self.no_pattern {
            return None;
        }
        let mut at = self.at;
        let mut in_class = false;
        loop {
            match self.bytes.get(at).copied().unwrap_or(b'\n') {
                b'\\' => at += 1,
                b'\n' | b'\r' => {
                    self.no_pattern = at;
                    return None;
                }
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => break,
                _ => {}
            }
            at += 1;
        }
        let flags = self.bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        Some(at + 1 + flags)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// Whether an expression follows a word.
fn is_operator(word: &[u8]) -> bool {
    const OPERATORS: [&[u8]; 16] = [
        b"return",
        b"typeof",
        b"case",
        b"in",
        b"of",
        b"delete",
        b"void",
        b"throw",
        b"new",
        b"instanceof",
        b"do",
        b"else",
        b"yield",
        b"await",
        b"default",
        b"extends",
    ];
    OPERATORS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        let mut modules = Modules::default();
        read(source.as_bytes(), &mut modules);
        assert_eq!(modules.0.into_iter().collect::<Vec<_>>().join(" "), expected, "{source}");
    }

    #[test]
    fn imports_are_found_wherever_they_stand() {
        check("import 'a'; import b from \"b\"\nimport * as c from 'c/d'", "a b c/d");
        check("import x, {\n  y as z, // no\n  'w v' as u,\n} from '@s/p/q'", "@s/p/q");
        check("import type {T} from 'a'; import from from 'b'; import {type U} from 'c'", "a b c");
        check("export * from 'a'; export * as n from 'b'; export {c, d as default} from 'c'", "a b c");
        check("export type {T} from 'a'\nexport {b}\nimport c from 'c'\nexport {d}; x.from('e')", "a c");
        check(
            "const a = require('a'), b = (await import(`b`)).default, c = require.resolve('c/x')",
            "a b c/x",
        );
        check("import x = require('a'); module.require('b'); import('c', {with: {type: 'json'}})", "a b c");
        check("#!/usr/bin/env node\nfunction f() { if (x) require('a') }", "a");
        check("import a from 'a' with {type: 'json'}\nimport d from 'd'", "a d");
        check("import defer * as a from 'a';import{b}from'b';export*from'c'", "a b c");
    }

    #[test]
    fn what_is_not_an_import_is_left_out() {
        check("// import 'a'\n/* import 'b' */ 'import \"c\"'; `import 'd'`; /require('e')/", "");
        check("x.import('a'); x.require('b'); require(c); require('d' + e); import.meta.url", "");
        check("import './a'; import '../b'; import '/c'; import 'https://d'; import '#e'; import '@/f'", "");
        check("import fs from 'fs'; import 'node:test'; require('fs/promises'); require('path')", "");
        check("export const a = 1; const b = {import: 'c', from: 'd'}; export default {e: 'f'}", "");
        check("import", "");
        check("import {", "");
    }

    #[test]
    fn strings_patterns_and_templates_do_not_hide_code() {
        check("a = b / c; d = 'x'; require('a') / 2 /* ' */; require('b')", "a b");
        check("x = /['\"`]/g; require('a')", "a");
        check("if (x) /'/.test(y); require('a')", "a");
        check("x = y[/[/'\\]]/]; return /'/; require('a')", "a");
        check("i++ / 2; 'x'; a.return / 2; require('a') // '", "a");
        check("`a ${b ? `c ${{d: 1}.d}` : require('e')} require('f')`; require('g')", "e g");
        check("<p>Don't</p>\nrequire('a'); <p>a ` b</p>\nrequire('b')", "a b");
        check("'open\nrequire('a')", "a");
        check("<p>a</p>{require('a')}<b c={d} />; require('b'); <i/>", "a b");
    }
}
