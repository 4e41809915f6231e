//! Files that hold a secret: keys, logins and tokens that were left in. Only that they are there is noted, and of what
//! kind they are; never what they hold.

use plimsoll_snapshot::{Order as _, SecretFact, SecretKind};
use serde_json::Value;

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::redact;

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "secrets", wants, read: Read::Whole(read), complete: nothing };

/// The largest file that is looked at: keys and settings are small.
const LARGEST: u64 = 1 << 20;

/// One kind of file that may hold a secret.
struct Rule {
    /// Whether a file is of the kind, by its path and its name.
    wants: fn(&[u8], &[u8]) -> bool,
    /// Which secret it holds, if it holds one.
    find: fn(&str) -> Option<SecretKind>,
}

const RULES: &[Rule] = &[
    Rule { wants: is_key_file, find: private_key },
    Rule { wants: is_environment, find: environment },
    Rule { wants: is_sample, find: token },
    Rule { wants: is_package_registry, find: package_registry },
    Rule { wants: |_, name| matches!(name, b".netrc" | b"_netrc"), find: netrc },
    Rule { wants: is_git, find: git },
    Rule { wants: is_registry_login, find: registry_login },
    Rule { wants: is_cloud_settings, find: cloud_settings },
    Rule { wants: is_cloud_json, find: cloud_json },
    Rule { wants: is_kubeconfig, find: cluster },
    Rule { wants: |_, name| name == b".pgpass", find: pgpass },
    Rule { wants: |_, name| matches!(name, b".my.cnf" | b"my.cnf" | b".mylogin.cnf"), find: mysql },
    Rule { wants: is_settings, find: token },
];

fn wants(candidate: &Candidate<'_>) -> bool {
    (1..=LARGEST).contains(&candidate.size)
        && (is_key_store(candidate.name)
            || RULES.iter().any(|rule| (rule.wants)(candidate.path, candidate.name)))
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let name = plimsoll_snapshot::path::name(file.path);
    let text = file.text();
    let rules = RULES.iter().filter(|rule| (rule.wants)(file.path, name));
    let mut kinds: Vec<_> = rules.filter_map(|rule| (rule.find)(&text)).collect();
    // A key store (PKCS #12) is a sequence in DER, and keys in it are encrypted.
    if is_key_store(name) && file.bytes.starts_with(&[0x30]) {
        kinds.push(SecretKind::EncryptedPrivateKey);
    }
    kinds.order();
    kinds.dedup();
    // What is known more exactly is not also called a token.
    if kinds.len() > 1 {
        kinds.retain(|kind| *kind != SecretKind::Token);
    }
    catalog.secrets.extend(kinds.into_iter().map(|kind| SecretFact { entry: file.entry, kind }));
}

/// Whether a path is that of a file in a directory: `.aws/credentials`.
fn lies_at(path: &[u8], end: &[u8]) -> bool {
    path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with(b"/"))
}

fn ends_with_any(name: &[u8], ends: &[&[u8]]) -> bool {
    ends.iter().any(|end| name.ends_with(end))
}

fn is_key_store(name: &[u8]) -> bool {
    ends_with_any(name, &[b".p12", b".pfx"])
}

fn is_key_file(_: &[u8], name: &[u8]) -> bool {
    ends_with_any(
        name,
        &[b".pem", b".key", b".ppk", b"_key", b"_rsa", b"_dsa", b"_ecdsa", b"_ed25519", b"-key"],
    ) || name == b"identity"
}

/// A private key in PEM (RFC 7468), of OpenSSH, or of PuTTY.
fn private_key(text: &str) -> Option<SecretKind> {
    if let Some(putty) = text.strip_prefix("PuTTY-User-Key-File-") {
        let is_plain = putty.lines().take(5).any(|line| line == "Encryption: none");
        return Some(if is_plain { SecretKind::PrivateKey } else { SecretKind::EncryptedPrivateKey });
    }
    let mut found = None;
    for (at, _) in text.match_indices("PRIVATE KEY-----") {
        let Some(label) = text[..at].rsplit("-----").next().and_then(|label| label.strip_prefix("BEGIN "))
        else {
            continue;
        };
        // In JSON and in environment files, line breaks are written out.
        let body = &text[at + "PRIVATE KEY-----".len()..];
        let body = body.trim_start_matches(|char: char| char.is_whitespace() || "\\rn".contains(char));
        let is_encrypted = label == "ENCRYPTED "
            || body.starts_with("Proc-Type: 4,ENCRYPTED")
            || label == "OPENSSH " && !body.starts_with(PLAIN_OPENSSH);
        if is_encrypted {
            found = Some(SecretKind::EncryptedPrivateKey);
            continue;
        }
        let is_base64 = |char: &char| char.is_ascii_alphanumeric() || "+/=\n\r\\".contains(*char);
        // Less is no key, but an example of one.
        if body.chars().take(64).filter(is_base64).count() == 64 {
            return Some(SecretKind::PrivateKey);
        }
    }
    found
}

/// How a key of OpenSSH begins that no cipher protects: `openssh-key-v1`, and `none` as the name of the cipher
/// (OpenSSH, PROTOCOL.key).
const PLAIN_OPENSSH: &str = "b3BlbnNzaC1rZXktdjEAAAAABG5vbm";

fn is_environment(_: &[u8], name: &[u8]) -> bool {
    (name.starts_with(b".env") && matches!(name.get(4), None | Some(b'.')) || name.ends_with(b".env"))
        && !is_sample(b"", name)
}

/// `.env.example` is there to be filled in.
fn is_sample(_: &[u8], name: &[u8]) -> bool {
    name.windows(4).any(|part| part == b".env")
        && ends_with_any(name, &[b"example", b"sample", b"template", b"dist", b"defaults", b"schema"])
}

fn environment(text: &str) -> Option<SecretKind> {
    let is_secret = |(name, value): (&str, &str)| {
        redact::names_secret(name) && is_secret_value(value) || holds_login(value) || has_token(value)
    };
    let variables = assignments(text).map(|(name, value)| (name.trim_start_matches("export "), value));
    let found = variables.into_iter().any(is_secret).then_some(SecretKind::EnvironmentFile);
    found.or_else(|| private_key(text).map(|_| SecretKind::EnvironmentFile))
}

fn is_package_registry(path: &[u8], name: &[u8]) -> bool {
    const NAMES: [&[u8]; 7] =
        [b".npmrc", b"npmrc", b".yarnrc.yml", b".pypirc", b"pip.conf", b"pip.ini", b".condarc"];
    const PATHS: [&[u8]; 5] = [
        b".gem/credentials",
        b".cargo/credentials",
        b".cargo/credentials.toml",
        b".m2/settings.xml",
        b"composer/auth.json",
    ];
    NAMES.contains(&name) || PATHS.iter().any(|end| lies_at(path, end))
}

fn package_registry(text: &str) -> Option<SecretKind> {
    const NAMES: [&str; 9] = [
        "_authToken",
        "_auth",
        "_password",
        "npmAuthToken",
        "npmAuthIdent",
        "password",
        "token",
        "_api_key",
        "secret-key",
    ];
    let is_secret = |(name, value): (&str, &str)| {
        NAMES.iter().any(|end| name.trim_matches(['"', '\'']).ends_with(end)) && is_secret_value(value)
            || holds_login(value)
    };
    let xml = || {
        let (_, rest) = text.split_once("<password>")?;
        is_secret_value(rest.split_once("</password>")?.0).then_some(())
    };
    (assignments(text).any(is_secret) || xml().is_some() || has_token(text))
        .then_some(SecretKind::PackageRegistryToken)
}

fn netrc(text: &str) -> Option<SecretKind> {
    let mut words = text.split_whitespace();
    while words.any(|word| word == "password") {
        if words.clone().next().is_some_and(is_secret_value) {
            return Some(SecretKind::HostLogin);
        }
    }
    None
}

fn is_git(path: &[u8], name: &[u8]) -> bool {
    matches!(name, b".git-credentials" | b".gitconfig")
        || name == b"config" && lies_at(path, b".git/config")
        || name == b"hosts.yml" && lies_at(path, b"gh/hosts.yml")
}

fn git(text: &str) -> Option<SecretKind> {
    let is_secret = |(name, value): (&str, &str)| {
        let header = value.to_ascii_lowercase();
        name.eq_ignore_ascii_case("extraheader") && header.starts_with("authorization:")
            || name == "oauth_token" && is_secret_value(value)
    };
    (text.lines().any(holds_login) || assignments(text).any(is_secret) || has_token(text))
        .then_some(SecretKind::HostLogin)
}

fn is_registry_login(path: &[u8], name: &[u8]) -> bool {
    name == b".dockercfg"
        || name == b"config.json" && lies_at(path, b".docker/config.json")
        || name == b"auth.json" && lies_at(path, b"containers/auth.json")
}

fn registry_login(text: &str) -> Option<SecretKind> {
    let config: Value = serde_json::from_slice(text.as_bytes()).ok()?;
    let logins = config.get("auths").unwrap_or(&config).as_object()?;
    let is_login = |login: &Value| {
        let keys = ["auth", "identitytoken", "registrytoken", "password"];
        keys.iter().any(|key| login.get(key).and_then(Value::as_str).is_some_and(is_secret_value))
    };
    logins.values().any(is_login).then_some(SecretKind::RegistryLogin)
}

fn is_cloud_settings(path: &[u8], name: &[u8]) -> bool {
    matches!(name, b".boto" | b".s3cfg" | b".passwd-s3fs")
        || (name == b"credentials" || name == b"config")
            && [&b".aws/credentials"[..], b".aws/config"].iter().any(|end| lies_at(path, end))
}

fn cloud_settings(text: &str) -> Option<SecretKind> {
    const NAMES: [&str; 6] = [
        "aws_secret_access_key",
        "aws_session_token",
        "secret_key",
        "gs_secret_access_key",
        "gs_oauth2_refresh_token",
        "access_token",
    ];
    assignments(text)
        .any(|(name, value)| NAMES.contains(&name) && is_secret_value(value))
        .then_some(SecretKind::CloudCredentials)
}

/// Any JSON file may be the key of a service account; those that are have a name that tells.
fn is_cloud_json(path: &[u8], name: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] =
        [b"service", b"account", b"credential", b"key", b"gcp", b"google", b"firebase", b"secret", b"oken"];
    name.ends_with(b".json")
        && (WORDS.iter().any(|word| name.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word)))
            || path.windows(7).any(|part| part == b".azure/"))
}

fn cloud_json(text: &str) -> Option<SecretKind> {
    let json: Value = serde_json::from_slice(text.as_bytes()).ok()?;
    let field = |name: &str| json.get(name).and_then(Value::as_str);
    let is_service_account = field("type") == Some("service_account")
        && field("private_key").is_some_and(|key| private_key(key).is_some());
    let is_user =
        field("type") == Some("authorized_user") && field("refresh_token").is_some_and(is_secret_value);
    let is_azure =
        json.get("RefreshToken").and_then(Value::as_object).is_some_and(|tokens| !tokens.is_empty());
    (is_service_account || is_user || is_azure).then_some(SecretKind::CloudCredentials)
}

fn is_kubeconfig(path: &[u8], name: &[u8]) -> bool {
    name.ends_with(b"kubeconfig")
        || name == b"config" && lies_at(path, b".kube/config")
        || name.ends_with(b".conf") && path.windows(15).any(|part| part == b"etc/kubernetes/")
        || matches!(name, b"k3s.yaml" | b"kubeconfig.yaml" | b"kubeconfig.yml")
}

fn cluster(text: &str) -> Option<SecretKind> {
    const NAMES: [&str; 3] = ["client-key-data", "token", "password"];
    assignments(text)
        .any(|(name, value)| NAMES.contains(&name) && is_secret_value(value))
        .then_some(SecretKind::ClusterAccess)
}

/// `host:port:database:user:password` (PostgreSQL, "The Password File").
fn pgpass(text: &str) -> Option<SecretKind> {
    let is_login =
        |line: &str| !line.starts_with('#') && line.splitn(5, ':').nth(4).is_some_and(is_secret_value);
    text.lines().any(is_login).then_some(SecretKind::DatabasePassword)
}

fn mysql(text: &str) -> Option<SecretKind> {
    assignments(text)
        .any(|(name, value)| matches!(name, "password" | "pass") && is_secret_value(value))
        .then_some(SecretKind::DatabasePassword)
}

fn is_settings(path: &[u8], name: &[u8]) -> bool {
    const ENDS: [&[u8]; 7] = [b".yml", b".yaml", b".toml", b".ini", b".cfg", b".conf", b".properties"];
    const NAMES: [&[u8]; 7] = [
        b"config.json",
        b"settings.json",
        b"appsettings.json",
        b"secrets.json",
        b".vault-token",
        b"terraform.tfvars",
        b"terraform.tfstate",
    ];
    ends_with_any(name, &ENDS)
        || NAMES.contains(&name)
        || name == b"token" && lies_at(path, b"huggingface/token")
}

fn token(text: &str) -> Option<SecretKind> {
    has_token(text).then_some(SecretKind::Token)
}

/// Whether there is a token of a known form in the text. Words that begin like one are none: a token has digits and
/// letters, and no word in it.
fn has_token(text: &str) -> bool {
    let is_random = |token: &str| {
        let digits = token.bytes().filter(u8::is_ascii_digit).count();
        digits >= 2 && digits < token.len() && !is_placeholder(token)
    };
    redact::token(text, is_random).is_some()
}

/// The lines `name = value` and `name: value`, without quotes and comments.
fn assignments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            return None;
        }
        let ends = [line.split_once('='), line.split_once(": ")];
        let (name, value) = ends.into_iter().flatten().min_by_key(|(name, _)| name.len())?;
        Some((name.trim(), unquoted(value)))
    })
}

fn unquoted(value: &str) -> &str {
    let value = value.trim().trim_end_matches(',');
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    match quote.and_then(|quote| value[1..].split(quote).next()) {
        Some(inside) => inside,
        None => value.split(" #").next().unwrap_or_default().trim_end(),
    }
}

/// Whether there is an address with a name and a password, or with a token, in the text.
fn holds_login(text: &str) -> bool {
    text.split("://").skip(1).any(|after| {
        let end = after.find(|char: char| char == '/' || char.is_whitespace() || "\"'<>".contains(char));
        let login = after[..end.unwrap_or(after.len())].rsplit_once('@');
        login.is_some_and(|(login, _)| match login.split_once(':') {
            Some((name, password)) => is_secret_value(password) || has_token(name),
            None => has_token(login),
        })
    })
}

/// Whether the value of what is called a secret is one: not a reference, a path, a flag, or a word to be replaced.
fn is_secret_value(value: &str) -> bool {
    let value = unquoted(value);
    let is_number = value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit());
    let is_elsewhere = value.starts_with(['$', '/', '<', '{', '%', '.', '~', '!'])
        || value.contains("://") && !holds_login(value);
    !is_number && !is_elsewhere && !is_placeholder(value)
}

fn is_placeholder(value: &str) -> bool {
    const WHOLE: [&str; 17] = [
        "", "true", "false", "yes", "no", "on", "off", "none", "null", "secret", "password", "token", "test",
        "default", "disabled", "enabled", "-",
    ];
    const PARTS: [&str; 14] = [
        "changeme",
        "change-me",
        "change_me",
        "change me",
        "example",
        "placeholder",
        "your",
        "xxxx",
        "todo",
        "replace",
        "dummy",
        "insert",
        "redacted",
        "****",
    ];
    let value = value.to_ascii_lowercase();
    WHOLE.contains(&&*value) || PARTS.iter().any(|part| value.contains(part)) || value.contains("...")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::catalogue;

    fn kinds(path: &str, content: &[u8]) -> Vec<SecretKind> {
        let (facts, warnings) = catalogue([(path, content)]);
        assert_eq!(warnings, [""; 0], "{path}");
        facts.secrets.into_iter().map(|fact| fact.kind).collect()
    }

    fn pem(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn keys_are_told_from_certificates() {
        let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n";
        let plain = format!("{PLAIN_OPENSSH}UAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQ");
        let locked = "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDzZg";
        let old = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{body}");
        for (path, content, expected) in [
            ("root/.ssh/id_rsa", pem("RSA PRIVATE KEY", body), vec![SecretKind::PrivateKey]),
            ("app/tls.pem", pem("PRIVATE KEY", body), vec![SecretKind::PrivateKey]),
            (
                "app/both.pem",
                pem("CERTIFICATE", body) + &pem("EC PRIVATE KEY", body),
                vec![SecretKind::PrivateKey],
            ),
            ("app/tls.key", pem("ENCRYPTED PRIVATE KEY", body), vec![SecretKind::EncryptedPrivateKey]),
            ("app/old.key", pem("RSA PRIVATE KEY", &old), vec![SecretKind::EncryptedPrivateKey]),
            (
                "etc/ssh/ssh_host_ed25519_key",
                pem("OPENSSH PRIVATE KEY", &plain),
                vec![SecretKind::PrivateKey],
            ),
            (
                "root/.ssh/id_ed25519",
                pem("OPENSSH PRIVATE KEY", locked),
                vec![SecretKind::EncryptedPrivateKey],
            ),
            (
                "x.ppk",
                "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n".into(),
                vec![SecretKind::PrivateKey],
            ),
            ("etc/ssl/certs/ca.pem", pem("CERTIFICATE", body), vec![]),
            ("app/public.pem", pem("PUBLIC KEY", body), vec![]),
            ("app/example.pem", pem("PRIVATE KEY", "..."), vec![]),
            ("root/.ssh/id_rsa.pub", pem("RSA PRIVATE KEY", body), vec![]),
            ("app/keyboard_key", "text".into(), vec![]),
        ] {
            assert_eq!(kinds(path, content.as_bytes()), expected, "{path}");
        }
        assert_eq!(kinds("app/store.p12", b"\x30\x82\0\0"), [SecretKind::EncryptedPrivateKey]);
    }

    #[test]
    fn logins_and_tokens_are_found() {
        use SecretKind::*;
        let token = "ghp_1a2b3c4d5e6f7g8h9i0j";
        let account = r#"{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R\n-----END PRIVATE KEY-----\n"}"#;
        for (path, content, kind) in [
            ("app/.env", "# local\nDEBUG=1\nexport SECRET_KEY='k3ks8z!'\n", EnvironmentFile),
            ("app/.env.production", "DATABASE_URL=postgres://app:s3cr@db/app\n", EnvironmentFile),
            ("app/prod.env", &format!("X={token}"), EnvironmentFile),
            ("app/.env.example", &format!("X={token}"), Token),
            ("root/.npmrc", "//registry.npmjs.org/:_authToken=abcdef012\n", PackageRegistryToken),
            ("root/.pypirc", "[pypi]\nusername = __token__\npassword = abcdef\n", PackageRegistryToken),
            ("etc/pip.conf", "[global]\nindex-url = https://me:pa55@host/simple\n", PackageRegistryToken),
            ("root/.cargo/credentials.toml", "[registry]\ntoken = \"abcdef\"\n", PackageRegistryToken),
            ("root/.gem/credentials", "---\n:rubygems_api_key: abcdef\n", PackageRegistryToken),
            ("root/.m2/settings.xml", "<server><password>abcdef</password></server>", PackageRegistryToken),
            ("root/.netrc", "machine h login me password s3cr", HostLogin),
            ("root/.git-credentials", "https://me:s3cr@github.com", HostLogin),
            ("app/.git/config", "[remote \"origin\"]\n\turl = https://me:s3cr@github.com/x\n", HostLogin),
            ("app/.git/config", "[http]\n\textraheader = AUTHORIZATION: basic abc\n", HostLogin),
            ("root/.docker/config.json", r#"{"auths":{"h":{"auth":"bWU6cw=="}}}"#, RegistryLogin),
            ("root/.aws/credentials", "[default]\naws_secret_access_key = abcdef/x\n", CloudCredentials),
            ("app/gcp-key.json", account, CloudCredentials),
            ("root/.kube/config", "users:\n- user:\n    client-key-data: LS0tLS1CRUdJTg==\n", ClusterAccess),
            ("root/.pgpass", "db:5432:*:me:s3cr:et\n", DatabasePassword),
            ("root/.my.cnf", "[client]\npassword=s3cr\n", DatabasePassword),
            ("app/config.yml", &format!("github:\n  token: {token}\n"), Token),
            ("root/.cache/huggingface/token", "hf_1a2b3c4d5e6f7g8h9i0j", Token),
        ] {
            assert_eq!(kinds(path, content.as_bytes()), [kind], "{path}");
        }
    }

    #[test]
    fn what_is_to_be_filled_in_is_no_secret() {
        for (path, content) in [
            ("app/.env.example", "SECRET_KEY=\nAPI_TOKEN=your-token-here\nPASSWORD=hunter2\n"),
            (
                "app/.env",
                "SECRET_KEY=\nTOKEN=${TOKEN}\nPASSWORD_FILE=/run/secrets/x\nAUTH_URL=https://host/x\nPWD_LENGTH=12\n",
            ),
            ("app/.env", "API_KEY=changeme # soon\nPASSWORD=\"<password>\"\nAUTH=true\n"),
            ("app/.environment", "PASSWORD=hunter2"),
            (
                "root/.npmrc",
                "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\nregistry=https://registry.npmjs.org/\n",
            ),
            ("etc/pip.conf", "[global]\nindex-url = https://pypi.org/simple\n"),
            ("root/.netrc", "machine h login me password"),
            ("app/.git/config", "[remote \"origin\"]\n\turl = https://github.com/x\n\turl = git@host:x\n"),
            ("root/.docker/config.json", r#"{"auths":{"h":{}},"credsStore":"pass"}"#),
            ("root/.docker/config.json", "{{{{"),
            (
                "root/.aws/credentials",
                "[default]\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
            ),
            ("app/package.json", r#"{"type":"service_account"}"#),
            ("etc/mysql/my.cnf", "#password = s3cr\npassword = your_password\n"),
            ("root/.pgpass", "#h:1:d:u:p\nh:1:d:u\n"),
            ("app/style.yml", "class: sk-toggleable__content-arrow-down\nkey: AKIAIOSFODNN7EXAMPLE\n"),
        ] {
            assert_eq!(kinds(path, content.as_bytes()), [], "{path}: {content}");
        }
    }

    #[test]
    fn hostile_files_are_read_to_their_end() {
        let megabyte = |text: &str| text.repeat((1 << 20) / text.len());
        for text in [
            "ask-",
            "sk-",
            "://",
            "@:",
            "PRIVATE KEY-----",
            "-----BEGIN ",
            "password ",
            "=",
            "\"",
            "{\"a\":",
            "[",
            "\n",
            "'",
            "BEGIN PRIVATE KEY-----\\n",
            "x=\"://a:",
            "\u{fffd}",
        ] {
            let content = megabyte(text);
            for path in [
                "a.pem",
                ".env",
                ".npmrc",
                ".netrc",
                ".docker/config.json",
                "key.json",
                "x.yml",
                ".git/config",
            ] {
                kinds(path, content.as_bytes());
            }
        }
        assert_eq!(kinds("x.pem", b"\xff\xfe\0"), []);
        assert_eq!(kinds(".env", b"TOKEN=\xff\xfe\xfd012345"), [SecretKind::EnvironmentFile]);
    }
}
