//! What packages load if it is there, and their metadata do not state: their documentation does.

/// A package of Python, and the packages that it makes use of.
pub(super) const OF_PYTHON: &[(&str, &[&str])] = &[
    // docs.djangoproject.com: "Databases", "ImageField", "Caching", "Password management", "Serialization",
    // "Templates", "GeoIP2", "admindocs", "runserver".
    (
        "django",
        &[
            "argon2-cffi",
            "bcrypt",
            "cx-oracle",
            "docutils",
            "geoip2",
            "jinja2",
            "mysqlclient",
            "oracledb",
            "pillow",
            "psycopg",
            "psycopg-binary",
            "psycopg-c",
            "psycopg2",
            "psycopg2-binary",
            "pylibmc",
            "pymemcache",
            "pymysql",
            "pywatchman",
            "pyyaml",
            "redis",
            "tblib",
        ],
    ),
    // www.django-rest-framework.org, "Installation".
    (
        "djangorestframework",
        &[
            "coreapi",
            "django-filter",
            "django-guardian",
            "inflection",
            "markdown",
            "pygments",
            "pyyaml",
            "uritemplate",
        ],
    ),
    // keras.io, "Configuring your backend".
    ("keras", &["jax", "tensorflow", "tensorflow-cpu", "torch"]),
    // docs.peewee-orm.com, "Database".
    ("peewee", &["apsw", "mysqlclient", "psycopg2", "psycopg2-binary", "pymysql"]),
    // docs.celeryq.dev, "Concurrency", "Backends and Brokers".
    ("celery", &["eventlet", "flower", "gevent", "redis", "sqlalchemy"]),
    // docs.gunicorn.org, "Settings", `worker_class`, `proc_name`, `statsd_host`.
    ("gunicorn", &["eventlet", "gevent", "setproctitle", "tornado"]),
    // docs.dagster.io, "Running Dagster locally".
    ("dagster", &["dagster-webserver"]),
    // fastapi.tiangolo.com, "Optional Dependencies".
    ("fastapi", &["email-validator", "jinja2", "orjson", "python-multipart", "ujson"]),
    // flask.palletsprojects.com, "Installation", "Optional dependencies".
    ("flask", &["asgiref", "python-dotenv", "watchdog"]),
    // flask-socketio.readthedocs.io, "Deployment".
    ("python-engineio", &["eventlet", "gevent", "gevent-websocket", "uwsgi"]),
    // python.langchain.com, "Integrations".
    (
        "langchain-community",
        &[
            "beautifulsoup4",
            "chromadb",
            "docx2txt",
            "duckduckgo-search",
            "faiss-cpu",
            "faiss-gpu",
            "llama-cpp-python",
            "lxml",
            "pdfminer-six",
            "pgvector",
            "psycopg2-binary",
            "pymupdf",
            "pypdf",
            "python-docx",
            "qdrant-client",
            "rank-bm25",
            "redis",
            "sentence-transformers",
            "tiktoken",
            "unstructured",
            "wikipedia",
        ],
    ),
    // huggingface.co/docs/transformers, "Installation", "Quantization", "Attention".
    (
        "transformers",
        &[
            "accelerate",
            "bitsandbytes",
            "einops",
            "flash-attn",
            "optimum",
            "peft",
            "protobuf",
            "sentencepiece",
            "tiktoken",
        ],
    ),
];

/// A package of npm, and the packages that it makes use of.
pub(super) const OF_NPM: &[(&str, &[&str])] = &[
    // expressjs.com, "Using template engines with Express": `view engine` may be made at run time.
    ("express", &["ejs", "hbs", "pug"]),
    // getpino.io, "Pretty Printing".
    ("pino", &["pino-pretty"]),
    ("pg", &["pg-native"]),
    ("next", &["sharp"]),
    // docs.strapi.io, "Plugins", "Database configuration": it loads plugins that `package.json` lists.
    (
        "@strapi/strapi",
        &[
            "@strapi/plugin-cloud",
            "@strapi/plugin-graphql",
            "@strapi/plugin-i18n",
            "@strapi/plugin-users-permissions",
            "better-sqlite3",
            "mysql2",
            "pg",
        ],
    ),
];
