//! Names by which texts call databases and brokers: dialects, schemes of addresses, backends.

/// The names, and the modules and packages that connect to them.
const DRIVERS: &[(&str, &[&str])] = &[
    ("amqp", &["amqp", "amqplib", "pika"]),
    ("amqps", &["amqp", "amqplib", "pika"]),
    ("aurora-mysql", &["mysql2", "mysql"]),
    ("aurora-postgres", &["pg"]),
    ("cockroachdb", &["psycopg2", "psycopg", "pg"]),
    ("db2", &["ibm_db", "ibm_db_sa", "ibm_db"]),
    ("gcs", &["gcsfs"]),
    ("gs", &["gcsfs"]),
    ("mariadb", &["MySQLdb", "pymysql", "mariadb", "mysql2"]),
    ("memcached", &["pymemcache", "pylibmc", "memcache"]),
    ("mongodb", &["pymongo", "mongodb"]),
    ("mssql", &["pyodbc", "pymssql", "tedious", "mssql"]),
    ("mysql", &["MySQLdb", "pymysql", "mysql", "mysql2"]),
    ("mysql2", &["mysql2"]),
    ("oracle", &["cx_Oracle", "oracledb"]),
    ("pg", &["pg", "pg-native"]),
    ("postgis", &["psycopg2", "psycopg"]),
    ("postgres", &["psycopg2", "psycopg", "asyncpg", "pg", "pg-hstore", "pg-native"]),
    ("postgresql", &["psycopg2", "psycopg", "asyncpg", "pg", "pg-hstore", "pg-native"]),
    ("psql", &["psycopg2", "psycopg"]),
    ("rediss", &["redis", "ioredis"]),
    ("redis", &["redis", "ioredis"]),
    ("s3", &["s3fs", "boto3"]),
    ("snowflake", &["snowflake.sqlalchemy", "snowflake.connector", "snowflake-sdk"]),
    ("sqlite", &["sqlite3", "better-sqlite3"]),
    ("sqs", &["boto3"]),
    ("srv", &["dns"]),
];

/// The modules and packages that a driver's name stands for.
pub(super) fn drivers(name: &str) -> &'static [&'static str] {
    DRIVERS.iter().find(|(known, _)| *known == name).map_or(&[], |(_, modules)| modules)
}
