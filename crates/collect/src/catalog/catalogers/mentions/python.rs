//! Modules and drivers that strings of Python source name: settings of frameworks, arguments of functions that load by
//! name, addresses of databases.

use plimsoll_snapshot::MentionKind;
use plimsoll_snapshot::command::{driver, is_secret};

use super::names::{Lines, Names, is_loaded};
use crate::catalog::catalogers::imports::python::{Lexer, Token};

/// Reads source text. `"a.b.C"` counts anywhere; `"a"` where the name of its variable, key or argument says that it is
/// loaded, or a function that loads is called with it.
pub(super) fn read(source: &[u8], names: &mut Names) {
    let mut lines = Lines::new(source);
    let mut levels: Vec<Level> = Vec::new();
    let mut here = Place::default();
    let (mut word, mut object): (&[u8], &[u8]) = (b"", b"");
    let (mut text, mut annotated): (&[u8], &[u8]) = (b"", b"");
    let mut before = Token::Line;
    let mut tokens = Lexer::new(source).peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Name(name) => {
                object = if before == Token::Mark(b'.') { word } else { b"" };
                word = name;
            }
            Token::Text(content) => {
                text = content;
                if let Ok(content) = str::from_utf8(content)
                    && !here.is_secret
                {
                    push(content, here.is_loaded, &mut lines, names);
                }
            }
            Token::Line if levels.is_empty() => (here, annotated) = (Place::default(), b""),
            Token::Line => {}
            Token::Mark(b'=') if tokens.peek() != Some(&Token::Mark(b'=')) => match before {
                // `APPS: list[str] = …` and `config["ENGINE"] = …`
                Token::Mark(b']') => here = Place::of(if annotated.is_empty() { text } else { annotated }),
                Token::Name(_) if levels.is_empty() && !annotated.is_empty() => here = Place::of(annotated),
                Token::Name(_) | Token::Mark(b'+') => here = Place::of(word),
                _ => {}
            },
            Token::Mark(b':') => match before {
                Token::Text(_) if levels.last().is_some_and(|level| level.is_dictionary) => {
                    let is_outer = here.is_loaded;
                    here = Place::of(text);
                    here.is_loaded |= is_outer;
                }
                Token::Name(name) if levels.is_empty() => annotated = name,
                _ => {}
            },
            Token::Mark(open @ (b'(' | b'[' | b'{')) => {
                let outer = here;
                let is_call = open == b'(' && matches!(before, Token::Name(_));
                here.is_loaded |= is_call && (is_loader(word) || is_extended(word) && is_loaded(object));
                levels.push(Level { is_dictionary: open == b'{', inner: here, outer });
            }
            Token::Mark(b')' | b']' | b'}') => {
                here = levels.pop().map(|level| level.outer).unwrap_or_default();
            }
            Token::Mark(b',') => {
                if let Some(level) = levels.last() {
                    here = level.inner;
                }
            }
            Token::Mark(_) => {}
        }
        before = token;
    }
}

/// What a string at a place is.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    is_loaded: bool,
    is_secret: bool,
}

impl Place {
    /// The place of the value that has this name.
    fn of(key: &[u8]) -> Self {
        Self { is_loaded: is_loaded(key), is_secret: str::from_utf8(key).is_ok_and(is_secret) }
    }
}

/// An open bracket: what stands in it is, and what stands behind it.
struct Level {
    is_dictionary: bool,
    inner: Place,
    outer: Place,
}

/// Functions whose arguments are modules, packages, or names that these register.
fn is_loader(function: &[u8]) -> bool {
    const LOADERS: [&[u8]; 19] = [
        b"BeautifulSoup",
        b"LazyImport",
        b"LazyLoader",
        b"LazyModule",
        b"distribution",
        b"find_loader",
        b"find_spec",
        b"get_distribution",
        b"import_string",
        b"importorskip",
        b"is_package_available",
        b"lazy_import",
        b"lazy_module",
        b"load",
        b"load_dialect",
        b"load_plugin",
        b"resolve_name",
        b"set_backend",
        b"use",
    ];
    LOADERS.contains(&function)
}

/// Methods that add to a list.
fn is_extended(method: &[u8]) -> bool {
    matches!(method, b"append" | b"extend" | b"insert")
}

fn push<'a>(text: &'a str, is_loaded: bool, lines: &mut Lines<'a>, names: &mut Names) {
    if let Some(scheme) = driver(text) {
        names.push(MentionKind::Driver, scheme, lines.of(text.as_bytes()));
    } else if is_module(text) && (is_loaded || text.contains('.')) {
        let module = text.split(':').next().unwrap_or(text);
        names.push(MentionKind::Module, module, lines.of(text.as_bytes()));
    }
}

/// The ends of host names, which are not recorded.
const OF_HOSTS: [&str; 8] = ["com", "edu", "internal", "lan", "local", "net", "org", "svc"];

/// Whether a text is the name of a module, or of something in it: `a`, `a.b.C`, `a.b:C`, `en_core_web_sm`.
pub(super) fn is_module(text: &str) -> bool {
    let is_identifier = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let (module, attribute) = text.split_once(':').unwrap_or((text, "x"));
    if module.rsplit_once('.').is_some_and(|(_, last)| OF_HOSTS.contains(&last)) {
        return false;
    }
    // Names of hosts and files have hyphens more often than modules; those of distributions have them too.
    let is_distribution = || !module.contains('.') && module.split('-').all(is_identifier);
    (module.split('.').all(is_identifier) || is_distribution()) && attribute.split('.').all(is_identifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        Names::check(read, source, expected);
    }

    #[test]
    fn settings_name_what_they_load() {
        check(
            "INSTALLED_APPS = [\n    'django.contrib.auth',\n    'rest_framework',  # api\n]\nNAME = 'shop'\n",
            "django.contrib.auth:2 rest_framework:3",
        );
        check(
            "INSTALLED_APPS += ['a']\nMIDDLEWARE.insert(0, 'b')\nPLUGINS: list[str] = ['c']",
            "a:1 b:2 c:3",
        );
        check(
            "DATABASES = {'default': {\n'ENGINE': 'django.db.backends.postgresql', 'NAME': 'x', 'PASSWORD': 'y.z'}}",
            "django.db.backends.postgresql:2",
        );
        check(
            "CACHES = {'default': {'BACKEND': env('B', default='django_redis.cache.RedisCache')}}",
            "B:1 django_redis.cache.RedisCache:1",
        );
        check("app.config['CACHE_TYPE'] = 'redis'\nx['NAME'] = 'a'", "redis:1");
        check("worker_class = 'gevent'\nTEMPLATES = [{'BACKEND': 'jinja2'}]", "gevent:1 jinja2:2");
    }

    #[test]
    fn arguments_name_what_they_load() {
        check("df.to_parquet(p, engine='fastparquet', name='x')", "fastparquet:1");
        check(
            "BeautifulSoup(html, 'lxml')\nspacy.load(\"en_core_web_sm\")\nf('lxml')",
            "en_core_web_sm:2 lxml:1",
        );
        check("Celery('x', broker='redis://h', include=['a', 'b'])\nf('c')", "a:1 b:1 redis::1");
        check("Markdown(extensions=('x', 'y'), z='z')", "x:1 y:1");
        check("URL = f'postgresql+asyncpg://{u}:{p}@h/d'\nURL = 'https://h'", "postgresql+asyncpg::1");
    }

    #[test]
    fn other_texts_and_secrets_are_left_out() {
        check(
            "SECRET_KEY = 'a.b.c'\nAPI_TOKEN = 'd.e'\nconnect(password='f.g')\nDB_PASSWORD: str = 'h.i'",
            "",
        );
        check("connect('db.example.com', host='a.b.internal')", "");
        check("x = 'requests'\nprint('a b.c', 'd-e.f', '1.2', 'a..b', '.a', 'a.')", "");
        check("if ENGINE == 'x': pass\ny = 'z'", "");
    }

    #[test]
    fn any_brackets_are_read() {
        check("]})\nAPPS = ['a'", "a:2");
        check("= : , [ { 'x' : ( =", "");
        check("APPS = (((((\n'a'\n)\nNAME = 'b'", "a:2");
    }
}
