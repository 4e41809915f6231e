//! What is the name of a host. A dotted word may as well be a file or a module of Python: its end decides, by the
//! Public Suffix List, and for ends that are both, what stands around it.

use psl::Psl as _;

use super::known;

/// What a word with dots is, as far as it says so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dotted {
    Host,
    /// It is one if it is used as one.
    Either,
    No,
}

/// Ends that no registry gives out, and that networks use inside.
const PRIVATE_ENDS: [&str; 24] = [
    "cluster",
    "consul",
    "corp",
    "domain",
    "example",
    "fritz",
    "home",
    "int",
    "internal",
    "intern",
    "intra",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localnet",
    "mesh",
    "onion",
    "priv",
    "private",
    "svc",
    "test",
    "vpn",
];

/// Top-level domains that are hardly ever the end of a file or a module.
const CLEAR_ENDS: [&str; 22] = [
    "ai", "arpa", "biz", "cloud", "co", "com", "company", "coop", "dev", "edu", "eu", "gov", "int", "io",
    "me", "mil", "museum", "net", "online", "org", "tech", "tv",
];

/// Top-level domains that are ends of files, or names in programs.
const FILE_ENDS: [&str; 48] = [
    "ac", "am", "as", "ash", "bz", "cat", "cc", "cfg", "do", "fm", "gz", "id", "in", "is", "java", "la",
    "lk", "mc", "md", "mk", "ml", "mm", "mov", "ms", "mv", "mp", "pl", "pm", "ps", "pub", "py", "rs", "ru",
    "sc", "sh", "so", "st", "sv", "tf", "to", "ts", "vi", "ws", "yaml", "zip", "rip", "bin", "run",
];

/// Ends of files that keep a host in their name: `db.acme.com.key`.
const KEPT_BY_HOST: [&str; 22] = [
    "bak", "cer", "cert", "conf", "crt", "csr", "env", "gz", "ini", "jks", "json", "key", "list", "log",
    "p12", "pem", "pfx", "repo", "tar", "txt", "yaml", "yml",
];

/// What stands before the dot in a file of settings: `.env.local`, `compose.test`.
const SETTINGS: [&str; 16] = [
    "app",
    "application",
    "appsettings",
    "compose",
    "conf",
    "config",
    "docker-compose",
    "dockerfile",
    "env",
    "makefile",
    "nginx",
    "rc",
    "requirements",
    "settings",
    "values",
    "webpack",
];

/// Whether a dotted word is a host. `name` is in lower case, without a dot at its ends.
pub(super) fn dotted(name: &str) -> Dotted {
    let Some((_, end)) = name.rsplit_once('.') else { return Dotted::No };
    if !is_well_formed(name) || known::is_software(name) {
        return Dotted::No;
    }
    let labels = name.split('.').count();
    let first = name.split('.').next().unwrap_or_default();
    if PRIVATE_ENDS.contains(&end) {
        let is_settings = labels == 2 && SETTINGS.contains(&first);
        return if is_settings { Dotted::No } else { Dotted::Host };
    }
    let Some(suffix) = psl::List.suffix(name.as_bytes()).filter(psl::Suffix::is_known) else {
        return Dotted::No;
    };
    let below = name.len().saturating_sub(suffix.as_bytes().len() + 1);
    // A version that ends in letters is none, and neither is a suffix alone.
    if below == 0 || !name[..below].contains(char::is_alphabetic) {
        return Dotted::No;
    }
    let is_several = suffix.as_bytes().contains(&b'.');
    match end {
        _ if is_several && labels > 2 => Dotted::Host,
        _ if CLEAR_ENDS.contains(&end) => Dotted::Host,
        _ if FILE_ENDS.contains(&end) => Dotted::Either,
        _ if end.len() == 2 || !end.is_ascii() || end.starts_with("xn--") => Dotted::Host,
        // No module has a hyphen in its name.
        _ if name.contains('-') => Dotted::Host,
        _ => Dotted::Either,
    }
}

/// Whether a label alone is what domains end in: `com`, `local`.
pub(super) fn is_end(label: &str) -> bool {
    PRIVATE_ENDS.contains(&label)
        || psl::List
            .suffix(label.as_bytes())
            .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes().len() == label.len())
}

/// The host of a special file of bash: `/dev/tcp/db-prod-1/5432`.
pub(super) fn of_device(word: &str) -> Option<std::ops::Range<usize>> {
    let at = ["/dev/tcp/", "/dev/udp/"].iter().find_map(|place| Some(word.find(place)? + place.len()))?;
    let host = word[at..].split('/').next().unwrap_or_default();
    let lower = host.to_lowercase();
    let is_told = is_host(host) && !known::is_common(&lower) && !known::is_public_host(&lower);
    is_told.then_some(at..at + host.len())
}

/// Servers whose nodes are called `rabbit@host`.
const NODES: [&str; 6] = ["couchdb", "ejabberd", "emqx", "rabbit", "riak", "vernemq"];

/// Whether an account is one that nodes of Erlang have before their host.
pub(super) fn is_node(account: &str) -> bool {
    NODES.contains(&account)
}

/// The host that a file is named after: `db.acme.com` of `db.acme.com.key`.
pub(super) fn of_file(name: &str) -> Option<&str> {
    let mut stem = name;
    while let Some((before, end)) = stem.rsplit_once('.') {
        if !KEPT_BY_HOST.contains(&end) {
            break;
        }
        stem = before;
    }
    let end = stem.rsplit_once('.')?.1;
    let is_clear =
        stem.len() < name.len() && matches!(end, "com" | "net" | "org" | "corp" | "lan" | "internal" | "eu");
    (is_clear && dotted(stem) == Dotted::Host).then_some(stem)
}

/// Whether a word can be a host where one is expected: one label is enough.
pub(super) fn is_host(name: &str) -> bool {
    is_well_formed(name) && name.contains(char::is_alphabetic) && !known::is_no_host(&name.to_lowercase())
}

fn is_well_formed(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|char| char.is_alphanumeric() || "-_".contains(char))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether a word of one label, before a port, can be nothing but a host: `db-prod-1:5432`.
pub(super) fn is_numbered(label: &str, port: &str) -> bool {
    let number = label.rsplit_once('-').map(|(_, number)| number);
    (2..=5).contains(&port.len())
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        && is_host(label)
}

/// The domain whose reversed name a word begins with, and how much of the word that is: `com.acme` of `com.acme.team`.
pub(super) fn reversed(word: &str, is_label: bool) -> Option<(String, usize)> {
    let lower = word.to_ascii_lowercase();
    let labels: Vec<&str> = lower.split('.').collect();
    let [first, second, rest @ ..] = &labels[..] else { return None };
    let is_clear = matches!(*first, "com" | "org" | "net" | "io" | "dev");
    let is_country =
        first.len() == 2 && psl::List.suffix(first.as_bytes()).is_some_and(|suffix| suffix.is_known());
    if rest.is_empty() || !(is_clear || is_label && is_country) || !is_host(second) {
        return None;
    }
    let is_several = |two: &str| {
        psl::List
            .suffix(two.as_bytes())
            .is_some_and(|found| found.is_known() && found.as_bytes().len() == two.len())
    };
    // `uk.co.acme`: the suffix has two labels.
    let count = if is_country && is_several(&format!("{second}.{first}")) && rest.len() > 1 { 3 } else { 2 };
    let name = &labels[..count];
    let two = format!("{first}.{second}");
    if known::is_public_reversed(&two) {
        return None;
    }
    let forward: Vec<&str> = name.iter().rev().copied().collect();
    let forward = forward.join(".");
    let length = name.iter().map(|label| label.len() + 1).sum::<usize>() - 1;
    (!known::is_public_host(&forward)).then_some((forward, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_says_what_it_is_or_leaves_it_open() {
        for host in [
            "registry.acme.com",
            "db_prod.acme.com",
            "acme.co.uk",
            "build7.planted.example",
            "db.internal",
            "nas.fritz.box.home",
            "a.rds.amazonaws.com",
            "acme.azurecr.io",
            "shop.acme.de",
            "bücher.de",
            "xn--bcher-kva.de",
            "acme-corp.systems",
            "printer.local",
            "db.prod.svc",
            "acme.eu",
            "münchen.example",
        ] {
            assert_eq!(dotted(host), Dotted::Host, "{host}");
        }
        for file in [
            "main.py",
            "app.rs",
            "install.sh",
            "libc.so",
            "readme.md",
            "config.ru",
            "data.zip",
            "main.app",
            "logging.info",
            "id_rsa.pub",
            "requirements.in",
            "make.run",
        ] {
            assert_eq!(dotted(file), Dotted::Either, "{file}");
        }
        for other in [
            "app.main",
            "index.js",
            "2.4.1",
            "v1.0.json",
            "asp.net",
            "env.local",
            "co.uk",
            "a..com",
            "socket.io",
            "1.0.dev",
        ] {
            assert_eq!(dotted(other), Dotted::No, "{other}");
        }
    }

    #[test]
    fn reversed_names_and_names_of_files_hold_hosts() {
        let of = |word, is_label| reversed(word, is_label).map(|(name, length)| (name, &word[..length]));
        assert_eq!(of("com.acme.team", true), Some(("acme.com".to_owned(), "com.acme")));
        assert_eq!(of("uk.co.acme.team", true), Some(("acme.co.uk".to_owned(), "uk.co.acme")));
        assert_eq!(of("de.acme.x", true), Some(("acme.de".to_owned(), "de.acme")));
        assert_eq!(of("de.acme.x", false), None);
        assert_eq!(of("com.docker.compose.project", true), None);
        assert_eq!(of("org.opencontainers.image.title", true), None);
        assert_eq!(of_file("db.acme.com.crt"), Some("db.acme.com"));
        assert_eq!(of_file("app.conf"), None);
    }
}
