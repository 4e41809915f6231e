//! What a command names: the programs it runs, and the modules and drivers that these load by name.
//!
//! Scripts are read with the layers, and the commands of an image are judged later: both have to agree.

use crate::MentionKind;

/// The longest name.
pub const MAX_NAME: usize = 200;

/// Options whose value is a module or a package: of Python (`-m`), gunicorn (`-k`), Celery (`-A`, `-P`, `-S`), Flask,
/// uvicorn, Django, Node (`-r`).
const MODULE_OPTIONS: [&str; 25] = [
    "-A",
    "-P",
    "-S",
    "-k",
    "-m",
    "-r",
    "--app",
    "--experimental-loader",
    "--factory",
    "--http",
    "--import",
    "--interface",
    "--loader",
    "--logger-class",
    "--loop",
    "--pool",
    "--require",
    "--scheduler",
    "--server",
    "--settings",
    "--transport",
    "--worker-class",
    "--worker",
    "--ws",
    "--wsgi-file",
];

/// Variables whose value is a list of arguments.
const ARGUMENT_VARIABLES: [&str; 3] = ["GUNICORN_CMD_ARGS", "NODE_OPTIONS", "PYTEST_ADDOPTS"];

/// Names of variables that name modules end so.
const MODULE_ENDINGS: [&str; 8] =
    ["ADAPTER", "BACKEND", "CLASS", "DIALECT", "DRIVER", "ENGINE", "LOADER", "MODULE"];

/// Other variables that name modules.
const MODULE_VARIABLES: [&str; 7] =
    ["CELERY_APP", "FLASK_APP", "MPLBACKEND", "UVICORN_APP", "UVICORN_HTTP", "UVICORN_LOOP", "UVICORN_WS"];

/// Splits a command line at spaces, quotes and the operators of a shell.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |character: char| character.is_whitespace() || "\"'`\\;&|(){}[]<>,".contains(character);
    text.split(is_end).filter(|word| !word.is_empty())
}

/// What the words of a command name. Any word but an option may be a program: wrappers take programs as arguments.
#[must_use]
pub fn names<'a>(words: &[&'a str]) -> Vec<(MentionKind, &'a str)> {
    let mut names = Vec::new();
    for (at, &word) in words.iter().enumerate() {
        // `python -c "import a"`, `node -e "require('a')"`
        if at > 0 && matches!(words[at - 1], "import" | "from" | "require") {
            names.extend(module(word).map(|name| (MentionKind::Module, name)));
        }
        if word.starts_with('-') {
            let (option, value) = match word.split_once('=') {
                Some((option, value)) => (option, Some(value)),
                // `-kgevent`
                None if matches!(word.get(..2), Some("-k" | "-A" | "-P")) && word.len() > 2 => {
                    (&word[..2], Some(&word[2..]))
                }
                None => (word, words.get(at + 1).copied()),
            };
            if MODULE_OPTIONS.contains(&option) {
                names.extend(value.and_then(module).map(|name| (MentionKind::Module, name)));
            }
            names.extend(value.and_then(driver).map(|name| (MentionKind::Driver, name)));
        } else if let Some((variable, value)) = word.split_once('=') {
            names.extend(variable_names(variable, value));
        } else {
            names.extend(driver(word).map(|name| (MentionKind::Driver, name)));
            if word.contains(['.', ':']) && !word.contains("://") && !word.ends_with(':') {
                names.extend(module(word).map(|name| (MentionKind::Module, name)));
            }
            names.extend(program(word).map(|name| (MentionKind::Program, name)));
        }
    }
    names
}

/// What the value of an environment variable names.
#[must_use]
pub fn variable_names<'a>(variable: &str, value: &'a str) -> Vec<(MentionKind, &'a str)> {
    if is_secret(variable) {
        return driver(value).map(|name| (MentionKind::Driver, name)).into_iter().collect();
    }
    if ARGUMENT_VARIABLES.contains(&variable) {
        let mut named = names(&words(value).collect::<Vec<_>>());
        named.retain(|(kind, _)| *kind != MentionKind::Program);
        return named;
    }
    let last = variable.rsplit('_').next().unwrap_or(variable);
    if MODULE_ENDINGS.contains(&last) || MODULE_VARIABLES.contains(&variable) {
        return words(value).filter_map(module).map(|name| (MentionKind::Module, name)).collect();
    }
    driver(value).map(|name| (MentionKind::Driver, name)).into_iter().collect()
}

/// Whether a name says that its value is a secret, which is not kept.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 9] =
        ["secret", "passw", "passphrase", "token", "credential", "private", "salt", "cookie", "api_key"];
    const ENDINGS: [&str; 7] = ["auth", "key", "login", "pass", "pw", "pwd", "sig"];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word)) || ENDINGS.iter().any(|end| name.ends_with(end))
}

/// The module of `package.module:attribute`, of `@scope/name/part`, or of `a.b.Class`.
#[must_use]
pub fn module(text: &str) -> Option<&str> {
    let text = text.split(':').next()?;
    let first = *text.as_bytes().first()?;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./@".contains(&byte) || byte >= 0x80;
    let is_module = (first.is_ascii_alphabetic() || matches!(first, b'_' | b'@') || first >= 0x80)
        && text.len() <= MAX_NAME
        && text.bytes().all(is_part);
    is_module.then_some(text)
}

/// The scheme of an address that a driver answers to: `postgresql+psycopg2` of `postgresql+psycopg2://…`.
#[must_use]
pub fn driver(text: &str) -> Option<&str> {
    const OF_NETWORKS: [&str; 12] =
        ["http", "https", "file", "tcp", "udp", "unix", "ws", "wss", "git", "ssh", "ftp", "mailto"];
    let (scheme, _) = text.split_once("://")?;
    // `DATABASE_URL=postgres://…`, `url: 'postgres://…`
    let is_end = |character: char| !(character.is_ascii_alphanumeric() || "+-._".contains(character));
    let scheme = scheme.rsplit(is_end).next()?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.len() <= 60;
    (is_scheme && !OF_NETWORKS.contains(&scheme)).then_some(scheme)
}

/// A word that may be a program, with its directory.
#[must_use]
pub fn program(word: &str) -> Option<&str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./@+".contains(&byte);
    let is_program = word.len() <= MAX_NAME
        && word.bytes().all(is_part)
        && word.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_program.then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(names: &[(MentionKind, &str)]) -> String {
        let show = |(kind, name): &(MentionKind, &str)| match kind {
            MentionKind::Module => (*name).to_owned(),
            MentionKind::Driver => format!("{name}:"),
            MentionKind::Program => format!("${name}"),
        };
        names.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    fn check(command: &str, expected: &str) {
        assert_eq!(shown(&names(&words(command).collect::<Vec<_>>())), expected, "{command}");
    }

    #[test]
    fn commands_name_programs_and_modules() {
        check(
            "gunicorn -k uvicorn.workers.UvicornWorker shop.asgi:application",
            "$gunicorn uvicorn.workers.UvicornWorker uvicorn.workers.UvicornWorker $uvicorn.workers.UvicornWorker \
             shop.asgi",
        );
        check("gunicorn --worker-class=gevent -b 0.0.0.0:80", "$gunicorn gevent");
        check("gunicorn -kgevent", "$gunicorn gevent");
        check(
            "python -m celery -A proj worker -P eventlet",
            "$python celery $celery proj $proj $worker eventlet $eventlet",
        );
        check(
            "node -r dotenv/config --import=@sentry/node/preload a.js",
            "$node dotenv/config $dotenv/config @sentry/node/preload a.js $a.js",
        );
        check("DB=postgresql+asyncpg://u:p@h/d FLASK_APP=shop:app run", "postgresql+asyncpg: shop $run");
        check("python -c 'import a, b'", "$python $import a $a $b");
        check("node -e \"require('a/b')\"", "$node $require a/b $a/b");
        check("celery -b redis://h:6379/0", "$celery redis: redis:");
    }

    #[test]
    fn variables_name_modules_and_never_secrets() {
        let check = |variable, value, expected: &str| {
            assert_eq!(shown(&variable_names(variable, value)), expected, "{variable}");
        };
        check("DJANGO_SETTINGS_MODULE", "shop.settings", "shop.settings");
        check("GUNICORN_CMD_ARGS", "--worker-class gevent --bind=:80", "gevent");
        check("NODE_OPTIONS", "--require dd-trace/init", "dd-trace/init");
        check("DATABASE_URL", "mysql+pymysql://u:p@h/d", "mysql+pymysql:");
        check("SECRET_BACKEND", "hunter", "");
        check("API_KEY", "hunter.two", "");
        check("GREETING", "hello", "");
        check("OAUTH_CLIENT", "hello", "");
        check("HOME_URL", "https://a.b", "");
    }

    #[test]
    fn any_text_is_read() {
        for text in ["", "-", "--", "=", "://", "-k", "é://", "-é", "a=b=c", "-k=", ":"] {
            drop(names(&[text, text]));
            drop(variable_names(text, text));
        }
    }
}
