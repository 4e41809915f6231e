//! Finds what commands take as a password or a login, and what stands behind a word that announces a secret.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::look;
use super::names::{is_public_variable, is_secret_name, is_silent_option, names_password};
use super::programs::{Operands, PLAIN, PREFIXES, PROGRAMS, Program};
use super::script::{Command, Script, Word};
use super::values::{End, Values, is_harmless};

/// The programs by their names.
static BY_NAME: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, program) in PROGRAMS.iter().enumerate() {
        for name in program.names {
            by_name.entry(name).or_default().push(index);
        }
    }
    by_name
});

/// More programs than one command has.
const MAX_PROGRAMS: usize = 12;

/// Looks at each word of each command.
pub(super) fn commands(values: &Values<'_>, script: &Script, found: &mut Vec<Range<usize>>) {
    // A command in the words of another one may hold its arguments, if a quote was none.
    let mut programs: Vec<Vec<usize>> = Vec::with_capacity(script.commands.len());
    for command in &script.commands {
        let mut own = programs_of(values, script, command);
        let inherited = command.outer.and_then(|outer| programs.get(outer)).cloned().unwrap_or_default();
        own.extend(inherited.into_iter().filter(|index| PROGRAMS[*index].operands == Operands::None));
        own.truncate(MAX_PROGRAMS);
        let pass = Pass { values, words: script.words_of(command), programs: &own };
        pass.words(found);
        pass.operands(found);
        programs.push(own);
    }
}

/// The programs that stand in the words of a command, with the words they need.
fn programs_of(values: &Values<'_>, script: &Script, command: &Command) -> Vec<usize> {
    let words = script.words_of(command);
    let mut names = words.iter().map(|word| program(values, word)).skip_while(|name| PREFIXES.contains(name));
    if names.next().is_some_and(|first| PLAIN.contains(&first)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for word in words {
        let name = program(values, word).to_ascii_lowercase();
        look::looked_at(word.range.len());
        for &index in BY_NAME.get(name.trim_end_matches(".exe")).into_iter().flatten() {
            if !found.contains(&index) {
                found.push(index);
            }
        }
    }
    found.retain(|index| {
        let with = PROGRAMS[*index].with;
        with.is_empty() || words.iter().any(|word| with.contains(&bare(values, word)))
    });
    found.truncate(MAX_PROGRAMS);
    found
}

/// A word without quotes and brackets around it.
pub(super) fn bare<'a>(values: &Values<'a>, word: &Word) -> &'a str {
    let text = &values.text[word.range.clone()];
    text.trim_matches(|char: char| matches!(char, '"' | '\'' | '[' | ']' | ',' | '(' | ')' | '`' | '\\'))
}

/// The program that a word calls, perhaps by its path, perhaps behind the name of a label.
pub(super) fn program<'a>(values: &Values<'a>, word: &Word) -> &'a str {
    bare(values, word).rsplit(['/', '=', '\\']).next().unwrap_or_default()
}

pub(super) struct Pass<'a, 'b> {
    pub(super) values: &'a Values<'b>,
    pub(super) words: &'a [Word],
    programs: &'a [usize],
}

impl<'b> Pass<'_, 'b> {
    pub(super) fn programs(&self) -> impl Iterator<Item = &'static Program> {
        self.programs.iter().map(|index| &PROGRAMS[*index])
    }

    pub(super) fn bare(&self, index: usize) -> &'b str {
        self.words.get(index).map_or("", |word| bare(self.values, word))
    }

    /// Takes out a word from a place in it on.
    pub(super) fn push(&self, word: &Word, from: usize, found: &mut Vec<Range<usize>>) {
        let text = self.values.text;
        let start = (word.range.start + from).min(word.range.end);
        let rest = &text[start..word.range.end];
        let is_opened = rest.trim_start_matches('\\').starts_with(['"', '\'']);
        let range = if !word.is_quoted && (is_opened || rest.starts_with("$(") || rest.starts_with('`')) {
            let range = self.values.at(start, End::Word);
            // A quote may be closed and opened again in one word.
            if range.end + 1 < word.range.end && is_opened { start..word.range.end } else { range }
        } else if word.is_quoted {
            start..word.range.end
        } else {
            start..start + rest.trim_end_matches(['"', '\'', '\\', ';', ',', ']', ')']).len()
        };
        if !range.is_empty() && !is_harmless(&text[range.clone()]) {
            found.push(range);
        }
    }

    pub(super) fn push_next(&self, index: usize, found: &mut Vec<Range<usize>>) {
        if let Some(next) = self.words.get(index + 1) {
            self.push(next, 0, found);
        }
    }

    fn words(&self, found: &mut Vec<Range<usize>>) {
        let (mut is_setting, mut is_export, mut is_behind) = (false, false, false);
        for (index, word) in self.words.iter().enumerate() {
            look::looked_at(word.range.len());
            let bare = self.bare(index);
            // Whole scripts are looked at by themselves.
            if word.is_quoted && bare.len() > 200 {
                continue;
            }
            let lower = bare.to_ascii_lowercase();
            // `pass:x` and `-pass=pass:x` of OpenSSL.
            if let Some(at) = lower
                .find("pass:")
                .filter(|at| *at == 0 || matches!(lower.as_bytes()[at - 1], b'=' | b'/' | b'-'))
            {
                self.push(word, self.offset(word, bare) + at + "pass:".len(), found);
            }
            if let Some(length) = windows_password(&lower) {
                self.push(word, self.offset(word, bare) + length, found);
            }
            if bare.starts_with(['-', '/']) {
                self.option(index, word, bare, &lower, found);
            }
            self.announced(index, word, &lower, found);
            is_behind |= self.is_answer(index);
            if is_behind && !is_option(bare) {
                self.push(word, 0, found);
            }
            is_behind |= sets_password(&lower);
            self.assigned(index, word, is_export, found);
            is_export |= matches!(program(self.values, word), "export" | "declare" | "typeset" | "readonly");
            if is_setting {
                self.setting(index, &lower, found);
            }
            is_setting |= matches!(&*lower, "config" | "configure" | "set" | "modify" | "config:set");
        }
    }

    /// Where the bare text begins in its word.
    fn offset(&self, word: &Word, bare: &str) -> usize {
        self.values.text[word.range.clone()].find(bare).unwrap_or_default()
    }

    fn option(&self, index: usize, word: &Word, bare: &str, lower: &str, found: &mut Vec<Range<usize>>) {
        let offset = self.offset(word, bare);
        for program in self.programs() {
            let long = program.long.iter().find_map(|option| bare.strip_prefix(option));
            match long {
                Some("") => self.login(index + 1, 0, found),
                Some(rest) if rest.starts_with('=') => {
                    self.login(index, offset + bare.len() - rest.len() + 1, found);
                }
                _ => {}
            }
            match program.silent.iter().find_map(|option| bare.strip_prefix(option)) {
                Some("") => self.push_next(index, found),
                Some(rest) if rest.starts_with('=') => {
                    self.push(word, offset + bare.len() - rest.len() + 1, found);
                }
                _ => {}
            }
            let assigns = program.assigns.iter().find_map(|option| bare.strip_prefix(option));
            match assigns {
                Some("") => self.assignment(index + 1, 0, found),
                Some(rest) if rest.starts_with('=') => {
                    self.assignment(index, offset + bare.len() - rest.len() + 1, found);
                }
                _ => {}
            }
            if bare.starts_with('-') && !bare.starts_with("--") {
                self.letters(program, index, word, bare, offset, found);
            }
        }
        // `/run/secrets/x` is a path, and `/secret/d` a script of `sed`.
        let is_path = bare.starts_with('/') && bare[1..].contains('/');
        let is_secret = !is_path
            && bare.len() > 2
            && !bare.contains('=')
            && is_secret_name(bare)
            && !is_silent_option(lower);
        let next = self.bare(index + 1);
        if is_secret && !next.starts_with("id=") && !is_option(next) {
            self.push_next(index, found);
        }
    }

    /// `-sSfuuser:x`, `-psecret`, `-p secret`: letters, one of which takes the rest or the next word.
    fn letters(
        &self,
        program: &Program,
        index: usize,
        word: &Word,
        bare: &str,
        offset: usize,
        found: &mut Vec<Range<usize>>,
    ) {
        for (at, letter) in bare.char_indices().skip(1) {
            let behind = at + letter.len_utf8();
            if program.password.contains(letter) {
                if behind == bare.len() {
                    if !is_option(self.bare(index + 1)) {
                        self.push_next(index, found);
                    }
                } else {
                    let equals = usize::from(bare[behind..].starts_with('='));
                    self.push(word, offset + behind + equals, found);
                }
                return;
            }
            if program.login.contains(letter) {
                if behind == bare.len() {
                    self.login(index + 1, 0, found);
                } else {
                    self.login(index, offset + behind, found);
                }
                return;
            }
            if program.other.contains(letter) || !letter.is_ascii_alphanumeric() {
                return;
            }
        }
    }

    /// `user:password`, `user%password`, `user,password`.
    fn login(&self, index: usize, from: usize, found: &mut Vec<Range<usize>>) {
        let Some(word) = self.words.get(index) else { return };
        let login = &self.values.text[word.range.clone()];
        let login = login.get(from..).unwrap_or_default();
        let Some(at) = login.find([':', '%', ',']) else { return };
        let password = login[at + 1..].trim_matches(['"', '\'', '\\']);
        if !is_harmless(password) && login.len() > at + 1 {
            self.push(word, from, found);
        }
    }

    /// `NAME=value`, where every value counts.
    pub(super) fn assignment(&self, index: usize, from: usize, found: &mut Vec<Range<usize>>) {
        let Some(word) = self.words.get(index) else { return };
        let text = self.values.text[word.range.clone()].get(from..).unwrap_or_default();
        if let Some(at) = text.find('=') {
            self.push(word, from + at + 1, found);
        }
    }

    fn announced(&self, index: usize, word: &Word, lower: &str, found: &mut Vec<Range<usize>>) {
        let before = index.checked_sub(1).map_or("", |before| self.bare(before)).to_ascii_lowercase();
        const WORDS: [&str; 9] = [
            "password",
            "passwd",
            "bearer",
            "basic",
            "passphrase",
            "requirepass",
            "masterauth",
            "psk",
            "wpa-psk",
        ];
        let announces = WORDS.contains(&lower)
            || matches!(lower, "by" | "as") && before == "identified"
            || lower == "using" && self.words.iter().take(6).any(|word| bare(self.values, word) == "connect");
        // Behind a separator, the value is found by its name.
        let next = self.bare(index + 1);
        if announces && !is_option(next) && !matches!(next, "=" | ":" | ":=" | "=>" | "==") {
            self.push_next(index, found);
        }
        // `SetEnvironmentVariable("TOKEN", "x")`
        if let Some(next) = self.words.get(index + 1).filter(|next| word.is_quoted && next.is_quoted) {
            let gap = &self.values.text[word.range.end..next.range.start];
            let is_pair = gap.matches(',').count() == 1 && gap.chars().all(|char| "\"'\\, ".contains(char));
            let name = bare(self.values, word);
            let is_constant = name.bytes().any(|byte| byte.is_ascii_uppercase()) && !name.contains(' ');
            let value = bare(self.values, next);
            if is_pair && is_constant && is_secret_name(name) && !is_secret_name(value) {
                self.push(next, 0, found);
            }
        }
    }

    /// Whether a word is the value of a question, as debconf stores it: `package package/db_password string x`.
    fn is_answer(&self, index: usize) -> bool {
        let Some(question) = index.checked_sub(2).map(|question| self.bare(question)) else { return false };
        matches!(self.bare(index - 1), "string" | "password" | "text" | "select" | "multiselect")
            && question.rsplit_once('/').is_some_and(|(_, name)| is_secret_name(name))
    }

    /// `export NAME=value` and `$env:NAME = "value"`.
    fn assigned(&self, index: usize, word: &Word, is_export: bool, found: &mut Vec<Range<usize>>) {
        let whole = &self.values.text[word.range.clone()];
        let env = whole.find("$env:").or_else(|| whole.find("$Env:"));
        if !is_export && env.is_none() {
            return;
        }
        let (is_env, skipped) = (env.is_some(), env.map_or(0, |at| at + "$env:".len()));
        let text = &whole[skipped..];
        let (name, from) = match text.split_once('=') {
            Some((name, _)) => (name, skipped + name.len() + 1),
            None if is_env && self.bare(index + 1) == "=" => return self.push_next(index + 1, found),
            None => return,
        };
        let value = whole[from..].trim_matches(['"', '\'', '\\']);
        let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !is_public_variable(name) && (!is_number || is_secret_name(name)) && !value.contains("$(") {
            self.push(word, from, found);
        }
    }

    /// `config set //registry/:_authToken x`, `configure set aws_secret_access_key x`, `config http-basic.host me x`.
    fn setting(&self, index: usize, lower: &str, found: &mut Vec<Range<usize>>) {
        const KEYS: [&str; 6] =
            ["http-basic.", "pypi-token.", "github-oauth.", "gitlab-token.", "bitbucket-oauth.", "bearer."];
        if lower.starts_with('-') || lower.contains('=') || lower.starts_with("credential.") {
            return;
        }
        let is_pair = lower.starts_with("http-basic.") || lower.starts_with("bitbucket-oauth.");
        let last = lower.rsplit([':', '/']).next().unwrap_or_default();
        if is_secret_name(last) || KEYS.iter().any(|key| lower.starts_with(key)) {
            self.push_next(index, found);
            if is_pair {
                self.push_next(index + 1, found);
            }
        }
    }
}

/// Whether a subcommand takes a password: `set-initial-password x`, `change_password me x`.
fn sets_password(lower: &str) -> bool {
    let verb = lower.split(['-', '_']).next().unwrap_or_default();
    verb.len() < lower.len() && matches!(verb, "set" | "reset" | "change" | "update") && names_password(lower)
}

/// `/p:x`, `/pass:x`, `/rp:x`: how much of the word is the option.
fn windows_password(lower: &str) -> Option<usize> {
    ["/p:", "/pass:", "/pw:", "/rp:"]
        .iter()
        .find(|option| lower.starts_with(**option))
        .map(|option| option.len())
}

/// Whether a word is an option, and no value of one.
fn is_option(word: &str) -> bool {
    let name = word.trim_start_matches('-');
    name.len() < word.len() && name.starts_with(|char: char| char.is_ascii_alphabetic())
}
