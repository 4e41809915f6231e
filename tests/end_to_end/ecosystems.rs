//! Packages of every ecosystem own their bytes: each case is a layer as it is found in images, and says who owns what.

use std::fs;

use plimsoll_tests::craft::{Layer, docker_archive};
use plimsoll_tests::program;
use serde_json::Value;
use tar::EntryType;

/// Catalogues an image of these layers.
fn packages(layers: &[Layer]) -> Value {
    let layers: Vec<_> = layers.iter().map(Layer::finish).collect();
    let directory = tempfile::tempdir().unwrap();
    let archive = directory.path().join("archive.tar");
    fs::write(&archive, docker_archive(&layers, "test/image:1")).unwrap();
    let document = program::json(["packages", archive.to_str().unwrap(), "--format", "json"]);
    document["images"][0].clone()
}

/// The packages of an image, `ecosystem name version`, with their own bytes, by name.
fn owned(image: &Value) -> Vec<(String, u64)> {
    let text = |package: &Value, field: &str| package[field].as_str().unwrap().to_owned();
    let mut owned: Vec<_> = image["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let label = ["ecosystem", "name", "version"].map(|field| text(package, field)).join(" ");
            (label.trim_end().to_owned(), package["tree_bytes"].as_u64().unwrap())
        })
        .collect();
    owned.sort();
    owned
}

/// Asserts who owns how much of a layer of these files, given as text or by their size.
fn check(files: &[(&str, Content<'_>)], expected: &[(&str, usize)]) {
    let layer = files.iter().fold(Layer::default(), |layer, (path, content)| match content {
        Text(text) => layer.entry(path, EntryType::Regular, "", text.as_bytes()),
        Bytes(bytes) => layer.entry(path, EntryType::Regular, "", bytes),
        Size(size) => layer.entry(path, EntryType::Regular, "", &vec![b'x'; *size]),
        Link(target) => layer.symlink(path, target),
    });
    let image = packages(&[layer]);
    let expected: Vec<_> =
        expected.iter().map(|(label, bytes)| ((*label).to_owned(), *bytes as u64)).collect();
    assert_eq!(owned(&image), expected);
}

enum Content<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Size(usize),
    Link(&'a str),
}

use Content::{Bytes, Link, Size, Text};

const STANZA: &str = "Package: libalpha1\nVersion: 1.0\nArchitecture: amd64\n";

#[test]
fn sums_stand_for_the_lists_of_dpkg() {
    let sums = "0  usr/lib/libalpha.so.1\n0  usr/share/doc/libalpha1/copyright\n";
    let conffiles = "/etc/alpha.conf\n";
    for (home, status) in
        [("status.d", "status.d/libalpha1"), ("info", "status.d/libalpha1"), ("info", "status")]
    {
        let stanza = format!("{STANZA}Status: install ok installed\n");
        let of_its_own = if status == "status" { 0 } else { stanza.len() };
        check(
            &[
                ("etc/alpha.conf", Size(40)),
                ("usr/lib/libalpha.so.1", Size(11_000)),
                ("usr/share/doc/libalpha1/copyright", Size(500)),
                (&format!("var/lib/dpkg/{home}/libalpha1.conffiles"), Text(conffiles)),
                (&format!("var/lib/dpkg/{home}/libalpha1.md5sums"), Text(sums)),
                (&format!("var/lib/dpkg/{status}"), Text(&stanza)),
            ],
            &[("dpkg libalpha1 1.0", 11_540 + sums.len() + conffiles.len() + of_its_own)],
        );
    }
}

#[test]
fn a_list_counts_more_than_sums() {
    let (sums, list) = ("0  usr/lib/old\n", "/usr/lib/new\n");
    let status = format!("{STANZA}Status: install ok installed\n");
    check(
        &[
            ("usr/lib/new", Size(100)),
            ("usr/lib/old", Size(1000)),
            ("var/lib/dpkg/info/libalpha1.md5sums", Text(sums)),
            ("var/lib/dpkg/info/libalpha1.list", Text(list)),
            ("var/lib/dpkg/status", Text(&status)),
        ],
        &[("dpkg libalpha1 1.0", 100 + sums.len() + list.len())],
    );
}

#[test]
fn a_diverted_file_belongs_to_whom_it_came_with() {
    let stanza =
        |name| format!("Package: {name}\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n\n");
    let status = stanza("binutils") + &stanza("binutils-multiarch");
    let diversions =
        "/usr/bin/strip\n/usr/bin/strip.single\nbinutils-multiarch\n/bin/local\n/bin/local.distrib\n:\n";
    let list = "/usr\n/usr/bin\n/usr/bin/strip\n";
    check(
        &[
            ("bin", Link("usr/bin")),
            ("usr/bin/strip", Size(3100)),
            ("usr/bin/strip.single", Size(3200)),
            ("var/lib/dpkg/diversions", Text(diversions)),
            ("var/lib/dpkg/info/binutils-multiarch.list", Text(list)),
            ("var/lib/dpkg/info/binutils.list", Text(list)),
            ("var/lib/dpkg/status", Text(&status)),
        ],
        &[("dpkg binutils 2", 3200 + list.len()), ("dpkg binutils-multiarch 2", 3100 + list.len())],
    );
    // The package that diverts may come in a later layer, which moves the file.
    let text =
        |layer: Layer, path: &str, text: &str| layer.entry(path, EntryType::Regular, "", text.as_bytes());
    let file =
        |layer: Layer, path: &str, size: usize| layer.entry(path, EntryType::Regular, "", &vec![b'x'; size]);
    let first = file(Layer::default(), "usr/bin/strip", 3200);
    let first = text(
        text(first, "var/lib/dpkg/info/binutils.list", list),
        "var/lib/dpkg/status",
        &stanza("binutils"),
    );
    let second = file(file(Layer::default(), "usr/bin/strip", 3100), "usr/bin/strip.single", 3200);
    let second = text(text(second, "var/lib/dpkg/diversions", diversions), "var/lib/dpkg/status", &status);
    let second = text(second, "var/lib/dpkg/info/binutils-multiarch.list", list);
    let expected = [("dpkg binutils 2", 3200 + list.len()), ("dpkg binutils-multiarch 2", 3100 + list.len())];
    let expected: Vec<_> =
        expected.iter().map(|(label, bytes)| ((*label).to_owned(), *bytes as u64)).collect();
    assert_eq!(owned(&packages(&[first, second])), expected);
}

#[test]
fn files_named_through_a_link_belong_to_their_package() {
    let status = format!("{STANZA}Status: install ok installed\n");
    let list = "/usr/lib\n/usr/lib/libz.so\n/bin/mount\n";
    check(
        &[
            ("bin", Link("usr/bin")),
            ("lib", Link("usr/lib")),
            ("lib/libz.so", Size(700)),
            ("usr/bin/mount", Size(21_000)),
            ("var/lib/dpkg/info/libalpha1.list", Text(list)),
            ("var/lib/dpkg/status", Text(&status)),
        ],
        &[("dpkg libalpha1 1.0", 21_700 + list.len())],
    );
}

#[test]
fn slices_of_chisel_belong_to_their_package() {
    let manifest = [
        r#"{"jsonwall":"1.0","schema":"1.0","count":4}"#,
        r#"{"kind":"package","name":"libssl3","version":"3.0-1","sha256":"0","arch":"amd64"}"#,
        r#"{"kind":"package","name":"openssl","version":"3.0-1","sha256":"1","arch":"amd64"}"#,
        r#"{"kind":"path","path":"/usr/bin/openssl","slices":["openssl_bins"]}"#,
        r#"{"kind":"path","path":"/usr/lib/libssl.so.3","slices":["libssl3_libs"]}"#,
    ];
    let manifest = zstd::encode_all(manifest.join("\n").as_bytes(), 1).unwrap();
    check(
        &[
            ("usr/bin/openssl", Size(12_000)),
            ("usr/lib/libssl.so.3", Size(13_000)),
            ("var/lib/chisel/manifest.wall", Bytes(&manifest)),
        ],
        &[("dpkg libssl3 3.0-1", 13_000), ("dpkg openssl 3.0-1", 12_000)],
    );
}

#[test]
fn runtimes_of_official_images_are_packages() {
    let release = "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"21.0.2\"\n";
    let (node, python) = ("node.js/v20.11.0\0", "\x003.12.1\0");
    check(
        &[
            ("opt/java/openjdk/lib/modules", Size(30_004)),
            ("opt/java/openjdk/release", Text(release)),
            ("usr/local/bin/node", Text(node)),
            ("usr/local/bin/php", Size(30_009)),
            ("usr/local/bin/python3.12", Text(python)),
            ("usr/local/go/VERSION", Text("go1.22.1\n")),
            ("usr/local/go/bin/go", Size(30_005)),
            ("usr/local/include/node/node.h", Size(50)),
            ("usr/local/lib/libpython3.12.so.1.0", Size(30_002)),
            ("usr/local/lib/python3.12/os.py", Size(30_003)),
            ("usr/local/lib/python3.12/site-packages/mine.py", Size(17)),
            ("usr/local/lib/ruby/3.2.0/set.rb", Size(30_008)),
            ("usr/local/rustup/toolchains/1.77.0-x86_64-unknown-linux-gnu/bin/rustc", Size(30_006)),
            ("usr/share/dotnet/dotnet", Size(30_007)),
        ],
        &[
            ("generic dotnet", 30_007),
            ("generic go 1.22.1", 30_005 + 9),
            ("generic java 21.0.2", 30_004 + release.len()),
            ("generic node 20.11.0", 50 + node.len()),
            ("generic php", 30_009),
            ("generic python 3.12.1", 60_005 + python.len()),
            ("generic ruby 3.2.0", 30_008),
            ("generic rust 1.77.0", 30_006),
        ],
    );
}

#[test]
fn what_came_with_a_runtime_is_a_part_of_it() {
    let release = "JAVA_VERSION=\"21.0.2\"\n";
    // An archive without entries.
    let jar = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    check(
        &[
            ("opt/java/openjdk/lib/jrt-fs-21.0.2.jar", Bytes(&jar)),
            ("opt/java/openjdk/release", Text(release)),
            ("srv/app-1.0.jar", Bytes(&jar)),
        ],
        &[("generic java 21.0.2", 22 + release.len()), ("java app 1.0", 22), ("java jrt-fs 21.0.2", 0)],
    );
}

#[test]
fn a_program_of_the_system_is_named_once() {
    let status = format!("{STANZA}Status: install ok installed\n");
    let (list, node) = ("/usr/bin/node\n", "node.js/v20.11.0\0");
    check(
        &[
            ("usr/bin/node", Text(node)),
            ("var/lib/dpkg/info/libalpha1.list", Text(list)),
            ("var/lib/dpkg/status", Text(&status)),
        ],
        &[("dpkg libalpha1 1.0", node.len() + list.len())],
    );
}

#[test]
fn a_package_of_the_system_owns_what_it_installs_of_languages() {
    const SITE: &str = "nix/store/0123456789abcdfghijklmnpqrsvwxyz-numpy-1.26.4/site-packages";
    let (metadata, record) = ("Name: numpy\nVersion: 1\n", "numpy/core.so,,\n");
    check(
        &[
            (&format!("{SITE}/numpy-1.dist-info/METADATA"), Text(metadata)),
            (&format!("{SITE}/numpy-1.dist-info/RECORD"), Text(record)),
            (&format!("{SITE}/numpy/core.so"), Size(40_000)),
        ],
        &[("nix numpy 1.26.4", 40_000 + metadata.len() + record.len()), ("python numpy 1", 0)],
    );
}

#[test]
fn every_ecosystem_owns_its_files() {
    const DEPENDENCIES: &str = r#"{"targets": {"t": {"shop/1.0.0": {"runtime": {"shop.dll": {}}},
        "Newtonsoft.Json/13.0.3": {"runtime": {"lib/net6.0/Newtonsoft.Json.dll": {}}}}},
        "libraries": {"shop/1.0.0": {"type": "project"}, "Newtonsoft.Json/13.0.3": {"type": "package"}}}"#;
    const INSTALLED: &str = r#"{"packages": [{"name": "monolog/monolog", "version": "3.5.0", "install-path": "../monolog/monolog"},
        {"name": "psr/log", "version": "3.0.0", "install-path": "../psr/log"}]}"#;
    let r = "Package: dplyr\nVersion: 1.1.4\nBuilt: R 4.3.1\n";
    let receipt = r#"{"installed_on_request": true}"#;
    let project = "name = \"Foo\"\nversion = \"0.3.0\"\n";
    let app = "{application,phoenix,[{vsn,\"1.7.0\"}]}.\n";
    let rock = "package = \"lpeg\"\nversion = \"1.1-1\"\n";
    let packlist = "/usr/local/lib/perl5/site_perl/5.36/Moo.pm\n";
    let spdx = r#"{"packages": [{"name": "redis", "versionInfo": "7.2.4"}]}"#;
    let (contents, desc) = ("obj /usr/bin/gjq 0 1\n", "%NAME%\nxz\n\n%VERSION%\n5.4-1\n");
    let (files, snap) = ("%FILES%\nusr/\nusr/bin/\nusr/bin/xz\n", "name: hello\nversion: 1\n");
    let opkg = "Package: opk\nVersion: 1\nStatus: install user installed\n";
    let gem = "Gem::Specification.new do |s|\n  s.name = \"mygem\"\n  s.version = \"0.4.2\"\nend\n";
    let pkg_info = "Name: olddev\nVersion: 0.9\n";
    check(
        &[
            ("app/Newtonsoft.Json.dll", Size(20_001)),
            ("app/shop.deps.json", Text(DEPENDENCIES)),
            ("app/shop.dll", Size(3000)),
            ("home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json", Text(receipt)),
            ("home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/bin/jq", Size(20_006)),
            ("nix/store/0123456789abcdfghijklmnpqrsvwxyz-hello-2.12.1/bin/hello", Size(20_004)),
            ("opt/app/lib/phoenix-1.7.0/ebin/Elixir.Phoenix.beam", Size(20_008)),
            ("opt/app/lib/phoenix-1.7.0/ebin/phoenix.app", Text(app)),
            ("opt/bitnami/redis/.spdx-redis.spdx", Text(spdx)),
            ("opt/bitnami/redis/bin/redis-server", Size(20_012)),
            ("opt/julia/packages/Foo/abcde/Project.toml", Text(project)),
            ("opt/julia/packages/Foo/abcde/src/Foo.jl", Size(20_007)),
            ("snap/hello/bin/h", Size(20_017)),
            ("snap/hello/meta/snap.yaml", Text(snap)),
            ("src/old/olddev.egg-info/PKG-INFO", Text(pkg_info)),
            ("src/old/olddev.py", Size(810)),
            ("srv/vendor/composer/installed.json", Text(INSTALLED)),
            ("srv/vendor/monolog/monolog/src/Logger.php", Size(20_002)),
            ("srv/vendor/psr/log/src/Log.php", Size(200)),
            ("usr/bin/gjq", Size(20_014)),
            ("usr/bin/opk", Size(20_016)),
            ("usr/bin/xz", Size(20_015)),
            ("usr/lib/opkg/info/opk.list", Text("/usr/bin/opk\n")),
            ("usr/lib/opkg/status", Text(opkg)),
            ("usr/lib/python3/site-packages/olddev.egg-link", Text("/src/old\n.")),
            ("usr/local/bundle/ruby/3.2.0/bundler/gems/mygem-0a1b2c3d4e5f/lib/mygem.rb", Size(8000)),
            ("usr/local/bundle/ruby/3.2.0/bundler/gems/mygem-0a1b2c3d4e5f/mygem.gemspec", Text(gem)),
            ("usr/local/lib/R/site-library/dplyr/DESCRIPTION", Text(r)),
            ("usr/local/lib/R/site-library/dplyr/R/dplyr.rdb", Size(20_003)),
            ("usr/local/lib/lua/5.1/lpeg.so", Size(20_009)),
            ("usr/local/lib/perl5/site_perl/5.36/Moo.pm", Size(20_010)),
            ("usr/local/lib/perl5/site_perl/5.36/x86_64-linux/auto/Moo/.packlist", Text(packlist)),
            ("usr/local/share/lua/5.1/luarocks/rocks/lpeg/1.1-1/lpeg-1.1-1.rockspec", Text(rock)),
            (
                "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json",
                Text("{}"),
            ),
            ("usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/System.dll", Size(20_011)),
            ("var/db/pkg/app-misc/jq-1.7/CONTENTS", Text(contents)),
            ("var/lib/pacman/local/xz-5.4-1/desc", Text(desc)),
            ("var/lib/pacman/local/xz-5.4-1/files", Text(files)),
        ],
        &[
            ("bitnami redis 7.2.4", 20_012 + spdx.len()),
            ("composer monolog/monolog 3.5.0", 20_002),
            ("composer psr/log 3.0.0", 200),
            ("dotnet Microsoft.NETCore.App 8.0.1", 20_011 + 2),
            ("dotnet Newtonsoft.Json 13.0.3", 20_001),
            ("dotnet shop 1.0.0", 3000 + DEPENDENCIES.len()),
            ("gem mygem 0.4.2", 8000 + gem.len()),
            ("homebrew jq 1.7.1", 20_006 + receipt.len()),
            ("julia Foo 0.3.0", 20_007 + project.len()),
            ("lua lpeg 1.1-1", 20_009 + rock.len()),
            ("nix hello 2.12.1", 20_004),
            ("opkg opk 1", 20_016 + 13),
            ("otp phoenix 1.7.0", 20_008 + app.len()),
            ("pacman xz 5.4-1", 20_015 + desc.len() + files.len()),
            ("perl Moo", 20_010 + packlist.len()),
            ("portage app-misc/jq 1.7", 20_014 + contents.len()),
            ("python olddev 0.9", 810 + pkg_info.len() + 10),
            ("r dplyr 1.1.4", 20_003 + r.len()),
            ("snap hello 1", 20_017 + snap.len()),
        ],
    );
}

#[test]
fn a_package_of_a_replaced_directory_leaves_its_hidden_bytes() {
    const LOCAL: &str = "var/lib/pacman/local";
    let layer = |version: &str, size: usize| {
        let desc = format!("%NAME%\nxz\n\n%VERSION%\n{version}\n");
        Layer::default()
            .entry("usr/bin/xz", EntryType::Regular, "", &vec![b'x'; size])
            .entry(&format!("{LOCAL}/xz-{version}/desc"), EntryType::Regular, "", desc.as_bytes())
            .entry(&format!("{LOCAL}/xz-{version}/files"), EntryType::Regular, "", b"%FILES%\nusr/bin/xz\n")
    };
    let image =
        packages(&[layer("5.4-1", 9000), layer("5.6-1", 9500).whiteout(&format!("{LOCAL}/xz-5.4-1"))]);
    let package = |version: &str| {
        let packages = image["packages"].as_array().unwrap();
        packages.iter().find(|package| package["version"] == version).unwrap()
    };
    let metadata = 27 + 19;
    assert_eq!(package("5.6-1")["tree_bytes"], 9500 + metadata);
    assert_eq!(
        (&package("5.4-1")["installed"], &package("5.4-1")["image_bytes"]),
        (&false.into(), &(9000 + metadata).into())
    );
}
