//! What the `package.json` of a project runs and loads: its scripts, and the settings of tools that stand in it.

use plimsoll_snapshot::MentionKind;
use plimsoll_snapshot::command::{module, names as named, words};

use super::names::{Lines, Names};
use crate::catalog::catalogers::imports::javascript::{Lexer, Token};
use crate::redact;

/// The keys of a `package.json` whose values are settings of tools.
const SETTINGS: [&[u8]; 13] = [
    b"ava",
    b"babel",
    b"commitlint",
    b"eslintConfig",
    b"jest",
    b"lint-staged",
    b"mocha",
    b"nyc",
    b"postcss",
    b"prettier",
    b"prisma",
    b"stylelint",
    b"xo",
];

/// Scripts of this name only count if a command runs them.
const OF_DEVELOPERS: [&str; 22] = [
    "audit",
    "build",
    "check",
    "ci",
    "clean",
    "commit",
    "coverage",
    "debug",
    "dev",
    "docs",
    "e2e",
    "fix",
    "format",
    "generate",
    "lint",
    "prepare",
    "release",
    "storybook",
    "test",
    "typecheck",
    "types",
    "watch",
];

/// Reads a `package.json`.
pub(super) fn read(source: &[u8], names: &mut Names) {
    let mut lines = Lines::new(source);
    let (mut depth, mut key, mut top): (usize, &[u8], &[u8]) = (0, b"", b"");
    let mut tokens = Lexer::new(source).peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Mark(b'{' | b'[') => depth += 1,
            Token::Mark(b'}' | b']') => depth = depth.saturating_sub(1),
            Token::Text(text) => {
                let is_key = tokens.peek() == Some(&Token::Mark(b':'));
                if is_key {
                    key = text;
                    if depth == 1 {
                        top = text;
                    }
                }
                let Ok(content) = str::from_utf8(text) else { continue };
                if SETTINGS.contains(&top) && depth > 0 && !(is_key && depth == 1) {
                    if let Some(name) = module(content) {
                        names.push(MentionKind::Module, name, lines.of(text));
                    }
                } else if top == b"scripts" && depth == 2 && !is_key {
                    read_script(str::from_utf8(key).unwrap_or_default(), content, lines.of(text), names);
                }
            }
            _ => {}
        }
    }
}

/// Reads the command of a script.
fn read_script(script: &str, command: &str, line: u32, names: &mut Names) {
    let command = redact::setting(command);
    let words: Vec<&str> = words(&command).collect();
    // npm runs `prestart` and `poststart` along with `start` (docs.npmjs.com, "scripts").
    let main =
        script.strip_prefix("pre").or_else(|| script.strip_prefix("post")).filter(|main| !main.is_empty());
    let run_as = main.unwrap_or(script);
    let mut parts = script.split(|character: char| !character.is_ascii_alphanumeric());
    let is_of_developers = parts.any(|part| OF_DEVELOPERS.contains(&part)) || OF_DEVELOPERS.contains(&run_as);
    let run_as = is_of_developers.then_some(run_as);
    for (kind, name) in named(&words) {
        names.push_of(run_as, kind, name, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        Names::check(read, source, expected);
    }

    #[test]
    fn scripts_and_settings_are_read() {
        check(
            "{\"name\": \"a\",\n\"scripts\": {\"start\": \"ts-node -r dotenv/config a.js\",\n\"dev\": \"nodemon\", \"predev\": \"b\"}}",
            "a.js:2 dotenv/config:2 $a.js:2 $dotenv/config:2 $ts-node:2 dev/$b:3 dev/$nodemon:3",
        );
        check("{\"dependencies\": {\"a\": \"1\"}, \"babel\": {\"presets\": [\"@b/c\"]}}", "@b/c:1 presets:1");
    }

    #[test]
    fn damage_is_no_problem() {
        check("{\"scripts\": \"x\"}", "");
        check("}}]\"scripts\"::{{{", "");
        check("{\"scripts\": {\"a\": [\"b\"]", "");
    }
}
