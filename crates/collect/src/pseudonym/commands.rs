//! What stands around a word: which command it is an argument of, and what its option or variable asks for.

use super::kind::Kind;
use super::people;

/// What a word is expected to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Any,
    Host,
    /// `user`, `user:group`.
    User,
    /// The words of a person's name, in quotes or alone.
    Person,
    /// A line of `/etc/hosts`: what follows its address.
    HostsLine,
    Owner,
    /// The value of an attribute of a distinguished name.
    Attribute(Kind),
    /// `owner/repository` of a code host.
    Repository,
    Image,
    /// A path of a web server.
    Route,
    Version,
    Account,
    /// A Kubernetes namespace or a compose project.
    Project,
    /// The argument of an option that identifies no person or host.
    Skip,
}

/// A command whose arguments name something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Command {
    #[default]
    Other,
    /// Installs packages: its arguments are no hosts, however they end.
    Install,
    /// Its first argument is a host.
    Reach,
    /// Its arguments are addresses, with or without a scheme.
    Fetch,
    /// Its arguments may be `host:path`.
    Copy,
    /// A client of a database: `-h host -U user`.
    Database,
    /// Its first argument is an account: `chown alice file`.
    Own,
    /// All its arguments are accounts: `useradd alice`.
    Accounts,
    /// Its first argument, or that of `-u`, is an account: `gosu alice serve`.
    Become,
    /// Runs another command, or does something, as another user: `sudo -u alice`.
    Elevate,
    /// `docker run -u alice -h host image`.
    Engine,
    Git,
    /// A client of a broker: `kcat -b host`, `nats -s host`.
    Broker,
    /// Joins others: `consul join host`.
    Cluster,
    /// A node of Erlang: `erl -name app@host`.
    Erlang,
    Ansible,
    /// A client of a code host: `gh repo clone owner/repository`.
    Hub,
    /// Asks the databases of the system: `getent hosts db`.
    Lookup,
    /// Its arguments name accounts behind a letter: `setfacl -m u:alice:rwx`.
    Access,
    /// Its second argument is an account: `htpasswd file alice`.
    Passwords,
    /// A client of Kubernetes: `kubectl -n namespace`.
    Kube,
    /// `docker compose -p project`.
    Compose,
    /// A client of a cloud: `gcloud --project project`.
    Cloud,
    /// Its arguments may be modules: `go get host/owner/repository`.
    Modules,
}

const COMMANDS: [(Command, &[&str]); 23] = [
    (
        Command::Install,
        &[
            "apt",
            "apt-get",
            "apk",
            "yum",
            "dnf",
            "microdnf",
            "zypper",
            "pip",
            "pip3",
            "npm",
            "yarn",
            "pnpm",
            "conda",
            "mamba",
            "micromamba",
            "gem",
            "uv",
            "poetry",
            "brew",
            "pipx",
        ],
    ),
    (
        Command::Reach,
        &[
            "ping",
            "ping6",
            "nc",
            "ncat",
            "netcat",
            "telnet",
            "ssh",
            "autossh",
            "mosh",
            "ssh-keyscan",
            "ssh-copy-id",
            "dig",
            "nslookup",
            "traceroute",
            "tracepath",
            "mtr",
            "nmap",
            "ntpdate",
            "wait-for-it",
            "wait-for-it.sh",
            "wait-for",
            "wait-for.sh",
            "whois",
            "drill",
            "sftp",
        ],
    ),
    (Command::Fetch, &["curl", "wget", "http", "https", "aria2c", "ab", "wrk", "hey"]),
    (Command::Copy, &["scp", "rsync", "mount", "mount.nfs", "smbclient"]),
    (
        Command::Database,
        &[
            "psql",
            "pg_isready",
            "pg_dump",
            "pg_restore",
            "pg_basebackup",
            "mysql",
            "mysqldump",
            "mysqladmin",
            "mariadb",
            "mariadb-admin",
            "redis-cli",
            "valkey-cli",
            "mongo",
            "mongosh",
            "mongodump",
            "cqlsh",
            "clickhouse-client",
            "influx",
            "rabbitmqadmin",
            "ldapsearch",
            "createdb",
            "mosquitto_pub",
            "mosquitto_sub",
        ],
    ),
    (Command::Own, &["chown", "chgrp"]),
    (
        Command::Accounts,
        &[
            "useradd", "adduser", "userdel", "deluser", "usermod", "groupadd", "addgroup", "groupdel",
            "delgroup", "groupmod", "chage", "chsh", "chfn", "gpasswd", "newusers",
        ],
    ),
    (
        Command::Become,
        &[
            "su",
            "gosu",
            "su-exec",
            "setuidgid",
            "s6-setuidgid",
            "chpst",
            "enable-linger",
            "runuser",
            "passwd",
            "createuser",
            "dropuser",
        ],
    ),
    (
        Command::Engine,
        &["docker", "podman", "nerdctl", "buildah", "skopeo", "crane", "helm", "oras", "cosign", "regctl"],
    ),
    (Command::Elevate, &["sudo", "doas", "setpriv", "crontab", "install"]),
    (Command::Lookup, &["getent"]),
    (Command::Access, &["setfacl"]),
    (Command::Passwords, &["htpasswd"]),
    (Command::Kube, &["kubectl", "oc", "k9s", "kubens", "stern"]),
    (Command::Compose, &["docker-compose", "podman-compose"]),
    (Command::Cloud, &["gcloud", "gsutil", "bq", "firebase"]),
    (Command::Modules, &["go"]),
    (Command::Git, &["git"]),
    (Command::Broker, &["kafkacat", "kcat", "nats", "nats-pub", "nats-sub", "nats-top"]),
    (Command::Cluster, &["consul", "serf", "nomad", "kubeadm"]),
    (Command::Erlang, &["erl", "iex", "elixir"]),
    (Command::Ansible, &["ansible", "ansible-playbook"]),
    (Command::Hub, &["gh", "glab", "hub"]),
];

/// Ends of keys whose value is a host.
const HOST_KEYS: [&str; 42] = [
    "host",
    "hosts",
    "hostname",
    "server",
    "servers",
    "server-name",
    "server_name",
    "endpoint",
    "endpoints",
    "addr",
    "address",
    "addresses",
    "broker",
    "brokers",
    "bootstrap-server",
    "bootstrap-servers",
    "broker-list",
    "peer",
    "peers",
    "upstream",
    "proxy",
    "domain",
    "domains",
    "fqdn",
    "registry",
    "mirror",
    "nameserver",
    "dns",
    "connect",
    "master",
    "primary",
    "replica",
    "node",
    "nodes",
    "nodename",
    "sname",
    "servername",
    "join",
    "connect-to",
    "machine",
    "instance",
    "cluster",
];

/// The command of a name, with or without a directory before it.
pub(super) fn command(word: &str) -> Option<Command> {
    let name = word.rsplit('/').next().unwrap_or(word);
    COMMANDS.iter().find(|(_, names)| names.contains(&name)).map(|(command, _)| *command)
}

/// What a key asks for: an option, a variable, a label.
pub(super) fn of_key(key: &str) -> Role {
    let key = key.trim_start_matches('-').trim_end_matches(':');
    let lower = key.to_ascii_lowercase();
    let is_one = |keys: &[&str]| {
        keys.iter().any(|known| {
            lower.strip_suffix(known).is_some_and(|rest| {
                rest.is_empty() || rest.ends_with(['_', '-', '.']) || is_hump(key, rest.len())
            })
        })
    };
    if is_one(&HOST_KEYS) || matches!(lower.as_str(), "add-host" | "pghost" | "resolve" | "sslserver") {
        Role::Host
    } else if people::is_key(key) || matches!(lower.as_str(), "reuid" | "regid" | "userspec" | "gid" | "uid")
    {
        Role::User
    } else if people::is_person_key(&lower) {
        Role::Person
    } else if is_organisation(&lower) {
        Role::Owner
    } else if lower == "from" || is_one(&["image", "cache-from", "cache-to", "ref", "base.name"]) {
        Role::Image
    } else if is_one(&["version", "ver", "v", "tag", "release", "rev"]) {
        Role::Version
    } else if matches!(lower.as_str(), "namespace" | "project-name" | "context") {
        Role::Project
    } else if is_one(&["account", "account-id", "account_id", "accountid", "subscription"]) {
        Role::Account
    } else {
        Role::Any
    }
}

/// Whether a word of a key begins there without a mark: `proxyHost`.
fn is_hump(key: &str, at: usize) -> bool {
    let bytes = key.as_bytes();
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    before.is_some_and(u8::is_ascii_lowercase) && bytes.get(at).is_some_and(u8::is_ascii_uppercase)
}

/// Whether the value of a key is an organisation. A dot before it is that of a domain: `acme.org`.
fn is_organisation(key: &str) -> bool {
    ["org", "organization", "organisation", "organizationname", "organizationalunitname"].iter().any(
        |known| key.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with(['_', '-'])),
    )
}

/// What a word of a command asks of the next: `hostnamectl set-hostname db-prod-1`.
pub(super) fn of_subcommand(command: Command, word: &str) -> Role {
    match (command, word) {
        (_, "set-hostname" | "join_cluster") | (Command::Cluster, "join") => Role::Host,
        (Command::Lookup, "hosts" | "ahosts" | "ahostsv4" | "ahostsv6") => Role::Host,
        (Command::Lookup, "passwd" | "group" | "shadow" | "initgroups") => Role::User,
        (Command::Kube, "use-context" | "set-context") => Role::Project,
        (Command::Hub, "clone" | "fork" | "view" | "create" | "sync" | "list" | "api") => Role::Repository,
        _ => Role::Any,
    }
}

/// What the short option of a command asks for.
pub(super) fn of_option(command: Command, option: &str) -> Role {
    match (command, option) {
        (Command::Database | Command::Engine | Command::Elevate | Command::Become, "-h")
        | (Command::Reach | Command::Copy, "-J") => Role::Host,
        (Command::Database, "-U" | "-u" | "-O")
        | (Command::Engine | Command::Compose | Command::Elevate | Command::Become, "-u" | "-o" | "-g")
        | (Command::Become, "-U")
        | (Command::Fetch, "-u" | "--user") => Role::User,
        (Command::Kube | Command::Engine, "-n")
        | (Command::Compose, "-p")
        | (Command::Cloud, "--project") => Role::Project,
        (Command::Reach, "-l") => Role::User,
        (Command::Accounts, "-g" | "-G" | "--groups" | "--ingroup" | "-aG" | "-a" | "-l" | "--login") => {
            Role::User
        }
        (Command::Broker, "-b" | "-s") | (Command::Erlang, "-name" | "--name") => Role::Host,
        (Command::Hub, "-R" | "--repo") => Role::Repository,
        (Command::Accounts, "-c") => Role::Person,
        (
            Command::Accounts,
            "-u" | "-d" | "-s" | "-p" | "-k" | "-K" | "-e" | "-f" | "-b" | "--home" | "--home-dir"
            | "--shell",
        ) => Role::Skip,
        (Command::Become, "-c" | "-s") => Role::Skip,
        (
            Command::Reach,
            "-i" | "-p" | "-F" | "-o" | "-c" | "-w" | "-t" | "-W" | "-L" | "-R" | "-D" | "-b",
        ) => Role::Skip,
        (
            Command::Fetch,
            "-o" | "-O" | "-H" | "-d" | "-X" | "-A" | "-b" | "-c" | "-F" | "-m" | "-w" | "-T" | "-K" | "-P"
            | "-n" | "-t" | "-e",
        ) if option != "-O" => Role::Skip,
        (Command::Fetch, long) if long.starts_with("--") && !is_switch(long) => Role::Skip,
        _ => Role::Any,
    }
}

/// The long options of curl and wget that take no argument.
fn is_switch(option: &str) -> bool {
    const SWITCHES: [&str; 18] = [
        "compressed",
        "continue",
        "fail",
        "fail-with-body",
        "head",
        "http1.1",
        "http2",
        "inet4-only",
        "insecure",
        "ipv4",
        "ipv6",
        "location",
        "no-cache",
        "no-check-certificate",
        "no-verbose",
        "quiet",
        "remote-name",
        "show-error",
    ];
    let name = &option[2..];
    SWITCHES.contains(&name)
        || matches!(
            name,
            "silent" | "verbose" | "spider" | "tlsv1.2" | "retry-all-errors" | "no-progress-meter"
        )
}

/// What the matcher of a router asks for: `Host(…)`.
pub(super) fn of_matcher(name: &str) -> Role {
    match name.trim_start_matches('!') {
        "Host" | "HostSNI" | "HostHeader" | "HostRegexp" | "HostSNIRegexp" | "ClientIP" => Role::Host,
        "Path" | "PathPrefix" | "PathRegexp" | "PathPrefixStrip" => Role::Route,
        _ => Role::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_options_say_what_they_take() {
        assert_eq!(of_key("DB_HOST"), Role::Host);
        assert_eq!(of_key("--bootstrap-servers"), Role::Host);
        assert_eq!(of_key("ghost"), Role::Any);
        assert_eq!(of_key("-Dhttp.proxyHost"), Role::Host);
        assert_eq!(of_key("GHOST"), Role::Any);
        assert_eq!(of_key("--org"), Role::Owner);
        assert_eq!(of_key("deb.debian.org:"), Role::Any);
        assert_eq!(of_key("--author"), Role::Person);
        assert_eq!(of_option(Command::Broker, "-b"), Role::Host);
        assert_eq!(of_key("--username"), Role::User);
        assert_eq!(of_key("TORCH_VERSION"), Role::Version);
        assert_eq!(of_option(Command::Database, "-h"), Role::Host);
        assert_eq!(of_option(Command::Other, "-h"), Role::Any);
        assert_eq!(of_option(Command::Compose, "-p"), Role::Project);
        assert_eq!(of_option(Command::Engine, "-p"), Role::Any);
        assert_eq!(of_subcommand(Command::Lookup, "hosts"), Role::Host);
        assert_eq!(command("/usr/bin/psql"), Some(Command::Database));
    }
}
