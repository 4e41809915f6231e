//! Which programs take secrets, and how: one line a program.

/// How a program takes secrets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Program {
    /// Its names, in small letters and without `.exe`.
    pub(super) names: &'static [&'static str],
    /// Words one of which its command has, such as a subcommand; none if it takes secrets in any case.
    pub(super) with: &'static [&'static str],
    /// Letters of options that take a password.
    pub(super) password: &'static str,
    /// Letters of options that take a login: `user:password`.
    pub(super) login: &'static str,
    /// Letters of options that take something else, which ends a group of letters.
    pub(super) other: &'static str,
    /// Long options that take a login and do not say so.
    pub(super) long: &'static [&'static str],
    /// Options that take a password and do not say so.
    pub(super) silent: &'static [&'static str],
    /// Options that take `NAME=value`, where every value counts as a secret.
    pub(super) assigns: &'static [&'static str],
    /// Which of its operands are secrets.
    pub(super) operands: Operands,
}

/// Which operands of a program are secrets. A subcommand is an operand, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operands {
    None,
    /// All from a place on.
    From(usize),
    /// Those behind the subcommand.
    Behind,
    /// The last one.
    Last,
    /// `user/password@host`
    Slash,
    /// `user:password`
    Colon,
    /// The values of those that are `NAME=value`.
    Assigned,
    /// Those that end as a typed line does.
    Typed,
    /// Those behind a name that ends with its `=`: `password= x`.
    Spaced,
}

const NONE: Program = Program {
    names: &[],
    with: &[],
    password: "",
    login: "",
    other: "",
    long: &[],
    silent: &[],
    assigns: &[],
    operands: Operands::None,
};

pub(super) const PROGRAMS: &[Program] = &[
    // Clients of HTTP and files.
    Program {
        names: &["curl"],
        login: "uU",
        other: "AbcCdDeEFHKmoPQrtTwxXyYz",
        long: &["--user", "--proxy-user"],
        silent: &["-b"],
        ..NONE
    },
    Program { names: &["http", "https", "xh", "xhs", "ab"], login: "aA", ..NONE },
    Program {
        names: &["smbclient", "rpcclient", "smbget", "smbmap"],
        login: "U",
        other: "IWpmn",
        long: &["--user"],
        ..NONE
    },
    Program { names: &["lftp", "etcdctl", "wget"], login: "u", long: &["--user"], ..NONE },
    Program { names: &["skopeo", "crane", "oras", "regctl", "svn"], login: "u", long: &["--user"], ..NONE },
    // Logins of any program.
    Program { names: &["login", "signin"], password: "p", other: "ut", ..NONE },
    Program {
        names: &[
            "cargo",
            "vault",
            "wandb",
            "snyk",
            "bw",
            "ngrok",
            "cloudflared",
            "ansible-vault",
            "rclone",
            "nuget",
            "npm",
            "hf",
        ],
        with: &[
            "login",
            "auth",
            "unlock",
            "authtoken",
            "add-authtoken",
            "install",
            "encrypt_string",
            "obscure",
            "setapikey",
            "unseal",
            "unwrap",
        ],
        other: "",
        operands: Operands::Behind,
        ..NONE
    },
    // Databases.
    Program {
        names: &[
            "mysql",
            "mysqldump",
            "mysqladmin",
            "mysqlimport",
            "mysqlcheck",
            "mysqlshow",
            "mysqlsh",
            "mariadb",
            "mariadb-dump",
            "mariadb-admin",
            "mycli",
        ],
        password: "p",
        other: "uhPDeSo",
        ..NONE
    },
    Program {
        names: &[
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "mongoimport",
            "mongoexport",
            "rabbitmqadmin",
            "cqlsh",
            "hdbsql",
            "snowsql",
            "cockroach",
            "ncftpput",
            "ncftpget",
            "rdesktop",
            "conan",
            "twine",
            "sshpass",
        ],
        password: "p",
        other: "uhdfr",
        ..NONE
    },
    Program {
        names: &["sqlcmd", "bcp", "isql", "tsql", "osql", "ipmitool", "unzip", "zip"],
        password: "P",
        other: "USdQiHIo",
        ..NONE
    },
    // Their `-p` is a port.
    Program {
        names: &["mosquitto_pub", "mosquitto_sub", "mosquitto_rr"],
        password: "P",
        other: "AfhikLmMpqrtTuVWx",
        ..NONE
    },
    Program { names: &["redis-cli", "valkey-cli", "keydb-cli"], password: "a", other: "hpnus", ..NONE },
    Program {
        names: &["ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "ldappasswd", "vsql"],
        password: "ws",
        other: "DHbhpfYUXRy",
        ..NONE
    },
    Program {
        names: &["snmpwalk", "snmpget", "snmpset", "snmpbulkwalk"],
        password: "cAX",
        other: "vlauxn",
        ..NONE
    },
    Program {
        names: &["sqlplus", "impdp", "expdp", "sqlldr", "rman", "imp", "exp"],
        operands: Operands::Slash,
        ..NONE
    },
    Program {
        names: &["rabbitmqctl"],
        with: &["add_user", "change_password", "authenticate_user"],
        operands: Operands::From(2),
        ..NONE
    },
    // Archives, keys and people.
    Program { names: &["7z", "7za", "7zr", "7zz", "rar", "unrar"], password: "p", other: "o", ..NONE },
    Program { names: &["openssl"], silent: &["-k"], ..NONE },
    Program { names: &["openssl"], with: &["passwd"], operands: Operands::Last, ..NONE },
    Program { names: &["mkpasswd", "wpa_passphrase"], operands: Operands::Last, ..NONE },
    Program { names: &["useradd", "usermod"], password: "p", other: "ugGdsceKk", ..NONE },
    Program { names: &["net"], with: &["user", "use"], operands: Operands::From(2), ..NONE },
    Program { names: &["convertto-securestring"], operands: Operands::From(0), ..NONE },
    Program { names: &["setx", "setenv"], operands: Operands::From(1), ..NONE },
    Program { names: &["keyctl"], with: &["add"], operands: Operands::From(3), ..NONE },
    // Registries of packages and images, clusters and clouds.
    Program { names: &["nuget"], with: &["push"], operands: Operands::From(2), ..NONE },
    Program { names: &["dotnet"], with: &["nuget"], password: "pk", other: "nus", ..NONE },
    Program { names: &["bundle", "bundler"], with: &["config"], operands: Operands::Colon, ..NONE },
    Program { names: &["mc"], with: &["alias", "config"], operands: Operands::From(4), ..NONE },
    Program { names: &["doctl"], with: &["auth"], password: "t", ..NONE },
    Program { names: &["gh", "glab"], with: &["secret", "variable"], password: "bv", ..NONE },
    Program {
        names: &[
            "docker",
            "podman",
            "nerdctl",
            "buildah",
            "buildctl",
            "executor",
            "kaniko",
            "docker-compose",
            "img",
        ],
        assigns: &["-e", "--env", "--build-arg"],
        ..NONE
    },
    Program {
        names: &["kubectl", "oc", "k3s", "microk8s"],
        with: &["secret", "secrets"],
        assigns: &["--from-literal"],
        ..NONE
    },
    Program {
        names: &["kubectl", "oc"],
        with: &["run", "set", "new-app"],
        assigns: &["-e", "--env"],
        operands: Operands::Assigned,
        ..NONE
    },
    Program {
        names: &["vault", "bao", "consul"],
        with: &["put", "write", "patch"],
        operands: Operands::Assigned,
        ..NONE
    },
    Program {
        names: &["fly", "flyctl", "heroku", "doppler", "supabase", "dokku"],
        with: &["set", "config:set", "secrets"],
        operands: Operands::Assigned,
        ..NONE
    },
    Program { names: &["consul"], with: &["put"], operands: Operands::From(3), ..NONE },
    Program { names: &["gcloud"], with: &["activate-refresh-token"], operands: Operands::Behind, ..NONE },
    Program {
        names: &["grafana-cli", "grafana"],
        with: &["reset-admin-password"],
        operands: Operands::Behind,
        ..NONE
    },
    Program { names: &["etcdctl"], with: &["add", "passwd"], operands: Operands::Colon, ..NONE },
    Program { names: &["poetry"], with: &["publish"], password: "p", other: "u", ..NONE },
    Program { names: &["anaconda", "codecov"], password: "t", ..NONE },
    Program { names: &["fly", "flyctl"], with: &["auth"], password: "t", ..NONE },
    Program { names: &["gitlab-runner"], with: &["register"], password: "r", other: "u", ..NONE },
    Program { names: &["choco"], with: &["apikey", "push"], password: "k", other: "s", ..NONE },
    Program { names: &["hatch"], with: &["publish"], password: "a", other: "u", ..NONE },
    Program { names: &["slappasswd"], password: "s", ..NONE },
    Program { names: &["ssh-keygen"], password: "NP", other: "tbfCIm", ..NONE },
    Program { names: &["psexec"], password: "p", other: "u", ..NONE },
    Program { names: &["signtool", "schtasks"], silent: &["/p", "/rp", "/P", "/RP"], ..NONE },
    Program { names: &["certutil", "pvk2pfx"], silent: &["-p", "-pi", "-po"], ..NONE },
    Program { names: &["reg"], with: &["add", "ADD"], silent: &["/d", "/D"], ..NONE },
    Program { names: &["set-item", "new-item"], operands: Operands::From(1), ..NONE },
    Program { names: &["send"], operands: Operands::Typed, ..NONE },
    Program { names: &["sc"], with: &["config", "create"], operands: Operands::Spaced, ..NONE },
    Program { names: &["pulumi"], with: &["--secret"], operands: Operands::From(3), ..NONE },
    Program { names: &["pulumi"], with: &["set-all"], operands: Operands::Assigned, ..NONE },
    Program { names: &["kaggle"], with: &["set"], password: "v", other: "n", ..NONE },
    Program {
        names: &["aws", "az", "eas", "op"],
        with: &["put-parameter", "put-secret-value", "secret", "secret:create", "env:create"],
        silent: &["--value"],
        ..NONE
    },
];

/// Commands in whose words the name of a program is only a name: of a package, a user, a file.
pub(super) const PLAIN: [&str; 34] = [
    "apk", "apt", "apt-get", "brew", "cat", "chgrp", "chmod", "chown", "command", "conda", "cp", "dnf",
    "find", "gem", "getent", "grep", "groupadd", "install", "ln", "ls", "mamba", "microdnf", "mkdir", "mv",
    "pip", "pip3", "rm", "rpm", "rsync", "stat", "tar", "touch", "type", "yum",
];

/// What stands in front of a program.
pub(super) const PREFIXES: [&str; 24] = [
    "RUN",
    "CMD",
    "ENTRYPOINT",
    "HEALTHCHECK",
    "SHELL",
    "ONBUILD",
    "sh",
    "bash",
    "ash",
    "dash",
    "zsh",
    "-c",
    "-lc",
    "-ec",
    "-o",
    "pipefail",
    "sudo",
    "exec",
    "time",
    "then",
    "do",
    "else",
    "if",
    "!",
];

/// Programs of services that read a secret from their input, if one of [`LOGIN_WORDS`] stands behind them.
pub(super) const READERS: [&str; 44] = [
    "aws",
    "az",
    "bao",
    "buildah",
    "cargo",
    "crane",
    "databricks",
    "docker",
    "doctl",
    "doppler",
    "eas",
    "expo",
    "firebase",
    "flyctl",
    "fly",
    "gcloud",
    "gem",
    "gh",
    "glab",
    "helm",
    "heroku",
    "hf",
    "huggingface-cli",
    "ibmcloud",
    "infisical",
    "kubectl",
    "nerdctl",
    "netlify",
    "npm",
    "oc",
    "op",
    "oras",
    "pnpm",
    "podman",
    "poetry",
    "regctl",
    "sentry-cli",
    "skopeo",
    "snyk",
    "supabase",
    "vault",
    "vercel",
    "wandb",
    "wrangler",
];

pub(super) const LOGIN_WORDS: [&str; 17] = [
    "configure",
    "login",
    "signin",
    "auth",
    "secret",
    "secrets",
    "token",
    "passwd",
    "password",
    "credential",
    "credentials",
    "unseal",
    "unlock",
    "put",
    "write",
    "encrypt",
    "add-authtoken",
];

/// Programs that read nothing but secrets from their input.
pub(super) const SECRET_READERS: [&str; 10] = [
    "chpasswd",
    "passwd",
    "smbpasswd",
    "pdbedit",
    "cryptsetup",
    "mkpasswd",
    "vncpasswd",
    "su",
    "kinit",
    "ssh-add",
];
