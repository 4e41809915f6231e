//! The modules that Python source imports, wherever in it: at the top, in functions, in `try`.

use serde::Deserialize;

use super::modules::Modules;

/// Reads source text. `import a.b` gives `a.b`; `from a.b import c` gives `a.b`, and `a.b.c` if `c` may be a module.
pub(crate) fn read(source: &[u8], modules: &mut Modules) {
    let mut tokens = Lexer::new(source).peekable();
    let mut is_start = true;
    while let Some(token) = tokens.next() {
        match token {
            Token::Name(b"import") if is_start => loop {
                modules.push(&dotted(&mut tokens));
                skip_alias(&mut tokens);
                if tokens.next_if_eq(&Token::Mark(b',')).is_none() {
                    break;
                }
            },
            Token::Name(b"from") if is_start => read_from(&mut tokens, modules),
            Token::Name(b"import_module" | b"__import__") => {
                if tokens.next_if_eq(&Token::Mark(b'(')).is_none() {
                    continue;
                }
                skip_lines(&mut tokens);
                if let Some(Token::Text(name)) = tokens.next_if(|token| matches!(token, Token::Text(_))) {
                    skip_lines(&mut tokens);
                    let is_whole = matches!(tokens.peek(), Some(Token::Mark(b',' | b')')));
                    if is_whole && name.split(|&byte| byte == b'.').all(is_identifier) {
                        modules.push(name);
                    }
                }
            }
            _ => {}
        }
        // `import` and `from` are keywords: behind any of these, they start a statement.
        is_start = matches!(token, Token::Line | Token::Mark(b':' | b';'));
    }
}

/// Reads on behind `from`.
fn read_from<'a>(tokens: &mut Tokens<'a>, modules: &mut Modules) {
    let is_relative = tokens.peek() == Some(&Token::Mark(b'.'));
    while tokens.next_if_eq(&Token::Mark(b'.')).is_some() {}
    let module = dotted(tokens);
    if tokens.next_if_eq(&Token::Name(b"import")).is_none() {
        return;
    }
    let is_wanted = !is_relative && !module.is_empty() && module != b"__future__";
    let in_brackets = tokens.next_if_eq(&Token::Mark(b'(')).is_some();
    if is_wanted {
        modules.push(&module);
    }
    loop {
        if in_brackets {
            skip_lines(tokens);
        }
        let Some(Token::Name(name)) = tokens.next_if(|token| matches!(token, Token::Name(_))) else { return };
        // Names of modules are lower case by convention (PEP 8), those of classes and constants are not.
        if is_wanted && !name[0].is_ascii_uppercase() {
            modules.push(&[&module, name].join(&b'.'));
        }
        if in_brackets {
            skip_lines(tokens);
        }
        skip_alias(tokens);
        if in_brackets {
            skip_lines(tokens);
        }
        if tokens.next_if_eq(&Token::Mark(b',')).is_none() {
            return;
        }
    }
}

fn dotted<'a>(tokens: &mut Tokens<'a>) -> Vec<u8> {
    let mut module = Vec::new();
    while let Some(Token::Name(name)) =
        tokens.next_if(|token| matches!(token, Token::Name(name) if *name != b"import"))
    {
        module.extend_from_slice(name);
        if tokens.next_if_eq(&Token::Mark(b'.')).is_none() {
            break;
        }
        module.push(b'.');
    }
    module
}

fn skip_alias(tokens: &mut Tokens<'_>) {
    if tokens.next_if_eq(&Token::Name(b"as")).is_some() {
        tokens.next_if(|token| matches!(token, Token::Name(_)));
    }
}

fn skip_lines(tokens: &mut Tokens<'_>) {
    while tokens.next_if_eq(&Token::Line).is_some() {}
}

fn is_identifier(name: &[u8]) -> bool {
    name.first().is_some_and(|&byte| is_word(byte) && !byte.is_ascii_digit())
        && name.iter().all(|&byte| is_word(byte))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

type Tokens<'a> = std::iter::Peekable<Lexer<'a>>;

/// As much of a token as imports and names in texts need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Name(&'a [u8]),
    /// A string, without its quotes.
    Text(&'a [u8]),
    /// The end of a line; also within brackets.
    Line,
    Mark(u8),
}

/// Splits source into tokens (Python reference, "Lexical analysis").
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let start = self.at;
            let byte = *self.bytes.get(start)?;
            self.at += 1;
            match byte {
                b' ' | b'\t' | b'\x0c' => {}
                b'#' => self.skip(|byte| !matches!(byte, b'\n' | b'\r')),
                b'\n' | b'\r' => return Some(Token::Line),
                b'\\' => match self.bytes.get(self.at..) {
                    Some([b'\r', b'\n', ..]) => self.at += 2,
                    Some([b'\n' | b'\r', ..]) => self.at += 1,
                    _ => return Some(Token::Mark(b'\\')),
                },
                b'"' | b'\'' => return Some(self.string(byte)),
                _ if is_word(byte) => {
                    self.skip(is_word);
                    let word = &self.bytes[start..self.at];
                    if byte.is_ascii_digit() {
                        return Some(Token::Mark(b'0'));
                    }
                    let is_prefix = word.len() <= 2 && word.iter().all(|it| b"rRbBuUfFtT".contains(it));
                    if let Some(&quote @ (b'"' | b'\'')) = self.bytes.get(self.at).filter(|_| is_prefix) {
                        self.at += 1;
                        return Some(self.string(quote));
                    }
                    return Some(Token::Name(word));
                }
                byte => return Some(Token::Mark(byte)),
            }
        }
    }
}

impl<'a> Lexer<'a> {
    fn skip(&mut self, is_part: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| !is_part(byte)).unwrap_or(rest.len());
    }

    /// Reads on behind the first quote of a string. One that is not closed ends with its line.
    fn string(&mut self, quote: u8) -> Token<'a> {
        let is_triple = self.bytes.get(self.at..self.at + 2) == Some(&[quote, quote]);
        if is_triple {
            self.at += 2;
        }
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            let end = self.at;
            match byte {
                b'\\' if self.bytes.get(end + 1..end + 3) == Some(b"\r\n") => self.at += 3,
                b'\\' => self.at += 2,
                b'\n' | b'\r' if !is_triple => return Token::Text(&self.bytes[start..end]),
                byte if byte != quote => self.at += 1,
                _ if !is_triple => {
                    self.at += 1;
                    return Token::Text(&self.bytes[start..end]);
                }
                _ if self.bytes.get(end..end + 3) == Some(&[quote; 3]) => {
                    self.at += 3;
                    return Token::Text(&self.bytes[start..end]);
                }
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
        Token::Text(&self.bytes[start..])
    }
}

#[derive(Deserialize)]
struct Notebook {
    #[serde(default)]
    metadata: Metadata,
    cells: Vec<Cell>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    language_info: Option<LanguageInfo>,
}

#[derive(Deserialize)]
struct LanguageInfo {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Cell {
    cell_type: String,
    source: Source,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Whole(String),
    Lines(Vec<String>),
}

/// Reads the code of a Jupyter notebook (nbformat 4).
pub(super) fn read_notebook(bytes: &[u8], modules: &mut Modules) -> serde_json::Result<()> {
    let notebook: Notebook = serde_json::from_slice(bytes)?;
    let language = notebook.metadata.language_info.and_then(|info| info.name);
    if language.is_some_and(|language| language != "python") {
        return Ok(());
    }
    for cell in notebook.cells.iter().filter(|cell| cell.cell_type == "code") {
        let source = match &cell.source {
            Source::Whole(source) => source.clone(),
            Source::Lines(lines) => lines.concat(),
        };
        // `%%bash` makes a cell of another language, `%time` and `!pip` are lines of another.
        if source.starts_with("%%") && !source.starts_with("%%time") && !source.starts_with("%%capture") {
            continue;
        }
        let is_python = |line: &&str| !line.trim_start().starts_with(['%', '!', '?']);
        let lines: Vec<&str> = source.lines().filter(is_python).collect();
        read(lines.join("\n").as_bytes(), modules);
    }
    Ok(())
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
        check("import a.b, c as d", "a.b c");
        check("from x.y import z", "x.y x.y.z");
        check("from x import (Y,\n  z as w, # import q\n\n  v,\n)\nimport u", "u x x.v x.z");
        check("from x import *\nimport a; import b", "a b x");
        check("def f():\n\timport a\ntry: import b\nexcept ImportError: b = None", "a b");
        check("from x \\\n import y\\\r\n, z", "x x.y x.z");
        check("x = (1,\nimport_ = 2\nimport a", "a");
        check("if x: from a import b\r\nimport c\rimport d", "a a.b c d");
        check("from google.cloud import storage", "google.cloud google.cloud.storage");
        check("importé = 1\nimport móvil", "móvil");
    }

    #[test]
    fn what_is_not_an_import_is_left_out() {
        check("'''\nimport a\n'''\n\"import b\"\n# import c\nr'\\'; import d'", "");
        check("from . import a\nfrom .b import c\nfrom ... import d", "");
        check("from __future__ import annotations", "");
        check("x.import_ = 1\ndef g(): yield from a\nraise E from e", "");
        check("s = 'open\nimport a", "a");
        check("f'{x[\"import a\"]}'\nF\"\"\"\nimport b \"\" \\\"\"\"\"\"\nimport c", "c");
        check("import", "");
        check("from a", "");
        check("from a import", "a");
    }

    #[test]
    fn modules_imported_by_name_are_found() {
        check("importlib.import_module('a.b')\n__import__(\n\"c\",\nglobals())", "a.b c");
        check("import_module('a' + x)\nimport_module(f)\nimport_module('.a', 'b')\n__import__('a b')", "");
    }

    #[test]
    fn notebooks_are_read_by_cell() {
        let mut modules = Modules::default();
        let notebook = br#"{"cells": [
            {"cell_type": "markdown", "source": "import no"},
            {"cell_type": "code", "source": "%matplotlib inline\n!pip install 'x\nimport a"},
            {"cell_type": "code", "source": ["%%bash\n", "import no"]},
            {"cell_type": "code", "source": ["%%time\n", "import b"], "outputs": [1]}
        ], "metadata": {"language_info": {"name": "python"}}}"#;
        read_notebook(notebook, &mut modules).unwrap();
        assert_eq!(modules.0.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }
}
