//! Names that say that a value is a secret, and names that say that it is none.

/// Words in the name of a variable, an option or a label that make its value a secret.
const SECRET_WORDS: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "private",
    "credential",
    "auth",
];

/// Whether the value of what has this name is a secret: the names that make a file a finding.
pub(crate) fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word)) || name.ends_with("_key") || name.ends_with("-key")
}

/// Whether the value of what has this name may not be shown. These are more names than make a finding.
pub(super) fn is_secret_name(name: &str) -> bool {
    const WORDS: [&str; 17] = [
        "signature",
        "sonar.login",
        "passphrase",
        "passcode",
        "passwort",
        "contrase",
        "accesskey",
        "connectionstring",
        "connection_string",
        "connstr",
        "webhook",
        "cookie",
        "sessionid",
        "encryptionkey",
        "mnemonic",
        "seed_phrase",
        "seed-phrase",
    ];
    const EXACT: [&str; 16] = [
        "key",
        "pass",
        "pw",
        "sig",
        "signature",
        "sas",
        "pat",
        "otp",
        "psk",
        "pin",
        "cred",
        "creds",
        "bearer",
        "userpass",
        "requirepass",
        "encrypt",
    ];
    const ENDS: [&str; 13] = [
        "_pat", "dsn", "_pw", "-pw", ".pw", "pass", "key", "_creds", "-creds", "_sas", "_psk", "salt", "jwt",
    ];
    const NONE: [&str; 18] = [
        "newkey",
        "genkey",
        "compass",
        "bypass",
        "monkey",
        "hotkey",
        "turkey",
        "keypass_file",
        "publickey",
        "public_key",
        "public-key",
        "pubkey",
        "tokenizer",
        "tokenizers",
        "tokenize",
        "sort-key",
        "sort_key",
        "primary_key",
    ];
    let name = name.trim_start_matches(['-', '_', '$', '/']).to_ascii_lowercase();
    let name = name.replace("author", "").replace("unauth", "");
    // `authorization` is what is left of its name.
    let is_header = name.ends_with("ization");
    is_header
        || !NONE.iter().any(|end| name.ends_with(end))
            && (SECRET_WORDS.iter().chain(&WORDS).any(|word| name.contains(word))
                || EXACT.contains(&&*name)
                || ENDS.iter().any(|end| name.ends_with(end)))
}

/// Whether a name ends by saying that its value is a password, and is no part of a reference of an image.
pub(super) fn names_password(name: &str) -> bool {
    const ENDS: [&str; 9] =
        ["password", "passwd", "pwd", "secret", "apikey", "api_key", "api-key", "access_key", "passphrase"];
    let name = name.to_ascii_lowercase();
    ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether a label holds a digest or a commit: noise, and no secret.
pub(super) fn names_digest(name: &str) -> bool {
    const ENDS: [&str; 9] =
        ["revision", "digest", "commit", "ref", "sha", "checksum", "hash", "version", "id"];
    let name = name.to_ascii_lowercase();
    ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether the value of an option only says where a secret is, or how long it lives.
pub(super) fn is_silent_option(option: &str) -> bool {
    const ENDS: [&str; 13] = [
        "-stdin",
        "-file",
        "-path",
        "-type",
        "-key-file",
        "-url",
        "-ttl",
        "-name",
        "-id",
        "-env",
        "-fd",
        "-dir",
        "-mode",
    ];
    ENDS.iter().any(|end| option.ends_with(end))
        || option.starts_with("--no-")
        || option.starts_with("--with-")
}

/// Whether the content of a file of this name is secret as a whole.
pub(super) fn is_secret_file(path: &str) -> bool {
    const NAMES: [&str; 17] = [
        ".pgpass",
        "pgpass.conf",
        ".htpasswd",
        ".vault-token",
        "passwd-s3fs",
        ".passwd-s3fs",
        "chap-secrets",
        "pap-secrets",
        "id_rsa",
        "id_ed25519",
        "id_ecdsa",
        "id_dsa",
        "smbpasswd",
        ".git-credentials",
        "chpasswd",
        "shadow",
        "kubeadm-token",
    ];
    const STEMS: [&str; 10] = [
        "password",
        "passwd",
        "secret",
        "token",
        "passphrase",
        "apikey",
        "api_key",
        "api-key",
        "credentials",
        "pwd",
    ];
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let stem = name.trim_start_matches('.').split('.').next().unwrap_or_default();
    NAMES.contains(&&*name)
        || path.contains("/run/secrets/")
        || STEMS.iter().any(|end| stem.ends_with(end)) && !path.starts_with("/etc/passwd")
}

/// Variables of builds whose values say nothing: everybody writes them.
pub(super) fn is_public_variable(name: &str) -> bool {
    const NAMES: [&str; 34] = [
        "PATH",
        "HOME",
        "LANG",
        "LANGUAGE",
        "TERM",
        "TZ",
        "SHELL",
        "USER",
        "PWD",
        "TMPDIR",
        "DEBIAN_FRONTEND",
        "DEBCONF_NONINTERACTIVE_SEEN",
        "GNUPGHOME",
        "CC",
        "CXX",
        "CFLAGS",
        "CXXFLAGS",
        "CPPFLAGS",
        "LDFLAGS",
        "MAKEFLAGS",
        "NODE_ENV",
        "NODE_OPTIONS",
        "RAILS_ENV",
        "RACK_ENV",
        "GOPATH",
        "GOROOT",
        "GOOS",
        "GOARCH",
        "CGO_ENABLED",
        "ARCH",
        "VERSION",
        "EDITOR",
        "PAGER",
        "NPM_CONFIG_LOGLEVEL",
    ];
    const STARTS: [&str; 10] = [
        "LC_",
        "XDG_",
        "PYTHON",
        "JAVA_",
        "GRADLE_",
        "MAVEN_",
        "CARGO_HOME",
        "RUSTUP_",
        "PKG_CONFIG",
        "DEB_",
    ];
    const ENDS: [&str; 10] =
        ["_VERSION", "_HOME", "_PATH", "_DIR", "_ROOT", "FLAGS", "_OPTS", "_PREFIX", "_ARCH", "_LEVEL"];
    !is_secret_name(name)
        && (NAMES.contains(&name)
            || STARTS.iter().any(|start| name.starts_with(start))
            || ENDS.iter().any(|end| name.ends_with(end)))
}
