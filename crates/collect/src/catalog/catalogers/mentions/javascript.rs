//! Packages and drivers that strings of JavaScript, TypeScript and JSON name: plugins, presets, loaders, transports,
//! dialects of databases, view engines.

use plimsoll_snapshot::MentionKind;
use plimsoll_snapshot::command::{driver, is_secret, module};

use super::names::{Lines, Names, is_loaded};
use super::scripts;
use crate::catalog::catalogers::imports::javascript::{Lexer, Token};
use crate::redact;

/// Reads source text. In files of settings every string counts, but for the keys of objects; elsewhere those that a
/// key or a function loads.
pub(super) fn read(source: &[u8], is_settings: bool, names: &mut Names) {
    let mut lines = Lines::new(source);
    let outside = Place { use_of: if is_settings { Use::Any } else { Use::Nothing }, ..Place::default() };
    let mut levels: Vec<Level> = Vec::new();
    let mut here = outside;
    let (mut word, mut object): (&[u8], &[u8]) = (b"", b"");
    let mut before = Token::Other;
    let mut tokens = Lexer::new(source).peekable();
    while let Some(token) = tokens.next() {
        let is_key = tokens.peek() == Some(&Token::Mark(b':')) && matches!(before, Token::Mark(b'{' | b','));
        match token {
            Token::Word(name) if is_key => {
                if here.use_of == Use::Loaded && is_settings {
                    push(name, here, &mut lines, names);
                }
                word = name;
            }
            Token::Word(name) => {
                object = if before == Token::Mark(b'.') { word } else { b"" };
                word = name;
            }
            Token::Text(text) => {
                if !is_key || here.use_of == Use::Loaded {
                    push(text, here, &mut lines, names);
                }
                // `app.set('view engine', 'pug')`
                if text == b"view engine" && tokens.next_if_eq(&Token::Mark(b',')).is_some() {
                    here.use_of = Use::Loaded;
                }
                word = text;
            }
            Token::Mark(b':') if !levels.is_empty() => here = here.of(word),
            Token::Mark(b'=') if before != Token::Mark(b'=') => here = here.of(word),
            Token::Mark(b';') => here = levels.last().map_or(outside, |level| level.inner),
            Token::Mark(open @ (b'(' | b'[' | b'{')) => {
                let outer = here;
                let is_loader = open == b'(' && matches!(before, Token::Word(_)) && is_loader(object, word);
                if is_loader {
                    here.use_of = Use::Loaded;
                } else if open == b'{'
                    && here.use_of != Use::Nothing
                    && !(is_settings && here.use_of == Use::Loaded)
                {
                    // The value of a key that loads is a name or a list; in an object other keys do.
                    here.use_of = outside.use_of;
                }
                levels.push(Level { inner: here, outer });
            }
            Token::Mark(b')' | b']' | b'}') => {
                here = levels.pop().map_or(outside, |level| level.outer);
            }
            Token::Mark(b',') => {
                if let Some(level) = levels.last() {
                    here = level.inner;
                }
            }
            _ => {}
        }
        before = token;
    }
}

/// What a string at a place is.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    use_of: Use,
    is_secret: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Use {
    #[default]
    Nothing,
    /// It may be anything, a package too.
    Any,
    /// It may be the name of a database.
    Database,
    /// It is loaded.
    Loaded,
    /// It is run.
    Run,
}

impl Place {
    /// The place of the value that has this name.
    fn of(self, key: &[u8]) -> Self {
        let use_of = match key {
            b"type" | b"dialect" | b"client" | b"provider" if self.use_of != Use::Any => Use::Database,
            b"args" | b"exec" | b"interpreter" | b"node_args" | b"script" => Use::Run,
            _ if is_loaded(key) => Use::Loaded,
            // Settings of an application, rather than what a tool loads.
            b"connection"
            | b"credentials"
            | b"define"
            | b"env"
            | b"headers"
            | b"proxy"
            | b"runtimeConfig"
            | b"publicRuntimeConfig"
            | b"serverRuntimeConfig" => Use::Nothing,
            _ => self.use_of,
        };
        Self { use_of, is_secret: str::from_utf8(key).is_ok_and(is_secret) }
    }
}

/// An open bracket: what stands in it is, and what stands behind it.
struct Level {
    inner: Place,
    outer: Place,
}

/// Functions that load what they are called with.
fn is_loader(object: &[u8], function: &[u8]) -> bool {
    const LOADERS: [&[u8]; 6] =
        [b"lazyRequire", b"loadPackage", b"optionalRequire", b"requireOptional", b"tryRequire", b"knex"];
    object == b"meta" && function == b"resolve" || LOADERS.contains(&function)
}

/// Names of databases by which libraries load their drivers.
const DATABASES: [&str; 19] = [
    "aurora-mysql",
    "aurora-postgres",
    "better-sqlite3",
    "cockroachdb",
    "db2",
    "mariadb",
    "mongodb",
    "mssql",
    "mysql",
    "mysql2",
    "oracle",
    "oracledb",
    "pg",
    "postgres",
    "postgresql",
    "snowflake",
    "sqlite",
    "sqlite3",
    "tedious",
];

fn push<'a>(text: &'a [u8], place: Place, lines: &mut Lines<'a>, names: &mut Names) {
    let Some(text) = str::from_utf8(text).ok().filter(|_| !place.is_secret) else { return };
    let bytes = text.as_bytes();
    if place.use_of == Use::Run {
        return scripts::read_command(&redact::setting(text), lines.of(bytes), None, names);
    }
    if let Some(scheme) = driver(text) {
        names.push(MentionKind::Driver, scheme, lines.of(bytes));
    } else if place.use_of == Use::Database {
        if DATABASES.contains(&text) {
            names.push(MentionKind::Driver, text, lines.of(bytes));
        }
    } else if place.use_of != Use::Nothing
        && !text.contains(':')
        && let Some(module) = module(text)
    {
        names.push(MentionKind::Module, module, lines.of(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, is_settings: bool, expected: &str) {
        let mut names = Names::default();
        read(source.as_bytes(), is_settings, &mut names);
        assert_eq!(names.shown(), expected, "{source}");
    }

    #[test]
    fn keys_and_functions_that_load_name_packages() {
        check("app.set('view engine', 'pug'); app.set('debug', 'express')", false, "pug:1");
        check("const db = knex({\n  client: 'pg',\n  connection: {user: 'x'} })", false, "pg::2");
        check("new Sequelize({dialect: 'postgres', host: 'events'})", false, "postgres::1");
        check("DataSource({type: 'mysql'}); x({type: 'button'})", false, "mysql::1");
        check("pino({transport: {target: 'pino-pretty', options: {colors: 'yes'}}})", false, "pino-pretty:1");
        check(
            "pino.transport({targets: [{target: 'a'}, {level: 'info', target: 'b/c'}]})",
            false,
            "a:1 b/c:1",
        );
        check("x({plugins: ['a', '@s/b'], name: 'c'}); const d = 'e'", false, "@s/b:1 a:1");
        check(
            "apps: [{script: 'npm', args: 'run a', node_args: '-r b/c'}]",
            false,
            "b/c:1 $a:1 $b/c:1 $npm:1 $run:1",
        );
        check("import.meta.resolve('a'); Promise.resolve('b')", false, "a:1");
        check("connect('mongodb+srv://u:p@h/d', `redis://h`, 'https://h')", false, "mongodb+srv::1 redis::1");
    }

    #[test]
    fn settings_name_packages_anywhere() {
        check(
            "module.exports = {\n extends: ['airbnb'],\n rules: {'no-var': 'error'}}",
            true,
            "airbnb:2 error:3",
        );
        check(
            "module.exports = { plugins: { tailwindcss: {}, 'a-b': { c: 'd' } } }",
            true,
            "a-b:1 c:1 d:1 tailwindcss:1",
        );
        check(
            "{\"presets\": [[\"@babel/env\", {\"targets\": \"x\"}]], \"name\": \"y\"}",
            true,
            "@babel/env:1 targets:1 x:1 y:1",
        );
    }

    #[test]
    fn secrets_and_other_texts_are_left_out() {
        check("x({apiKey: 'a', password: 'b', clientSecret: 'c'}); y('d')", false, "");
        check("const pluginToken = 'a'", true, "");
        check("module.exports = {env: {A: 'a', b: {C: 'c'}}, d: 'd'}", true, "d:1");
        check("]})\nlet plugins = ['a'", false, "a:2");
    }
}
