//! Where in a text secrets are: by the name in front of them, by what commands take, by their form, and by being noise.
//!
//! Rather too much than too little is found: whoever reads a report misses a word of an instruction less than a password.

use std::borrow::Cow;
use std::ops::Range;

use super::{REMOVED, SECRET_WORDS, without};

/// What stands between the arguments of a command while they are looked at together.
const BETWEEN: char = '\u{1f}';

/// Forms of tokens, besides those that are a finding wherever they lie.
const MORE_PREFIXES: [&str; 44] = [
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "glrt-",
    "gldt-",
    "glcbt-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxr-",
    "xoxs-",
    "xapp-",
    "sk-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "hf_",
    "npm_",
    "pypi-",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "eyJ",
    "dckr_pat_",
    "dop_v1_",
    "shpat_",
    "SG.",
    "sq0atp-",
    "sq0csp-",
    "lin_api_",
    "rubygems_",
    "hvs.",
    "glsa_",
    "gsk_",
    "r8_",
    "tskey-",
    "AGE-SECRET-KEY-",
];

/// What comes before the secret part of an address.
const HOOKS: [&str; 4] =
    ["hooks.slack.com/services/", "/api/webhooks/", "api.telegram.org/bot", "/webhookb2/"];

/// The longest address that is looked at as a whole.
const LONGEST: usize = 4096;

/// Schemes of the header `Authorization`.
const SCHEMES: [&str; 6] = ["bearer", "basic", "token", "digest", "negotiate", "apikey"];

/// What is to be taken out of a text. With `noise`, also what only looks random.
pub(super) fn ranges(text: &str, noise: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    keys(text, &mut found);
    named(text, &mut found);
    commands(text, &mut found);
    addresses(text, &mut found);
    tokens(text, &mut found);
    if noise {
        random(text, &mut found);
    }
    found
}

/// A text without logins in addresses, keys and tokens of known forms: for names and messages, in which anything else
/// is what it is about.
pub(crate) fn credentials(text: &str) -> Cow<'_, str> {
    let mut found = Vec::new();
    keys(text, &mut found);
    addresses(text, &mut found);
    tokens(text, &mut found);
    without(text, found)
}

/// What a parser says is wrong, without what it quotes: it may be a value of a variable.
pub(crate) fn message(text: &str) -> String {
    // Some show the line that is wrong below.
    super::text(&unquoted(text.lines().next().unwrap_or_default())).into_owned()
}

/// What a program says, without what parsers quote, and without logins and tokens of known forms.
pub(crate) fn said(text: &str) -> String {
    credentials(&unquoted(text)).into_owned()
}

fn unquoted(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("string \"") {
        let value = start + "string \"".len();
        out.push_str(&rest[..value]);
        out.push_str(REMOVED);
        // A quote inside is escaped, so that the last one in front of what was expected ends it.
        let end = rest[value..].find("\", ").or_else(|| rest[value..].rfind('"'));
        rest = end.map_or("", |end| &rest[value + end..]);
    }
    out.push_str(rest);
    out
}

/// The arguments of a command. The value of an option may stand in an argument of its own.
pub(crate) fn arguments(list: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    let list: Vec<String> =
        list.into_iter().map(|argument| argument.as_ref().replace(BETWEEN, " ")).collect();
    if list.is_empty() {
        return list;
    }
    let joined = list.join(&BETWEEN.to_string());
    let kept = super::text(&joined);
    let kept: Vec<String> = kept.split(BETWEEN).map(ToOwned::to_owned).collect();
    // Whatever was found lies in one argument, so as many are left as there were.
    if kept.len() == list.len() { kept } else { vec![REMOVED.to_owned(); list.len()] }
}

/// Whether the value of what has this name may not be shown. More than is a finding.
pub(super) fn is_secret_name(name: &str) -> bool {
    const EXACT: [&str; 9] = ["key", "pass", "pw", "sig", "signature", "sas", "pat", "otp", "psk"];
    const ENDS: [&str; 9] = [
        "passphrase",
        "passcode",
        "connectionstring",
        "connection_string",
        "cookie",
        "_pat",
        "webhook",
        "dsn",
        "_pw",
    ];
    const NONE: [&str; 7] =
        ["compass", "bypass", "monkey", "publickey", "public_key", "public-key", "pubkey"];
    let name = name.trim_start_matches('-').to_ascii_lowercase().replace("author", "").replace("unauth", "");
    // `authorization` is what is left of its name.
    let is_header = name.ends_with("ization");
    is_header
        || !NONE.iter().any(|end| name.ends_with(end))
            && (SECRET_WORDS.iter().any(|word| name.contains(word))
                || EXACT.contains(&&*name)
                || ENDS.iter().any(|end| name.ends_with(end))
                || name.ends_with("pass")
                || name.ends_with("key"))
}

/// Whether a label holds a digest or a commit: noise, and no secret.
pub(super) fn names_digest(name: &str) -> bool {
    const ENDS: [&str; 9] =
        ["revision", "digest", "commit", "ref", "sha", "checksum", "hash", "version", "id"];
    let name = name.to_ascii_lowercase();
    ENDS.iter().any(|end| name.ends_with(end))
}

/// Private keys in PEM, to their end.
fn keys(text: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(at) = text[from..].find("PRIVATE KEY-----").map(|at| from + at + "PRIVATE KEY-----".len())
    {
        let rest = &text[at..];
        let end = rest.find("-----END").or_else(|| rest.find(BETWEEN)).unwrap_or(rest.len());
        found.push(at..at + end);
        from = at + end;
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// `TOKEN=x`, `password: x`, `"secret": "x"`, `Server=a;Password=x y;`.
fn named(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, separator) in text.match_indices(['=', ':']) {
        if at < done {
            continue;
        }
        let is_colon = separator == ":";
        let mut end = at;
        while end > done && matches!(bytes[end - 1], b'"' | b'\'' | b'\\' | b' ') {
            end -= 1;
        }
        let is_spaced = text[end..at].contains(' ');
        let mut start = end;
        while start > done && is_name(bytes[start - 1]) {
            start -= 1;
        }
        let name = &text[start..end];
        if name.is_empty() || !is_secret_name(name) {
            continue;
        }
        let mut value = at + 1;
        if bytes.get(value) == Some(&b'=') {
            continue;
        }
        if is_colon || is_spaced {
            value += text[value..].len() - text[value..].trim_start_matches(' ').len();
        }
        // `auth:1.2` is an image far more often than a login.
        let is_image = is_colon && value == at + 1 && end == at && !names_password(name);
        // What is a list or a map has names of its own.
        let is_nested = is_colon && text[value..].starts_with(['{', '[']);
        if is_image || is_nested || text[value..].starts_with("//") {
            continue;
        }
        let mut range = value_at(text, value, start > 0 && bytes[start - 1] == b';');
        if is_colon && SCHEMES.iter().any(|scheme| text[range.clone()].eq_ignore_ascii_case(scheme)) {
            let next =
                range.end + (text[range.end..].len() - text[range.end..].trim_start_matches(' ').len());
            range = value_at(text, next, false);
        }
        done = range.end.max(at + 1);
        if !is_harmless(&text[range.clone()]) {
            found.push(range);
        }
    }
}

fn names_password(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "pwd", "secret", "apikey", "api_key", "access_key"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// The value that begins here, without its quotes.
fn value_at(text: &str, start: usize, is_connection: bool) -> Range<usize> {
    let rest = &text[start..];
    for quote in ["\\\"", "\\'", "\"", "'"] {
        if let Some(inner) = rest.strip_prefix(quote) {
            let from = start + quote.len();
            let end = inner.find(quote).or_else(|| inner.find([BETWEEN, '\n'])).unwrap_or(inner.len());
            return from..from + end;
        }
    }
    let is_end = |char: char| {
        char == BETWEEN
            || matches!(char, ';' | '"' | '\'' | '\n')
            || !is_connection && (char.is_whitespace() || matches!(char, '&' | '|' | ')' | '`' | '<'))
    };
    start..start + rest.find(is_end).unwrap_or(rest.len())
}

/// A variable, a path, a switch: what stands for a secret, or for none.
fn is_harmless(value: &str) -> bool {
    const SWITCHES: [&str; 9] = ["", "true", "false", "yes", "no", "none", "null", "0", "1"];
    let is_word = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let variable = value.strip_prefix('$');
    let braces =
        |rest: &str| rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(is_word);
    SWITCHES.contains(&&*value.to_ascii_lowercase())
        || value.starts_with(REMOVED)
        || variable.is_some_and(|rest| is_word(rest) || braces(rest) || rest.starts_with('('))
        || value.starts_with('/') && !value.split('/').any(is_random)
}

/// A word, and whether the one before it is another argument.
struct Word<'a> {
    text: &'a str,
    start: usize,
    /// To the end of the argument, if the text is a list of them.
    argument_end: usize,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut position = 0;
    let is_list = text.contains(BETWEEN);
    for argument in text.split(BETWEEN) {
        let end = position + argument.len();
        let mut start = position;
        for word in argument.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end();
            if !bare.is_empty() {
                let argument_end = if is_list { end } else { start + bare.len() };
                words.push(Word { text: bare, start, argument_end });
            }
            start += word.len();
        }
        position = end + BETWEEN.len_utf8();
    }
    words
}

/// What commands take as a password, and what stands behind a word that announces one.
fn commands(text: &str, found: &mut Vec<Range<usize>>) {
    let words = words(text);
    let mut begin = 0;
    while begin < words.len() {
        let is_end = |word: &Word<'_>| {
            matches!(word.text, "|" | "||" | "&&" | "&" | ";" | "#") || word.text.ends_with(';')
        };
        let length = words[begin..].iter().position(is_end).map_or(words.len() - begin, |at| at + 1);
        let segment = &words[begin..begin + length];
        command(segment, found);
        // `echo x | docker login --password-stdin`
        let next = &words[begin + length..];
        let next = &next[..next.iter().position(is_end).unwrap_or(next.len())];
        let takes = |word: &Word<'_>| {
            word.text.ends_with("chpasswd") || word.text.contains("-stdin") || word.text == "--stdin"
        };
        if segment.last().is_some_and(|word| word.text == "|") && next.iter().any(takes) {
            for word in segment
                .iter()
                .filter(|word| word.text != "|")
                .skip_while(|word| !matches!(program(word), "echo" | "printf"))
                .skip(1)
                .filter(|word| !word.text.starts_with('-'))
            {
                push(word, 0, found);
            }
        }
        begin += length;
    }
}

/// A word without the quotes and brackets around it.
fn quoted(word: &str) -> &str {
    word.trim_matches(|char: char| matches!(char, '"' | '\'' | '[' | ']' | ',' | '(' | ')' | '`' | ';'))
}

/// The program that a word calls, perhaps by its path, perhaps behind the name of a label.
fn program<'a>(word: &Word<'a>) -> &'a str {
    quoted(word.text).rsplit(['/', '=']).next().unwrap_or_default()
}

/// Takes out a word from a place in it on, without the quotes around it.
fn push(word: &Word<'_>, from: usize, found: &mut Vec<Range<usize>>) {
    let end = word.argument_end.max(word.start + word.text.len());
    let is_list = end > word.start + word.text.len();
    let mut start = word.start + from;
    let mut stop = end;
    if !is_list {
        let rest = &word.text[from..];
        let inner = rest.trim_start_matches(['"', '\'', '\\']);
        start += rest.len() - inner.len();
        stop = start + inner.trim_end_matches(['"', '\'', '\\', ';', ',', ']', ')']).len();
    }
    if start < stop && (is_list || !is_harmless(&word.text[start - word.start..stop - word.start])) {
        found.push(start..stop);
    }
}

fn command(words: &[Word<'_>], found: &mut Vec<Range<usize>>) {
    let names: Vec<&str> = words.iter().map(program).collect();
    let has = |list: &[&str]| names.iter().any(|name| list.contains(name));
    let is_login = has(&["login"]);
    let is_client =
        has(&["curl", "wget", "http", "skopeo", "svn", "smbclient", "lftp", "crane", "oras", "xh"]);
    let short_password = is_login
        || has(&[
            "mysql",
            "mysqldump",
            "mysqladmin",
            "mariadb",
            "mariadb-dump",
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "sshpass",
            "twine",
            "7z",
            "7za",
        ]);
    let password_option = |option: &str| match option {
        "-p" => short_password,
        "-P" => has(&["sqlcmd", "unzip", "zip", "bcp"]),
        "-a" => has(&["redis-cli"]),
        "-w" => has(&["ldapsearch", "ldapadd", "ldapmodify", "ldapwhoami"]),
        _ => false,
    };
    for (index, word) in words.iter().enumerate() {
        let bare = quoted(word.text);
        let offset = word.text.find(bare).unwrap_or(0);
        let lower = bare.to_ascii_lowercase();
        if let Some(at) = lower.find("pass:").filter(|at| *at == 0 || lower.as_bytes()[at - 1] == b'=') {
            push(word, offset + at + "pass:".len(), found);
        }
        // `-psecret`, `-Psecret`: a letter, and the rest.
        if bare.len() > 2
            && bare.is_char_boundary(2)
            && !bare.starts_with("--")
            && password_option(&bare[..2])
        {
            push(word, offset + 2, found);
        }
        if let Some(login) = ["--user=", "--proxy-user=", "--creds=", "--src-creds=", "--dest-creds=", "-u"]
            .iter()
            .find_map(|option| bare.strip_prefix(option))
            .filter(|login| is_client && login.contains(':'))
        {
            push(word, word.text.len() - word.text[offset..].len() + (bare.len() - login.len()), found);
        }
        let Some(next) = words.get(index + 1) else { continue };
        let is_option = bare.starts_with('-') && !bare.contains('=');
        let is_announced = matches!(&*lower, "password" | "passwd" | "bearer" | "basic")
            || lower == "by" && index > 0 && quoted(words[index - 1].text).eq_ignore_ascii_case("identified");
        let is_silent =
            ["-stdin", "-file", "-path", "-type", "-key-file"].iter().any(|end| lower.ends_with(end))
                || lower.starts_with("--no-");
        let takes_login = matches!(
            bare,
            "-u" | "--user" | "-U" | "--proxy-user" | "--creds" | "--src-creds" | "--dest-creds"
        );
        let is_secret =
            is_option && !is_silent && bare.len() > 2 && is_secret_name(bare) || password_option(bare);
        let is_login = is_client && takes_login && next.text.contains(':');
        if is_secret && !next.text.starts_with('-') || is_announced || is_login {
            push(next, 0, found);
        }
    }
    if has(&["htpasswd"]) && words.iter().any(|word| word.text.starts_with('-') && word.text.contains('b')) {
        let operands = words.iter().skip_while(|word| program(word) != "htpasswd").skip(1);
        let operands = operands.filter(|word| !word.text.starts_with('-') && word.text.len() > 2);
        if let Some(last) = operands.last() {
            push(last, 0, found);
        }
    }
}

/// Logins in addresses: `https://user:x@host`, `user:x@tcp(host)`; and addresses that are secrets themselves.
fn addresses(text: &str, found: &mut Vec<Range<usize>>) {
    let is_end = |char: char| char.is_whitespace() || matches!(char, '"' | '\'' | '`' | '<' | '>' | BETWEEN);
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        // No address is longer, and to look further for each of many would take forever.
        let rest = &text[start..text.floor_char_boundary(start.saturating_add(LONGEST))];
        let whole = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        let authority = &whole[..whole.find(['/', '?', '#', ',']).unwrap_or(whole.len())];
        // A password may hold what ends an authority, if nobody escaped it.
        let is_open = authority
            .split_once(':')
            .is_some_and(|(_, port)| port.bytes().any(|byte| !byte.is_ascii_digit()));
        let end = authority.rfind('@').or_else(|| is_open.then(|| whole.rfind('@')).flatten());
        if let Some(login) = end.map(|end| &whole[..end])
            && (login.contains(':') || login.len() >= 16)
            && !login.starts_with(['$', '…'])
        {
            found.push(start..start + login.len());
        }
    }
    let mut from = 0;
    for word in text.split_inclusive(is_end) {
        let (start, bare) = (from, word.trim_end_matches(is_end));
        from += word.len();
        // `me:secret@tcp(db:3306)/app`, but neither `image:tag@sha256:…` nor `git@host:path`.
        if !bare.contains("://")
            && let Some((login, host)) = bare.split_once('@')
            && let Some((user, password)) = login.split_once(':')
            && !user.is_empty()
            && !password.is_empty()
            && !host.starts_with("sha")
            && !user.contains(['/', '.'])
        {
            found.push(start + user.len() + 1..start + login.len());
        }
    }
    for hook in HOOKS {
        let mut from = 0;
        while let Some(at) = text[from..].find(hook) {
            let start = from + at + hook.len();
            from = start + text[start..].find(is_end).unwrap_or(text.len() - start);
            found.push(start..from);
        }
    }
    found.retain(|range| !range.is_empty());
}

/// Tokens of known forms, wherever they stand.
fn tokens(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for prefix in MORE_PREFIXES {
        let mut from = 0;
        while let Some(at) = text[from..].find(prefix).map(|at| from + at) {
            from = at + prefix.len();
            if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
                continue;
            }
            let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.~".contains(byte);
            let length = bytes[from..].iter().copied().take_while(|byte| is_inside(byte)).count();
            let length = text[from..from + length].trim_end_matches('.').len();
            if length >= 16 {
                found.push(at..from + length);
            }
            from += length;
        }
    }
}

/// What looks random, and is not announced as a digest.
fn random(text: &str, found: &mut Vec<Range<usize>>) {
    const DIGESTS: [&str; 14] = [
        "sha256:", "sha512:", "sha384:", "sha1:", "md5:", "file:", "dir:", "multi:", "sha256/", "sha512-",
        "sha384-", "sha256-", "sha1-", "store/",
    ];
    // Whoever compares digests, fetches keys or checks out commits names them by noise.
    const WORDS: [&str; 9] =
        ["sum", "gpg", "GPG", "keyserver", "checkout", "commit", "sha256", "SHA256", "sha512"];
    let has_digests = WORDS.iter().any(|word| text.contains(word));
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b"+/_=-".contains(&byte);
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        if !is_inside(bytes[start]) {
            start += 1;
            continue;
        }
        let length = bytes[start..].iter().take_while(|byte| is_inside(**byte)).count();
        let run = &text[start..start + length];
        let is_digest = DIGESTS.iter().any(|digest| text[..start].ends_with(digest) || run.contains(digest));
        if !is_digest {
            noise(run, start, has_digests, found);
        }
        start += length;
    }
}

fn noise(run: &str, start: usize, has_digests: bool, found: &mut Vec<Range<usize>>) {
    let mut check = |part: &str, at: usize| {
        // A value stands behind its name, and padding behind the value.
        let name = part.trim_end_matches('=').rfind('=').map_or(0, |equals| equals + 1);
        let value = &part[name..];
        let is_hex = value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        if if is_hex { !has_digests && mixes(value) } else { is_random(value) } {
            found.push(at + name..at + part.len());
            return true;
        }
        false
    };
    if !run.contains('/') {
        check(run, start);
        return;
    }
    // Base64 may hold slashes; a path has words between them.
    if !run.starts_with('/') && mixes_all(run) && run.len() >= 24 && check(run, start) {
        return;
    }
    let mut at = start;
    for part in run.split('/') {
        check(part, at);
        at += part.len() + 1;
    }
}

fn mixes(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn mixes_all(text: &str) -> bool {
    mixes(text)
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether a word changes between kinds of letters as often as no word does.
fn is_random(word: &str) -> bool {
    if word.len() < 24 || !mixes(word) {
        return false;
    }
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let bytes = word.as_bytes();
    let changes = bytes.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    let signs = bytes.iter().filter(|byte| kind(**byte) == 3).count();
    // Digits between dashes are dates, versions and UUIDs.
    changes.saturating_sub(signs * 2) * 10 >= word.len() * 3
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;

    #[test]
    fn commands_give_nothing_away() {
        for (command, kept) in [
            ("mysql -uroot -phunter2 app", "mysql -uroot -p… app"),
            ("mkdir -p /srv/app && tar -xpf x.tar", "mkdir -p /srv/app && tar -xpf x.tar"),
            ("docker login -u me -p hunter2 host", "docker login -u me -p … host"),
            (
                "echo hunter2 | docker login -u me --password-stdin",
                "echo … | docker login -u me --password-stdin",
            ),
            ("echo 'root:hunter2' | chpasswd", "echo '…' | chpasswd"),
            ("curl -u me:hunter2 https://host", "curl -u … https://host"),
            ("curl -H 'X-Api-Key: hunter2' host", "curl -H 'X-Api-Key: …' host"),
            ("htpasswd -bc /etc/nginx/users me hunter2", "htpasswd -bc /etc/nginx/users me …"),
            (
                "psql -c \"ALTER USER me IDENTIFIED BY 'hunter2'\"",
                "psql -c \"ALTER USER me IDENTIFIED BY '…'\"",
            ),
            ("openssl rsa -passin pass:hunter2", "openssl rsa -passin pass:…"),
            ("machine host login me password hunter2", "machine host login me password …"),
            ("Server=db;Password=my hunter2;App=x", "Server=db;Password=…;App=x"),
            (
                "{\"auths\":{\"host\":{\"auth\":\"bWU6aHVudGVyMg==\"}}}",
                "{\"auths\":{\"host\":{\"auth\":\"…\"}}}",
            ),
            ("me:hunter2@tcp(db:3306)/app", "me:…@tcp(db:3306)/app"),
            ("repo/image:1.2@sha256:abc", "repo/image:1.2@sha256:abc"),
            ("wget https://host/x?sig=abc%2Bdef&y=1", "wget https://host/x?sig=…&y=1"),
        ] {
            assert_eq!(text(command), kept);
        }
        assert_eq!(arguments(["serve", "--password", "two words", "-v"]), ["serve", "--password", "…", "-v"]);
    }

    #[test]
    fn noise_is_taken_out_and_names_stay() {
        for (command, kept) in [
            ("cmd wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY9", "cmd …"),
            ("cmd 0123456789abcdef0123456789abcdef", "cmd …"),
            (
                "echo 0123456789abcdef0123456789abcdef | md5sum -c",
                "echo 0123456789abcdef0123456789abcdef | md5sum -c",
            ),
        ] {
            assert_eq!(text(command), kept);
        }
        for plain in [
            "COPY file:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef in /app",
            "apt-get install -y --no-install-recommends libglib2.0-0t64 python3.12-venv=3.12.3-1ubuntu0.5",
            "RUN /usr/lib/x86_64-linux-gnu/libstdc++6/ld-linux-x86-64-v3/gconv-modules",
            "pip install torch==2.4.1+cu124 --index-url https://download.pytorch.org/whl/cu124",
            "org.opencontainers.image.authors=me",
        ] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn a_parser_quotes_nothing() {
        let said = message("invalid type: string \"hunter2\", expected u64 at line 1 column 20");
        assert_eq!(said, "invalid type: string \"…\", expected u64 at line 1 column 20");
    }
}
