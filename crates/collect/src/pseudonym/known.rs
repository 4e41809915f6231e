//! Names that identify no person or organisation: public registries and package hosts, accounts that images ship with, common words.

/// Domains of public registries, mirrors and documentation. They stay, as do the hosts below them.
#[rustfmt::skip]
const PUBLIC_DOMAINS: [&str; 74] = [
    "alpinelinux.org", "amazonlinux.com", "anaconda.com", "anaconda.org", "apache.org", "archlinux.org",
    "bootstrap.pypa.io", "cgr.dev", "centos.org", "clojars.org", "compose-spec.io", "conda.io", "cpan.org",
    "cran.r-project.org", "crates.io", "debian.net", "debian.org", "docker.com", "docker.elastic.co",
    "docker.io", "download.pytorch.org", "deb.nodesource.com", "rpm.nodesource.com", "fedoraproject.org",
    "fonts.googleapis.com", "gcr.io", "ghcr.io", "getcomposer.org", "gnu.org", "gnupg.org", "go.dev",
    "golang.org", "gradle.org", "helm.sh", "hex.pm", "hf.co", "huggingface.co", "install.python-poetry.org",
    "jsdelivr.net", "k8s.io", "kernel.org", "kubernetes.io", "label-schema.org", "lscr.io", "maven.org",
    "mcr.microsoft.com", "nginx.org", "nixos.org", "nodejs.org", "npmjs.com", "npmjs.org", "nuget.org",
    "nvcr.io", "nvidia.com", "opencontainers.org", "openpgp.org", "opensuse.org", "packages.microsoft.com",
    "packagist.org", "pgp.mit.edu", "postgresql.org", "public.ecr.aws", "pypi.org", "python.org",
    "pythonhosted.org", "quay.io", "rubygems.org", "rust-lang.org", "rustup.rs", "sks-keyservers.net",
    "spdx.org", "ubuntu.com", "unpkg.com", "yarnpkg.com",
];

/// Public hosts whose neighbours belong to anybody: `acme.github.io` says whose it is.
const PUBLIC_HOSTS: [&str; 24] = [
    "api.github.com",
    "apt.llvm.org",
    "astral.sh",
    "bitbucket.org",
    "bun.sh",
    "cli.github.com",
    "codeload.github.com",
    "dl.google.com",
    "dl.yarnpkg.com",
    "get.docker.com",
    "get.helm.sh",
    "github.com",
    "gitlab.com",
    "localhost.localdomain",
    "objects.githubusercontent.com",
    "proxy.golang.org",
    "raw.githubusercontent.com",
    "registry.access.redhat.com",
    "registry.gitlab.com",
    "registry.redhat.io",
    "repo1.maven.org",
    "storage.googleapis.com",
    "www.w3.org",
    "host.docker.internal",
];

/// Hosts on which the first part of a path is whose it is, and the second what.
pub(super) const CODE_HOSTS: [&str; 6] = [
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "raw.githubusercontent.com",
    "codeload.github.com",
    "www.github.com",
];

/// Registries on which the first part of a name is an account.
const ACCOUNT_REGISTRIES: [&str; 10] = [
    "cgr.dev",
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
    "ghcr.io",
    "quay.io",
    "gcr.io",
    "registry.gitlab.com",
    "public.ecr.aws",
    "lscr.io",
];

/// Accounts that publish for everybody.
#[rustfmt::skip]
const PUBLISHERS: [&str; 67] = [
    "actions", "adoptium", "alpinelinux", "amazonlinux", "apache", "astral-sh", "aws", "azure", "bitnami",
    "clickhouse", "containerd", "containers", "coreos", "chainguard", "curl", "deadsnakes", "debian", "denoland", "distroless",
    "docker", "docker-library", "elastic", "fluent", "getsentry", "git-core", "google", "google-containers",
    "googlecontainertools", "goreleaser", "grafana", "hashicorp", "helm", "huggingface", "jqlang",
    "just-containers", "jwilder", "krallin", "kubernetes", "kubernetes-sigs", "library", "linuxserver",
    "mikefarah", "minio", "moby", "ncopa", "nginx", "nginxinc", "nodejs", "nodesource", "nvidia", "nvm-sh",
    "oauth2-proxy", "ondrej", "open-telemetry", "opencontainers", "pallets", "postgis", "prom", "prometheus",
    "python", "pytorch", "redis", "rust-lang", "rustsec", "tianon", "traefik", "ubuntu-toolchain-r",
];

/// Two labels that begin a reversed name of everybody's.
const PUBLIC_REVERSED: [&str; 40] = [
    "ch.qos",
    "com.amazonaws",
    "com.azure",
    "com.docker",
    "com.fasterxml",
    "com.github",
    "com.google",
    "com.microsoft",
    "com.nvidia",
    "com.oracle",
    "com.redhat",
    "com.sun",
    "com.zaxxer",
    "dev.containers",
    "io.buildah",
    "io.buildpacks",
    "io.grpc",
    "io.k8s",
    "io.kubernetes",
    "io.micrometer",
    "io.netty",
    "io.openshift",
    "io.podman",
    "io.projectreactor",
    "io.prometheus",
    "io.quarkus",
    "io.vertx",
    "net.bytebuddy",
    "org.apache",
    "org.codehaus",
    "org.eclipse",
    "org.gradle",
    "org.hibernate",
    "org.junit",
    "org.label-schema",
    "org.opencontainers",
    "org.postgresql",
    "org.slf4j",
    "org.springframework",
    "org.sonarqube",
];

/// Accounts that systems and images create: they identify no person.
#[rustfmt::skip]
const ROLES: [&str; 78] = [
    "adm", "admin", "administrator", "airflow", "apache", "app", "appgroup", "appuser", "application",
    "backup", "bin", "build", "builder", "cassandra", "celery", "container", "containeruser", "daemon",
    "default", "deploy", "docker", "django", "elasticsearch", "flask", "ftp", "games", "git", "grafana",
    "group", "guest", "gunicorn", "haproxy", "http", "httpd", "jboss", "jenkins", "jovyan", "kafka", "kong",
    "lp", "mail", "memcache", "mongodb", "mysql", "nginx", "nobody", "node", "nogroup", "nonroot", "ollama",
    "oracle", "postgres", "prometheus", "python", "rabbitmq", "redis", "root", "ruby", "runner", "scratch",
    "server", "service", "solr", "spark", "sshd", "staff", "sudo", "sync", "sys", "tomcat", "ubuntu",
    "user", "users", "uucp", "vscode", "wheel", "worker", "www-data",
];

/// Words that say nothing alone. As a name they are replaced where they stand for one, not in other texts.
#[rustfmt::skip]
const COMMON: [&str; 58] = [
    "all", "api", "app", "apps", "auth", "backend", "base", "bin", "build", "cache", "client", "cloud",
    "code", "common", "config", "core", "data", "db", "default", "deploy", "dev", "docker", "frontend",
    "gateway", "group", "groups", "home", "image", "images", "infra", "lib", "local", "main", "master", "model",
    "name", "people", "platform", "prod", "production", "project", "proxy", "public", "python", "registry", "repo",
    "root", "server", "service", "services", "src", "stack", "staging", "team", "test", "tools", "web",
    "work",
];

/// Dotted names that end like a host, of libraries and programs.
const SOFTWARE: [&str; 12] = [
    "asp.net",
    "vb.net",
    "microsoft.net",
    "system.net",
    "system.io",
    "java.net",
    "java.io",
    "socket.io",
    "engine.io",
    "draw.io",
    "keras.io",
    "google.cloud",
];

/// What is written where a host could stand.
const NO_HOSTS: [&str; 31] = [
    "localhost",
    "localhost4",
    "localhost6",
    "ip6-localhost",
    "ip6-loopback",
    "ip6-allnodes",
    "ip6-allrouters",
    "broadcasthost",
    "localdomain",
    "localhost.localdomain",
    "true",
    "false",
    "none",
    "null",
    "auto",
    "default",
    "all",
    "any",
    "host",
    "hostname",
    "on",
    "off",
    "yes",
    "no",
    "to",
    "and",
    "or",
    "the",
    "is",
    "for",
    "unix",
];

/// A host that anybody may know.
pub(super) fn is_public_host(host: &str) -> bool {
    let is_below =
        |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    PUBLIC_HOSTS.contains(&host) || PUBLIC_DOMAINS.into_iter().any(is_below)
}

pub(super) fn is_account_registry(host: &str) -> bool {
    ACCOUNT_REGISTRIES.contains(&host) || host.ends_with(".pkg.dev") || host.ends_with(".gcr.io")
}

pub(super) fn is_publisher(account: &str) -> bool {
    PUBLISHERS.contains(&account.to_ascii_lowercase().as_str())
}

pub(super) fn is_public_reversed(two_labels: &str) -> bool {
    PUBLIC_REVERSED.contains(&two_labels)
}

pub(super) fn is_role(user: &str) -> bool {
    ROLES.contains(&user.to_ascii_lowercase().as_str()) || user.starts_with('_')
}

pub(super) fn is_common(word: &str) -> bool {
    word.len() < 3 || COMMON.contains(&word) || ROLES.contains(&word)
}

pub(super) fn is_software(name: &str) -> bool {
    SOFTWARE.contains(&name)
}

pub(super) fn is_no_host(word: &str) -> bool {
    NO_HOSTS.contains(&word)
}
