//! Catalogers: the files they read, each at a place where it is looked for.
//!
//! An input is one file or several, parted by [`PARTING`]; the first byte of each chooses its place.

use plimsoll_collect::{ReadLayer, read_layer};

use crate::{layer, limits, tarball};

/// What parts the files of one input.
pub(crate) const PARTING: &[u8] = b"\xff\xfe\xfd\xfc";

/// The most files of one input.
const MOST_FILES: usize = 8;

const SYSTEM: &[&str] = &[
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/base",
    "var/lib/dpkg/status.d/base.md5sums",
    "var/lib/dpkg/info/libc6:amd64.list",
    "var/lib/dpkg/info/libc6:amd64.md5sums",
    "var/lib/apt/extended_states",
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "etc/apk/world",
    "opt/conda/conda-meta/numpy-1.26.4-py312_0.json",
    "opt/conda/conda-meta/history",
    "var/lib/dpkg/info/libc6:amd64.conffiles",
    "var/lib/dpkg/diversions",
    "usr/lib/opkg/status",
    "usr/lib/opkg/info/libc.list",
    "var/lib/chisel/manifest.wall",
    "var/lib/pacman/local/xz-5.4-1/desc",
    "var/lib/pacman/local/xz-5.4-1/files",
    "var/db/pkg/app-misc/jq-1.7/CONTENTS",
    "var/db/pkg/app-misc/jq-1.7/LICENSE",
    "home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json",
    "snap/hello/meta/snap.yaml",
    "opt/bitnami/redis/.spdx-redis.spdx",
    "nix/store/0123456789abcdfghijklmnpqrsvwxyz-hello-2.12.1/bin/hello",
];

const RPM: &[&str] = &[
    "var/lib/rpm/rpmdb.sqlite",
    "usr/lib/sysimage/rpm/Packages.db",
    "var/lib/rpm/Packages",
    "var/lib/rpm/rpmdb.sqlite-wal",
];

const LANGUAGES: &[&str] = &[
    "usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA",
    "usr/lib/python3/dist-packages/six-1.16.0.dist-info/RECORD",
    "usr/lib/python3/dist-packages/six-1.16.0.dist-info/INSTALLER",
    "usr/lib/python3/dist-packages/six-1.16.0.dist-info/top_level.txt",
    "usr/lib/python3/dist-packages/six-1.16.0.dist-info/entry_points.txt",
    "usr/lib/python3/dist-packages/six.egg-info/PKG-INFO",
    "usr/lib/python3/dist-packages/six.egg-info/requires.txt",
    "usr/lib/python3/dist-packages/six.egg-info/SOURCES.txt",
    "usr/lib/python3/dist-packages/six.egg-info/installed-files.txt",
    "usr/lib/python3/dist-packages/six.egg-info/top_level.txt",
    "usr/lib/python3/dist-packages/yaml-6.0.egg-info",
    "usr/lib/python3/dist-packages/attr.egg/EGG-INFO/PKG-INFO",
    "usr/lib/node_modules/npm/package.json",
    "app/node_modules/@scope/name/package.json",
    "app/package.json",
    "usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec",
    "usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec",
    "app/requirements.txt",
    "app/requirements-dev.in",
    "app/pyproject.toml",
    "app/Pipfile",
    "app/setup.cfg",
    "app/environment.yml",
    "app/app.egg-info/requires.txt",
    "app/app.egg-info/PKG-INFO",
    "usr/lib/python3/dist-packages/app.egg-link",
    "usr/local/bundle/ruby/3.2.0/bundler/gems/a-0a1b2c3d4e5f/a.gemspec",
    "app/shop.deps.json",
    "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json",
    "srv/vendor/composer/installed.json",
    "usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg",
    "usr/lib/R/site-library/dplyr/DESCRIPTION",
    "usr/local/lib/perl5/site_perl/5.36.0/x86_64-linux/auto/Moo/.packlist",
    "usr/local/lib/perl5/site_perl/5.36.0/x86_64-linux/.meta/Moo-2.005/install.json",
    "usr/lib/perl/5.36/perllocal.pod",
    "usr/local/lib/luarocks/rocks-5.1/lpeg/1.1-1/lpeg-1.1-1.rockspec",
    "usr/local/lib/luarocks/rocks-5.1/lpeg/1.1-1/rock_manifest",
    "usr/lib/erlang/lib/ssl-11.0/ebin/ssl.app",
    "opt/julia/packages/Foo/abcde/Project.toml",
    "root/.pub-cache/hosted/pub.dev/args-2.4.2/pubspec.yaml",
    "root/.conan/data/zlib/1.3/_/_/package/0/conaninfo.txt",
    "usr/lib/ghc/package.conf.d/text-2.0.2.conf",
    "root/.opam/5.1/.opam-switch/packages/zarith.1.13/opam",
    "usr/lib/swi-prolog/pack/hdt/pack.pl",
    "var/www/html/wp-content/plugins/akismet/akismet.php",
    "opt/java/openjdk/release",
    "usr/local/go/VERSION",
    "usr/local/lib/python3.12/os.py",
    "usr/local/include/php/main/php_version.h",
    "usr/local/lib/ruby/3.2.0/x86_64-linux/rbconfig.rb",
    "usr/local/lib/erlang/releases/26/OTP_VERSION",
];

const JAVA: &[&str] = &["app/lang.jar", "app/service-1.2.3.war", "opt/all.ear"];

const BINARIES: &[&str] = &[
    "usr/bin/tool",
    "usr/lib/libx.so.1",
    "usr/local/bin/node",
    "usr/local/bin/python3.12",
    "usr/local/bin/redis-server",
    "usr/local/bin/postgres",
    "usr/local/bin/gzip",
    "usr/lib/cli/a.dll",
    "boot/vmlinuz-6.1",
    "lib/modules/6.1/a.ko",
];

const IMPORTS: &[&str] = &[
    "app/main.py",
    "app/notes.ipynb",
    "app/index.js",
    "app/index.mts",
    "app/page.tsx",
    "app/start.sh",
    "app/lib.cjs",
    "app/settings.py",
    "app/webpack.config.js",
    "app/.babelrc",
    "app/package.json",
    "app/logging.yaml",
    "app/gunicorn.ini",
    "app/Procfile",
    "etc/cron.d/jobs",
    "usr/local/bin/start",
    "etc/services.d/app/run",
];

const SECRETS: &[&str] = &[
    "app/.env",
    "root/.netrc",
    "root/.pgpass",
    "root/.my.cnf",
    "root/.aws/credentials",
    "root/.docker/config.json",
    "root/.npmrc",
    "root/.pypirc",
    "root/.config/pip/pip.conf",
    "root/.git-credentials",
    "root/.ssh/id_rsa",
    "app/server.pem",
    "app/server.key",
    "app/store.p12",
    "root/.kube/config",
    "app/config.json",
    "app/settings.py",
    "app/secrets.yaml",
    "app/.git/config",
    "root/.m2/settings.xml",
    "root/.config/gcloud/application_default_credentials.json",
    "app/terraform.tfstate",
    "root/.cargo/credentials.toml",
    "root/.gem/credentials",
    "root/.composer/auth.json",
    "root/.vault-token",
    "app/wp-config.php",
    "root/.putty.ppk",
];

/// Every list of places.
pub(crate) const ALL: &[&[&str]] = &[SYSTEM, RPM, LANGUAGES, JAVA, BINARIES, IMPORTS, SECRETS];

/// The places of a target's files.
pub(crate) fn places(target: &str) -> &'static [&'static str] {
    match target {
        "system_packages" => SYSTEM,
        "rpm" => RPM,
        "language_packages" => LANGUAGES,
        "java" => JAVA,
        "binaries" => BINARIES,
        "imports" => IMPORTS,
        "secrets" => SECRETS,
        _ => &[],
    }
}

/// The databases of dpkg, apk, conda and their like.
pub fn system_packages(data: &[u8]) {
    check(SYSTEM, data);
}

/// The databases of rpm.
pub fn rpm(data: &[u8]) {
    check(RPM, data);
}

/// Metadata and manifests of languages, and what tells of runtimes.
pub fn language_packages(data: &[u8]) {
    check(LANGUAGES, data);
}

/// Archives of Java.
pub fn java(data: &[u8]) {
    check(JAVA, data);
}

/// Sources, whose imports are read.
pub fn imports(data: &[u8]) {
    check(IMPORTS, data);
}

/// Files that may hold a secret.
pub fn secrets(data: &[u8]) {
    check(SECRETS, data);
}

/// Binaries are read in pieces as they pass by: where the pieces end must not matter.
pub fn binaries(data: &[u8]) {
    let whole = check(BINARIES, data);
    let (Some(&at), Some(whole)) = (data.last(), whole) else { return };
    // A file in front moves the end of a piece into the binary.
    const PIECE: usize = 256 << 10;
    let content: usize = data.len() * usize::from(at) / 256;
    let Some(before) = (PIECE - 2 * 512).checked_sub(content) else { return };
    let parted = read(&[("a", &vec![0; before])], BINARIES, data);
    let facts = |layer: &ReadLayer| {
        let mut facts = layer.contents.facts.clone().expect("it was looked into").binaries;
        facts.iter_mut().for_each(|fact| fact.entry = 0);
        facts
    };
    assert_eq!(facts(&whole), facts(&parted), "pieces make no difference");
}

/// Reads the files as a layer, twice, and checks it.
fn check(places: &[&'static str], data: &[u8]) -> Option<ReadLayer> {
    if data.is_empty() {
        return None;
    }
    let first = read(&[], places, data);
    layer::check(&first);
    assert!(first.contents == read(&[], places, data).contents, "a layer that is read twice is the same");
    Some(first)
}

fn read(before: &[(&str, &[u8])], places: &[&'static str], data: &[u8]) -> ReadLayer {
    let mut tar = Vec::new();
    for (path, content) in before {
        tarball::append(&mut tar, path.as_bytes(), b'0', b"", 0o644, content);
    }
    for (path, content) in files(places, data) {
        tarball::append(&mut tar, path.as_bytes(), b'0', b"", 0o755, content);
    }
    tarball::finish(&mut tar);
    read_layer("layer", &tar[..], &limits()).expect("the tar itself is sound")
}

fn files<'a>(places: &[&'static str], data: &'a [u8]) -> Vec<(&'static str, &'a [u8])> {
    let mut files = Vec::new();
    let mut rest = data;
    while files.len() < MOST_FILES
        && let Some((&place, after)) = rest.split_first()
    {
        let end = after.windows(PARTING.len()).position(|window| window == PARTING);
        let (content, next) = match end {
            Some(end) => (&after[..end], &after[end + PARTING.len()..]),
            None => (after, &[][..]),
        };
        files.push((places[usize::from(place) % places.len()], content));
        rest = next;
    }
    files
}
