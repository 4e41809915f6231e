//! What kind of server a service is, by what it runs; by its image only where nothing says what it runs.
//!
//! An image's name is no proof: exporters, backup jobs, clients and dashboards are called after the database they talk
//! to, and some run from the database's own image.

use super::argv::Argv;
use super::stack::StackService;

/// What a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// A server of PostgreSQL.
    Postgres,
    /// Another server that keeps what it is given.
    Database,
    /// Named or built like a database, but what it runs is not understood: no advice fits.
    Unclear,
    /// Anything else.
    Other,
}

impl Server {
    pub(crate) fn of(service: &StackService<'_>) -> Self {
        let image = image(service);
        let named = image.map_or(Self::Other, of_image);
        let argv = Argv::running(service).or_else(|| Argv::planned(service));
        match argv.map(|argv| of_command(&argv.words())) {
            Some(Program::Server(server)) => server,
            Some(Program::Default) | None => named,
            // A script may well start the database that its image is made for.
            Some(Program::Unknown) if named != Self::Other => Self::Unclear,
            Some(Program::Tool | Program::Unknown) => Self::Other,
        }
    }

    /// Whether it keeps what it is given.
    pub(crate) const fn is_database(self) -> bool {
        matches!(self, Self::Postgres | Self::Database)
    }
}

/// The reference of the image of a service: of the container, else as it is planned.
pub(crate) fn image<'a>(service: &'a StackService<'_>) -> Option<&'a str> {
    let run = service.current().into_iter().find_map(|(_, container)| container.image.as_deref());
    // A container that was started by the ID of its image says nothing.
    let run = run.filter(|image| !image.starts_with("sha256:"));
    run.or(service.plan.and_then(|plan| plan.image.as_deref()))
}

/// Images of servers that keep what they are given, by the name of the product.
const PRODUCTS: [&str; 56] = [
    "arangodb",
    "aerospike",
    "cassandra",
    "chroma",
    "clickhouse",
    "cockroach",
    "cockroachdb",
    "couchbase",
    "couchdb",
    "db2",
    "dragonfly",
    "dgraph",
    "elasticsearch",
    "etcd",
    "ferretdb",
    "firebird",
    "influxdb",
    "janusgraph",
    "kafka",
    "keydb",
    "mariadb",
    "meilisearch",
    "memgraph",
    "milvus",
    "minio",
    "mongo",
    "mongodb",
    "mssql",
    "mysql",
    "nats",
    "neo4j",
    "opensearch",
    "orientdb",
    "percona",
    "prometheus",
    "pulsar",
    "qdrant",
    "questdb",
    "rabbitmq",
    "ravendb",
    "redis",
    "redpanda",
    "rethinkdb",
    "scylla",
    "scylladb",
    "solr",
    "surrealdb",
    "tarantool",
    "tidb",
    "tikv",
    "typesense",
    "valkey",
    "vault",
    "victoriametrics",
    "weaviate",
    "zookeeper",
];

/// Images of PostgreSQL, by the name of the product.
const POSTGRES: [&str; 9] =
    ["postgres", "postgresql", "postgis", "pgvector", "timescaledb", "spilo", "citus", "paradedb", "pgvecto"];

/// What stands behind the name of a product in the name of an image of its server. Anything else, as `exporter`, `backup`,
/// `client`, `ui` or `express`, makes it another program.
const VARIANTS: [&str; 33] = [
    "server",
    "db",
    "database",
    "alpine",
    "debian",
    "ubuntu",
    "bookworm",
    "bullseye",
    "slim",
    "cluster",
    "galera",
    "ha",
    "oss",
    "ce",
    "ee",
    "community",
    "enterprise",
    "stack",
    "native",
    "single",
    "node",
    "standalone",
    "primary",
    "master",
    "replica",
    "management",
    "bundle",
    "sharded",
    "repmgr",
    "rs",
    "pgvector",
    "postgis",
    "timescaledb",
];

/// What the name of an image says.
fn of_image(reference: &str) -> Server {
    let path = reference.split('@').next().unwrap_or(reference);
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.split(':').next().unwrap_or(name).to_ascii_lowercase();
    // Microsoft's and Oracle's servers are called by their directories.
    if path.contains("/mssql/server")
        || name == "azure-sql-edge"
        || name == "oracle-xe"
        || name == "oracle-free"
    {
        return Server::Database;
    }
    let mut words: Vec<&str> = name.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
    // Confluent calls its images `cp-kafka`, OpenShift calls them `rhel9-postgresql-16`.
    if words.len() > 1 && (words[0] == "cp" || is_platform(words[0])) {
        words.remove(0);
    }
    let Some((product, rest)) = words.split_first() else { return Server::Other };
    let product = product.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let fits = |list: &[&str]| list.iter().any(|known| *known == product || *known == words[0]);
    let server = if fits(&POSTGRES) {
        Server::Postgres
    } else if fits(&PRODUCTS) {
        Server::Database
    } else {
        return Server::Other;
    };
    if rest.iter().all(|word| VARIANTS.contains(word) || is_version(word)) { server } else { Server::Other }
}

/// `rhel9`, `ubi8`, `c9s`.
fn is_platform(word: &str) -> bool {
    ["rhel", "ubi", "centos", "fedora"]
        .iter()
        .any(|platform| word.strip_prefix(platform).is_some_and(is_version))
}

/// `16`, `v2`, `pg16`, `16beta1`.
fn is_version(word: &str) -> bool {
    let digits = word.trim_start_matches(['v', 'p', 'g', 'c']);
    digits.starts_with(|sign: char| sign.is_ascii_digit())
}

/// What a command runs.
enum Program {
    Server(Server),
    /// A program that is known to be no server.
    Tool,
    /// What the image does of itself: only options, or only its own entrypoint.
    Default,
    /// A script or a program that is not known.
    Unknown,
}

fn of_command(words: &[&str]) -> Program {
    let mut rest = words;
    let mut passed_entrypoint = false;
    while let Some((&word, after)) = rest.split_first() {
        let program = base(word);
        match program {
            "tini" | "tini-static" | "dumb-init" | "catatonit" | "docker-init" | "exec" | "env" | "nice" => {
                rest = after;
                while let Some((option, after)) = rest.split_first()
                    && (option.starts_with('-') || option.contains('='))
                {
                    rest = after;
                }
            }
            "gosu" | "su-exec" => rest = after.get(1..).unwrap_or_default(),
            "sh" | "bash" | "ash" | "dash" => return of_shell(after),
            _ if is_entrypoint(word) => {
                passed_entrypoint = true;
                rest = after;
            }
            _ if word.starts_with('-') => return Program::Default,
            // The first argument of programs that their image starts itself: `server /data` of MinIO.
            "server" | "start" | "start-single-node" | "standalone" if program == word => {
                return Program::Default;
            }
            _ => return of_program(word, after),
        }
    }
    if passed_entrypoint || words.is_empty() { Program::Default } else { Program::Unknown }
}

/// What a shell runs: with `-c`, the programs in the places where one begins.
fn of_shell(words: &[&str]) -> Program {
    if !words.iter().any(|word| word.starts_with('-') && word.contains('c')) {
        return Program::Unknown;
    }
    let script = words.join(" ");
    let mut is_tool = false;
    for piece in script.split([';', '&', '|', '\n', '(', ')', '{', '}']) {
        let mut words = piece.split_whitespace().filter(|word| !is_prefix(word)).peekable();
        if words.next_if(|word| matches!(base(word), "gosu" | "su-exec")).is_some() {
            words.next();
        }
        let Some(program) = words.next() else { continue };
        let arguments: Vec<&str> = words.collect();
        match of_program(program, &arguments) {
            Program::Server(server) => return Program::Server(server),
            Program::Tool => is_tool = true,
            Program::Default | Program::Unknown => {}
        }
    }
    if is_tool { Program::Tool } else { Program::Unknown }
}

/// What may stand in front of a program in a script.
fn is_prefix(word: &str) -> bool {
    const WORDS: [&str; 14] = [
        "exec", "then", "do", "else", "if", "while", "until", "!", "sh", "bash", "-c", "-ec", "time", "tini",
    ];
    let is_assignment = || {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    };
    WORDS.contains(&word.trim_matches(['"', '\''])) || is_entrypoint(word) || word == "--" || is_assignment()
}

/// The last part of a path, without quotes.
fn base(word: &str) -> &str {
    let word = word.trim_matches(['"', '\'']);
    word.rsplit('/').next().unwrap_or(word)
}

/// The scripts that the images of databases run their command with.
fn is_entrypoint(word: &str) -> bool {
    matches!(base(word), "docker-entrypoint.sh" | "docker-entrypoint" | "opensearch-docker-entrypoint.sh")
        || (base(word) == "entrypoint.sh" && word.contains("/bitnami/"))
}

fn of_program(program: &str, arguments: &[&str]) -> Program {
    // Bitnami starts each of its servers with a script of the same place.
    if let Some(product) =
        program.strip_prefix("/opt/bitnami/scripts/").and_then(|rest| rest.strip_suffix("/run.sh"))
    {
        return match of_image(product) {
            Server::Other | Server::Unclear => Program::Unknown,
            server => Program::Server(server),
        };
    }
    let server = |first: &str| arguments.first().is_some_and(|argument| *argument == first);
    match base(program) {
        // What these options ask for ends at once.
        "postgres" | "postmaster"
            if arguments.iter().any(|option| {
                matches!(
                    *option,
                    "--version"
                        | "-V"
                        | "--help"
                        | "-?"
                        | "--describe-config"
                        | "-C"
                        | "--single"
                        | "--boot"
                        | "--check"
                )
            }) =>
        {
            Program::Tool
        }
        "postgres" | "postmaster" | "docker-ensure-initdb.sh" | "patroni" => {
            Program::Server(Server::Postgres)
        }
        // CloudNativePG: the manager of an instance starts the server.
        "manager" if server("instance") => Program::Server(Server::Postgres),
        "redis-server"
        | "valkey-server"
        | "keydb-server"
        | "mysqld"
        | "mysqld_safe"
        | "mariadbd"
        | "mariadbd-safe"
        | "mongod"
        | "cassandra"
        | "clickhouse-server"
        | "etcd"
        | "influxd"
        | "rabbitmq-server"
        | "eswrapper"
        | "elasticsearch"
        | "opensearch"
        | "couchdb"
        | "dragonfly"
        | "scylla"
        | "sqlservr"
        | "prometheus"
        | "qdrant"
        | "weaviate"
        | "meilisearch"
        | "typesense-server"
        | "nats-server"
        | "arangod"
        | "kafka-server-start.sh" => Program::Server(Server::Database),
        "minio" | "clickhouse" | "weed" | "vault" if server("server") => Program::Server(Server::Database),
        "cockroach" if server("start") || server("start-single-node") => Program::Server(Server::Database),
        // The start script of Kafka's images.
        "run" if program == "/etc/kafka/docker/run" || program == "/etc/confluent/docker/run" => {
            Program::Server(Server::Database)
        }
        "neo4j" if arguments.is_empty() || server("console") => Program::Server(Server::Database),
        tool if TOOLS.contains(&tool) || tool.ends_with("exporter") || tool.contains("backup") => {
            Program::Tool
        }
        _ => Program::Unknown,
    }
}

/// Clients and tools that come with databases.
const TOOLS: [&str; 39] = [
    "psql",
    "pg_dump",
    "pg_dumpall",
    "pg_restore",
    "pg_basebackup",
    "pg_isready",
    "pgbench",
    "pg_receivewal",
    "pgbackrest",
    "barman",
    "wal-g",
    "createdb",
    "initdb",
    "vacuumdb",
    "reindexdb",
    "redis-cli",
    "valkey-cli",
    "redis-benchmark",
    "mysql",
    "mariadb",
    "mysqldump",
    "mariadb-dump",
    "mysqladmin",
    "mongosh",
    "mongo",
    "mongodump",
    "mongorestore",
    "mongoimport",
    "cqlsh",
    "etcdctl",
    "influx",
    "mc",
    "clickhouse-client",
    "rabbitmqctl",
    "sleep",
    "tail",
    "crond",
    "cron",
    "supercronic",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Program {
        of_command(words)
    }

    fn server(words: &[&str]) -> Option<Server> {
        if let Program::Server(server) = command(words) { Some(server) } else { None }
    }

    #[test]
    fn images_of_servers_are_told_from_those_of_their_clients() {
        for image in [
            "postgres:16",
            "postgres",
            "docker.io/library/postgres:16-alpine",
            "agente/postgres:15",
            "pgvector/pgvector:pg16",
            "postgis/postgis:16-3.4",
            "timescale/timescaledb:latest-pg16",
            "timescale/timescaledb-ha:pg16",
            "bitnami/postgresql:16",
            "bitnamilegacy/postgresql-repmgr:16",
            "ghcr.io/cloudnative-pg/postgresql:16.2",
            "registry:5000/rhel9/postgresql-16",
            "localhost:5000/postgres@sha256:abc",
        ] {
            assert_eq!(of_image(image), Server::Postgres, "{image}");
        }
        for image in [
            "redis:7",
            "redis/redis-stack-server",
            "valkey/valkey-bundle",
            "mysql/mysql-server:8",
            "mongo:7",
            "mongodb/mongodb-community-server:7.0-ubi9",
            "confluentinc/cp-kafka:7.5",
            "apache/kafka-native",
            "docker.elastic.co/elasticsearch/elasticsearch:8",
            "clickhouse/clickhouse-server",
            "minio/minio",
            "rabbitmq:3-management",
            "mcr.microsoft.com/mssql/server:2022-latest",
            "mariadb:11",
            "couchdb:3",
        ] {
            assert_eq!(of_image(image), Server::Database, "{image}");
        }
        for image in [
            "prometheuscommunity/postgres-exporter",
            "wrouesnel/postgres_exporter",
            "prodrigestivill/postgres-backup-local:16",
            "postgres-client",
            "my-postgres-client",
            "postgresql-client:16",
            "postgrest/postgrest",
            "oliver006/redis_exporter",
            "redis-exporter",
            "mongo-express",
            "provectuslabs/kafka-ui",
            "elasticsearch-head",
            "my-redis-client",
            "redis-commander",
            "redis/redisinsight",
            "mysql-backup",
            "prom/mysqld-exporter",
            "dpage/pgadmin4",
            "minio/mc",
            "opensearchproject/opensearch-dashboards",
            "kafka-connect",
            "cassandra-reaper",
            "mongoexpress",
            "percona/mongodb_exporter",
            "backend",
            "postgres-operator",
            "rediscommander/redis-commander",
            "",
        ] {
            assert_eq!(of_image(image), Server::Other, "{image}");
        }
    }

    #[test]
    fn servers_are_known_by_what_they_run() {
        for words in [
            &["docker-entrypoint.sh", "postgres"][..],
            &["docker-entrypoint.sh", "postgres", "-c", "ssl=on"],
            &["/usr/lib/postgresql/16/bin/postgres", "-D", "/data"],
            &["tini", "--", "docker-entrypoint.sh", "postgres"],
            &["gosu", "postgres", "postgres"],
            &["sh", "-c", "exec postgres -D $PGDATA -c work_mem=8MB"],
            &["/opt/bitnami/scripts/postgresql/entrypoint.sh", "/opt/bitnami/scripts/postgresql/run.sh"],
            &["/controller/manager", "instance", "run", "--log-level=info"],
        ] {
            assert_eq!(server(words), Some(Server::Postgres), "{words:?}");
        }
        for words in [
            &["docker-entrypoint.sh", "redis-server", "--save", "60", "1"][..],
            &["/bin/tini", "--", "/usr/local/bin/docker-entrypoint.sh", "eswrapper"],
            &["/usr/bin/docker-entrypoint.sh", "minio", "server", "/data"],
            &["docker-entrypoint.sh", "mysqld"],
        ] {
            assert_eq!(server(words), Some(Server::Database), "{words:?}");
        }
    }

    #[test]
    fn clients_and_jobs_are_no_servers_whatever_their_image() {
        for words in [
            &["docker-entrypoint.sh", "psql", "-h", "postgres"][..],
            &["docker-entrypoint.sh", "pg_dump", "-h", "postgres", "-U", "postgres"],
            &["sh", "-c", "while true; do pg_dump -h postgres app > /b/app.sql; sleep 3600; done"],
            &["/bin/postgres_exporter", "--web.listen-address=:9187"],
            &["docker-entrypoint.sh", "redis-cli", "-h", "redis", "monitor"],
            &["postgres", "--version"],
            &["sleep", "infinity"],
            &["/backup.sh"],
        ] {
            assert!(matches!(command(words), Program::Tool), "{words:?}");
        }
        for words in [
            &["/work.sh"][..],
            &["python", "main.py"],
            &["sh", "/start.sh"],
            &["su", "postgres", "-c", "postgres"],
        ] {
            assert!(matches!(command(words), Program::Unknown), "{words:?}");
        }
        for words in
            [&["docker-entrypoint.sh"][..], &["docker-entrypoint.sh", "-c", "ssl=on"], &["-c", "ssl=on"]]
        {
            assert!(matches!(command(words), Program::Default), "{words:?}");
        }
    }
}
