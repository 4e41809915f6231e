//! Packages of images that are written as data.

use plimsoll_snapshot::{Bytes, Config, EnvironmentNames, MentionKind};

use super::*;
use crate::squash::Squashed;
use crate::squash::squash;
use crate::testing::snapshot;

/// An application of two packages asked for; one of them brings two more, one of which both need.
const APP: &str = "
    f site/a-1.dist-info/METADATA 10
    p site/a-1.dist-info/METADATA python a 1 needs=b,c files=site/a/__init__.py requested
    f site/b-1.dist-info/METADATA 10
    p site/b-1.dist-info/METADATA python b 1 needs=a files=site/b/__init__.py
    f site/c-1.dist-info/METADATA 10
    p site/c-1.dist-info/METADATA python c 1 needs=gone files=site/c/__init__.py
    f site/d-1.dist-info/METADATA 10
    p site/d-1.dist-info/METADATA python d 1 needs=c files=site/d/__init__.py requested
    f site/a/__init__.py 1000
    f site/a/__pycache__/__init__.cpython-311.pyc 500
    f site/b/__init__.py 100
    f site/c/__init__.py 7
    f site/d/__init__.py 3";

fn check<T>(layers: &[&str], read: impl FnOnce(&Catalogue, &Squashed<'_>) -> T) -> T {
    let snapshot = snapshot("app", layers);
    let squashed = squash(&snapshot, &snapshot.images[0]);
    let catalogue = catalogue(&snapshot, &snapshot.images[0], &squashed);
    // Every byte has one owner, whatever the image.
    let all = catalogue.owned(&squashed, |_| true);
    assert_eq!(all.tree_bytes, squashed.tree.root().bytes);
    assert_eq!(all.image_bytes, squashed.inodes.iter().map(|inode| inode.size).sum());
    let packages: Bytes = catalogue.packages.iter().map(|package| package.image_bytes).sum();
    let owned = catalogue.owned(&squashed, |owner| matches!(owner, Owner::Package(_)));
    assert_eq!(owned.image_bytes, packages);
    for package in catalogue.installed() {
        let without = catalogue.without(&squashed, &[package.id]);
        assert_eq!(without.image_bytes, package.retained_image_bytes, "{}", package.name);
        assert_eq!(without.tree_bytes, package.retained_tree_bytes, "{}", package.name);
        assert_eq!(without.gone.len() as u64, package.retained_packages, "{}", package.name);
    }
    read(&catalogue, &squashed)
}

fn package<'c>(catalogue: &'c Catalogue, name: &str) -> &'c Package {
    catalogue.package(catalogue.named(name)[0])
}

#[test]
fn a_package_owns_its_files_and_retains_what_only_it_needs() {
    check(&[APP], |catalogue, squashed| {
        let sizes = |name| {
            let package = package(catalogue, name);
            (package.tree_bytes.0, package.retained_tree_bytes.0)
        };
        assert_eq!(sizes("a"), (1510, 1510 + 110));
        assert_eq!(sizes("b"), (110, 110));
        assert_eq!(sizes("c"), (17, 17));
        assert_eq!(sizes("d"), (13, 13));
        let both = catalogue.without(squashed, &[catalogue.named("a")[0], catalogue.named("d")[0]]);
        assert_eq!(both.image_bytes, Bytes(1510 + 110 + 17 + 13));
        assert_eq!(both.broken, []);
        assert_eq!(package(catalogue, "c").missing, ["gone"]);
    });
}

#[test]
fn what_breaks_is_named() {
    check(&[APP], |catalogue, squashed| {
        let (a, c, d) = (catalogue.named("a")[0], catalogue.named("c")[0], catalogue.named("d")[0]);
        let broken = catalogue.without(squashed, &[c]).broken;
        assert_eq!(
            broken,
            [Broken::Package { package: a, needs: c }, Broken::Package { package: d, needs: c }]
        );
    });
}

#[test]
fn the_shortest_ways_say_why() {
    check(&[APP], |catalogue, _| {
        let id = |name| catalogue.named(name)[0];
        assert_eq!(catalogue.graph.why(id("b"), 3), [[id("a"), id("b")]]);
        assert_eq!(catalogue.graph.why(id("c"), 3), [[id("a"), id("c")], [id("d"), id("c")]]);
        assert_eq!(catalogue.graph.why(id("a"), 3), [[id("a")]]);
    });
}

#[test]
fn a_copy_by_a_later_layer_belongs_to_the_same_package() {
    let chown = "f site/a/__init__.py 1000\nf site/a-1.dist-info/METADATA 10";
    check(&[APP, chown], |catalogue, _| {
        // Its description lies in a layer that does not mention it: it exists all the same.
        assert_eq!(package(catalogue, "b").tree_bytes, Bytes(110));
        let a = catalogue.packages.iter().find(|package| package.name == "a").unwrap();
        assert_eq!(a.image_bytes, Bytes(1510 + 1010));
    });
}

#[test]
fn hidden_bytes_of_a_removed_package_are_still_its() {
    check(&[APP, "w site/d-1.dist-info\nw site/d"], |catalogue, _| {
        assert!(catalogue.named("d").is_empty());
        let gone = catalogue.packages.iter().find(|package| package.name == "d").unwrap();
        assert_eq!((gone.tree_bytes, gone.image_bytes), (Bytes(0), Bytes(13)));
    });
}

#[test]
fn what_came_along_as_an_extra_leaves_with_what_offers_it() {
    let layer = "
        f site/u-1.dist-info/METADATA 1
        p site/u-1.dist-info/METADATA python u 1 offers=h,x requested
        f site/h-1.dist-info/METADATA 1
        p site/h-1.dist-info/METADATA python h 1 needs=i
        f site/i-1.dist-info/METADATA 1
        p site/i-1.dist-info/METADATA python i 1";
    check(&[layer], |catalogue, _| {
        assert_eq!(package(catalogue, "u").retained_packages, 3);
        let by = Want { package: catalogue.named("u")[0], kind: DependencyKind::Optional };
        assert_eq!(
            (&package(catalogue, "h").needed_by, &package(catalogue, "h").wanted_by),
            (&vec![], &vec![by])
        );
        assert_eq!((&package(catalogue, "h").root, &package(catalogue, "u").missing), (&None, &vec![]));
    });
}

#[test]
fn an_inode_belongs_to_the_package_that_lists_any_of_its_names() {
    let uv = "
        f root/.cache/uv/archive-v0/x/a/core.so 1000
        f root/.cache/uv/archive-v0/x/METADATA 10
        f root/.cache/uv/wheels/a.msgpack 5
        h site/a/core.so root/.cache/uv/archive-v0/x/a/core.so
        h site/a-1.dist-info/METADATA root/.cache/uv/archive-v0/x/METADATA
        p site/a-1.dist-info/METADATA python a 1 files=site/a/core.so requested";
    let owned = |catalogue: &Catalogue, squashed: &Squashed<'_>| {
        let uv = catalogue.owned(squashed, |owner| owner == Owner::Cache(CacheKind::Uv));
        (catalogue.packages[0].tree_bytes.0, catalogue.packages[0].retained_tree_bytes.0, uv.tree_bytes.0)
    };
    check(&[uv], |catalogue, squashed| assert_eq!(owned(catalogue, squashed), (1010, 1010, 5)));
    // Without the cache the same bytes are there under their other name.
    check(&[uv, "w root/.cache"], |catalogue, squashed| {
        assert!(package(catalogue, "a").installed);
        assert_eq!(owned(catalogue, squashed), (1010, 1010, 0));
    });
    // Without the package they are the cache's.
    check(&[uv, "w site"], |catalogue, squashed| {
        assert!(!catalogue.packages[0].installed);
        assert_eq!(owned(catalogue, squashed), (0, 0, 1015));
    });
}

#[test]
fn bytes_of_several_packages_leave_with_the_last_of_them() {
    // Two environments of one inode, and an application that has a name of another.
    let layer = "
        f v1/a-1.dist-info/METADATA 1
        p v1/a-1.dist-info/METADATA python a 1 files=v1/a.so requested
        f v2/a-1.dist-info/METADATA 1
        p v2/a-1.dist-info/METADATA python b 1 files=v2/a.so,v2/b.so requested
        f v1/a.so 1000
        h v2/a.so v1/a.so
        f srv/copy 50
        h v2/b.so srv/copy";
    check(&[layer], |catalogue, squashed| {
        let (a, b) = (catalogue.named("a")[0], catalogue.named("b")[0]);
        let bytes = |ids: &[PackageId]| catalogue.without(squashed, ids).image_bytes.0;
        assert_eq!((bytes(&[a]), bytes(&[b]), bytes(&[a, b])), (1, 1, 1002));
        assert_eq!(package(catalogue, "b").tree_bytes, Bytes(51));
    });
}

#[test]
fn a_name_in_a_store_of_objects_holds_nothing() {
    let layer = "
        f sysroot/ostree/repo/objects/ab/cd.file 1000
        h usr/bin/bash sysroot/ostree/repo/objects/ab/cd.file
        f usr/share/rpm/rpmdb.sqlite 7
        p usr/share/rpm/rpmdb.sqlite rpm bash 5 files=usr/bin/bash";
    check(&[layer], |catalogue, _| {
        let bash = package(catalogue, "bash");
        assert_eq!((bash.tree_bytes.0, bash.retained_tree_bytes.0), (1000, 1000));
    });
}

#[test]
fn a_description_that_a_later_layer_linked_elsewhere_still_counts() {
    let moved = "h other/a-1.dist-info/METADATA site/a-1.dist-info/METADATA\nw site/a-1.dist-info";
    check(&[APP, moved], |catalogue, _| {
        assert_eq!(package(catalogue, "a").path, "other/a-1.dist-info/METADATA");
    });
}

#[test]
fn a_list_without_an_architecture_is_of_the_only_package_of_that_name() {
    const LIST: &str = "
        f lib/libz.so.1 121
        f var/lib/dpkg/status 1
        f var/lib/dpkg/info/zlib1g.list 10
        t var/lib/dpkg/info/zlib1g.list dpkg zlib1g files=lib/libz.so.1
        p var/lib/dpkg/status dpkg zlib1g 1 key=zlib1g:amd64 files=var/lib/dpkg/info/zlib1g.list";
    check(&[LIST], |catalogue, _| {
        assert_eq!(package(catalogue, "zlib1g").tree_bytes, Bytes(131));
    });
    let two =
        format!("{LIST}\n p var/lib/dpkg/status dpkg zlib1g 1 key=zlib1g:i386 files=var/lib/dpkg/status");
    check(&[&two], |catalogue, _| {
        let sizes: Vec<u64> =
            catalogue.named("zlib1g").iter().map(|&id| catalogue.package(id).tree_bytes.0).collect();
        assert!(!sizes.contains(&131), "{sizes:?}");
    });
}

#[test]
fn what_lists_lead_to_through_links_belongs_to_their_package() {
    let layer = "
        f root/.cache/uv/archive-v0/x/a/core.so 1000
        f root/.cache/uv/archive-v0/x/b.py 30
        f root/.cache/uv/archive-v0/y/other 4
        l site/a /root/.cache/uv/archive-v0/x/a
        l site/b.py ../root/.cache/uv/archive-v0/x/b.py
        f site/a-1.dist-info/METADATA 10
        p site/a-1.dist-info/METADATA python a 1 files=site/b.py requested";
    check(&[layer], |catalogue, squashed| {
        assert_eq!(package(catalogue, "a").tree_bytes, Bytes(40));
        // What the image runs from is not a cache, whichever package owns it.
        let uv = catalogue.owned(squashed, |owner| owner == Owner::Cache(CacheKind::Uv));
        assert_eq!(uv.tree_bytes, Bytes(4));
    });
}

#[test]
fn a_project_installed_where_it_lies_is_the_application() {
    let layer = "
        f site-packages/a.pth 9
        e site-packages/a.pth /src/a /usr/lib/python3/dist-packages
        f src/a/a.py 700
        f src/ab/b.py 30
        f usr/lib/python3/dist-packages/c.py 5";
    check(&[layer], |catalogue, squashed| {
        let application = catalogue.owned(squashed, |owner| owner == Owner::Application);
        assert_eq!(application.tree_bytes, Bytes(700));
    });
}

#[test]
fn a_recommendation_keeps_a_package_there_and_breaks_nothing() {
    let layer = "
        f var/lib/dpkg/status 1
        f usr/bin/pip 10
        f usr/bin/gcc 900
        f usr/bin/more 40
        p var/lib/dpkg/status dpkg pip 1 recommends=gcc,more files=usr/bin/pip
        p var/lib/dpkg/status dpkg gcc 1 files=usr/bin/gcc
        p var/lib/dpkg/status dpkg more 1 files=usr/bin/more
        a var/lib/dpkg/status dpkg more";
    check(
        &["i ADD rootfs /\nf var/lib/dpkg/status 2\np var/lib/dpkg/status dpkg base 1", layer],
        |catalogue, squashed| {
            let id = |name| catalogue.named(name)[0];
            let without = catalogue.without(squashed, &[id("gcc")]);
            assert_eq!((without.broken, without.image_bytes), (vec![], Bytes(900)));
            let deprived = |of| Deprived { package: id("pip"), of, kind: DependencyKind::Recommended };
            assert_eq!(without.deprived, [deprived(id("gcc"))]);
            // What came along leaves with the one it came with, and what was asked for stays.
            assert_eq!(catalogue.without(squashed, &[id("pip")]).image_bytes, Bytes(50));
            assert_eq!(catalogue.graph.why(id("more"), 2), [[id("pip"), id("more")]]);
            assert_eq!(catalogue.graph.kind(id("pip"), id("more")), Some(DependencyKind::Recommended));
            assert_eq!(package(catalogue, "more").needed_by, []);
        },
    );
}

#[test]
fn a_peer_is_needed_and_an_extra_is_not() {
    let layer = "
        f site/u-1.dist-info/METADATA 1
        p site/u-1.dist-info/METADATA npm u 1 peers=p offers=x requested
        f site/p-1.dist-info/METADATA 1
        p site/p-1.dist-info/METADATA npm p 1
        f site/x-1.dist-info/METADATA 1
        p site/x-1.dist-info/METADATA npm x 1";
    check(&[layer], |catalogue, squashed| {
        let id = |name| catalogue.named(name)[0];
        assert_eq!(catalogue.without(squashed, &[id("p")]).broken.len(), 1);
        let without = catalogue.without(squashed, &[id("x")]);
        assert_eq!((without.broken.len(), without.deprived.len()), (0, 1));
    });
}

#[test]
fn imports_and_needs_make_packages_used() {
    let code = "f app/main.py 5\nm app/main.py python d os";
    check(&[APP, code], |catalogue, _| {
        let usage = |name| package(catalogue, name).usage.clone();
        assert_eq!(usage("d"), Use::Imported { files: vec!["app/main.py".into()], count: 1 });
        assert_eq!(usage("c"), Use::Needed { by: catalogue.named("d")[0] });
        assert_eq!(usage("a"), Use::Unused);
    });
    check(&[APP], |catalogue, _| assert_eq!(package(catalogue, "a").usage, Use::Unknown));
}

/// Why packages with modules of the same names are used, in an image with these settings.
fn uses(layers: &[&str], configure: impl FnOnce(&mut Config), expected: &[(&str, &str)]) {
    let mut snapshot = snapshot("web", layers);
    configure(&mut snapshot.images[0].config);
    let image = &snapshot.images[0];
    let catalogue = catalogue(&snapshot, image, &squash(&snapshot, image));
    let name = |id: PackageId| &catalogue.package(id).name;
    for (wanted, why) in expected {
        let shown = match &package(&catalogue, wanted).usage {
            Use::Imported { files, .. } => format!("imported {}", files.join(" ")),
            Use::Run { by } => format!("run {by}"),
            Use::Named { places, .. } => format!("named {}", places.join(" ")),
            Use::Needed { by } => format!("needed {}", name(*by)),
            Use::Optional { of } => format!("optional {}", name(*of)),
            Use::Plugin { of } => format!("plugin {}", name(*of)),
            Use::Unused => "unused".to_owned(),
            Use::Unknown => "unknown".to_owned(),
        };
        assert_eq!(shown, *why, "{wanted}");
    }
}

/// Packages, each with a module of its name. A rest of the line behind the name follows the version.
fn installed(ecosystem: &str, packages: &[&str]) -> String {
    let mut lines = String::new();
    for package in packages {
        let (name, rest) = package.split_once(' ').unwrap_or((package, ""));
        let module = name.replace('-', "_");
        let (metadata, file) = match ecosystem {
            "npm" => {
                (format!("app/node_modules/{name}/package.json"), format!("app/node_modules/{name}/index.js"))
            }
            _ => (format!("site/{name}-1.dist-info/METADATA"), format!("site/{module}/__init__.py")),
        };
        lines +=
            &format!("f {metadata} 1\nf {file} 9\np {metadata} {ecosystem} {name} 1 {rest} files={file}\n");
    }
    lines
}

#[test]
fn names_in_texts_are_uses_and_cited() {
    let packages = installed("python", &["a", "b", "c", "psycopg2", "gevent", "d"]);
    let code = "
        f app/settings.py 5
        m app/settings.py python a
        n app/settings.py python module b.apps.Config@2 x@3
        n app/settings.py python driver postgresql+asyncpg@7
        f app/x.sh 5
        n app/x.sh python module gevent@4 c@1";
    uses(
        &[&packages, code],
        |_| {},
        &[
            ("a", "imported app/settings.py"),
            ("b", "named app/settings.py:2"),
            ("c", "named app/x.sh:1"),
            ("gevent", "named app/x.sh:4"),
            ("psycopg2", "named app/settings.py:7"),
            ("d", "unused"),
        ],
    );
}

#[test]
fn backends_of_django_name_their_drivers() {
    let packages = installed("python", &["django", "psycopg", "redis", "pymysql", "other"]);
    let code = "
        f app/settings.py 5
        m app/settings.py python x
        n app/settings.py python module django.core.cache.backends.redis.RedisCache@3 django.db.backends.postgresql@2";
    uses(
        &[&packages, code],
        |_| {},
        &[
            ("django", "named app/settings.py:2 app/settings.py:3"),
            ("psycopg", "named app/settings.py:2"),
            ("redis", "named app/settings.py:3"),
            ("pymysql", "optional django"),
            ("other", "unused"),
        ],
    );
}

#[test]
fn commands_and_the_environment_name_modules() {
    let packages =
        installed("python", &["gunicorn programs=gunicorn", "uvicorn", "gevent", "asyncmy", "celery", "z"]);
    let code = "f app/a.py 5\nm app/a.py python x";
    uses(
        &[&packages, code],
        |config| {
            let words = ["gunicorn", "-k", "uvicorn.workers.UvicornWorker", "app:a"];
            config.command = words.map(str::to_owned).into();
            config.environment = vec![
                EnvironmentNames {
                    variable: "GUNICORN_CMD_ARGS".into(),
                    kind: MentionKind::Module,
                    names: vec!["gevent".into()],
                },
                EnvironmentNames {
                    variable: "URL".into(),
                    kind: MentionKind::Driver,
                    names: vec!["mysql+asyncmy".into()],
                },
            ];
        },
        &[
            ("gunicorn", "run command"),
            ("uvicorn", "run command"),
            ("gevent", "named $GUNICORN_CMD_ARGS"),
            ("asyncmy", "named $URL"),
            ("z", "unused"),
        ],
    );
}

#[test]
fn a_subcommand_runs_the_program_of_its_name() {
    let packages =
        installed("python", &["core programs=jupyter", "lab programs=jupyter-lab", "z programs=lab-z"]);
    let run = |config: &mut Config| config.command = ["/v/bin/jupyter", "lab"].map(str::to_owned).into();
    let code = "f app/a.py 5\nm app/a.py python x";
    uses(&[&packages, code], run, &[("core", "run command"), ("lab", "run command"), ("z", "unused")]);
}

#[test]
fn scripts_that_the_image_runs_lead_on() {
    let packages = installed("python", &["a programs=serve", "b", "c", "d"]);
    let code = "
        f app/a.py 5
        m app/a.py python x
        f usr/local/bin/start 5
        n usr/local/bin/start python program:start work@2
        f usr/local/bin/work 5
        n usr/local/bin/work python program:work serve@3
        n usr/local/bin/work python module:work b@4
        f usr/local/bin/idle 5
        n usr/local/bin/idle python module:idle c@4";
    uses(
        &[&packages, code],
        |config| config.entrypoint = vec!["/usr/local/bin/start".into()],
        &[
            ("a", "named usr/local/bin/work:3"),
            ("b", "named usr/local/bin/work:4"),
            ("c", "unused"),
            ("d", "unused"),
        ],
    );
}

#[test]
fn plugins_and_what_they_want_are_used() {
    let packages = installed(
        "python",
        &[
            "flask",
            "flask-db groups=flask.commands",
            "airflow-provider groups=flask_db_provider offers=extra",
            "extra offers=more",
            "more",
            "pytest-x groups=pytest11",
            "pytest",
        ],
    );
    uses(
        &[&packages, "f app/a.py 5\nm app/a.py python flask"],
        |_| {},
        &[
            ("flask-db", "plugin flask"),
            ("airflow-provider", "plugin flask-db"),
            ("extra", "optional airflow-provider"),
            ("more", "optional extra"),
            ("pytest-x", "unused"),
            ("pytest", "unused"),
        ],
    );
}

#[test]
fn npm_scripts_settings_and_dialects_are_uses() {
    let packages = installed(
        "npm",
        &[
            "a",
            "ts-node programs=ts-node",
            "nodemon programs=nodemon",
            "pg",
            "eslint-config-airbnb",
            "@babel/preset-env",
            "z",
        ],
    );
    let code = "
        f app/a.js 5
        m app/a.js npm a
        n app/a.js npm driver postgres@3
        f app/package.json 5
        n app/package.json npm program ts-node@4
        n app/package.json npm program:dev nodemon@5
        f app/.babelrc 5
        n app/.babelrc npm module @babel/env@1 airbnb@2";
    let expected = [
        ("a", "imported app/a.js"),
        ("ts-node", "named app/package.json:4"),
        ("pg", "named app/a.js:3"),
        ("eslint-config-airbnb", "named app/.babelrc:2"),
        ("@babel/preset-env", "named app/.babelrc:1"),
        ("z", "unused"),
    ];
    uses(&[&packages, code], |_| {}, &expected);
    uses(&[&packages, code], |_| {}, &[("nodemon", "unused")]);
    let run = |config: &mut Config| config.command = ["npm", "run", "dev"].map(str::to_owned).into();
    uses(&[&packages, code], run, &[("nodemon", "named app/package.json:5")]);
}

#[test]
fn a_host_is_no_module_of_a_shared_namespace() {
    let names = ["g-1", "g-2", "g-3", "g-4", "g-5", "g-6"];
    let mut packages = String::new();
    for name in names {
        let file = format!("site/g/{}/x.py", name.replace('-', "_"));
        packages += &format!("f site/{name}-1.dist-info/METADATA 1\nf {file} 1\n");
        packages += &format!("p site/{name}-1.dist-info/METADATA python {name} 1 files={file}\n");
    }
    let code = "f app/a.py 5\nm app/a.py python g.g_1.x\nn app/a.py python module g.com@1 g.g_2.y@2";
    uses(
        &[&packages, code],
        |_| {},
        &[("g-1", "imported app/a.py"), ("g-2", "named app/a.py:2"), ("g-3", "unused")],
    );
}

#[test]
fn one_image_is_told_apart_by_what_its_services_run() {
    let code = "
        f app/backend/main.py 5
        m app/backend/main.py python a
        f app/frontend/app.py 6
        m app/frontend/app.py python d";
    let snapshot = snapshot("backend", &[APP, code]);
    let image = &snapshot.images[0];
    let squashed = squash(&snapshot, image);
    let catalogue = catalogue(&snapshot, image, &squashed);
    let commands = [
        ("backend", vec!["python", "app/backend/main.py"]),
        ("frontend", vec!["python", "-m", "app.frontend.app"]),
    ];
    let split = split(&snapshot, image, &squashed, &catalogue, &commands).unwrap();
    let names =
        |part: &Part| part.packages.iter().map(|package| package.name.clone()).collect::<Vec<_>>().join(" ");
    let shares: Vec<_> = split
        .services
        .iter()
        .map(|share| (share.entries.join(" "), names(&share.only), share.predicted_bytes.0))
        .collect();
    let size = split.size_bytes.0;
    assert_eq!(
        shares,
        [
            ("app/backend/main.py".into(), "a b".into(), size - 13),
            ("app/frontend/app.py".into(), "d".into(), size - 1510 - 110),
        ]
    );
    assert_eq!((names(&split.shared), names(&split.unused)), ("c".into(), String::new()));
}

#[test]
fn models_and_caches_have_owners() {
    let layer = "
        f root/.cache/huggingface/hub/models--o--m/blobs/x 9
        f root/.cache/pip/http/y 8
        f app/weights/model.safetensors 2000000";
    check(&[layer], |catalogue, squashed| {
        assert_eq!(package(catalogue, "o/m").tree_bytes, Bytes(9));
        assert_eq!(package(catalogue, "weights").tree_bytes, Bytes(2_000_000));
        let cache = catalogue.owned(squashed, |owner| owner == Owner::Cache(CacheKind::Pip));
        assert_eq!(cache.tree_bytes, Bytes(8));
    });
}
